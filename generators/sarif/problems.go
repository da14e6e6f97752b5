package sarif

import (
	"cmp"
	"io"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/rule"
)

// Problems writes problems as the results of one run. A fix is told in the
// message: the format takes only those that are replacements of text. What names
// no file is said of the given one.
func Problems(w io.Writer, file string, problems diag.Problems) error {
	results := make([]Result, len(problems))
	for i, p := range problems {
		said := diag.Problem{What: p.What, Why: p.Why}
		r := Result{Rule: cmp.Or(rule.Lookup(p.Rule), rule.Partial), Message: said.Error()}
		if p.Fix != "" {
			r.Message += "\nfix: " + p.Fix
		}
		if p.Pos.File != "" || p.Path != "" {
			r.Places = []Place{{File: p.Pos.File, Line: p.Pos.Line, Column: p.Pos.Column, Field: p.Path}}
		}
		results[i] = r
	}
	return Write(w, "", file, results)
}
