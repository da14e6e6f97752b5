package strict

import (
	"fmt"
	"strconv"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/rule"
)

// mostProblems is where looking for more ends. Without it an input of 1 MiB
// that has a long path above 200,000 broken values makes gigabytes of text.
const mostProblems = 1000

// A report gathers the problems of one input.
type report struct {
	file     string
	problems diag.Problems
}

func newReport(file string) *report { return &report{file: file} }

// add reports a problem at the position of a node.
func (r *report) add(breaks *rule.Rule, n *yaml.Node, at *trail, what, why, fix string) {
	r.put(breaks.Problem(r.pos(n), "", what, why, fix), at)
}

// addAt reports a problem that belongs to no field.
func (r *report) addAt(breaks *rule.Rule, line, column int, what, why, fix string) {
	r.put(breaks.Problem(diag.Position{File: r.file, Line: line, Column: column}, "", what, why, fix), nil)
}

// put writes the path only of problems that are kept: paths may be long.
func (r *report) put(p *diag.Problem, at *trail) {
	switch {
	case len(r.problems) < mostProblems:
		p.Path = at.String()
	case len(r.problems) == mostProblems:
		p = &diag.Problem{Pos: p.Pos, What: fmt.Sprintf("more than %d problems, of which the rest is not shown", mostProblems)}
	default:
		return
	}
	r.problems = append(r.problems, p)
}

func (r *report) pos(n *yaml.Node) diag.Position {
	return diag.Position{File: r.file, Line: max(n.Line, 1), Column: max(n.Column, 1)}
}

func (r *report) sorted() diag.Problems {
	if len(r.problems) == 0 {
		return nil
	}
	return r.problems.Sorted()
}

// quoted gives user text for a message, cut where it is long.
func quoted(text string) string { return strconv.Quote(cut(text)) }

// cut keeps a message readable whatever the input holds.
func cut(text string) string {
	const most = 80
	if utf8.RuneCountInString(text) <= most {
		return text
	}
	return string([]rune(text[:min(len(text), 4*most)])[:most]) + "…"
}
