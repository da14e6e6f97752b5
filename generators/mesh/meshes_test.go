package mesh_test

import (
	"cmp"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
)

// base is a mesh with nothing to say against it. The tests change it.
const base = `apiVersion: isthmus.dev/v1alpha1
kind: Mesh
metadata:
  name: shop
spec:
  istio:
    version: "1.5.10"
  clusters:
    - name: east
      apiServer: https://10.1.0.10:6443
      podCIDRs: [10.10.0.0/16]
      serviceCIDRs: [10.110.0.0/16]
      serviceCIDRsRoutable: true
      controlPlane:
        expose: clusterIP
        addresses: [10.110.0.10]
    - name: west
      apiServer: https://10.2.0.10:6443
      podCIDRs: [10.20.0.0/16]
      serviceCIDRs: [10.120.0.0/16]
  services:
    - name: reviews
      namespace: bookinfo
      ports: [{name: http, port: 9080}]
      clusters: [east]
`

// today is a mesh of 1.30. All that can be said of it is what its method does
// when it fails.
const today = `apiVersion: isthmus.dev/v1alpha1
kind: Mesh
metadata:
  name: shop
spec:
  istio:
    version: "1.30.3"
  clusters:
    - name: east
      apiServer: https://10.1.0.10:6443
      podCIDRs: [10.10.0.0/16]
      serviceCIDRs: [10.110.0.0/16]
      controlPlane:
        expose: dedicatedGateway
        addresses: [10.1.255.10]
    - name: west
      apiServer: https://10.2.0.10:6443
      podCIDRs: [10.20.0.0/16]
      serviceCIDRs: [10.120.0.0/16]
  services:
    - name: reviews
      namespace: bookinfo
      ports: [{name: http, port: 9080}]
      clusters: [east]
`

// edited gives a text with the first of each pair replaced by the second, once.
func edited(t testing.TB, text string, pairs ...string) string {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("there is no %q to replace", pairs[i])
		}
		text = strings.Replace(text, pairs[i], pairs[i+1], 1)
	}
	return text
}

// load loads a mesh that lies in mesh/, beside files.
func load(text string, files map[string]string) (*mesh.Mesh, diag.Problems) {
	return mesh.Load(source(text, files))
}

func source(text string, files map[string]string) mesh.Source {
	fsys := fstest.MapFS{"mesh.yaml": {Data: []byte(text)}}
	for name, content := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(content)}
	}
	return mesh.Source{FS: fsys, Name: "mesh.yaml", Dir: "mesh"}
}

// A rejection is a mistake and all that is said of it.
type rejection struct {
	name     string
	mesh     string   // base where empty
	edit     []string // of it, in pairs
	files    map[string]string
	untested bool
	want     string
}

func rejected(t *testing.T, tests []rejection) {
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			src := source(edited(t, cmp.Or(test.mesh, base), test.edit...), test.files)
			src.AllowUntested = test.untested
			m, problems := mesh.Load(src)
			if diff := gocmp.Diff(test.want, problems.Text()); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			if (m == nil) != (problems.Errors() != nil) {
				t.Errorf("a mesh is given: %t, errors: %d", m != nil, len(problems.Errors()))
			}
		})
	}
}

// method is the one note on the mesh of today, at its line.
func method(line int) string {
	return fmt.Sprintf("isthmus: note: mesh/mesh.yaml:%d:17: spec.clusters[0].controlPlane.expose: the remotes depend on the gateway istio-eastwestgateway; it starts after istiod and is its client: while it is away the remotes keep their configuration and get no change, and injection fails (IST318)\n", line)
}
