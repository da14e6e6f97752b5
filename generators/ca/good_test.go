package ca

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"testing"
	"time"
)

// TestGoodBundles: nothing is found wrong with bundles that are right, however
// they were made.
func TestGoodBundles(t *testing.T) {
	f := forge{t}
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	good := map[string]*Bundle{
		"plain":               f.bundle("east", nil, nil),
		"path length 1":       f.bundle("east", func(c *x509.Certificate) { c.MaxPathLen = 1 }, nil),
		"path length 0 below": f.bundle("east", nil, func(c *x509.Certificate) { c.MaxPathLenZero = true }),
		"both uses":           f.bundle("east", nil, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{1, 2} }),
		"any use":             f.bundle("east", nil, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageAny} }),
		"root with both uses": f.bundle("east", func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{1, 2} }, nil),
		"domain permitted":    f.bundle("east", nil, func(c *x509.Certificate) { c.PermittedURIDomains = []string{"cluster.local"} }),
		"name permitted":      f.bundle("east", nil, func(c *x509.Certificate) { c.PermittedDNSDomains = []string{"svc"} }),
		"another excluded":    f.bundle("east", nil, func(c *x509.Certificate) { c.ExcludedURIDomains = []string{"other.example"} }),
		"SHA-512":             f.bundle("east", nil, func(c *x509.Certificate) { c.SignatureAlgorithm = x509.ECDSAWithSHA512 }),
		"no key usage":        f.bundle("east", func(c *x509.Certificate) { c.KeyUsage = 0 }, nil),
		"ends with its root": f.bundle("east", func(c *x509.Certificate) { c.NotAfter = now.AddDate(1, 0, 0) },
			func(c *x509.Certificate) { c.NotAfter = now.AddDate(1, 0, 0) }),
		"chain without root": func() *Bundle {
			b := f.bundle("east", nil, nil)
			b.Chain = b.Chain[:1]
			return b
		}(),
		"two roots": func() *Bundle {
			b := f.bundle("east", nil, nil)
			b.Roots = append([]*x509.Certificate{f.make("another", nil, f.key(), nil).cert}, b.Roots...)
			return b
		}(),
		"two roots of one name": func() *Bundle {
			b := f.bundle("east", nil, nil)
			b.Chain, b.Roots = b.Chain[:1], append([]*x509.Certificate{f.make("root", nil, f.key(), nil).cert}, b.Roots...)
			return b
		}(),
		"three levels": func() *Bundle {
			r := f.make("root", nil, f.key(), nil)
			m := f.make("middle", r, f.key(), nil)
			return f.of("east", f.make("intermediate", m, f.key(), nil), m, r)
		}(),
		"RSA under ECDSA": func() *Bundle {
			r := f.make("root", nil, f.key(), nil)
			return f.of("east", f.make("intermediate", r, key, nil), r)
		}(),
		"PSS": func() *Bundle {
			r := f.make("root", nil, key, nil)
			return f.of("east", f.make("intermediate", r, f.key(), func(c *x509.Certificate) { c.SignatureAlgorithm = x509.SHA256WithRSAPSS }), r)
		}(),
	}
	for _, algorithm := range []Algorithm{P256, P384} { // RSA is slow to make: TestIssued has it
		_, all := issued(t, algorithm, "east")
		good["issued under "+string(algorithm)] = all[0]
	}
	for name, b := range good {
		t.Run(name, func(t *testing.T) {
			for _, f := range b.CheckBundle(terms, nil, now) {
				t.Errorf("%s; %s", f.What, f.Why)
			}
			for shape, b := range map[Shape]*Bundle{Plugged: b, TLS: b} {
				data, err := b.Data(shape)
				if err != nil {
					t.Fatal(err)
				}
				again, got, err := ParseBundle("east", "folder", data)
				if err != nil || got != shape {
					t.Fatalf("parsed as %q: %v", got, err)
				}
				for _, f := range again.CheckBundle(terms, nil, now) {
					t.Errorf("read again: %s; %s", f.What, f.Why)
				}
			}
		})
	}
	if len(good) < 20 {
		t.Errorf("%d good bundles, and 20 are the least", len(good))
	}
}

// TestPairs: every cluster accepts what every other signs: 30 clusters, 870
// ordered pairs, and a group verified once.
func TestPairs(t *testing.T) {
	var names []string
	for i := range 30 {
		names = append(names, fmt.Sprintf("c%02d", i))
	}
	_, all := issued(t, P256, names...)
	pairs := 0
	for i, b := range all {
		others := publics(append(append([]*Bundle{}, all[:i]...), all[i+1:]...))
		for _, f := range b.CheckBundle(terms, others, now) {
			t.Errorf("%s: %s", b.Cluster, f.What)
		}
		for _, other := range others {
			leaf, err := sign(leaves(terms, now)[0], b.Chain[0], b.key.signer)
			if err != nil {
				t.Fatal(err)
			}
			if err := accepted(leaf, b.Chain, other.Roots, now); err != nil {
				t.Errorf("%s to %s: %v", b.Cluster, other.Cluster, err)
			}
			pairs++
		}
	}
	if found := Across(publics(all), all[0].Roots); len(found) > 0 || pairs != 870 {
		t.Errorf("%d pairs, findings %v", pairs, found)
	}
}

// BenchmarkAcross checks the certificates of so many clusters.
func BenchmarkAcross(b *testing.B) {
	for _, n := range []int{30, 200, 800} {
		var names []string
		for i := range n {
			names = append(names, fmt.Sprintf("c%03d", i))
		}
		root, all := issued(b, P256, names...)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				for _, one := range all {
					one.Check(terms)
					one.Expiry(now)
				}
				Across(publics(all), []*x509.Certificate{root.Certificate})
			}
		})
	}
}

// TestEnds: the first to end decides.
func TestEnds(t *testing.T) {
	_, all := issued(t, P256, "east")
	if got, want := all[0].Ends(), now.Add(IntermediateLifetime); !got.Equal(want) {
		t.Errorf("ends on %s, want %s", got, want)
	}
	early := forge{t}.bundle("east", func(c *x509.Certificate) { c.NotAfter = now.Add(time.Hour) }, nil)
	if got, want := early.Ends(), now.Add(time.Hour); !got.Equal(want) {
		t.Errorf("ends on %s, want %s", got, want)
	}
}

// TestAccepted: a workload is a server and a client, and must be taken as both.
func TestAccepted(t *testing.T) {
	for _, use := range []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth} {
		b := forge{t}.bundle("east", nil, func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{use} })
		leaf, err := sign(leaves(terms, now)[0], b.Chain[0], b.key.signer)
		if err != nil {
			t.Fatal(err)
		}
		if accepted(leaf, b.Chain, b.Roots, now) == nil {
			t.Errorf("under a CA for use %d alone it is accepted", use)
		}
	}
}
