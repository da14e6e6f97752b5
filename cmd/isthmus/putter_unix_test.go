//go:build unix

package main

import (
	"strings"
	"testing"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/seal"
)

// What a program says by its exit status counts, whatever it leaves behind; but one
// that did not read the Secret has not put it.
func TestPutterEnds(t *testing.T) {
	unread := "ended before it had read all that it was given"
	for _, tt := range []struct {
		name, does string
		size       int
		want       string
	}{
		{"reads", "exec cat >/dev/null", 10, ""},
		{"reads much", "exec cat >/dev/null", 1 << 19, ""},
		{"leaves a child on the pipes", "cat >/dev/null; sleep 5 & exit 0", 10, ""},
		{"reads nothing", "exit 0", 10, unread},
		{"reads nothing of much", "exit 0", 1 << 19, unread},
		{"reads a part", "dd bs=1 count=5 of=/dev/null 2>/dev/null", 10, unread},
		{"fails", "cat >/dev/null; exit 3", 10, "did not put west: exit status 3"},
		{"fails unread", "exit 3", 10, "did not put west: exit status 3"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := putter{argv: []string{"sh", "-c", tt.does, keyMark}}
			err := p.put(&seal.Secret{Data: map[string]seal.Plain{"west": seal.NewPlain([]byte(strings.Repeat("x", tt.size)))}}, "west")
			if problem, is := err.(*diag.Problem); tt.want == "" && err != nil || tt.want != "" && (!is || problem.What != "sh "+tt.want) {
				t.Errorf("%v", err)
			}
		})
	}
}
