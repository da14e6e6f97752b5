package ca

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// A FileError says what is wrong with a file of certificates or a key.
type FileError struct {
	Name string
	Line int // 0 where it is the whole file
	What string
	Fix  string
}

func (e *FileError) Error() string {
	if e.Line > 0 {
		return fmt.Sprintf("%s:%d: %s", e.Name, e.Line, e.What)
	}
	return e.Name + ": " + e.What
}

// certificatesLimit bounds what one file may hold: no chain and no set of roots
// comes near.
const certificatesLimit = 64

// blockType is what blocks of PEM are called. Anything else may be a secret, and is
// not repeated.
var blockType = regexp.MustCompile(`^[A-Z0-9][A-Z0-9 ]{0,30}$`)

// Certificates reads a file of certificates in PEM. There may be comments between
// them, as openssl writes them, but nothing else: a private key least of all.
func Certificates(name string, data []byte) ([]*x509.Certificate, error) {
	var certs []*x509.Certificate
	all := data
	wrong := func(what, fix string) error {
		return &FileError{Name: name, Line: 1 + bytes.Count(all[:len(all)-len(data)], []byte("\n")), What: what, Fix: fix}
	}
	for {
		at := bytes.Index(data, []byte("-----BEGIN"))
		if at < 0 {
			break
		}
		data = data[at:]
		block, rest := pem.Decode(data)
		// Decode passes over a block that is broken, to the next whole one.
		if block == nil || bytes.Count(data[:len(data)-len(rest)], []byte("-----BEGIN")) > 1 {
			return nil, wrong("a block of PEM is broken", "copy the certificate again, from BEGIN to END")
		}
		if strings.HasSuffix(block.Type, "PRIVATE KEY") {
			return nil, wrong("a private key lies among the certificates", "take it out; where this file was committed, count the key as known to others and issue again")
		}
		if block.Type != "CERTIFICATE" {
			what := "a block of PEM"
			if blockType.MatchString(block.Type) {
				what = fmt.Sprintf("%q", block.Type)
			}
			return nil, wrong(what+" is no certificate", "leave only CERTIFICATE blocks in the file")
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, wrong("a certificate cannot be read: "+strings.TrimPrefix(err.Error(), "x509: "), "take the file from where it was made again")
		}
		if certs = append(certs, cert); len(certs) > certificatesLimit {
			return nil, wrong(fmt.Sprintf("holds more than %d certificates", certificatesLimit), "leave only the chain and its roots in the file")
		}
		data = rest
	}
	if bytes.Contains(data, []byte("-----END")) {
		return nil, wrong("a block of PEM is broken", "copy the certificate again, from BEGIN to END")
	}
	if len(certs) == 0 {
		return nil, &FileError{Name: name, What: "holds no certificate in PEM", Fix: "give certificates as openssl writes them, from BEGIN to END"}
	}
	return certs, nil
}

// Encode gives certificates as PEM.
func Encode(certs ...*x509.Certificate) []byte {
	var b bytes.Buffer
	for _, cert := range certs {
		_ = pem.Encode(&b, &pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}) // a Buffer takes all
	}
	return b.Bytes()
}

// Fingerprint gives the SHA-256 of a certificate, as openssl x509 -fingerprint
// prints it but for the case and the colons.
func Fingerprint(cert *x509.Certificate) string {
	sum := sha256.Sum256(cert.Raw)
	return hex.EncodeToString(sum[:])
}

// selfSigned says whether a certificate is its own issuer: a root.
func selfSigned(cert *x509.Certificate) bool {
	return bytes.Equal(cert.RawSubject, cert.RawIssuer) && unsigned(cert, cert) == ""
}

// sameSet says whether two lists hold the same certificates, in any order.
func sameSet(a, b []*x509.Certificate) bool { return contains(a, b) && contains(b, a) }

// contains says whether all of some are among them.
func contains(all, some []*x509.Certificate) bool {
	return !slices.ContainsFunc(some, func(one *x509.Certificate) bool {
		return !slices.ContainsFunc(all, one.Equal)
	})
}

func pool(certs []*x509.Certificate) *x509.CertPool {
	p := x509.NewCertPool()
	for _, cert := range certs {
		p.AddCert(cert)
	}
	return p
}
