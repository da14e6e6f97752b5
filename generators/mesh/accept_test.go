package mesh_test

import (
	"net/netip"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
)

// sameMesh compares meshes by what their fields say.
var sameMesh = cmp.Options{
	cmp.Comparer(func(a, b netip.Prefix) bool { return a == b }),
	cmp.Comparer(func(a, b mesh.Address) bool { return a == b }),
	cmpopts.IgnoreUnexported(mesh.Mesh{}, mesh.ServiceEntry{}),
	cmpopts.EquateEmpty(),
}

// accepted loads a mesh that has no errors, and gives its warnings too.
func accepted(t testing.TB, text string, files map[string]string) (*mesh.Mesh, string) {
	t.Helper()
	m, problems := load(text, files)
	if m == nil {
		t.Fatalf("problems:\n%s", problems.Text())
	}
	return m, problems.Text()
}

// The mesh of the README loads, with the one warning that its control plane
// deserves.
func TestREADME(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(readme), "```yaml\n")
	text, _, found := strings.Cut(after, "```")
	if !found {
		t.Fatal("the README shows no mesh")
	}
	_, warnings := accepted(t, text, nil)
	const want = `isthmus: note: mesh/mesh.yaml:13:30: spec.clusters[0].controlPlane.expose: the remotes depend on the gateway istio-eastwestgateway; it starts after istiod and is its client: while it is away the remotes keep their configuration and get no change, and injection fails (IST318)
`
	if diff := cmp.Diff(want, warnings); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
}

// What a mesh.yaml leaves out has a value; this is all of it.
func TestDefaults(t *testing.T) {
	m, warnings := accepted(t, base, nil)
	v := mesh.Version{Major: 1, Minor: 5, Patch: 10}
	k := mesh.Version{Major: 1, Minor: 16, Patch: -1}
	on := true
	prefixes := func(texts ...string) []netip.Prefix {
		var all []netip.Prefix
		for _, text := range texts {
			all = append(all, netip.MustParsePrefix(text))
		}
		return all
	}
	ports := []mesh.Port{{Name: "http", Port: 9080}}
	want := &mesh.Mesh{
		APIVersion: "isthmus.dev/v1alpha1",
		Kind:       "Mesh",
		Metadata:   mesh.Metadata{Name: "shop"},
		Spec: mesh.Spec{
			Istio: mesh.Istio{
				Version:       v,
				Namespace:     "istio-system",
				ClusterDomain: "cluster.local",
				Install:       "istioctl",
				Stubs:         "both",
				Charts:        mesh.Charts{URL: "https://istio-release.storage.googleapis.com/charts"},
			},
			MeshID:      "shop",
			TrustDomain: "cluster.local",
			Network:     "network1",
			Security: mesh.Security{
				MutualTLS:            true,
				ControlPlaneSecurity: true,
				Certificates:         "plugged",
				Reader:               mesh.Reader{Permissions: "default"},
			},
			Injection:  mesh.Injection{Automatic: true},
			Namespaces: "merge",
			Clusters: []mesh.Cluster{
				{
					Name:                 "east",
					APIServer:            "https://10.1.0.10:6443",
					KubernetesVersion:    k,
					Version:              v,
					PodCIDRs:             prefixes("10.10.0.0/16"),
					ServiceCIDRs:         prefixes("10.110.0.0/16"),
					ServiceCIDRsRoutable: true,
					ControlPlane: &mesh.ControlPlane{
						Expose:    "clusterIP",
						Addresses: []mesh.Address{{Addr: netip.MustParseAddr("10.110.0.10")}},
						Gateway:   mesh.Gateway{Name: "istio-multicluster-gateway", Namespace: "istio-system", Selector: map[string]string{"istio": "ingressgateway"}},
					},
					State:     "active",
					Injection: &on,
					Delivery:  mesh.ClusterDelivery{Engine: "none"},
				},
				{
					Name:              "west",
					APIServer:         "https://10.2.0.10:6443",
					KubernetesVersion: k,
					Version:           v,
					PodCIDRs:          prefixes("10.20.0.0/16"),
					ServiceCIDRs:      prefixes("10.120.0.0/16"),
					State:             "active",
					Injection:         &on,
					Delivery:          mesh.ClusterDelivery{Engine: "none"},
				},
			},
			Services: []mesh.ServiceEntry{{
				Name:          "reviews",
				Namespace:     "bookinfo",
				ServiceFields: mesh.ServiceFields{Ports: ports},
				Clusters:      []string{"east"},
			}},
			Secrets: mesh.Secrets{Backend: "sealedSecrets", Token: "secret"},
			Delivery: mesh.Delivery{
				Engine: "none",
				Path:   ".",
				Flux:   mesh.Flux{Namespace: "flux-system", Source: mesh.FluxSource{Kind: "GitRepository", Name: "flux-system"}, Interval: "60m", Hub: mesh.FluxHub{KubeConfigSecret: "<cluster>-kubeconfig"}},
				ArgoCD: mesh.ArgoCD{Namespace: "argocd", TargetRevision: "main", Project: "default"},
			},
		},
		Services: []mesh.Service{{
			Namespace: "bookinfo",
			Name:      "reviews",
			Fields:    mesh.ServiceFields{Ports: ports},
			Placement: &mesh.Placement{Homes: []string{"east"}, Clients: []string{"west"}},
		}},
	}
	if diff := cmp.Diff(want, m, sameMesh); diff != "" {
		t.Errorf("mesh (-want +got):\n%s", diff)
	}
	if warnings != "" {
		t.Errorf("warnings:\n%s", warnings)
	}
}

// What is written as "" is what is left out.
func TestEmptyIsDefault(t *testing.T) {
	m, _ := accepted(t, edited(t, base, `    version: "1.5.10"
`, `    version: "1.5.10"
    namespace: ""
    clusterDomain: ""
    revision: ""
    hub: ""
    tag: ""
    install: ""
    stubs: ""
    cni: false
  meshID: ""
  trustDomain: ""
  network: ""
  kubernetesVersion: ""
  tracing: {zipkin: ""}
  dns: {capture: false}
  namespaces: ""
  security: {certificates: "", reader: {permissions: ""}}
  delivery: {engine: "", path: ""}
`), nil)
	plain, _ := accepted(t, base, nil)
	if diff := cmp.Diff(plain, m, sameMesh); diff != "" {
		t.Errorf("mesh (-left out +empty):\n%s", diff)
	}
}

// The defaults that follow from the release.
func TestDefaultsOfRelease(t *testing.T) {
	for _, test := range []struct {
		version        string
		dialect        mesh.Dialect
		kubernetes     int
		install, stubs string
	}{
		{version: "1.4.0", dialect: "1.4", kubernetes: 15, install: "istioctl", stubs: "both"},
		{version: "1.5.0", dialect: "1.5.0", kubernetes: 16, install: "istioctl", stubs: "both"},
		{version: "1.5.1", dialect: "1.5", kubernetes: 16, install: "istioctl", stubs: "both"},
		{version: "1.24.0", dialect: "1.30", kubernetes: 31, install: "helm", stubs: "overlay"},
		{version: "1.27.9", dialect: "1.30", kubernetes: 33, install: "helm", stubs: "overlay"},
		{version: "1.30.3", dialect: "1.30", kubernetes: 36, install: "helm", stubs: "overlay"},
	} {
		t.Run(test.version, func(t *testing.T) {
			m, _ := accepted(t, edited(t, base, "1.5.10", test.version), nil)
			c := &m.Spec.Clusters[1]
			k := mesh.Version{Major: 1, Minor: test.kubernetes, Patch: -1}
			if c.Dialect() != test.dialect || c.KubernetesVersion != k || string(m.Spec.Istio.Install) != test.install || string(m.Spec.Istio.Stubs) != test.stubs {
				t.Errorf("dialect %q, Kubernetes %s, install %q, stubs %q", c.Dialect(), c.KubernetesVersion, m.Spec.Istio.Install, m.Spec.Istio.Stubs)
			}
		})
	}
}

// What follows from other fields in a mesh of today.
func TestDefaultsOfToday(t *testing.T) {
	m, _ := accepted(t, edited(t, today, "    version:", "    namespace: mesh\n    version:", "        expose: dedicatedGateway\n        addresses: [10.1.255.10]\n", "        addresses: [10.10.0.5]\n",
		"  clusters:\n", "  delivery: {engine: argocd, argocd: {cluster: a, repoURL: b, endpointsIncluded: true}}\n  clusters:\n",
		"      serviceCIDRs: [10.120.0.0/16]\n", "      serviceCIDRs: [10.120.0.0/16]\n      delivery: {engine: flux}\n"), nil)
	east, west := &m.Spec.Clusters[0], &m.Spec.Clusters[1]
	want := mesh.Gateway{Name: "istio-eastwestgateway", Namespace: "mesh", Selector: map[string]string{"istio": "eastwestgateway"}}
	if diff := cmp.Diff(want, east.ControlPlane.Gateway); diff != "" || east.ControlPlane.Expose != "pod" {
		t.Errorf("expose %q, gateway (-want +got):\n%s", east.ControlPlane.Expose, diff)
	}
	if east.Delivery.Engine != "argocd" || west.Delivery.Engine != "flux" {
		t.Errorf("engines %q and %q", east.Delivery.Engine, west.Delivery.Engine)
	}
}

// A patch is Flux's: the text as it is, and the target's fields.
func TestPatchesDecode(t *testing.T) {
	m, _ := accepted(t, edited(t, today, "      serviceCIDRs: [10.120.0.0/16]\n", `      serviceCIDRs: [10.120.0.0/16]
      patches:
        - patch: |
            # first
            kind: Service
        - patch: '[{"op": "remove", "path": "/a"}]'
          target: {group: apps, version: v1, kind: Deployment, namespace: a, name: b.*, labelSelector: c=d, annotationSelector: e}
        - {patch: x, target: {}}
`), nil)
	want := []mesh.Patch{
		{Patch: "# first\nkind: Service\n"},
		{Patch: `[{"op": "remove", "path": "/a"}]`, Target: &mesh.Selector{Group: "apps", Version: "v1", Kind: "Deployment", Namespace: "a", Name: "b.*", LabelSelector: "c=d", AnnotationSelector: "e"}},
		{Patch: "x", Target: &mesh.Selector{}},
	}
	if diff := cmp.Diff(want, m.Spec.Clusters[1].Patches); diff != "" {
		t.Errorf("patches (-want +got):\n%s", diff)
	}
	if got := m.Pos("spec.clusters[1].patches[1]").String(); got != "mesh/mesh.yaml:24:11" {
		t.Errorf("the second patch is at %s", got)
	}
}

// A Service without copies has homes and no clients.
func TestNoCopies(t *testing.T) {
	m, _ := accepted(t, edited(t, today, "  clusters:\n", "  dns: {capture: true}\n  clusters:\n", "      clusters: [east]\n", "      clusters: [east]\n      clients: [west]\n      duplicate: false\n"), nil)
	if diff := cmp.Diff(mesh.Placement{Homes: []string{"east"}}, *m.Services[0].Placement); diff != "" {
		t.Errorf("placement (-want +got):\n%s", diff)
	}
}

// Both families of addresses, alone and together.
func TestIPv6(t *testing.T) {
	for _, test := range []struct {
		name string
		edit []string
	}{
		{name: "IPv6 alone", edit: []string{
			"10.10.0.0/16", `"fd00:10::/48"`, "10.110.0.0/16", `"fd00:110::/112"`, "10.20.0.0/16", `"fd00:20::/48"`, "10.120.0.0/16", `"fd00:120::/112"`,
			"[10.110.0.10]", `["fd00:110::a"]`, "https://10.1.0.10:6443", "https://[fd00:1::a]:6443", "https://10.2.0.10:6443", "https://[fd00:2::a]:6443",
		}},
		{name: "both", edit: []string{
			"[10.10.0.0/16]", `[10.10.0.0/16, "fd00:10::/48"]`, "[10.110.0.0/16]", `[10.110.0.0/16, "fd00:110::/112"]`,
			"[10.20.0.0/16]", `[10.20.0.0/16, "fd00:20::/48"]`, "[10.120.0.0/16]", `[10.120.0.0/16, "fd00:120::/112"]`,
		}},
		{name: "neighbours", edit: []string{
			"[10.10.0.0/16]", `[10.10.0.0/17, 10.10.128.0/17, "fd00:10::/64"]`, "[10.20.0.0/16]", `[10.11.0.0/16, "fd00:10:0:1::/64"]`,
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, warnings := accepted(t, edited(t, base, test.edit...), nil); warnings != "" {
				t.Errorf("warnings:\n%s", warnings)
			}
		})
	}
}

// Where a Service runs and where it is called.
func TestPlacementOf(t *testing.T) {
	const three = `    - name: south
      labels: {region: eu, tier: "1"}
      apiServer: https://10.3.0.10:6443
      podCIDRs: [10.30.0.0/16]
      serviceCIDRs: [10.130.0.0/16]
  services:
`
	for _, test := range []struct {
		name, clusters, clients string
		want                    mesh.Placement
	}{
		{name: "every other", clusters: "[east]", want: mesh.Placement{Homes: []string{"east"}, Clients: []string{"west", "south"}}},
		{name: "several homes", clusters: "[south, east]", want: mesh.Placement{Homes: []string{"east", "south"}, Clients: []string{"west"}}},
		{name: "every cluster a home", clusters: "[west, south, east]", want: mesh.Placement{Homes: []string{"east", "west", "south"}}},
		{name: "names", clusters: "[east]", clients: "[south, west]", want: mesh.Placement{Homes: []string{"east"}, Clients: []string{"west", "south"}}},
		{name: "a home is no client", clusters: "[east]", clients: "[east, west]", want: mesh.Placement{Homes: []string{"east"}, Clients: []string{"west"}}},
		{name: "none", clusters: "[east]", clients: "[]", want: mesh.Placement{Homes: []string{"east"}}},
		{name: "a label", clusters: "[east]", clients: "{labels: {region: eu}}", want: mesh.Placement{Homes: []string{"east"}, Clients: []string{"west", "south"}}},
		{name: "two labels", clusters: "[east]", clients: `{labels: {region: eu, tier: "1"}}`, want: mesh.Placement{Homes: []string{"east"}, Clients: []string{"south"}}},
		{name: "the label of a home", clusters: "[south]", clients: `{labels: {tier: "1"}}`, want: mesh.Placement{Homes: []string{"south"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			edit := []string{"  services:\n", three, "      apiServer: https://10.2", "      labels: {region: eu}\n      apiServer: https://10.2", "clusters: [east]\n", "clusters: " + test.clusters + "\n"}
			text := edited(t, base, edit...)
			if test.clients != "" {
				text += "      clients: " + test.clients + "\n"
			}
			m, _ := accepted(t, text, nil)
			if diff := cmp.Diff(test.want, *m.Services[0].Placement); diff != "" {
				t.Errorf("placement (-want +got):\n%s", diff)
			}
		})
	}
}

// Of a file the Services count, but those that are excluded; what their home
// gave them is left behind; and all are in one order.
func TestServicesOfFiles(t *testing.T) {
	m, warnings := accepted(t, base+`    - file: services/shop.yaml
      namespace: alpha
      exclude: [edge]
      clusters: [west]
`, map[string]string{"services/shop.yaml": `# manifests
apiVersion: v1
kind: Service
metadata: {name: z}
spec: {clusterIP: 10.120.0.9, ports: [{port: 80, nodePort: 30080}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: z}
---
apiVersion: v1
kind: Service
metadata: {name: edge}
spec: {type: LoadBalancer, ports: [{port: 443}]}
---
---
apiVersion: v1
kind: Service
metadata: {name: a, namespace: zeta}
spec: {clusterIP: None, ports: [{port: 80}]}
`})
	var got []string
	for _, s := range m.Services {
		got = append(got, s.Namespace+"/"+s.Name)
		if s.Fields.Ports[0].NodePort != 0 || s.Fields.ClusterIP != "" && s.Fields.ClusterIP != "None" {
			t.Errorf("%s has fields of its home: %+v", s.Name, s.Fields)
		}
	}
	if diff := cmp.Diff([]string{"alpha/z", "bookinfo/reviews", "zeta/a"}, got); diff != "" {
		t.Errorf("Services (-want +got):\n%s", diff)
	}
	const want = `isthmus: warning: mesh/services/shop.yaml:20:19: spec.clusterIP: the copies of zeta/a are headless; a cluster without its endpoints has no addresses to answer for the name, so a lookup there fails (IST420)
isthmus: fix: call it from its home, or give it an address
`
	if diff := cmp.Diff(want, warnings); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
}
