package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"io"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"
	"filippo.io/age/armor"

	"github.com/isthmus-mesh/isthmus/generators/ca"
	"github.com/isthmus-mesh/isthmus/generators/seal"
	"github.com/isthmus-mesh/isthmus/generators/seal/sealtest"
)

// newRoot makes a root that opens with the identity of the test.
func (c *canary) newRoot() {
	if _, err := os.Stat(c.private("identity")); err != nil {
		identity, err := age.GenerateX25519Identity()
		if err != nil {
			c.Fatal(err)
		}
		c.add("an identity", []byte(identity.String())[len("AGE-SECRET-KEY-1"):])
		c.give("identity", identity.String()+"\n")
		c.write(c.private("recipient"), identity.Recipient().String()+"\n", 0o644)
	}
	os.Remove(c.private("root.age"))
	c.step("a root", nil, "ca", "init", "--key", c.private("root.age"), "--recipients-file", c.private("recipient"))
	c.learn("root.age")
}

// learn takes in the key of a root, which isthmus made.
func (c *canary) learn(name string) {
	c.Helper()
	text, err := os.ReadFile(c.private(name))
	if err != nil {
		c.Fatalf("%v\n%s", err, c.outputs[len(c.outputs)-1].text)
	}
	var opener age.Identity
	if ca.ByPassphrase(text) {
		opener, err = age.NewScryptIdentity(canaryPhrase)
	} else {
		file, _ := os.ReadFile(c.private("identity"))
		opener, err = age.ParseX25519Identity(strings.TrimSpace(string(file)))
	}
	if err != nil {
		c.Fatal(err)
	}
	r, err := age.Decrypt(armor.NewReader(bytes.NewReader(text)), opener)
	if err != nil {
		c.Fatal(err)
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		c.Fatal(err)
	}
	c.addKey("the key of a root", plain)
}

// certificates are made, and brought: with bad bundles, keys, passphrases and
// identities.
func (c *canary) certificates() {
	c.newRoot()
	root, who := c.private("root.age"), c.private("identity")
	phrase, nobody := c.give("phrase", canaryPhrase+"\n"), c.identity("nobody")
	lines := c.give("lines", canaryPhrase+"\n"+canaryPhrase+"\n")
	open := c.give("open", canaryPhrase+"\n")
	if err := os.Chmod(open, 0o644); err != nil {
		c.Fatal(err)
	}
	text := func(name string) string {
		data, err := os.ReadFile(name)
		if err != nil {
			c.Fatal(err)
		}
		return string(data)
	}
	armored := text(root)
	byPhrase := c.private("phrase.age")
	c.step("a root on a passphrase", nil, "ca", "init", "--force-root-change", "--key", byPhrase, "--passphrase-file", phrase)
	c.learn("phrase.age")
	key := string(sealtest.PrivatePEM("east"))

	// The file of the root's key.
	for what, file := range map[string]string{
		"text":              c.give("key-text", canaryText),
		"nothing":           c.give("key-nothing", ""),
		"a key in PEM":      c.give("key-pem", key),
		"an identity":       who,
		"a passphrase":      phrase,
		"a token":           c.give("key-token", c.token),
		"a folder":          c.outside,
		"no file":           c.private("none"),
		"half of it":        c.give("key-half", armored[:len(armored)/2]),
		"a damaged one":     c.give("key-damaged", strings.Replace(armored, "\n", "\nAAAA", 3)),
		"a damaged payload": c.give("key-payload", armored[:len(armored)-60]+"AAAA"+armored[len(armored)-56:]),
		"text in armor":     c.give("key-armor", armor.Header+"\n"+base64.StdEncoding.EncodeToString([]byte(canaryText))+"\n"+armor.Footer+"\n"),
		"another's content": c.give("key-content", c.armored("hello "+canaryText)),
		"a key alone":       c.give("key-alone", c.armored(key)),
		"a broken key":      c.give("key-broken", c.armored(strings.Replace(key, "M", "N", 4))),
	} {
		c.step("for a root's key: "+what, nil, "ca", "issue", "--all", "--key", file, "--identity", who)
		c.step("for a root's key: "+what, nil, "ca", "issue", "--all", "--key", file, "--passphrase-file", phrase)
		c.step("for a root's key: "+what, nil, "ca", "init", "--force-root-change", "--key", file, "--identity", who)
	}
	// What opens it.
	for what, file := range map[string]string{
		"text":           c.give("who-text", canaryText),
		"nothing":        c.give("who-nothing", ""),
		"a recipient":    c.private("recipient"),
		"half of it":     c.give("who-half", text(who)[:40]),
		"a broken one":   c.give("who-broken", strings.Replace(text(who), "1", "1Q", 1)),
		"another's":      nobody,
		"a key in PEM":   c.give("who-pem", key),
		"a passphrase":   phrase,
		"two lines":      lines,
		"for all":        open,
		"a folder":       c.outside,
		"no file":        c.private("none"),
		"a large one":    c.give("who-large", strings.Repeat(canaryPhrase+"\n", 30000)),
		"a root's key":   root,
		"the tags' key":  c.private("tagkey"),
		"a kubeconfig":   c.give("who-config", string(c.kubeconfig)),
		"in the mesh":    filepath.Join(c.repo, "mesh/mesh.yaml"),
		"a text of JSON": c.give("who-json", `{"identity": "`+canaryText+`"}`),
	} {
		c.step("for an identity: "+what, nil, "ca", "issue", "--all", "--key", root, "--identity", file)
		c.step("for a passphrase: "+what, nil, "ca", "issue", "--all", "--key", byPhrase, "--passphrase-file", file)
		c.step("for an identity: "+what, nil, "ca", "init", "--force-root-change", "--key", byPhrase, "--identity", file)
		if file != c.private("recipient") {
			c.step("for recipients: "+what, nil, "ca", "init", "--force-root-change", "--key", c.private("new.age"), "--recipients-file", file)
		}
	}
	for _, args := range [][]string{
		{"--recipient", strings.TrimSpace(text(who))}, {"--recipient", canaryText}, {"--passphrase", canaryPhrase}, {"--passphrase=" + canaryText},
		{"--recipient", c.token}, {"--recipients-file", c.private("recipient"), "--passphrase-file", phrase},
	} {
		c.step("on the command line", nil, append([]string{"ca", "init", "--force-root-change", "--key", c.private("new.age")}, args...)...)
	}
	c.step("no terminal", nil, "ca", "issue", "--all", "--key", root)
	c.scan()

	// A rotation, with a bundle from elsewhere in each of its states.
	c.step("back to the first", nil, "ca", "init", "--force-root-change", "--key", root, "--identity", who)
	c.step("issue", nil, "ca", "issue", "--all", "--key", root, "--identity", who, "--force-root-change")
	c.bundles()
	next := c.private("next.age")
	for _, args := range [][]string{
		{"rotate", "--finish"}, {"rotate", "--start", "--key", next, "--passphrase-file", lines}, {"rotate", "--start", "--from", who}, {"rotate", "--start", "--from", c.private("key-pem")},
		{"rotate", "--start", "--key", root, "--identity", who}, {"rotate", "--start", "--key", root, "--identity", nobody},
		{"rotate", "--start", "--key", next, "--passphrase-file", phrase}, {"rotate", "--start", "--key", next, "--passphrase-file", phrase},
		{"issue", "--all", "--key", next, "--passphrase-file", open}, {"issue", "--all", "--key", next, "--passphrase-file", phrase},
		{"issue", "--all", "--key", root, "--identity", who}, {"issue", "--all", "--key", next, "--passphrase-file", phrase, "--restarted"},
		{"rotate", "--finish"}, {"rotate", "--finish", "--restarted"}, {"issue", "--all", "--key", next, "--passphrase-file", phrase}, {"rotate"}, {"verify", "-o", "json"},
	} {
		c.step("a rotation", nil, append([]string{"ca"}, args...)...)
	}
	c.learn("next.age")
	c.bundles()
	c.step("with certificates", nil, "render")
	manifest, err := os.ReadFile(filepath.Join(c.repo, "mesh", seal.Path("east", "cacerts")))
	if err != nil {
		c.Fatalf("nothing was sealed, so the test shows nothing: %v", err)
	}
	opened, err := seal.SealedSecrets{Private: map[string]*rsa.PrivateKey{"": sealtest.Key("east")}}.Open("east", manifest)
	if err != nil {
		c.Fatal(err)
	}
	c.addKey("the key of an intermediate", opened.Data["ca-key.pem"].Reveal())
	c.scan()
}

// identity gives the file of a new one.
func (c *canary) identity(name string) string {
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		c.Fatal(err)
	}
	c.add("an identity", []byte(identity.String())[len("AGE-SECRET-KEY-1"):])
	return c.give(name, identity.String()+"\n")
}

// armored gives a text as age encrypts it to the identity of the test.
func (c *canary) armored(text string) string {
	recipient, err := os.ReadFile(c.private("recipient"))
	if err != nil {
		c.Fatal(err)
	}
	to, err := age.ParseX25519Recipient(strings.TrimSpace(string(recipient)))
	if err != nil {
		c.Fatal(err)
	}
	var out bytes.Buffer
	a := armor.NewWriter(&out)
	w, err := age.Encrypt(a, to)
	if err != nil {
		c.Fatal(err)
	}
	_, _ = io.WriteString(w, text)
	w.Close()
	a.Close()
	return out.String()
}

// bundles are brought, each with something wrong.
func (c *canary) bundles() {
	own, err := ca.NewRoot(ca.P256, ca.RootLifetime, sealtest.Today)
	if err != nil {
		c.Fatal(err)
	}
	brought, err := own.Issue(ca.Cluster{Name: "east", Namespace: "istio-system", TrustDomain: "cluster.local"}, []*x509.Certificate{own.Certificate}, ca.P256, ca.IntermediateLifetime, sealtest.Today)
	if err != nil {
		c.Fatal(err)
	}
	data, err := brought.Data(ca.Plugged)
	if err != nil {
		c.Fatal(err)
	}
	key := string(data["ca-key.pem"])
	c.addKey("a key that is brought", data["ca-key.pem"])
	block, _ := pem.Decode(data["ca-key.pem"])
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		c.Fatal(err)
	}
	sec1, err := x509.MarshalECPrivateKey(parsed.(*ecdsa.PrivateKey))
	if err != nil {
		c.Fatal(err)
	}
	encoded := func(kind string, der []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der, Headers: map[string]string{}}))
	}
	swap := func(name, text string) map[string]string { return map[string]string{name: text} }
	for what, changed := range map[string]map[string]string{
		"as it is":                     {},
		"a broken key":                 swap("ca-key.pem", strings.Replace(key, "M", "N", 3)),
		"half a key":                   swap("ca-key.pem", key[:len(key)/2]),
		"no key":                       swap("ca-key.pem", ""),
		"text for a key":               swap("ca-key.pem", canaryText),
		"text in PEM":                  swap("ca-key.pem", encoded("PRIVATE KEY", []byte(canaryText))),
		"a key of another kind":        swap("ca-key.pem", encoded(canaryText, block.Bytes)),
		"a key in DER":                 swap("ca-key.pem", string(block.Bytes)),
		"a key in base64":              swap("ca-key.pem", base64.StdEncoding.EncodeToString([]byte(key))),
		"an encrypted key":             swap("ca-key.pem", encoded("ENCRYPTED PRIVATE KEY", block.Bytes)),
		"a key of SEC 1":               swap("ca-key.pem", encoded("EC PRIVATE KEY", sec1)),
		"a key under another name":     swap("ca-key.pem", encoded("RSA PRIVATE KEY", sec1)),
		"two keys":                     swap("ca-key.pem", key+string(sealtest.PrivatePEM("west"))),
		"another's key":                swap("ca-key.pem", string(sealtest.PrivatePEM("west"))),
		"a token for a key":            swap("ca-key.pem", c.token),
		"a key for a certificate":      swap("ca-cert.pem", key),
		"a key behind the certificate": swap("ca-cert.pem", string(data["ca-cert.pem"])+key),
		"a key in the chain":           swap("cert-chain.pem", string(data["cert-chain.pem"])+key),
		"a key for the chain":          swap("cert-chain.pem", key),
		"a key for a root":             swap("root-cert.pem", key),
		"a key behind the root":        swap("root-cert.pem", string(data["root-cert.pem"])+key),
		"text for a root":              swap("root-cert.pem", canaryText),
		"text for a certificate":       swap("ca-cert.pem", encoded("CERTIFICATE", []byte(canaryText))),
		"text behind the certificate":  swap("ca-cert.pem", string(data["ca-cert.pem"])+canaryText),
		"the other form":               {"ca-key.pem": "", "ca-cert.pem": "", "cert-chain.pem": "", "root-cert.pem": "", "tls.key": key, "tls.crt": string(data["cert-chain.pem"]), "ca.crt": key},
		"both forms":                   {"tls.key": key, "tls.crt": canaryText, "ca.crt": key},
	} {
		folder := "bundle/" + strings.ReplaceAll(what, " ", "-") + "/"
		if err := os.RemoveAll(c.private("bundle")); err != nil {
			c.Fatal(err)
		}
		for name, text := range data {
			c.give(folder+name, string(text))
		}
		for name, text := range changed {
			c.give(folder+name, text)
			if text == "" {
				os.Remove(c.private(folder + name))
			}
		}
		folder = c.private(folder)
		c.step("a bundle: "+what, nil, "ca", "verify", "--bundle", "east="+folder)
		c.step("a bundle: "+what, nil, "ca", "issue", "east", "--from", folder)
		c.step("a bundle: "+what, nil, "ca", "init", "--from", filepath.Join(folder, "ca-key.pem"), "--force-root-change")
		c.step("a bundle: "+what, nil, "ca", "verify", "--bundle", filepath.Join(folder, "ca-cert.pem"))
	}
	if err := os.RemoveAll(c.private("bundle")); err != nil {
		c.Fatal(err)
	}
	c.scan()
}
