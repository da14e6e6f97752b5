package tree

import (
	"os"
	"path/filepath"
	"testing"
)

func TestLine(t *testing.T) {
	const path = "overlays/west/a"
	tree := mustOf(t, Part{Name: "west", Files: []File{{Path: path, Segments: [][]byte{[]byte("one\ntwo\nth"), nil, []byte("ree\nfour\n")}}}})
	for _, test := range []struct {
		name, disk string
		want       int
	}{
		{"equal", "one\ntwo\nthree\nfour\n", 0},
		{"the first", "One\ntwo\nthree\nfour\n", 1},
		{"across segments", "one\ntwo\nthrice\nfour\n", 3},
		{"the last", "one\ntwo\nthree\nfive\n", 4},
		{"one too many", "one\ntwo\nthree\nfour\nfive\n", 5},
		{"ends early", "one\ntwo\n", 3},
		{"ends early, in a line", "one\ntw", 2},
		{"empty", "", 1},
		{"line ends", "one\r\ntwo\r\n", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.MkdirAll(filepath.Join(dir, "overlays/west"), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, path), []byte(test.disk), 0o644); err != nil {
				t.Fatal(err)
			}
			root := openRoot(t, dir)
			if got := tree.Line(root, path); got != test.want {
				t.Errorf("line %d, want %d", got, test.want)
			}
			if got := tree.Line(root, "overlays/west/b"); got != 0 {
				t.Errorf("line %d of a file that is not in the tree", got)
			}
		})
	}
	if got := tree.Line(openRoot(t, t.TempDir()), path); got != 0 {
		t.Errorf("line %d of a file that is not on disk", got)
	}
}
