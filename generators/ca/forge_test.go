package ca

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"testing"
	"time"
)

var now = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

var terms = Terms{TrustDomain: "cluster.local", Namespace: "istio-system"}

// A forge makes certificates that isthmus would not: whatever a change asks for.
type forge struct {
	t testing.TB
}

// An entity is a certificate and its key.
type entity struct {
	cert *x509.Certificate
	key  crypto.Signer
}

func (f forge) key() crypto.Signer {
	f.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		f.t.Fatal(err)
	}
	return key
}

// make signs a CA certificate, "by" nil for a self-signed one.
func (f forge) make(name string, by *entity, key crypto.Signer, change func(*x509.Certificate)) *entity {
	f.t.Helper()
	template := &x509.Certificate{
		Subject:               pkix.Name{Organization: []string{"Test"}, CommonName: name},
		NotBefore:             now.Add(-24 * time.Hour),
		NotAfter:              now.AddDate(1, 0, 0),
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	if by == nil {
		template.NotAfter = now.AddDate(10, 0, 0)
	}
	if change != nil {
		change(template)
	}
	parent, signer := template, key
	if by != nil {
		parent, signer = by.cert, by.key
	}
	if parent.KeyUsage&x509.KeyUsageCertSign == 0 || !parent.IsCA {
		// CreateCertificate looks at the parent's own words.
		able := *parent
		able.KeyUsage |= x509.KeyUsageCertSign
		parent = &able
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	if err != nil {
		f.t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		f.t.Fatal(err)
	}
	return &entity{cert, key}
}

// bundle is root, intermediate and key, changed as asked.
func (f forge) bundle(cluster string, root, intermediate func(*x509.Certificate)) *Bundle {
	f.t.Helper()
	r := f.make("root", nil, f.key(), root)
	i := f.make("intermediate "+cluster, r, f.key(), intermediate)
	return f.of(cluster, i, r)
}

// of is the bundle of a chain, the root last.
func (f forge) of(cluster string, chain ...*entity) *Bundle {
	b := &Bundle{key: privateKey{chain[0].key}}
	b.Cluster = cluster
	for _, e := range chain {
		b.Chain = append(b.Chain, e.cert)
	}
	b.Roots = b.Chain[len(b.Chain)-1:]
	return b
}

// issued gives a root and a bundle of it for each cluster, as isthmus makes them.
func issued(t testing.TB, algorithm Algorithm, clusters ...string) (*Root, []*Bundle) {
	t.Helper()
	root, err := NewRoot(algorithm, RootLifetime, now)
	if err != nil {
		t.Fatal(err)
	}
	var all []*Bundle
	for _, name := range clusters {
		all = append(all, issue(t, root, name, root.Certificate))
	}
	return root, all
}

func issue(t testing.TB, root *Root, cluster string, roots ...*x509.Certificate) *Bundle {
	t.Helper()
	b, err := root.Issue(Cluster{Name: cluster, Namespace: "istio-system", TrustDomain: "cluster.local"}, roots, P256, IntermediateLifetime, now)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func publics(all []*Bundle) []*Public {
	var some []*Public
	for _, b := range all {
		some = append(some, &b.Public)
	}
	return some
}
