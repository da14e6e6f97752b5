package generators_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// docs/threats.md names for each threat tests that are there, and says how much
// they run.
func TestThreats(t *testing.T) {
	const root = ".."
	text, err := os.ReadFile(filepath.Join(root, "docs/threats.md"))
	if err != nil {
		t.Fatal(err)
	}
	tests := allTests(t, root)
	_, table, found := strings.Cut(string(text), "\n| threat | what isthmus does | test | `make test` | `make secrets` |\n|---|---|---|---|---|\n")
	if !found {
		t.Fatal("docs/threats.md has no table of threats")
	}
	rows := 0
	for line := range strings.Lines(table) {
		if !strings.HasPrefix(line, "|") {
			break
		}
		rows++
		for _, problem := range checkThreat(line, tests) {
			t.Errorf("%.60s…: %s", line, problem)
		}
	}
	if rows < 20 {
		t.Errorf("%d threats: the table was not read", rows)
	}
}

// checkThreat says what is wrong with a row.
func checkThreat(row string, tests map[string][]string) []string {
	cells := strings.Split(strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(row), "|"), "|"), "|")
	if len(cells) != 5 {
		return []string{fmt.Sprintf("has %d cells, not 5", len(cells))}
	}
	var problems []string
	wrong := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	for i, name := range []string{"the threat", "what isthmus does", "the test", "how much"} {
		if strings.TrimSpace(cells[i]) == "" {
			wrong("does not say %s", name)
		}
	}
	for _, m := range quotedWord.FindAllStringSubmatch(cells[2], -1) {
		switch found := tests[m[1]]; {
		case len(found) == 0:
			wrong("there is no test %s", m[1])
		case len(found) > 1:
			wrong("%s may be any of %s", m[1], strings.Join(found, ", "))
		}
	}
	if rest := strings.TrimSpace(quotedWord.ReplaceAllString(cells[2], "")); rest != "" {
		wrong("%q is no test in quotes", rest)
	}
	return problems
}

// The check of a row finds what it should.
func TestThreatRows(t *testing.T) {
	tests := map[string][]string{"seal.TestTags": {"../generators/seal"}, "a.TestTwice": {"../a", "../b/a"}}
	for _, test := range []struct{ row, want string }{
		{"| a | b | `seal.TestTags` | 10 | |\n", ""},
		{"| a | b | `seal.TestTags` | 10 | 100 |\n", ""},
		{"| a | b | `seal.TestTags` | 10 |\n", "has 4 cells, not 5"},
		{"| | b | `seal.TestTags` | 10 | |\n", "does not say the threat"},
		{"| a | | `seal.TestTags` | 10 | |\n", "does not say what isthmus does"},
		{"| a | b | | 10 | |\n", "does not say the test"},
		{"| a | b | `seal.TestTags` | | |\n", "does not say how much"},
		{"| a | b | `seal.TestTag` | 10 | |\n", "there is no test seal.TestTag"},
		{"| a | b | `a.TestTwice` | 10 | |\n", "a.TestTwice may be any of ../a, ../b/a"},
		{"| a | b | TestTags | 10 | |\n", `"TestTags" is no test in quotes`},
	} {
		if got := strings.Join(checkThreat(test.row, tests), "; "); got != test.want {
			t.Errorf("%s: got %q, want %q", test.row, got, test.want)
		}
	}
}
