package main

import (
	"fmt"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/isthmus-mesh/isthmus/generators/explain"
	"github.com/isthmus-mesh/isthmus/jsonnet"
)

const explainHelp = `explain says where a field of a rendered file comes from: the line of Jsonnet that
shapes it, what the plan decided, the lines of mesh.yaml and the defaults. With
--from it says what a line of mesh.yaml, or of a file of Services, reaches. It
tries other values in memory and compares; it writes nothing.

Usage:
  isthmus explain <file>[#<field>] [-f <mesh.yaml>] [-o {text | json}]
  isthmus explain <Kind>/<namespace>/<name>[#<field>]
  isthmus explain --from <file>:<line>

Flags:
  -f, --file <path>         the mesh (default mesh/mesh.yaml, else mesh.yaml)
      --from <file>:<line>  what this line reaches
  -o, --output <form>       text or json (default text)
      --allow-untested      take a newer release than the dialects were checked with

Example:
  isthmus explain 'overlays/west/control-plane/stubs.yaml#metadata.name'

` + exitStatuses + "\n"

func (c *cli) explainCommand() *cobra.Command {
	// Certificates shape no field, and those of a cluster whose name is tried
	// otherwise would be nobody's.
	in := input{timeless: true, skipCertificates: true}
	var output, from string
	cmd := &cobra.Command{Use: "explain", Long: explainHelp}
	in.flags(cmd.Flags())
	cmd.Flags().StringVarP(&output, "output", "o", "text", "")
	cmd.Flags().StringVar(&from, "from", "", "")
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		switch fix := "see isthmus explain --help"; {
		case from != "" && len(args) > 0:
			return &usageError{fmt.Sprintf("--from asks about a line, and %q about a field", args[0]), "leave one of the two out"}
		case from == "" && len(args) == 0:
			return &usageError{"isthmus explain takes a rendered file or an object, and got none", fix}
		case len(args) > 1:
			return &usageError{fmt.Sprintf("isthmus explain takes one field, and got %d", len(args)), "quote a field with blanks or quotes; " + fix}
		}
		return nil
	}
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if err := oneOf("output", output, "text", "json"); err != nil {
			return err
		}
		file, line, err := lineOf(from)
		if err != nil {
			return err
		}
		source, closing, err := in.source()
		if err != nil {
			return err
		}
		defer closing()
		root, err := in.root()
		if err != nil {
			return err
		}
		rel, err := in.relative(root)
		if err != nil {
			return err
		}
		e, err := explain.Open(explain.Source{Source: source, Path: rel, Library: jsonnet.Files})
		if err != nil {
			return err
		}
		if from != "" {
			return c.explainLine(e, file, line, output)
		}
		return c.explainField(e, fromRoot(root, args[0]), output)
	}
	return cmd
}

func (c *cli) explainField(e *explain.Explainer, target, output string) error {
	answers, err := e.Field(target)
	if err != nil {
		return err
	}
	if output == "json" {
		return writeJSON(c.stdout, answers)
	}
	for i, a := range answers {
		if i > 0 {
			fmt.Fprintln(c.stdout)
		}
		fmt.Fprint(c.stdout, a.Text())
	}
	return nil
}

func (c *cli) explainLine(e *explain.Explainer, file string, line int, output string) error {
	reach, err := e.From(file, line)
	if err != nil {
		return err
	}
	if output == "json" {
		return writeJSON(c.stdout, reach)
	}
	fmt.Fprint(c.stdout, reach.Text())
	return nil
}

// lineOf reads <file>:<line>; nothing of nothing.
func lineOf(text string) (file string, line int, err error) {
	if text == "" {
		return "", 0, nil
	}
	at := strings.LastIndex(text, ":")
	if at > 0 {
		line, err = strconv.Atoi(text[at+1:])
	}
	if at <= 0 || err != nil || line < 1 {
		return "", 0, &usageError{fmt.Sprintf("--from %q names no line", text), "write it as in mesh/mesh.yaml:42"}
	}
	return path.Clean(filepath.ToSlash(text[:at])), line, nil
}

// fromRoot gives a target whose file is named from the root, where it is named
// from here.
func fromRoot(root, target string) string {
	file, field, asked := strings.Cut(target, "#")
	if file == "" || !filepath.IsAbs(file) && file[0] != '.' {
		return target
	}
	abs, err := filepath.Abs(file)
	if err != nil {
		return target
	}
	rel, err := filepath.Rel(resolved(root), resolved(abs))
	if err != nil {
		return target
	}
	if file = filepath.ToSlash(rel); asked {
		file += "#" + field
	}
	return file
}
