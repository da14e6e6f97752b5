package interop

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/isthmus-mesh/isthmus/interop/validate"
)

// TestRenderedObjects validates every object of every rendered tree in the
// repository, the reference mesh and the golden ones.
func TestRenderedObjects(t *testing.T) {
	validator, err := validate.Open("schemas")
	if err != nil {
		t.Fatal(err)
	}
	for _, tree := range trees(t) {
		t.Run(tree, func(t *testing.T) {
			count, problems := checkOverlays(validator, tree)
			for _, problem := range problems {
				t.Error(problem)
			}
			if count == 0 {
				t.Error("no objects: nothing is proved")
			}
			t.Logf("%d objects", count)
		})
	}
}

// TestRenderedSail validates with the CRD that the Sail operator publishes,
// for people who have the file; schemas/sail is what everybody has.
func TestRenderedSail(t *testing.T) {
	path := os.Getenv("SAIL_CRD")
	if path == "" {
		t.Skip("SAIL_CRD names no file with the CRD of sailoperator.io Istio")
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	validator, err := validate.Open("schemas")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := validator.Define(data); err != nil {
		t.Fatal(err)
	}
	for _, tree := range trees(t) {
		_, problems := checkOverlays(validator, tree)
		for _, problem := range problems {
			t.Error(problem)
		}
	}
}

const (
	fixtureMesh = `spec:
  istio: {version: "1.5.10", values: {pilot: {autoscaleMin: 2}}}
  clusters: [{name: west, values: {global: {proxy: {logLevel: warning}}}}]
`
	fixtureStub = `apiVersion: v1
kind: Service
metadata: {name: istiod-remote, namespace: istio-system}
spec:
  clusterIP: None
  ports: [{name: tcp-istiod, port: 15012}]
---
apiVersion: v1
kind: Endpoints
metadata: {name: istiod-remote, namespace: istio-system}
subsets:
- addresses: [{ip: 10.8.0.5}]
  ports: [{name: tcp-istiod, port: 15012}]
`
	fixtureProfile = `apiVersion: install.istio.io/v1alpha1
kind: IstioOperator
metadata: {name: istio-remote}
spec:
  profile: remote
  values: {pilot: {autoscaleMin: 2}, global: {meshID: bookinfo, proxy: {logLevel: warning}}}
`
)

// TestCheckOverlays shows that the walk itself finds what it should: a proof
// that looks at nothing would pass too.
func TestCheckOverlays(t *testing.T) {
	validator, err := validate.Open("schemas")
	if err != nil {
		t.Fatal(err)
	}
	const stub, profile = "overlays/west/control-plane/stubs.yaml", "overlays/west/control-plane/profile.yaml"
	for _, test := range []struct {
		name    string
		files   map[string]string // added to the fixture; "" takes a file away
		objects int
		want    string
	}{
		{
			name:    "good",
			objects: 3,
		},
		{
			name: "kustomizations and live are not objects",
			files: map[string]string{
				"overlays/west/kustomization.yaml":      "resources: [control-plane]\n",
				"overlays/west/live/kustomization.yaml": "resources: []\n",
				"overlays/west/live/function.yaml":      "not: an object\n",
			},
			objects: 3,
		},
		{
			name:    "cluster without objects",
			files:   map[string]string{stub: "", profile: "", "overlays/west/kustomization.yaml": "resources: []\n"},
			objects: 0,
			want:    "overlays/west: no objects",
		},
		{
			name:    "cluster without overlay",
			files:   map[string]string{"mesh/mesh.yaml": fixtureMesh[:len(fixtureMesh)-2] + ", {name: south}]\n"},
			objects: 3,
			want:    "lstat overlays/south: no such file or directory",
		},
		{
			name:    "overlay of no cluster",
			files:   map[string]string{"overlays/north/stubs.yaml": fixtureStub},
			objects: 3,
			want:    "overlays/north: not a cluster of the mesh",
		},
		{
			name:    "file without objects",
			files:   map[string]string{"overlays/west/services/ns-shop.yaml": "# nothing\n"},
			objects: 3,
			want:    "overlays/west/services/ns-shop.yaml: no object in the file",
		},
		{
			name:    "object without a name",
			files:   map[string]string{profile: strings.Replace(fixtureProfile, "name: istio-remote", "", 1)},
			objects: 2,
			want:    "overlays/west/control-plane/profile.yaml: document 1: IstioOperator: metadata.name: required; kustomize refuses an object without one",
		},
		{
			name:    "object twice",
			files:   map[string]string{"overlays/west/services/ns-istio-system.yaml": strings.SplitAfter(fixtureStub, "---\n")[0]},
			objects: 4,
			want:    "overlays/west: Service/istio-system/istiod-remote: twice in one cluster",
		},
		{
			name:    "object without a namespace",
			files:   map[string]string{stub: strings.ReplaceAll(fixtureStub, ", namespace: istio-system", "")},
			objects: 3,
			want: "overlays/west/control-plane/stubs.yaml: Service/istiod-remote: metadata.namespace: Required value\n" +
				"overlays/west/control-plane/stubs.yaml: Endpoints/istiod-remote: metadata.namespace: Required value",
		},
		{
			name:    "value that is neither isthmus' nor the user's",
			files:   map[string]string{profile: strings.Replace(fixtureProfile, "autoscaleMin", "autoscaleMax", 1)},
			objects: 3,
			want:    "overlays/west/control-plane/profile.yaml: IstioOperator/istio-remote: spec.values.pilot: not a key that a profile of Istio 1.5 may use",
		},
		{
			name: "values of a chart are no object",
			files: map[string]string{
				"overlays/west/control-plane/values-istiod.yaml": "profile: remote\n",
			},
			objects: 3,
		},
		{
			name: "another project's object",
			files: map[string]string{
				"overlays/west/istio-config/policy.yaml": "apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: default, namespace: istio-system}\nspec: {mtls: {modus: STRICT}}\n",
			},
			objects: 4,
			want:    "overlays/west/istio-config/policy.yaml: PeerAuthentication/istio-system/default: spec.mtls.modus: unknown field",
		},
		{
			name: "values of the user in an object of Sail",
			files: map[string]string{
				"overlays/west/control-plane/istio.yaml": "apiVersion: sailoperator.io/v1\nkind: Istio\nmetadata: {name: default}\nspec: {version: v1.30.3, namespace: istio-system, values: {pilot: {autoscaleMin: 2, cni: {enabled: true}}, global: {proxy: {logLevel: warning}}}}\n",
			},
			objects: 4,
		},
		{
			name: "values of nobody in an object of Sail",
			files: map[string]string{
				"overlays/west/control-plane/istio.yaml": "apiVersion: sailoperator.io/v1\nkind: Istio\nmetadata: {name: default}\nspec: {version: v1.30.3, namespace: istio-system, values: {pilot: {autoscaleMin: 2, autoscaleMax: 5}}}\n",
			},
			objects: 4,
			want:    "overlays/west/control-plane/istio.yaml: Istio/default: spec.values.pilot.autoscaleMax: unknown field",
		},
		{
			name: "field that is newer than the cluster",
			files: map[string]string{
				"mesh/mesh.yaml": strings.Replace(fixtureMesh, "spec:", "spec:\n  kubernetesVersion: \"1.15\"", 1),
				stub:             strings.Replace(fixtureStub, "clusterIP: None", "clusterIP: None\n  internalTrafficPolicy: Local", 1),
			},
			objects: 3,
			want: "overlays/west/control-plane/stubs.yaml: Service/istio-system/istiod-remote: spec: additional properties 'internalTrafficPolicy' not allowed\n" +
				"overlays/west: Endpoints/istio-system/istiod-remote: subsets[0]: no Service istio-system/istiod-remote to go with it",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			root := t.TempDir()
			files := map[string]string{"mesh/mesh.yaml": fixtureMesh, stub: fixtureStub, profile: fixtureProfile}
			for path, text := range test.files {
				files[path] = text
			}
			for path, text := range files {
				if text == "" {
					continue
				}
				path := filepath.Join(root, path)
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			trees, err := findOverlays(root)
			if err != nil || len(trees) != 1 {
				t.Fatalf("found %q, %v", trees, err)
			}
			count, problems := checkOverlays(validator, trees[0])
			got := ""
			if err := errors.Join(problems...); err != nil {
				got = strings.ReplaceAll(err.Error(), root+"/", "")
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			if count != test.objects {
				t.Errorf("%d objects, want %d", count, test.objects)
			}
		})
	}
}

func TestKubernetesVersion(t *testing.T) {
	for _, test := range []struct {
		name                    string
		istio, mesh, ofIstio, c string
		want                    string
	}{
		{name: "of the cluster", istio: "1.5.10", mesh: "1.16", c: "1.15", want: "1.15"},
		{name: "of the mesh", istio: "1.5.10", mesh: "1.14", want: "1.14"},
		{name: "default of 1.4", istio: "1.4.10", want: "1.15"},
		{name: "default of 1.5", istio: "1.5.0", want: "1.16"},
		{name: "default of today", istio: "1.30.3", want: "1.34"},
		{name: "default of the cluster's own Istio", istio: "1.4.10", ofIstio: "1.5.10", want: "1.16"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var mesh meshFile
			mesh.Spec.Istio.Version, mesh.Spec.KubernetesVersion = test.istio, test.mesh
			if got := mesh.kubernetesVersion(meshCluster{Version: test.ofIstio, KubernetesVersion: test.c}); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}
