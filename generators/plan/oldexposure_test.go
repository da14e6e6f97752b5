package plan

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

const addresses = "addresses: [10.10.0.5]"

// at writes how the control plane of base is exposed, at a balancer's address.
func at(expose, more string) []string {
	return []string{addresses, "expose: " + expose + "\n        addresses: [192.0.2.5]" + more}
}

// What the profile of a control plane says of how it is exposed.
func TestOldExposed(t *testing.T) {
	shared := []any{
		servicePort("status-port", 15020, 15020), servicePort("http2", 80, 80), servicePort("https", 443, 0), servicePort("kiali", 15029, 15029),
		servicePort("prometheus", 15030, 15030), servicePort("grafana", 15031, 15031), servicePort("tracing", 15032, 15032), servicePort("tls", 15443, 15443),
	}
	of14 := []any{servicePort("tcp-pilot-grpc-tls", 15011, 15011), servicePort("tcp-citadel-grpc-tls", 8060, 8060), servicePort("tcp-mixer-grpc-tls", 15004, 15004)}
	istiod := servicePort("tcp-istiod", 15012, 15012)
	plain := map[string]any{"spec": map[string]any{"type": "LoadBalancer"}, "annotations": map[string]any{}}
	for _, test := range []struct {
		name, version string
		edit          []string
		want          map[string]any
	}{
		{name: "pod", version: "1.4.10", want: map[string]any{}},
		{name: "1.4 load balancer", version: "1.4.10", edit: at("loadBalancer", ""), want: map[string]any{"balancers": map[string]any{"pilot": plain}}},
		{
			name: "1.4 load balancers of Mixer", version: "1.4.10",
			edit: at("loadBalancer", "\n        policyAddresses: [192.0.2.6]\n        telemetryAddresses: [192.0.2.7]\n        service: {loadBalancerIP: 192.0.2.5, loadBalancerSourceRanges: [10.20.0.0/16], annotations: {a: b}}"),
			want: map[string]any{"balancers": map[string]any{
				"pilot": map[string]any{
					"spec":        map[string]any{"type": "LoadBalancer", "loadBalancerIP": "192.0.2.5", "loadBalancerSourceRanges": []any{"10.20.0.0/16"}},
					"annotations": map[string]any{"a": "b"},
				},
				// Two load balancers cannot have one address.
				"policy": map[string]any{
					"spec":        map[string]any{"type": "LoadBalancer", "loadBalancerSourceRanges": []any{"10.20.0.0/16"}},
					"annotations": map[string]any{"a": "b"},
				},
				"telemetry": map[string]any{
					"spec":        map[string]any{"type": "LoadBalancer", "loadBalancerSourceRanges": []any{"10.20.0.0/16"}},
					"annotations": map[string]any{"a": "b"},
				},
			}},
		},
		{name: "1.5 load balancer", version: "1.5.10", edit: at("loadBalancer", ""), want: map[string]any{"balancers": map[string]any{"pilot": plain}}},
		{name: "1.4 gateway", version: "1.4.10", edit: at("gateway", ""), want: map[string]any{"gatewayPorts": append(append([]any{}, shared...), of14...)}},
		{name: "1.5 gateway", version: "1.5.10", edit: at("gateway", ""), want: map[string]any{"gatewayPorts": append(append([]any{}, shared...), servicePort("tcp", 31400, 0), istiod)}},
		{name: "a gateway of one's own", version: "1.5.10", edit: at("gateway", "\n        gateway: {selector: {istio: mine}}"), want: map[string]any{}},
		{
			name: "ports of one's own", version: "1.5.10",
			edit: append(at("gateway", ""), "    version:", "    values: {gateways: {istio-ingressgateway: {ports: [{name: https, port: 443}, {name: mine, port: 15012}]}}}\n    version:"),
			want: map[string]any{"gatewayPorts": []any{map[string]any{"name": "https", "port": int64(443)}, map[string]any{"name": "mine", "port": int64(15012)}}},
		},
		{
			name: "dedicated", version: "1.5.6", edit: at("dedicatedGateway", ""),
			want: map[string]any{"gateway": map[string]any{
				"name": "istio-multicluster-gateway", "namespace": "istio-system", "balancer": plain,
				"labels": map[string]any{"app": "istio-multicluster-gateway", "istio": "multicluster-gateway"},
				"ports":  []any{servicePort("status-port", 15020, 15020), istiod},
			}},
		},
		{
			name: "dedicated, by name and labels", version: "1.5.10",
			edit: at("dedicatedGateway", "\n        gateway: {name: inner, namespace: edge, selector: {side: inner}}"),
			want: map[string]any{"gateway": map[string]any{
				"name": "inner", "namespace": "edge", "balancer": plain,
				// Both of the chart's own labels, or the shared gateway's would stay.
				"labels": map[string]any{"app": "inner", "istio": "inner", "side": "inner"},
				"ports":  []any{servicePort("status-port", 15020, 15020), istiod},
			}},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := planOf(t, test.version, "overlay", false, test.edit...)
			east := p.cluster(t, "east")
			profile := p.arg(t, east.file(StageControlPlane, "profile.yaml"), "profile").(map[string]any)
			got := map[string]any{}
			for _, key := range []string{"balancers", "gatewayPorts", "gateway"} {
				if value, is := profile[key]; is {
					got[key] = value
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("what the profile says of it (-want +got):\n%s", diff)
			}
		})
	}
}

// The Gateway and what leads from it lie in the stage that waits for the CRDs.
func TestOldConfig(t *testing.T) {
	keys14 := []string{"gateway", "virtual-service-pilot", "destination-rule-pilot", "virtual-service-citadel"}
	keys15 := []string{"gateway", "virtual-service-istiod", "destination-rule-istiod"}
	for _, test := range []struct {
		name, version string
		edit          []string
		keys          []string
		selector      map[string]any
		mixer         bool
	}{
		{name: "load balancer", version: "1.4.10", edit: at("loadBalancer", "")},
		{name: "1.4", version: "1.4.0", edit: at("gateway", ""), keys: keys14, selector: map[string]any{"istio": "ingressgateway"}, mixer: true},
		{name: "1.5", version: "1.5.1", edit: at("gateway", ""), keys: keys15, selector: map[string]any{"istio": "ingressgateway"}},
		{name: "1.5 with Mixer", version: "1.5.10", edit: at("gateway", "\n        policyAddresses: [192.0.2.5]"), keys: keys15, selector: map[string]any{"istio": "ingressgateway"}, mixer: true},
		{name: "dedicated", version: "1.5.10", edit: at("dedicatedGateway", ""), keys: keys15, selector: map[string]any{"istio": "multicluster-gateway"}},
		{name: "a gateway of one's own", version: "1.4.10", edit: at("gateway", "\n        gateway: {selector: {istio: mine}}"), keys: keys14, selector: map[string]any{"istio": "mine"}, mixer: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := planOf(t, test.version, "overlay", false, append(test.edit, "    version:", "    namespace: mesh-system\n    clusterDomain: example.local\n    version:")...)
			f := p.cluster(t, "east").file(StageIstioConfig, "exposure.yaml")
			if test.keys == nil {
				if len(f.Picks) > 0 {
					t.Errorf("objects where there is no gateway: %v", f)
				}
				return
			}
			unit := p.Units[f.Picks[0].Unit]
			want := map[string]any{
				"dialect": test.version[:3], "namespace": "mesh-system", "clusterDomain": "example.local", "annotations": map[string]any{},
				"selector": test.selector, "mixer": test.mixer,
			}
			if diff := cmp.Diff(want, unit.Args); diff != "" || unit.Entry != "oldconfig.jsonnet" || !f.Listed {
				t.Errorf("entry %s, listed %t, args (-want +got):\n%s", unit.Entry, f.Listed, diff)
			}
			if diff := cmp.Diff(test.keys, f.Picks[0].Keys); diff != "" {
				t.Errorf("objects (-want +got):\n%s", diff)
			}
			if f := p.cluster(t, "west").file(StageIstioConfig, "exposure.yaml"); len(f.Picks) > 0 {
				t.Error("a remote has a gateway to the control plane")
			}
		})
	}
}

// Behind a gateway the stubs of Mixer have the address of the control plane.
func TestMixerBehindGateway(t *testing.T) {
	p := planOf(t, "1.4.10", "both", false, at("gateway", "")...)
	west := p.cluster(t, "west")
	one := []any{"192.0.2.5"}
	want := map[string]any{"istio-pilot": one, "istio-policy": one, "istio-telemetry": one}
	if diff := cmp.Diff(want, p.arg(t, west.file(StageControlPlane, "stubs.yaml"), "stubs")); diff != "" {
		t.Errorf("stubs (-want +got):\n%s", diff)
	}
	profile := p.arg(t, west.file(StageControlPlane, "profile.yaml"), "profile").(map[string]any)
	remote := map[string]any{"pilotAddress": "192.0.2.5", "policyAddress": "192.0.2.5", "telemetryAddress": "192.0.2.5", "createPilotEndpoint": true, "createEndpoints": true}
	if diff := cmp.Diff(remote, profile["remote"]); diff != "" {
		t.Errorf("remote (-want +got):\n%s", diff)
	}
}

// Who makes the reader's account, role and token.
func TestReader(t *testing.T) {
	least := []string{"  clusters:", "  security: {reader: {permissions: leastPrivilege}}\n  clusters:"}
	for _, test := range []struct {
		name string
		edit []string
		want []string
		own  bool
	}{
		{name: "the chart's", want: []string{"token"}},
		{name: "least privilege, the base chart's account", edit: least, want: []string{"token", "reader-role", "reader-binding"}, own: true},
		{name: "Sail, the chart's role", edit: []string{"    version:", "    install: sail\n    version:"}, want: []string{"token", "reader-account"}},
		{name: "istioctl, all the charts'", edit: []string{"    version:", "    install: istioctl\n    version:"}, want: []string{"token"}},
		{name: "Sail", edit: append([]string{"    version:", "    install: sail\n    version:"}, least...), want: []string{"token", "reader-role", "reader-binding", "reader-account"}, own: true},
		{name: "istioctl", edit: append([]string{"    version:", "    install: istioctl\n    version:"}, least...), want: []string{"token", "reader-role", "reader-binding", "reader-account"}, own: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := of(t, load(t, append(test.edit, "1.5.10", "1.30.3")...))
			west := p.cluster(t, "west")
			f := west.file(StageIstioConfig, "reader.yaml")
			if len(f.Picks) == 0 {
				t.Fatal("no reader")
			}
			if diff := cmp.Diff(test.want, f.Picks[0].Keys); diff != "" {
				t.Errorf("objects (-want +got):\n%s", diff)
			}
			if remote := p.Units[f.Picks[0].Unit].Args["remote"]; remote != true {
				t.Errorf("remote: %v", remote)
			}
			for _, u := range p.Units {
				profile, is := u.Args["profile"].(map[string]any)
				if is && (profile["ownReader"] == true) != test.own {
					t.Errorf("%s: the chart's role is left out: %v, want %t", profile["name"], profile["ownReader"], test.own)
				}
			}
			if f := p.cluster(t, "east").file(StageIstioConfig, "reader.yaml"); len(f.Picks) > 0 {
				t.Error("nobody reads the only control plane, and it has a reader")
			}
		})
	}
}
