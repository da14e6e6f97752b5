package plan

import (
	"github.com/isthmus-mesh/isthmus/generators/ca"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
)

// Istio-csr goes by the names of its own documents: proxies check the name of
// its Service, which is in its certificate.
const (
	istioCSR          = "istio-csr" // among the charts
	istioCSRChart     = "cert-manager-istio-csr"
	istioCSRCharts    = "https://charts.jetstack.io"
	istioCSRNamespace = "cert-manager"
)

// longestCommonName is how long a common name may be (RFC 5280, A.1).
const longestCommonName = 64

// certManager says whether cert-manager signs for the mesh.
func (b *builder) certManager() bool {
	return b.mesh.Spec.Security.Certificates == mesh.CertManager
}

// certificates plans what istio-csr and istiod are given before they start: the
// roots of the mesh in every cluster, and istiod's own certificate where it runs.
func (b *builder) certificates(c *mesh.Cluster) []File {
	if !b.certManager() {
		return nil
	}
	s := &b.mesh.Spec
	args := map[string]any{
		"roots":        string(ca.Encode(b.mesh.Authorities.Roots...)),
		"csrNamespace": istioCSRNamespace,
		"namespace":    s.Istio.Namespace,
		"trustDomain":  s.TrustDomain,
		"issuer":       b.issuer(),
		"annotations":  b.wave(c, StageSecrets),
	}
	keys := []string{"roots"}
	if c.ControlPlane != nil {
		names := b.namesOfIstiod(c)
		args["dnsNames"] = anyList(names)
		if len(names[0]) <= longestCommonName {
			args["commonName"] = names[0]
		}
		keys = append(keys, "certificate")
	}
	return []File{{Name: "certificates.yaml", Listed: true, Picks: []Pick{{b.unit("certificates.jsonnet", args), keys}}}}
}

// namesOfIstiod gives the names by which proxies and API servers call the control
// planes of a cluster. The first is also the common name, where it fits: some
// issuers want one, and want it among them.
func (b *builder) namesOfIstiod(c *mesh.Cluster) []string {
	suffix := "." + b.mesh.Spec.Istio.Namespace + ".svc"
	names := []string{"istiod" + suffix}
	for _, r := range b.revisions(c) {
		if r.name != "" {
			names = append(names, "istiod-"+r.name+suffix)
		}
	}
	if c.ControlPlane.Hostname != "" {
		names = append(names, c.ControlPlane.Hostname)
	}
	return names
}

func (b *builder) issuer() map[string]any {
	issuer := b.mesh.Spec.Security.CertManager.Issuer
	return map[string]any{"name": issuer.Name, "kind": issuer.Kind, "group": issuer.Group}
}
