package render

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/plan"
	"github.com/isthmus-mesh/isthmus/jsonnet"
)

// What a patch may not do, and what it may.
func TestPatchGuards(t *testing.T) {
	const text = `apiVersion: isthmus.dev/v1alpha1
kind: Mesh
metadata: {name: a}
spec:
  istio: {version: "1.30.3"}
  injection: {namespaces: [shop]}
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
      patches:
        - target: {%s}
          patch: |
            %s
  delivery: {engine: flux}
  security: {reader: {permissions: leastPrivilege}}
`
	copies := strings.Repeat("- {op: copy, from: /metadata, path: /metadata/z%[1]d}\n            ", 40)
	for i := range 40 {
		copies = strings.Replace(copies, "%[1]d", fmt.Sprint(i), 1)
	}
	for _, test := range []struct {
		name, target, patch, want string
	}{
		{"resources", "kind: HelmRelease, name: istiod", "- {op: add, path: /spec/values/pilot, value: {resources: {}}}", ""},
		{
			"the injection path", "kind: HelmRelease, name: istiod", "- {op: replace, path: /spec/values/istiodRemote/injectionPath, value: /inject}",
			"mesh.yaml:18:11: spec.clusters[1].patches[0]: HelmRelease/istio-system/istiod: the patch changes istiodRemote, which spec.clusters[].name decides for all clusters alike",
		},
		{
			"istiod's environment", "kind: HelmRelease, name: istiod", "- {op: add, path: /spec/values/pilot, value: {env: {CLUSTER_ID: other}}}",
			"mesh.yaml:18:11: spec.clusters[1].patches[0]: HelmRelease/istio-system/istiod: the patch changes pilot.env.CLUSTER_ID, which spec.clusters[].name decides for all clusters alike",
		},
		{
			"the reader's permissions", "kind: HelmRelease, name: istiod", "- {op: replace, path: /spec/values/global/enableReaderRBAC, value: true}",
			"mesh.yaml:18:11: spec.clusters[1].patches[0]: HelmRelease/istio-system/istiod: the patch changes global.enableReaderRBAC, which spec.security.reader.permissions decides for all clusters alike",
		},
		{
			"pruning", "kind: Namespace, name: shop", "- {op: remove, path: /metadata/annotations/kustomize.toolkit.fluxcd.io~1prune}",
			"mesh.yaml:18:11: spec.clusters[1].patches[0]: Namespace/shop: the patch changes metadata.annotations.kustomize.toolkit.fluxcd.io/prune, which the mesh decides",
		},
		{
			"the chart", "kind: HelmRelease, name: istiod", "- {op: replace, path: /spec/chart/spec/version, value: 1.24.0}",
			"mesh.yaml:18:11: spec.clusters[1].patches[0]: HelmRelease/istio-system/istiod: the patch changes spec.chart.spec.version, which the mesh decides",
		},
		{
			"the network", "kind: Namespace, name: istio-system", "- {op: replace, path: /metadata/labels/topology.istio.io~1network, value: other}",
			"mesh.yaml:18:11: spec.clusters[1].patches[0]: Namespace/istio-system: the patch changes metadata.labels.topology.istio.io/network, which the mesh decides",
		},
		{
			"the content of a Secret", "kind: Secret", "- {op: add, path: /stringData, value: {token: hunter2}}",
			"mesh.yaml:18:11: spec.clusters[1].patches[0]: Secret/istio-system/istio-reader-service-account-istio-remote-secret-token: holds stringData, and a Secret is never rendered with its content",
		},
		{
			"the content of a Secret in base64", "kind: Secret", "- {op: add, path: /data, value: {token: aHVudGVyMg==}}",
			"mesh.yaml:18:11: spec.clusters[1].patches[0]: Secret/istio-system/istio-reader-service-account-istio-remote-secret-token: holds data, and a Secret is never rendered with its content",
		},
		{
			"a bomb", "kind: Namespace, name: shop", copies,
			"mesh.yaml:18:11: spec.clusters[1].patches[0]: Namespace/shop: ",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			data := fmt.Sprintf(text, test.target, test.patch)
			m, problems := mesh.Load(mesh.Source{FS: fstest.MapFS{"mesh.yaml": {Data: []byte(data)}}, Name: "mesh.yaml"})
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
			_, err = objects.Cluster(p.Clusters[1])
			got := ""
			if err != nil {
				got = err.Error()
			}
			if got != test.want && (test.name != "a bomb" || !strings.HasPrefix(got, test.want) || len(got) > 500) {
				t.Errorf("error\n%.600s\nwant\n%s", got, test.want)
			}
		})
	}
}

// The mesh config and the variables beside the values of an operator's object are
// held to the same, by whichever name istiod takes.
func TestPatchGuardsOperator(t *testing.T) {
	const in = "mesh.yaml:17:11: spec.clusters[1].patches[0]: IstioOperator/istio-system/isthmus-west: the patch changes "
	for _, test := range []struct{ name, path, value, want string }{
		{"the mesh config", "meshConfig", `{"defaultConfig": {"meshId": "other"}}`, "meshConfig.defaultConfig.meshId, which spec.meshID decides for all clusters alike"},
		{"by its names in the proto file", "meshConfig", `{"default_config": {"mesh_id": "other"}}`, "meshConfig.default_config.mesh_id, which spec.meshID decides for all clusters alike"},
		{"among the values", "values/meshConfig", `{"trust_domain": "other"}`, "meshConfig.trust_domain, which spec.trustDomain decides for all clusters alike"},
		{"istiod's environment", "components", `{"pilot": {"k8s": {"env": [{"name": "TRUST_DOMAIN", "value": "other"}]}}}`, "the variable TRUST_DOMAIN, which spec.trustDomain decides for all clusters alike"},
		{"a gateway's environment", "components", `{"ingressGateways": [{"name": "a", "k8s": {"env": [{"name": "ISTIO_META_NETWORK", "value": "other"}]}}]}`, "the variable ISTIO_META_NETWORK, which spec.network decides for all clusters alike"},
		{"another variable", "components", `{"pilot": {"k8s": {"env": [{"name": "PILOT_TRACE_SAMPLING", "value": "1"}]}}}`, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			patch := patches(`target: {kind: IstioOperator}
patch: '[{"op": "add", "path": "/spec/` + test.path + `", "value": ` + test.value + `}]'`)
			_, err := made(t, fmt.Sprintf(patched, ", install: istioctl", patch, "none"))
			got, want := "", ""
			if err != nil {
				got = strings.TrimSpace(err.Error())
			}
			if test.want != "" {
				want = in + test.want
			}
			if got != want {
				t.Errorf("error\n%s\nwant\n%s", got, want)
			}
		})
	}
}
