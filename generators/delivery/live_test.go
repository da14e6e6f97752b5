package delivery

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// inlined is a mesh with text that YAML readers disagree about, and an
// annotation of its author's. Its keys are sorted, as kustomize would have them.
const inlined = `apiVersion: isthmus.dev/v1alpha1
kind: Mesh
metadata:
  annotations:
    example.com/mine: "yes"
  name: bookinfo
spec:
  istio:
    version: "1.30"
  motd: |
    two
      lines: # and no comment
  network: "1_000"
`

func execLive() Live {
	return Live{Mode: LiveExec, Name: "bookinfo", Mesh: "../../../mesh/mesh.yaml", Cluster: "west", Resources: []string{"../../../mesh/sealed/west"}}
}

func legacyLive() Live {
	l := execLive()
	l.Mode = LiveLegacy
	return l
}

func containerLive() Live {
	return Live{Mode: LiveContainer, Cluster: "west", Image: "registry.example/isthmus:1.0", Inline: []byte(inlined)}
}

func TestLive(t *testing.T) {
	for _, live := range []Live{execLive(), legacyLive(), containerLive()} {
		t.Run(string(live.Mode), func(t *testing.T) {
			got, err := live.Kustomization()
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(filepath.Join("testdata", "live", string(live.Mode)+".yaml"))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("kustomization (-want +got):\n%s", diff)
			}
		})
	}
}

func TestLiveFails(t *testing.T) {
	change := func(l Live, f func(*Live)) Live { f(&l); return l }
	for _, test := range []struct {
		name string
		live Live
		want string
	}{
		{name: "no mode", live: Live{}, want: `no mode ""; the modes are exec, container, legacy`},
		{name: "another mode", live: Live{Mode: "exek"}, want: `no mode "exek"; the modes are exec, container, legacy`},
		{name: "no cluster", live: Live{Mode: LiveExec}, want: "the mode exec needs a cluster"},
		{name: "no name", live: change(legacyLive(), func(l *Live) { l.Name = "" }), want: "the mode legacy needs the name of the mesh"},
		{name: "no path", live: change(execLive(), func(l *Live) { l.Mesh = "" }), want: "the mode exec needs the path of mesh.yaml"},
		{
			name: "an absolute path",
			live: change(execLive(), func(l *Live) { l.Mesh = "/home/me/mesh.yaml" }),
			want: `the path of mesh.yaml is "/home/me/mesh.yaml"; it has to be relative, or it holds on one machine only`,
		},
		{name: "no image", live: change(containerLive(), func(l *Live) { l.Image = "" }), want: "the mode container needs an image"},
		{name: "no mesh", live: change(containerLive(), func(l *Live) { l.Inline = nil }), want: "the mode container needs the mesh itself"},
		{
			name: "a mesh that is not YAML",
			live: change(containerLive(), func(l *Live) { l.Inline = []byte("a: [") }),
			want: "the mesh: yaml: line 1: did not find expected node content",
		},
		{name: "a mesh that is a list", live: change(containerLive(), func(l *Live) { l.Inline = []byte("[]") }), want: "the mesh is not a mapping"},
		{
			name: "a mesh without a spec",
			live: change(containerLive(), func(l *Live) { l.Inline = []byte("apiVersion: isthmus.dev/v1alpha1\nkind: Mesh\n") }),
			want: "the mesh is not a Mesh of isthmus.dev/v1alpha1 with a spec",
		},
		{
			name: "annotations that are a list",
			live: change(containerLive(), func(l *Live) {
				l.Inline = []byte("apiVersion: isthmus.dev/v1alpha1\nkind: Mesh\nmetadata: {annotations: []}\nspec: {}\n")
			}),
			want: "the mesh: annotations is not a mapping",
		},
		{name: "an empty resource", live: change(execLive(), func(l *Live) { l.Resources = []string{""} }), want: "resources[0] is empty"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := test.live.Kustomization()
			if text(err) != test.want {
				t.Errorf("error is %q, want %q", text(err), test.want)
			}
			if got != nil {
				t.Errorf("a failure gave %s", got)
			}
		})
	}
}
