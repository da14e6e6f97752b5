package krm

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestMain lets the test binary be the function that kustomize runs: a link to
// it of the name isthmus answers a ResourceList.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) != "isthmus" {
		os.Exit(m.Run())
	}
	err := Serve(os.Stdin, os.Stdout, func(r *Request) ([]*Object, error) {
		if r.Cluster == "nowhere" {
			return nil, errGenerate
		}
		a, errA := NewObject(map[string]any{"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": "bookinfo"}})
		b, errB := NewObject(map[string]any{
			"apiVersion": "v1", "kind": "ConfigMap",
			"metadata": map[string]any{"name": "made", "namespace": "bookinfo"}, "data": map[string]any{"cluster": r.Cluster, "mesh": r.Mesh},
		})
		return []*Object{a, b}, errors.Join(errA, errB)
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "isthmus: error:", err)
		os.Exit(1)
	}
}

// kustomize gives the path of the real one. Without it the test is skipped, which
// REQUIRE_TOOLS=1 forbids.
func kustomize(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs("../../.bin/kustomize")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err == nil {
		return path
	}
	path, err = exec.LookPath("kustomize")
	if err != nil {
		if os.Getenv("REQUIRE_TOOLS") == "1" {
			t.Fatal("REQUIRE_TOOLS=1, and kustomize is neither in .bin nor on PATH: run make tools")
		}
		t.Skip("kustomize is neither in .bin nor on PATH: run make tools")
	}
	return path
}

// files writes a tree of files under a new folder. The folder is not under a
// path with symbolic links, which kustomize would take apart.
func files(t *testing.T, tree map[string]string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range tree {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// A build of what was rendered gives the same bytes.
func TestEncodingIsKustomizes(t *testing.T) {
	bin := kustomize(t)
	objects := []*Object{nastyObject(t)}
	for i, s := range nasty {
		objects = append(objects, object(t, "v1", "ConfigMap", "a", fmt.Sprint("text", i), map[string]any{"key": s}))
	}
	for name, number := range numbers {
		objects = append(objects, object(t, "example.com/v1", "Number", "a", strings.ReplaceAll(strings.ToLower(name), "^", "-"), map[string]any{"spec": number}))
	}
	Sort(objects)
	want := Stream(objects)
	dir := files(t, map[string]string{
		"objects.yaml":       string(want),
		"kustomization.yaml": "resources: [objects.yaml]\nsortOptions: {order: fifo}\n",
	})
	var stderr bytes.Buffer
	cmd := exec.Command(bin, "build", dir)
	cmd.Stderr = &stderr
	got, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("build (-rendered +built):\n%s", diff)
	}
}

// `kustomize fn run` works on a folder: nothing of it is lost, and a second run
// changes nothing.
func TestFunctionRun(t *testing.T) {
	bin := kustomize(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	links := t.TempDir()
	if err := os.Symlink(self, filepath.Join(links, "isthmus")); err != nil {
		t.Fatal(err)
	}
	const own = `apiVersion: v1
kind: ConfigMap
metadata:
  name: own # as it was
  namespace: bookinfo
data:
  key: "1"
`
	const config = `apiVersion: isthmus.dev/v1alpha1
kind: Mesh
metadata:
  name: bookinfo
  annotations:
    config.kubernetes.io/function: |
      exec: {path: isthmus}
    isthmus.dev/cluster: west
    isthmus.dev/mesh: mesh.yaml
`
	dir := files(t, map[string]string{"own.yaml": own, "live.yaml": config})
	run := func() map[string]string {
		t.Helper()
		cmd := exec.Command(bin, "fn", "run", dir, "--enable-exec")
		cmd.Env = append(os.Environ(), "PATH="+links+string(os.PathListSeparator)+os.Getenv("PATH"))
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		tree := map[string]string{}
		err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			data, err := os.ReadFile(path)
			tree[strings.TrimPrefix(path, dir+"/")] = string(data)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return tree
	}
	first := run()
	if first["own.yaml"] != own || first["live.yaml"] != config {
		t.Errorf("files that were there changed:\n%s\n%s", first["own.yaml"], first["live.yaml"])
	}
	made := 0
	for _, text := range first {
		if strings.Contains(text, "name: made\n") {
			made++
		}
	}
	if made != 1 {
		t.Errorf("the object is in %d files of %v", made, first)
	}
	if diff := cmp.Diff(first, run()); diff != "" {
		t.Errorf("a second run (-first +second):\n%s", diff)
	}
}
