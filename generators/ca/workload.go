package ca

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"net/url"
	"time"
)

// Throw-away certificates as a control plane makes them: what a peer says of
// them shows what it would say of a workload's.

// leaves are the two kinds that a control plane signs: a workload's, by its
// identity alone, and its own, by its name.
func leaves(t Terms, from time.Time) []*x509.Certificate {
	leaf := func() *x509.Certificate {
		return &x509.Certificate{
			Subject:               pkix.Name{Organization: []string{"isthmus"}},
			NotBefore:             from,
			NotAfter:              from.Add(5 * time.Minute),
			KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
			ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
			BasicConstraintsValid: true,
		}
	}
	workload, istiod := leaf(), leaf()
	workload.URIs = []*url.URL{spiffe(t.TrustDomain, "default", "default")}
	istiod.DNSNames = []string{"istiod." + t.Namespace + ".svc"}
	return []*x509.Certificate{workload, istiod}
}

// sign makes a leaf under a CA.
func sign(leaf, by *x509.Certificate, key crypto.Signer) (*x509.Certificate, error) {
	own, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	der, err := x509.CreateCertificate(rand.Reader, leaf, by, own.Public(), key)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

// accepted verifies a leaf as a peer does, as a server's and as a client's.
func accepted(leaf *x509.Certificate, chain, roots []*x509.Certificate, at time.Time) error {
	for _, use := range []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth} {
		_, err := leaf.Verify(x509.VerifyOptions{Roots: pool(roots), Intermediates: pool(chain), CurrentTime: at, KeyUsages: []x509.ExtKeyUsage{use}})
		if err != nil {
			return err
		}
	}
	return nil
}

// rehearse signs leaves under copies of a path, whose keys it has, and verifies
// them: so what only a signature shows is found without the private keys.
func rehearse(path []*x509.Certificate, t Terms) error {
	copies := make([]*x509.Certificate, len(path))
	var parent *x509.Certificate
	var signer crypto.Signer
	at := path[0].NotBefore
	for i := len(path) - 1; i >= 0; i-- {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return err
		}
		template := *path[i]
		template.SignatureAlgorithm, template.SubjectKeyId, template.AuthorityKeyId = 0, nil, nil
		template.PublicKey = key.Public()
		if parent == nil {
			parent, signer = &template, key
		}
		der, err := x509.CreateCertificate(rand.Reader, &template, parent, key.Public(), signer)
		if err != nil {
			return err
		}
		if copies[i], err = x509.ParseCertificate(der); err != nil {
			return err
		}
		parent, signer = copies[i], key
		if copies[i].NotBefore.After(at) {
			at = copies[i].NotBefore
		}
	}
	last := len(copies) - 1
	for _, leaf := range leaves(t, at) {
		signed, err := sign(leaf, copies[0], signer)
		if err != nil {
			return err
		}
		if err := accepted(signed, copies[:last], copies[last:], at); err != nil {
			return err
		}
	}
	return nil
}
