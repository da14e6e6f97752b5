package revision

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// A fake is a repository whose blobs are named by their content.
type fake struct {
	tree      string // what ls-tree gives of the tree: "<mode> <type> <hash> <path>", a line each
	submodule string
	blobs     int // that were asked for
}

func (f *fake) Run(folder string, args ...string) ([]byte, error) {
	inside := strings.HasSuffix(folder, "/sub")
	switch {
	case args[0] == "rev-parse" && args[1] == "--show-prefix" && (inside || !strings.Contains(folder, "/")):
		return []byte("\n"), nil
	case args[0] == "rev-parse" && args[1] == "--verify" && !strings.Contains(args[len(args)-1], "nowhere"):
		return []byte("c0ffee\n"), nil
	case args[0] == "ls-tree":
		tree := f.tree
		if inside {
			tree = f.submodule
		}
		var out strings.Builder
		for line := range strings.Lines(tree) {
			words := strings.SplitN(strings.TrimRight(line, "\n"), " ", 4)
			fmt.Fprintf(&out, "%s %s %s\t%s\x00", words[0], words[1], words[2], words[3])
		}
		return []byte(out.String()), nil
	}
	return nil, &Refusal{Said: "no"}
}

func (f *fake) Blob(_, hash string) ([]byte, error) {
	f.blobs++
	if hash == "gone" {
		return nil, fs.ErrNotExist
	}
	return []byte(hash), nil
}

const someTree = `100644 blob one mesh.yaml
100755 blob two services/a.yaml
100644 blob odd services/an odd ` + "\xff" + ` name
100644 blob up ../escape
120000 blob services/a.yaml link
120000 blob a.yaml services/near
120000 blob ../mesh.yaml services/up
120000 blob services folder
120000 blob ../../etc/passwd services/out
120000 blob /etc/passwd absolute
120000 blob loop loop
120000 blob nothing dangling
100644 blob gone gone.yaml
160000 commit c0ffee sub
160000 commit nowhere other
`

func open(t *testing.T) (*fake, fs.FS) {
	t.Helper()
	git := &fake{tree: someTree, submodule: "100644 blob three b.yaml\n"}
	c, err := Find(git, "repo", "main")
	if err != nil {
		t.Fatal(err)
	}
	files, err := c.FS(".")
	if err != nil {
		t.Fatal(err)
	}
	return git, files
}

func TestReading(t *testing.T) {
	git, files := open(t)
	if git.blobs != 0 {
		t.Errorf("%d blobs were read before any was asked for", git.blobs)
	}
	for name, want := range map[string]string{
		"mesh.yaml": "one", "services/a.yaml": "two", "link": "two", "services/near": "two", "services/up": "one", "folder/a.yaml": "two", "sub/b.yaml": "three",
	} {
		if got, err := fs.ReadFile(files, name); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v; want %q", name, got, err, want)
		}
	}
	for name, want := range map[string]string{
		"services/out": "leads out of the folder", "absolute": "leads out of the folder", "loop": "too many links", "dangling": "file does not exist",
		"none": "file does not exist", "gone.yaml": "is not in this clone, and nothing is fetched: run git fetch",
		"other": "run git submodule update --init", "../escape": "invalid argument", "services": "is a directory",
	} {
		if _, err := fs.ReadFile(files, name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v; want %q", name, err, want)
		}
	}
	entries, err := fs.ReadDir(files, "services")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Type().String()+" "+e.Name())
	}
	if diff := cmp.Diff([]string{"---------- a.yaml", "L--------- near", "L--------- out", "L--------- up"}, names); diff != "" {
		t.Error(diff)
	}
}

// What has no link behaves as a folder on disk does.
func TestFS(t *testing.T) {
	git := &fake{tree: "100644 blob one mesh.yaml\n100644 blob two services/deep/a.yaml\n100644 blob three services/b.yaml\n"}
	c, err := Find(git, "repo", "main")
	if err != nil {
		t.Fatal(err)
	}
	files, err := c.FS("")
	if err != nil {
		t.Fatal(err)
	}
	if err := fstest.TestFS(files, "mesh.yaml", "services/deep/a.yaml", "services/b.yaml"); err != nil {
		t.Error(err)
	}
}
