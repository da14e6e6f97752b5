package render

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/plan"
	"github.com/isthmus-mesh/isthmus/jsonnet"
)

// patched is a mesh of three clusters; %s stands for fields of Istio and for the
// patches of west.
const patched = `apiVersion: isthmus.dev/v1alpha1
kind: Mesh
metadata: {name: a}
spec:
  istio: {version: "1.30.3"%s}
  clusters:
    - name: east
      apiServer: https://10.1.0.10:6443
      podCIDRs: [10.10.0.0/16]
      serviceCIDRs: [10.110.0.0/16]
      controlPlane: {expose: dedicatedGateway, addresses: [10.1.255.10]}
    - name: west
      apiServer: https://10.2.0.10:6443
      podCIDRs: [10.20.0.0/16]
      serviceCIDRs: [10.120.0.0/16]
%s    - name: south
      apiServer: https://10.3.0.10:6443
      podCIDRs: [10.30.0.0/16]
      serviceCIDRs: [10.130.0.0/16]
  services:
    - {name: reviews, namespace: shop, ports: [{port: 80}], clusters: [east]}
  delivery: {engine: %s}
`

// made renders a mesh, cluster by cluster.
func made(t *testing.T, text string) (map[string]*Cluster, error) {
	t.Helper()
	m, problems := mesh.Load(mesh.Source{FS: fstest.MapFS{"mesh.yaml": {Data: []byte(text)}}, Name: "mesh.yaml"})
	if m == nil {
		t.Fatal(problems.Text())
	}
	p, err := plan.Of(m)
	if err != nil {
		t.Fatal(err)
	}
	objects, err := Of(jsonnet.Files, p)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]*Cluster{}
	for _, c := range p.Clusters {
		if all[c.Name], err = objects.Cluster(c); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// texts gives the bytes of each object of a cluster by stage, file and identity.
func (c *Cluster) texts() map[string]string {
	all := map[string]string{}
	for i, stage := range c.plan.Stages {
		for j, f := range stage.Files {
			for _, o := range c.Stages[i][j] {
				all[fmt.Sprintf("%s/%s %s", stage.Name, f.Name, o)] = string(o.YAML)
			}
		}
	}
	for i, f := range c.plan.Delivery {
		for _, o := range c.Delivery[i] {
			all[f.Name+" "+o.String()] = string(o.YAML)
		}
	}
	return all
}

// patches writes them into west.
func patches(list ...string) string {
	text := "      patches:\n"
	for _, p := range list {
		text += "        - " + strings.ReplaceAll(strings.TrimSpace(p), "\n", "\n          ") + "\n"
	}
	return text
}

// A patch changes the objects that it matches in its own cluster, listed or not,
// and nothing else anywhere: not the same object of another cluster, which is one
// and the same until then, not values, not the delivery.
func TestPatches(t *testing.T) {
	for _, test := range []struct {
		name, istio, engine string
		patches             []string
		changed             []string // of west
		says                string   // each of them, now
	}{
		{
			name: "by a target", patches: []string{"patch: '[{\"op\": \"add\", \"path\": \"/metadata/labels\", \"value\": {\"x\": \"y\"}}]'\ntarget: {kind: Service}"},
			changed: []string{"control-plane/stubs.yaml Service/istio-system/istiod", "services/ns-shop.yaml Service/shop/reviews"}, says: "  labels:\n    x: \"y\"\n",
		},
		{
			name: "by its name", patches: []string{"patch: |\n  apiVersion: discovery.k8s.io/v1\n  kind: EndpointSlice\n  metadata: {name: istiod, namespace: istio-system, labels: {x: z}}"},
			changed: []string{"control-plane/stubs.yaml EndpointSlice/istio-system/istiod"}, says: "    x: z\n",
		},
		{
			name: "two on one", patches: []string{
				"patch: '[{\"op\": \"add\", \"path\": \"/metadata/labels\", \"value\": {\"x\": \"1\"}}]'\ntarget: {kind: Service, name: istiod}",
				"patch: '[{\"op\": \"replace\", \"path\": \"/metadata/labels/x\", \"value\": \"2\"}]'\ntarget: {labelSelector: x=1}",
			},
			changed: []string{"control-plane/stubs.yaml Service/istio-system/istiod"}, says: "    x: \"2\"\n",
		},
		{
			name: "a profile that no kustomization lists", istio: ", install: istioctl", patches: []string{"patch: '[{\"op\": \"add\", \"path\": \"/spec/components\", \"value\": {\"cni\": {\"enabled\": true}}}]'\ntarget: {kind: IstioOperator}"},
			changed: []string{"control-plane/profile.yaml IstioOperator/istio-system/isthmus-west"}, says: "  components:\n    cni:\n      enabled: true\n",
		},
		{
			name: "a HelmRelease on a hub", engine: "flux, flux: {hub: {cluster: mgmt}}", patches: []string{"patch: '[{\"op\": \"replace\", \"path\": \"/spec/interval\", \"value\": \"5m\"}]'\ntarget: {kind: HelmRelease}"},
			changed: []string{"releases/releases.yaml HelmRelease/flux-system/istio-base-west", "releases/releases.yaml HelmRelease/flux-system/istiod-west"}, says: "  interval: 5m\n",
		},
		{
			// The delivery and the values are named isthmus-west and istiod too.
			name: "all objects", patches: []string{"patch: '[{\"op\": \"add\", \"path\": \"/x\", \"value\": 1}]'\ntarget: {}"}, says: "x: 1\n",
			changed: []string{
				"control-plane/stubs.yaml EndpointSlice/istio-system/istiod", "control-plane/stubs.yaml Service/istio-system/istiod", "istio-config/reader.yaml Secret/istio-system/istio-reader-service-account-istio-remote-secret-token",
				"namespaces/istio-namespace.yaml Namespace/istio-system", "services/ns-shop.yaml Namespace/shop", "services/ns-shop.yaml Service/shop/reviews",
			},
		},
		{
			name: "what Flux would substitute", patches: []string{"patch: '[{\"op\": \"add\", \"path\": \"/metadata/labels\", \"value\": {\"x\": \"${Y}\"}}]'\ntarget: {kind: Service, name: istiod}"},
			changed: []string{"control-plane/stubs.yaml Service/istio-system/istiod"}, says: "    kustomize.toolkit.fluxcd.io/substitute: disabled\n",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			if test.engine == "" {
				test.engine = "argocd, argocd: {cluster: mgmt, repoURL: a, endpointsIncluded: true}"
			}
			before, err := made(t, fmt.Sprintf(patched, test.istio, "", test.engine))
			if err != nil {
				t.Fatal(err)
			}
			after, err := made(t, fmt.Sprintf(patched, test.istio, patches(test.patches...), test.engine))
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range []string{"east", "south"} {
				if diff := cmp.Diff(before[name].texts(), after[name].texts()); diff != "" {
					t.Errorf("%s (-before +after):\n%s", name, diff)
				}
			}
			was, is := before["west"].texts(), after["west"].texts()
			for _, at := range test.changed {
				if was[at] == is[at] || !strings.Contains(is[at], test.says) {
					t.Errorf("%s is\n%s", at, is[at])
				}
				delete(was, at)
				delete(is, at)
			}
			if diff := cmp.Diff(was, is); diff != "" {
				t.Errorf("the rest of west (-before +after):\n%s", diff)
			}
		})
	}
}

// A patch that does nothing, or cannot, is reported where it was written, and all
// of them in one run.
func TestPatchProblems(t *testing.T) {
	const nothing = `the patch matches no object of the cluster; what it was meant to change would go out unchanged`
	for _, test := range []struct {
		name    string
		patches []string
		want    string
	}{
		{name: "of another cluster", patches: []string{"patch: '[]'\ntarget: {kind: Gateway}"}, want: "mesh.yaml:17:11: spec.clusters[1].patches[0]: " + nothing},
		{name: "of a chart's values", patches: []string{"patch: '[]'\ntarget: {name: values-istiod}"}, want: "mesh.yaml:17:11: spec.clusters[1].patches[0]: " + nothing},
		{name: "of the delivery", patches: []string{"patch: '[]'\ntarget: {kind: Application}"}, want: "mesh.yaml:17:11: spec.clusters[1].patches[0]: " + nothing},
		{name: "without its namespace", patches: []string{"patch: '{apiVersion: v1, kind: Service, metadata: {name: istiod}}'"}, want: "mesh.yaml:17:11: spec.clusters[1].patches[0]: " + nothing},
		{name: "of nobody", patches: []string{"patch: '[]'"}, want: "mesh.yaml:17:11: spec.clusters[1].patches[0]: the patch has no target and names no object"},
		{name: "that deletes", patches: []string{"patch: '{apiVersion: v1, kind: Service, metadata: {name: reviews, namespace: shop}, $patch: delete}'"}, want: "mesh.yaml:17:11: spec.clusters[1].patches[0]: Service/shop/reviews: the patch deletes the object; leave it out of mesh.yaml instead"},
		{name: "that cannot be applied", patches: []string{"patch: '[{\"op\": \"remove\", \"path\": \"/a\"}]'\ntarget: {kind: Namespace, name: shop}"}, want: "mesh.yaml:17:11: spec.clusters[1].patches[0]: Namespace/shop: error in remove for path: '/a': Unable to remove nonexistent key: a: missing value"},
		{name: "that deletes what the next one changes", patches: []string{"patch: '{apiVersion: v1, kind: Service, metadata: {name: reviews, namespace: shop}, $patch: delete}'", "patch: '[{\"op\": \"add\", \"path\": \"/metadata/labels\", \"value\": {}}]'\ntarget: {kind: Service}"}, want: "mesh.yaml:17:11: spec.clusters[1].patches[0]: Service/shop/reviews: the patch deletes the object; leave it out of mesh.yaml instead"},
		{name: "all in one run", patches: []string{"patch: '[]'", "patch: '[{\"op\": \"add\", \"path\": \"/metadata/labels\", \"value\": {}}]'\ntarget: {kind: Service}", "patch: '[]'\ntarget: {kind: Gateway}"}, want: `mesh.yaml:17:11: spec.clusters[1].patches[0]: the patch has no target and names no object
mesh.yaml:20:11: spec.clusters[1].patches[2]: ` + nothing},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := made(t, fmt.Sprintf(patched, "", patches(test.patches...), "argocd, argocd: {cluster: mgmt, repoURL: a, endpointsIncluded: true}"))
			if got := strings.TrimSpace(fmt.Sprint(err)); got != test.want {
				t.Errorf("error\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

func mustMake(t *testing.T, istio, engine string) map[string]*Cluster {
	t.Helper()
	all, err := made(t, fmt.Sprintf(patched, istio, "", engine))
	if err != nil {
		t.Fatal(err)
	}
	return all
}
