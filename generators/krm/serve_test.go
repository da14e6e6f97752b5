package krm

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	yamlv3 "go.yaml.in/yaml/v3"
	"sigs.k8s.io/yaml"
)

const sentinelYAML = `apiVersion: v1
kind: ConfigMap
metadata:
  annotations:
    config.kubernetes.io/local-config: "true"
  name: isthmus-ran
`

// A writes counts the writes, which the doors promise to be one or none.
type writes struct {
	bytes.Buffer
	times int
}

func (w *writes) Write(p []byte) (int, error) {
	w.times++
	return w.Buffer.Write(p)
}

func read(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestServe(t *testing.T) {
	for _, test := range []struct {
		name    string
		request Request
	}{
		{name: "build", request: Request{Mesh: "../mesh/mesh.yaml", Cluster: "west"}},
		{name: "fn-run", request: Request{Mesh: "mesh.yaml", Cluster: "west"}},
		{name: "no-items", request: Request{Mesh: "mesh.yaml", Cluster: "west"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out writes
			var got *Request
			err := Serve(bytes.NewReader(read(t, test.name+".yaml")), &out, func(r *Request) ([]*Object, error) {
				got = r
				return []*Object{
					object(t, "v1", "Namespace", "", "bookinfo", nil),
					object(t, "v1", "ConfigMap", "bookinfo", "a", map[string]any{"key": "new"}),
				}, nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.request, *got); diff != "" {
				t.Errorf("request (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(string(read(t, test.name+".want.yaml")), out.String()); diff != "" {
				t.Errorf("answer (-want +got):\n%s", diff)
			}
			if out.times != 1 {
				t.Errorf("the answer came in %d writes", out.times)
			}
		})
	}
}

func TestServeFails(t *testing.T) {
	const list = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n"
	const config = `functionConfig:
  apiVersion: isthmus.dev/v1alpha1
  kind: Mesh
  metadata:
    name: a
    annotations: {isthmus.dev/mesh: mesh.yaml, isthmus.dev/cluster: west}
`
	for _, test := range []struct {
		name     string
		in       string
		generate func(*Request) ([]*Object, error)
		want     string
	}{
		{name: "nothing", in: "", want: "the input is empty"},
		{
			name: "a mesh",
			in:   "apiVersion: isthmus.dev/v1alpha1\nkind: Mesh\n",
			want: `isthmus: error: kind "Mesh" of apiVersion "isthmus.dev/v1alpha1" on standard input; standard input takes what kustomize sends to a function (IST023)
isthmus: fix: give a ResourceList of config.kubernetes.io/v1; a mesh.yaml is named by -f
`,
		},
		{
			name: "another version of the list",
			in:   "apiVersion: config.kubernetes.io/v2\nkind: ResourceList\n",
			want: `isthmus: error: kind "ResourceList" of apiVersion "config.kubernetes.io/v2" on standard input; standard input takes what kustomize sends to a function (IST023)
isthmus: fix: give a ResourceList of config.kubernetes.io/v1; a mesh.yaml is named by -f
`,
		},
		{
			name: "an unknown field",
			in:   list + "functionconfig: {}\n",
			want: `isthmus: error: functionconfig: unknown field "functionconfig" of a ResourceList; standard input takes what kustomize sends to a function (IST023)
isthmus: fix: did you mean "functionConfig"?
`,
		},
		{
			name: "no functionConfig",
			in:   list + "items: []\n",
			want: `isthmus: error: functionConfig: missing; it says which mesh and which cluster are wanted (IST023)
isthmus: fix: list a Mesh of isthmus.dev/v1alpha1 under generators in kustomization.yaml
`,
		},
		{
			name: "items that are no list",
			in:   list + "items: {}\n" + config,
			want: `isthmus: error: items: not a list; standard input takes what kustomize sends to a function (IST023)
isthmus: fix: give a list of objects
`,
		},
		{
			name: "an item that is no object",
			in:   list + "items: [{kind: A}, b]\n" + config,
			want: `isthmus: error: items[1]: not an object; standard input takes what kustomize sends to a function (IST023)
isthmus: fix: give a list of objects
`,
		},
		{
			name: "metadata that is no mapping",
			in:   list + "items: [{kind: A, metadata: [b]}]\n" + config,
			want: `isthmus: error: items[0].metadata: not a mapping; standard input takes what kustomize sends to a function (IST023)
isthmus: fix: give the object a metadata.name
`,
		},
		{
			name: "a bomb",
			in:   list + config + "items:\n- kind: A\n  " + strings.ReplaceAll(bomb(9), "\n", "\n  ") + "\n",
			want: "the input has more than 4000000 nodes, its aliases expanded",
		},
		{
			name:     "generate fails",
			in:       list + config,
			generate: func(*Request) ([]*Object, error) { return nil, errGenerate },
			want:     errGenerate.Error(),
		},
		{
			name: "an object twice",
			in:   list + config,
			generate: func(*Request) ([]*Object, error) {
				o := object(t, "v1", "Secret", "a", "b", nil)
				return []*Object{o, o}, nil
			},
			want: "Secret/a/b (v1) is there more than once",
		},
		{
			name: "the sentinel among the objects",
			in:   list + config,
			generate: func(*Request) ([]*Object, error) {
				return []*Object{object(t, "v1", "ConfigMap", "", SentinelName, nil)}, nil
			},
			want: "ConfigMap/isthmus-ran (v1) is there more than once",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out writes
			err := Serve(strings.NewReader(test.in), &out, test.generate)
			if said(err) != test.want {
				t.Errorf("error is\n%s\nwant\n%s", said(err), test.want)
			}
			if out.times != 0 {
				t.Errorf("a failure wrote %q", out.String())
			}
		})
	}
}

func TestServeGivesErrEmpty(t *testing.T) {
	if err := Serve(strings.NewReader("\n"), io.Discard, nil); !errors.Is(err, ErrEmpty) {
		t.Errorf("error is %v, want ErrEmpty", err)
	}
}

// The way through kyaml's writer changes no text.
func TestServeKeepsNastyText(t *testing.T) {
	want := nastyObject(t)
	var out bytes.Buffer
	err := Serve(bytes.NewReader(read(t, "no-items.yaml")), &out, func(*Request) ([]*Object, error) {
		return []*Object{want}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	var list struct{ Items []map[string]any }
	if err := yamlv3.Unmarshal(out.Bytes(), &list); err != nil {
		t.Fatal(err)
	}
	got, err := yaml.Marshal(list.Items[0])
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want.YAML), string(got)); diff != "" {
		t.Errorf("object (-generated +answered):\n%s", diff)
	}
}

// The way through the functionConfig changes no text either.
func TestRequestKeepsNastyText(t *testing.T) {
	spec := nastyObject(t).Value["data"]
	config := map[string]any{
		"apiVersion": APIVersion, "kind": Kind, "spec": spec,
		"metadata": map[string]any{"name": "a", "annotations": map[string]any{ClusterAnnotation: "west"}},
	}
	data, err := yaml.Marshal(config)
	if err != nil {
		t.Fatal(err)
	}
	var got *Request
	err = Legacy(data, io.Discard, func(r *Request) ([]*Object, error) { got = r; return nil, nil })
	if err != nil {
		t.Fatal(err)
	}
	var read map[string]any
	if err := yamlv3.Unmarshal(got.Inline, &read); err != nil {
		t.Fatal(err)
	}
	delete(config["metadata"].(map[string]any), "annotations")
	want, _ := yaml.Marshal(config)
	again, _ := yaml.Marshal(read)
	if diff := cmp.Diff(string(want), string(again)); diff != "" {
		t.Errorf("inlined (-given +read):\n%s", diff)
	}
}

func TestLegacy(t *testing.T) {
	config := []byte("apiVersion: isthmus.dev/v1alpha1\nkind: Mesh\nmetadata:\n  name: a\n" +
		"  annotations: {isthmus.dev/mesh: mesh.yaml, isthmus.dev/cluster: west}\n")
	a, b := object(t, "v1", "Namespace", "", "a", nil), object(t, "v1", "Namespace", "", "b", nil)
	for _, test := range []struct {
		name     string
		config   []byte
		generate func(*Request) ([]*Object, error)
		want     string
		err      string
	}{
		{
			name:     "objects",
			config:   config,
			generate: func(*Request) ([]*Object, error) { return []*Object{b, a}, nil },
			want:     string(b.YAML) + "---\n" + string(a.YAML) + "---\n" + sentinelYAML,
		},
		{
			name:     "none",
			config:   config,
			generate: func(*Request) ([]*Object, error) { return nil, nil },
			want:     sentinelYAML,
		},
		{name: "no config", err: "the input is empty"},
		{
			name:   "a ResourceList",
			config: []byte("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n"),
			err: `isthmus: error: functionConfig: kind "ResourceList" of apiVersion "config.kubernetes.io/v1"; this function takes one kind only (IST023)
isthmus: fix: use kind Mesh of apiVersion isthmus.dev/v1alpha1
`,
		},
		{
			name:     "generate fails",
			config:   config,
			generate: func(*Request) ([]*Object, error) { return nil, errGenerate },
			err:      errGenerate.Error(),
		},
		{
			name:     "an object twice",
			config:   config,
			generate: func(*Request) ([]*Object, error) { return []*Object{a, a}, nil },
			err:      "Namespace/a (v1) is there more than once",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			var out writes
			err := Legacy(test.config, &out, test.generate)
			if said(err) != test.err {
				t.Errorf("error is\n%s\nwant\n%s", said(err), test.err)
			}
			if out.String() != test.want || out.times > 1 {
				t.Errorf("%d writes of\n%s\nwant\n%s", out.times, out.String(), test.want)
			}
		})
	}
}
