package mesh_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/isthmus-mesh/isthmus/generators/ca"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/seal"
	"github.com/isthmus-mesh/isthmus/generators/seal/sealtest"
)

var day = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// A signer is a certificate and its key.
type signer struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func (s *signer) pem() string { return string(ca.Encode(s.cert)) }

// signed makes a CA under another, or a root.
func signed(t testing.TB, name string, by *signer, changes ...func(*x509.Certificate)) *signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return signedFor(t, name, by, key, changes...)
}

func signedFor(t testing.TB, name string, by *signer, key *ecdsa.PrivateKey, changes ...func(*x509.Certificate)) *signer {
	t.Helper()
	c := &x509.Certificate{
		Subject: pkix.Name{CommonName: name}, NotBefore: day.AddDate(-1, 0, 0), NotAfter: day.AddDate(1, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	if by == nil {
		c.NotAfter = day.AddDate(9, 0, 0)
	}
	for _, change := range changes {
		change(c)
	}
	parent, with := c, key
	if by != nil {
		parent, with = by.cert, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, c, parent, key.Public(), with)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &signer{cert, key}
}

// TestCertificates: what is wrong with the public certificates beside mesh.yaml.
func TestCertificates(t *testing.T) {
	root, other := signed(t, "root", nil), signed(t, "other", nil)
	east, west := signed(t, "east", root), signed(t, "west", root)
	shared := signedFor(t, "west", root, east.key)
	folder := func(pairs ...string) map[string]string {
		files := map[string]string{"ca/root.pem": root.pem(), "ca/east.pem": east.pem() + root.pem(), "ca/west.pem": west.pem() + root.pem()}
		for i := 0; i < len(pairs); i += 2 {
			if files[pairs[i]] = pairs[i+1]; pairs[i+1] == "" {
				delete(files, pairs[i])
			}
		}
		return files
	}
	own := func(change func(*x509.Certificate)) map[string]string {
		return folder("ca/east.pem", signed(t, "east", root, change).pem()+root.pem())
	}
	under := func(of *signer, change func(*x509.Certificate)) string {
		return signed(t, "west", of, change).pem() + of.pem()
	}
	none := func(*x509.Certificate) {}
	short := signed(t, "root", nil, func(c *x509.Certificate) { c.MaxPathLenZero = true })
	const reissue = "isthmus: fix: issue it again: isthmus ca issue "
	rejected(t, []rejection{
		{name: "good", files: folder()},
		{name: "none", files: nil},
		{name: "one of two", files: folder("ca/west.pem", "")},
		{name: "roots alone", files: folder("ca/west.pem", "", "ca/east.pem", "")},
		{name: "something else there", files: folder("ca/README.md", "hello")},
		{name: "not plugged", edit: []string{"  clusters:\n", "  security: {certificates: selfSigned, mutualTLS: false, controlPlaneSecurity: false}\n  clusters:\n", `"1.5.10"`, `"1.4.10"`, "addresses: [10.110.0.10]", "addresses: [10.110.0.10]\n        policyAddresses: [10.110.0.11]\n        telemetryAddresses: [10.110.0.12]"}, files: folder("ca/east.pem", "x")},
		{
			name: "no certificates in it", files: folder("ca/east.pem", "hello"),
			want: "isthmus: error: mesh/ca/east.pem: holds no certificate in PEM (IST510)\nisthmus: fix: give certificates as openssl writes them, from BEGIN to END\n",
		},
		{
			name: "broken", files: folder("ca/east.pem", "# mine\n"+east.pem()[:100]),
			want: "isthmus: error: mesh/ca/east.pem:2:1: a block of PEM is broken (IST510)\nisthmus: fix: copy the certificate again, from BEGIN to END\n",
		},
		{
			name: "too large", files: folder("ca/west.pem", strings.Repeat("x", 1626000)),
			want: "isthmus: error: mesh/ca/west.pem: has 1626000 bytes; 1048576 is the most that is read (IST510)\nisthmus: fix: make it a file of certificates\n",
		},
		{
			name: "no roots of the mesh", files: folder("ca/root.pem", ""),
			want: "isthmus: error: mesh/ca/root.pem: does not exist; the certificates of the clusters have nothing to be held against (IST510)\nisthmus: fix: write the roots of the mesh into it: isthmus ca init --from <its root-cert.pem>\n",
		},
		{
			name: "a cluster named for the roots", edit: []string{"name: west", "name: root"}, files: folder(),
			want: "isthmus: error: mesh/mesh.yaml:17:13: spec.clusters[1].name: the certificate of a cluster \"root\" would lie where the roots of the mesh do, in ca/root.pem (IST510)\nisthmus: fix: call the cluster otherwise\n",
		},
		{
			name: "a key", files: folder("ca/root.key", "-----BEGIN PRIVATE KEY-----\n"),
			want: "isthmus: error: mesh/ca/root.key: holds a private key; everybody who reads the repository can copy it (IST511)\nisthmus: fix: move it out of the repository; unless it is encrypted, count it as known to others, and issue again\n",
		},
		{
			name: "an encrypted key", files: folder("ca/root.age", "-----BEGIN AGE ENCRYPTED FILE-----\n"),
			want: "isthmus: error: mesh/ca/root.age: holds a private key; everybody who reads the repository can copy it (IST511)\nisthmus: fix: move it out of the repository; unless it is encrypted, count it as known to others, and issue again\n",
		},
		{
			name: "another root", files: folder("ca/east.pem", east.pem()+other.pem()),
			want: "isthmus: error: mesh/ca/east.pem: \"CN=east\" is signed by none of the roots: none has its issuer's name; no peer can follow it to a root (IST512)\n" + reissue + "east\n" +
				"isthmus: warning: mesh/ca/east.pem: it does not trust \"CN=root\", and still trusts \"CN=other\", unlike the mesh (IST522)\nisthmus: fix: isthmus ca rotate says what comes next\n" +
				"isthmus: error: mesh/ca/west.pem: \"CN=root\", under which it signs, is not trusted in cluster east; its workloads cannot reach theirs by mutual TLS (IST516)\nisthmus: fix: give all clusters one set of roots: isthmus ca issue east; isthmus ca rotate says how to go from one root to another\n",
		},
		{
			name: "no authority", files: own(func(c *x509.Certificate) { c.KeyUsage = x509.KeyUsageDigitalSignature }),
			want: "isthmus: error: mesh/ca/east.pem: \"CN=east\" may not sign certificates (key usage without keyCertSign); peers refuse every certificate under it, and istiod does not look (IST513)\n" + reissue + "east\n",
		},
		{
			name: "a root without authority, said once", files: folder("ca/root.pem", short.pem(), "ca/east.pem", signed(t, "east", short).pem()+short.pem(), "ca/west.pem", signed(t, "west", short).pem()+short.pem()),
			want: "isthmus: error: mesh/ca/root.pem: \"CN=root\" allows 0 CAs below it (path length), and has 1; peers refuse every certificate under it, and istiod does not look (IST513)\nisthmus: fix: make the next one: isthmus ca rotate says how\n",
		},
		{
			name: "outlives", files: own(func(c *x509.Certificate) { c.NotAfter = day.AddDate(10, 0, 0) }),
			want: "isthmus: error: mesh/ca/east.pem: \"CN=east\" ends on 2036-06-01, after \"CN=root\", which signed it and ends on 2035-06-01 (IST515)\n" + reissue + "east\n",
		},
		{
			name: "two roots", files: folder("ca/west.pem", under(other, none)),
			want: "isthmus: error: mesh/ca/east.pem: \"CN=root\", under which it signs, is not trusted in cluster west; its workloads cannot reach theirs by mutual TLS (IST516)\nisthmus: fix: give all clusters one set of roots: isthmus ca issue west; isthmus ca rotate says how to go from one root to another\n" +
				"isthmus: error: mesh/ca/west.pem: \"CN=other\", under which it signs, is not trusted in cluster east; its workloads cannot reach theirs by mutual TLS (IST516)\nisthmus: fix: give all clusters one set of roots: isthmus ca issue east; isthmus ca rotate says how to go from one root to another\n" +
				"isthmus: warning: mesh/ca/west.pem: it does not trust \"CN=root\", and still trusts \"CN=other\", unlike the mesh (IST522)\nisthmus: fix: isthmus ca rotate says what comes next\n",
		},
		{
			name: "one key", files: folder("ca/west.pem", shared.pem()+root.pem()),
			want: "isthmus: error: mesh/ca/west.pem: it signs with the key of cluster east; who takes it from one has both, and neither can be replaced alone (IST517)\n" + reissue + "west\n",
		},
		{
			name: "a rotation", files: folder("ca/root.pem", root.pem()+other.pem()),
			want: "isthmus: warning: mesh/ca/east.pem: it does not trust \"CN=other\", unlike the mesh (IST522)\nisthmus: fix: isthmus ca rotate says what comes next\n" +
				"isthmus: warning: mesh/ca/west.pem: it does not trust \"CN=other\", unlike the mesh (IST522)\nisthmus: fix: isthmus ca rotate says what comes next\n",
		},
		{
			name: "a cluster that is gone", files: folder("ca/south.pem", "x"),
			want: "isthmus: warning: mesh/ca/south.pem: the mesh has no cluster \"south\" (IST524)\nisthmus: fix: remove it: isthmus secrets remove south\n",
		},
		{
			name: "a cluster that does not sign", mesh: today, files: folder(),
			want: method(14) + "isthmus: warning: mesh/ca/west.pem: cluster \"west\" does not sign: its control plane is another cluster's (IST524)\nisthmus: fix: remove it: isthmus secrets remove west\n",
		},
	})
}

// TestWeak: a key that is too small.
func TestWeak(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	root := signed(t, "root", nil)
	east := signedFor(t, "east", root, key)
	rejected(t, []rejection{{
		name: "curve", files: map[string]string{"ca/root.pem": root.pem(), "ca/east.pem": east.pem() + root.pem()},
		want: "isthmus: error: mesh/ca/east.pem: \"CN=east\" has a key on P-521, and proxies take P-256 and P-384 (IST514)\nisthmus: fix: issue it again: isthmus ca issue east\n",
	}})
}

// TestSampleCertificates: those of Istio's own samples, which the guide uses.
func TestSampleCertificates(t *testing.T) {
	sample, err := os.ReadFile(filepath.Join("testdata", "sample-root.pem"))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{"ca/root.pem": string(sample)}
	rejected(t, []rejection{
		{
			name: "refused", files: files,
			want: "isthmus: error: mesh/ca/root.pem: \"CN=Root CA,OU=Test,O=Istio,L=Sunnyvale,ST=California,C=US,1.2.840.113549.1.9.1=#0c1374657374726f6f74636140697374696f2e696f\" is one of the certificates in Istio's samples; everybody has its private key, and can pass for every workload of the mesh (IST518)\nisthmus: fix: make certificates of your own: isthmus ca init; for a mesh that nobody depends on, set spec.security.allowSampleCertificates\n",
		},
		{name: "allowed", files: files, edit: []string{"  clusters:\n", "  security: {allowSampleCertificates: true}\n  clusters:\n"}},
	})
}

// TestStanding: what is true of certificates on a day, which Load says only where
// it is told the day.
func TestStanding(t *testing.T) {
	root := signed(t, "root", nil)
	ends := func(name string, in time.Duration) string {
		return signed(t, name, root, func(c *x509.Certificate) { c.NotAfter = day.Add(in) }).pem() + root.pem()
	}
	const d = 24 * time.Hour
	good := ends("east", 100*d)
	print := func(text string) string {
		p, err := ca.ParsePublic("east", "", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return ca.Fingerprint(p.Chain[0])
	}
	sealed := func(fingerprint string) string {
		return string(sealtest.Manifest("cacerts", "ca-cert.pem", fmt.Sprintf("{isthmus.dev/certificate: %q}", fingerprint)))
	}
	const missing = "; without one a control plane signs under a root of its own, and other clusters refuse its workloads (IST523)\nisthmus: fix: "
	const at = "isthmus: warning: mesh/mesh.yaml:6:3: spec.security.certificates: "
	const reissue = "isthmus: fix: issue it again: isthmus ca issue "
	west := ends("west", 100*d)
	both := map[string]string{"ca/root.pem": root.pem(), "ca/east.pem": good, "ca/west.pem": west, "sealed/east/cacerts.yaml": sealed(print(good)), "sealed/west/cacerts.yaml": sealed(print(west))}
	with := func(pairs ...string) map[string]string {
		files := map[string]string{}
		for name, text := range both {
			files[name] = text
		}
		for i := 0; i < len(pairs); i += 2 {
			if files[pairs[i]] = pairs[i+1]; pairs[i+1] == "" {
				delete(files, pairs[i])
			}
		}
		return files
	}
	for _, tt := range []struct {
		name  string
		edit  []string
		files map[string]string
		want  string
	}{
		{"all there", nil, both, ""},
		{"nothing yet", nil, nil, at + "2 clusters sign, and have no cacerts here: east, west" + missing + "isthmus ca init --key <file> --recipient <age1…>, then isthmus ca issue east west --key <file> --identity <file>\n"},
		{"a root", nil, map[string]string{"ca/root.pem": root.pem()}, at + "2 clusters sign, and have no cacerts here: east, west" + missing + "isthmus ca issue east west --key <file> --identity <file>\n"},
		{"one of two", nil, with("ca/west.pem", "", "sealed/west/cacerts.yaml", ""), at + "cluster \"west\" signs, and has no cacerts here" + missing + "isthmus ca issue west --key <file> --identity <file>\n"},
		{"one of two, and that leaves", []string{"name: west", "name: west\n      state: leaving"}, with("ca/west.pem", "", "sealed/west/cacerts.yaml", ""), ""},
		{"silenced", []string{"silence: [", "silence: [{rule: IST523, reason: later}, "}, nil, ""},
		{"not sealed", nil, with("sealed/east/cacerts.yaml", ""), "isthmus: warning: mesh/ca/east.pem: cluster \"east\" has no sealed cacerts with this certificate; its control plane would sign under a root of its own (IST523)\n" + reissue + "east\n"},
		{"no certificate to it", nil, with("ca/east.pem", ""), "isthmus: warning: mesh/sealed/east/cacerts.yaml: there is no mesh/ca/east.pem to it; what the cluster signs with cannot be checked (IST525)\n" + reissue + "east\n"},
		{"another certificate", nil, with("ca/east.pem", ends("east", 101*d)), "isthmus: warning: mesh/sealed/east/cacerts.yaml: holds another certificate than mesh/ca/east.pem; what is checked is not what the cluster signs with (IST525)\n" + reissue + "east\n"},
		{"sealed by somebody else", nil, with("sealed/east/cacerts.yaml", sealed("")), ""},
		{"due", nil, with("ca/east.pem", ends("east", 89*d), "sealed/east/cacerts.yaml", sealed("")), "isthmus: warning: mesh/ca/east.pem: \"CN=east\" ends on 2026-08-29, in 89 days (IST520)\n" + reissue + "east\n"},
		{"urgent", nil, with("ca/east.pem", ends("east", 29*d), "sealed/east/cacerts.yaml", sealed("")), "isthmus: warning: mesh/ca/east.pem: \"CN=east\" ends on 2026-06-30, in 29 days; with it ends all that is under it (IST519)\n" + reissue + "east\n"},
		{"over", nil, with("ca/east.pem", ends("east", -d), "sealed/east/cacerts.yaml", sealed("")), "isthmus: warning: mesh/ca/east.pem: \"CN=east\" ended on 2026-05-31; no peer accepts what is under it (IST519)\n" + reissue + "east\n"},
		{"long", nil, with("ca/east.pem", ends("east", 1000*d), "sealed/east/cacerts.yaml", sealed("")), "isthmus: warning: mesh/ca/east.pem: \"CN=east\" is good for 3 years; a key that is in a cluster for longer than two years is one that nobody has practised to replace (IST521)\n" + reissue + "east\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			src := source(edited(t, base+"  silence: [{rule: IST532, reason: another test's}]\n", tt.edit...), tagged(tt.files))
			if _, quiet := mesh.Load(src); len(quiet) > 0 {
				t.Errorf("without a day: %s", quiet.Text())
			}
			src.Now = day
			m, problems := mesh.Load(src)
			if diff := gocmp.Diff(tt.want, problems.Text()); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			if m == nil {
				t.Error("it keeps the mesh from being rendered")
			}
		})
	}
}

// TestInlinedRoots: a mesh that reads no file has its roots in itself.
func TestInlinedRoots(t *testing.T) {
	root := signed(t, "root", nil)
	m, problems := load(base, map[string]string{"ca/root.pem": root.pem()})
	if m == nil || len(m.Authorities.Roots) != 1 {
		t.Fatal(problems.Text())
	}
	again, text := inlined(t, m)
	if len(again.Authorities.Roots) != 1 || !again.Authorities.Roots[0].Equal(root.cert) {
		t.Errorf("no roots in\n%s", text)
	}
	broken := strings.ReplaceAll(text, "BEGIN CERTIFICATE", "BEGIN X")
	_, problems = mesh.Load(mesh.Source{Inlined: []byte(broken)})
	const want = "isthmus: error: metadata.annotations.isthmus.dev/roots: a block of PEM is broken (IST510)\nisthmus: fix: inline the mesh again: isthmus live --mode container\n"
	if diff := gocmp.Diff(want, problems.Text()); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

// tagged gives the files with the lock that knows those that are sealed.
func tagged(files map[string]string) map[string]string {
	all, sealed := maps.Clone(files), map[string][]byte{}
	for name, text := range files {
		if strings.HasPrefix(name, "sealed/") {
			sealed[name] = []byte(text)
		}
	}
	if len(sealed) > 0 {
		all[seal.LockPath] = string(sealtest.Lock(sealed))
	}
	return all
}
