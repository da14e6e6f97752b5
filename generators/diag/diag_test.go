package diag

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestProblem(t *testing.T) {
	for _, test := range []struct {
		name    string
		problem Problem
		want    string
	}{
		{
			name:    "all of it",
			problem: Problem{Pos: Position{File: "mesh.yaml", Line: 3, Column: 4}, Path: "spec.a", What: "wrong", Why: "reason", Fix: "mend it"},
			want:    "isthmus: error: mesh.yaml:3:4: spec.a: wrong; reason\nisthmus: fix: mend it\n",
		},
		{name: "no place", problem: Problem{What: "wrong"}, want: "isthmus: error: wrong\n"},
		{name: "a file alone", problem: Problem{Pos: Position{File: "mesh.yaml"}, What: "wrong"}, want: "isthmus: error: mesh.yaml: wrong\n"},
		{name: "a line alone", problem: Problem{Pos: Position{Line: 3, Column: 4}, What: "wrong"}, want: "isthmus: error: 3:4: wrong\n"},
		{name: "a path alone", problem: Problem{Path: "spec.a", What: "wrong"}, want: "isthmus: error: spec.a: wrong\n"},
		{name: "a warning", problem: Problem{Severity: Warning, What: "odd", Fix: "mend it"}, want: "isthmus: warning: odd\nisthmus: fix: mend it\n"},
		{name: "a note", problem: Problem{Severity: Note, What: "odd"}, want: "isthmus: note: odd\n"},
		{
			name:    "by a rule",
			problem: Problem{Rule: "IST999", Path: "spec.a", What: "wrong", Why: "reason", Fix: "mend it"},
			want:    "isthmus: error: spec.a: wrong; reason (IST999)\nisthmus: fix: mend it\n",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := test.problem.Text(); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// at gives a problem with its place alone.
func at(file string, line, column int, what string) *Problem {
	return &Problem{Pos: Position{File: file, Line: line, Column: column}, What: what}
}

// Problems come by file, the first one named staying first, then by place; what
// stands at one place keeps its order, and each message is there once.
func TestSorted(t *testing.T) {
	given := Problems{
		at("z", 9, 1, "a"), at("b", 1, 1, "b"), at("z", 2, 5, "c"), at("z", 2, 4, "d"), at("a", 1, 1, "e"),
		at("z", 9, 1, "f"), at("z", 9, 1, "a"), at("b", 0, 0, "g"), at("z", 10, 1, "h"),
	}
	before := given.Error()
	const want = "z:2:4: d\nz:2:5: c\nz:9:1: a\nz:9:1: f\nz:10:1: h\nb: g\nb:1:1: b\na:1:1: e"
	if diff := cmp.Diff(want, given.Sorted().Error()); diff != "" {
		t.Errorf("sorted (-want +got):\n%s", diff)
	}
	if given.Error() != before {
		t.Error("sorting changed what it was given")
	}
	if got := Problems(nil).Sorted(); len(got) != 0 {
		t.Errorf("of nothing came %v", got)
	}
}

func TestSeverities(t *testing.T) {
	ps := Problems{{What: "a"}, {What: "b", Severity: Warning}, {What: "c"}, {What: "d", Severity: Note}}
	if got := ps.Errors().Error(); got != "a\nc" {
		t.Errorf("errors %q", got)
	}
	if got := ps.Warnings().Error(); got != "b" {
		t.Errorf("warnings %q", got)
	}
	// Callers compare with nil.
	if ps[1:2].Errors() != nil || ps[:1].Warnings() != nil {
		t.Error("none is not nil")
	}
	if got, want := ps.Text(), "isthmus: error: a\nisthmus: warning: b\nisthmus: error: c\nisthmus: note: d\n"; got != want {
		t.Errorf("text %q, want %q", got, want)
	}
}

func TestNearest(t *testing.T) {
	fields := []string{"name", "clusters", "clients", "podCIDRs", "serviceCIDRs", "file"}
	for _, test := range []struct {
		word, want string
		choices    []string
	}{
		{word: "cluster", want: "clusters"},
		{word: "clusetrs", want: "clusters"}, // neighbours swapped
		{word: "podcidrs", want: "podCIDRs"},
		{word: "podCIDR", want: "podCIDRs"},
		{word: "Name", want: "name"},
		{word: "nmae", want: "name"},
		{word: "fil", want: "file"},
		{word: "fi", want: ""}, // of a short word two letters are too much
		{word: "", want: ""},
		{word: "clusterName", want: ""},
		{word: "services", want: ""},
		{word: "east", want: "", choices: []string{"west", "wests"}[1:]},
		{word: "eats", want: "east", choices: []string{"west", "east"}},
		{word: "a", want: "b", choices: []string{"b", "c"}}, // the first of equals
		{word: "x", want: "", choices: nil},
		{word: "ärger", want: "", choices: []string{"z"}},
	} {
		choices := test.choices
		if choices == nil && test.word != "x" {
			choices = fields
		}
		if got := Nearest(test.word, choices); got != test.want {
			t.Errorf("nearest to %q is %q, want %q", test.word, got, test.want)
		}
	}
}
