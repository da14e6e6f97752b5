//go:build unix

package tree

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
)

// A person saves a file while Write runs: at every operation, in each kind of
// file, with and without a fault right after. What he saved is there after the
// run, the next run refuses to overwrite it and names it, and Force overwrites.
func TestEditAtEveryOperation(t *testing.T) {
	s := change(1)
	runs, met := 0, 0
	for _, plain := range []bool{false, true} {
		operations := s.operations(t, Options{plain: plain})
		for _, path := range []string{
			"overlays/c0/profile.yaml",       // changed
			"overlays/c0/new/new.yaml",       // created
			"overlays/c0/services/gone.yaml", // stale
			"overlays/dropped/a/x",           // dropped
		} {
			for _, fault := range []bool{false, true} {
				for n := range operations {
					if fault && !torture && n%5 != 0 {
						continue
					}
					dir := s.start(t)
					mine := "saved by a person at operation"
					count := 0
					_, err := mustOf(t, s.after...).Write(openRoot(t, dir), Options{plain: plain, step: func(string, string) error {
						if count == n {
							put(t, dir, contents{path: mine})
						}
						if count == n+1 && fault {
							return syscall.EIO
						}
						count++
						return nil
					}})
					edited, wasEdited := errors.AsType[*EditedError](err)
					if wasEdited && (len(edited.Files) != 1 || edited.Files[0].Path != path) {
						t.Errorf("the error names %v", edited.Files)
					}
					if err != nil && !wasEdited && !errors.Is(err, syscall.EIO) {
						t.Errorf("Write gives %v", err)
					}
					if wasEdited {
						met++
					}
					// After a fault the file may be in the stage, for the next
					// run to put back.
					if err == nil || wasEdited {
						saved(t, dir, path, mine)
					}
					report, err := mustOf(t, s.after...).Write(openRoot(t, dir), Options{})
					saved(t, dir, path, mine)
					// What was saved after the last look at a file that goes is
					// no longer listed: it is his own. What a run has found
					// edited is found again by the next.
					if again, ok := errors.AsType[*EditedError](err); ok {
						if len(again.Files) != 1 || again.Files[0].Path != path {
							t.Errorf("the second error names %v", again.Files)
						}
					} else if wasEdited || err != nil || slices.ContainsFunc(report.Files, func(f Entry) bool { return f.Path == path }) {
						t.Errorf("the second Write gives %+v, %v", report, err)
					}
					if left := leftovers(t, dir); left != nil {
						t.Errorf("left in %s: %q", scratchName, left)
					}
					mustWrite(t, dir, Options{Force: true}, s.after...)
					os.RemoveAll(dir)
					runs++
					if t.Failed() {
						t.Fatalf("%s saved at operation %d, plain %v, fault %v", path, n, plain, fault)
					}
				}
			}
		}
	}
	if met == 0 {
		t.Error("no run found an edit that was made during it")
	}
	t.Logf("%d runs, of which %d found the edit", runs, met)
}

// He saves twice, each time in the one moment in which it cannot be seen: both
// of what he saved is there, and he is told where.
func TestEditTwice(t *testing.T) {
	s := change(1)
	dir := s.start(t)
	const path, stage = "overlays/c0/profile.yaml", ".isthmus/stage/4"
	texts := []string{"first", "second"}
	step := func(op, p string) error {
		if op == "exchange" && p == path {
			put(t, dir, contents{path: texts[0]})
			texts = texts[1:]
		}
		return nil
	}
	want := stage + ": does not hold the bytes that an interrupted render has left for " + path + "; it may hold somebody's edit of that file"
	for range 2 {
		_, err := mustOf(t, s.after...).Write(openRoot(t, dir), Options{step: step})
		if errorText(err) != want {
			t.Errorf("error is %v, want %s", err, want)
		}
		saved(t, dir, path, "first")
		saved(t, dir, stage, "second")
	}
}

func saved(t *testing.T, dir, path, want string) {
	t.Helper()
	got, err := os.ReadFile(filepath.Join(dir, path))
	if string(got) != want {
		t.Errorf("%s holds %d bytes (%v), not those that were saved", path, len(got), err)
	}
}
