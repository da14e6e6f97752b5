package main

import (
	"cmp"
	"fmt"
	"path"
	"slices"

	"github.com/isthmus-mesh/isthmus/generators/tree"
)

// A finding is one way in which the overlays are not what mesh.yaml says.
type finding struct {
	Cluster string `json:"cluster"`
	File    string `json:"file,omitempty"` // from the root
	Line    int    `json:"line,omitempty"` // the first that differs, from 1
	State   string `json:"state"`          // missing, drift, stale, edited, foreign, dropped, orphan, otherVersion or ledger
	What    string `json:"what"`
}

// String gives the line that a person reads.
func (f finding) String() string {
	switch {
	case f.File == "":
		return fmt.Sprintf("overlays/%s: %s", f.Cluster, f.What)
	case f.Line > 0:
		return fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.What)
	}
	return fmt.Sprintf("%s: %s", f.File, f.What)
}

// fix is what a person does about it.
func (f finding) fix() string {
	switch f.State {
	case "edited":
		return "make the change in mesh.yaml, then run isthmus render --force"
	case "foreign":
		return "move the file away, or run isthmus render --force"
	case "orphan":
		ledger, gone := tree.LedgerPath(f.Cluster), f.File
		if path.Base(gone) == "kustomization.yaml" {
			gone = path.Dir(gone)
		}
		return fmt.Sprintf("bring %s back from Git and run isthmus render, or take the cluster out as docs/leaving.md says, then git rm -r %s", ledger, gone)
	default:
		return "run isthmus render"
	}
}

// byHand says whether a render would refuse to write over the file.
func (f finding) byHand() bool { return f.State == "edited" || f.State == "foreign" }

// gravest gives the finding that decides what to do about all of them.
func gravest(found []finding) finding {
	rank := func(f finding) int { return slices.Index([]string{"foreign", "edited"}, f.State) }
	return slices.MaxFunc(found, func(a, b finding) int { return cmp.Compare(rank(a), rank(b)) })
}

// findings words a report and gives the exit status that it deserves. With some
// clusters only, those that are not asked about are not dropped. Line gives the
// first line in which a file is not what it shall be.
func findings(report *tree.Report, line func(path string) int, partial bool) ([]finding, int) {
	all, outcome := []finding{}, exitDone
	add := func(cluster, file, state, what string) {
		f := finding{Cluster: cluster, File: file, State: state, What: what}
		if state == "drift" || f.byHand() {
			f.Line = line(file)
		}
		all = append(all, f)
		outcome = max(outcome, exitDiffers)
		if f.byHand() {
			outcome = exitEdited
		}
	}
	dropped := map[string]bool{}
	for _, part := range report.Parts {
		switch {
		case part.Dropped:
			dropped[part.Name] = true
			if !partial {
				add(part.Name, "", "dropped", fmt.Sprintf("the mesh has no cluster %q, and its overlay is still here", part.Name))
			}
		case part.Ledger != tree.Created && part.Format != report.Format:
			add(part.Name, "", "otherVersion", fmt.Sprintf("was rendered by another version of isthmus: format %d, this one writes %d", part.Format, report.Format))
		case part.Ledger != tree.Unchanged && part.Created+part.Changed+part.Stale+part.Edited == 0:
			add(part.Name, tree.LedgerPath(part.Name), "ledger", "is missing or out of date")
		}
	}
	for _, f := range report.Files {
		switch {
		case f.State == tree.Unchanged || dropped[f.Part]:
		case f.State == tree.Created:
			add(f.Part, f.Path, "missing", "is missing")
		case f.State == tree.Changed:
			add(f.Part, f.Path, "drift", "is not what mesh.yaml says")
		case f.State == tree.Stale:
			add(f.Part, f.Path, "stale", "is no longer rendered")
		case f.Listed:
			add(f.Part, f.Path, "edited", "was edited by hand")
		default:
			add(f.Part, f.Path, "foreign", "lies where isthmus wants to write, and is not its own")
		}
	}
	return all, outcome
}
