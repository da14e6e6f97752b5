package generators_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/isthmus-mesh/isthmus/generators/rule"
)

const (
	statements = 78  // of the guide
	guideLines = 357 // of its source
)

var (
	ruleCode   = regexp.MustCompile(`\bIST[0-9]{3}\b`)
	quotedWord = regexp.MustCompile("`([^`]+)`")
	testFunc   = regexp.MustCompile(`(?m)^func (Test[A-Za-z0-9_]+)\(`)
	lineRange  = regexp.MustCompile(`^([0-9]+)(?:-([0-9]+))?$`)
)

// docs/guide.md has a row for each statement of the guide, and what a row names
// is there: rules, files, and tests.
func TestGuideTable(t *testing.T) {
	const root = ".."
	text, err := os.ReadFile(filepath.Join(root, "docs/guide.md"))
	if err != nil {
		t.Fatal(err)
	}
	tests := allTests(t, root)
	next := 1
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		n, err := strconv.Atoi(strings.TrimSpace(cells[0]))
		if err != nil {
			continue
		}
		for _, problem := range checkRow(root, cells, tests) {
			t.Errorf("row %d: %s", n, problem)
		}
		if n != next {
			t.Errorf("row %d stands where row %d should", n, next)
		}
		next = n + 1
	}
	if next != statements+1 {
		t.Errorf("the last row is %d, and the guide has %d statements", next-1, statements)
	}
}

// checkRow says what is wrong with a row of the table.
func checkRow(root string, cells []string, tests map[string][]string) []string {
	if len(cells) != 6 {
		return []string{fmt.Sprintf("has %d cells, not 6", len(cells))}
	}
	var problems []string
	wrong := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	if lines := strings.TrimSpace(cells[1]); lines != "left out" {
		for span := range strings.SplitSeq(lines, ", ") {
			m := lineRange.FindStringSubmatch(span)
			if m == nil {
				wrong("%q is no line of the guide", span)
				continue
			}
			from, _ := strconv.Atoi(m[1])
			to, _ := strconv.Atoi(m[2])
			if to == 0 {
				to = from
			}
			if from < 1 || to < from || to > guideLines {
				wrong("%q is no line of the guide", span)
			}
		}
	}
	for i, name := range map[int]string{2: "releases", 3: "says"} {
		if strings.TrimSpace(cells[i]) == "" {
			wrong("%s nothing", name)
		}
	}
	does := ruleCode.FindAllString(cells[4], -1)
	for _, code := range does {
		if rule.Lookup(code) == nil {
			wrong("there is no rule %s", code)
		}
	}
	for _, m := range quotedWord.FindAllStringSubmatch(cells[4], -1) {
		if info, err := os.Stat(filepath.Join(root, filepath.FromSlash(m[1]))); err != nil || info.IsDir() {
			wrong("there is no file %s", m[1])
		}
		does = append(does, m[1])
	}
	if len(does) == 0 {
		wrong("names neither a rule nor a file")
	}
	proved := quotedWord.FindAllStringSubmatch(cells[5], -1)
	for _, m := range proved {
		switch found := tests[m[1]]; {
		case len(found) == 0:
			wrong("there is no test %s", m[1])
		case len(found) > 1:
			wrong("%s may be any of %s", m[1], strings.Join(found, ", "))
		}
	}
	if len(proved) == 0 {
		wrong("names no test")
	}
	if rest := strings.TrimSpace(quotedWord.ReplaceAllString(ruleCode.ReplaceAllString(cells[4]+cells[5], ""), "")); rest != "" {
		wrong("%q is neither a rule, nor a file, nor a test in quotes", rest)
	}
	return problems
}

// allTests lists the tests of the repository by the name that a row gives them:
// <folder>.<function>, or the name of a script of the command line. Folders of one
// name may have tests of one name, so each name has the paths where it is.
func allTests(t *testing.T, root string) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	add := func(name, path string) {
		if path = filepath.ToSlash(path); !slices.Contains(all[name], path) {
			all[name] = append(all[name], path)
		}
	}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if name := entry.Name(); entry.IsDir() && path != root && strings.HasPrefix(name, ".") {
			return fs.SkipDir
		}
		folder := filepath.Dir(path)
		switch {
		case strings.HasSuffix(path, "_test.go"):
			source, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for _, m := range testFunc.FindAllStringSubmatch(string(source), -1) {
				add(filepath.Base(folder)+"."+m[1], folder)
			}
		case filepath.Ext(path) == ".txtar" && filepath.Base(folder) == "script":
			add(entry.Name(), path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// The check of a row finds what it should: one that looks at nothing would pass
// too.
func TestGuideRows(t *testing.T) {
	tests := map[string][]string{"mesh.TestNames": {"../generators/mesh"}, "x.txtar": {"../x.txtar"}, "a.TestTwice": {"../a", "../b/a"}}
	for _, test := range []struct{ row, want string }{
		{"1 | 3, 17-21 | all | it does | IST101 `docs/guide.md` | `mesh.TestNames` `x.txtar` ", ""},
		{"1 | left out | all | it does | IST101 | `x.txtar` ", ""},
		{"1 | 3 | all | it does | IST101 ", "has 5 cells, not 6"},
		{"1 | 3-400 | all | it does | IST101 | `x.txtar` ", `"3-400" is no line of the guide`},
		{"1 | here | all | it does | IST101 | `x.txtar` ", `"here" is no line of the guide`},
		{"1 | 3 | all | it does | IST199 | `x.txtar` ", "there is no rule IST199"},
		{"1 | 3 | all | it does | `docs/gide.md` | `x.txtar` ", "there is no file docs/gide.md"},
		{"1 | 3 | all | it does | `docs` | `x.txtar` ", "there is no file docs"},
		{"1 | 3 | all | it does |  | `x.txtar` ", "names neither a rule nor a file"},
		{"1 | 3 | all | it does | IST101 | `mesh.TestName` ", "there is no test mesh.TestName"},
		{"1 | 3 | all | it does | IST101 | `a.TestTwice` ", "a.TestTwice may be any of ../a, ../b/a"},
		{"1 | 3 | all | it does | IST101 | `y.txtar` ", "there is no test y.txtar"},
		{"1 | 3 | all | it does | IST101 |  ", "names no test"},
		{"1 | 3 | all |  | IST101 | `x.txtar` ", "says nothing"},
		{"1 | 3 | all | it does | IST101 and more | `x.txtar` ", `"and more" is neither a rule, nor a file, nor a test in quotes`},
	} {
		if got := strings.Join(checkRow("..", strings.Split(test.row, "|"), tests), "; "); got != test.want {
			t.Errorf("%s: got %q, want %q", test.row, got, test.want)
		}
	}
}
