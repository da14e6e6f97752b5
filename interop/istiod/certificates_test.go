package istiod

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	pki "istio.io/istio/security/pkg/pki/ca"
	"istio.io/istio/security/pkg/pki/util"

	"github.com/isthmus-mesh/isthmus/generators/ca"
)

var terms = ca.Terms{TrustDomain: "cluster.local", Namespace: "istio-system"}

// openssl verifies a certificate as strictly as it can, where it is there;
// REQUIRE_TOOLS=1 wants it.
func openssl(t *testing.T, leaf, chain, roots []byte) {
	t.Helper()
	program, err := exec.LookPath("openssl")
	if err != nil {
		if os.Getenv("REQUIRE_TOOLS") == "1" {
			t.Fatal("REQUIRE_TOOLS=1, and openssl is not on PATH")
		}
		return
	}
	folder := t.TempDir()
	at := func(name string, data []byte) string {
		name = filepath.Join(folder, name)
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	for _, purpose := range []string{"sslserver", "sslclient"} {
		out, err := exec.Command(program, "verify", "-x509_strict", "-purpose", purpose, "-CAfile", at("roots.pem", roots), "-untrusted", at("chain.pem", chain), at("leaf.pem", leaf)).CombinedOutput()
		if err != nil {
			t.Errorf("openssl as %s: %s", purpose, out)
		}
	}
}

// The bundles that isthmus makes are taken by istiod's own code, which signs a
// workload's certificate with them; every other cluster's roots accept it, by
// Go's x509 and by openssl, at each step from one root to the next.
func TestBundles(t *testing.T) {
	now := time.Now()
	old, err := ca.NewRoot(ca.P256, ca.RootLifetime, now)
	if err != nil {
		t.Fatal(err)
	}
	next, err := ca.NewRoot(ca.P384, ca.RootLifetime, now)
	if err != nil {
		t.Fatal(err)
	}
	both := []*x509.Certificate{old.Certificate, next.Certificate}
	issue := func(root *ca.Root, cluster string, algorithm ca.Algorithm, roots ...*x509.Certificate) *ca.Bundle {
		b, err := root.Issue(ca.Cluster{Name: cluster, Namespace: "istio-system", TrustDomain: "cluster.local", Old: cluster == "old"}, roots, algorithm, ca.IntermediateLifetime, now)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for _, step := range []struct {
		name    string
		bundles []*ca.Bundle
	}{
		{"one root", []*ca.Bundle{issue(old, "east", ca.P256, both[:1]...), issue(old, "west", ca.P384, both[:1]...), issue(old, "old", ca.RSA4096, both[:1]...)}},
		{"some trust both", []*ca.Bundle{issue(old, "east", ca.P256, both...), issue(old, "west", ca.P256, both[:1]...)}},
		{"some sign under the next", []*ca.Bundle{issue(next, "east", ca.P256, both...), issue(old, "west", ca.P256, both...)}},
		{"some have dropped the old", []*ca.Bundle{issue(next, "east", ca.P256, both[1:]...), issue(next, "west", ca.P256, both...)}},
	} {
		t.Run(step.name, func(t *testing.T) {
			for _, from := range step.bundles {
				for _, shape := range []ca.Shape{ca.Plugged, ca.TLS} {
					signed, chain := sign(t, from, shape)
					for _, to := range step.bundles {
						openssl(t, signed, chain, ca.Encode(to.Roots...))
						block, _ := pem.Decode(signed)
						leaf, err := x509.ParseCertificate(block.Bytes)
						if err != nil {
							t.Fatal(err)
						}
						roots, between := x509.NewCertPool(), x509.NewCertPool()
						roots.AppendCertsFromPEM(ca.Encode(to.Roots...))
						between.AppendCertsFromPEM(chain)
						if _, err := leaf.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}); err != nil {
							t.Errorf("%s to %s: %v", from.Cluster, to.Cluster, err)
						}
					}
				}
			}
		})
	}
}

// sign has istiod take a bundle from its files and sign for a workload; it gives
// the certificate, and the chain that goes with it.
func sign(t *testing.T, b *ca.Bundle, shape ca.Shape) (leaf, chain []byte) {
	t.Helper()
	data, err := b.Data(shape)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for name, content := range data {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	at := func(name string) string { return filepath.Join(folder, name) }
	files := pki.SigningCAFileBundle{SigningCertFile: at("ca-cert.pem"), SigningKeyFile: at("ca-key.pem"), CertChainFiles: []string{at("cert-chain.pem")}, RootCertFile: at("root-cert.pem")}
	if shape == ca.TLS {
		files = pki.SigningCAFileBundle{SigningCertFile: at("tls.crt"), SigningKeyFile: at("tls.key"), CertChainFiles: []string{at("tls.crt"), at("ca.crt")}, RootCertFile: at("ca.crt")}
	}
	options, err := pki.NewPluggedCertIstioCAOptions(files, time.Hour, time.Hour, 2048)
	if err != nil {
		t.Fatalf("%s: %v", b.Cluster, err)
	}
	authority, err := pki.NewIstioCA(options)
	if err != nil {
		t.Fatal(err)
	}
	request, _, err := util.GenCSR(util.CertOptions{Host: "spiffe://cluster.local/ns/shop/sa/cart", ECSigAlg: util.EcdsaSigAlg})
	if err != nil {
		t.Fatal(err)
	}
	leaf, err = authority.Sign(request, pki.CertOpts{SubjectIDs: []string{"spiffe://cluster.local/ns/shop/sa/cart"}, TTL: 5 * time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	return leaf, authority.GetCAKeyCertBundle().GetCertChainPem()
}

// Four kinds of bundle pass istiod's own checks, and no peer accepts what they
// sign: isthmus refuses each.
func TestIstiodTakesWhatNobodyAccepts(t *testing.T) {
	now := time.Now()
	for name, change := range map[string]struct{ root, intermediate func(*x509.Certificate) }{
		"path length":    {root: func(c *x509.Certificate) { c.MaxPathLenZero = true }},
		"key usage":      {intermediate: func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageDigitalSignature }},
		"servers only":   {intermediate: func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth} }},
		"another domain": {intermediate: func(c *x509.Certificate) { c.PermittedURIDomains = []string{"other.example"} }},
	} {
		t.Run(name, func(t *testing.T) {
			make := func(name string, change func(*x509.Certificate), parent *x509.Certificate, by *ecdsa.PrivateKey) (*x509.Certificate, *ecdsa.PrivateKey) {
				key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
				if err != nil {
					t.Fatal(err)
				}
				c := &x509.Certificate{Subject: pkix.Name{CommonName: name}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
				if change != nil {
					change(c)
				}
				if parent == nil {
					parent, by = c, key
				}
				der, err := x509.CreateCertificate(rand.Reader, c, parent, key.Public(), by)
				if err != nil {
					t.Fatal(err)
				}
				cert, err := x509.ParseCertificate(der)
				if err != nil {
					t.Fatal(err)
				}
				return cert, key
			}
			root, rootKey := make("root", change.root, nil, nil)
			cert, key := make("east", change.intermediate, root, rootKey)
			der, err := x509.MarshalPKCS8PrivateKey(key)
			if err != nil {
				t.Fatal(err)
			}
			data := map[string][]byte{
				"ca-cert.pem": ca.Encode(cert), "ca-key.pem": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}),
				"cert-chain.pem": ca.Encode(cert, root), "root-cert.pem": ca.Encode(root),
			}
			if err := util.Verify(data["ca-cert.pem"], data["ca-key.pem"], data["cert-chain.pem"], data["root-cert.pem"], nil); err != nil {
				t.Errorf("istiod refuses it: %v", err)
			}
			b, _, err := ca.ParseBundle("east", "east", data)
			if err != nil {
				t.Fatal(err)
			}
			if found := b.CheckBundle(terms, nil, now); len(found) != 1 || found[0].Kind != ca.NoAuthority {
				t.Errorf("isthmus finds %v", found)
			}
		})
	}
}

// Every CA among the certificates that Istio publishes with its key is known.
func TestSamples(t *testing.T) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "istio.io/istio").Output()
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(string(bytes.TrimSpace(out)), "samples/certs/*.pem"))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for block, rest := pem.Decode(data); block != nil; block, rest = pem.Decode(rest) {
			cert, err := x509.ParseCertificate(block.Bytes)
			if block.Type != "CERTIFICATE" || err != nil || !cert.IsCA {
				continue
			}
			p := &ca.Public{Cluster: "east", Chain: []*x509.Certificate{cert}, Roots: []*x509.Certificate{cert}}
			if found := p.Check(terms); len(found) != 1 || found[0].Kind != ca.Sample {
				t.Errorf("%s: %s is not known", filepath.Base(file), cert.Subject)
			}
			seen[ca.Fingerprint(cert)] = true
		}
	}
	if len(seen) < 5 {
		t.Errorf("%d CAs among %d files", len(seen), len(files))
	}
}
