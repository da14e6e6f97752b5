package ca

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
)

// An Algorithm is the kind of a key.
type Algorithm string

// The algorithms that every release verifies. RSA is what Istio's own tools
// make, and slow: a signature takes a hundred times as long.
const (
	P256    Algorithm = "ecdsa-p256"
	P384    Algorithm = "ecdsa-p384"
	RSA4096 Algorithm = "rsa-4096"
)

// Algorithms lists them, the default first.
func Algorithms() []string { return []string{string(P256), string(P384), string(RSA4096)} }

func (a Algorithm) generate() (crypto.Signer, error) {
	switch a {
	case P256:
		return ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	case P384:
		return ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	case RSA4096:
		return rsa.GenerateKey(rand.Reader, 4096)
	}
	return nil, fmt.Errorf("no algorithm %q", a)
}

// usage gives what a CA's key is for, as Istio's own tools have it: a key for
// ECDSA enciphers nothing.
func usage(key crypto.Signer) x509.KeyUsage {
	u := x509.KeyUsageDigitalSignature | x509.KeyUsageContentCommitment | x509.KeyUsageCertSign
	if _, ok := key.(*rsa.PrivateKey); ok {
		u |= x509.KeyUsageKeyEncipherment
	}
	return u
}
