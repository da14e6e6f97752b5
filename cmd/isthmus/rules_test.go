package main

import (
	"cmp"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	gocmp "github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/rule"
)

// TestRules: what breaks a rule is reported by it, whole, and is no error of
// another; what does not break it is not reported by it, and no error.
func TestRules(t *testing.T) {
	for _, r := range rule.All() {
		t.Run(r.Code, func(t *testing.T) {
			t.Parallel()
			e := example(t, r)
			if e == nil {
				return // its own test shows it
			}
			got, others := reported(t, r, e.Before, e.Fail)
			if got == "" {
				t.Errorf("nothing is reported by %s, but\n%s", r.Code, others)
			}
			if others != "" {
				t.Errorf("reported beside %s:\n%s", r.Code, others)
			}
			if *update {
				saveWant(t, r, got)
			} else if diff := gocmp.Diff(e.Want, got); diff != "" {
				t.Errorf("reported (-want +got):\n%s", diff)
			}
			got, others = reported(t, r, e.Before, e.Pass)
			if got+others != "" {
				t.Errorf("what passes is reported:\n%s%s", got, others)
			}
		})
	}
}

func exampleFile(r *rule.Rule) string {
	return filepath.Join("../../generators/rule/examples", r.Code+".txtar")
}

// example gives the example of a rule as it lies there now: the one that is
// built in may be older than the last -update.
func example(t *testing.T, r *rule.Rule) *rule.Example {
	t.Helper()
	data, err := os.ReadFile(exampleFile(r))
	if errors.Is(err, fs.ErrNotExist) && r.Test != "" {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	return rule.ParseExample(data)
}

// reported gives what a rule reports of an example's files, and the errors of
// others.
func reported(t *testing.T, r *rule.Rule, before, files []txtar.File) (got, others string) {
	t.Helper()
	command := cmp.Or(rule.Command(files), r.By)
	if command == "" {
		fsys := fstest.MapFS{}
		for _, f := range files {
			fsys[f.Name] = &fstest.MapFile{Data: f.Data}
		}
		_, problems := mesh.Load(mesh.Source{FS: fsys, Name: "mesh.yaml"})
		for _, p := range problems {
			switch {
			case p.Rule == r.Code:
				got += p.Text()
			case p.Severity == diag.Error:
				others += p.Text()
			}
		}
		return got, others
	}
	dir := t.TempDir()
	if before != nil {
		extract(t, dir, before)
		if text, err := said(t, dir, "isthmus render"); err != nil {
			t.Fatalf("before: %v\n%s", err, text)
		}
	}
	if r.Level() != "" {
		return risked(t, dir, r, files)
	}
	extract(t, dir, files)
	text, _ := said(t, dir, command)
	return divide(text, r.Code)
}

var risk = regexp.MustCompile(`(?m)^(?:high|medium|low) .*\((IST9\d\d)\)\n {8}.*\n`)

// risked commits what lies in a folder, changes it, and gives what diff says of a
// risk.
func risked(t *testing.T, dir string, r *rule.Rule, files []txtar.File) (got, others string) {
	t.Helper()
	for _, args := range [][]string{{"init", "-q"}, {"add", "-A"}, {"-c", "user.name=A person", "-c", "user.email=person@example.com", "commit", "-q", "-m", "before"}} {
		cmd := exec.Command("git", args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %s: %v\n%s", args[0], err, out)
		}
	}
	extract(t, dir, files)
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program)
	cmd.Args, cmd.Dir = strings.Fields(r.By), dir
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", r.By, err, out)
	}
	for _, m := range risk.FindAllStringSubmatch(string(out), -1) {
		if m[1] == r.Code {
			got += m[0]
		}
	}
	return got, ""
}

var finds = regexp.MustCompile(`(?m)^isthmus: (error|warning|note): .*?(?: \((IST\d+)\))?\n(?:isthmus: fix: .*\n)?`)

// divide gives the findings of a rule and the errors of others.
func divide(text, code string) (got, others string) {
	for _, m := range finds.FindAllStringSubmatch(text, -1) {
		switch {
		case m[2] == code:
			got += m[0]
		case m[1] == "error":
			others += m[0]
		}
	}
	return got, others
}

// said runs a command line in a folder, and gives what it says on standard
// error.
func said(t *testing.T, dir, command string) (string, error) {
	t.Helper()
	line, input, _ := strings.Cut(command, " < ")
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var stderr strings.Builder
	cmd := exec.Command(program)
	cmd.Args, cmd.Dir, cmd.Stderr = strings.Fields(line), dir, &stderr
	if input != "" {
		in, err := os.Open(filepath.Join(dir, input))
		if err != nil {
			t.Fatal(err)
		}
		defer in.Close()
		cmd.Stdin = io.Reader(in)
	}
	err = cmd.Run()
	return stderr.String(), err
}

func extract(t *testing.T, dir string, files []txtar.File) {
	t.Helper()
	for _, f := range files {
		path := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// saveWant writes what a rule reports into its example.
func saveWant(t *testing.T, r *rule.Rule, want string) {
	t.Helper()
	archive, err := txtar.ParseFile(exampleFile(r))
	if err != nil {
		t.Fatal(err)
	}
	archive.Files[len(archive.Files)-1].Data = []byte(want)
	if err := os.WriteFile(exampleFile(r), txtar.Format(archive), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestRulePages: docs/rules holds a page for each rule, an index, and no more.
func TestRulePages(t *testing.T) {
	const dir = "../../docs/rules"
	want := map[string]string{"README.md": string(rule.Index())}
	for _, r := range rule.All() {
		want[r.Code+".md"] = string(r.Page(example(t, r)))
	}
	if *update {
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		for name, page := range want {
			extract(t, dir, []txtar.File{{Name: name, Data: []byte(page)}})
		}
	}
	got := map[string]string{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		data, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		got[entry.Name()] = string(data)
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("docs/rules (-want +got), which make golden writes:\n%s", diff)
	}
}
