package rule

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/isthmus-mesh/isthmus/generators/diag"
)

// Titles are written as messages are, without a full stop, reasons and fixes as
// sentences of a page.
func TestWording(t *testing.T) {
	code := regexp.MustCompile(`^IST[0-9]{3}$`)
	title := regexp.MustCompile(`^\S[^\n]*[^.\s]$`)
	sentence := regexp.MustCompile(`^\S[^\n]*[^.]\.$`)
	titles := map[string]string{}
	for _, r := range All() {
		if !code.MatchString(r.Code) || hundreds[r.Code[3]] == "" {
			t.Errorf("%q is not the code of a hundred that has a name", r.Code)
		}
		if !title.MatchString(r.Title) {
			t.Errorf("%s: the title %q ends in a full stop, or is none", r.Code, r.Title)
		}
		if !sentence.MatchString(r.Why) {
			t.Errorf("%s: the reason %q is no sentence", r.Code, r.Why)
		}
		if r.Fix != "" && !sentence.MatchString(r.Fix) {
			t.Errorf("%s: the fix %q is no sentence", r.Code, r.Fix)
		}
		if r.Fix == "" && r.Severity != diag.Note {
			t.Errorf("%s: only a note has no fix", r.Code)
		}
		if other := titles[r.Title]; other != "" {
			t.Errorf("%s and %s have one title", other, r.Code)
		}
		titles[r.Title] = r.Code
		if Lookup(r.Code) != r {
			t.Errorf("%s is not found by its code", r.Code)
		}
	}
	if Lookup("IST000") != nil {
		t.Error("a rule is found that does not exist")
	}
}

// A code that is there twice is a mistake in the program.
func TestCodeTwice(t *testing.T) {
	defer func() {
		if got := recover(); got != "rule: IST103 is there twice" {
			t.Errorf("got %v", got)
		}
	}()
	define(Rule{Code: PrefixOverlap.Code})
}

// Every example is one of a rule, and every rule without one names the test that
// shows it.
func TestExamples(t *testing.T) {
	entries, err := fs.ReadDir(examples, "examples")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if Lookup(strings.TrimSuffix(entry.Name(), ".txtar")) == nil {
			t.Errorf("examples/%s shows no rule", entry.Name())
		}
	}
	variables := map[string]string{}
	for variable, code := range defined(sources(t)) {
		variables[code] = variable
	}
	for _, r := range All() {
		e := r.Example()
		switch {
		case e == nil && r.Test == "":
			t.Errorf("%s has no example, and names no test", r.Code)
		case e == nil:
			text, err := os.ReadFile(filepath.Join("../..", r.Test))
			if err != nil {
				t.Errorf("%s: %v", r.Code, err)
			} else if !strings.Contains(string(text), "("+r.Code+")") && !strings.Contains(string(text), "rule."+variables[r.Code]) {
				t.Errorf("%s does not speak of %s", r.Test, r.Code)
			}
		case r.Test != "":
			t.Errorf("%s has an example, and names a test", r.Code)
		case len(e.Fail) == 0 || len(e.Pass) == 0:
			t.Errorf("the example of %s does not show both", r.Code)
		}
	}
}

// Every rule is reported by some code, and nothing is reported by a code that no
// rule has: a Problem gets one from its rule alone.
func TestUse(t *testing.T) {
	used := map[string]bool{}
	files := sources(t)
	for path, file := range files {
		if filepath.Dir(path) == "." {
			continue
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.SelectorExpr:
				if x, is := n.X.(*ast.Ident); is && x.Name == "rule" {
					used[n.Sel.Name] = true
				}
			case *ast.CompositeLit:
				switch literal := name(n.Type); {
				case literal == "rule.Rule":
					t.Errorf("%s makes a rule of its own", path)
				case literal == "diag.Problem" && slices.ContainsFunc(n.Elts, keyed("Rule")):
					t.Errorf("%s gives a Problem a code by hand: rules make those that have one", path)
				}
			case *ast.AssignStmt:
				for _, left := range n.Lhs {
					if s, is := left.(*ast.SelectorExpr); is && s.Sel.Name == "Rule" {
						t.Errorf("%s changes the code of a Problem", path)
					}
				}
			}
			return true
		})
	}
	all := defined(files)
	for variable := range all {
		if !used[variable] {
			t.Errorf("nothing reports %s", variable)
		}
	}
	if len(used) == 0 || len(all) != len(All()) {
		t.Errorf("%d rules are defined and %d known: not all was looked at", len(all), len(All()))
	}
}

// defined gives the variables that hold rules, each with the code of its own.
func defined(files map[string]*ast.File) map[string]string {
	all := map[string]string{}
	for path, file := range files {
		if filepath.Dir(path) != "." {
			continue
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, is := n.(*ast.ValueSpec)
			if !is || len(spec.Values) != 1 {
				return true
			}
			call, is := spec.Values[0].(*ast.CallExpr)
			if !is || name(call.Fun) != "define" {
				return true
			}
			for _, e := range call.Args[0].(*ast.CompositeLit).Elts {
				if keyed("Code")(e) {
					all[spec.Names[0].Name] = strings.Trim(e.(*ast.KeyValueExpr).Value.(*ast.BasicLit).Value, `"`)
				}
			}
			return true
		})
	}
	return all
}

// sources parses the program, tests left out.
func sources(t *testing.T) map[string]*ast.File {
	t.Helper()
	files := map[string]*ast.File{}
	for _, root := range []string{".", "..", "../../cmd"} {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasPrefix(path, "../rule/") {
				return err
			}
			files[path], err = parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// name gives a or a.b of an expression, "" for others.
func name(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return name(e.X) + "." + e.Sel.Name
	}
	return ""
}

// keyed says whether an element of a literal has the key.
func keyed(key string) func(ast.Expr) bool {
	return func(e ast.Expr) bool {
		pair, is := e.(*ast.KeyValueExpr)
		return is && name(pair.Key) == key
	}
}

// The commands that find rules are named as people type them.
func TestBy(t *testing.T) {
	for _, r := range All() {
		if r.By != "" && r.By != "kustomize build" && !strings.HasPrefix(r.By, "isthmus ") {
			t.Errorf("%s: %s is no command", r.Code, strconv.Quote(r.By))
		}
	}
}
