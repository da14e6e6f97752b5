package tree

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// contents are files by path; a test says what is on disk with them.
type contents map[string]string

// of gives a part whose files have the contents, each in two segments.
func of(name string, files contents) Part {
	p := Part{Name: name}
	for path, text := range files {
		half := len(text) / 2
		p.Files = append(p.Files, File{path, [][]byte{[]byte(text[:half]), nil, []byte(text[half:])}})
	}
	return p
}

func retiring(p Part) Part {
	p.Retiring = true
	return p
}

func mustOf(t testing.TB, parts ...Part) *Tree {
	t.Helper()
	tree, err := Of(3, parts)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func openRoot(t testing.TB, dir string) *os.Root {
	t.Helper()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	return root
}

func mustWrite(t testing.TB, dir string, o Options, parts ...Part) *Report {
	t.Helper()
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	report, err := mustOf(t, parts...).Write(root, o)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// put writes files as a person would; an empty text removes.
func put(t testing.TB, dir string, files contents) {
	t.Helper()
	for path, text := range files {
		full := filepath.Join(dir, path)
		if text == "" {
			if err := os.RemoveAll(full); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// snapshot gives what is on disk: files, ledgers without their sums, and empty
// folders, but for the scratch.
func snapshot(t testing.TB, dir string) contents {
	t.Helper()
	found := contents{}
	err := filepath.WalkDir(dir, func(full string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		path, _ := filepath.Rel(dir, full)
		path = filepath.ToSlash(path)
		if path == scratchName && d.IsDir() {
			return fs.SkipDir
		}
		if path == scratchName {
			return nil
		}
		if d.IsDir() {
			if list, err := os.ReadDir(full); err != nil || len(list) > 0 || path == "." {
				return err
			}
			found[path+"/"] = "empty"
			return nil
		}
		data, err := os.ReadFile(full)
		if err != nil {
			return err
		}
		if d.Name() == ledgerName {
			found[path] = paths(string(data))
			return nil
		}
		found[path] = string(data)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// paths gives the heads of a ledger and its paths.
func paths(text string) string {
	var short []string
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if _, path, ok := strings.Cut(line, "  "); ok {
			line = path
		}
		short = append(short, strings.TrimPrefix(line, "# "))
	}
	return strings.Join(short, ", ")
}

// leftovers gives what is in the scratch but belongs there only during a run.
func leftovers(t testing.TB, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(dir, scratchName))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		if e.Name() != lockName && e.Name() != ".gitignore" {
			names = append(names, e.Name())
		}
	}
	return names
}

func sumText(text string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(text))) }

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
