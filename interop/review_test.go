package interop

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/gonvenience/ytbx"
	"github.com/google/go-cmp/cmp"
	"github.com/homeport/dyff/pkg/dyff"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extensionast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/text"
	"golang.org/x/tools/txtar"
)

const histories = "../cmd/isthmus/testdata/history"

// A change is what diff says as JSON, as far as these tests look at it.
type change struct {
	Groups []struct {
		Change   string
		Object   struct{ APIVersion, Kind, Namespace, Name string }
		Clusters []string
	}
	Objects struct{ Added, Changed, Removed int }
}

// TestDyff: the objects that isthmus names as changed are those that dyff names,
// for every example of a risk, the one that is risky and the one that is not.
func TestDyff(t *testing.T) {
	program := filepath.Join(t.TempDir(), "isthmus")
	build := exec.Command("go", "build", "-o", program, "./cmd/isthmus")
	build.Dir = ".."
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	examples, err := filepath.Glob("../generators/rule/examples/IST9*.txtar")
	if err != nil || len(examples) == 0 {
		t.Fatalf("there is no example: nothing is proved: %v", err)
	}
	told := 0
	for _, name := range examples {
		archive, err := txtar.ParseFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, side := range []string{"fail", "pass"} {
			t.Run(strings.TrimSuffix(filepath.Base(name), ".txtar")+"/"+side, func(t *testing.T) {
				dir := t.TempDir()
				run := func(program string, args ...string) []byte {
					t.Helper()
					cmd := exec.Command(program, args...)
					cmd.Dir = dir
					cmd.Env = append(os.Environ(), "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")
					out, err := cmd.Output()
					if err != nil {
						t.Fatalf("%s %s: %v", filepath.Base(program), args[0], err)
					}
					return out
				}
				put(t, dir, archive, "before")
				run(program, "render")
				was := overlays(t, dir)
				run("git", "init", "-q")
				run("git", "add", "-A")
				run("git", "commit", "-q", "-m", "before")
				put(t, dir, archive, side)
				var c change
				if err := json.Unmarshal(run(program, "diff", "-o", "json"), &c); err != nil {
					t.Fatal(err)
				}
				args := []string{"render", "--rebind"}
				if side == "fail" && strings.Contains(name, "IST902") {
					args = append(args, "--remove", "north")
				}
				if side == "fail" && strings.Contains(name, "IST904") {
					args = append(args, "--remove", "north")
				}
				run(program, args...)
				is := overlays(t, dir)
				want := map[string]bool{}
				for cluster := range was {
					if is[cluster] != nil {
						for _, object := range byDyff(t, was[cluster], is[cluster]) {
							want[cluster+" "+object] = true
						}
					}
				}
				got := map[string]bool{}
				for _, g := range c.Groups {
					for _, cluster := range g.Clusters {
						if g.Object.Name != "" && g.Change != "moved" && g.Change != "reworded" && was[cluster] != nil && is[cluster] != nil {
							name := fmt.Sprintf("%s %s %s/%s", g.Object.APIVersion, g.Object.Kind, g.Object.Namespace, g.Object.Name)
							got[cluster+" "+strings.ReplaceAll(name, "<cluster>", cluster)] = true
						}
					}
				}
				told += len(want)
				if diff := cmp.Diff(slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(got))); diff != "" {
					t.Errorf("objects (-dyff +isthmus):\n%s", diff)
				}
			})
		}
	}
	if told < 50 {
		t.Errorf("dyff told of %d objects only", told)
	}
}

// put writes the files of one side of an example.
func put(t *testing.T, dir string, archive *txtar.Archive, side string) {
	t.Helper()
	for _, f := range archive.Files {
		if name, ok := strings.CutPrefix(f.Name, side+"/"); ok && name != "command" {
			if err := os.WriteFile(filepath.Join(dir, name), f.Data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// overlays gives the objects of each cluster as one stream, kustomizations and
// values of charts left out.
func overlays(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	for _, root := range []string{"overlays", "clusters"} {
		err := filepath.WalkDir(filepath.Join(dir, root), func(name string, e fs.DirEntry, err error) error {
			if os.IsNotExist(err) {
				return nil
			}
			if err != nil || e.IsDir() || filepath.Ext(name) != ".yaml" || e.Name() == "kustomization.yaml" || strings.HasPrefix(e.Name(), "values-") {
				return err
			}
			rel, err := filepath.Rel(filepath.Join(dir, root), name)
			if err != nil {
				return err
			}
			cluster, _, _ := strings.Cut(filepath.ToSlash(rel), "/")
			data, err := os.ReadFile(name)
			all[cluster] = append(append(all[cluster], "---\n"...), data...)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// byDyff gives the objects that dyff says anything of.
func byDyff(t *testing.T, before, after []byte) []string {
	t.Helper()
	load := func(data []byte) ytbx.InputFile {
		documents, err := ytbx.LoadYAMLDocuments(data)
		if err != nil {
			t.Fatal(err)
		}
		return ytbx.InputFile{Documents: documents}
	}
	report, err := dyff.CompareInputFiles(load(before), load(after), dyff.IgnoreOrderChanges(true), dyff.DetectRenames(false))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, d := range report.Diffs {
		var o struct {
			APIVersion string `yaml:"apiVersion"`
			Kind       string
			Metadata   struct{ Name, Namespace string }
		}
		if err := d.Path.Root.Documents[d.Path.DocumentIdx].Decode(&o); err != nil {
			t.Fatal(err)
		}
		names = append(names, fmt.Sprintf("%s %s %s/%s", o.APIVersion, o.Kind, o.Metadata.Namespace, o.Metadata.Name))
	}
	return names
}

// TestDiffSchema: what diff prints as JSON is what the published schema says, and
// the schema refuses what it does not say.
func TestDiffSchema(t *testing.T) {
	data, err := os.ReadFile("../docs/diff.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	definition, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("diff.json", definition); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("diff.json")
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range history(t, "json") {
		for _, test := range []struct {
			data  string
			valid bool
		}{{data, true}, {strings.Replace(data, `"objects"`, `"object"`, 1), false}, {strings.Replace(data, `"change": "`, `"change": "un`, 1), false}} {
			document, err := jsonschema.UnmarshalJSON(strings.NewReader(test.data))
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if err := schema.Validate(document); (err == nil) != test.valid {
				t.Errorf("%s: valid %t: %v", name, test.valid, err)
			}
		}
	}
}

// history gives the golden files of a format.
func history(t *testing.T, format string) map[string]string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(histories, "*."+format))
	if err != nil || len(names) == 0 {
		t.Fatalf("there is no history: nothing is proved: %v", err)
	}
	all := map[string]string{}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimSuffix(filepath.Base(name), "."+format)] = string(data)
	}
	return all
}

var inHeading = regexp.MustCompile(`(\d+) objects?\b`)

// TestMarkdown: CommonMark with GitHub's tables reads in a comment what diff
// means: whole tables whose numbers add up to what the heading says, one fold for
// each row, and all that users wrote as code.
func TestMarkdown(t *testing.T) {
	parser := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser()
	for name, page := range history(t, "md") {
		source := []byte(page)
		root := parser.Parse(text.NewReader(source))
		objects, rows, folds, fences, total := 0, 0, 0, 0, -1
		err := ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
			if !entering {
				return ast.WalkContinue, nil
			}
			switch n := n.(type) {
			case *ast.Heading:
				if m := inHeading.FindStringSubmatch(plain(n, source)); m != nil {
					total, _ = strconv.Atoi(m[1])
				}
			case *extensionast.TableRow:
				if n.ChildCount() == 5 {
					count, err := strconv.Atoi(plain(n.FirstChild().NextSibling(), source))
					if err != nil {
						t.Errorf("%s: %v", name, err)
					}
					rows, objects = rows+1, objects+count
				}
			case *ast.HTMLBlock:
				for i := range n.Lines().Len() {
					line := n.Lines().At(i)
					folds += bytes.Count(line.Value(source), []byte("<details>"))
				}
			case *ast.FencedCodeBlock:
				fences++
			case *ast.Link, *ast.AutoLink, *ast.Image:
				t.Errorf("%s: %s leads somewhere", name, plain(n, source))
			}
			return ast.WalkContinue, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if rows == 0 || objects != total {
			t.Errorf("%s: %d rows name %d objects, the heading %d", name, rows, objects, total)
		}
		if folds != rows {
			t.Errorf("%s: %d folds for %d rows", name, folds, rows)
		}
		if fences < rows {
			t.Errorf("%s: %d hunks for %d rows", name, fences, rows)
		}
		if len(page) > 65536 {
			t.Errorf("%s: %d bytes", name, len(page))
		}
	}
}

// plain gives the text below a node.
func plain(n ast.Node, source []byte) string {
	var b strings.Builder
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if t, ok := n.(*ast.Text); ok && entering {
			b.Write(t.Segment.Value(source))
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}
