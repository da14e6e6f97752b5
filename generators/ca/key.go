package ca

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
)

// A privateKey is a key that no verb of fmt and no encoder prints.
type privateKey struct{ signer crypto.Signer }

const redacted = "[redacted]"

func (privateKey) Format(s fmt.State, _ rune)   { fmt.Fprint(s, redacted) }
func (privateKey) MarshalText() ([]byte, error) { return []byte(redacted), nil }
func (privateKey) MarshalYAML() (any, error)    { return redacted, nil }

// pem gives the key as PKCS 8, which every release reads.
func (k privateKey) pem() ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(k.signer)
	if err != nil {
		return nil, fmt.Errorf("the private key cannot be encoded")
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

// is says whether it is the key of a certificate.
func (k privateKey) is(cert *x509.Certificate) bool {
	public, ok := k.signer.Public().(interface{ Equal(crypto.PublicKey) bool })
	return ok && public.Equal(cert.PublicKey)
}

// parseKey reads the one private key of a file. An error tells what kind of file
// it is, and nothing of what is in it.
func parseKey(name string, data []byte) (privateKey, error) {
	wrong := func(what, fix string) (privateKey, error) {
		return privateKey{}, &FileError{Name: name, What: what, Fix: fix}
	}
	const convert = "convert it: openssl pkcs8 -topk8 -nocrypt -in <file>"
	block, rest := pem.Decode(data)
	if block == nil {
		return wrong("holds no private key in PEM", "give the key of the certificate, as openssl writes it")
	}
	if len(bytes.TrimSpace(data[:bytes.Index(data, []byte("-----BEGIN"))])) > 0 {
		return wrong("holds something before its key", "leave only the key in it")
	}
	if block.Headers["DEK-Info"] != "" || block.Type == "ENCRYPTED PRIVATE KEY" {
		return wrong("is encrypted, and istiod has no passphrase for it", "decrypt it where nobody sees it, and pass it by a pipe: openssl pkey -in <file>")
	}
	if len(bytes.TrimSpace(rest)) > 0 {
		if block.Type == "EC PARAMETERS" {
			return wrong("starts with EC PARAMETERS, where istiod looks for the key", convert)
		}
		return wrong("holds more than one key", "leave only the key of the certificate in it")
	}
	var key any
	var err error
	switch block.Type {
	case "PRIVATE KEY":
		key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	case "RSA PRIVATE KEY":
		key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	case "EC PRIVATE KEY":
		key, err = x509.ParseECPrivateKey(block.Bytes)
	case "CERTIFICATE":
		return wrong("holds a certificate, and no private key", "give the key of the certificate")
	default:
		return wrong("holds no private key that istiod reads", convert)
	}
	if err != nil {
		return wrong("holds a private key that cannot be read", "make the certificate and its key again")
	}
	switch key := key.(type) {
	case *rsa.PrivateKey:
		return privateKey{key}, nil
	case *ecdsa.PrivateKey:
		return privateKey{key}, nil
	}
	return wrong("holds a key that is neither RSA nor ECDSA", "proxies verify no other: make the certificate and its key again")
}
