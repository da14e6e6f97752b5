package cluster

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
)

// load gives a mesh of a release whose control plane is exposed in some way.
func load(t *testing.T, istio, plane string) (*mesh.Mesh, *mesh.Cluster) {
	t.Helper()
	text := "apiVersion: isthmus.dev/v1alpha1\nkind: Mesh\nmetadata: {name: pair}\nspec:\n  istio: {" + istio + "}\n  clusters:\n" +
		"    - {name: west, apiServer: \"https://10.2.0.10:6443\", podCIDRs: [10.20.0.0/16], serviceCIDRs: [10.120.0.0/16, \"fd00:120::/112\"]}\n" +
		"    - {name: east, apiServer: \"https://10.1.0.10:6443\", podCIDRs: [10.10.0.0/16], serviceCIDRs: [10.110.0.0/16], serviceCIDRsRoutable: true, controlPlane: {" + plane + "}}\n"
	m, problems := mesh.Load(mesh.Source{FS: fstest.MapFS{"mesh.yaml": {Data: []byte(text)}}, Name: "mesh.yaml"})
	if m == nil {
		t.Fatal(problems.Text())
	}
	return m, &m.Spec.Clusters[1]
}

// The labels and names are those of each release's own charts.
func TestQueries(t *testing.T) {
	const mixer = ", policyAddresses: [10.10.0.6], telemetryAddresses: [10.10.0.7]"
	for _, test := range []struct {
		name, istio, plane string
		want               []string
	}{
		{"1.4 pod", `version: "1.4.10"`, "expose: pod, addresses: [10.10.0.5]", []string{
			"addresses: pods istio=pilot in namespace istio-system",
		}},
		{"1.4 pod, Mixer", `version: "1.4.10", namespace: mesh`, "addresses: [10.10.0.5]" + mixer, []string{
			"addresses: pods istio=pilot in namespace mesh",
			"policyAddresses: pods istio=mixer,istio-mixer-type=policy in namespace mesh",
			"telemetryAddresses: pods istio=mixer,istio-mixer-type=telemetry in namespace mesh",
		}},
		{"1.4 clusterIP", `version: "1.4.10"`, "expose: clusterIP, addresses: [10.110.0.5], policyAddresses: [10.110.0.6]", []string{
			"addresses: Service/istio-system/istio-pilot",
			"policyAddresses: Service/istio-system/istio-policy",
		}},
		{"1.5.0 clusterIP", `version: "1.5.0"`, "expose: clusterIP, addresses: [10.110.0.5]", []string{
			"addresses: Service/istio-system/istio-pilot",
		}},
		{"1.5 clusterIP", `version: "1.5.10"`, "expose: clusterIP, addresses: [10.110.0.5]", []string{
			"addresses: Service/istio-system/istiod",
		}},
		{"1.5 pod", `version: "1.5.10"`, "addresses: [10.10.0.5]", []string{
			"addresses: pods app=istiod,istio=pilot in namespace istio-system",
		}},
		{"today's pod", `version: "1.30.3"`, "addresses: [10.10.0.5]", []string{
			"addresses: pods app=istiod,istio=pilot in namespace istio-system",
		}},
		{"today's pod, revision", `version: "1.30.3", revision: blue`, "addresses: [10.10.0.5]", []string{
			"addresses: pods app=istiod,istio.io/rev=blue in namespace istio-system",
		}},
		{"today's clusterIP", `version: "1.24.0"`, "expose: clusterIP, addresses: [10.110.0.5]", []string{
			"addresses: Service/istio-system/istiod-remotes",
		}},
		{"today's loadBalancer, revision", `version: "1.30.3", revision: blue`, "expose: loadBalancer, addresses: [10.1.255.10]", []string{
			"addresses: Service/istio-system/istiod-blue-remotes",
		}},
		{"dedicatedGateway", `version: "1.30.3"`, "expose: dedicatedGateway, addresses: [10.1.255.10], gateway: {name: remotes, namespace: gateways}", []string{
			"addresses: Service/gateways/remotes",
		}},
		{"1.5 loadBalancer", `version: "1.5.10"`, "expose: loadBalancer, addresses: [10.1.255.10]", []string{
			"addresses: Service/istio-system/istiod",
		}},
		{"1.4 gateway, whose address is Mixer's too", `version: "1.4.10"`, "expose: gateway, addresses: [10.1.255.10]", []string{
			"addresses: Service istio=ingressgateway in namespace istio-system",
		}},
		{"1.4 gateway, as the mesh says for Mixer", `version: "1.4.10"`, "expose: gateway, addresses: [10.1.255.10], policyAddresses: [10.1.255.10]", []string{
			"addresses: Service istio=ingressgateway in namespace istio-system",
			"policyAddresses: Service istio=ingressgateway in namespace istio-system",
		}},
		{"1.5 dedicatedGateway", `version: "1.5.10"`, "expose: dedicatedGateway, addresses: [10.1.255.10]", []string{
			"addresses: Service/istio-system/istio-multicluster-gateway",
		}},
		{"gateway", `version: "1.30.3"`, "expose: gateway, addresses: [10.1.255.10], gateway: {namespace: gateways, selector: {istio: ingress, app: a}}", []string{
			"addresses: Service app=a,istio=ingress in namespace gateways",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			m, c := load(t, test.istio, test.plane)
			var got []string
			for _, q := range Queries(m, c) {
				got = append(got, fmt.Sprintf("%s: %s", q.Field, q))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestLookup(t *testing.T) {
	pods := func(ips ...string) string {
		var all []string
		for _, ip := range ips {
			all = append(all, fmt.Sprintf(`{"status": {"phase": "Running", "podIP": %q, "conditions": [{"type": "Ready", "status": "True"}]}}`, ip))
		}
		return `{"items": [` + strings.Join(all, ",") + `]}`
	}
	for _, test := range []struct {
		name, istio, plane, answer string
		want                       string // the addresses, and whether the mesh is stale
	}{
		{"as it is", `version: "1.30.3"`, "addresses: [10.10.0.9, 10.10.0.5]", pods("10.10.0.5", "10.10.0.9"), "10.10.0.9, 10.10.0.5 false"},
		{"one more, one less", `version: "1.30.3"`, "addresses: [10.10.0.9, 10.10.0.5]", pods("10.10.0.10", "10.10.0.5", "10.10.0.2"), "10.10.0.5, 10.10.0.2, 10.10.0.10 true"},
		{"the profile takes one, and it is there", `version: "1.5.10"`, "addresses: [10.10.0.9]", pods("10.10.0.5", "10.10.0.9"), "10.10.0.9 false"},
		{"the profile takes one, and it is gone", `version: "1.5.10"`, "addresses: [10.10.0.9]", pods("10.10.0.7", "10.10.0.5"), "10.10.0.5 true"},
		{"one family", `version: "1.30.3"`, "addresses: [10.10.0.9]", pods("fd00::5", "10.10.0.9"), "10.10.0.9 false"},
		{"another family", `version: "1.30.3"`, "expose: loadBalancer, addresses: [\"fd00::9\"]", `{"status": {"loadBalancer": {"ingress": [{"ip": "10.1.0.5"}]}}}`, "10.1.0.5 true"},
		{"two families", `version: "1.30.3"`, "expose: clusterIP, addresses: [10.110.0.5]", `{"spec": {"clusterIP": "10.110.0.6", "clusterIPs": ["10.110.0.6", "fd00::6"]}}`, "10.110.0.6 true"},
		{"a name, which the mesh has", `version: "1.30.3"`, "expose: loadBalancer, hostname: a.example.com", `{"status": {"loadBalancer": {"ingress": [{"hostname": "a.example.com"}]}}}`, " false"},
		{"no address at all", `version: "1.5.10"`, "addresses: [10.10.0.9]", pods("10.10.0.9 "), `pods app=istiod,istio=pilot in namespace istio-system: "10.10.0.9 " is not an IP address; Endpoints take IP addresses only`},
	} {
		t.Run(test.name, func(t *testing.T) {
			m, c := load(t, test.istio, test.plane)
			got := ""
			findings, err := Lookup(m, c, func(Query) ([]byte, error) { return []byte(test.answer), nil })
			for _, f := range findings {
				got += fmt.Sprintf("%s %v", Join(f.Addresses), f.Stale())
				if f.Warning != nil {
					t.Errorf("warning: %v", f.Warning)
				}
			}
			if err != nil {
				got = err.Error()
			}
			if got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

// On 1.4 and 1.5 a name is no address, whatever the load balancer has.
func TestNamedOnOldReleases(t *testing.T) {
	_, c := load(t, `version: "1.5.10"`, "addresses: [10.10.0.9]")
	q := Query{Field: "addresses", Resource: "services", Namespace: "istio-system", Name: "istiod", Expose: mesh.ExposeLoadBalancer}
	const want = `Service/istio-system/istiod: its load balancer has the name "lb-1.example.com" and no address; on Istio 1.5.10 the stubs take IP addresses only (istio/istio#19639)`
	if err := named(c, q, "lb-1.example.com"); err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}
