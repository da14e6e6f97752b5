package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/graph"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/revision"
)

const graphHelp = `graph draws the mesh: clusters, control planes, who reads whose API server, who
takes its configuration from whom, where Services run and where they are copied.

Usage:
  isthmus graph [-f <mesh.yaml>] [-o {mermaid | dot | svg}]
  isthmus graph --diff [--base <revision>] [--head <revision>] ...

Flags:
  -f, --file <path>      the mesh (default mesh/mesh.yaml, else mesh.yaml)
  -o, --output <form>    mermaid, dot or svg (default mermaid)
      --diff             draw what changes, and mark it
      --base <revision>  what to compare with (default HEAD; with --head: where its
                         branch left origin/HEAD, main or master)
      --head <revision>  what to compare (default: the working tree)
      --allow-untested   take a newer release than the dialects were checked with

Example:
  isthmus graph -o svg > mesh.svg

` + exitStatuses + "\n"

func (c *cli) graph() *cobra.Command {
	var o diffFlags
	var diff bool
	cmd := &cobra.Command{Use: "graph", Long: graphHelp, Args: noArgs}
	f := cmd.Flags()
	o.input.flags(f)
	f.StringVarP(&o.output, "output", "o", "mermaid", "")
	f.BoolVar(&diff, "diff", false, "")
	f.StringVar(&o.base, "base", "", "")
	f.StringVar(&o.head, "head", "", "")
	cmd.RunE = func(*cobra.Command, []string) error {
		if err := oneOf("output", o.output, "mermaid", "dot", "svg"); err != nil {
			return err
		}
		for _, flag := range []string{"base", "head"} {
			if f.Changed(flag) && !diff {
				return &usageError{fmt.Sprintf("--%s is for --diff", flag), "leave it out, or add --diff"}
			}
		}
		if diff {
			return c.drawChange(&o)
		}
		m, _, err := o.quiet()
		if err != nil {
			return err
		}
		return c.draw(graph.Of(m), o.output)
	}
	return cmd
}

// drawChange draws what changes between two revisions of the mesh.
func (c *cli) drawChange(o *diffFlags) error {
	g := &git{}
	defer g.Close()
	if o.head == "" {
		if _, _, err := o.quiet(); err != nil { // the working tree has to have a mesh
			return err
		}
	}
	s, err := o.sides(g)
	if err != nil {
		return err
	}
	base, head, err := o.revisions(s)
	if err != nil {
		return err
	}
	var meshes [2]*mesh.Mesh
	for i, commit := range []*revision.Commit{base, head} {
		v, problems, err := s.load(commit)
		if err != nil {
			return err
		}
		if errs := problems.Errors(); len(errs) > 0 {
			return errs
		}
		if v.mesh == nil {
			p := &diag.Problem{Severity: diag.Warning, Pos: diag.Position{File: v.name + ":" + s.relative}, What: "there is no mesh, so it is compared as an empty one"}
			c.stderr.say(p)
		}
		meshes[i] = v.mesh
	}
	if meshes[0] == nil && meshes[1] == nil {
		return &diag.Problem{What: "neither revision has a mesh, so there is nothing to draw", Fix: "name others with --base and --head"}
	}
	return c.draw(graph.Between(meshes[0], meshes[1]), o.output)
}

func (c *cli) draw(g *graph.Graph, output string) error {
	form := map[string]func() []byte{"mermaid": g.Mermaid, "dot": g.DOT, "svg": g.SVG}[output]
	_, err := c.stdout.Write(form())
	return err
}
