package plan

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/isthmus-mesh/isthmus/generators/ca"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
)

// loadSigned loads the mesh of today where cert-manager signs.
func loadSigned(t *testing.T, pairs ...string) *mesh.Mesh {
	t.Helper()
	text := edited(t, today, append([]string{"  clusters:\n", "  security: {certificates: certManager, certManager: {version: v0.14.2, issuer: {name: mesh-ca}}}\n  clusters:\n"}, pairs...)...)
	root, err := ca.NewRoot(ca.P256, ca.RootLifetime, time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{"mesh.yaml": {Data: []byte(text)}, "ca/root.pem": {Data: ca.Encode(root.Certificate)}}
	m, problems := mesh.Load(mesh.Source{FS: files, Name: "mesh.yaml"})
	if m == nil {
		t.Fatal(problems.Text())
	}
	return m
}

// Every cluster has an istio-csr, by Helm whatever installs Istio; a hub's lies
// with the other releases.
func TestIstioCSR(t *testing.T) {
	const argocd = "  delivery: {engine: argocd, argocd: {cluster: mgmt, repoURL: \"https://git.example/m\", endpointsIncluded: true}}\n"
	const csr = "(values-istio-csr.yaml) values-istio-csr"
	for _, test := range []struct {
		name, install, delivery string
		west, releases          []string
		use                     bool // a person's command installs it
	}{
		{name: "helm by a person", install: "helm", use: true, west: []string{"(values-base.yaml) values-base", csr, "(values-istiod.yaml) values-istiod", "stubs.yaml service IPv4"}},
		{name: "Argo CD", install: "helm", delivery: argocd, west: []string{"(values-base.yaml) values-base", csr, "(values-istiod.yaml) values-istiod", "stubs.yaml service IPv4"}},
		{name: "Flux", install: "helm", delivery: "  delivery: {engine: flux}\n", west: []string{"releases.yaml repository istio-csr-repository base istio-csr istiod", "stubs.yaml service IPv4"}},
		{name: "a hub's Flux", install: "helm", delivery: "  delivery: {engine: flux, flux: {hub: {cluster: mgmt}}}\n", west: []string{"stubs.yaml service IPv4"}, releases: []string{"releases.yaml repository istio-csr-repository base istio-csr istiod"}},
		{name: "Sail", install: "sail", use: true, west: []string{"istio.yaml istio", csr, "stubs.yaml service IPv4"}},
		{name: "istioctl", install: "istioctl", use: true, west: []string{"(profile.yaml) profile", csr, "stubs.yaml service IPv4"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := of(t, loadSigned(t, "    version:", "    install: "+test.install+"\n    version:", "  clusters:\n", test.delivery+"  clusters:\n"))
			west := p.cluster(t, "west")
			if diff := cmp.Diff(test.west, files(west, StageControlPlane)); diff != "" {
				t.Errorf("west (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.releases, files(west, StageReleases)); diff != "" {
				t.Errorf("on the hub (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]string{"certificates.yaml roots"}, files(west, StageSecrets)); diff != "" {
				t.Errorf("before a remote's (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]string{"certificates.yaml roots certificate"}, files(p.cluster(t, "east"), StageSecrets)); diff != "" {
				t.Errorf("before the control plane (-want +got):\n%s", diff)
			}
			if i := slices.IndexFunc(west.Stages, func(s Stage) bool { return s.Name == StageSecrets }); i != 1 {
				t.Errorf("the certificates are stage %d, not between namespaces and control plane", i)
			}
			want := ""
			if test.use {
				want = "helm upgrade --install cert-manager-istio-csr cert-manager-istio-csr --repo https://charts.jetstack.io --version v0.14.2 -n cert-manager -f"
			}
			for _, s := range west.Stages {
				for _, f := range s.Files {
					if f.Name == "values-istio-csr.yaml" && f.Use != want {
						t.Errorf("the command is %q, not %q", f.Use, want)
					}
				}
			}
		})
	}
}

// Argo CD has the chart from where it is, in a namespace of its own.
func TestIstioCSRSource(t *testing.T) {
	p := of(t, loadSigned(t, "  clusters:\n", "  delivery: {engine: argocd, argocd: {cluster: mgmt, repoURL: \"https://git.example/m\", endpointsIncluded: true}}\n  clusters:\n"))
	west := p.cluster(t, "west")
	var got any
	for _, one := range p.arg(t, west.Delivery[0], "charts").([]any) {
		if one.(m)["release"] == "cert-manager-istio-csr" {
			got = one
		}
	}
	want := m{
		"chart": "cert-manager-istio-csr", "charts": "https://charts.jetstack.io", "namespace": "cert-manager", "release": "cert-manager-istio-csr",
		"version": "v0.14.2", "values": "overlays/west/control-plane/values-istio-csr.yaml",
	}
	if diff := cmp.Diff(any(want), got); diff != "" {
		t.Errorf("source (-want +got):\n%s", diff)
	}
}

// The certificate of istiod has every name that somebody calls it by.
func TestNamesOfIstiod(t *testing.T) {
	long := strings.Repeat("n", 52)
	for _, test := range []struct {
		name, commonName string
		edit             []string
		want             []any
	}{
		{name: "one", commonName: "istiod.istio-system.svc", want: []any{"istiod.istio-system.svc"}},
		{name: "revisions", commonName: "istiod.mesh.svc", edit: []string{"    version:", "    namespace: mesh\n    revision: blue\n    revisionTags: [prod]\n    canary: {version: \"1.30.3\", revision: green}\n    version:"},
			want: []any{"istiod.mesh.svc", "istiod-blue.mesh.svc", "istiod-green.mesh.svc"}},
		{name: "a hostname", commonName: "istiod.istio-system.svc", edit: []string{"addresses: [10.1.255.10]", "hostname: istiod.example.com"}, want: []any{"istiod.istio-system.svc", "istiod.example.com"}},
		{name: "the longest common name", commonName: "istiod." + long + "n.svc", edit: []string{"    version:", "    namespace: " + long + "n\n    version:"}, want: []any{"istiod." + long + "n.svc"}},
		{name: "too long for a common name", edit: []string{"    version:", "    namespace: " + long + "nn\n    version:"}, want: []any{"istiod." + long + "nn.svc"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := of(t, loadSigned(t, test.edit...))
			f := p.cluster(t, "east").file(StageSecrets, "certificates.yaml")
			if diff := cmp.Diff(any(test.want), p.arg(t, f, "dnsNames")); diff != "" {
				t.Errorf("names (-want +got):\n%s", diff)
			}
			got, _ := p.Units[f.Picks[0].Unit].Args["commonName"].(string)
			if got != test.commonName {
				t.Errorf("common name %q, not %q", got, test.commonName)
			}
		})
	}
}

// Who signs is part of what a cluster is bound to, and nothing is said where
// control planes do: ledgers of before read the same.
func TestSigner(t *testing.T) {
	b := of(t, loadSigned(t)).cluster(t, "west").Binding
	if text := b.String(); !strings.HasSuffix(text, " signer=certManager") || ParseBinding(text).Signer != "certManager" {
		t.Errorf("binding %q", text)
	}
	if text := of(t, loadToday(t)).cluster(t, "west").Binding.String(); strings.Contains(text, "signer") {
		t.Errorf("binding %q", text)
	}
}
