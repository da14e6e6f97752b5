package plan

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The stub of a remote: a Service, and a slice for each family that has an
// address; for a hostname the Service alone.
func TestStub(t *testing.T) {
	for _, test := range []struct {
		name string
		edit []string
		keys []string
		args m
	}{
		{name: "IPv4", keys: []string{"service", "IPv4"}, args: m{"revision": "", "slices": m{"IPv4": []any{"10.1.255.10"}}}},
		{name: "several, in their order", edit: []string{"[10.1.255.10]", "[10.1.255.20, 10.1.255.10]"}, keys: []string{"service", "IPv4"}, args: m{"revision": "", "slices": m{"IPv4": []any{"10.1.255.20", "10.1.255.10"}}}},
		{name: "IPv6", edit: []string{"[10.1.255.10]", `["fd00:0::a"]`, "[10.120.0.0/16]", `["fd00:120::/112"]`}, keys: []string{"service", "IPv6"}, args: m{"revision": "", "slices": m{"IPv6": []any{"fd00::a"}}}},
		{name: "both", edit: []string{"[10.1.255.10]", `["fd00::a", 10.1.255.10, "fd00::b"]`}, keys: []string{"service", "IPv4", "IPv6"}, args: m{"revision": "", "slices": m{"IPv4": []any{"10.1.255.10"}, "IPv6": []any{"fd00::a", "fd00::b"}}}},
		{name: "a hostname", edit: []string{"addresses: [10.1.255.10]", "hostname: istiod.example"}, keys: []string{"service"}, args: m{"revision": "", "slices": m{}, "hostname": "istiod.example"}},
		{name: "a revision", edit: []string{"    version:", "    revision: r1\n    version:"}, keys: []string{"service", "IPv4"}, args: m{"revision": "r1", "slices": m{"IPv4": []any{"10.1.255.10"}}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := of(t, loadToday(t, test.edit...))
			f := p.cluster(t, "west").file(StageControlPlane, "stubs.yaml")
			if !f.Listed || len(f.Picks) != 1 {
				t.Fatalf("stubs %+v", f)
			}
			if diff := cmp.Diff(test.keys, f.Picks[0].Keys); diff != "" {
				t.Errorf("objects (-want +got):\n%s", diff)
			}
			test.args["namespace"], test.args["annotations"] = "istio-system", m{}
			if diff := cmp.Diff(test.args, p.Units[f.Picks[0].Unit].Args); diff != "" {
				t.Errorf("arguments (-want +got):\n%s", diff)
			}
			if f := p.cluster(t, "east").file(StageControlPlane, "stubs.yaml"); len(f.Picks) > 0 {
				t.Error("the control plane has a stub of itself")
			}
		})
	}
	p := of(t, loadToday(t, "    version:", "    stubs: profile\n    version:"))
	if f := p.cluster(t, "west").file(StageControlPlane, "stubs.yaml"); len(f.Picks) > 0 {
		t.Error("the overlay has a stub where the chart makes it")
	}
}

// Each remote has the stub of its own control plane, and its name.
func TestStubsOfTwo(t *testing.T) {
	p := of(t, loadToday(t, "    - name: west\n", `    - name: north
      apiServer: https://10.3.0.10:6443
      podCIDRs: [10.30.0.0/16]
      serviceCIDRs: [10.130.0.0/16]
      controlPlane: {expose: loadBalancer, addresses: [10.3.255.10]}
    - name: south
      apiServer: https://10.4.0.10:6443
      podCIDRs: [10.40.0.0/16]
      serviceCIDRs: [10.140.0.0/16]
      remoteOf: north
    - name: west
      remoteOf: east
`))
	for remote, want := range map[string]struct{ primary, address string }{"west": {"east", "10.1.255.10"}, "south": {"north", "10.3.255.10"}} {
		c := p.cluster(t, remote)
		if diff := cmp.Diff(m{"IPv4": []any{want.address}}, p.arg(t, c.file(StageControlPlane, "stubs.yaml"), "slices")); diff != "" {
			t.Errorf("slices of %s (-want +got):\n%s", remote, diff)
		}
		namespace := p.arg(t, c.file(StageNamespaces, "istio-namespace.yaml"), "namespaces").(m)["istio-system"].(m)
		if got := namespace["annotations"].(m)["topology.istio.io/controlPlaneClusters"]; got != want.primary {
			t.Errorf("%s is led by %v, want %s", remote, got, want.primary)
		}
	}
	// Where there are several, each control plane reads the others too.
	for name, want := range map[string][]string{
		"east":  {"exposure.yaml virtual-service gateway", "policy.yaml peer-authentication", "reader.yaml token"},
		"north": {"policy.yaml peer-authentication", "reader.yaml token"},
		"south": {"reader.yaml token"},
	} {
		if diff := cmp.Diff(want, files(p.cluster(t, name), StageIstioConfig)); diff != "" {
			t.Errorf("config of %s (-want +got):\n%s", name, diff)
		}
	}
}

// The Service through which remotes reach istiod without a gateway.
func TestExposedService(t *testing.T) {
	const addresses = "        expose: dedicatedGateway\n        addresses: [10.1.255.10]\n"
	for _, test := range []struct {
		name, plane string
		want        m // nil: no Service
	}{
		{name: "pod", plane: "expose: pod, addresses: [10.10.0.5]"},
		{name: "gateway", plane: "expose: gateway, addresses: [10.1.255.10]"},
		{name: "dedicatedGateway", plane: "expose: dedicatedGateway, addresses: [10.1.255.10]"},
		{name: "clusterIP", plane: "expose: clusterIP, addresses: [10.110.0.10]", want: m{"clusterIPs": []any{"10.110.0.10"}}},
		{name: "a load balancer", plane: "expose: loadBalancer, addresses: [10.1.255.10]", want: m{"loadBalancer": m{"annotations": m{}}}},
		{name: "its hostname", plane: "expose: loadBalancer, hostname: a.example", want: m{"loadBalancer": m{"annotations": m{}}}},
		{name: "its fields", plane: "expose: loadBalancer, addresses: [10.1.255.10], service: {annotations: {a: b}, loadBalancerIP: 10.1.255.10, loadBalancerClass: c, loadBalancerSourceRanges: [10.0.0.0/8, \"fd00::/8\"]}", want: m{"loadBalancer": m{
			"annotations": m{"a": "b"}, "loadBalancerIP": "10.1.255.10", "loadBalancerClass": "c", "loadBalancerSourceRanges": []any{"10.0.0.0/8", "fd00::/8"},
		}}},
		{name: "IPv6", plane: `expose: loadBalancer, addresses: ["fd00::1"]`, want: m{"loadBalancer": m{"annotations": m{}, "ipFamilyPolicy": "SingleStack", "ipFamilies": []any{"IPv6"}}}},
		{name: "both families", plane: `expose: loadBalancer, addresses: ["fd00::1", 10.1.255.10]`, want: m{"loadBalancer": m{"annotations": m{}, "ipFamilyPolicy": "PreferDualStack"}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := of(t, loadToday(t, "      controlPlane:\n"+addresses, "      controlPlane: {"+test.plane+"}\n", "    version:", "    revision: r1\n    namespace: mesh\n    version:", "[10.120.0.0/16]", `[10.120.0.0/16, "fd00:120::/112"]`))
			f := p.cluster(t, "east").file(StageControlPlane, "exposure.yaml")
			if test.want == nil {
				if len(f.Picks) > 0 {
					t.Errorf("a Service: %+v", f)
				}
				return
			}
			test.want["namespace"], test.want["revision"], test.want["annotations"] = "mesh", "r1", m{}
			if len(f.Picks) != 1 || !f.Listed {
				t.Fatalf("exposure %+v", f)
			}
			if diff := cmp.Diff(test.want, p.Units[f.Picks[0].Unit].Args); diff != "" {
				t.Errorf("arguments (-want +got):\n%s", diff)
			}
			if f := p.cluster(t, "west").file(StageControlPlane, "exposure.yaml"); len(f.Picks) > 0 {
				t.Error("a remote has one too")
			}
		})
	}
}

// What needs the CRDs and the accounts of the control plane.
func TestConfig(t *testing.T) {
	for _, test := range []struct {
		name       string
		edit       []string
		east, west []string
		args       m // of the first file of east
	}{
		{
			name: "a gateway of isthmus",
			east: []string{"exposure.yaml virtual-service gateway", "policy.yaml peer-authentication"}, west: []string{"reader.yaml token"},
			args: m{"namespace": "istio-system", "annotations": m{}, "revision": "", "remote": false, "clusterDomain": "cluster.local", "gateway": m{"namespace": "istio-system", "selector": m{"istio": "eastwestgateway"}}},
		},
		{
			name: "somebody's gateway, on other names",
			edit: []string{"    version:", "    revision: r1\n    namespace: mesh\n    clusterDomain: corp.local\n    version:", "dedicatedGateway\n", "gateway\n        gateway: {namespace: gw, selector: {a: b}}\n"},
			east: []string{"exposure.yaml virtual-service gateway", "policy.yaml peer-authentication"}, west: []string{"reader.yaml token"},
			args: m{"namespace": "mesh", "annotations": m{}, "revision": "r1", "remote": false, "clusterDomain": "corp.local", "gateway": m{"namespace": "gw", "selector": m{"a": "b"}}},
		},
		{
			name: "a hostname, for which API servers ask",
			edit: []string{"addresses: [10.1.255.10]", "hostname: istiod.example"},
			east: []string{"exposure.yaml virtual-service gateway", "policy.yaml peer-authentication"}, west: []string{"reader.yaml token"},
			args: m{"namespace": "istio-system", "annotations": m{}, "revision": "", "remote": false, "clusterDomain": "cluster.local", "hostname": "istiod.example", "gateway": m{"namespace": "istio-system", "selector": m{"istio": "eastwestgateway"}}},
		},
		{
			name: "a load balancer",
			edit: []string{"dedicatedGateway", "loadBalancer"},
			east: []string{"policy.yaml peer-authentication"}, west: []string{"reader.yaml token"},
		},
		{
			name: "no mutual TLS",
			edit: []string{"dedicatedGateway", "loadBalancer", "  clusters:\n", "  security: {mutualTLS: false}\n  clusters:\n"},
			west: []string{"reader.yaml token"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := of(t, loadToday(t, test.edit...))
			east := p.cluster(t, "east")
			if diff := cmp.Diff(test.east, files(east, StageIstioConfig)); diff != "" {
				t.Errorf("east (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.west, files(p.cluster(t, "west"), StageIstioConfig)); diff != "" {
				t.Errorf("west (-want +got):\n%s", diff)
			}
			if test.args != nil {
				f := east.file(StageIstioConfig, "exposure.yaml")
				if diff := cmp.Diff(test.args, p.Units[f.Picks[0].Unit].Args); diff != "" {
					t.Errorf("arguments (-want +got):\n%s", diff)
				}
			}
		})
	}
	// The Sail operator installs no base chart, which has the account that the
	// token is for.
	p := of(t, loadToday(t, "    version:", "    install: sail\n    version:"))
	if diff := cmp.Diff([]string{"reader.yaml token reader-account"}, files(p.cluster(t, "west"), StageIstioConfig)); diff != "" {
		t.Errorf("west by Sail (-want +got):\n%s", diff)
	}
	if got := files(of(t, load(t)).cluster(t, "west"), StageIstioConfig); got != nil {
		t.Errorf("1.5 has %v", got)
	}
}
