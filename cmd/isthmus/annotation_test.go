package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAnnotation(t *testing.T) {
	for _, test := range []struct {
		name string
		a    annotation
		want string
	}{
		{"a message alone", annotation{message: "wrong"}, "::error::wrong"},
		{"all of it", annotation{"a/b.yaml", 3, 4, "drift in west", "wrong"}, "::error file=a/b.yaml,line=3,col=4,title=drift in west::wrong"},
		{"a line break does not end the command", annotation{message: "a\r\n::error::b"}, "::error::a%0D%0A::error::b"},
		{"a percent sign is one", annotation{title: "100%0A", message: "100%0A"}, "::error title=100%250A::100%250A"},
		{"a colon or a comma ends no property", annotation{file: "a,line=9::b:c", title: "x,file=y::z"}, "::error file=a%2Cline=9%3A%3Ab%3Ac,title=x%2Cfile=y%3A%3Az::"},
		{"a line break in a file's name", annotation{file: "a\n::stop-commands::x"}, "::error file=a%0A%3A%3Astop-commands%3A%3Ax::"},
		{"commas and colons stay in a message", annotation{message: "a: b, c"}, "::error::a: b, c"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, test.a.String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// GitHub keeps ten of a step: the tenth counts those that it would drop, and the
// log names them, in lines that are no commands.
func TestAnnotationLimit(t *testing.T) {
	of := func(n int) string {
		var all []annotation
		for i := range n {
			all = append(all, annotation{message: fmt.Sprintf("%d ##[add-mask]x\nfix", i)})
		}
		var b strings.Builder
		annotate(&b, all)
		return b.String()
	}
	if got := of(0); got != "" {
		t.Errorf("of nothing came %q", got)
	}
	if got := of(10); strings.Count(got, "\n") != 10 || strings.Count(got, "::error::") != 10 {
		t.Errorf("of ten came %q", got)
	}
	got := strings.SplitAfter(of(12), "::error::8 ##[add-mask]x%0Afix\n")
	want := "::error title=isthmus::3 more, which the log of this step names: GitHub shows 10\n9 ##%5Badd-mask]x\n10 ##%5Badd-mask]x\n11 ##%5Badd-mask]x\n"
	if len(got) != 2 || strings.Count(got[0], "\n") != 9 {
		t.Fatalf("of twelve came %q", got)
	}
	if diff := cmp.Diff(want, got[1]); diff != "" {
		t.Errorf("the last of twelve (-want +got):\n%s", diff)
	}
}
