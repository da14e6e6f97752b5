package main

import (
	"github.com/spf13/cobra"

	"github.com/isthmus-mesh/isthmus/generators/graph"
)

const graphHelp = `graph draws the mesh: clusters, control planes, who reads whose API server, who
takes its configuration from whom, where Services run and where they are copied.

Usage:
  isthmus graph [-f <mesh.yaml>] [-o {mermaid | dot | svg}]

Flags:
  -f, --file <path>     the mesh (default mesh/mesh.yaml, else mesh.yaml)
  -o, --output <form>   mermaid, dot or svg (default mermaid)
      --allow-untested  take a newer release than the dialects were checked with

Example:
  isthmus graph -o svg > mesh.svg

` + exitStatuses + "\n"

func (c *cli) graph() *cobra.Command {
	var in input
	var output string
	cmd := &cobra.Command{Use: "graph", Long: graphHelp, Args: noArgs}
	in.flags(cmd.Flags())
	cmd.Flags().StringVarP(&output, "output", "o", "mermaid", "")
	cmd.RunE = func(*cobra.Command, []string) error {
		if err := oneOf("output", output, "mermaid", "dot", "svg"); err != nil {
			return err
		}
		m, _, err := in.quiet()
		if err != nil {
			return err
		}
		return c.draw(graph.Of(m), output)
	}
	return cmd
}

func (c *cli) draw(g *graph.Graph, output string) error {
	form := map[string]func() []byte{"mermaid": g.Mermaid, "dot": g.DOT, "svg": g.SVG}[output]
	_, err := c.stdout.Write(form())
	return err
}
