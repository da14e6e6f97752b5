package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const actionFolder = "../../.github/actions/isthmus"

// A step runs a script of the action as a runner does, with no more of this
// environment than it needs.
type step struct {
	t      *testing.T
	script string
	dir    string // the checkout's parent
	env    map[string]string
}

// A result is what came of a step.
type result struct {
	stdout, stderr string
	outputs        map[string]string
}

func newStep(t *testing.T, script string) *step {
	t.Helper()
	for _, tool := range []string{"bash", "curl", "git", "jq"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed", tool)
		}
	}
	// go test has to see that a script changed, to run anew what it has run: it
	// knows of the files that the test itself opens.
	if err := fs.WalkDir(os.DirFS(actionFolder), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		_, err = os.ReadFile(filepath.Join(actionFolder, name))
		return err
	}); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	s := &step{t: t, script: script, dir: dir, env: map[string]string{
		"PATH": os.Getenv("PATH"), "HOME": dir, "LANG": "C.UTF-8",
		"GIT_CONFIG_NOSYSTEM": "1",
		"RUNNER_TEMP":         filepath.Join(dir, "temp"),
		"GITHUB_OUTPUT":       filepath.Join(dir, "output"),
		"GITHUB_STEP_SUMMARY": filepath.Join(dir, "summary"),
		"GITHUB_WORKSPACE":    filepath.Join(dir, "checkout"),
		"GITHUB_REPOSITORY":   "o/r",
		"GITHUB_REF":          "refs/pull/7/merge",
		"GITHUB_SHA":          "0000000000000000000000000000000000000000",
		"GITHUB_SERVER_URL":   "https://github.invalid",
		"GITHUB_API_URL":      "https://github.invalid/api/v3",
	}}
	for _, name := range []string{"RUNNER_TEMP", "GITHUB_WORKSPACE"} {
		if err := os.Mkdir(s.env[name], 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// run runs the script in the checkout, and fails the test where its exit status
// is not as wanted.
func (s *step) run(want int) result {
	s.t.Helper()
	script, err := filepath.Abs(filepath.Join(actionFolder, s.script))
	if err != nil {
		s.t.Fatal(err)
	}
	os.Remove(s.env["GITHUB_OUTPUT"])
	os.Remove(s.env["GITHUB_STEP_SUMMARY"])
	var stdout, stderr bytes.Buffer
	cmd := exec.Command("bash", script)
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.env["GITHUB_WORKSPACE"], &stdout, &stderr
	for name, value := range s.env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	err = cmd.Run()
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		s.t.Fatal(err)
	}
	if got := cmd.ProcessState.ExitCode(); got != want {
		s.t.Fatalf("%s: exit status %d, want %d\n%s%s", s.script, got, want, stdout.String(), stderr.String())
	}
	outputs := map[string]string{}
	text, _ := os.ReadFile(s.env["GITHUB_OUTPUT"])
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
		outputs[name] = value
	}
	return result{stdout.String(), stderr.String(), outputs}
}

// summary gives what the last run has left for the job's summary.
func (s *step) summary() string {
	text, _ := os.ReadFile(s.env["GITHUB_STEP_SUMMARY"])
	return string(text)
}

// spy has a program's arguments written down, and gives them.
func (s *step) spy(program string) func() string {
	s.t.Helper()
	real, err := exec.LookPath(program)
	if err != nil {
		s.t.Fatal(err)
	}
	bin, log := s.t.TempDir(), filepath.Join(s.dir, program+".arguments")
	text := "#!/bin/sh\nprintf '%s\\n' \"$@\" >>'" + log + "'\nexec '" + real + "' \"$@\"\n"
	if err := os.WriteFile(filepath.Join(bin, program), []byte(text), 0o755); err != nil {
		s.t.Fatal(err)
	}
	s.env["PATH"] = bin + string(os.PathListSeparator) + s.env["PATH"]
	return func() string {
		text, _ := os.ReadFile(log)
		return string(text)
	}
}
