package render

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/plan"
	"github.com/isthmus-mesh/isthmus/jsonnet"
)

// planned loads and plans a mesh of a folder.
func planned(t testing.TB, folder string) *plan.Plan {
	t.Helper()
	m, problems := mesh.Load(mesh.Source{FS: os.DirFS(folder), Name: "mesh.yaml", Dir: folder})
	if m == nil {
		t.Fatal(problems.Text())
	}
	p, err := plan.Of(m)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// rendered gives all that a plan makes, as one text.
func rendered(t testing.TB, p *plan.Plan) string {
	t.Helper()
	objects, err := Of(jsonnet.Files, p)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, c := range p.Clusters {
		for _, s := range c.Stages {
			for _, f := range s.Files {
				file, err := objects.pick(f)
				if err != nil {
					t.Fatal(err)
				}
				fmt.Fprintf(&b, "# %s/%s/%s\n", c.Name, s.Name, f.Name)
				for _, o := range file {
					b.WriteString("---\n")
					b.Write(o.YAML)
				}
			}
		}
	}
	return b.String()
}

// However many workers there are, the bytes are the same.
func TestWorkers(t *testing.T) {
	folders, err := filepath.Glob("../testdata/*/mesh")
	if err != nil || len(folders) == 0 {
		t.Fatalf("%d meshes, %v", len(folders), err)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, folder := range append(folders, "../../mesh") {
		p := planned(t, folder)
		runtime.GOMAXPROCS(1)
		want := rendered(t, p)
		for _, workers := range []int{1, 2, 8} {
			runtime.GOMAXPROCS(workers)
			if diff := cmp.Diff(want, rendered(t, p)); diff != "" {
				t.Errorf("%s with %d workers (-one +many):\n%s", folder, workers, diff)
			}
		}
	}
}

// evaluated gives the error of a unit in a library of its own.
func evaluated(library map[string]string, args map[string]any) error {
	fsys := fstest.MapFS{}
	for name, text := range library {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	_, err := Of(fsys, &plan.Plan{Units: []plan.Unit{{Entry: "main.jsonnet", Args: args}}})
	return err
}

// An error names the place in the library where it happened, not where the
// library was called.
func TestErrors(t *testing.T) {
	for _, test := range []struct {
		name    string
		library map[string]string
		args    map[string]any
		want    string
		at      diag.Position // of a Problem
	}{
		{
			name:    "in the entry point",
			library: map[string]string{"main.jsonnet": "function(args)\n  { a: error 'no ' + args.b }"},
			args:    map[string]any{"b": "luck"},
			want:    "main.jsonnet:2:8: no luck",
			at:      diag.Position{File: "main.jsonnet", Line: 2, Column: 8},
		},
		{
			name: "in what it imports",
			library: map[string]string{
				"main.jsonnet":     "local l = import 'lib/l.libsonnet';\nfunction(args) { a: l.f(args.b) }",
				"lib/l.libsonnet":  "local m = import '../lib/m.libsonnet';\n{\n  f(x):: m.g(x),\n}",
				"lib/m.libsonnet":  "{\n  g(x)::\n    assert x > 1 : 'too small';\n    x,\n}",
				"lib/unused.jsonn": "",
			},
			args: map[string]any{"b": 1},
			want: "lib/m.libsonnet:3:5: too small",
			at:   diag.Position{File: "lib/m.libsonnet", Line: 3, Column: 5},
		},
		{
			name:    "a field that is not there",
			library: map[string]string{"main.jsonnet": "function(args) {\n  a: args.b,\n}"},
			want:    "main.jsonnet:2:6: Field does not exist: b",
			at:      diag.Position{File: "main.jsonnet", Line: 2, Column: 6},
		},
		{
			name:    "a syntax error",
			library: map[string]string{"main.jsonnet": "function(args) {\n  a: ,\n}"},
			want:    "main.jsonnet:2:6: Unexpected: \",\" while parsing terminal",
			at:      diag.Position{File: "main.jsonnet", Line: 2, Column: 6},
		},
		{
			name:    "a syntax error in what it imports",
			library: map[string]string{"main.jsonnet": "local l = import 'l.libsonnet';\nfunction(args) l", "l.libsonnet": "{\n  a: b,\n}"},
			want:    "main.jsonnet:1:11: l.libsonnet:2:6-7 Unknown variable: b",
			at:      diag.Position{File: "main.jsonnet", Line: 1, Column: 11},
		},
		{name: "no entry point", want: "main.jsonnet: main.jsonnet: not in the library"},
		{
			name:    "an object without a name",
			library: map[string]string{"main.jsonnet": "function(args) { a: { apiVersion: 'v1', kind: 'Service', metadata: {} } }"},
			want:    `main.jsonnet: a: an object needs an apiVersion, a kind and a metadata.name, not "v1", "Service" and ""`,
		},
		{
			name:    "no objects",
			library: map[string]string{"main.jsonnet": "function(args) { a: 1 }"},
			want:    "main.jsonnet: json: cannot unmarshal number into Go value of type map[string]interface {}",
		},
		{
			name: "an argument of a kind that Jsonnet has not",
			args: map[string]any{"b": []any{map[string]any{"c": []string{}}}},
			want: "main.jsonnet: b: [0]: c: []string cannot be an argument",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			args := test.args
			if args == nil {
				args = map[string]any{}
			}
			err := evaluated(test.library, args)
			if err == nil || err.Error() != test.want {
				t.Fatalf("error is\n%v\nwant\n%s", err, test.want)
			}
			var p *diag.Problem
			if errors.As(err, &p) != (test.at != diag.Position{}) || p != nil && p.Pos != test.at {
				t.Errorf("problem %+v, want one at %s", p, test.at)
			}
		})
	}
}

// Every unit that fails is reported, in the order of the plan, and no objects
// are given.
func TestAllErrors(t *testing.T) {
	library := fstest.MapFS{"main.jsonnet": {Data: []byte("function(args) { a: if args.n % 2 == 1 then error 'odd ' + args.n else { apiVersion: 'v1', kind: 'A', metadata: { name: 'a' } } }")}}
	p := &plan.Plan{}
	for n := range 6 {
		p.Units = append(p.Units, plan.Unit{Entry: "main.jsonnet", Args: map[string]any{"n": n}})
	}
	objects, err := Of(library, p)
	const want = "main.jsonnet:1:45: odd 1\nmain.jsonnet:1:45: odd 3\nmain.jsonnet:1:45: odd 5"
	if objects != nil || err == nil || err.Error() != want {
		t.Errorf("objects: %t, error\n%v\nwant\n%s", objects != nil, err, want)
	}
}

// A file that picks what the library did not make is an error, not a hole.
func TestMissingObject(t *testing.T) {
	library := fstest.MapFS{"main.jsonnet": {Data: []byte("function(args) {}")}}
	objects, err := Of(library, &plan.Plan{Units: []plan.Unit{{Entry: "main.jsonnet", Args: map[string]any{}}}})
	if err != nil {
		t.Fatal(err)
	}
	file := plan.File{Name: "a.yaml", Listed: true, Picks: []plan.Pick{{Unit: 0, Keys: []string{"b"}}}}
	const want = `a.yaml: the library made no object "b"`
	if _, err := objects.pick(file); err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
	if _, err := objects.Cluster(plan.Cluster{Stages: []plan.Stage{{Files: []plan.File{file}}}}); err == nil || err.Error() != want {
		t.Errorf("error %v, want %s", err, want)
	}
}

// A cluster has what a kustomization lists, stage after stage.
func TestCluster(t *testing.T) {
	p := planned(t, "../testdata/guide-1.4/mesh")
	objects, err := Of(jsonnet.Files, p)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	all, err := objects.Cluster(p.Clusters[1])
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range all.Listed() {
		got = append(got, o.String())
	}
	want := []string{
		"Namespace/istio-system",
		"Service/istio-system/istio-pilot", "Service/istio-system/istio-policy", "Service/istio-system/istio-telemetry",
		"Endpoints/istio-system/istio-pilot", "Endpoints/istio-system/istio-policy", "Endpoints/istio-system/istio-telemetry",
		"Namespace/default",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("objects (-want +got):\n%s", diff)
	}
}
