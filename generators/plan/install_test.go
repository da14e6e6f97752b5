package plan

import (
	"crypto/x509"
	"encoding/base64"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/isthmus-mesh/isthmus/generators/ca"
)

type m = map[string]any

// profileOf gives what a file of a cluster's control plane is installed by.
func profileOf(t *testing.T, p *Plan, cluster, stage, file string) m {
	t.Helper()
	f := p.cluster(t, cluster).file(stage, file)
	if got := p.arg(t, f, "dialect"); got != "1.30" {
		t.Errorf("dialect %v", got)
	}
	return p.arg(t, f, "profile").(m)
}

// files lists the files of a stage with what they pick, and whether they are
// listed.
func files(c Cluster, stage string) []string {
	var all []string
	for _, s := range c.Stages {
		for _, f := range s.Files {
			if s.Name != stage {
				continue
			}
			line := f.Name
			if !f.Listed {
				line = "(" + f.Name + ")"
			}
			for _, pick := range f.Picks {
				for _, key := range pick.Keys {
					line += " " + key
				}
			}
			all = append(all, line)
		}
	}
	return all
}

// All that an installation of today says, for each role: the values of facts
// that Istio's own guide "Install Primary-Remote" sets, and nothing that points
// a primary at another one.
func TestProfileOfToday(t *testing.T) {
	common := m{
		"namespace": "istio-system", "meshID": "shop", "network": "network1", "cni": false, "revision": "", "tags": []any{}, "hub": "", "tag": "",
		"annotations": m{}, "values": m{}, "form": "values",
	}
	with := func(more m) m {
		all := maps.Clone(common)
		maps.Copy(all, more)
		return all
	}
	p := of(t, loadToday(t))
	for _, test := range []struct {
		cluster, file string
		want          m
	}{
		{cluster: "east", file: "values-istiod.yaml", want: with(m{
			"name": "isthmus-east", "clusterName": "east",
			"charts":   []any{"base", "istiod", "gateway"},
			"releases": m{"base": "istio-base", "istiod": "istiod", "gateway": "istio-eastwestgateway"},
			"versions": m{"base": "1.30.3", "istiod": "1.30.3", "gateway": "1.30.3"},
			"primary":  m{"trustDomain": "cluster.local", "dnsCapture": false, "zipkin": ""},
			"gateway":  m{"name": "istio-eastwestgateway", "namespace": "istio-system", "labels": m{"istio": "eastwestgateway"}, "service": m{"annotations": m{}}},
		})},
		{cluster: "west", file: "values-istiod.yaml", want: with(m{
			"name": "isthmus-west", "clusterName": "west",
			"charts":   []any{"base", "istiod"},
			"releases": m{"base": "istio-base", "istiod": "istiod"},
			"versions": m{"base": "1.30.3", "istiod": "1.30.3"},
			"remote":   m{"injectionPath": "/inject/cluster/west/net/network1"},
		})},
	} {
		t.Run(test.cluster, func(t *testing.T) {
			if diff := cmp.Diff(test.want, profileOf(t, p, test.cluster, StageControlPlane, test.file)); diff != "" {
				t.Errorf("profile (-want +got):\n%s", diff)
			}
		})
	}
}

// A mesh whose roots are known pins them in the webhooks of its remotes.
func TestInjectionCABundle(t *testing.T) {
	root, err := ca.NewRoot(ca.P256, ca.RootLifetime, time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	loaded := loadToday(t)
	loaded.Authorities.Roots = []*x509.Certificate{root.Certificate, root.Certificate}
	p := of(t, loaded)
	want := m{"injectionPath": "/inject/cluster/west/net/network1", "injectionCABundle": base64.StdEncoding.EncodeToString(ca.Encode(root.Certificate, root.Certificate))}
	if diff := cmp.Diff(want, profileOf(t, p, "west", StageControlPlane, "values-istiod.yaml")["remote"]); diff != "" {
		t.Errorf("remote (-want +got):\n%s", diff)
	}
	if got := profileOf(t, p, "east", StageControlPlane, "values-istiod.yaml")["remote"]; got != nil {
		t.Errorf("the primary has %v", got)
	}
}

// What one field of mesh.yaml changes in it.
func TestProfileFieldsOfToday(t *testing.T) {
	istio := func(line string) []string { return []string{"    version:", "    " + line + "\n    version:"} }
	spec := func(line string) []string { return []string{"  clusters:", "  " + line + "\n  clusters:"} }
	west := func(line string) []string {
		return []string{"      apiServer: https://10.2", "      " + line + "\n      apiServer: https://10.2"}
	}
	for _, test := range []struct {
		name, cluster string
		edit          []string
		key           string
		want          any
	}{
		{name: "namespace", cluster: "west", edit: istio("namespace: mesh"), key: "namespace", want: "mesh"},
		{name: "mesh ID", cluster: "west", edit: spec("meshID: five"), key: "meshID", want: "five"},
		{name: "network", cluster: "east", edit: spec("network: vpn"), key: "network", want: "vpn"},
		{name: "network of a remote", cluster: "west", edit: spec("network: vpn"), key: "remote", want: m{"injectionPath": "/inject/cluster/west/net/vpn"}},
		{name: "trust domain", cluster: "east", edit: spec("trustDomain: corp.example"), key: "primary", want: m{"trustDomain": "corp.example", "dnsCapture": false, "zipkin": ""}},
		{name: "trust domain of a remote", cluster: "west", edit: spec("trustDomain: corp.example"), key: "primary"},
		{name: "DNS capture", cluster: "east", edit: spec("dns: {capture: true}"), key: "primary", want: m{"trustDomain": "cluster.local", "dnsCapture": true, "zipkin": ""}},
		{name: "zipkin", cluster: "east", edit: spec(`tracing: {zipkin: "a:9411"}`), key: "primary", want: m{"trustDomain": "cluster.local", "dnsCapture": false, "zipkin": "a:9411"}},
		{name: "cluster domain", cluster: "west", edit: istio("clusterDomain: corp.local"), key: "clusterDomain", want: "corp.local"},
		{name: "hub", cluster: "west", edit: istio("hub: a/b"), key: "hub", want: "a/b"},
		{name: "tag", cluster: "west", edit: istio("tag: x"), key: "tag", want: "x"},
		{name: "CNI", cluster: "west", edit: istio("cni: true"), key: "cni", want: true},
		{name: "the CNI's chart", cluster: "west", edit: istio("cni: true"), key: "charts", want: []any{"base", "cni", "istiod"}},
		{name: "the CNI's release", cluster: "west", edit: istio("cni: true"), key: "releases", want: m{"base": "istio-base", "cni": "istio-cni", "istiod": "istiod"}},
		{name: "revision", cluster: "west", edit: istio("revision: r1"), key: "revision", want: "r1"},
		{name: "the revision's release", cluster: "east", edit: istio("revision: r1"), key: "releases", want: m{"base": "istio-base", "istiod": "istiod-r1", "gateway": "istio-eastwestgateway"}},
		{name: "revision tags", cluster: "east", edit: istio("revision: r1\n    revisionTags: [prod, default]"), key: "tags", want: []any{"prod", "default"}},
		{name: "version", cluster: "west", edit: west(`version: "1.29.4"`), key: "versions", want: m{"base": "1.29.4", "istiod": "1.29.4"}},
		{name: "version of the other", cluster: "east", edit: west(`version: "1.29.4"`), key: "versions", want: m{"base": "1.30.3", "istiod": "1.30.3", "gateway": "1.30.3"}},
		{name: "values of mesh and cluster", cluster: "west", key: "values", edit: slices.Concat(istio("values: {a: {b: 1, c: 2}}"), west("values: {a: {c: 3}}")), want: m{"a": m{"b": int64(1), "c": int64(3)}}},
		{name: "stubs of the profile", cluster: "west", edit: istio("stubs: profile"), key: "remote", want: m{"injectionPath": "/inject/cluster/west/net/network1", "address": "10.1.255.10"}},
		{name: "IPv6", cluster: "west", edit: slices.Concat(istio("stubs: profile"), []string{"[10.1.255.10]", `["fd00:0::1"]`, "[10.120.0.0/16]", `["fd00:120::/112"]`}), key: "remote", want: m{"injectionPath": "/inject/cluster/west/net/network1", "address": "fd00::1"}},
		{name: "a hostname", cluster: "west", edit: []string{"addresses: [10.1.255.10]", "hostname: istiod.example"}, key: "remote", want: m{"injectionURL": "https://istiod.example:15017/inject/cluster/west/net/network1"}},
		{name: "a hostname in the profile", cluster: "west", edit: slices.Concat(istio("stubs: profile"), []string{"addresses: [10.1.255.10]", "hostname: istiod.example"}), key: "remote", want: m{"injectionURL": "https://istiod.example:15017/inject/cluster/west/net/network1", "address": "istiod.example"}},
		{name: "no gateway of isthmus", cluster: "east", edit: []string{"dedicatedGateway", "gateway"}, key: "gateway"},
		{name: "no gateway's chart", cluster: "east", edit: []string{"dedicatedGateway", "gateway"}, key: "charts", want: []any{"base", "istiod"}},
		{name: "a gateway of isthmus", cluster: "east", key: "gateway", edit: []string{"        addresses:", "        gateway: {name: ew, namespace: ns, selector: {a: b}}\n        service: {annotations: {c: d}, loadBalancerIP: 1.2.3.4, loadBalancerClass: e, loadBalancerSourceRanges: [10.0.0.0/8]}\n        addresses:"}, want: m{
			"name": "ew", "namespace": "ns", "labels": m{"a": "b"},
			"service": m{"annotations": m{"c": "d"}, "loadBalancerIP": "1.2.3.4", "loadBalancerClass": "e", "loadBalancerSourceRanges": []any{"10.0.0.0/8"}},
		}},
		{name: "the families of its addresses", cluster: "east", key: "gateway", edit: []string{"[10.1.255.10]", `[10.1.255.10, "fd00::1"]`}, want: m{
			"name": "istio-eastwestgateway", "namespace": "istio-system", "labels": m{"istio": "eastwestgateway"}, "service": m{"annotations": m{}, "ipFamilyPolicy": "PreferDualStack"},
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := of(t, loadToday(t, test.edit...))
			if diff := cmp.Diff(test.want, profileOf(t, p, test.cluster, StageControlPlane, "values-istiod.yaml")[test.key]); diff != "" {
				t.Errorf("%s (-want +got):\n%s", test.key, diff)
			}
		})
	}
}

// Which files a form of installation has, and who reads them: what Argo CD's
// sources and a person's commands read is listed in no kustomization.
func TestForms(t *testing.T) {
	const argocd = "  delivery: {engine: argocd, argocd: {cluster: mgmt, repoURL: \"https://git.example/m\", endpointsIncluded: true}}\n"
	const hub = "  delivery: {engine: flux, flux: {hub: {cluster: mgmt}}}\n"
	const gateway = "gateway.yaml account role binding service deployment scaler"
	values := []string{"(values-base.yaml) values-base", "(values-cni.yaml) values-cni", "(values-istiod.yaml) values-istiod"}
	for _, test := range []struct {
		name, install, delivery string
		form                    string
		manifests               bool     // the gateway goes out after the control plane
		east, west, releases    []string // the control plane's files, and those on a hub
		uses                    bool     // a person's commands are named
	}{
		{name: "helm by a person", install: "helm", form: "values", uses: true,
			east: append(slices.Clone(values), "(values-gateway.yaml) values-gateway"), west: append(slices.Clone(values), "stubs.yaml service IPv4")},
		{name: "helm by Argo CD", install: "helm", delivery: argocd, form: "values", manifests: true, east: values, west: append(slices.Clone(values), "stubs.yaml service IPv4")},
		{name: "values beside Argo CD", install: "values", delivery: argocd, form: "values", uses: true,
			east: append(slices.Clone(values), "(values-gateway.yaml) values-gateway"), west: append(slices.Clone(values), "stubs.yaml service IPv4")},
		{name: "values beside Flux", install: "values", delivery: "  delivery: {engine: flux}\n", form: "values", uses: true,
			east: append(slices.Clone(values), "(values-gateway.yaml) values-gateway"), west: append(slices.Clone(values), "stubs.yaml service IPv4")},
		{name: "helm by Flux", install: "helm", delivery: "  delivery: {engine: flux}\n", form: "helm",
			east: []string{"releases.yaml repository base cni istiod gateway"}, west: []string{"releases.yaml repository base cni istiod", "stubs.yaml service IPv4"}},
		{name: "helm by a hub's Flux", install: "helm", delivery: hub, form: "helm",
			west: []string{"stubs.yaml service IPv4"}, releases: []string{"releases.yaml repository base cni istiod gateway"}},
		{name: "Sail", install: "sail", form: "sail", manifests: true, east: []string{"istio.yaml istio istio-cni tag-prod"}, west: []string{"istio.yaml istio istio-cni tag-prod", "stubs.yaml service IPv4"}},
		{name: "Sail by a hub's Flux", install: "sail", delivery: hub, form: "sail", manifests: true, east: []string{"istio.yaml istio istio-cni tag-prod"}, west: []string{"istio.yaml istio istio-cni tag-prod", "stubs.yaml service IPv4"}},
		{name: "istioctl", install: "istioctl", form: "istioctl", uses: true, east: []string{"(profile.yaml) profile"}, west: []string{"(profile.yaml) profile", "stubs.yaml service IPv4"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := of(t, loadToday(t, "    version:", "    cni: true\n    revision: r1\n    revisionTags: [prod]\n    install: "+test.install+"\n    version:", "  clusters:\n", test.delivery+"  clusters:\n"))
			east, west := p.cluster(t, "east"), p.cluster(t, "west")
			if diff := cmp.Diff(test.east, files(east, StageControlPlane)); diff != "" {
				t.Errorf("east (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.west, files(west, StageControlPlane)); diff != "" {
				t.Errorf("west (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.releases, files(east, StageReleases)); diff != "" {
				t.Errorf("on the hub (-want +got):\n%s", diff)
			}
			if got := slices.Contains(files(east, StageIstioConfig), gateway); got != test.manifests {
				t.Errorf("the gateway's manifests in the config of east: %t", got)
			}
			for _, s := range east.Stages {
				if s.Hub != (s.Name == StageReleases) {
					t.Errorf("stage %s is the hub's: %t", s.Name, s.Hub)
				}
				for _, f := range s.Files {
					if f.Listed && f.Use != "" || !f.Listed && (f.Use != "") != test.uses {
						t.Errorf("%s is listed %t and used by %q", f.Name, f.Listed, f.Use)
					}
					if profile, is := p.Units[f.Picks[0].Unit].Args["profile"].(m); is && profile["form"] != test.form {
						t.Errorf("%s has the form %v", f.Name, profile["form"])
					}
				}
			}
		})
	}
}

// The commands that a person runs name release, chart, version and namespace.
func TestUses(t *testing.T) {
	for _, test := range []struct {
		name string
		edit []string
		want []string
	}{
		{name: "a repository", want: []string{
			"helm upgrade --install istio-base base --repo https://istio-release.storage.googleapis.com/charts --version 1.30.3 -n istio-system -f",
			"helm upgrade --install istiod istiod --repo https://istio-release.storage.googleapis.com/charts --version 1.30.3 -n istio-system -f",
			"helm upgrade --install istio-eastwestgateway gateway --repo https://istio-release.storage.googleapis.com/charts --version 1.30.3 -n istio-system -f",
		}},
		{
			name: "a registry, a revision, another namespace",
			edit: []string{"    version:", "    charts: {url: \"oci://r.example/charts/\"}\n    revision: r1\n    namespace: mesh\n    version:", "        addresses:", "        gateway: {namespace: ew}\n        addresses:"},
			want: []string{
				"helm upgrade --install istio-base oci://r.example/charts/base --version 1.30.3 -n mesh -f",
				"helm upgrade --install istiod-r1 oci://r.example/charts/istiod --version 1.30.3 -n mesh -f",
				"helm upgrade --install istio-eastwestgateway oci://r.example/charts/gateway --version 1.30.3 -n ew -f",
			},
		},
		{name: "istioctl", edit: []string{"    version:", "    install: istioctl\n    version:"}, want: []string{"istioctl install -f"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, f := range of(t, loadToday(t, test.edit...)).cluster(t, "east").Stages[1].Files {
				got = append(got, f.Use)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("commands (-want +got):\n%s", diff)
			}
		})
	}
}

// A canary is a second istiod in every cluster. What revisions share comes once,
// of the newer version; each has its own stub, and the name by which the gateway
// tells it apart.
func TestCanary(t *testing.T) {
	for _, test := range []struct {
		name                         string
		version, canary              string
		base, istiod, other, gateway string // versions of charts
	}{
		{name: "newer", version: "1.29.2", canary: "1.30.3", base: "1.30.3", istiod: "1.29.2", other: "1.30.3", gateway: "1.29.2"},
		{name: "older", version: "1.30.3", canary: "1.29.2", base: "1.30.3", istiod: "1.30.3", other: "1.29.2", gateway: "1.30.3"},
		{name: "the same", version: "1.30.3", canary: "1.30.3", base: "1.30.3", istiod: "1.30.3", other: "1.30.3", gateway: "1.30.3"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := of(t, loadToday(t, "    version: \"1.30.3\"\n", "    version: \""+test.version+"\"\n    cni: true\n    revision: old\n    revisionTags: [prod]\n    canary: {version: \""+test.canary+"\", revision: next, revisionTags: [test]}\n"))
			east, west := p.cluster(t, "east"), p.cluster(t, "west")
			stable := profileOf(t, p, "east", StageControlPlane, "values-istiod.yaml")
			canary := profileOf(t, p, "east", StageControlPlane, "values-istiod-next.yaml")
			if diff := cmp.Diff(m{"base": test.base, "cni": test.base, "istiod": test.istiod, "gateway": test.gateway}, stable["versions"]); diff != "" {
				t.Errorf("versions (-want +got):\n%s", diff)
			}
			got := m{}
			for _, key := range []string{"name", "charts", "releases", "versions", "revision", "tags", "gateway"} {
				got[key] = canary[key]
			}
			want := m{"name": "isthmus-east-next", "charts": []any{"istiod"}, "releases": m{"istiod": "istiod-next"}, "versions": m{"istiod": test.other}, "revision": "next", "tags": []any{"test"}, "gateway": nil}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("canary (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]string{
				"(values-base.yaml) values-base", "(values-cni.yaml) values-cni", "(values-istiod.yaml) values-istiod", "(values-gateway.yaml) values-gateway", "(values-istiod-next.yaml) values-istiod",
			}, files(east, StageControlPlane)); diff != "" {
				t.Errorf("east (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]string{
				"(values-base.yaml) values-base", "(values-cni.yaml) values-cni", "(values-istiod.yaml) values-istiod", "stubs.yaml service IPv4", "(values-istiod-next.yaml) values-istiod", "stubs-next.yaml service IPv4",
			}, files(west, StageControlPlane)); diff != "" {
				t.Errorf("west (-want +got):\n%s", diff)
			}
			for file, revision := range map[string]string{"stubs.yaml": "old", "stubs-next.yaml": "next"} {
				if got := p.arg(t, west.file(StageControlPlane, file), "revision"); got != revision {
					t.Errorf("%s is of revision %v", file, got)
				}
			}
			if diff := cmp.Diff([]string{"exposure.yaml virtual-service gateway", "exposure-next.yaml virtual-service", "policy.yaml peer-authentication"}, files(east, StageIstioConfig)); diff != "" {
				t.Errorf("config of east (-want +got):\n%s", diff)
			}
			if got := p.arg(t, east.file(StageIstioConfig, "exposure-next.yaml"), "revision"); got != "next" {
				t.Errorf("the canary's VirtualService is of revision %v", got)
			}
			if diff := cmp.Diff([]string{"reader.yaml token"}, files(west, StageIstioConfig)); diff != "" {
				t.Errorf("config of west (-want +got):\n%s", diff)
			}
		})
	}
}

// Under Flux the canary's release comes without a second repository, and still
// names it and the base that it depends on; under Sail with its tags alone.
func TestCanaryForms(t *testing.T) {
	edit := []string{"    version: \"1.30.3\"\n", "    version: \"1.30.3\"\n    revision: old\n    canary: {version: \"1.29.2\", revision: next, revisionTags: [test]}\n"}
	p := of(t, loadToday(t, append(edit, "  clusters:\n", "  delivery: {engine: flux}\n  clusters:\n")...))
	if diff := cmp.Diff([]string{"releases.yaml repository base istiod gateway", "releases-next.yaml istiod"}, files(p.cluster(t, "east"), StageControlPlane)); diff != "" {
		t.Errorf("Flux (-want +got):\n%s", diff)
	}
	names := profileOf(t, p, "east", StageControlPlane, "releases-next.yaml")["flux"].(m)["names"]
	if diff := cmp.Diff(m{"repository": "istio", "base": "istio-base", "istiod": "istiod-next"}, names); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	p = of(t, loadToday(t, append(edit, "    version: ", "    install: sail\n    cni: true\n    version: ")...))
	if diff := cmp.Diff([]string{"istio.yaml istio istio-cni", "istio-next.yaml istio tag-test"}, files(p.cluster(t, "east"), StageControlPlane)); diff != "" {
		t.Errorf("Sail (-want +got):\n%s", diff)
	}
	p = of(t, loadToday(t, append(edit, "    version: ", "    install: istioctl\n    version: ")...))
	if diff := cmp.Diff([]string{"(profile.yaml) profile", "(profile-next.yaml) profile"}, files(p.cluster(t, "east"), StageControlPlane)); diff != "" {
		t.Errorf("istioctl (-want +got):\n%s", diff)
	}
}
