package plan

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
)

// planOf plans base for a release and stubs, with Mixer's addresses or without.
func planOf(t *testing.T, version, stubs string, mixer bool, pairs ...string) *Plan {
	t.Helper()
	edit := []string{"1.5.10\"", version + "\"\n    stubs: " + stubs}
	if mixer {
		edit = append(edit, "addresses: [10.10.0.5]", "addresses: [10.10.0.5]\n        policyAddresses: [10.10.0.6]\n        telemetryAddresses: [10.10.0.7]")
	}
	return of(t, load(t, append(edit, pairs...)...))
}

// How the remote learns where the control plane is, in each of the three
// behaviours of the old releases: what its profile says, and which objects
// stand beside it.
func TestRemote(t *testing.T) {
	guide := map[string]any{"pilotAddress": "10.10.0.5", "createPilotEndpoint": true, "createEndpoints": true}
	guideMixer := map[string]any{"pilotAddress": "10.10.0.5", "policyAddress": "10.10.0.6", "telemetryAddress": "10.10.0.7", "createPilotEndpoint": true, "createEndpoints": true}
	pilot := map[string]any{"istio-pilot": []any{"10.10.0.5"}}
	pilotMixer := map[string]any{"istio-pilot": []any{"10.10.0.5"}, "istio-policy": []any{"10.10.0.6"}, "istio-telemetry": []any{"10.10.0.7"}}
	istiod := map[string]any{"istiod-remote": []any{"10.10.0.5"}}
	istiodMixer := map[string]any{"istiod-remote": []any{"10.10.0.5"}, "istio-policy": []any{"10.10.0.6"}, "istio-telemetry": []any{"10.10.0.7"}}
	for _, test := range []struct {
		name, version, stubs string
		mixer                bool
		remote               map[string]any
		objects              map[string]any // nil: none
	}{
		// 1.4: with either flag the charts make the stub, and the sidecars dial
		// its name; without both the overlay's stub answers to that name anyway.
		{name: "1.4 both", version: "1.4.10", stubs: "both", remote: guide, objects: pilot},
		{name: "1.4 both, Mixer", version: "1.4.0", stubs: "both", mixer: true, remote: guideMixer, objects: pilotMixer},
		{name: "1.4 profile", version: "1.4.10", stubs: "profile", mixer: true, remote: guideMixer},
		{name: "1.4 overlay", version: "1.4.10", stubs: "overlay", remote: map[string]any{}, objects: pilot},
		{name: "1.4 overlay, Mixer", version: "1.4.10", stubs: "overlay", mixer: true, remote: map[string]any{}, objects: pilotMixer},
		// 1.5.0: the same flags.
		{name: "1.5.0 both", version: "1.5.0", stubs: "both", remote: guide, objects: pilot},
		{name: "1.5.0 both, Mixer", version: "1.5.0", stubs: "both", mixer: true, remote: guideMixer, objects: pilotMixer},
		{name: "1.5.0 profile", version: "1.5.0", stubs: "profile", remote: guide},
		// From 1.5.1 on: the address alone makes the stub, under its new name;
		// one flag is left, for Mixer.
		{name: "1.5 both", version: "1.5.1", stubs: "both", remote: map[string]any{"pilotAddress": "10.10.0.5"}, objects: istiod},
		{name: "1.5 both, Mixer", version: "1.5.10", stubs: "both", mixer: true, objects: istiodMixer, remote: map[string]any{
			"pilotAddress": "10.10.0.5", "policyAddress": "10.10.0.6", "telemetryAddress": "10.10.0.7", "createEndpoints": true,
		}},
		{name: "1.5 profile", version: "1.5.10", stubs: "profile", remote: map[string]any{"pilotAddress": "10.10.0.5"}},
		{name: "1.5 overlay", version: "1.5.10", stubs: "overlay", objects: istiod, remote: map[string]any{"discoveryAddress": "istiod-remote.istio-system.svc:15012"}},
		{name: "1.5 overlay, Mixer", version: "1.5.10", stubs: "overlay", mixer: true, objects: istiodMixer, remote: map[string]any{
			"discoveryAddress": "istiod-remote.istio-system.svc:15012", "policyAddress": "istio-policy.istio-system", "telemetryAddress": "istio-telemetry.istio-system",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := planOf(t, test.version, test.stubs, test.mixer)
			west := p.cluster(t, "west")
			profile := p.arg(t, west.file(StageControlPlane, "profile.yaml"), "profile").(map[string]any)
			if diff := cmp.Diff(test.remote, profile["remote"]); diff != "" {
				t.Errorf("what the profile says of the control plane (-want +got):\n%s", diff)
			}
			stubs := west.file(StageControlPlane, "stubs.yaml")
			if test.objects == nil {
				if len(stubs.Picks) > 0 {
					t.Errorf("objects where the charts make them: %v", stubs)
				}
				return
			}
			if diff := cmp.Diff(test.objects, p.arg(t, stubs, "stubs")); diff != "" || !stubs.Listed {
				t.Errorf("listed %t, stubs (-want +got):\n%s", stubs.Listed, diff)
			}
			var keys []string
			for _, name := range slices.Sorted(maps.Keys(test.objects)) {
				keys = append(keys, name+".endpoints", name+".service")
			}
			if got := slices.Sorted(slices.Values(stubs.Picks[0].Keys)); !slices.Equal(got, keys) {
				t.Errorf("objects %v, want %v", got, keys)
			}
		})
	}
}

// All that a profile says, for each dialect and role.
func TestProfile(t *testing.T) {
	common := map[string]any{
		"namespace": "istio-system", "meshID": "shop", "trustDomain": "cluster.local", "network": "network1",
		"mutualTLS": true, "selfSigned": false, "annotations": map[string]any{}, "values": map[string]any{},
	}
	with := func(more map[string]any) map[string]any {
		all := maps.Clone(common)
		maps.Copy(all, more)
		return all
	}
	for _, test := range []struct {
		name, version, cluster string
		dialect                string
		want                   map[string]any
	}{
		// On 1.4 the primary must not name itself.
		{name: "1.4 primary", version: "1.4.10", cluster: "east", dialect: "1.4", want: with(map[string]any{
			"name": "isthmus-east", "profile": "default", "controlPlaneSecurity": true,
		})},
		{name: "1.4 remote", version: "1.4.10", cluster: "west", dialect: "1.4", want: with(map[string]any{
			"name": "isthmus-west", "profile": "remote", "controlPlaneSecurity": true, "clusterName": "west", "injection": true, "ingressGateway": false,
			"remote": map[string]any{"pilotAddress": "10.10.0.5", "createPilotEndpoint": true, "createEndpoints": true},
		})},
		{name: "1.5.0 primary", version: "1.5.0", cluster: "east", dialect: "1.5.0", want: with(map[string]any{
			"name": "isthmus-east", "profile": "default", "clusterName": "east",
		})},
		{name: "1.5 primary", version: "1.5.10", cluster: "east", dialect: "1.5", want: with(map[string]any{
			"name": "isthmus-east", "profile": "default", "clusterName": "east",
		})},
		{name: "1.5 remote", version: "1.5.10", cluster: "west", dialect: "1.5", want: with(map[string]any{
			"name": "isthmus-west", "profile": "remote", "clusterName": "west", "ingressGateway": false,
			"remote": map[string]any{"pilotAddress": "10.10.0.5"},
		})},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := planOf(t, test.version, "both", false)
			f := p.cluster(t, test.cluster).file(StageControlPlane, "profile.yaml")
			if diff := cmp.Diff(test.want, p.arg(t, f, "profile")); diff != "" {
				t.Errorf("profile (-want +got):\n%s", diff)
			}
			if got := p.arg(t, f, "dialect"); got != test.dialect || f.Listed {
				t.Errorf("dialect %q, listed %t", got, f.Listed)
			}
		})
	}
}

// What one field of mesh.yaml changes in a profile.
func TestProfileFields(t *testing.T) {
	const west = "apiServer: https://10.2"
	for _, test := range []struct {
		name, version, cluster string
		edit                   []string
		key                    string
		want                   any
	}{
		{name: "namespace", version: "1.5.10", cluster: "west", edit: []string{"    version", "    namespace: istio-control\n    version"}, key: "namespace", want: "istio-control"},
		{name: "mesh ID", version: "1.5.10", cluster: "west", edit: []string{"  clusters:", "  meshID: five\n  clusters:"}, key: "meshID", want: "five"},
		{name: "trust domain", version: "1.5.10", cluster: "east", edit: []string{"  clusters:", "  trustDomain: corp.example\n  clusters:"}, key: "trustDomain", want: "corp.example"},
		{name: "network", version: "1.5.10", cluster: "east", edit: []string{"  clusters:", "  network: vpn\n  clusters:"}, key: "network", want: "vpn"},
		{name: "cluster domain", version: "1.5.10", cluster: "east", edit: []string{"    version", "    clusterDomain: corp.local\n    version"}, key: "clusterDomain", want: "corp.local"},
		{name: "hub", version: "1.5.10", cluster: "west", edit: []string{"    version", "    hub: a/b\n    version"}, key: "hub", want: "a/b"},
		{name: "tag", version: "1.5.10", cluster: "west", edit: []string{"    version", "    tag: \"1.5.10\"\n    version"}, key: "tag", want: "1.5.10"},
		{name: "zipkin", version: "1.5.10", cluster: "west", edit: []string{"  clusters:", "  tracing: {zipkin: \"a:9411\"}\n  clusters:"}, key: "zipkin", want: "a:9411"},
		{name: "mutual TLS", version: "1.5.10", cluster: "west", edit: []string{"  clusters:", "  security: {mutualTLS: false}\n  clusters:"}, key: "mutualTLS", want: false},
		{name: "control plane security", version: "1.4.10", cluster: "west", edit: []string{"  clusters:", "  security: {controlPlaneSecurity: false}\n  clusters:"}, key: "controlPlaneSecurity", want: false},
		{name: "self-signed", version: "1.4.10", cluster: "west", edit: []string{"  clusters:", "  security: {certificates: selfSigned, mutualTLS: false, controlPlaneSecurity: false}\n  clusters:"}, key: "selfSigned", want: true},
		{name: "ingress gateway", version: "1.4.10", cluster: "west", edit: []string{west, "ingressGateway: true\n      " + west}, key: "ingressGateway", want: true},
		{name: "no injection, 1.4 remote", version: "1.4.10", cluster: "west", edit: []string{west, "injection: false\n      " + west}, key: "injection", want: false},
		{name: "no injection, 1.4 primary", version: "1.4.10", cluster: "east", edit: []string{"  clusters:", "  injection: {automatic: false}\n  clusters:"}, key: "injection", want: false},
		{name: "no injection, 1.5 has no such field", version: "1.5.10", cluster: "west", edit: []string{west, "injection: false\n      " + west}, key: "injection"},
		{name: "values of mesh and cluster", version: "1.5.10", cluster: "west", key: "values", edit: []string{
			"    version", "    values: {a: {b: 1, c: 2}}\n    version", west, "values: {a: {c: 3}}\n      " + west,
		}, want: map[string]any{"a": map[string]any{"b": int64(1), "c": int64(3)}}},
		{name: "values of another cluster", version: "1.5.10", cluster: "east", key: "values", edit: []string{
			"    version", "    values: {a: {b: 1, c: 2}}\n    version", west, "values: {a: {c: 3}}\n      " + west,
		}, want: map[string]any{"a": map[string]any{"b": int64(1), "c": int64(2)}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := planOf(t, test.version, "both", false, test.edit...)
			profile := p.arg(t, p.cluster(t, test.cluster).file(StageControlPlane, "profile.yaml"), "profile").(map[string]any)
			if diff := cmp.Diff(test.want, profile[test.key]); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.key, diff)
			}
		})
	}
}

// Stubs of the overlay have all addresses, in the mesh's own namespace, and are
// one unit for all remotes.
func TestStubs(t *testing.T) {
	p := of(t, load(t, "1.5.10\"", "1.5.10\"\n    stubs: overlay\n    namespace: istio-control", "[10.10.0.5]", "[10.10.0.9, 10.10.0.5]"))
	west := p.cluster(t, "west")
	f := west.file(StageControlPlane, "stubs.yaml")
	if diff := cmp.Diff(map[string]any{"istiod-remote": []any{"10.10.0.9", "10.10.0.5"}}, p.arg(t, f, "stubs")); diff != "" {
		t.Errorf("stubs (-want +got):\n%s", diff)
	}
	if got := p.arg(t, f, "namespace"); got != "istio-control" {
		t.Errorf("namespace %q", got)
	}
	profile := p.arg(t, west.file(StageControlPlane, "profile.yaml"), "profile").(map[string]any)
	if diff := cmp.Diff(map[string]any{"discoveryAddress": "istiod-remote.istio-control.svc:15012"}, profile["remote"]); diff != "" {
		t.Errorf("remote (-want +got):\n%s", diff)
	}
	if f := p.cluster(t, "east").file(StageControlPlane, "stubs.yaml"); len(f.Picks) > 0 {
		t.Error("the primary has a stub of itself")
	}
}

// An operator in the cluster takes the profile from the overlay.
func TestOperator(t *testing.T) {
	p := of(t, load(t, "1.5.10\"", "1.5.10\"\n    install: operator"))
	for _, c := range p.Clusters {
		if !c.file(StageControlPlane, "profile.yaml").Listed {
			t.Errorf("%s: the profile is not listed", c.Name)
		}
	}
}

func TestMerge(t *testing.T) {
	type m = map[string]any
	under := m{"a": m{"b": 1, "c": m{"d": 1}}, "e": []any{1, 2}, "f": m{"g": 1}, "h": 1, "i": nil}
	over := m{"a": m{"c": m{"x": 2}}, "e": []any{3}, "f": 4, "h": m{"y": 5}, "i": m{}, "z": nil}
	want := m{"a": m{"b": 1, "c": m{"d": 1, "x": 2}}, "e": []any{3}, "f": 4, "h": m{"y": 5}, "i": m{}, "z": nil}
	if diff := cmp.Diff(want, merge(under, over)); diff != "" {
		t.Errorf("merged (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(m{"a": m{"b": 1, "c": m{"d": 1}}, "e": []any{1, 2}, "f": m{"g": 1}, "h": 1, "i": nil}, under); diff != "" {
		t.Errorf("merging changed what it was given (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(m{}, merge(nil, nil)); diff != "" {
		t.Errorf("nothing merged:\n%s", diff)
	}
}

// During an upgrade each cluster has what its own release takes.
func TestUpgrade(t *testing.T) {
	p := of(t, load(t, "apiServer: https://10.2", "version: \"1.4.10\"\n      apiServer: https://10.2"))
	west := p.cluster(t, "west")
	if got := p.arg(t, west.file(StageControlPlane, "profile.yaml"), "dialect"); got != string(mesh.Dialect14) {
		t.Errorf("dialect %q", got)
	}
	if diff := cmp.Diff(map[string]any{"istio-pilot": []any{"10.10.0.5"}}, p.arg(t, west.file(StageControlPlane, "stubs.yaml"), "stubs")); diff != "" {
		t.Errorf("stubs (-want +got):\n%s", diff)
	}
}
