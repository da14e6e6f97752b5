package tree

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// A file that is written while Held is old or new whatever step fails, and the
// next run completes it.
func TestHeldWritesWhole(t *testing.T) {
	killed := errors.New("killed")
	for _, start := range []string{"", "old"} {
		for n := 0; ; n++ {
			dir := t.TempDir()
			target := filepath.Join(dir, "mesh/sealed/east/a.yaml")
			if start != "" {
				if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(target, []byte(start), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			root, err := os.OpenRoot(dir)
			if err != nil {
				t.Fatal(err)
			}
			step := 0
			write := func(o Options) error {
				h, err := hold(root, o)
				if err != nil {
					return err
				}
				defer h.Close()
				return h.Write("mesh/sealed/east/a.yaml", []byte("new"))
			}
			err = write(Options{step: func(string, string) error {
				if step++; step > n {
					return killed
				}
				return nil
			}})
			got, _ := os.ReadFile(target)
			if string(got) != start && string(got) != "new" {
				t.Fatalf("killed before step %d: the file holds %q", n, got)
			}
			done := err == nil
			if done && string(got) != "new" || !done && !errors.Is(err, killed) {
				t.Fatalf("step %d: error %v, and the file holds %q", n, err, got)
			}
			if err := write(Options{}); err != nil {
				t.Fatal(err)
			}
			if got, _ := os.ReadFile(target); string(got) != "new" {
				t.Fatalf("the next run left %q", got)
			}
			if entries, _ := os.ReadDir(filepath.Dir(target)); len(entries) != 1 {
				t.Fatalf("beside the file lie %v", entries)
			}
			root.Close()
			if done {
				if n < 6 {
					t.Fatalf("only %d steps", n)
				}
				break
			}
		}
	}
}

func TestHeldRefuses(t *testing.T) {
	dir := t.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	outside := t.TempDir()
	if err := os.Symlink(outside, filepath.Join(dir, "link")); err != nil {
		t.Skip(err)
	}
	if err := os.WriteFile(filepath.Join(outside, "a"), []byte("theirs"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(outside, "a"), filepath.Join(dir, "a")); err != nil {
		t.Fatal(err)
	}
	h, err := Hold(root)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	for _, p := range []string{"link/a", "a", "../a", "/a", ".git/config", ""} {
		if err := h.Write(p, []byte("x")); err == nil {
			t.Errorf("%q was written", p)
		}
	}
	for _, p := range []string{"link/a", "a"} {
		if err := h.Remove(p); err == nil {
			t.Errorf("%q was removed", p)
		}
	}
	if got, _ := os.ReadFile(filepath.Join(outside, "a")); string(got) != "theirs" {
		t.Errorf("outside the root: %q", got)
	}
	if err := h.Remove("mesh/not/there"); err != nil {
		t.Error(err)
	}
	if _, err := Hold(root); !errors.Is(err, ErrLocked) {
		t.Errorf("a second one: %v", err)
	}
}

func TestHeldRemoves(t *testing.T) {
	dir := t.TempDir()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	h, err := Hold(root)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	if err := errors.Join(h.Write("a/b", []byte("x")), h.Remove("a/b")); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "a/b")); !errors.Is(err, os.ErrNotExist) {
		t.Error(fmt.Errorf("%w: still there", err))
	}
	info, err := os.Stat(filepath.Join(dir, "a"))
	if err != nil || !info.IsDir() {
		t.Errorf("the folder: %v, %v", info, err)
	}
}
