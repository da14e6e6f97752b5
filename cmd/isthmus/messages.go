package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/diag"
)

// messages are what a run says on standard error. The problems among them are
// counted, so that a long list that failed ends in how long it was.
type messages struct {
	io.Writer
	counts map[diag.Severity]int
}

func newMessages(stderr io.Writer) *messages {
	return &messages{stderr, map[diag.Severity]int{}}
}

// say prints problems. What stops the work comes last, where a terminal still shows
// it after much that may stand.
func (m *messages) say(problems ...*diag.Problem) {
	var stand, stop diag.Problems
	for _, p := range problems {
		m.counts[p.Severity]++
		if p.Severity == diag.Error {
			stop = append(stop, p)
		} else {
			stand = append(stand, p)
		}
	}
	fmt.Fprint(m, stand.Text(), stop.Text())
}

// count ends a run that said an error and something more.
func (m *messages) count() {
	var counts []string
	said := 0
	for _, s := range []diag.Severity{diag.Error, diag.Warning, diag.Note} {
		if n := m.counts[s]; n > 0 {
			counts = append(counts, diag.Count(n, s.String()))
			said += n
		}
	}
	if m.counts[diag.Error] > 0 && said > 1 {
		fmt.Fprintf(m, "isthmus: %s\n", strings.Join(counts, ", "))
	}
}
