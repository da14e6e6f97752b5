package generators_test

import (
	"flag"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/diff"

	"github.com/isthmus-mesh/isthmus/generators/delivery"
	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/plan"
	"github.com/isthmus-mesh/isthmus/generators/render"
	"github.com/isthmus-mesh/isthmus/generators/tree"
	"github.com/isthmus-mesh/isthmus/jsonnet"
)

// A golden is testdata/<mesh>/want: the overlays that testdata/<mesh>/mesh
// gives, ledgers included, and problems.txt with the warnings, where there are
// any. The folder is compared as a set: a file that is missing, one too many and
// one of other bytes all fail.
var update = flag.Bool("update", false, "write the golden files, and delete those that are no longer wanted")

// problemsFile holds what a person reads on standard error.
const problemsFile = "problems.txt"

func TestGolden(t *testing.T) {
	for _, name := range meshes(t) {
		t.Run(name, func(t *testing.T) {
			root := filepath.Join("testdata", name)
			got, problems := rendered(t, root)
			if text := problems.Text(); text != "" {
				got[problemsFile] = text
			}
			compare(t, filepath.Join(root, "want"), got, *update, "if the change is meant, run make golden and review what moved")
		})
	}
}

// The overlays of this repository, and what delivers them, are what isthmus
// makes of its mesh.
func TestReferenceOverlays(t *testing.T) {
	got, problems := rendered(t, "..")
	if len(problems) != 1 || problems[0].Path != "spec.clusters[0].controlPlane.expose" {
		t.Errorf("the reference mesh shall have no warning but that of its method:\n%s", problems.Text())
	}
	byFolder := map[string]map[string]string{"overlays": {}, "clusters": {}}
	for name, data := range got {
		folder, rel, _ := strings.Cut(name, "/")
		if byFolder[folder] == nil {
			t.Errorf("%s lies outside overlays/ and clusters/", name)
			continue
		}
		byFolder[folder][rel] = data
	}
	for folder, files := range byFolder {
		compare(t, "../"+folder, files, false, "run isthmus render at the root of the repository, which -update here does not do")
	}
}

// meshes names the folders of testdata that hold a mesh.
func meshes(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob("testdata/*/mesh/mesh.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Fatal("testdata holds no mesh")
	}
	for i, file := range found {
		found[i] = filepath.Base(filepath.Dir(filepath.Dir(file)))
	}
	return found
}

// rendered loads root/mesh/mesh.yaml, writes its overlays into a new folder and
// gives the files there, by path, and the warnings.
func rendered(t *testing.T, root string) (map[string]string, diag.Problems) {
	t.Helper()
	m, problems := mesh.Load(mesh.Source{FS: os.DirFS(filepath.Join(root, "mesh")), Name: "mesh.yaml", Dir: "mesh"})
	if m == nil {
		t.Fatalf("%s has errors:\n%s", root, problems.Text())
	}
	p, err := plan.Of(m)
	if err != nil {
		t.Fatal(err)
	}
	objects, err := render.Of(jsonnet.Files, p)
	if err != nil {
		t.Fatal(err)
	}
	parts, err := delivery.Overlays(p, objects, "mesh/mesh.yaml")
	if err != nil {
		t.Fatal(err)
	}
	made, err := tree.Of(delivery.Format, parts)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	folder, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	if _, err := made.Write(folder, tree.Options{}); err != nil {
		t.Fatal(err)
	}
	return filesOf(t, dir), problems
}

// filesOf reads the files below a folder, by path with slashes, without the
// scratch folder of package tree.
func filesOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			if name == ".isthmus" {
				return fs.SkipDir
			}
			return err
		}
		data, err := os.ReadFile(filepath.Join(dir, name))
		files[name] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// compare holds the files below dir against the wanted set, or makes them so.
func compare(t *testing.T, dir string, got map[string]string, write bool, fix string) {
	t.Helper()
	if write {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	want := map[string]string{}
	if _, err := os.Stat(dir); err == nil {
		want = filesOf(t, dir)
	}
	if write {
		replace(t, dir, want, got)
		return
	}
	names := maps.Clone(want)
	maps.Copy(names, got)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		path := filepath.ToSlash(filepath.Join(dir, name))
		old, listed := want[name]
		now, made := got[name]
		switch {
		case !listed:
			t.Errorf("%s is missing", path)
		case !made:
			t.Errorf("%s is stale: it is no longer made", path)
		case old != now:
			t.Errorf("%s", diff.Diff(path, []byte(old), "now", []byte(now)))
		}
	}
	if t.Failed() {
		t.Log(fix)
	}
}

// replace makes the files below dir the new ones, and leaves no empty folder.
func replace(t *testing.T, dir string, old, files map[string]string) {
	t.Helper()
	for name, data := range files {
		if old[name] == data && data != "" {
			continue
		}
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for name := range old {
		if _, wanted := files[name]; wanted {
			continue
		}
		path := filepath.Join(dir, name)
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		for folder := filepath.Dir(path); folder != dir && os.Remove(folder) == nil; {
			folder = filepath.Dir(folder)
		}
	}
}
