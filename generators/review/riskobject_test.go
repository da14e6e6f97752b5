package review

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/isthmus-mesh/isthmus/generators/rule"
	"github.com/isthmus-mesh/isthmus/generators/tree"
)

// between gives the change between two texts of one file of an overlay.
func between(file, before, after string) *Change {
	hold := func(text string) *Side {
		if text == "" {
			return side(nil)
		}
		return side(map[string]string{"overlays/west/" + file: text})
	}
	return Of(hold(before), hold(after), nil)
}

func TestObjectRisks(t *testing.T) {
	const (
		releases  = "control-plane/releases.yaml"
		config    = "istio-config/a.yaml"
		stubs     = "control-plane/stubs.yaml"
		service   = "apiVersion: v1\nkind: Service\nmetadata: {name: a, namespace: b}\nspec: %s\n"
		istiod    = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: istiod, namespace: i}\nspec: {chart: {spec: {chart: istiod, version: %s}}, values: %s}\n"
		gateway   = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: g, namespace: i}\nspec: {chart: {spec: {chart: gateway}}, values: %s}\n"
		operator  = "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nmetadata: {name: isthmus-west, namespace: i}\nspec: {profile: %s, values: %s}\n"
		namespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: a, labels: %s}\n"
		peer      = "apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: default, namespace: i}\nspec: %s\n"
		slice     = "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: istiod, namespace: i, labels: {kubernetes.io/service-name: istiod}}\n%s\n"
		stub      = "apiVersion: v1\nkind: Service\nmetadata: {name: istiod, namespace: i}\nspec: %s\n"
	)
	f := fmt.Sprintf
	for _, test := range []struct {
		name, file, before, after string
		want                      []string // each a code and what is said
	}{
		{"injection by label", "services/a.yaml", f(namespace, "{istio-injection: enabled}"), f(namespace, "{a: b}"),
			[]string{"IST925 Namespace/a: the injection of pods changes from istio-injection=enabled to none"}},
		{"injection by revision", "services/a.yaml", f(namespace, "{a: b}"), f(namespace, "{istio.io/rev: prod}"),
			[]string{"IST925 Namespace/a: the injection of pods changes from none to istio.io/rev=prod"}},
		{"injection by another revision", "services/a.yaml", f(namespace, "{istio-injection: enabled}"), f(namespace, "{istio.io/rev: prod}"),
			[]string{"IST925 Namespace/a: the injection of pods changes from istio-injection=enabled to istio.io/rev=prod"}},
		{"another label", "services/a.yaml", f(namespace, "{a: b}"), f(namespace, "{a: c}"), nil},
		{"port moved", "services/a.yaml", f(service, "{ports: [{name: http, port: 80}]}"), f(service, "{ports: [{name: http, port: 81}]}"),
			[]string{"IST922 Service/b/a: spec.ports[http].port: 80 → 81"}},
		{"port removed", "services/a.yaml", f(service, "{ports: [{name: x, port: 80}, {name: y, port: 81}]}"), f(service, "{ports: [{name: x, port: 80}]}"),
			[]string{"IST922 Service/b/a: spec.ports[y]: {name: y, port: 81} removed"}},
		{"a user's ExternalName", "services/a.yaml", f(service, "{externalName: a.example.com}"), f(service, "{externalName: b.example.com}"), nil},

		{"istiod's environment", releases, f(istiod, "1.30.2", "{pilot: {env: {A: x}}}"), f(istiod, "1.30.2", "{pilot: {env: {A: y}}}"),
			[]string{"IST926 the pods of HelmRelease/i/istiod restart"}},
		{"istiod's release", releases, f(istiod, "1.30.2", "{}"), f(istiod, "1.30.3", "{}"), []string{"IST926 the pods of HelmRelease/i/istiod restart"}},
		{"istiod's replicas", releases, f(istiod, "1.30.2", "{pilot: {replicaCount: 1, env: {}}}"), f(istiod, "1.30.2", "{pilot: {replicaCount: 2, env: {}}}"), nil},
		{"meshConfig", releases, f(istiod, "1.30.2", "{meshConfig: {accessLogFile: a}, global: {network: a, meshID: a}}"), f(istiod, "1.30.2", "{meshConfig: {accessLogFile: b}, global: {network: b, meshID: b}}"), nil},
		{"a remote's environment", releases, f(istiod, "1.30.2", "{profile: remote, pilot: {env: {A: x}}}"), f(istiod, "1.30.3", "{profile: remote, pilot: {env: {A: y}}}"), nil},
		{"a chart's values", "control-plane/values-istiod.yaml", "pilot: {env: {A: x}}\n", "pilot: {env: {A: y}}\n", []string{"IST926 the pods of overlays/west/control-plane/values-istiod.yaml restart"}},
		{"a remote's values", "control-plane/values-istiod.yaml", "profile: remote\npilot: {env: {A: x}}\n", "profile: remote\npilot: {env: {A: y}}\n", nil},
		{"the base chart's", "control-plane/values-base.yaml", "global: {hub: x}\n", "global: {hub: y}\n", nil},
		{"a gateway's labels", releases, f(gateway, "{labels: {a: x}}"), f(gateway, "{labels: {a: y}}"), []string{"IST926 the pods of HelmRelease/i/g restart"}},
		{"a gateway's service", releases, f(gateway, "{service: {type: LoadBalancer}, annotations: {a: x}}"), f(gateway, "{service: {type: NodePort}, annotations: {a: y}}"), nil},
		{"an operator's", releases, f(operator, "default", "{global: {hub: x}}"), f(operator, "default", "{global: {hub: y}}"), []string{"IST926 the pods of IstioOperator/i/isthmus-west restart"}},
		{"a remote operator's", releases, f(operator, "remote", "{global: {remotePilotAddress: 10.1.0.1}}"), f(operator, "remote", "{global: {remotePilotAddress: 10.1.0.2}}"),
			[]string{"IST907 IstioOperator/i/isthmus-west: spec.values.global.remotePilotAddress: 10.1.0.1 → 10.1.0.2"}},

		{"mutual TLS off", config, f(peer, "{mtls: {mode: STRICT}}"), f(peer, "{mtls: {mode: DISABLE}}"),
			[]string{"IST927 PeerAuthentication/i/default: spec.mtls.mode: STRICT → DISABLE"}},
		{"mutual TLS not said", config, f(peer, "{mtls: {mode: STRICT}}"), f(peer, "{}"), []string{"IST927 PeerAuthentication/i/default: spec.mtls.mode: STRICT removed"}},
		{"mutual TLS off for a port", config, f(peer, "{mtls: {mode: STRICT}}"), f(peer, "{mtls: {mode: STRICT}, portLevelMtls: {80: {mode: DISABLE}}}"),
			[]string{"IST927 PeerAuthentication/i/default: spec.portLevelMtls.80.mode: DISABLE added"}},
		{"mutual TLS on", config, f(peer, "{mtls: {mode: PERMISSIVE}}"), f(peer, "{mtls: {mode: STRICT}}"), nil},
		{"mutual TLS off in an operator", releases, f(operator, "default", "{global: {mtls: {enabled: true}}}"), f(operator, "default", "{global: {mtls: {enabled: false}}}"),
			[]string{"IST927 IstioOperator/i/isthmus-west: spec.values.global.mtls.enabled: true → false"}},
		{"values gone", "control-plane/values-cni.yaml", "a: b\n", "", []string{"IST928 overlays/west/control-plane/values-cni.yaml is no longer rendered"}},

		{"ranges narrower", releases, f(gateway, "{service: {loadBalancerSourceRanges: [10.0.0.0/8]}}"), f(gateway, "{service: {loadBalancerSourceRanges: [10.1.0.0/16, 10.2.0.0/16]}}"), nil},
		{"ranges wider", releases, f(gateway, "{service: {loadBalancerSourceRanges: [10.0.0.0/16]}}"), f(gateway, "{service: {loadBalancerSourceRanges: [10.0.0.0/8]}}"),
			[]string{"IST930 HelmRelease/i/g: spec.values.service.loadBalancerSourceRanges: 10.0.0.0/8 let in, beside or instead of 10.0.0.0/16"}},
		{"ranges gone", releases, f(gateway, "{service: {loadBalancerSourceRanges: [10.1.0.0/16]}}"), f(gateway, "{service: {type: LoadBalancer}}"),
			[]string{"IST930 HelmRelease/i/g: spec.values.service.loadBalancerSourceRanges: 10.1.0.0/16 removed, so that every address is let in"}},

		{"stub reordered", stubs, f(slice, "endpoints: [{addresses: [10.0.0.1]}, {addresses: [10.0.0.2]}]"), f(slice, "endpoints: [{addresses: [10.0.0.2]}, {addresses: [10.0.0.1]}]"), nil},
		{"addresses of a stub reordered", stubs, f(slice, "endpoints: [{addresses: [10.0.0.1, 10.0.0.2]}]"), f(slice, "endpoints: [{addresses: [10.0.0.2, 10.0.0.1]}]"), nil},
		{"stub emptied", stubs, f(slice, "endpoints: [{addresses: [10.0.0.1]}]"), f(slice, "endpoints: []"), []string{"IST913 EndpointSlice/i/istiod has no address left"}},
		{"stub gone", stubs, f(slice, "endpoints: [{addresses: [10.0.0.1]}]"), "", []string{"IST914 EndpointSlice/i/istiod is no longer rendered"}},
		{"stub to a name", stubs, f(slice, "endpoints: [{addresses: [10.0.0.1]}]") + "---\n" + f(stub, "{}"), f(stub, "{externalName: i.example.com}"), []string{
			"IST907 EndpointSlice/i/istiod is no longer rendered: the stub leads elsewhere",
			"IST907 Service/i/istiod: spec.externalName: i.example.com added",
		}},
		{"stub from a name", stubs, f(stub, "{externalName: i.example.com}"), f(slice, "endpoints: [{addresses: [10.0.0.1]}]") + "---\n" + f(stub, "{}"), []string{
			"IST907 Service/i/istiod: spec.externalName: i.example.com removed",
		}},
		{"stub's port", stubs, f(stub, "{ports: [{name: tcp-istiod, port: 15012}]}"), f(stub, "{ports: [{name: tcp-istiod, port: 15013}]}"),
			[]string{"IST935 Service/i/istiod: spec.ports[tcp-istiod].port: 15012 → 15013"}},
		{"stub's new port", stubs, f(slice, "ports: [{name: a, port: 1}]"), f(slice, "ports: [{name: a, port: 1}, {name: b, port: 2}]"), nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := between(test.file, test.before, test.after)
			if c.Empty() {
				t.Fatal("nothing differs")
			}
			var got []string
			for _, r := range c.Risks {
				got = append(got, r.Rule+" "+r.What)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// What many Services risk alike is said once.
func TestRisksFold(t *testing.T) {
	var before, after strings.Builder
	for i := range 100 {
		const service = "apiVersion: v1\nkind: Service\nmetadata: {name: s%02d, namespace: shop}\nspec: {ports: [{name: http, port: %d}]}\n---\n"
		fmt.Fprintf(&before, service, i, 80)
		fmt.Fprintf(&after, service, i, 81)
	}
	c := between("services/ns-shop.yaml", before.String(), after.String())
	want := []string{"Service shop/s00, shop/s01, shop/s02, shop/s03, shop/s04, shop/s05 and 94 more: spec.ports[http].port: 80 → 81"}
	if diff := cmp.Diff(want, what(c, rule.PortRemoved)); diff != "" {
		t.Error(diff)
	}
	if n := len(c.Risks[0].Groups); n != 100 {
		t.Errorf("%d groups", n)
	}
	gone := between("services/ns-shop.yaml", "apiVersion: v1\nkind: Service\nmetadata: {name: a}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: b}\n", "")
	if diff := cmp.Diff([]string{"Service a, b are no longer rendered"}, what(gone, rule.ServiceRemoved)); diff != "" {
		t.Error(diff)
	}
}

// What a cluster is bound to moves.
func TestBindingRisks(t *testing.T) {
	bind := func(text string) *Side {
		s := side(map[string]string{"overlays/west/a.yaml": "a: 1\n"})
		s.Parts[0].Binding = "engine=flux version=1.30.2 clusterDomain=cluster.local hub= " + text
		return s
	}
	for _, test := range []struct {
		moved string
		rule  *rule.Rule
		want  []string
	}{
		{"hub=east", rule.InstallationMoves, []string{"the hub changes from none to east"}},
		{"clusterDomain=mesh.local", rule.PlaceMoves, []string{"the cluster domain changes from cluster.local to mesh.local"}},
		{"version=1.30.3", rule.VersionChanges, []string{"Istio changes from 1.30.2 to 1.30.3"}},
		{"version=1.30.1", rule.VersionLowered, []string{"Istio changes from 1.30.2 to 1.30.1"}},
		{"version=1.30.1", rule.VersionChanges, nil},
		{"sealingKey=ab", rule.SealingKeyChanges, nil},
	} {
		if diff := cmp.Diff(test.want, what(Of(bind(""), bind(test.moved), nil), test.rule)); diff != "" {
			t.Errorf("%s: %s", test.moved, diff)
		}
	}
}

// A pin that is another, or gone, is a risk; the first is none.
func TestSealingKeyRisks(t *testing.T) {
	bind := func(text string) *Side {
		s := side(map[string]string{"overlays/west/a.yaml": "a: 1\n"})
		s.Parts[0].Binding = "engine=flux version=1.30.2 " + text
		return s
	}
	for is, want := range map[string][]string{
		"sealingKey=ab": nil,
		"sealingKey=cd": {"the pinned sealing key changes from ab to cd"},
		"":              {"the pinned sealing key changes from ab to none"},
	} {
		if diff := cmp.Diff(want, what(Of(bind("sealingKey=ab"), bind(is), nil), rule.SealingKeyChanges)); diff != "" {
			t.Errorf("%s: %s", is, diff)
		}
	}
}

// No object holds the API servers: two that are swapped are a risk all the same.
func TestServersSwap(t *testing.T) {
	with := func(west, east string) *Side {
		s := side(map[string]string{"overlays/west/a.yaml": "a: 1\n"})
		s.Parts = append(s.Parts, side(nil).Parts[0])
		s.Parts[1].Name = "east"
		s.Servers = map[string]string{"west": west, "east": east}
		return s
	}
	c := Of(with("https://a", "https://b"), with("https://b", "https://a"), nil)
	want := []string{
		"the API server of east changes from https://b to https://a, which was that of west",
		"the API server of west changes from https://a to https://b, which was that of east",
	}
	if diff := cmp.Diff(want, what(c, rule.ServerMoves)); diff != "" {
		t.Error(diff)
	}
	var b strings.Builder
	if err := (Text{}).Write(&b, c); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "no file differs, but the mesh does") {
		t.Error(b.String())
	}
}

// A cluster that goes is one of those in which something differs, and its
// Namespaces stay.
func TestClusterGoes(t *testing.T) {
	const namespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: a, annotations: {kustomize.toolkit.fluxcd.io/prune: disabled}}\n"
	var b strings.Builder
	if err := (Text{}).Write(&b, Of(side(map[string]string{"overlays/west/a.yaml": namespace}), &Side{Name: "it"}, nil)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"in 1 of 1 cluster,", "not pruned: stays in the cluster"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("without %q:\n%s", want, &b)
		}
	}
}

// Documents that change alike may not be alike: a release is raised everywhere, and
// restarts istiod where one runs.
func TestRestartsByCluster(t *testing.T) {
	with := func(version string) *Side {
		s := &Side{Name: "it", Rendered: true}
		for name, values := range map[string]string{"east": "{}", "west": "{profile: remote}"} {
			text := "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: istiod, namespace: i}\nspec: {chart: {spec: {chart: istiod, version: " + version + "}}, values: " + values + "}\n"
			s.Parts = append(s.Parts, tree.Part{Name: name, Files: []tree.File{{Path: "overlays/" + name + "/control-plane/releases.yaml", Segments: [][]byte{[]byte(text)}}}})
		}
		return s
	}
	c := Of(with("1.30.2"), with("1.30.3"), nil)
	if len(c.Groups) != 1 || len(c.Risks) != 1 {
		t.Fatalf("%d groups, risks %+v", len(c.Groups), c.Risks)
	}
	if diff := cmp.Diff([]string{"east"}, c.Risks[0].Clusters); diff != "" {
		t.Error(diff)
	}
}

func TestCACerts(t *testing.T) {
	sealed := func(labels, text string) string {
		return "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: cacerts, namespace: i, labels: {" + labels + "}}\nspec: {encryptedData: {k: " + text + "}}\n"
	}
	const file = "secrets/cacerts.yaml"
	gone, replaced, labelled := between(file, sealed("", "x"), ""), between(file, sealed("", "x"), sealed("", "y")), between(file, sealed("", "x"), sealed("a: b", "x"))
	if got := what(gone, rule.CACertsRemoved); len(got) != 1 {
		t.Errorf("gone: %q", got)
	}
	if diff := cmp.Diff([]string{"SealedSecret/i/cacerts is another, or was sealed anew"}, what(replaced, rule.CACertsReplaced)); diff != "" {
		t.Error(diff)
	}
	// The certificate that it is annotated with tells one that is another.
	named := func(print, text string) string {
		return strings.Replace(sealed("", text), "labels: {}", "annotations: {isthmus.dev/certificate: "+print+"}", 1)
	}
	for _, test := range []struct{ was, is, want string }{
		{"a", "a", "SealedSecret/i/cacerts was sealed anew, by its annotation with the same certificate, which isthmus secrets verify holds against the tags"},
		{"a", "b", "SealedSecret/i/cacerts is another, as its certificate is"},
		{`""`, "b", "SealedSecret/i/cacerts is another, or was sealed anew"},
	} {
		if diff := cmp.Diff([]string{test.want}, what(between(file, named(test.was, "x"), named(test.is, "y")), rule.CACertsReplaced)); diff != "" {
			t.Error(diff)
		}
	}
	if len(labelled.Risks) != 0 || labelled.Empty() {
		t.Errorf("labelled: %+v", labelled.Risks)
	}
}

// A cluster that is joining has no remote Secret yet; one that takes part needs it.
func TestRemoteSecretOfJoining(t *testing.T) {
	held := func(north, secret bool, joining bool) *Side {
		files := map[string]string{"overlays/west/a.yaml": "kind: A\n"}
		if secret {
			files["overlays/west/secrets/istio-remote-secret-north.yaml"] = "kind: B\n"
		}
		s := side(files)
		if north {
			s.Parts = append(s.Parts, tree.Part{Name: "north", Files: []tree.File{{Path: "overlays/north/a.yaml", Segments: [][]byte{[]byte("kind: A\n")}}}})
		}
		s.Joining = map[string]bool{"north": joining}
		return s
	}
	for _, test := range []struct {
		name       string
		base, head *Side
		want       []string
	}{
		{"comes and takes part", held(false, false, false), held(true, false, false), []string{"cluster north joins, and no overlay holds its remote Secret"}},
		{"comes joining", held(false, false, false), held(true, false, true), nil},
		{"takes part now", held(true, false, true), held(true, false, false), []string{"cluster north is no longer joining, and no overlay holds its remote Secret"}},
		{"takes part now, and is read", held(true, false, true), held(true, true, false), nil},
		{"took part before", held(true, false, false), held(true, false, false), nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, what(Of(test.base, test.head, nil), rule.RemoteSecretMissing)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
