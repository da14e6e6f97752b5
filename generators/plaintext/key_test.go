package plaintext

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"strings"
	"testing"
)

// Private keys are known in every form in which they are written without PEM, and
// what is public is not.
func TestKeyInDER(t *testing.T) {
	must := func(der []byte, err error) []byte {
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	const key = "a private key, in base64"
	for _, tt := range []struct {
		name, want string
		der        []byte
	}{
		{"RSA as PKCS#8", key, must(x509.MarshalPKCS8PrivateKey(rsaKey))},
		{"RSA as PKCS#1", key, x509.MarshalPKCS1PrivateKey(rsaKey)},
		{"EC as PKCS#8", key, must(x509.MarshalPKCS8PrivateKey(ecKey))},
		{"EC as SEC 1", key, must(x509.MarshalECPrivateKey(ecKey))},
		{"Ed25519 as PKCS#8", key, must(x509.MarshalPKCS8PrivateKey(edKey))},
		{"OpenSSH", key, []byte("openssh-key-v1\x00\x00\x00\x00\x04none\x00\x00\x00\x04none\x00\x00\x00\x00")},
		{"with more behind it", key, append(x509.MarshalPKCS1PrivateKey(rsaKey), "and more"...)},
		{"public RSA as PKCS#1", "", x509.MarshalPKCS1PublicKey(&rsaKey.PublicKey)},
		{"public RSA", "", must(x509.MarshalPKIXPublicKey(&rsaKey.PublicKey))},
		{"public EC", "", must(x509.MarshalPKIXPublicKey(&ecKey.PublicKey))},
		{"half a key", "", x509.MarshalPKCS1PrivateKey(rsaKey)[:200]},
		{"an empty list", "", append([]byte{0x30, 0}, strings.Repeat("\x00", 60)...)},
	} {
		for in, encoding := range map[string]*base64.Encoding{"padded": base64.StdEncoding, "not padded": base64.RawStdEncoding, "for URLs": base64.RawURLEncoding} {
			got := ""
			for _, f := range Text([]byte("tls.key: " + encoding.EncodeToString(tt.der) + "\nnext: word\n")) {
				got += f.What
			}
			if got != tt.want {
				t.Errorf("%s, %s: found %q, want %q", tt.name, in, got, tt.want)
			}
		}
	}
}

// A key as text is known however its lines are joined, and what only shows how
// one begins is left alone.
func TestArmored(t *testing.T) {
	_, key, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key) // the shortest there is: 64 characters
	if err != nil {
		t.Fatal(err)
	}
	whole := strings.TrimSpace(string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))
	begin, body, end := "-----BEGIN PRIVATE KEY-----", base64.StdEncoding.EncodeToString(der), "-----END PRIVATE KEY-----"
	short := begin + "\n" + body[:60] + "\n" + body[60:] + "\n" + end
	for _, tt := range []struct {
		name, text string
		want       bool
	}{
		{"as it is", whole, true},
		{"without its end", begin + "\n" + body, true},
		{"on one line", strings.ReplaceAll(short, "\n", " "), true},
		{"a short last line", short, true},
		{"lines of sixteen", begin + "\n" + body[:16] + "\n" + body[16:32] + "\n" + body[32:48] + "\n" + body[48:] + "\n" + end, true},
		{"escaped", strings.ReplaceAll(short, "\n", `\n`), true},
		{"escaped twice", strings.ReplaceAll(short, "\n", `\\r\\n`), true},
		{"in a comment", "# " + strings.ReplaceAll(short, "\n", "\n# "), true},
		{"as a list", "- " + strings.ReplaceAll(short, "\n", "\n- "), true},
		{"quoted in a mail", "> " + strings.ReplaceAll(short, "\n", "\n> "), true},
		{"added together", `"` + strings.ReplaceAll(short, "\n", "\\n\" +\n  \"") + `"`, true},
		{"with headers", strings.Replace(short, "\n", "\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,0123456789ABCDEF\n\n", 1), true},
		{"with headers, escaped", strings.ReplaceAll(strings.Replace(short, "\n", "\nVersion: GnuPG v2\n\n", 1), "\n", `\n`), true},
		{"cut off", begin + "\n" + body[:40] + "...\n" + end, false},
		{"cut off by its end", begin + "\n" + body[:40] + "\n" + end, false},
		{"no body", begin + "\n" + end, false},
		{"words", begin + " is how a private key begins and there are so many letters in this line that a key could be no longer", false},
		{"a header and words", begin + "\nComment: " + body + "\nhere it goes on\n", false},
	} {
		found := Text([]byte(tt.text))
		if got := len(found) > 0 && found[0].What == "a private key"; got != tt.want {
			t.Errorf("%s: found %v", tt.name, found)
		}
	}
}
