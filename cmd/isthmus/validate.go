package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/rule"
	"github.com/isthmus-mesh/isthmus/generators/sarif"
)

const validateHelp = `validate says what is wrong with mesh.yaml and the Services that it names: every
problem in one run, with the code of its rule, in file order and the errors last. An
error stops every command; a warning asks for a change; a note says what a choice
brings with it.

Usage:
  isthmus validate [-f <mesh.yaml>] [-o {text | json | sarif}] [--strict]
  isthmus validate --explain <code>

Flags:
  -f, --file <path>     the mesh (default mesh/mesh.yaml, else mesh.yaml)
  -o, --output <form>   text, json or sarif (default text)
      --strict          fail on warnings too; notes are said, and fail nothing
      --explain <code>  print the page of a rule, as in IST103, with an example
      --allow-untested  take a newer release than the dialects were checked with

Example:
  isthmus validate -f mesh/mesh.yaml

` + exitStatuses + "\n"

func (c *cli) validate() *cobra.Command {
	var in input
	var output, code string
	var strict bool
	cmd := &cobra.Command{Use: "validate", Long: validateHelp, Args: noArgs}
	in.flags(cmd.Flags())
	cmd.Flags().StringVarP(&output, "output", "o", "text", "")
	cmd.Flags().BoolVar(&strict, "strict", false, "")
	cmd.Flags().StringVar(&code, "explain", "", "")
	cmd.RunE = func(*cobra.Command, []string) error {
		if err := oneOf("output", output, "text", "json", "sarif"); err != nil {
			return err
		}
		if cmd.Flags().Changed("explain") {
			return c.explainRule(code)
		}
		m, problems, err := in.load()
		if p, ok := err.(*diag.Problem); ok {
			problems, err = diag.Problems{p}, nil // in the form that is asked for
		}
		if err != nil {
			return err
		}
		failed := len(problems.Errors()) > 0 || strict && len(problems.Warnings()) > 0
		if output != "text" {
			write := problemsJSON
			if output == "sarif" {
				place, err := in.placed()
				if err != nil {
					return err
				}
				for _, p := range problems {
					if p.Pos.File != "" {
						p.Pos.File = place(p.Pos.File)
					}
				}
				write = func(w io.Writer, problems diag.Problems) error { return sarif.Problems(w, place(in.path()), problems) }
			}
			if err := write(c.stdout, problems); err != nil {
				return err
			}
		} else {
			c.stderr.say(problems...)
		}
		if failed && len(problems.Errors()) == 0 {
			return &diag.Problem{Pos: diag.Position{File: in.path()}, What: "has warnings, and --strict counts them as errors"}
		}
		if failed {
			return status(exitFailed)
		}
		if output != "text" {
			return nil
		}
		fmt.Fprintf(c.stdout, "%s is valid: %s, %s\n", in.path(), diag.Count(len(m.Spec.Clusters), "cluster"), diag.Count(len(m.Services), "Service"))
		return nil
	}
	return cmd
}

// explainRule prints the page of a rule.
func (c *cli) explainRule(code string) error {
	code = strings.ToUpper(code)
	r := rule.Lookup(code)
	if r == nil {
		near := diag.Nearest(code, rule.Codes())
		if near == "" {
			return &usageError{fmt.Sprintf("there is no rule %q", code), "docs/rules lists them"}
		}
		return &usageError{fmt.Sprintf("there is no rule %q", code), fmt.Sprintf("did you mean %s: %s?", near, rule.Lookup(near).Title)}
	}
	_, err := c.stdout.Write(r.Page(r.Example()))
	return err
}

// problemsJSON writes the problems as a list, empty where there are none.
func problemsJSON(w io.Writer, problems diag.Problems) error {
	return writeJSON(w, reports(problems))
}

// A problemJSON is a Problem as JSON has it.
type problemJSON struct {
	Severity string `json:"severity"`
	Rule     string `json:"rule,omitempty"`
	File     string `json:"file,omitempty"`
	Line     int    `json:"line,omitempty"`
	Column   int    `json:"column,omitempty"`
	Path     string `json:"path,omitempty"`
	What     string `json:"what"`
	Why      string `json:"why,omitempty"`
	Fix      string `json:"fix,omitempty"`
}

func reports(problems diag.Problems) []problemJSON {
	all := []problemJSON{}
	for _, p := range problems {
		all = append(all, problemJSON{p.Severity.String(), p.Rule, p.Pos.File, p.Pos.Line, p.Pos.Column, p.Path, p.What, p.Why, p.Fix})
	}
	return all
}

func writeJSON(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}
