package ca

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestBadBundles: each way in which a bundle can be bad is found, and said in
// these words. The first four pass istiod's own checks.
func TestBadBundles(t *testing.T) {
	f := forge{t}
	set := func(change func(*x509.Certificate)) func(*x509.Certificate) { return change }
	pathLength := func(n int) func(*x509.Certificate) {
		return set(func(c *x509.Certificate) { c.MaxPathLen, c.MaxPathLenZero = n, n == 0 })
	}
	uses := func(some ...x509.ExtKeyUsage) func(*x509.Certificate) {
		return set(func(c *x509.Certificate) { c.ExtKeyUsage = some })
	}
	extension := func(id asn1.ObjectIdentifier, critical bool, value []byte) func(*x509.Certificate) {
		return set(func(c *x509.Certificate) {
			c.ExtraExtensions = append(c.ExtraExtensions, pkix.Extension{Id: id, Critical: critical, Value: value})
		})
	}
	notCritical := set(func(c *x509.Certificate) {
		extension(asn1.ObjectIdentifier{2, 5, 29, 19}, false, []byte{0x30, 0x03, 0x01, 0x01, 0xff})(c)
	})
	long := func(depth int, change func(*x509.Certificate)) *Bundle {
		root := f.make("root", nil, f.key(), change)
		above := root
		chain := []*entity{root}
		for i := range depth {
			above = f.make(fmt.Sprintf("level %d", i), above, f.key(), nil)
			chain = append([]*entity{above}, chain...)
		}
		return f.of("east", chain...)
	}
	with := func(change func(*Bundle)) *Bundle {
		b := f.bundle("east", nil, nil)
		change(b)
		return b
	}
	rsaKey := func(bits int) crypto.Signer {
		t.Setenv("GODEBUG", "rsa1024min=0")
		key, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	curve := func(c elliptic.Curve) crypto.Signer {
		key, err := ecdsa.GenerateKey(c, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		return key
	}
	_, edwards, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	keyed := func(root, intermediate crypto.Signer) *Bundle {
		r := f.make("root", nil, root, nil)
		return f.of("east", f.make("intermediate east", r, intermediate, nil), r)
	}
	const root, intermediate = `"CN=root,O=Test"`, `"CN=intermediate east,O=Test"`
	const ignored = "; peers refuse every certificate under it, and istiod does not look"
	const astray = "; no peer can follow it to a root"

	for _, tt := range []struct {
		name   string
		bundle *Bundle
		want   string
	}{
		// Those that istiod's own checks take (facts of its source and a lab).
		{"root with path length 0", f.bundle("east", pathLength(0), nil), root + " allows 0 CAs below it (path length), and has 1" + ignored},
		{"no keyCertSign", f.bundle("east", nil, func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageDigitalSignature }), intermediate + " may not sign certificates (key usage without keyCertSign)" + ignored},
		{"servers only", f.bundle("east", nil, uses(x509.ExtKeyUsageServerAuth)), intermediate + " is limited to other uses than those of workloads, which are servers and clients (extended key usage)" + ignored},
		{"name constraint for another domain", f.bundle("east", nil, func(c *x509.Certificate) { c.PermittedURIDomains = []string{"other.example"} }), "a workload's certificate under " + intermediate + ` is refused: a root or intermediate certificate is not authorized to sign for this name: URI "spiffe://cluster.local/ns/default/sa/default" is not permitted by any constraint; istiod does not look`},

		{"clients only", f.bundle("east", nil, uses(x509.ExtKeyUsageClientAuth)), intermediate + " is limited to other uses than those of workloads, which are servers and clients (extended key usage)" + ignored},
		{"code signing", f.bundle("east", nil, uses(x509.ExtKeyUsageCodeSigning)), intermediate + " is limited to other uses than those of workloads, which are servers and clients (extended key usage)" + ignored},
		{"an unknown use", f.bundle("east", nil, func(c *x509.Certificate) { c.UnknownExtKeyUsage = []asn1.ObjectIdentifier{{1, 2, 3}} }), intermediate + " is limited to other uses than those of workloads, which are servers and clients (extended key usage)" + ignored},
		{"root for servers only", f.bundle("east", uses(x509.ExtKeyUsageServerAuth), nil), root + " is limited to other uses than those of workloads, which are servers and clients (extended key usage)" + ignored},
		{"root without keyCertSign", f.bundle("east", func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageDigitalSignature }, nil), root + " may not sign certificates (key usage without keyCertSign)" + ignored},
		{"the domain is excluded", f.bundle("east", nil, func(c *x509.Certificate) { c.ExcludedURIDomains = []string{"cluster.local"} }), "a workload's certificate under " + intermediate + ` is refused: a root or intermediate certificate is not authorized to sign for this name: URI "spiffe://cluster.local/ns/default/sa/default" is excluded by constraint "cluster.local"; istiod does not look`},
		{"the root excludes the domain", f.bundle("east", func(c *x509.Certificate) { c.ExcludedURIDomains = []string{"cluster.local"} }, nil), "a workload's certificate under " + intermediate + ` is refused: a root or intermediate certificate is not authorized to sign for this name: URI "spiffe://cluster.local/ns/default/sa/default" is excluded by constraint "cluster.local"; istiod does not look`},
		{"istiod's own name is not permitted", f.bundle("east", nil, func(c *x509.Certificate) { c.PermittedDNSDomains = []string{"example.com"} }), "a workload's certificate under " + intermediate + ` is refused: a root or intermediate certificate is not authorized to sign for this name: DNS name "istiod.istio-system.svc" is not permitted by any constraint; istiod does not look`},
		{"no CA", f.bundle("east", nil, func(c *x509.Certificate) { c.IsCA = false; c.KeyUsage = x509.KeyUsageCertSign }), intermediate + " is no CA" + ignored},
		{"no basic constraints", f.bundle("east", nil, func(c *x509.Certificate) { c.IsCA, c.BasicConstraintsValid = false, false }), intermediate + " is no CA" + ignored},
		{"root is no CA", f.bundle("east", func(c *x509.Certificate) { c.IsCA = false }, nil), root + " is no CA" + ignored},
		{"CA not critical", f.bundle("east", nil, notCritical), intermediate + " says that it is a CA, and not as critical; verifiers that keep to RFC 5280 refuse it, where others do not"},
		{"root CA not critical", f.bundle("east", notCritical, nil), root + " says that it is a CA, and not as critical; verifiers that keep to RFC 5280 refuse it, where others do not"},
		{"root with path length 1 and two CAs", long(2, pathLength(1)), root + " allows 1 CAs below it (path length), and has 2" + ignored},
		{"root with path length 2 and three CAs", long(3, pathLength(2)), root + " allows 2 CAs below it (path length), and has 3" + ignored},
		{"unknown critical extension", f.bundle("east", nil, extension(asn1.ObjectIdentifier{1, 2, 3, 4}, true, []byte{5, 0})), intermediate + " has a critical extension that verifiers do not know (1.2.3.4)" + ignored},
		{"unknown critical extension of the root", f.bundle("east", extension(asn1.ObjectIdentifier{1, 2, 3, 4}, true, []byte{5, 0}), nil), root + " has a critical extension that verifiers do not know (1.2.3.4)" + ignored},
		{"no name", f.bundle("east", nil, func(c *x509.Certificate) { c.Subject = pkix.Name{} }), "the certificate FINGERPRINT has no name" + ignored},

		{"root of 1024 bits", keyed(rsaKey(1024), f.key()), root + " has an RSA key of 1024 bits, where 2048 are the least"},
		{"intermediate of 1024 bits", keyed(f.key(), rsaKey(1024)), intermediate + " has an RSA key of 1024 bits, where 2048 are the least"},
		{"intermediate of 2047 bits", keyed(f.key(), rsaKey(2047)), intermediate + " has an RSA key of 2047 bits, where 2048 are the least"},
		{"P-521", keyed(f.key(), curve(elliptic.P521())), intermediate + " has a key on P-521, and proxies take P-256 and P-384"},
		{"P-224", keyed(f.key(), curve(elliptic.P224())), intermediate + " has a key on P-224, and proxies take P-256 and P-384"},
		{"Ed25519", keyed(f.key(), edwards), intermediate + " has a key of the kind Ed25519, and proxies take RSA and ECDSA"},
		{"root of Ed25519", keyed(edwards, f.key()), root + " has a key of the kind Ed25519, and proxies take RSA and ECDSA"},

		{"outlives the root", f.bundle("east", nil, func(c *x509.Certificate) { c.NotAfter = now.AddDate(11, 0, 0) }), intermediate + " ends on 2037-06-01, after " + root + ", which signed it and ends on 2036-06-01"},
		{"another root", with(func(b *Bundle) { b.Roots = f.bundle("x", nil, nil).Roots }), "it ends in " + root + ", which is not among the roots" + astray},
		{"another root, chain without its own", with(func(b *Bundle) { b.Chain, b.Roots = b.Chain[:1], f.bundle("x", nil, nil).Roots }), intermediate + " is signed by none of the roots: it names another key of its issuer" + astray},
		{"a root of another name", with(func(b *Bundle) {
			b.Chain, b.Roots = b.Chain[:1], f.bundle("x", func(c *x509.Certificate) { c.Subject.CommonName = "other" }, nil).Roots
		}), intermediate + " is signed by none of the roots: none has its issuer's name" + astray},
		{"chain in disorder", with(func(b *Bundle) {
			b.Chain = []*x509.Certificate{b.Chain[0], f.bundle("x", nil, nil).Chain[0], b.Chain[1]}
		}), intermediate + ` is not signed by the next in the chain, "CN=intermediate x,O=Test": it names "CN=root,O=Test" as its issuer` + astray},
		{"something after the root", with(func(b *Bundle) { b.Chain = append(b.Chain, b.Chain[0]) }), intermediate + " stands after the root" + astray},
		{"the root signs", with(func(b *Bundle) { b.Chain = b.Chain[1:] }), root + " is a root, and no intermediate" + astray + "\nthe private key is not that of " + root + "; the control plane would not start"},
		{"a level is left out", func() *Bundle {
			b := long(2, nil)
			b.Chain = append(b.Chain[:1], b.Chain[2:]...)
			return b
		}(), `"CN=level 1,O=Test" is not signed by the next in the chain, "CN=root,O=Test": it names "CN=level 0,O=Test" as its issuer` + astray},
		{"a level is left out at the end", func() *Bundle {
			b := long(2, nil)
			b.Chain = b.Chain[:1]
			return b
		}(), `"CN=level 1,O=Test" is signed by none of the roots: none has its issuer's name` + astray},
		{"a forged signature", func() *Bundle {
			r := f.make("root", nil, f.key(), func(c *x509.Certificate) { c.SubjectKeyId = []byte{1} })
			other := f.make("root", nil, f.key(), func(c *x509.Certificate) { c.SubjectKeyId = []byte{1} })
			b := f.of("east", f.make("intermediate east", other, f.key(), nil), r)
			return b
		}(), intermediate + " is not signed by the next in the chain, " + root + ": the signature is another key's" + astray},
		{"SHA-1", with(func(b *Bundle) { b.Chain[0].SignatureAlgorithm = x509.SHA1WithRSA }), intermediate + " is signed with SHA1-RSA, which nobody takes any more"},
		{"MD5", with(func(b *Bundle) { b.Chain[0].SignatureAlgorithm = x509.MD5WithRSA }), intermediate + " is signed with MD5-RSA, which nobody takes any more"},
		{"another key", with(func(b *Bundle) { b.key = privateKey{f.key()} }), "the private key is not that of " + intermediate + "; the control plane would not start"},
		{"the root's key", func() *Bundle {
			r := f.make("root", nil, f.key(), nil)
			b := f.of("east", f.make("intermediate east", r, f.key(), nil), r)
			b.key = privateKey{r.key}
			return b
		}(), "the private key is that of " + root + "; a root's key stays offline: whoever has it is every cluster"},
		{"the root's key in the intermediate", func() *Bundle {
			r := f.make("root", nil, f.key(), nil)
			return f.of("east", f.make("intermediate east", r, r.key, nil), r)
		}(), "the private key is that of " + root + "; a root's key stays offline: whoever has it is every cluster"},
		{"over", f.bundle("east", nil, func(c *x509.Certificate) { c.NotAfter = now.Add(-time.Second) }), "a workload's certificate from here is refused in cluster east: certificate has expired or is not yet valid: current time 2026-06-01T12:00:00Z is after 2026-06-01T11:59:59Z"},
		{"not yet good", f.bundle("east", nil, func(c *x509.Certificate) { c.NotBefore = now.Add(time.Hour) }), "a workload's certificate from here is refused in cluster east: certificate has expired or is not yet valid: current time 2026-06-01T12:00:00Z is before 2026-06-01T13:00:00Z"},
		{"the root is over", f.bundle("east", func(c *x509.Certificate) { c.NotAfter = now.Add(-time.Hour) }, func(c *x509.Certificate) { c.NotAfter = now.Add(-time.Hour) }), "a workload's certificate from here is refused in cluster east: certificate has expired or is not yet valid: current time 2026-06-01T12:00:00Z is after 2026-06-01T11:00:00Z"},
		{"no addresses for istiod", f.bundle("east", nil, func(c *x509.Certificate) {
			c.ExcludedIPRanges = []*net.IPNet{}
			c.ExcludedDNSDomains = []string{"svc"}
		}), "a workload's certificate under " + intermediate + ` is refused: a root or intermediate certificate is not authorized to sign for this name: DNS name "istiod.istio-system.svc" is excluded by constraint "svc"; istiod does not look`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, f := range tt.bundle.CheckBundle(terms, nil, now) {
				text := f.What
				if f.Why != "" {
					text += "; " + f.Why
				}
				got = append(got, strings.ReplaceAll(text, Fingerprint(tt.bundle.Chain[0])[:16], "FINGERPRINT"))
				if !f.Stops() {
					t.Errorf("%q would not stop the bundle", f.What)
				}
			}
			if diff := cmp.Diff(strings.Split(tt.want, "\n"), got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

// TestSamples: certificates of Istio's samples are refused unless they are
// allowed, and nothing else is said of them.
func TestSamples(t *testing.T) {
	known := samples
	defer func() { samples = known }()
	b := forge{t}.bundle("east", nil, func(c *x509.Certificate) { c.IsCA = false })
	const says = " is one of the certificates in Istio's samples; everybody has its private key, and can pass for every workload of the mesh | make certificates of your own: isthmus ca init; for a mesh that nobody depends on, set spec.security.allowSampleCertificates"
	for i, cert := range b.Chain {
		samples = []string{Fingerprint(cert)}
		want := []string{"east: " + []string{`"CN=intermediate east,O=Test"`, `"CN=root,O=Test"`}[i] + says}
		if diff := cmp.Diff(want, lines(b.Check(terms))); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		allowed := terms
		allowed.AllowSamples = true
		for _, f := range b.Check(allowed) {
			if f.Kind == Sample {
				t.Errorf("allowed, and refused: %s", f.What)
			}
		}
	}
	if diff := cmp.Diff([]string{`: "CN=root,O=Test"` + says}, lines(CheckRoots(b.Roots, terms))); diff != "" {
		t.Errorf("as a root (-want +got):\n%s", diff)
	}
}

// TestCheckRoots: roots are held to their part of it before a cluster has any.
func TestCheckRoots(t *testing.T) {
	f := forge{t}
	bad := f.make("root", nil, f.key(), func(c *x509.Certificate) { c.MaxPathLenZero = true })
	weak := f.make("root", nil, func() crypto.Signer { k, _ := ecdsa.GenerateKey(elliptic.P521(), rand.Reader); return k }(), nil)
	const fix = " | make the next one: isthmus ca rotate says how"
	want := []string{
		`: "CN=root,O=Test" allows 0 CAs below it (path length), and has 1; peers refuse every certificate under it, and istiod does not look` + fix,
		`: "CN=root,O=Test" has a key on P-521, and proxies take P-256 and P-384` + fix,
	}
	if diff := cmp.Diff(want, lines(CheckRoots([]*x509.Certificate{bad.cert, weak.cert}, terms))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
