package ca

import (
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
)

// described is what an extension or a name of a certificate says.
func described(c *x509.Certificate) []string {
	var lines []string
	add := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	add("subject %s", c.Subject)
	for _, e := range c.Extensions {
		add("extension %s critical %t", e.Id, e.Critical)
	}
	add("CA %t, path length %d", c.IsCA, c.MaxPathLen)
	add("usage %b", c.KeyUsage)
	add("from %s to %s", c.NotBefore.Format(time.RFC3339), c.NotAfter.Format(time.RFC3339))
	add("signed %s", c.SignatureAlgorithm)
	for _, name := range c.DNSNames {
		add("DNS %s", name)
	}
	for _, name := range c.URIs {
		add("URI %s", name)
	}
	return lines
}

// TestIssued: what is made has the extensions that Istio's own tools write
// (tools/certs of 1.30.3, samples/certs of 1.5.10), and no more.
func TestIssued(t *testing.T) {
	for _, tt := range []struct {
		name      string
		algorithm Algorithm
		old       bool
		root      []string
		issued    []string
	}{
		{
			"today, ECDSA", P256, false,
			[]string{
				"subject CN=Root CA XXXX,O=Istio",
				"extension 2.5.29.15 critical true", "extension 2.5.29.19 critical true", "extension 2.5.29.14 critical false",
				"CA true, path length -1", "usage 100011",
				"from 2026-06-01T11:00:00Z to 2036-05-29T12:00:00Z", "signed ECDSA-SHA256",
			},
			[]string{
				"subject CN=Intermediate CA,O=Istio,L=east",
				"extension 2.5.29.15 critical true", "extension 2.5.29.19 critical true", "extension 2.5.29.14 critical false", "extension 2.5.29.35 critical false", "extension 2.5.29.17 critical false",
				"CA true, path length 0", "usage 100011",
				"from 2026-06-01T11:00:00Z to 2028-05-31T12:00:00Z", "signed ECDSA-SHA256",
				"DNS istiod.istio-system.svc",
			},
		},
		{
			"1.5, RSA", RSA4096, true, // the intermediate: RSA takes long to make
			[]string{
				"subject CN=Root CA XXXX,O=Istio",
				"extension 2.5.29.15 critical true", "extension 2.5.29.19 critical true", "extension 2.5.29.14 critical false",
				"CA true, path length -1", "usage 100011",
				"from 2026-06-01T11:00:00Z to 2036-05-29T12:00:00Z", "signed ECDSA-SHA256",
			},
			[]string{
				"subject CN=Intermediate CA,O=Istio,L=east",
				"extension 2.5.29.15 critical true", "extension 2.5.29.19 critical true", "extension 2.5.29.14 critical false", "extension 2.5.29.35 critical false", "extension 2.5.29.17 critical false",
				"CA true, path length 0", "usage 100111",
				"from 2026-06-01T11:00:00Z to 2028-05-31T12:00:00Z", "signed ECDSA-SHA256",
				"DNS localhost", "URI spiffe://td.example/ns/istio-system/sa/citadel", "URI spiffe://east/ns/istio-system/sa/citadel",
			},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			root, err := NewRoot(P256, RootLifetime, now)
			if err != nil {
				t.Fatal(err)
			}
			b, err := root.Issue(Cluster{"east", "istio-system", "td.example", tt.old}, []*x509.Certificate{root.Certificate}, tt.algorithm, IntermediateLifetime, now)
			if err != nil {
				t.Fatal(err)
			}
			got := described(root.Certificate)
			number := strings.TrimSuffix(strings.TrimPrefix(root.Certificate.Subject.CommonName, "Root CA "), ",O=Istio")
			if len(number) != 16 {
				t.Errorf("the root's name is %q", root.Certificate.Subject)
			}
			got[0] = strings.Replace(got[0], number, "XXXX", 1)
			if diff := cmp.Diff(tt.root, got); diff != "" {
				t.Errorf("root (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.issued, described(b.Chain[0])); diff != "" {
				t.Errorf("intermediate (-want +got):\n%s", diff)
			}
		})
	}
}

// TestRandom: serial numbers have at least 64 random bits and never return, and
// every cluster has a key of its own.
func TestRandom(t *testing.T) {
	var names []string
	for i := range 200 {
		names = append(names, fmt.Sprintf("c%d", i))
	}
	_, all := issued(t, P256, names...)
	serials, keys := map[string]bool{}, map[string]bool{}
	long := 0
	for _, b := range all {
		serials[b.Chain[0].SerialNumber.String()], keys[spki(b.Chain[0])] = true, true
		if b.Chain[0].SerialNumber.BitLen() > 64 {
			long++
		}
		if b.Chain[0].SerialNumber.Sign() <= 0 {
			t.Errorf("serial number %s", b.Chain[0].SerialNumber)
		}
	}
	if len(serials) != 200 || len(keys) != 200 || long != 200 {
		t.Errorf("%d serial numbers, %d of them long, %d keys; want 200 each", len(serials), long, len(keys))
	}
}

// TestData: a Secret has exactly the keys of its shape.
func TestData(t *testing.T) {
	root, all := issued(t, P256, "east")
	own, anchor := string(Encode(all[0].Chain[0])), string(Encode(root.Certificate))
	for shape, want := range map[Shape]map[string]string{
		Plugged: {"ca-cert.pem": own, "ca-key.pem": "KEY", "cert-chain.pem": own + anchor, "root-cert.pem": anchor},
		TLS:     {"tls.crt": own, "tls.key": "KEY", "ca.crt": anchor},
	} {
		data, err := all[0].Data(shape)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for key, value := range data {
			got[key] = string(value)
			if strings.HasPrefix(got[key], "-----BEGIN PRIVATE KEY-----\n") {
				got[key] = "KEY"
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", shape, diff)
		}
	}
	public := string(all[0].PEM())
	if public != own+anchor {
		t.Errorf("the public file is\n%s", public)
	}
	again, err := ParsePublic("east", "ca/east.pem", []byte(public))
	if err != nil || !slices.EqualFunc(again.Chain, all[0].Chain[:1], (*x509.Certificate).Equal) || !sameSet(again.Roots, all[0].Roots) {
		t.Errorf("read again: %v, %v", again, err)
	}
}

// TestOutlives: an intermediate that would end after its root is refused.
func TestOutlives(t *testing.T) {
	root, err := NewRoot(P256, 100*24*time.Hour, now)
	if err != nil {
		t.Fatal(err)
	}
	roots := []*x509.Certificate{root.Certificate}
	_, err = root.Issue(Cluster{Name: "east"}, roots, P256, 100*24*time.Hour+time.Second, now)
	var outlives *OutlivesError
	if !errors.As(err, &outlives) || err.Error() != "it would end on 2026-09-09, and its root ends on 2026-09-09" {
		t.Errorf("got %v", err)
	}
	if _, err = root.Issue(Cluster{Name: "east"}, roots, P256, 100*24*time.Hour, now); err != nil {
		t.Errorf("as long as its root: %v", err)
	}
	if _, err = root.Issue(Cluster{Name: "east"}, nil, P256, time.Hour, now); err == nil || err.Error() != "the mesh does not trust this root" {
		t.Errorf("under a root that is not trusted: %v", err)
	}
}

// TestRedacted: no way to print a bundle or a root prints its key.
func TestRedacted(t *testing.T) {
	root, all := issued(t, P256, "east")
	der, err := all[0].key.pem()
	if err != nil {
		t.Fatal(err)
	}
	line := strings.Split(string(der), "\n")[1]
	var printed strings.Builder
	for _, value := range []any{root, *root, all[0], *all[0], all[0].key, root.key} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			fmt.Fprintf(&printed, verb+"\n", value)
		}
	}
	for _, value := range []any{all[0].key, map[string]any{"key": all[0].key}} {
		text, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		printed.Write(text)
		if text, err = yaml.Marshal(value); err != nil {
			t.Fatal(err)
		}
		printed.Write(text)
		slog.New(slog.NewTextHandler(&printed, nil)).Info("key", "key", value)
	}
	d := fmt.Sprint(all[0].key.signer)
	for _, canary := range []string{line, d[:40]} {
		if strings.Contains(printed.String(), canary) {
			t.Errorf("a key was printed")
		}
	}
	if !strings.Contains(printed.String(), redacted) {
		t.Error("nothing was redacted")
	}
	if exact := fmt.Sprintf("%v", all[0].key); exact != redacted {
		t.Errorf("the key prints as %q", exact)
	}
}
