package generators_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

// An object is one of a file of the golden tree, or of a release.
type object struct {
	Kind     string         `yaml:"kind"`
	Metadata map[string]any `yaml:"metadata"`
	Spec     map[string]any `yaml:"spec"`
}

// objectsOf reads the objects of a file, after the pairs of texts were replaced.
func objectsOf(t *testing.T, file string, pairs ...string) []object {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	decoder := yaml.NewDecoder(bytes.NewReader([]byte(strings.NewReplacer(pairs...).Replace(string(data)))))
	var all []object
	for {
		var o object
		if err := decoder.Decode(&o); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, o)
	}
}

// The gateway lets through what the charts' own meshExpansion lets through, and
// Mixer on 1.4.
func TestExposureIsThatOfTheCharts(t *testing.T) {
	for _, test := range []struct {
		mesh, release string
		pairs         []string
		mixer         bool
	}{
		{mesh: "expose-1.4-gateway", release: "1.4.yaml", mixer: true, pairs: []string{"istio-system", "mesh-system", "cluster.local", "example.local"}},
		{mesh: "expose-1.5-gateway", release: "1.5.yaml"},
		{mesh: "expose-1.5-dedicated", release: "1.5.yaml", mixer: true, pairs: []string{"istio: ingressgateway", "istio: multicluster-gateway"}},
	} {
		t.Run(test.mesh, func(t *testing.T) {
			got := objectsOf(t, filepath.Join("testdata", test.mesh, "want/overlays/primary/istio-config/exposure.yaml"))
			want := objectsOf(t, filepath.Join("testdata/meshexpansion", test.release), append(test.pairs, "meshexpansion-gateway", "control-plane-remotes")...)
			if test.mixer {
				gateway := want[slices.IndexFunc(want, func(o object) bool { return o.Kind == "Gateway" })]
				gateway.Spec["servers"] = append(gateway.Spec["servers"].([]any), map[string]any{
					"hosts": []any{"*"},
					"port":  map[string]any{"name": "tls-mixer", "number": 15004, "protocol": "TLS"},
					"tls":   map[string]any{"mode": "AUTO_PASSTHROUGH"},
				})
			}
			for _, w := range want {
				i := slices.IndexFunc(got, func(g object) bool {
					return g.Kind == w.Kind && cmp.Equal(g.Spec["hosts"], w.Spec["hosts"]) && cmp.Equal(g.Spec["host"], w.Spec["host"])
				})
				if i < 0 {
					t.Errorf("no %s like %v", w.Kind, w.Metadata["name"])
					continue
				}
				if diff := cmp.Diff(w.Spec, got[i].Spec); diff != "" {
					t.Errorf("%s %v (-charts +isthmus):\n%s", w.Kind, got[i].Metadata["name"], diff)
				}
				if got[i].Metadata["namespace"] != w.Metadata["namespace"] {
					t.Errorf("%s %v lies in %v, want %v", w.Kind, got[i].Metadata["name"], got[i].Metadata["namespace"], w.Metadata["namespace"])
				}
			}
			if len(got) != len(want) {
				t.Errorf("%d objects, want %d", len(got), len(want))
			}
		})
	}
}

// Each port that proxies dial at the stub is a port of the Gateway, and each port
// of the Gateway is one of the gateway's Service, once.
func TestPortsAreOpen(t *testing.T) {
	for _, test := range []struct {
		mesh, ports string
		dialled     []int
	}{
		{mesh: "expose-1.4-gateway", dialled: []int{15011, 15004}, ports: "values.gateways.istio-ingressgateway.ports"},
		{mesh: "expose-1.5-gateway", dialled: []int{15012}, ports: "values.gateways.istio-ingressgateway.ports"},
		{mesh: "expose-1.5-dedicated", dialled: []int{15012, 15004}, ports: "components.ingressGateways.1.k8s.service.ports"},
	} {
		t.Run(test.mesh, func(t *testing.T) {
			overlay := filepath.Join("testdata", test.mesh, "want/overlays/primary")
			var open, served []int
			var at any = objectsOf(t, filepath.Join(overlay, "control-plane/profile.yaml"))[0].Spec
			for key := range strings.SplitSeq(test.ports, ".") {
				if list, is := at.([]any); is && key == "1" {
					at = list[1]
					continue
				}
				at, _ = at.(map[string]any)[key]
			}
			for _, p := range at.([]any) {
				open = append(open, p.(map[string]any)["port"].(int))
			}
			for _, o := range objectsOf(t, filepath.Join(overlay, "istio-config/exposure.yaml")) {
				servers, _ := o.Spec["servers"].([]any)
				for _, s := range servers {
					served = append(served, s.(map[string]any)["port"].(map[string]any)["number"].(int))
				}
			}
			for _, p := range test.dialled {
				if !slices.Contains(served, p) {
					t.Errorf("proxies dial %d, and the Gateway serves %v", p, served)
				}
			}
			for _, p := range served {
				if !slices.Contains(open, p) {
					t.Errorf("the Gateway serves %d, and its Service opens %v", p, open)
				}
			}
			if slices.Sort(open); len(slices.Compact(slices.Clone(open))) != len(open) {
				t.Errorf("the gateway's Service has a port twice: %v", open)
			}
		})
	}
}

// A reader with the least privilege reads no Secrets, and no chart gives it more.
func TestLeastPrivilege(t *testing.T) {
	for _, name := range []string{"reader-1.30", "reader-sail"} {
		data, err := os.ReadFile(filepath.Join("testdata", name, "want/overlays/remote/istio-config/reader.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		var role struct {
			Kind  string
			Rules []struct{ Resources, Verbs []string }
		}
		decoder := yaml.NewDecoder(bytes.NewReader(data))
		for role.Kind != "ClusterRole" {
			if err := decoder.Decode(&role); err != nil {
				t.Fatalf("%s: no ClusterRole: %v", name, err)
			}
		}
		for _, rule := range role.Rules {
			for _, resource := range []string{"secrets", "subjectaccessreviews"} {
				if slices.Contains(rule.Resources, resource) {
					t.Errorf("%s: the reader may %v %s", name, rule.Verbs, resource)
				}
			}
		}
		for _, cluster := range []string{"primary", "remote"} {
			folder := filepath.Join("testdata", name, "want/overlays", cluster, "control-plane")
			var all string
			for _, text := range filesOf(t, folder) {
				all += text
			}
			if !strings.Contains(all, "enableReaderRBAC: false") {
				t.Errorf("%s: the chart of %s makes its own role", name, cluster)
			}
		}
	}
}
