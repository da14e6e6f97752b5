package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/plan"
	"github.com/isthmus-mesh/isthmus/generators/render"
	"github.com/isthmus-mesh/isthmus/generators/tree"
)

const checkHelp = `check says whether the overlays are what mesh.yaml says. It renders in memory,
compares, and writes nothing.

Usage:
  isthmus check [-f <mesh.yaml>] [--cluster <name>]... [--out <folder>]
                [-o {text | json}]

Flags:
  -f, --file <path>     the mesh (default mesh/mesh.yaml, else mesh.yaml)
      --cluster <name>  check this cluster only; may be repeated
      --out <folder>    the folder that holds overlays/ (default: the one above
                        mesh/, or the one that holds mesh.yaml)
  -o, --output <form>   text or json (default text)
      --allow-untested  take a newer release than the dialects were checked with

Example:
  isthmus check || isthmus render

` + exitStatuses + "\n"

func (c *cli) check() *cobra.Command {
	var o renderFlags
	var output string
	cmd := &cobra.Command{Use: "check", Long: checkHelp, Args: noArgs}
	o.input.flags(cmd.Flags())
	cmd.Flags().StringSliceVar(&o.clusters, "cluster", nil, "")
	cmd.Flags().StringVar(&o.out, "out", "", "")
	cmd.Flags().StringVarP(&output, "output", "o", "text", "")
	cmd.RunE = func(*cobra.Command, []string) error {
		if err := oneOf("output", output, "text", "json"); err != nil {
			return err
		}
		m, _, err := o.quiet()
		if err != nil {
			return err
		}
		if err := knownClusters(m, o.clusters...); err != nil {
			return err
		}
		objects, p, err := shape(m, o.clusters)
		if err != nil {
			return err
		}
		return c.runCheck(&o, p, objects, output)
	}
	return cmd
}

// A finding is one way in which the overlays are not what mesh.yaml says.
type finding struct {
	Cluster string `json:"cluster"`
	File    string `json:"file,omitempty"`
	State   string `json:"state"` // missing, drift, stale, edited, foreign, dropped, otherVersion or ledger
	What    string `json:"what"`
}

func (c *cli) runCheck(o *renderFlags, p *plan.Plan, objects *render.Objects, output string) error {
	t, root, err := o.tree(p, objects)
	if err != nil {
		return err
	}
	folder, err := os.OpenRoot(root)
	if errors.Is(err, fs.ErrNotExist) {
		return &diag.Problem{Pos: diag.Position{File: root}, What: "no such folder", Fix: "correct --out, or run isthmus render with it"}
	}
	if err != nil {
		return err
	}
	defer folder.Close()
	report, err := t.Compare(folder, tree.Options{Partial: len(o.clusters) > 0})
	if errors.Is(err, tree.ErrInterrupted) {
		fmt.Fprintf(c.stderr, "isthmus: error: %s\nisthmus: fix: run isthmus render\n", err)
		return status(exitDiffers)
	}
	if err != nil {
		return err
	}
	findings, outcome := findings(report, len(o.clusters) > 0)
	if output == "json" {
		if err := writeJSON(c.stdout, findings); err != nil {
			return err
		}
	} else {
		for _, f := range findings {
			name := f.File
			if name == "" {
				name = "overlays/" + f.Cluster
			}
			fmt.Fprintf(c.stdout, "%s: %s\n", name, f.What)
		}
		if len(findings) == 0 {
			fmt.Fprintf(c.stdout, "%s of %s: all are what %s says\n", count(len(report.Files), "file"), count(len(report.Parts), "cluster"), o.path())
		}
	}
	switch outcome {
	case exitDone:
		return nil
	case exitEdited:
		fix := "move the file away, or run isthmus render --force"
		if slices.ContainsFunc(findings, func(f finding) bool { return f.State == "edited" }) {
			fix = "make the change in mesh.yaml, then run isthmus render --force"
		}
		fmt.Fprintf(c.stderr, "isthmus: fix: %s\n", fix)
	default:
		fmt.Fprint(c.stderr, "isthmus: fix: run isthmus render\n")
	}
	return status(outcome)
}

// findings words a report and gives the exit status that it deserves. With some
// clusters only, those that are not asked about are not dropped.
func findings(report *tree.Report, partial bool) ([]finding, int) {
	all, outcome := []finding{}, exitDone
	add := func(cluster, file, state, what string) {
		all = append(all, finding{cluster, file, state, what})
		outcome = max(outcome, exitDiffers)
		if state == "edited" || state == "foreign" {
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
