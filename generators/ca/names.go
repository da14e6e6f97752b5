package ca

import (
	"crypto/x509"
	"net/url"
	"time"
)

// name gives an intermediate the names that Istio's own tools give it.
func (c Cluster) name(template *x509.Certificate) {
	if !c.Old {
		template.DNSNames = []string{"istiod." + c.Namespace + ".svc"}
		return
	}
	template.DNSNames = []string{"localhost"}
	for _, domain := range []string{c.TrustDomain, c.Name} {
		template.URIs = append(template.URIs, spiffe(domain, c.Namespace, "citadel"))
	}
}

// spiffe gives the identity of a service account.
func spiffe(domain, namespace, account string) *url.URL {
	return &url.URL{Scheme: "spiffe", Host: domain, Path: "/ns/" + namespace + "/sa/" + account}
}

// day words a moment for people: certificates end on days.
func day(t time.Time) string { return t.UTC().Format("2006-01-02") }
