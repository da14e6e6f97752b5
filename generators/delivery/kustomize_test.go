package delivery

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/isthmus-mesh/isthmus/generators/krm"
)

// TestMain lets the test binary be what kustomize runs, by the name of a link to
// it: the function isthmus, the legacy plugin Mesh, and docker, of which the
// function in a container needs only that it passes streams on.
func TestMain(m *testing.M) {
	var err error
	switch filepath.Base(os.Args[0]) {
	case "isthmus":
		err = krm.Serve(os.Stdin, os.Stdout, generate)
	case "docker":
		if !slices.Contains(os.Args, "registry.example/isthmus:1.0") {
			err = fmt.Errorf("docker %q", os.Args[1:])
			break
		}
		err = krm.Serve(os.Stdin, os.Stdout, generate)
	case "Mesh":
		var config []byte
		if config, err = os.ReadFile(os.Args[1]); err == nil {
			err = krm.Legacy(config, os.Stdout, generate)
		}
	default:
		os.Exit(m.Run())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "isthmus: error:", err)
		os.Exit(1)
	}
}

// generate gives objects in an order that is not kustomize's.
func generate(r *krm.Request) ([]*krm.Object, error) {
	if r.Cluster == "nowhere" {
		return nil, errors.New(`../mesh/mesh.yaml:3:5: spec.clusters: no cluster "nowhere"`)
	}
	mesh := r.Mesh
	if r.Inline != nil {
		mesh = string(r.Inline)
	}
	// What is named by path is read from the folder of the kustomization.
	if r.Mesh != "" {
		if _, err := os.Stat(r.Mesh); err != nil {
			return nil, err
		}
	}
	return objects(mesh)
}

func objects(mesh string) ([]*krm.Object, error) {
	var made []*krm.Object
	for _, o := range []struct {
		apiVersion, kind, name string
		data                   map[string]any
	}{
		{"v1", "ConfigMap", "z", map[string]any{"mesh": mesh, "on": "12:30:00", "long": strings.Repeat("word ", 30)}},
		{"v1", "Service", "reviews", nil},
		{"v1", "Endpoints", "reviews", nil},
		{"v1", "ConfigMap", "a", map[string]any{"key": "0o17"}},
		{"networking.istio.io/v1beta1", "Gateway", "gateway", nil},
	} {
		value := map[string]any{"apiVersion": o.apiVersion, "kind": o.kind, "metadata": map[string]any{"name": o.name, "namespace": "bookinfo"}}
		if o.data != nil {
			value["data"] = o.data
		}
		object, err := krm.NewObject(value)
		if err != nil {
			return nil, err
		}
		made = append(made, object)
	}
	return made, nil
}

// kustomize gives the path of the real one. Without it the test is skipped, which
// REQUIRE_TOOLS=1 forbids.
func kustomize(t *testing.T) string {
	t.Helper()
	found, err := filepath.Abs("../../.bin/kustomize")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(found); err == nil {
		return found
	}
	found, err = exec.LookPath("kustomize")
	if err != nil {
		if os.Getenv("REQUIRE_TOOLS") == "1" {
			t.Fatal("REQUIRE_TOOLS=1, and kustomize is neither in .bin nor on PATH: run make tools")
		}
		t.Skip("kustomize is neither in .bin nor on PATH: run make tools")
	}
	return found
}

// files writes a tree of files under a new folder. No part of its path is a
// symbolic link: kustomize takes the target for the folder.
func files(t *testing.T, tree map[string][]byte) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range tree {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// A program that kustomize can run: links to this binary on PATH and in a plugin
// home.
type program struct {
	kustomize, path, plugins string
}

func install(t *testing.T) program {
	t.Helper()
	p := program{kustomize: kustomize(t), path: t.TempDir(), plugins: t.TempDir()}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	home := filepath.Join(p.plugins, "isthmus.dev", "v1alpha1", "mesh")
	err = errors.Join(
		os.MkdirAll(home, 0o755),
		os.Symlink(self, filepath.Join(home, "Mesh")),
		os.Symlink(self, filepath.Join(p.path, "isthmus")),
		os.Symlink(self, filepath.Join(p.path, "docker")),
	)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// build runs `kustomize build` and gives what it printed.
func (p program) build(dir string, flags ...string) (stdout, stderr string, err error) {
	cmd := exec.Command(p.kustomize, append([]string{"build", dir}, flags...)...)
	cmd.Env = append(os.Environ(), "PATH="+p.path+string(os.PathListSeparator)+os.Getenv("PATH"), "KUSTOMIZE_PLUGIN_HOME="+p.plugins)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	return out.String(), errs.String(), err
}

// must gives what cannot fail in a test.
func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

const (
	plugins = "--enable-alpha-plugins"
	execs   = "--enable-exec"
)

// Nested kustomizations keep the order of their entries and the bytes of their
// objects.
func TestBuildKeepsOrderAndBytes(t *testing.T) {
	p := install(t)
	made := must[[]*krm.Object](t)(objects("mesh.yaml"))
	list := must[[]byte](t)
	dir := files(t, map[string][]byte{
		"kustomization.yaml":               list(Kustomization([]string{"z-first", "a-second"})),
		"z-first/kustomization.yaml":       list(Kustomization([]string{"one.yaml", "inner", "last.yaml"})),
		"z-first/one.yaml":                 krm.Stream(made[:2]),
		"z-first/inner/kustomization.yaml": list(Kustomization([]string{"objects.yaml"})),
		"z-first/inner/objects.yaml":       krm.Stream(made[2:3]),
		"z-first/last.yaml":                krm.Stream(made[3:4]),
		"a-second/kustomization.yaml":      list(Kustomization([]string{"objects.yaml"})),
		"a-second/objects.yaml":            krm.Stream(made[4:]),
	})
	got, stderr, err := p.build(dir)
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr)
	}
	if diff := cmp.Diff(string(krm.Stream(made)), got); diff != "" {
		t.Errorf("build (-written +built):\n%s", diff)
	}
}

// Each form gives the objects with the flags it needs, with the sealed objects
// in front and the sentinel nowhere, and fails without them.
func TestBuildLive(t *testing.T) {
	p := install(t)
	const sealed = `apiVersion: bitnami.com/v1alpha1
kind: SealedSecret
metadata:
  name: cacerts
  namespace: istio-system
`
	for _, test := range []struct {
		live  Live
		flags []string
		mesh  string // what the function got
		lacks []string
		fails string
	}{
		{
			live: execLive(), flags: []string{plugins, execs}, mesh: "../../../mesh/mesh.yaml",
			lacks: []string{plugins}, fails: `no resource matches strategic merge patch "ConfigMap.v1.[noGrp]/isthmus-ran.[noNs]"`,
		},
		{
			live: legacyLive(), flags: []string{plugins}, mesh: "../../../mesh/mesh.yaml",
			fails: "external plugins disabled",
		},
		{
			live: containerLive(), flags: []string{plugins},
			mesh:  inlined,
			fails: "external plugins disabled",
		},
	} {
		t.Run(string(test.live.Mode), func(t *testing.T) {
			test.live.Resources = []string{"../../../mesh/sealed/west"}
			tree := map[string][]byte{
				"mesh/mesh.yaml":                        []byte("kind: Mesh\n"),
				"mesh/sealed/west/kustomization.yaml":   must[[]byte](t)(Kustomization([]string{"cacerts.yaml"})),
				"mesh/sealed/west/cacerts.yaml":         []byte(sealed),
				"overlays/west/live/kustomization.yaml": must[[]byte](t)(test.live.Kustomization()),
				// As a base of another kustomization, which is how people add to it.
				"mine/kustomization.yaml": must[[]byte](t)(Kustomization([]string{"../overlays/west/live"})),
			}
			dir := files(t, tree)
			live := filepath.Join(dir, "overlays/west/live")
			made := must[[]*krm.Object](t)(objects(test.mesh))
			want := sealed + "---\n" + string(krm.Stream(made))
			for _, folder := range []string{live, filepath.Join(dir, "mine")} {
				got, stderr, err := p.build(folder, test.flags...)
				if err != nil {
					t.Fatalf("%v\n%s", err, stderr)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("build (-generated +built):\n%s", diff)
				}
			}
			got, stderr, err := p.build(live, test.lacks...)
			if err == nil || got != "" || !strings.Contains(stderr, test.fails) {
				t.Errorf("with the flags %q: error %v, output %q and\n%s", test.lacks, err, got, stderr)
			}
		})
	}
}

// kubectl has no --enable-exec: the legacy form is the one that it runs.
func TestKubectlBuildsLegacy(t *testing.T) {
	kubectl, err := exec.LookPath("kubectl")
	if err != nil {
		t.Skip("kubectl is not on PATH")
	}
	p := install(t)
	live := legacyLive()
	live.Mesh, live.Resources = "mesh.yaml", nil
	dir := files(t, map[string][]byte{
		"kustomization.yaml": must[[]byte](t)(live.Kustomization()),
		"mesh.yaml":          []byte("kind: Mesh\n"),
	})
	cmd := exec.Command(kubectl, "kustomize", dir, plugins)
	cmd.Env = append(os.Environ(), "KUSTOMIZE_PLUGIN_HOME="+p.plugins)
	got, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(krm.Stream(must[[]*krm.Object](t)(objects("mesh.yaml")))), string(got)); diff != "" {
		t.Errorf("kubectl kustomize (-generated +built):\n%s", diff)
	}
}

// What is wrong can be read in what kustomize prints, and there is no output.
func TestBuildLiveShowsTheError(t *testing.T) {
	p := install(t)
	for _, test := range []struct {
		live  Live
		flags []string
	}{
		{live: execLive(), flags: []string{plugins, execs}},
		{live: legacyLive(), flags: []string{plugins}},
		{live: containerLive(), flags: []string{plugins}},
	} {
		t.Run(string(test.live.Mode), func(t *testing.T) {
			test.live.Cluster, test.live.Resources = "nowhere", nil
			dir := files(t, map[string][]byte{"kustomization.yaml": must[[]byte](t)(test.live.Kustomization())})
			// A failing plugin leaves its config behind in the temporary folder.
			t.Setenv("TMPDIR", t.TempDir())
			got, stderr, err := p.build(dir, test.flags...)
			const want = `isthmus: error: ../mesh/mesh.yaml:3:5: spec.clusters: no cluster "nowhere"` + "\n"
			if err == nil || got != "" || !strings.Contains(stderr, want) {
				t.Errorf("error %v, output %q and\n%s\nwant %s", err, got, stderr, want)
			}
		})
	}
}
