package main

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/lockedfile"
	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "write what the scripts compare with")

// Mesh is the program's name in kustomize's plugin folder.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"isthmus": isthmus, "Mesh": main, "sops": fakeSOPS, "vault": fakeVault})
}

// isthmus is the program under the clock of $NOW, which waits for others as long as
// $PATIENCE, and ends after the $STOP-th file that it keeps, where a script sets
// them.
func isthmus() {
	if text := os.Getenv("NOW"); text != "" {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			panic(err)
		}
		now = func() time.Time { return at }
		workFactor = 10 // a passphrase takes a second otherwise
	}
	if limit, err := time.ParseDuration(os.Getenv("PATIENCE")); err == nil {
		patience = limit
	}
	if left, err := strconv.Atoi(os.Getenv("STOP")); err == nil {
		kept = func() {
			if left--; left == 0 {
				os.Exit(137)
			}
		}
	}
	main()
}

// TestScripts runs testdata/script. Each file is named for the behaviour that it
// holds, and compares standard output and standard error whole.
func TestScripts(t *testing.T) {
	repository, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	// Only kustomize: .bin may hold an isthmus, which is not the tested one.
	tools := t.TempDir()
	tool := kustomize(t)
	if tool != "" {
		if err := os.Symlink(tool, filepath.Join(tools, "kustomize")); err != nil {
			t.Fatal(err)
		}
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("REPOSITORY", repository)
			e.Setenv("PAIR", filepath.Join(repository, "cmd/isthmus/testdata/pair"))
			e.Setenv("MESHES", filepath.Join(repository, "generators/testdata"))
			e.Setenv("PATH", tools+string(os.PathListSeparator)+e.Getenv("PATH"))
			historical(e)
			return nil
		},
		Condition: func(name string) (bool, error) {
			switch name {
			case "kustomize":
				return tool != "", nil
			case "root":
				return os.Getuid() == 0, nil
			}
			return false, fmt.Errorf("unknown condition %q", name)
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"allowed": allowed,
			"exits":   exits,
			"mask":    mask,
			"stopped": stopped,
			"copy":    copyFolder,
			"files":   listFiles,
			"times":   times,
			"lock":    lock,
			"readme":  readme,
			"replace": replace,
			"make":    makeSecret,
			"commit":  commit,
			"review":  reviewLast,
		},
	})
}

// kustomize gives the path of the real one, "" where there is none, which
// REQUIRE_TOOLS=1 forbids.
func kustomize(t *testing.T) string {
	t.Helper()
	found, err := filepath.Abs("../../.bin/kustomize")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(found); err == nil {
		return found
	}
	if found, err = exec.LookPath("kustomize"); err == nil {
		return found
	}
	if os.Getenv("REQUIRE_TOOLS") == "1" {
		t.Fatal("REQUIRE_TOOLS=1, and kustomize is neither in .bin nor on PATH: run make tools")
	}
	return ""
}

// exits <status> <program> [<argument>...] runs a program and compares its exit
// status, of which exec knows success and failure only.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits <status> <program> [<argument>...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	var failed *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &failed) {
		got = failed.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// copy <folder> <folder> copies what a folder holds.
func copyFolder(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: copy <folder> <folder>")
	}
	ts.Check(os.CopyFS(ts.MkAbs(args[1]), os.DirFS(ts.MkAbs(args[0]))))
}

// files <folder> prints the paths of the files below a folder.
func listFiles(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: files <folder>")
	}
	walk(ts, args[0], func(name string, _ fs.FileInfo) { fmt.Fprintln(ts.Stdout(), name) })
}

// times <folder> prints when the files below a folder were written.
func times(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: times <folder>")
	}
	walk(ts, args[0], func(name string, info fs.FileInfo) {
		fmt.Fprintln(ts.Stdout(), info.ModTime().UnixNano(), name)
	})
}

func walk(ts *testscript.TestScript, dir string, visit func(string, fs.FileInfo)) {
	ts.Check(fs.WalkDir(os.DirFS(ts.MkAbs(dir)), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			visit(name, info)
		}
		return err
	}))
}

// lock <file> holds the lock of a file until the script ends.
func lock(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: lock <file>")
	}
	unlock, err := lockedfile.MutexAt(ts.MkAbs(args[0])).Lock()
	ts.Check(err)
	ts.Defer(unlock)
}

// replace <file> <old> <new> changes a text in a file, which has to be there; \n
// in the new one ends a line.
func replace(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: replace <file> <old> <new>")
	}
	text := ts.ReadFile(args[0])
	if !strings.Contains(text, args[1]) {
		ts.Fatalf("%s does not hold %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.ReplaceAll(text, args[1], strings.ReplaceAll(args[2], `\n`, "\n"))), 0o644))
}

// readme <language> <n> prints the n-th block of that language of README.md.
func readme(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: readme <language> <n>")
	}
	n, err := strconv.Atoi(args[1])
	ts.Check(err)
	text := ts.ReadFile(filepath.Join(ts.Getenv("REPOSITORY"), "README.md"))
	blocks := strings.Split("\n"+text, "\n```"+args[0]+"\n")
	if n < 1 || n >= len(blocks) {
		ts.Fatalf("README.md has %d blocks of %q", len(blocks)-1, args[0])
	}
	block, _, found := strings.Cut(blocks[n], "\n```")
	if !found {
		ts.Fatalf("README.md: block %d of %q does not end", n, args[0])
	}
	fmt.Fprintln(ts.Stdout(), block)
}
