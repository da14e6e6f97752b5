package strict

import (
	"fmt"
	"io"
	"strings"
	"testing"
)

// Every input is tried at several places of a file: yaml.v3 counts the lines of
// its errors in three ways.
func TestSyntax(t *testing.T) {
	const beside, brackets = " -> indent this line as those beside it", " -> close the bracket that opens here, or separate what is in it by commas"
	const colon = "a colon and a space are not allowed in this place -> quote the text that holds them, or check the indentation"
	const tab = "a tab indents this line -> indent with spaces"
	tests := []struct {
		name, in     string
		line, column int
		want         string
	}{
		{"less indented", "a:\n  b: 1\n c: 2\nd: 4\n", 3, 2, "not valid YAML: did not find expected key" + beside},
		{"less indented in a list", "a:\n  - b: 1\n    c: 2\n   d: 2\ne: 5\n", 4, 4, "not valid YAML: did not find expected '-' indicator" + beside},
		{"less indented text", "a: |\n  b\n c\nd: 1\ne: 2\n", 3, 2, "not valid YAML: did not find expected key" + beside},
		{"more indented", "a: 1\nb: 2\n   c: 3\nd: 2\n", 3, 4, colon},
		{"list in a map", "a: 1\n- foo\nb: 1\nc: 2\n", 2, 1, "not valid YAML: did not find expected key" + beside},
		{"key in a list", "a:\n  - b\n  c: 1\nd: 2\n", 3, 3, "not valid YAML: did not find expected '-' indicator" + beside},
		{"two colons", "a: 1\nb: c: d\ne: 1\n", 2, 5, colon},
		{"no colon", "a: 1\nfoo\nb: 1\n", 2, 1, "not valid YAML: could not find expected ':' -> write a colon and a value after the name"},
		{"unclosed list", "a: 1\nb: [1, 2\nc: 3\nd: 4\n", 2, 4, "not valid YAML: did not find expected ',' or ']'" + brackets},
		{"unclosed map", "a: 1\nb: {c: 2\nd: 3\ne: 4\n", 2, 4, "not valid YAML: did not find expected ',' or '}'" + brackets},
		{"closed twice", "a: 1\nb: [1]]\nc: 1\nd: 2\n", 2, 1, "not valid YAML: did not find expected key" + beside},
		{"closed only", "a: 1\n}\nc: 1\n", 2, 1, "not valid YAML: did not find expected key" + beside},
		{"unclosed quotes", "a: 1\nb: \"c\nd: 3\n", 2, 4, "the file ends inside the text that starts here -> close its quotes"},
		{"text after quotes", "a: 1\nb: 'c'd\ne: 1\nf: 2\n", 2, 1, "not valid YAML: did not find expected key" + beside},
		{"escape", "a: 1\nb: \"c\\q\"\n", 2, 4, "not valid YAML: found unknown escape character"},
		{"lone surrogate", "a: 1\nb: \"\\ud800\"\n", 2, 4, "not valid YAML: found invalid Unicode character escape code"},
		{"reserved character", "a: 1\nb: @c\nd: 1\n", 2, 4, "not valid YAML: found character that cannot start any token -> quote the value that starts with this character"},
		{"tab", "a: 1\nb:\n\tc: 3\nd: 4\n", 3, 1, tab},
		{"tab after a value", "a:\n  b: 1\n\tc: 3\nd: 4\n", 3, 1, tab},
		{"tab after spaces", "a:\n  b:\n  \tc: 3\nd: 4\n", 3, 3, tab},
		{"tab far after a value", "a:\n  b: c\n   d\n   e\n\tf: 3\ng: 4\n", 5, 1, tab},
		{"list beside a key", "a: 1\nb: - c\nd: 1\n", 2, 1, "not valid YAML: block sequence entries are not allowed in this context"},
		{"anchor without a name", "a: 1\nb: & c\n", 2, 1, "not valid YAML: did not find expected alphabetic or numeric character"},
		{"tag of no handle", "a: 1\nb: !x!c d\ne: 1\n", 2, 1, "not valid YAML: found undefined tag handle -> remove the tag"},
		{"alias of nothing", "a: 1\nb: [c, *d]\n", 2, 8, "the alias *d is not allowed (IST004) -> write the value out here"},
	}
	for _, test := range tests {
		for _, before := range []string{"", "# c\n", "x: 1\n", "# b\n\n# c\n---\n# d\n", "--- # c\n"} {
			for _, end := range []string{"\n", "\r\n", "\r"} {
				_, problems := decoded[sample](strings.ReplaceAll(before+test.in, "\n", end), Limits{})
				if len(problems) != 1 {
					t.Errorf("%s after %q with %q: %v", test.name, before, end, problems)
					continue
				}
				message, fix, _ := strings.Cut(test.want, " -> ")
				if !strings.HasSuffix(message, ")") {
					message += " (IST001)" // all but one
				}
				if fix != "" {
					fix = " -> " + fix
				}
				want := fmt.Sprintf("%d:%d: %s%s\n", strings.Count(before, "\n")+test.line, test.column, message, fix)
				if got := said(problems); got != want {
					t.Errorf("%s after %q with %q:\n got %swant %s", test.name, before, end, got, want)
				}
			}
		}
	}
}

type panicking struct{}

func (panicking) Read([]byte) (int, error) { panic("internal error") }

func TestParserPanics(t *testing.T) {
	_, err := decode(io.Reader(panicking{}))
	if err == nil || err.Error() != "yaml: internal error" {
		t.Errorf("got %v", err)
	}
	r := newReport("f.yaml")
	piece{line: 3, text: []byte("a: 1\n")}.reportSyntax(r, err, 64)
	compare(t, "3:1: not valid YAML: internal error (IST001)", r.problems)
}
