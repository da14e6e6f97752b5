package main

import (
	"os"
	"path/filepath"
	"testing"
)

// A file that somebody changed after it was read is left as it is, and nothing is
// left beside it.
func TestReplaceLeavesChanged(t *testing.T) {
	for _, test := range []struct {
		name   string
		change func(t *testing.T, file string)
		want   string // in the file
	}{
		{name: "written again", change: func(t *testing.T, file string) { put(t, file, "theirs") }, want: "theirs"},
		{name: "renamed into its place", change: func(t *testing.T, file string) {
			put(t, file+".new", "before")
			if err := os.Rename(file+".new", file); err != nil {
				t.Fatal(err)
			}
		}, want: "before"},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			file := filepath.Join(dir, "mesh.yaml")
			put(t, file, "before")
			folder, err := os.OpenRoot(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer folder.Close()
			r, err := replacing(folder, file)
			if err != nil {
				t.Fatal(err)
			}
			test.change(t, file)
			err = r.with([]byte("after"))
			if want := file + ": somebody else has changed the file meanwhile"; err == nil || err.Error() != want {
				t.Errorf("got %v, want %s", err, want)
			}
			if got, err := os.ReadFile(file); string(got) != test.want {
				t.Errorf("the file holds %q, %v", got, err)
			}
			if entries, err := os.ReadDir(dir); len(entries) != 1 {
				t.Errorf("the folder holds %v, %v", entries, err)
			}
		})
	}
}

func put(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
