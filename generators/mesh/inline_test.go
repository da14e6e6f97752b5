package mesh_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
)

// sameTopology compares meshes without how their Services were written down.
var sameTopology = cmp.Options{
	sameMesh,
	cmpopts.IgnoreFields(mesh.Spec{}, "Services"),
}

// inlined writes a mesh as one document and loads that where no file is.
func inlined(t testing.TB, m *mesh.Mesh) (*mesh.Mesh, string) {
	t.Helper()
	text, err := mesh.Inline(m)
	if err != nil {
		t.Fatal(err)
	}
	again, problems := mesh.Load(mesh.Source{Inlined: text, AllowUntested: true})
	if again == nil {
		t.Fatalf("the inlined mesh does not load:\n%s\n%s", problems.Text(), text)
	}
	return again, string(text)
}

// The meshes of the tests and of this repository are the same once inlined.
func TestInline(t *testing.T) {
	folders, err := filepath.Glob("../testdata/*/mesh")
	if err != nil || len(folders) == 0 {
		t.Fatalf("%d meshes, %v", len(folders), err)
	}
	for _, folder := range append(folders, "../../mesh") {
		t.Run(folder, func(t *testing.T) {
			m, problems := mesh.Load(mesh.Source{FS: os.DirFS(folder), Name: "mesh.yaml", Dir: folder})
			if m == nil {
				t.Fatal(problems.Text())
			}
			before, _ := mesh.Load(mesh.Source{FS: os.DirFS(folder), Name: "mesh.yaml", Dir: folder})
			again, text := inlined(t, m)
			if diff := cmp.Diff(before, m, sameMesh); diff != "" {
				t.Errorf("inlining changed the mesh (-before +after):\n%s", diff)
			}
			if diff := cmp.Diff(m, again, sameTopology); diff != "" {
				t.Errorf("mesh (-want +inlined):\n%s", diff)
			}
			if strings.Contains(text, "file:") {
				t.Errorf("a file is left:\n%s", text)
			}
		})
	}
}

// Text stays text, however YAML readers would like to take it.
func TestInlineKeepsText(t *testing.T) {
	m, _ := accepted(t, base+`    - file: services/shop.yaml
      clusters: [west]
`, map[string]string{"services/shop.yaml": `apiVersion: v1
kind: Service
metadata:
  name: "on"
  namespace: "1234"
  labels: {a: "0x1f", b: "1e3", c: "null", d: "2020-01-01", e: "true", f: "1_000", g: ""}
  annotations: {a: "0x_", b: "12:30:45", c: "#no", d: "a: b", "1_0": "-", f: "a\nb\n", g: " ", h: "~", i: "0b_", j: "+.5", k: "y"}
spec:
  ports: [{name: "1234a", port: 80, targetPort: "80a"}, {name: b, port: 81, targetPort: 8080}]
  sessionAffinity: ClientIP
  sessionAffinityConfig: {clientIP: {timeoutSeconds: 10}}
`})
	again, _ := inlined(t, m)
	if diff := cmp.Diff(m.Services, again.Services, sameTopology); diff != "" {
		t.Errorf("Services (-want +inlined):\n%s", diff)
	}
}

// Comments in odd places break nothing.
func TestInlineKeepsComments(t *testing.T) {
	m, _ := accepted(t, edited(t, base, "[10.20.0.0/16]", "[ # one\n        10.20.0.0/16, # two\n        # three\n      ]", "clusters: [east]", "clusters: # home\n        # here\n        - east # there"), nil)
	again, _ := inlined(t, m)
	if diff := cmp.Diff(m, again, sameTopology); diff != "" {
		t.Errorf("mesh (-want +inlined):\n%s", diff)
	}
}

// Of an inlined mesh problems have paths alone, in the order of the document,
// and no text of theirs names a line: the lines are those of the runner.
func TestInlinedProblems(t *testing.T) {
	text := edited(t, base, "name: west", "name: east", "clusters: [east]\n", "clusters: [north]\n    - {name: reviews, namespace: bookinfo, ports: [{port: 1}], clusters: [east]}\n    - {file: a.yaml, clusters: [east]}\n", `"1.5.10"`, "1.5")
	_, problems := mesh.Load(mesh.Source{Inlined: []byte(text)})
	const want = `isthmus: error: spec.istio.version: 1.5 is read as a number by YAML (IST011)
isthmus: fix: quote this value: "1.5"
isthmus: error: spec.clusters[1].name: a second cluster is named "east"; the first is spec.clusters[0].name (IST105)
isthmus: fix: give each cluster a name of its own
isthmus: error: spec.services[0].clusters[0]: the mesh has no cluster "north" (IST415)
isthmus: fix: remove it, or name one of east
isthmus: error: spec.services[1].name: a second Service is named bookinfo/reviews; the first is spec.services[0].name (IST406)
isthmus: fix: remove one; several homes go into clusters of one entry
isthmus: error: spec.services[2].file: "a.yaml" cannot be read here, where the whole mesh is inlined (IST412)
isthmus: fix: write the Services inline; isthmus live --mode container does so
`
	if diff := cmp.Diff(want, problems.Text()); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	for _, p := range problems {
		if p.Pos != (diag.Position{}) {
			t.Errorf("%s has a position", p.Path)
		}
	}
}
