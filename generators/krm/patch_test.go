package krm

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"

	flux "github.com/fluxcd/pkg/apis/kustomize"
	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

// patchable are objects of the kinds that isthmus renders, with what makes
// encodings differ: text that YAML takes for something else, large numbers, lists
// that kustomize merges by a key and lists that it replaces.
const patchable = `apiVersion: v1
kind: Namespace
metadata: {name: istio-system, labels: {topology.istio.io/network: network1}}
---
apiVersion: v1
kind: Service
metadata: {name: istiod, namespace: istio-system, labels: {app: istiod}, annotations: {helm.sh/resource-policy: keep}}
spec: {ports: [{name: tcp-istiod, port: 15012, protocol: TCP}, {name: tcp-webhook, port: 443, protocol: TCP, targetPort: 15017}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: istiod, namespace: istio-system, labels: {kubernetes.io/service-name: istiod}, annotations: {helm.sh/resource-policy: keep}}
addressType: IPv4
endpoints: [{addresses: [10.1.255.10]}, {addresses: [10.1.255.11]}]
ports: [{name: tcp-istiod, port: 15012, protocol: TCP}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: istio-eastwestgateway, namespace: istio-system, labels: {app: gateway, tier: edge}}
spec:
  selector: {matchLabels: {app: gateway}}
  template:
    metadata: {labels: {app: gateway}}
    spec: {containers: [{name: istio-proxy, image: auto, resources: {limits: {cpu: "2"}}}, {name: other, image: a}]}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: istiod, namespace: istio-system}
spec: {interval: 60m, values: {global: {meshID: shop}, list: [{name: a, x: 1}, {name: b}], big: 9007199254740992, half: 0.5, "on": "12:30:00", octal: "0o17", "yes": "yes", "no": null}}
---
apiVersion: sailoperator.io/v1
kind: Istio
metadata: {name: default}
spec: {version: v1.30.3, namespace: istio-system}
---
apiVersion: v1
kind: Service
metadata: {name: istiod, namespace: other, labels: {app: copy}}
spec: {ports: [{port: 80}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: a.b, namespace: istio-system}
data: {text: "line\n  indented\n", long: "word word word word word word word word word word word word word word word word word word word word word word"}
`

func patchables(t *testing.T) []*Object {
	t.Helper()
	var all []*Object
	for document := range strings.SplitSeq(patchable, "\n---\n") {
		var value map[string]any
		if err := yaml.Unmarshal([]byte(document), &value); err != nil {
			t.Fatal(err)
		}
		made, err := NewObject(value)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, made)
	}
	return all
}

// What kustomize would do with the same objects and patches in a
// kustomization.yaml, Patch does, to the byte.
func TestPatchIsKustomizes(t *testing.T) {
	bin := kustomize(t)
	const label = "- {op: add, path: /metadata/labels, value: {x: \"y\"}}"
	on := func(s flux.Selector) *flux.Selector { return &s }
	for _, test := range []struct {
		name    string
		patches []flux.Patch
		matched []int  // by patch
		err     string // ours
		fails   bool   // kustomize does, or does what no object of a mesh may suffer
	}{
		{name: "JSON 6902", patches: []flux.Patch{{Patch: "- op: replace\n  path: /spec/ports/1/port\n  value: 8443\n- op: add\n  path: /metadata/annotations/a~1b\n  value: '012'\n", Target: on(flux.Selector{Kind: "Service", Name: "istiod", Namespace: "istio-system"})}}, matched: []int{1}},
		{name: "JSON 6902 as JSON", patches: []flux.Patch{{Patch: `[{"op": "remove", "path": "/spec/values/global"}, {"op": "add", "path": "/spec/values/list/-", "value": 9007199254740992}]`, Target: on(flux.Selector{Kind: "HelmRelease"})}}, matched: []int{1}},
		{name: "JSON 6902, copy, move and test", patches: []flux.Patch{{Patch: `[{"op": "test", "path": "/spec/interval", "value": "60m"}, {"op": "copy", "from": "/spec/values", "path": "/spec/more"}, {"op": "move", "from": "/spec/more/on", "path": "/spec/on"}]`, Target: on(flux.Selector{Kind: "HelmRelease"})}}, matched: []int{1}},
		{name: "a strategic merge by name", patches: []flux.Patch{{Patch: "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: istio-eastwestgateway, namespace: istio-system}\nspec: {template: {spec: {containers: [{name: istio-proxy, image: b, env: [{name: A, value: 'true'}]}]}}}\n"}}, matched: []int{1}},
		{name: "a strategic merge by target", patches: []flux.Patch{{Patch: "kind: Any\napiVersion: any/v1\nmetadata: {name: any, labels: {new: label}}\nspec: {ports: [{port: 15012, nodePort: 30012}]}\n", Target: on(flux.Selector{Kind: "Service"})}}, matched: []int{2}},
		{name: "a list of ports that is merged by port", patches: []flux.Patch{{Patch: "apiVersion: v1\nkind: Service\nmetadata: {name: istiod, namespace: istio-system}\nspec: {ports: [{port: 443, name: https}, {port: 9}]}\n"}}, matched: []int{1}},
		{name: "a list of a custom resource, which is replaced", patches: []flux.Patch{{Patch: "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: istiod, namespace: istio-system}\nspec: {values: {list: [{name: c}], global: null, pilot: {env: {A: b}}}}\n"}}, matched: []int{1}},
		{name: "a map that is replaced", patches: []flux.Patch{{Patch: "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a.b, namespace: istio-system}\ndata: {$patch: replace, k: v}\n"}}, matched: []int{1}},
		{name: "an object without a namespace", patches: []flux.Patch{{Patch: "apiVersion: v1\nkind: Namespace\nmetadata: {name: istio-system, labels: {a: b}}\n"}}, matched: []int{1}},
		{name: "a custom resource without a namespace", patches: []flux.Patch{{Patch: "apiVersion: sailoperator.io/v1\nkind: Istio\nmetadata: {name: default}\nspec: {version: v1.30.2}\n"}}, matched: []int{1}},
		{name: "a name that reads like a pattern", patches: []flux.Patch{{Patch: "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a.b, namespace: istio-system}\ndata: {k: v}\n"}}, matched: []int{1}},
		{name: "comments", patches: []flux.Patch{{Patch: "# why\n- op: add # how\n  path: /spec/x\n  value: |\n    two\n    lines\n", Target: on(flux.Selector{Kind: "Istio"})}}, matched: []int{1}},
		{name: "a pattern of names", patches: []flux.Patch{{Patch: label, Target: on(flux.Selector{Name: "istio.*"})}}, matched: []int{6}},
		{name: "a pattern is whole", patches: []flux.Patch{{Patch: label, Target: on(flux.Selector{Name: "istio"})}}, matched: []int{0}},
		{name: "a choice of names", patches: []flux.Patch{{Patch: label, Target: on(flux.Selector{Name: "default|a.b"})}}, matched: []int{2}},
		{name: "a choice of kinds", patches: []flux.Patch{{Patch: label, Target: on(flux.Selector{Kind: "Service|EndpointSlice", Name: "istiod"})}}, matched: []int{3}},
		{name: "a pattern of namespaces", patches: []flux.Patch{{Patch: label, Target: on(flux.Selector{Kind: "Service", Namespace: "oth.*"})}}, matched: []int{1}},
		{name: "any namespace, and none", patches: []flux.Patch{{Patch: label, Target: on(flux.Selector{Namespace: ".+"})}}, matched: []int{8}},
		{name: "the default namespace, which is that of objects without one", patches: []flux.Patch{{Patch: label, Target: on(flux.Selector{Namespace: "default"})}}, matched: []int{1}},
		{name: "a group and a version", patches: []flux.Patch{{Patch: label, Target: on(flux.Selector{Group: "apps", Version: "v1"})}}, matched: []int{1}},
		{name: "labels", patches: []flux.Patch{{Patch: label, Target: on(flux.Selector{LabelSelector: "app=istiod"})}}, matched: []int{1}},
		{name: "a set of labels", patches: []flux.Patch{{Patch: label, Target: on(flux.Selector{LabelSelector: "app in (istiod, gateway), tier"})}}, matched: []int{1}},
		{name: "no label", patches: []flux.Patch{{Patch: label, Target: on(flux.Selector{LabelSelector: "!app"})}}, matched: []int{5}},
		{name: "annotations", patches: []flux.Patch{{Patch: label, Target: on(flux.Selector{AnnotationSelector: "helm.sh/resource-policy=keep"})}}, matched: []int{2}},
		{name: "everything", patches: []flux.Patch{{Patch: label, Target: on(flux.Selector{})}}, matched: []int{8}},
		{name: "two on one object, the second on what the first made", matched: []int{1, 1}, patches: []flux.Patch{
			{Patch: "- {op: add, path: /spec/values/x, value: {y: 1}}", Target: on(flux.Selector{Kind: "HelmRelease"})},
			{Patch: "- {op: replace, path: /spec/values/x/y, value: 2}", Target: on(flux.Selector{Kind: "HelmRelease"})},
		}},
		{name: "labels that the first made", matched: []int{2, 2}, patches: []flux.Patch{
			{Patch: label, Target: on(flux.Selector{Kind: "Service"})},
			{Patch: "- {op: remove, path: /metadata/labels}", Target: on(flux.Selector{LabelSelector: "x=y"})},
		}},

		{name: "an object that is not there", patches: []flux.Patch{{Patch: label, Target: on(flux.Selector{Kind: "Secret"})}}, matched: []int{0}},
		{name: "a name that is not there", fails: true, patches: []flux.Patch{{Patch: "apiVersion: v1\nkind: Service\nmetadata: {name: istio, namespace: istio-system}\n"}}, matched: []int{0}},
		{name: "a name without its namespace", fails: true, patches: []flux.Patch{{Patch: "apiVersion: v1\nkind: Service\nmetadata: {name: istiod}\n"}}, matched: []int{0}},
		{name: "a name in another version", fails: true, patches: []flux.Patch{{Patch: "apiVersion: v2\nkind: Service\nmetadata: {name: istiod, namespace: istio-system}\n"}}, matched: []int{0}},
		{name: "a patch without target or name", fails: true, patches: []flux.Patch{{Patch: label}}, err: "the patch has no target and names no object"},
		{name: "no patch at all", fails: true, patches: []flux.Patch{{Patch: "{"}}, err: "the patch has no target and names no object"},
		{name: "several objects", fails: true, patches: []flux.Patch{{Patch: "apiVersion: v1\nkind: Service\nmetadata: {name: istiod, namespace: other, labels: {a: b}}\n---\napiVersion: v1\nkind: Namespace\nmetadata: {name: istio-system, labels: {a: b}}\n"}}, err: "the patch holds 2 documents; write an entry for each"},
		{name: "a target that is no pattern", fails: true, patches: []flux.Patch{{Patch: label, Target: on(flux.Selector{Name: "("})}}, err: "the patch's target: error parsing regexp: missing closing ): `^(?:()$`"},
		{name: "labels that are no selector", fails: true, patches: []flux.Patch{{Patch: label, Target: on(flux.Selector{LabelSelector: "a b"})}}, err: "the patch's target: unable to parse requirement: found 'b', expected: '=', '!=', '==', 'in', notin'"},
		{name: "an object deleted", fails: true, patches: []flux.Patch{{Patch: "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a.b, namespace: istio-system}\n$patch: delete\n"}}, matched: []int{1}, err: "ConfigMap/istio-system/a.b: the patch deletes the object; leave it out of mesh.yaml instead"},
		{name: "an object renamed", fails: true, patches: []flux.Patch{{Patch: "- {op: replace, path: /metadata/name, value: b}", Target: on(flux.Selector{Kind: "ConfigMap"})}}, matched: []int{1}, err: "ConfigMap/istio-system/a.b: the patch makes it ConfigMap/istio-system/b, another object"},
		{name: "a path that is not there", fails: true, patches: []flux.Patch{{Patch: "- {op: remove, path: /spec/x}", Target: on(flux.Selector{Kind: "Istio"})}}, matched: []int{1}, err: "Istio/default: error in remove for path: '/spec/x': Unable to remove nonexistent key: x: missing value"},
		{name: "a test that fails", fails: true, patches: []flux.Patch{{Patch: "- {op: test, path: /spec/version, value: v1}", Target: on(flux.Selector{Kind: "Istio"})}}, matched: []int{1}, err: "Istio/default: testing value /spec/version failed: test failed"},
		{name: "an operation that is none", fails: true, patches: []flux.Patch{{Patch: "- {op: append, path: /spec/x, value: 1}", Target: on(flux.Selector{Kind: "Istio"})}}, matched: []int{1}, err: "Istio/default: Unexpected kind: append"},
		{name: "neither kind of patch", fails: true, patches: []flux.Patch{{Patch: "text", Target: on(flux.Selector{Kind: "Istio"})}}, matched: []int{1}, err: "Istio/default: unable to parse SM or JSON patch from [patch: \"text\"]"},
	} {
		t.Run(test.name, func(t *testing.T) {
			objects := patchables(t)
			before := bytes.Clone(Stream(objects))
			got := ""
			var matched []int
			for _, p := range test.patches {
				n, err := Patch(objects, p)
				if err != nil {
					got = err.Error()
				}
				if err == nil || n > 0 {
					matched = append(matched, n)
				}
			}
			if got != test.err {
				t.Errorf("error\n%s\nwant\n%s", got, test.err)
			}
			if diff := cmp.Diff(test.matched, matched); diff != "" {
				t.Errorf("matched (-want +got):\n%s", diff)
			}
			k := map[string]any{"resources": []string{"objects.yaml"}, "sortOptions": map[string]any{"order": "fifo"}, "patches": test.patches}
			data, err := yaml.Marshal(k)
			if err != nil {
				t.Fatal(err)
			}
			dir := files(t, map[string]string{"objects.yaml": string(before), "kustomization.yaml": string(data)})
			var stderr bytes.Buffer
			cmd := exec.Command(bin, "build", dir)
			cmd.Stderr = &stderr
			built, err := cmd.Output()
			if test.fails {
				// Where kustomize carries on, it is to delete, to rename, or to
				// change several objects.
				if err == nil && !strings.Contains(test.err, "deletes") && !strings.Contains(test.err, "another object") && !strings.Contains(test.err, "documents") {
					t.Errorf("kustomize accepts it:\n%s", cmp.Diff(string(before), string(built)))
				}
				return
			}
			if err != nil {
				t.Fatalf("kustomize: %v\n%s", err, stderr.String())
			}
			if diff := cmp.Diff(string(built), string(Stream(objects))); diff != "" {
				t.Errorf("objects (-kustomize +patched):\n%s", diff)
			}
		})
	}
}

// A patch replaces objects in the list that it is given. The objects themselves
// are shared with other lists, and stay.
func TestPatchSharesNothing(t *testing.T) {
	shared := patchables(t)
	mine := append([]*Object{}, shared...)
	values, err := NewDocument(map[string]any{"metadata": map[string]any{"name": "istiod"}, "kind": "Service"})
	if err != nil {
		t.Fatal(err)
	}
	mine = append(mine, values)
	n, err := Patch(mine, flux.Patch{Patch: "- {op: add, path: /metadata/labels, value: {x: 'y'}}", Target: &flux.Selector{Kind: "Service|Namespace"}})
	if err != nil || n != 3 {
		t.Fatalf("%d matched, error %v", n, err)
	}
	if diff := cmp.Diff(patchables(t), shared); diff != "" {
		t.Errorf("the other list (-before +after):\n%s", diff)
	}
	for i := range shared {
		if changed := mine[i] != shared[i]; changed != (shared[i].Kind == "Service" || shared[i].Kind == "Namespace") {
			t.Errorf("%s was replaced: %t", shared[i], changed)
		}
	}
	if mine[len(shared)] != values {
		t.Error("values of a chart were patched")
	}
}
