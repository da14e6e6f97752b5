package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/tree"
)

const checkHelp = `check says whether the overlays are what mesh.yaml says. It renders in memory,
compares, and writes nothing unless told to mend it.

Usage:
  isthmus check [-f <mesh.yaml>] [--cluster <name>]... [--out <folder>]
                [-o {text | json | github}]
  isthmus check --fix [--force] [--rebind] [--remove <name>]...

Flags:
  -f, --file <path>     the mesh (default mesh/mesh.yaml, else mesh.yaml)
      --cluster <name>  check this cluster only; may be repeated
      --out <folder>    the folder that holds overlays/ (default: the one above
                        mesh/, or the one that holds mesh.yaml)
  -o, --output <form>   text, json, or github: annotations in a workflow's log
                        (default text)
      --fix             write what differs, as isthmus render does; so --force,
                        --rebind and --remove mean what they mean there
      --allow-untested  take a newer release than the dialects were checked with

Example:
  isthmus check || isthmus render

` + exitStatuses + "\n"

type checkFlags struct {
	renderFlags
	output string
	fix    bool
}

func (c *cli) check() *cobra.Command {
	var o checkFlags
	cmd := &cobra.Command{Use: "check", Long: checkHelp, Args: noArgs}
	o.input.flags(cmd.Flags())
	cmd.Flags().StringSliceVar(&o.clusters, "cluster", nil, "")
	cmd.Flags().StringVar(&o.out, "out", "", "")
	cmd.Flags().StringVarP(&o.output, "output", "o", "text", "")
	cmd.Flags().BoolVar(&o.fix, "fix", false, "")
	cmd.Flags().BoolVar(&o.rebind, "rebind", false, "")
	cmd.Flags().BoolVar(&o.force, "force", false, "")
	cmd.Flags().StringSliceVar(&o.remove, "remove", nil, "")
	cmd.RunE = func(*cobra.Command, []string) error {
		if err := oneOf("output", o.output, "text", "json", "github"); err != nil {
			return err
		}
		for _, flag := range []string{"force", "rebind", "remove"} {
			if !o.fix && cmd.Flags().Changed(flag) {
				return &usageError{fmt.Sprintf("check writes nothing, so --%s says nothing", flag), "add --fix, or leave it out"}
			}
		}
		if len(o.clusters) > 0 && len(o.remove) > 0 {
			return &usageError{"--remove goes with a check of all clusters", "leave --cluster out"}
		}
		if o.fix && o.output == "github" {
			return &usageError{"--fix mends what -o github would point at", "leave one of the two out"}
		}
		return c.runCheck(&o)
	}
	return cmd
}

// runCheck reads, renders and compares. As GitHub's annotations it says on
// standard output, too, what keeps it from comparing.
func (c *cli) runCheck(o *checkFlags) error {
	t, root, err := c.wanted(&o.renderFlags, o.fix)
	if err != nil {
		return o.annotated(c, ".", err)
	}
	folder, err := os.OpenRoot(root)
	if errors.Is(err, fs.ErrNotExist) && o.fix {
		folder, err = openFolder(root)
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = &diag.Problem{Pos: diag.Position{File: root}, What: "no such folder", Fix: "correct --out, or run isthmus render with it"}
	}
	if err != nil {
		return o.annotated(c, ".", err)
	}
	defer folder.Close()
	report, err := t.Compare(folder, tree.Options{Partial: len(o.clusters) > 0, Remove: o.remove})
	switch {
	case errors.Is(err, tree.ErrInterrupted) && o.fix:
		return c.fix(o, t, folder)
	case errors.Is(err, tree.ErrInterrupted):
		p := &diag.Problem{What: err.Error(), Fix: "run isthmus render"}
		o.annotated(c, root, p)
		c.stderr.say(p)
		return status(exitDiffers)
	case err != nil:
		return o.annotated(c, root, err)
	}
	found, outcome := findings(report, func(path string) int { return t.Line(folder, path) }, len(o.clusters) > 0)
	left, err := orphans(folder, report, len(o.clusters) > 0)
	if err != nil {
		return o.annotated(c, root, err)
	}
	if len(left) > 0 {
		found, outcome = append(found, left...), max(outcome, exitDiffers)
	}
	switch o.output {
	case "json":
		if err := writeJSON(c.stdout, found); err != nil {
			return err
		}
	case "github":
		annotateFindings(c.stdout, root, found)
	default:
		for _, f := range found {
			fmt.Fprintln(c.stdout, f)
		}
	}
	switch {
	case len(found) == 0:
		if o.output != "json" {
			fmt.Fprintf(c.stdout, "%s of %s: all are what %s says\n", diag.Count(len(report.Files), "file"), diag.Count(len(report.Parts), "cluster"), o.path())
		}
		return nil
	case o.fix:
		return c.fix(o, t, folder)
	}
	fmt.Fprintf(c.stderr, "isthmus: fix: %s\n", gravest(found).fix())
	return status(outcome)
}

// wanted gives the files that the mesh asks for, and the root that they lie
// under. Only a run that writes says the mesh's warnings: validate has said them.
func (c *cli) wanted(o *renderFlags, writes bool) (*tree.Tree, string, error) {
	m, warnings, err := o.quiet()
	if writes {
		c.stderr.say(warnings...)
	}
	if err != nil {
		return nil, "", err
	}
	if err := knownClusters(m, o.clusters...); err != nil {
		return nil, "", err
	}
	if err := goneClusters(m, o.remove...); err != nil {
		return nil, "", err
	}
	objects, p, err := shape(m, o.clusters)
	if err != nil {
		return nil, "", err
	}
	return o.tree(p, objects)
}

// fix writes what differs and says how much that was.
func (c *cli) fix(o *checkFlags, t *tree.Tree, folder *os.Root) error {
	report, err := c.write(&o.renderFlags, t, folder)
	if err != nil {
		return err
	}
	if o.output == "json" {
		return nil // what was found has been written
	}
	var all tree.PartReport
	for _, part := range report.Parts {
		all.Created += part.Created
		all.Changed += part.Changed
		all.Edited += part.Edited
		all.Stale += part.Stale
		all.Unchanged += part.Unchanged
	}
	fmt.Fprintf(c.stdout, "%s: all are what %s says now\n", files(all), o.path())
	return nil
}
