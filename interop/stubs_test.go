package interop

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/kubernetes/pkg/apis/core"

	"github.com/isthmus-mesh/isthmus/interop/validate"
)

// A stubProof holds one rendered file equal to what an Istio release renders.
type stubProof struct {
	name      string
	rendered  string              // the file with the stubs of one cluster
	release   string              // what the release renders, in testdata/stubs
	namespace string              // in place of istio-system
	addresses map[string][]string // Services expected, all of them, with their addresses
}

var stubProofs = []stubProof{
	{
		name:      "the guide's example, 1.4.10",
		rendered:  "../generators/testdata/guide-1.4/want/overlays/remote0/control-plane/stubs.yaml",
		release:   "istio-1.4.10.yaml",
		namespace: "istio-system",
		addresses: map[string][]string{
			"istio-pilot":     {"10.8.0.5"},
			"istio-policy":    {"10.8.0.6"},
			"istio-telemetry": {"10.8.0.7"},
		},
	},
	{
		name:      "the shop, west",
		rendered:  "../generators/testdata/shop-1.5.10/want/overlays/west/control-plane/stubs.yaml",
		release:   "istio-1.5.10.yaml",
		namespace: "istio-system",
		addresses: map[string][]string{"istiod-remote": {"10.110.0.10"}},
	},
	{
		name:      "the shop, south",
		rendered:  "../generators/testdata/shop-1.5.10/want/overlays/south/control-plane/stubs.yaml",
		release:   "istio-1.5.10.yaml",
		namespace: "istio-system",
		addresses: map[string][]string{"istiod-remote": {"10.110.0.10"}},
	},
	{
		name:      "with Mixer, 1.5.10",
		rendered:  "../generators/testdata/istio-1.5.10/want/overlays/near/control-plane/stubs.yaml",
		release:   "istio-1.5.10.yaml",
		namespace: "istio-control",
		addresses: map[string][]string{
			"istiod-remote":   {"10.10.0.5"},
			"istio-policy":    {"10.10.0.6"},
			"istio-telemetry": {"10.10.0.7"},
		},
	},
	{
		name:      "two addresses, 1.5.1",
		rendered:  "../generators/testdata/overlay-1.5/want/overlays/remote/control-plane/stubs.yaml",
		release:   "istio-1.5.10.yaml",
		namespace: "istio-system",
		addresses: map[string][]string{
			"istiod-remote": {"10.10.0.5", "10.10.0.9"},
		},
	},
}

// TestStubsEqualTheRelease compares stubs as the API server would store them:
// defaults filled in, order of ports and addresses aside, isthmus' own labels
// and annotations aside.
func TestStubsEqualTheRelease(t *testing.T) {
	for _, proof := range stubProofs {
		t.Run(proof.name, func(t *testing.T) {
			rendered, err := os.ReadFile(proof.rendered)
			if err != nil {
				t.Fatal(err)
			}
			release, err := os.ReadFile("testdata/stubs/" + proof.release)
			if err != nil {
				t.Fatal(err)
			}
			diff, err := proof.compare(rendered, release)
			if err != nil {
				t.Fatal(err)
			}
			if diff != "" {
				t.Errorf("%s (-release +rendered):\n%s", proof.rendered, diff)
			}
		})
	}
}

func (p stubProof) compare(rendered, release []byte) (string, error) {
	all, err := stubObjects(release)
	if err != nil {
		return "", err
	}
	want := map[string]runtime.Object{}
	for name, addresses := range p.addresses {
		service, endpoints := all["Service/istio-system/"+name], all["Endpoints/istio-system/"+name]
		if service == nil || endpoints == nil {
			return "", fmt.Errorf("%s has no Service and Endpoints %q", p.release, name)
		}
		service.(*core.Service).Namespace = p.namespace
		want["Service/"+p.namespace+"/"+name] = service
		subset := &endpoints.(*core.Endpoints).Subsets[0]
		subset.Addresses = nil
		for _, ip := range addresses {
			subset.Addresses = append(subset.Addresses, core.EndpointAddress{IP: ip})
		}
		endpoints.(*core.Endpoints).Namespace = p.namespace
		want["Endpoints/"+p.namespace+"/"+name] = endpoints
	}
	got, err := stubObjects(rendered)
	if err != nil {
		return "", err
	}
	return cmp.Diff(want, got), nil
}

// stubObjects decodes a file with defaults filled in, by Kind/namespace/name,
// without what differs and means nothing.
func stubObjects(data []byte) (map[string]runtime.Object, error) {
	documents, err := validate.Documents(data)
	if err != nil {
		return nil, err
	}
	objects := map[string]runtime.Object{}
	for _, document := range documents {
		object, err := validate.Decode(document)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", document, err)
		}
		accessor, err := meta.Accessor(object)
		if err != nil {
			return nil, err
		}
		accessor.SetLabels(others(accessor.GetLabels()))
		accessor.SetAnnotations(others(accessor.GetAnnotations()))
		switch object := object.(type) {
		case *core.Service:
			slices.SortFunc(object.Spec.Ports, func(a, b core.ServicePort) int { return strings.Compare(a.Name, b.Name) })
		case *core.Endpoints:
			for _, subset := range object.Subsets {
				slices.SortFunc(subset.Ports, func(a, b core.EndpointPort) int { return strings.Compare(a.Name, b.Name) })
				slices.SortFunc(subset.Addresses, func(a, b core.EndpointAddress) int { return strings.Compare(a.IP, b.IP) })
			}
		}
		if objects[document.String()] != nil {
			return nil, fmt.Errorf("%s: twice", document)
		}
		objects[document.String()] = object
	}
	return objects, nil
}

// others returns the labels or annotations that are not isthmus' own, nil
// where none are left.
func others(all map[string]string) map[string]string {
	var left map[string]string
	for key, value := range all {
		domain, _, _ := strings.Cut(key, "/")
		if domain == "isthmus.dev" || strings.HasSuffix(domain, ".isthmus.dev") ||
			key == "app.kubernetes.io/managed-by" && value == "isthmus" {
			continue
		}
		if left == nil {
			left = map[string]string{}
		}
		left[key] = value
	}
	return left
}

// TestStubProof shows what the comparison overlooks, and what it does not.
func TestStubProof(t *testing.T) {
	const release = `apiVersion: v1
kind: Service
metadata: {name: istiod-remote, namespace: istio-system}
spec: {clusterIP: None, ports: [{name: a, port: 1}, {name: b, port: 2}]}
---
apiVersion: v1
kind: Endpoints
metadata: {name: istiod-remote, namespace: istio-system}
subsets: [{addresses: [{ip: 10.8.0.5}], ports: [{name: a, port: 1}, {name: b, port: 2}]}]
`
	for _, test := range []struct {
		name      string
		old, new  string // in the release's text, to make what was rendered
		namespace string
		addresses []string
		differs   bool
	}{
		{name: "same"},
		{name: "order and defaults", old: "{name: a, port: 1}, {name: b, port: 2}", new: "{name: b, port: 2, protocol: TCP}, {name: a, port: 1}"},
		{name: "own label", old: "namespace: istio-system}", new: "namespace: istio-system, labels: {isthmus.dev/mesh: m}}"},
		{name: "own annotation", old: "namespace: istio-system}", new: "namespace: istio-system, annotations: {isthmus.dev/a: m}}"},
		{name: "namespace", old: "istio-system", new: "mesh", namespace: "mesh"},
		{name: "addresses", old: "{ip: 10.8.0.5}", new: "{ip: 10.8.0.7}, {ip: 10.8.0.6}", addresses: []string{"10.8.0.6", "10.8.0.7"}},
		{name: "label of others", old: "namespace: istio-system}", new: "namespace: istio-system, labels: {app: m}}", differs: true},
		{name: "port", old: "port: 2}", new: "port: 3}", differs: true},
		{name: "port name", old: "name: b,", new: "name: c,", differs: true},
		{name: "not headless", old: "clusterIP: None, ", new: "", differs: true},
		{name: "address", old: "10.8.0.5", new: "10.8.0.6", differs: true},
		{name: "one object more", old: "kind: Endpoints\nmetadata: {name: istiod-remote,", new: "kind: Endpoints\nmetadata: {name: istio-policy,", differs: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			proof := stubProof{namespace: "istio-system", addresses: map[string][]string{"istiod-remote": {"10.8.0.5"}}}
			if test.namespace != "" {
				proof.namespace = test.namespace
			}
			if test.addresses != nil {
				proof.addresses["istiod-remote"] = test.addresses
			}
			rendered := release
			if test.old != "" {
				rendered = strings.ReplaceAll(release, test.old, test.new)
				if rendered == release {
					t.Fatalf("nothing replaced")
				}
			}
			diff, err := proof.compare([]byte(rendered), []byte(release))
			if err != nil {
				t.Fatal(err)
			}
			if (diff != "") != test.differs {
				t.Errorf("differs is %t, want %t:\n%s", diff != "", test.differs, diff)
			}
		})
	}
}
