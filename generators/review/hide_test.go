package review

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// every writes a change in every format.
func every(t *testing.T, c *Change) string {
	t.Helper()
	var b bytes.Buffer
	for _, err := range []error{Text{}.Write(&b, c), JSON(&b, c), SARIF(&b, "", "mesh.yaml", strings.Clone, c), HTML(&b, c)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	b.WriteString(strings.Join(Markdown{Budget: Comment}.Pages(c), ""))
	return b.String()
}

// No format shows a secret, be it new, changed, gone, or in a file that is no
// YAML; what became of it is told.
func TestSecretsStayHidden(t *testing.T) {
	const canary = "c4n4ry"
	sealed := base64.StdEncoding.EncodeToString([]byte(strings.Repeat(canary, 40)))
	for name, test := range map[string]struct{ before, after, want string }{
		"Secret":              {object("Secret", "data: {token: "+canary+"}"), object("Secret", "data: {token: "+canary+"2}\nstringData: {more: "+canary+"}"), "data.token: (secret value) is another"},
		"new Secret":          {object("X", ""), object("Secret", "stringData: {token: "+canary+"}"), "added Secret"},
		"data that is a text": {object("Secret", "data: "+canary), object("Secret", "data: x"+canary), "data: (secret value) is another"},
		"SealedSecret": {object("SealedSecret", "spec: {encryptedData: {token: "+sealed+"}}"), object("SealedSecret", "spec: {encryptedData: {token: x"+sealed+", ca: "+sealed+"}, template: {data: {a: "+canary+"}}}"),
			"spec.encryptedData.token: (sealed value) is another"},
		"ExternalSecret": {object("ExternalSecret", "spec: {target: {template: {data: {a: "+canary+"}}}}"), object("ExternalSecret", "spec: {target: {template: {data: {a: "+canary+"2}}}}"), "spec.target.template.data.a: (template value) is another"},
		"sops": {object("Secret", "data: {a: 'ENC["+canary+"]'}\nsops: {mac: 'ENC["+canary+"]', age: [{recipient: age1x, enc: "+canary+"}], lastmodified: '1'}"),
			object("Secret", "data: {a: 'ENC["+canary+"2]'}\nsops: {mac: 'ENC["+canary+"2]', age: [{recipient: age1x, enc: "+canary+"2}], lastmodified: '2'}"), `sops.lastmodified: "1" → "2"`},
		"applied":        {object("Secret", "") + "x: 1", strings.Replace(object("Secret", ""), "{name: a", "{annotations: {kubectl.kubernetes.io/last-applied-configuration: "+canary+"}, name: a", 1), "is another|added"},
		"a List":         {object("List", "items: []"), object("List", "items: [{kind: Secret, apiVersion: v1, data: {a: "+canary+"}}]"), "items"},
		"a SecretList":   {object("SecretList", "items: []"), object("SecretList", "items: [{metadata: {name: a}, data: {a: "+canary+"}}, {kind: X, stringData: {a: "+canary+"}}]"), "items"},
		"no YAML":        {object("Secret", "data: {token: "+canary+"}"), object("Secret", "data: {token: ["+canary+"}"), "cannot be read as YAML|removed Secret"},
		"key in a field": {object("ConfigMap", "data: {key: a}"), object("ConfigMap", "data: {key: '-----BEGIN EC PRIVATE KEY----- "+canary+"'}"), `data.key: a → \(private key\)`},
		"key in base64":  {object("ConfigMap", "data: {key: a}"), object("ConfigMap", "data: {key: "+base64.StdEncoding.EncodeToString([]byte("-----BEGIN RSA PRIVATE KEY-----\n"+canary))+"}"), `data.key: a → \(key material\)`},
		"long base64":    {object("ConfigMap", "data: {key: a}"), object("ConfigMap", "data: {key: "+sealed+"}"), `data.key: a → \(320 bytes of base64\)`},
	} {
		t.Run(name, func(t *testing.T) {
			text := every(t, Of(side(map[string]string{"overlays/west/a.yaml": test.before}), side(map[string]string{"overlays/west/a.yaml": test.after}), nil))
			for _, secret := range []string{canary, base64.StdEncoding.EncodeToString([]byte(canary)), sealed[:40]} {
				if strings.Contains(text, secret) {
					t.Errorf("%q is shown:\n%s", secret, text)
				}
			}
			want := test.want
			if !strings.Contains(want, "|") && !strings.Contains(want, `\(`) {
				want = regexp.QuoteMeta(want)
			}
			if !regexp.MustCompile(want).MatchString(text) {
				t.Errorf("%q is not told:\n%s", test.want, text)
			}
		})
	}
}

// Lines of the input that look like keys are hidden too, and those of sealed
// files are left out.
func TestLinesStayHidden(t *testing.T) {
	if got := hunks("mesh/mesh.yaml", nil, []byte("a: 1\n-----BEGIN PRIVATE KEY-----\n"))[0].After; !cmp.Equal(got, []string{"a: 1", "(private key)"}) {
		t.Errorf("%q", got)
	}
	for _, file := range []string{"mesh/sealed/west/x.yaml", "sealed/west/x.yaml"} {
		if got := hunks(file, nil, []byte("a: 1\n"))[0]; got.After != nil || got.String() != file {
			t.Errorf("%s: %q, %q", file, got, got.After)
		}
	}
}

func TestCertificate(t *testing.T) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "root", Organization: []string{"shop"}}, NotAfter: time.Date(2036, 1, 2, 3, 4, 5, 0, time.UTC)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	for _, form := range []string{string(text), base64.StdEncoding.EncodeToString(text)} {
		if got := opaque(form); !regexp.MustCompile(`^certificate CN=root,O=shop, until 2036-01-02, SHA-256 [0-9a-f]{8}$`).MatchString(got) {
			t.Errorf("%q", got)
		}
	}
	if got := opaque(string(text) + string(text)); !strings.HasSuffix(got, ", and 1 more") {
		t.Errorf("%q", got)
	}
	if got := opaque("-----BEGIN CERTIFICATE-----\nx\n"); got != "certificate that cannot be read" {
		t.Errorf("%q", got)
	}
}
