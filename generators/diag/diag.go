// Package diag is how anything wrong with the input is said: where it is, what
// is wrong, why that matters, and the smallest change that mends it.
//
// The rules of every message: it starts small, ends without a full stop, quotes
// what the user wrote with %q, and never holds a colour or the value of a
// secret.
package diag

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Position is a place in an input file. Line and Column count from 1, columns
// in characters; 0 means that the place is not known.
type Position struct {
	File   string
	Line   int
	Column int
}

// String gives file:line:col, leaving out what is not known.
func (p Position) String() string {
	switch {
	case p.Line == 0:
		return p.File
	case p.File == "":
		return fmt.Sprintf("%d:%d", p.Line, p.Column)
	default:
		return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
	}
}

// Severity says whether a Problem stops the work.
type Severity int

// An Error stops the work; a Warning is reported beside the result, and counted
// where somebody asks for none; a Note says what a choice brings with it.
const (
	Error Severity = iota
	Warning
	Note
)

// String gives the word that stands in front of the message.
func (s Severity) String() string { return [...]string{"error", "warning", "note"}[s] }

// A Problem is one thing wrong with the input, worded for the person who has
// to change it.
type Problem struct {
	Severity Severity
	Rule     string // the code of the rule that it breaks, as in IST103; "" where no rule has one
	Pos      Position
	Path     string // dotted field path, as in spec.clusters[2].network
	What     string // what is wrong, naming the offending value
	Why      string // the rule or consequence, optional
	Fix      string // the smallest change that would satisfy it, optional
	Meant    string // the path of the field that was probably meant by an unknown one, optional
}

// Error gives "position: path: what; why", without the rule and the fix.
func (p *Problem) Error() string {
	var b strings.Builder
	if pos := p.Pos.String(); pos != "" {
		b.WriteString(pos + ": ")
	}
	if p.Path != "" {
		b.WriteString(p.Path + ": ")
	}
	b.WriteString(p.What)
	if p.Why != "" {
		b.WriteString("; " + p.Why)
	}
	return b.String()
}

// Text gives the lines a person reads: the message between its severity and the
// code of its rule, then the fix on a line of its own.
func (p *Problem) Text() string {
	text := fmt.Sprintf("isthmus: %s: %s", p.Severity, p.Error())
	if p.Rule != "" {
		text += " (" + p.Rule + ")"
	}
	text += "\n"
	if p.Fix != "" {
		text += fmt.Sprintf("isthmus: fix: %s\n", p.Fix)
	}
	return text
}

// Problems are all things wrong with one input.
type Problems []*Problem

// Error joins the messages, one a line.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// Text gives what a person reads of all problems.
func (ps Problems) Text() string {
	var b strings.Builder
	for _, p := range ps {
		b.WriteString(p.Text())
	}
	return b.String()
}

// Sorted gives the problems in file order, the first file named staying first,
// and each message once.
func (ps Problems) Sorted() Problems {
	rank := map[string]int{}
	for _, p := range ps {
		if _, seen := rank[p.Pos.File]; !seen {
			rank[p.Pos.File] = len(rank)
		}
	}
	sorted := slices.Clone(ps)
	slices.SortStableFunc(sorted, func(a, b *Problem) int {
		return cmp.Or(
			cmp.Compare(rank[a.Pos.File], rank[b.Pos.File]),
			cmp.Compare(a.Pos.Line, b.Pos.Line),
			cmp.Compare(a.Pos.Column, b.Pos.Column),
		)
	})
	seen := map[Problem]bool{}
	return slices.DeleteFunc(sorted, func(p *Problem) bool {
		again := seen[*p]
		seen[*p] = true
		return again
	})
}

// Errors gives the problems that stop the work, nil where there are none.
func (ps Problems) Errors() Problems { return ps.of(Error) }

// Warnings gives the problems that do not, and are no notes.
func (ps Problems) Warnings() Problems { return ps.of(Warning) }

func (ps Problems) of(s Severity) Problems {
	var some Problems
	for _, p := range ps {
		if p.Severity == s {
			some = append(some, p)
		}
	}
	return some
}
