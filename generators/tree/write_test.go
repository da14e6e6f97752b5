//go:build unix

package tree

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// What does not change is not touched: a Write of one change leaves all other
// files and folders as old as they were, and a Write of none leaves everything.
func TestUnchangedIsNotTouched(t *testing.T) {
	dir := t.TempDir()
	files := contents{"overlays/west/a": "1", "overlays/west/b/x": "2", "overlays/west/c/x": "3", "clusters/west/isthmus.yaml": "4"}
	mustWrite(t, dir, Options{}, of("west", files), of("east", contents{"overlays/east/a": "1"}))
	old := time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)
	age(t, dir, old)
	before := listing(t, dir)

	var ops []string
	report := mustWrite(t, dir, Options{step: func(op, path string) error {
		ops = append(ops, op+" "+path)
		return nil
	}}, of("west", files), of("east", contents{"overlays/east/a": "1"}))
	if len(ops) > 0 || !report.Clean() {
		t.Errorf("a second Write did %q, and reports %+v", ops, report)
	}
	if diff := cmp.Diff(before, listing(t, dir)); diff != "" {
		t.Errorf("after no change (-before +after):\n%s", diff)
	}

	files["overlays/west/b/x"] = "20"
	mustWrite(t, dir, Options{}, of("west", files), of("east", contents{"overlays/east/a": "1"}))
	var touched []string
	err := filepath.WalkDir(dir, func(full string, d os.DirEntry, _ error) error {
		if d.Name() == scratchName {
			return filepath.SkipDir
		}
		info, err := d.Info()
		if path, _ := filepath.Rel(dir, full); err == nil && path != "." && !info.ModTime().Equal(old) {
			touched = append(touched, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"overlays/west", "overlays/west/.isthmus.lock", "overlays/west/b", "overlays/west/b/x"}
	if diff := cmp.Diff(want, touched); diff != "" {
		t.Errorf("touched (-want +got):\n%s", diff)
	}
}

func age(t *testing.T, dir string, when time.Time) {
	err := filepath.WalkDir(dir, func(full string, d os.DirEntry, err error) error {
		return errors.Join(err, os.Chtimes(full, when, when))
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestModes(t *testing.T) {
	for _, mask := range []int{0, 0o022, 0o077} {
		func() {
			defer syscall.Umask(syscall.Umask(mask))
			dir := t.TempDir()
			mustWrite(t, dir, Options{}, of("west", contents{"overlays/west/a": "1", "overlays/west/b": "1"}))
			if err := os.Chmod(filepath.Join(dir, "overlays/west/b"), 0o600); err != nil {
				t.Fatal(err)
			}
			mustWrite(t, dir, Options{}, of("west", contents{"overlays/west/a": "2", "overlays/west/b": "2"}))
			for path, want := range map[string]os.FileMode{
				"overlays/west/a": 0o644, "overlays/west/b": 0o600, "overlays/west/.isthmus.lock": 0o644, ".isthmus/.gitignore": 0o644, ".isthmus/lock": 0o600,
			} {
				info, err := os.Stat(filepath.Join(dir, path))
				if err != nil || info.Mode() != want && path != ".isthmus/lock" || info.Mode()&^0o600 != 0 && want == 0o600 {
					t.Errorf("umask %03o: %s is %v (%v), want %v", mask, path, info.Mode(), err, want)
				}
			}
			if text, err := os.ReadFile(filepath.Join(dir, ".isthmus/.gitignore")); string(text) != "*\n" {
				t.Errorf(".gitignore holds %q (%v)", text, err)
			}
		}()
	}
}

// While one writes, a second fails at once; when the first has gone, however it
// went, the lock is free.
func TestLocked(t *testing.T) {
	dir := t.TempDir()
	root := openRoot(t, dir)
	inside, done := false, false
	mustWrite(t, dir, Options{step: func(op, _ string) error {
		if op != "flush" || inside {
			return nil
		}
		inside = true
		start := time.Now()
		_, err := mustOf(t, of("west", contents{"overlays/west/a": "other"})).Write(root, Options{Force: true})
		done = errors.Is(err, ErrLocked) && time.Since(start) < time.Second
		if !done {
			t.Errorf("the second Write gives %v after %v", err, time.Since(start))
		}
		return nil
	}}, of("west", contents{"overlays/west/a": "1"}))
	if !done {
		t.Error("no second Write was refused")
	}
	mustWrite(t, dir, Options{}, of("west", contents{"overlays/west/a": "2"}))
}

// Writers of different trees at once: each is done or refused, and the tree is
// always that of one of them.
func TestTwoWriters(t *testing.T) {
	dir := t.TempDir()
	rounds := 20
	if torture {
		rounds = 400
	}
	texts := []string{"one", "two", "three", "four"}
	tree := func(text string) Part {
		files := contents{}
		for _, path := range strings.Fields("overlays/west/a overlays/west/b overlays/west/c/d clusters/west/isthmus.yaml") {
			files[path] = text
		}
		files["overlays/west/only/"+text] = text
		return of("west", files)
	}
	root := openRoot(t, dir)
	for range rounds {
		var wg sync.WaitGroup
		won := make([]bool, len(texts))
		for i, text := range texts {
			one := mustOf(t, tree(text))
			wg.Go(func() {
				switch _, err := one.Write(root, Options{}); {
				case err == nil:
					won[i] = true
				case !errors.Is(err, ErrLocked):
					t.Errorf("%s: %v", text, err)
				}
			})
		}
		wg.Wait()
		clean := 0
		for i, text := range texts {
			report, err := mustOf(t, tree(text)).Compare(root, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if report.Clean() && won[i] {
				clean++
			}
		}
		if clean != 1 {
			t.Fatalf("the disk is the tree of %d writers: %v", clean, snapshot(t, dir))
		}
	}
	if left := leftovers(t, dir); left != nil {
		t.Errorf("left in %s: %q", scratchName, left)
	}
}

// Compare needs no right to write, and makes no file: no lock either.
func TestCompareIsReadOnly(t *testing.T) {
	dir := t.TempDir()
	part := of("west", contents{"overlays/west/a": "1", "clusters/west/isthmus.yaml": "2"})
	mustWrite(t, dir, Options{}, part)
	if err := os.RemoveAll(filepath.Join(dir, scratchName)); err != nil {
		t.Fatal(err)
	}
	readOnly(t, dir)
	before := listing(t, dir)
	report, err := mustOf(t, part).Compare(openRoot(t, dir), Options{})
	if err != nil || !report.Clean() {
		t.Errorf("Compare gives %+v, %v", report, err)
	}
	if _, err := os.Lstat(filepath.Join(dir, scratchName)); !os.IsNotExist(err) {
		t.Errorf("Compare made %s (%v)", scratchName, err)
	}
	if diff := cmp.Diff(before, listing(t, dir)); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
}

// readOnly mounts dir over itself, read-only, or takes the right to write away
// where only root could mount. Root may write even so; the listing tells.
func readOnly(t *testing.T, dir string) {
	if mountReadOnly(t, dir) {
		return
	}
	var folders []string
	filepath.WalkDir(dir, func(full string, d os.DirEntry, _ error) error {
		if d.IsDir() {
			folders = append(folders, full)
		}
		return nil
	})
	for _, folder := range folders {
		os.Chmod(folder, 0o555)
	}
	t.Cleanup(func() {
		for _, folder := range folders {
			os.Chmod(folder, 0o755)
		}
	})
}
