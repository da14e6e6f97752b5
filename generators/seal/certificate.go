package seal

import (
	"bytes"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"time"

	"github.com/isthmus-mesh/isthmus/generators/diag"
)

// CertificatePath is where a cluster's sealing certificate lies, from the folder
// of mesh.yaml.
func CertificatePath(cluster string) string { return "sealing/" + cluster + ".pem" }

// A Certificate holds the public key that a cluster's sealed-secrets opens
// with.
type Certificate struct {
	Key       *rsa.PublicKey
	Print     string // the fingerprint of the key: SHA-256 of its SubjectPublicKeyInfo, in hexadecimal
	NotBefore time.Time
	NotAfter  time.Time
}

// certificateLimit bounds the file of a certificate, in bytes.
const certificateLimit = 64 << 10

// Keys within these bounds, in bits: the controller makes 4096, and a key whose
// length does not fit is no key of its.
const (
	leastBits = 2048
	mostBits  = 16384
)

const fetch = "fetch it again: kubeseal --fetch-cert"

// ParseCertificate reads a sealing certificate. File is its name for positions.
// What it refuses would be sealed for nobody, or for somebody else; expiry is
// left to Certificate.Current.
func ParseCertificate(file string, data []byte) (*Certificate, *diag.Problem) {
	wrong := func(what, why string) *diag.Problem {
		return &diag.Problem{Pos: diag.Position{File: file}, What: what, Why: why, Fix: fetch}
	}
	if len(data) > certificateLimit {
		return nil, wrong(fmt.Sprintf("holds %d bytes, and a sealing certificate fits in %d", len(data), certificateLimit), "")
	}
	block, rest := pem.Decode(data)
	if block == nil {
		return nil, wrong("holds no PEM block", "a sealing certificate is what kubeseal --fetch-cert prints")
	}
	if bytes.Contains(data, []byte("PRIVATE KEY-----")) {
		return nil, &diag.Problem{Pos: diag.Position{File: file}, What: "holds a private key", Why: "who reads this repository can open all that is sealed for it", Fix: "take it out of the repository, and renew the cluster's sealing key"}
	}
	if before := data[:bytes.Index(data, []byte("-----BEGIN"))]; len(bytes.TrimSpace(before)) > 0 || len(bytes.TrimSpace(rest)) > 0 {
		return nil, wrong("holds more than one certificate", "kubeseal would take the first and say nothing of the rest")
	}
	if block.Type != "CERTIFICATE" || len(block.Headers) > 0 {
		return nil, wrong(fmt.Sprintf("holds a PEM block of type %q and not one CERTIFICATE", block.Type), "")
	}
	parsed, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, wrong("holds no certificate that can be read: "+err.Error(), "")
	}
	key, ok := parsed.PublicKey.(*rsa.PublicKey)
	if !ok {
		return nil, wrong(fmt.Sprintf("holds a key of %s", parsed.PublicKeyAlgorithm), "sealed-secrets seals with RSA alone")
	}
	if bits := key.N.BitLen(); bits < leastBits || bits > mostBits {
		return nil, wrong(fmt.Sprintf("holds an RSA key of %d bits", bits), fmt.Sprintf("keys have from %d to %d", leastBits, mostBits))
	}
	if !hides(key.E) {
		return nil, wrong(fmt.Sprintf("holds an RSA key of exponent %d", key.E), "it hides nothing")
	}
	print := sha256.Sum256(parsed.RawSubjectPublicKeyInfo)
	return &Certificate{Key: key, Print: hex.EncodeToString(print[:]), NotBefore: parsed.NotBefore, NotAfter: parsed.NotAfter}, nil
}

// Current says why nothing may be sealed with the certificate now, nil where it
// may.
func (c *Certificate) Current(file string, now time.Time) *diag.Problem {
	p := &diag.Problem{Pos: diag.Position{File: file}, Fix: fetch}
	switch {
	case now.Before(c.NotBefore):
		p.What, p.Why = "is valid from "+date(c.NotBefore)+" on", "it may be another cluster's, or a clock is wrong"
	case now.After(c.NotAfter):
		p.What, p.Why = "expired on "+date(c.NotAfter), "nobody may have the key any more"
	default:
		return nil
	}
	return p
}

// hides says that a public exponent encrypts at all.
func hides(exponent int) bool { return exponent >= 3 && exponent%2 == 1 }

// date is how a time is shown: to the day, in UTC.
func date(t time.Time) string { return t.UTC().Format(time.DateOnly) }
