//go:build unix

package tree

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/isthmus-mesh/isthmus/generators/diag"
)

// What is in the way of a path is named, and nothing is written: not even what
// has nothing in its way.
func TestObstacles(t *testing.T) {
	link := func(target, name string) func(dir string) error {
		return func(dir string) error { return os.Symlink(target, filepath.Join(dir, name)) }
	}
	for _, test := range []struct {
		name string
		free []string // removed first
		make func(dir string) error
		want string
	}{
		{"symbolic link to a file", []string{"overlays/west/a"}, link("../../victim", "overlays/west/a"), "overlays/west/a: is a symbolic link"},
		{"symbolic link to nothing", []string{"overlays/west/a"}, link("nothing", "overlays/west/a"), "overlays/west/a: is a symbolic link"},
		{"symbolic link out of the root", []string{"overlays/west/a"}, link("/etc/hostname", "overlays/west/a"), "overlays/west/a: is a symbolic link"},
		{"hard link", []string{"overlays/west/a"}, func(dir string) error {
			return os.Link(filepath.Join(dir, "victim"), filepath.Join(dir, "overlays/west/a"))
		}, "overlays/west/a: has 2 hard links"},
		{"FIFO", []string{"overlays/west/a"}, func(dir string) error {
			return syscall.Mkfifo(filepath.Join(dir, "overlays/west/a"), 0o644)
		}, "overlays/west/a: is not a regular file"},
		{"folder", []string{"overlays/west/a"}, func(dir string) error {
			return os.Mkdir(filepath.Join(dir, "overlays/west/a"), 0o755)
		}, "overlays/west/a: is a folder, where a file is rendered"},
		{"stale file is a symbolic link", []string{"overlays/west/stale"}, link("../../victim", "overlays/west/stale"), "overlays/west/stale: is a symbolic link"},
		{"folder is a symbolic link", []string{"overlays/west/b"}, link("../../elsewhere", "overlays/west/b"), "overlays/west/b: is a symbolic link"},
		{"folder is a file", []string{"overlays/west/b"}, func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "overlays/west/b"), []byte("mine"), 0o644)
		}, "overlays/west/b: is a file, where a folder is rendered"},
		{"part is a symbolic link", []string{"overlays/west"}, link("../elsewhere", "overlays/west"), "overlays/west: is a symbolic link"},
		{"all is a symbolic link", []string{"overlays"}, link("elsewhere", "overlays"), "overlays: is a symbolic link"},
		{"ledger is a symbolic link", []string{"overlays/west/.isthmus.lock"}, link("../../victim", "overlays/west/.isthmus.lock"), "overlays/west/.isthmus.lock: is a symbolic link"},
		{"two in one run", []string{"overlays/west/a", "overlays/west/b"}, func(dir string) error {
			return errors.Join(link("../../victim", "overlays/west/a")(dir), link("../../elsewhere", "overlays/west/b")(dir))
		}, "overlays/west/a: is a symbolic link\noverlays/west/b: is a symbolic link"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			mustWrite(t, dir, Options{}, of("west", contents{"overlays/west/a": "1", "overlays/west/b/x": "1", "overlays/west/stale": "1"}))
			put(t, dir, contents{"victim": "1", "elsewhere/x": "1", "elsewhere/y": "1"})
			for _, path := range test.free {
				put(t, dir, contents{path: ""})
			}
			if err := test.make(dir); err != nil {
				t.Fatal(err)
			}
			before := listing(t, dir)
			root := openRoot(t, dir)
			tree := mustOf(t, of("west", contents{"overlays/west/a": "2", "overlays/west/b/x": "2", "overlays/west/b/y": "2", "overlays/west/new": "2"}))
			why := "; isthmus reads and writes single regular files in real folders, so that nothing else changes with them"
			for _, o := range []Options{{}, {Force: true}} {
				_, err := tree.Write(root, o)
				problems, ok := errors.AsType[diag.Problems](err)
				if !ok {
					if problem, one := errors.AsType[*diag.Problem](err); one {
						problems, ok = diag.Problems{problem}, true
					}
				}
				if !ok {
					t.Fatalf("Write gives %v", err)
				}
				got := ""
				for i, p := range problems {
					if i > 0 {
						got += "\n"
					}
					got += p.Pos.File + ": " + p.What
					if p.Error() != p.Pos.File+": "+p.What+why || p.Fix == "" {
						t.Errorf("problem is %q, fix %q", p.Error(), p.Fix)
					}
				}
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			}
			if _, err := tree.Compare(root, Options{}); err == nil {
				t.Error("Compare gives no error")
			}
			if diff := cmp.Diff(before, listing(t, dir)); diff != "" {
				t.Errorf("disk (-before +after):\n%s", diff)
			}
		})
	}
}

// The scratch may be a trap too.
func TestObstaclesInTheScratch(t *testing.T) {
	for _, test := range []struct {
		name, target, link string
		want               string
	}{
		{"scratch", "../elsewhere", ".isthmus", ".isthmus: is a symbolic link"},
		{"lock", "../victim", ".isthmus/lock", ".isthmus/lock: is a symbolic link"},
		{"journal", "../victim", ".isthmus/journal", ".isthmus/journal: is a symbolic link"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			put(t, dir, contents{"victim": "1", "elsewhere/x": "1", ".isthmus/.gitignore": "*\n"})
			put(t, dir, contents{test.link: ""})
			if err := os.Symlink(test.target, filepath.Join(dir, test.link)); err != nil {
				t.Fatal(err)
			}
			_, err := mustOf(t, of("west", contents{"overlays/west/a": "1"})).Write(openRoot(t, dir), Options{})
			problem, ok := errors.AsType[*diag.Problem](err)
			if !ok || problem.Pos.File+": "+problem.What != test.want {
				t.Errorf("error is %v, want %q", err, test.want)
			}
			if diff := cmp.Diff(contents{"victim": "1", "elsewhere/x": "1"}, snapshot(t, dir)); diff != "" {
				t.Errorf("disk (-want +got):\n%s", diff)
			}
		})
	}
}

// listing gives the mode, size and time of everything but the scratch.
func listing(t testing.TB, dir string) []string {
	t.Helper()
	var found []string
	var walk func(path string)
	walk = func(path string) {
		entries, err := os.ReadDir(filepath.Join(dir, path))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if e.Name() == scratchName {
				continue
			}
			info, err := e.Info()
			if err != nil {
				t.Fatal(err)
			}
			p := filepath.Join(path, e.Name())
			found = append(found, p+" "+info.Mode().String()+" "+info.ModTime().String())
			if e.IsDir() {
				walk(p)
			}
		}
	}
	walk(".")
	return found
}

// A folder is exchanged for a symbolic link again and again while Write runs.
// It may fail, but what it writes is never behind the link.
func TestFolderBecomesALink(t *testing.T) {
	rounds := 300
	if torture {
		rounds = 20_000
	}
	for _, target := range []string{"inside the root", "outside"} {
		dir, outside := tempDir(t), tempDir(t)
		if target != "outside" {
			outside = filepath.Join(dir, "elsewhere")
		}
		put(t, outside, contents{"x": "mine", "y": "mine"})
		stop, done := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(done)
			folder := filepath.Join(dir, "overlays/west/b")
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				os.Rename(folder, filepath.Join(dir, fmt.Sprintf("aside-%d", n%100)))
				os.Symlink(outside, folder)
				runtime.Gosched()
				os.Remove(folder)
				os.RemoveAll(filepath.Join(dir, fmt.Sprintf("aside-%d", n%100)))
			}
		}()
		root, failed := openRoot(t, dir), 0
		for i := range rounds {
			text := fmt.Sprint(i)
			tree := mustOf(t, of("west", contents{"overlays/west/b/x": text, "overlays/west/b/y": text, "overlays/west/b/z" + text: text}))
			if _, err := tree.Write(root, Options{Force: true}); err != nil {
				failed++
			}
		}
		close(stop)
		<-done
		if diff := cmp.Diff(contents{"x": "mine", "y": "mine"}, snapshot(t, outside)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", target, diff)
		}
		t.Logf("%s: %d of %d runs failed", target, failed, rounds)
		put(t, dir, contents{"overlays/west/b": ""})
		if _, err := mustOf(t, of("west", contents{"overlays/west/b/x": "1"})).Write(root, Options{Force: true}); err != nil {
			t.Error(err)
		}
	}
}
