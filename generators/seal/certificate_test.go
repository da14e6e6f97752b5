package seal

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/pem"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/isthmus-mesh/isthmus/generators/seal/sealtest"
)

// Nothing is sealed with a certificate that is not what it should be, and no
// file is touched.
func TestBadCertificates(t *testing.T) {
	from, to := today.AddDate(0, 0, -30), today.AddDate(10, 0, 0)
	good := current(t, "east")
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(good)
	as := func(kind string, der []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}) }
	flipped := bytes.Clone(block.Bytes)
	flipped[3] ^= 0x40
	for _, test := range []struct {
		name string
		data []byte
		want string // of the message, behind the file's name
	}{
		{"nothing", nil, "holds no PEM block; a sealing certificate is what kubeseal --fetch-cert prints"},
		{"blank lines", []byte("\n\n"), "holds no PEM block; a sealing certificate is what kubeseal --fetch-cert prints"},
		{"text", []byte("not a certificate\n"), "holds no PEM block; a sealing certificate is what kubeseal --fetch-cert prints"},
		{"an error page", []byte("<html>503</html>\n"), "holds no PEM block; a sealing certificate is what kubeseal --fetch-cert prints"},
		{"DER", block.Bytes, "holds no PEM block; a sealing certificate is what kubeseal --fetch-cert prints"},
		{"cut", good[:len(good)/2], "holds no PEM block; a sealing certificate is what kubeseal --fetch-cert prints"},
		{"two", append(bytes.Clone(good), current(t, "west")...), "holds more than one certificate; kubeseal would take the first and say nothing of the rest"},
		{"the same twice", append(bytes.Clone(good), good...), "holds more than one certificate; kubeseal would take the first and say nothing of the rest"},
		{"text behind", append(bytes.Clone(good), "more\n"...), "holds more than one certificate; kubeseal would take the first and say nothing of the rest"},
		{"text before", append([]byte("subject: x\n"), good...), "holds more than one certificate; kubeseal would take the first and say nothing of the rest"},
		{"a private key", sealtest.PrivatePEM("east"), "holds a private key; who reads this repository can open all that is sealed for it"},
		{"with a private key", append(bytes.Clone(good), sealtest.PrivatePEM("east")...), "holds a private key; who reads this repository can open all that is sealed for it"},
		{"a public key", as("PUBLIC KEY", block.Bytes), `holds a PEM block of type "PUBLIC KEY" and not one CERTIFICATE`},
		{"a request", as("CERTIFICATE REQUEST", block.Bytes), `holds a PEM block of type "CERTIFICATE REQUEST" and not one CERTIFICATE`},
		{"a trusted certificate", as("TRUSTED CERTIFICATE", block.Bytes), `holds a PEM block of type "TRUSTED CERTIFICATE" and not one CERTIFICATE`},
		{"headers", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Headers: map[string]string{"A": "b"}, Bytes: block.Bytes}), `holds a PEM block of type "CERTIFICATE" and not one CERTIFICATE`},
		{"damaged", as("CERTIFICATE", flipped), "holds no certificate that can be read: "},
		{"empty DER", as("CERTIFICATE", nil), "holds no certificate that can be read: "},
		{"bytes behind", as("CERTIFICATE", append(bytes.Clone(block.Bytes), 0)), "holds no certificate that can be read: "},
		{"ECDSA", certificate(t, curve, from, to), "holds a key of ECDSA; sealed-secrets seals with RSA alone"},
		{"Ed25519", certificate(t, edwards, from, to), "holds a key of Ed25519; sealed-secrets seals with RSA alone"},
		{"a short key", certificate(t, rsaKey(t, "weak"), from, to), "holds an RSA key of 1024 bits; keys have from 2048 to 16384"},
		{"expired", certificate(t, rsaKey(t, "east"), from, today.Add(-time.Second)), "expired on 2026-11-22; nobody may have the key any more"},
		{"of tomorrow", certificate(t, rsaKey(t, "east"), today.AddDate(0, 0, 1), to), "is valid from 2026-11-23 on; it may be another cluster's, or a clock is wrong"},
		{"large", bytes.Repeat(good, 100), "is larger than 65536 bytes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := folder{fstest.MapFS{}}
			f.set(CertificatePath("east"), test.data)
			s := f.store(t, NewKey())
			_, err := s.Put(cacerts("east", "one"))
			message, _, _ := strings.Cut(text(err), "\n")
			message = strings.TrimPrefix(message, "isthmus: error: mesh/sealing/east.pem: ")
			if message != test.want && (!strings.HasSuffix(test.want, ": ") || !strings.HasPrefix(message, test.want)) {
				t.Errorf("got  %s\nwant %s", message, test.want)
			}
			if changes, err := s.Changes(); len(changes) > 0 || err != nil {
				t.Errorf("a failure would write %v, %v", changes, err)
			}
		})
	}
	t.Run("none", func(t *testing.T) {
		_, err := folder{fstest.MapFS{}}.store(t, NewKey()).Put(cacerts("east", "one"))
		want := "isthmus: error: mesh/sealing/east.pem: does not exist; it holds the key that cluster east opens with\n" +
			"isthmus: fix: kubeseal --context east --fetch-cert > mesh/sealing/east.pem\n"
		if text(err) != want {
			t.Errorf("got  %s\nwant %s", text(err), want)
		}
	})
	t.Run("a folder", func(t *testing.T) {
		dir := t.TempDir()
		if err := os.MkdirAll(filepath.Join(dir, CertificatePath("east")), 0o755); err != nil {
			t.Fatal(err)
		}
		_, err := Certificates{Files: os.DirFS(dir), Dir: "mesh", Now: today}.Current("east")
		if want := "isthmus: error: mesh/sealing/east.pem: is not a regular file\n"; text(err) != want {
			t.Errorf("got  %s\nwant %s", text(err), want)
		}
	})
}
