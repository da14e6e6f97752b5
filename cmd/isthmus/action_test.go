package main

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

// An action is action.yml, strictly read: what it holds besides, these tests
// would not see.
type action struct {
	Name, Description string
	Inputs            map[string]struct {
		Description string
		Default     string
	}
	Outputs map[string]struct{ Description, Value string }
	Runs    struct {
		Using string
		Steps []actionStep
	}
}

type actionStep struct {
	ID, If, Shell, Run, Uses string
	With, Env                map[string]string
}

func readAction(t *testing.T) *action {
	t.Helper()
	text, err := os.Open(filepath.Join(actionFolder, "action.yml"))
	if err != nil {
		t.Fatal(err)
	}
	defer text.Close()
	decoder := yaml.NewDecoder(text)
	decoder.KnownFields(true)
	var a action
	if err := decoder.Decode(&a); err != nil {
		t.Fatal(err)
	}
	return &a
}

var (
	expression = regexp.MustCompile(`\$\{\{ *([^}]*?) *\}\}`)
	reference  = regexp.MustCompile(`\b(inputs|steps|github)(\.[a-z_-]+)+`)
	pinned     = regexp.MustCompile(`^[a-z-]+/[a-z-]+@[0-9a-f]{40}$`)
)

// What comes from a pull request reaches scripts by their environment alone, and
// every name that action.yml, the scripts and the document use is one that the
// others know.
func TestAction(t *testing.T) {
	a := readAction(t)
	used := map[string]bool{}
	refer := func(text string) {
		for _, name := range reference.FindAllString(text, -1) {
			used[name] = true
		}
	}
	scripts := map[string]string{} // by step
	for _, s := range a.Runs.Steps {
		refer(s.If)
		for _, values := range []map[string]string{s.With, s.Env} {
			for _, value := range values {
				for _, e := range expression.FindAllStringSubmatch(value, -1) {
					refer(e[1])
				}
			}
		}
		if s.Uses != "" {
			if !pinned.MatchString(s.Uses) {
				t.Errorf("%s is not pinned by a commit", s.Uses)
			}
			continue
		}
		if want := fmt.Sprintf("bash \"$GITHUB_ACTION_PATH/%s.sh\"", s.ID); s.Run != want || s.Shell != "bash" {
			t.Errorf("step %s runs %q by %s, want %q", s.ID, s.Run, s.Shell, want)
		}
		text, err := os.ReadFile(filepath.Join(actionFolder, s.ID+".sh"))
		if err != nil {
			t.Error(err)
			continue
		}
		scripts[s.ID] = string(text)
		head, _, _ := strings.Cut(string(text), "\nset -")
		documented := []string{}
		for _, m := range regexp.MustCompile(`(?m)^#   ([A-Z_]+)  `).FindAllStringSubmatch(head, -1) {
			documented = append(documented, m[1])
		}
		slices.Sort(documented)
		if diff := cmp.Diff(documented, slices.Sorted(maps.Keys(s.Env))); diff != "" {
			t.Errorf("%s.sh: what it says of its environment, and what it gets (-says +gets):\n%s", s.ID, diff)
		}
	}
	for _, o := range a.Outputs {
		refer(o.Value)
	}
	for name := range used {
		switch parts := strings.Split(name, "."); parts[0] {
		case "inputs":
			if _, known := a.Inputs[parts[1]]; !known {
				t.Errorf("%s: there is no such input", name)
			}
		case "steps":
			if !regexp.MustCompile(`(?m)^ *output ` + parts[3] + ` `).MatchString(scripts[parts[1]]) {
				t.Errorf("%s: %s.sh gives no such output", name, parts[1])
			}
		}
	}
	for name, in := range a.Inputs {
		if !used["inputs."+name] {
			t.Errorf("input %s is not used", name)
		}
		if in.Description == "" {
			t.Errorf("input %s is not described", name)
		}
	}
}

// docs/ci.md has each input and output, with its default.
func TestActionDocument(t *testing.T) {
	a := readAction(t)
	text, err := os.ReadFile("../../docs/ci.md")
	if err != nil {
		t.Fatal(err)
	}
	want, got := []string{}, []string{}
	for name, in := range a.Inputs {
		if in.Default == "" || strings.Contains(in.Default, "${{") {
			want = append(want, fmt.Sprintf("| `%s` | |", name))
		} else {
			want = append(want, fmt.Sprintf("| `%s` | `%s` |", name, in.Default))
		}
	}
	for name := range a.Outputs {
		want = append(want, fmt.Sprintf("| `%s` | output |", name))
	}
	_, table, _ := strings.Cut(string(text), "\n| input or output | default | |\n|---|---|---|\n")
	table, _, _ = strings.Cut(table, "\n\n")
	for row := range strings.Lines(table) {
		cells := strings.Split(row, "|")
		got = append(got, strings.Join(cells[:3], "|")+"|")
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("docs/ci.md (-action.yml +docs/ci.md):\n%s", diff)
	}
}

// No workflow of this repository runs what a stranger wrote with rights of its
// own, or puts what he wrote into a script.
func TestWorkflows(t *testing.T) {
	files, err := filepath.Glob("../../.github/workflows/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatal("there are no workflows", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(data), "pull_request_target") || strings.Contains(string(data), "workflow_run") {
			t.Errorf("%s runs with rights on what a stranger wrote", file)
		}
		var w struct {
			Permissions map[string]string
			Jobs        map[string]struct {
				Permissions map[string]string
				Steps       []actionStep
			}
		}
		if err := yaml.Unmarshal(data, &w); err != nil {
			t.Fatal(err)
		}
		if w.Permissions == nil || len(w.Permissions) > 0 {
			t.Errorf("%s: permissions are %v, want {}", file, w.Permissions)
		}
		for name, job := range w.Jobs {
			for permission, level := range job.Permissions {
				if level != "read" && (permission != "pull-requests" || !strings.HasSuffix(file, "/mesh.yml")) {
					t.Errorf("%s: %s may %s %s", file, name, level, permission)
				}
			}
			for _, s := range job.Steps {
				if strings.Contains(s.Run, "${{") {
					t.Errorf("%s: %s puts a value into a script: %s", file, name, s.Run)
				}
				if s.Uses != "" && !strings.HasPrefix(s.Uses, "./") && !pinned.MatchString(s.Uses) {
					t.Errorf("%s: %s is not pinned by a commit", file, s.Uses)
				}
			}
		}
	}
}

// TestActionShellcheck lints the action's scripts, and those of the document.
func TestActionShellcheck(t *testing.T) {
	if _, err := exec.LookPath("shellcheck"); err != nil {
		t.Skip("shellcheck is not installed")
	}
	files, err := filepath.Glob(actionFolder + "/*.sh")
	if err != nil || len(files) == 0 {
		t.Fatal("there are no scripts", err)
	}
	if out, err := exec.Command("shellcheck", append([]string{"-x", "-P", "SCRIPTDIR"}, files...)...).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	file := filepath.Join(t.TempDir(), "gitlab.sh")
	if err := os.WriteFile(file, []byte("#!/bin/sh\n"+documented(t, "sh", 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("shellcheck", file).CombinedOutput(); err != nil {
		t.Errorf("docs/ci.md: %v\n%s", err, out)
	}
}

// documented gives the n-th block of a language of docs/ci.md.
func documented(t *testing.T, language string, n int) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/ci.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split("\n"+string(text), "\n```"+language+"\n")
	if n >= len(blocks) {
		t.Fatalf("docs/ci.md has %d blocks of %q", len(blocks)-1, language)
	}
	block, _, _ := strings.Cut(blocks[n], "\n```")
	return block + "\n"
}

// The hooks for pre-commit run commands that there are, for the files that
// decide what they say.
func TestPreCommitHooks(t *testing.T) {
	text, err := os.Open("../../.pre-commit-hooks.yaml")
	if err != nil {
		t.Fatal(err)
	}
	defer text.Close()
	var hooks []struct {
		ID, Name, Description, Language, Entry, Files string
		PassFilenames                                 *bool `yaml:"pass_filenames"`
	}
	decoder := yaml.NewDecoder(text)
	decoder.KnownFields(true)
	if err := decoder.Decode(&hooks); err != nil {
		t.Fatal(err)
	}
	matches := map[string][]string{
		"isthmus-validate": {"mesh.yaml", "mesh/mesh.yaml", "mesh/services/shop.yaml", "infra/mesh/overrides.jsonnet"},
		"isthmus-check":    {"mesh.yaml", "mesh/mesh.yaml", "overlays/west/.isthmus.lock", "infra/overlays/west/kustomization.yaml", "clusters/west/isthmus.yaml"},
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("testdata/pair")); err != nil {
		t.Fatal(err)
	}
	if out, err := command(dir, "isthmus", "render").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, h := range hooks {
		if h.Language != "golang" || h.PassFilenames == nil || *h.PassFilenames || h.ID != strings.ReplaceAll(h.Entry, " ", "-") {
			t.Errorf("hook %+v", h)
		}
		files := regexp.MustCompile(h.Files)
		for _, file := range matches[h.ID] {
			if !files.MatchString(file) {
				t.Errorf("%s does not run for %s", h.ID, file)
			}
		}
		for _, file := range []string{"README.md", "docs/mesh.md", "mesh.yaml.md", "smesh/a"} {
			if files.MatchString(file) {
				t.Errorf("%s runs for %s", h.ID, file)
			}
		}
		if out, err := command(dir, strings.Fields(h.Entry)...).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", h.ID, err, out)
		}
		delete(matches, h.ID)
	}
	if len(matches) > 0 {
		t.Errorf("hooks that are missing: %v", matches)
	}
}

func command(dir string, args ...string) *exec.Cmd {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = dir
	return cmd
}
