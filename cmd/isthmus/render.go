package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/isthmus-mesh/isthmus/generators/delivery"
	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/krm"
	"github.com/isthmus-mesh/isthmus/generators/plan"
	"github.com/isthmus-mesh/isthmus/generators/render"
	"github.com/isthmus-mesh/isthmus/generators/rule"
	"github.com/isthmus-mesh/isthmus/generators/tree"
)

const renderHelp = `render writes the overlays: for each cluster, overlays/<cluster>/. It renders all
before it writes any; files that are right already are not touched, and files
that somebody edited are named and left alone.

Usage:
  isthmus render [-f <mesh.yaml>] [--cluster <name>]... [--out <folder>]
                 [--force] [--rebind] [--remove <name>]...
  isthmus render [-f <mesh.yaml>] --cluster <name> --stdout

Flags:
  -f, --file <path>     the mesh (default mesh/mesh.yaml, else mesh.yaml)
      --cluster <name>  render this cluster only; may be repeated
      --out <folder>    the folder that gets overlays/ (default: the one above
                        mesh/, or the one that holds mesh.yaml)
      --stdout          print the cluster's objects and write nothing
      --force           overwrite files that were edited by hand
      --rebind          carry out a change that removes what is in a cluster, or parts
                        its proxies from the others: docs/delivery.md lists them
      --remove <name>   drop the overlay of a cluster that is gone from mesh.yaml
                        and was not leaving; may be repeated
      --allow-untested  take a newer release than the dialects were checked with

Example:
  isthmus render --cluster west --stdout | kubectl diff -f -

` + exitStatuses + "\n"

type renderFlags struct {
	input
	clusters []string
	out      string
	stdout   bool
	force    bool
	remove   []string
	rebind   bool
}

func (c *cli) render() *cobra.Command {
	var o renderFlags
	cmd := &cobra.Command{Use: "render", Long: renderHelp, Args: noArgs}
	o.input.flags(cmd.Flags())
	cmd.Flags().StringSliceVar(&o.clusters, "cluster", nil, "")
	cmd.Flags().StringVar(&o.out, "out", "", "")
	cmd.Flags().BoolVar(&o.stdout, "stdout", false, "")
	cmd.Flags().BoolVar(&o.rebind, "rebind", false, "")
	cmd.Flags().BoolVar(&o.force, "force", false, "")
	cmd.Flags().StringSliceVar(&o.remove, "remove", nil, "")
	cmd.RunE = func(*cobra.Command, []string) error {
		for _, flag := range []string{"out", "force", "remove"} {
			if o.stdout && cmd.Flags().Changed(flag) {
				return &usageError{fmt.Sprintf("--stdout writes no file, so --%s says nothing", flag), "leave one of the two out"}
			}
		}
		if len(o.clusters) > 0 && len(o.remove) > 0 {
			return &usageError{"--remove goes with a render of all clusters", "leave --cluster out"}
		}
		return c.runRender(&o)
	}
	return cmd
}

func (c *cli) runRender(o *renderFlags) error {
	if o.stdout && len(o.clusters) != 1 {
		return &usageError{"--stdout prints the objects of one cluster", "name it with --cluster"}
	}
	m, err := o.valid(c)
	if err != nil {
		return err
	}
	if err := knownClusters(m, o.clusters...); err != nil {
		return err
	}
	if err := goneClusters(m, o.remove...); err != nil {
		return err
	}
	objects, p, err := shape(m, o.clusters)
	if err != nil {
		return err
	}
	if o.stdout {
		made, err := objects.Cluster(p.Clusters[0])
		if err != nil {
			return err
		}
		_, err = c.stdout.Write(krm.Stream(made.Listed()))
		return err
	}
	return c.commit(o, p, objects)
}

// commit writes the overlays and says what became of them.
func (c *cli) commit(o *renderFlags, p *plan.Plan, objects *render.Objects) error {
	t, root, err := o.tree(p, objects)
	if err != nil {
		return err
	}
	folder, err := openFolder(root)
	if err != nil {
		return err
	}
	defer folder.Close()
	report, err := c.write(o, t, folder)
	if err != nil {
		return err
	}
	rendered(c.stdout, p, report, display(root))
	return nil
}

// write brings the files to the disk, or says why it does not, and names what no
// run will ever take away.
func (c *cli) write(o *renderFlags, t *tree.Tree, folder *os.Root) (*tree.Report, error) {
	var rebound diag.Problems
	report, err := t.Write(folder, o.options(&rebound))
	switch {
	case len(rebound) > 0:
		return nil, rebound
	case err != nil:
		return nil, c.explain(err)
	}
	left, err := orphans(folder, report, len(o.clusters) > 0)
	c.stderr.say(orphaned(left)...)
	return report, err
}

// options says what a write may do. Changes of bindings that it may not make are
// gathered in rebound.
func (o *renderFlags) options(rebound *diag.Problems) tree.Options {
	options := tree.Options{Force: o.force, Remove: o.remove, Partial: len(o.clusters) > 0}
	if !o.rebind {
		options.Rebind = func(cluster, was, is string) error {
			problems := rebind(cluster, was, is)
			if len(problems) == 0 {
				return nil
			}
			*rebound = append(*rebound, problems...)
			return problems
		}
	}
	return options
}

// tree gathers the files of the overlays, and the root that they go under.
func (o *renderFlags) tree(p *plan.Plan, objects *render.Objects) (*tree.Tree, string, error) {
	root := o.out
	if root == "" {
		var err error
		if root, err = o.root(); err != nil {
			return nil, "", err
		}
	}
	mesh, err := o.relative(root)
	if err != nil {
		return nil, "", err
	}
	parts, err := delivery.Overlays(p, objects, mesh)
	if err != nil {
		return nil, "", err
	}
	t, err := tree.Of(delivery.Format, parts)
	return t, root, err
}

// openFolder opens the root that files are written under, and makes it where
// --out names a new one.
func openFolder(root string) (*os.Root, error) {
	if err := os.MkdirAll(root, 0o755); err != nil {
		return nil, err
	}
	return os.OpenRoot(root)
}

// display gives a folder as a person there would call it.
func display(root string) string {
	here, err := os.Getwd()
	if err != nil {
		return root
	}
	abs, err := filepath.Abs(root)
	if err != nil {
		return root
	}
	rel, err := filepath.Rel(here, abs)
	if err != nil || strings.HasPrefix(rel, "..") {
		return abs
	}
	return rel
}

// explain says what a tree refuses, file by file, and gives the exit status.
func (c *cli) explain(err error) error {
	var problems diag.Problems
	var dropped *tree.DroppedError
	if errors.As(err, &dropped) {
		for _, name := range dropped.Parts {
			problems = append(problems, rule.Dropped.Problem(diag.Position{File: "overlays/" + name}, "", fmt.Sprintf("cluster %q is gone from the mesh, and was not leaving", name),
				"without its overlay, whoever syncs it would delete all that it holds from the cluster at once", fmt.Sprintf("give the cluster state: leaving for one render first, or pass --remove %s", name)))
		}
	}
	var edited *tree.EditedError
	if errors.As(err, &edited) {
		for _, f := range edited.Files {
			problems = append(problems, editedProblem(f))
		}
	}
	switch {
	case edited != nil:
		c.stderr.say(problems...)
		return status(exitEdited)
	case dropped != nil:
		return problems
	case errors.Is(err, tree.ErrLocked):
		return &diag.Problem{What: err.Error(), Fix: "wait until it is done"}
	default:
		return err
	}
}

func editedProblem(f tree.Entry) *diag.Problem {
	p := rule.Edited.Problem(diag.Position{File: f.Path}, "", "was edited by hand", "rendering would lose the edit", "")
	switch {
	case !f.Listed:
		p.What, p.Why = "lies where isthmus wants to write, and is not its own", "rendering would lose it"
		p.Fix = "move it away, or pass --force to overwrite it"
	case !f.Wanted:
		p.What, p.Why = "was edited by hand and is no longer rendered", "removing it would lose the edit"
		p.Fix = "move it away, or pass --force to remove it"
	default:
		p.Fix = "make the change in mesh.yaml, or pass --force to overwrite it"
	}
	return p
}
