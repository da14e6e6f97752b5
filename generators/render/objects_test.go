package render

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/isthmus-mesh/isthmus/generators/plan"
)

// What holds ${ is kept from Flux's substitution, once, beside the annotations
// that are there; values are no object and stay as they are.
func TestSubstitution(t *testing.T) {
	const key = "kustomize.toolkit.fluxcd.io/substitute"
	library := func(object string) fstest.MapFS {
		return fstest.MapFS{"main.jsonnet": {Data: []byte("function(args) { a: " + object + ", 'values-b': { a: '${B}' } }")}}
	}
	for _, test := range []struct {
		name, object string
		want         map[string]any // annotations
	}{
		{name: "none", object: "{ apiVersion: 'v1', kind: 'A', metadata: { name: 'a' }, spec: { cost: '$5 {a} $$ $(A)' } }"},
		{name: "in a value", object: "{ apiVersion: 'v1', kind: 'A', metadata: { name: 'a' }, spec: { a: [{ b: 'x${HOME}' }] } }", want: map[string]any{key: "disabled"}},
		{name: "in a key", object: "{ apiVersion: 'v1', kind: 'A', metadata: { name: 'a' }, data: { '${A}': '' } }", want: map[string]any{key: "disabled"}},
		{name: "beside annotations", object: "{ apiVersion: 'v1', kind: 'A', metadata: { name: 'a', annotations: { c: 'd', e: '${F}' } } }", want: map[string]any{"c": "d", "e": "${F}", key: "disabled"}},
		{name: "already protected", object: "{ apiVersion: 'v1', kind: 'A', metadata: { name: 'a', annotations: { '" + key + "': 'disabled' } }, spec: '${A}' }", want: map[string]any{key: "disabled"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			objects, err := Of(library(test.object), &plan.Plan{Units: []plan.Unit{{Entry: "main.jsonnet", Args: map[string]any{}}}})
			if err != nil {
				t.Fatal(err)
			}
			got := objects.units[0]["a"]
			annotations, _ := lookup(got.Value, []string{"metadata", "annotations"}).(map[string]any)
			if diff := cmp.Diff(test.want, annotations); diff != "" {
				t.Errorf("annotations (-want +got):\n%s", diff)
			}
			if n := strings.Count(string(got.YAML), key); n != len(test.want)-len(without(test.want, key)) {
				t.Errorf("%d times:\n%s", n, got.YAML)
			}
			var read map[string]any
			if err := yaml.Unmarshal(got.YAML, &read); err != nil || cmp.Diff(got.Value, read) != "" {
				t.Errorf("bytes and value differ: %v\n%s", err, got.YAML)
			}
			values := objects.units[0]["values-b"]
			if string(values.YAML) != "a: ${B}\n" || values.Name != "" {
				t.Errorf("values %s\n%s", values, values.YAML)
			}
		})
	}
}

func without(all map[string]any, key string) map[string]any {
	left := map[string]any{}
	for k, v := range all {
		if k != key {
			left[k] = v
		}
	}
	return left
}

// Two objects of one identity in a cluster are refused: the second would
// overwrite the first.
func TestTwice(t *testing.T) {
	library := fstest.MapFS{"main.jsonnet": {Data: []byte("function(args) { a: { apiVersion: args.v, kind: 'A', metadata: { name: 'b' } } }")}}
	p := &plan.Plan{}
	for _, v := range []string{"g/v1", "g/v2"} {
		p.Units = append(p.Units, plan.Unit{Entry: "main.jsonnet", Args: map[string]any{"v": v}})
	}
	objects, err := Of(library, p)
	if err != nil {
		t.Fatal(err)
	}
	stage := func(unit int, listed, hub bool) plan.Stage {
		return plan.Stage{Hub: hub, Files: []plan.File{{Listed: listed, Picks: []plan.Pick{{Unit: unit, Keys: []string{"a"}}}}}}
	}
	for _, test := range []struct {
		name   string
		stages []plan.Stage
		want   string
	}{
		{name: "in two stages", stages: []plan.Stage{stage(0, true, false), stage(1, true, false)}, want: `cluster "c": A/b (g/v2) is there more than once`},
		{name: "one that is not listed", stages: []plan.Stage{stage(0, true, false), stage(1, false, false)}, want: "<nil>"},
		{name: "one on a hub", stages: []plan.Stage{stage(0, true, true), stage(1, true, false)}, want: "<nil>"},
	} {
		_, err := objects.Cluster(plan.Cluster{Name: "c", Stages: test.stages})
		if got := fmt.Sprint(err); got != test.want {
			t.Errorf("%s: error %s, want %s", test.name, got, test.want)
		}
	}
}

// Objects of a delivery are in the order of their stages, and each other file in
// the order in which it can be installed.
func TestOrderOfFiles(t *testing.T) {
	west := mustMake(t, ", cni: true", "flux")["west"]
	var got []string
	for _, o := range west.Delivery[0] {
		got = append(got, o.Name)
	}
	if diff := cmp.Diff([]string{"isthmus-west-namespaces", "isthmus-west-control-plane", "isthmus-west-istio-config", "isthmus-west-services"}, got); diff != "" {
		t.Errorf("Kustomizations (-want +got):\n%s", diff)
	}
	got = nil
	for _, files := range west.Stages[1:] {
		for _, objects := range files {
			for _, o := range objects {
				got = append(got, o.String())
			}
		}
	}
	want := []string{
		"HelmRepository/istio-system/istio", "HelmRelease/istio-system/istio-base", "HelmRelease/istio-system/istio-cni", "HelmRelease/istio-system/istiod",
		"Service/istio-system/istiod", "EndpointSlice/istio-system/istiod",
		"Secret/istio-system/istio-reader-service-account-istio-remote-secret-token",
		"Namespace/shop", "Service/shop/reviews",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("objects (-want +got):\n%s", diff)
	}
}
