package sealtest

import (
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"time"
)

// Today is the clock of the tests.
var Today = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// Certificate gives a sealing certificate for the key of a name, valid ten years
// from a time on, as the controller makes them. Its bytes are the same in every
// run.
func Certificate(name string, from time.Time) []byte {
	return certificate(name, &x509.Certificate{
		NotBefore: from, NotAfter: from.AddDate(10, 0, 0), Subject: pkix.Name{CommonName: "sealed-secret/cn"},
		KeyUsage: x509.KeyUsageEncipherOnly,
	})
}

// CA gives the CA of an API server.
func CA() []byte {
	return certificate("other", &x509.Certificate{
		NotBefore: Today.AddDate(-1, 0, 0), NotAfter: Today.AddDate(9, 0, 0), Subject: pkix.Name{CommonName: "kubernetes"},
		KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	})
}

func certificate(name string, template *x509.Certificate) []byte {
	key := Key(name)
	template.SerialNumber, template.IsCA, template.BasicConstraintsValid = big.NewInt(1), true, true
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key) // PKCS #1 v1.5 takes no chance
	if err != nil {
		panic(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// Subject is the reader's.
const Subject = "system:serviceaccount:istio-system:istio-reader-service-account"

// Claims are those of a token that a token Secret holds.
func Claims(secret string) map[string]any {
	return map[string]any{
		"iss": "kubernetes/serviceaccount", "sub": Subject,
		"kubernetes.io/serviceaccount/namespace":            "istio-system",
		"kubernetes.io/serviceaccount/secret.name":          secret,
		"kubernetes.io/serviceaccount/service-account.name": "istio-reader-service-account",
	}
}

// Requested are the claims of a token that was requested.
func Requested(expires time.Time) map[string]any {
	return map[string]any{
		"iss": "https://kubernetes.default.svc", "sub": Subject, "aud": []string{"https://kubernetes.default.svc"},
		"iat": Today.Unix(), "nbf": Today.Unix(), "exp": expires.Unix(),
	}
}

// Token gives a JWT with these claims and a signature that nobody made.
func Token(claims map[string]any) string {
	part := func(v any) string {
		data, err := json.Marshal(v)
		if err != nil {
			panic(err)
		}
		return base64.RawURLEncoding.EncodeToString(data)
	}
	return part(map[string]string{"alg": "RS256", "kid": "sealtest"}) + "." + part(claims) + "." +
		base64.RawURLEncoding.EncodeToString([]byte("this is no signature, and is as long as one would be: 0123456789"))
}

// Kubeconfig gives a kubeconfig with one context.
func Kubeconfig(context, server, token string) []byte {
	return fmt.Appendf(nil, `apiVersion: v1
kind: Config
current-context: %[1]s
contexts:
- name: %[1]s
  context: {cluster: c, user: u}
clusters:
- name: c
  cluster:
    server: %[2]s
    certificate-authority-data: %[3]s
users:
- name: u
  user:
    token: %[4]s
`, context, server, base64.StdEncoding.EncodeToString(CA()), token)
}

// Server gives the certificate of an API server, which is no CA.
func Server() []byte {
	key := Key("other")
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: Today.AddDate(-1, 0, 0), NotAfter: Today.AddDate(1, 0, 0),
		Subject: pkix.Name{CommonName: "kube-apiserver"}, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		panic(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}
