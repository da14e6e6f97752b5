package ca

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"

	"filippo.io/age"
	"filippo.io/age/armor"
	"github.com/google/go-cmp/cmp"
)

// said gives what is wrong with a file and how to mend it.
func said(err error) string {
	if err == nil {
		return ""
	}
	var file *FileError
	if errors.As(err, &file) {
		return err.Error() + " | " + file.Fix
	}
	return err.Error()
}

// line is that of what follows a text.
func line(text string) int { return 1 + strings.Count(text, "\n") }

// TestCertificates: what is no clean list of certificates is refused, with its
// line, and without a byte of it.
func TestCertificates(t *testing.T) {
	_, all := issued(t, P256, "east")
	one, own := string(all[0].PEM()), string(Encode(all[0].Chain[0]))
	key, err := all[0].key.pem()
	if err != nil {
		t.Fatal(err)
	}
	body := strings.Split(string(key), "\n")[1]
	const copyAgain = " | copy the certificate again, from BEGIN to END"
	for _, tt := range []struct{ name, text, want string }{
		{"empty", "", "f.pem: holds no certificate in PEM | give certificates as openssl writes them, from BEGIN to END"},
		{"text", "hello\n", "f.pem: holds no certificate in PEM | give certificates as openssl writes them, from BEGIN to END"},
		{"cut", one[:200], "f.pem:1: a block of PEM is broken" + copyAgain},
		{"cut at the end", one[:len(one)-10], fmt.Sprintf("f.pem:%d: ", line(own)) + "a block of PEM is broken" + copyAgain},
		{"broken before a whole one", one[:100] + "\n" + one, "f.pem:1: a block of PEM is broken" + copyAgain},
		{"no beginning", one + "abc\n-----END CERTIFICATE-----\n", fmt.Sprintf("f.pem:%d: ", line(one)) + "a block of PEM is broken" + copyAgain},
		{"a key", one + string(key), fmt.Sprintf("f.pem:%d: ", line(one)) + "a private key lies among the certificates | take it out; where this file was committed, count the key as known to others and issue again"},
		{"a request", strings.ReplaceAll(one, "CERTIFICATE", "CERTIFICATE REQUEST"), `f.pem:1: "CERTIFICATE REQUEST" is no certificate | leave only CERTIFICATE blocks in the file`},
		{"a block called anything", strings.ReplaceAll(one, "CERTIFICATE", "hunter2"), `f.pem:1: a block of PEM is no certificate | leave only CERTIFICATE blocks in the file`},
		{"no certificate in it", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("x")})), "f.pem:1: a certificate cannot be read: malformed certificate | take the file from where it was made again"},
		{"too many", strings.Repeat(one, 40), fmt.Sprintf("f.pem:%d: ", line(strings.Repeat(one, 32))) + "holds more than 64 certificates | leave only the chain and its roots in the file"},
		{"comments", "# a comment\n\n" + one + "\n", ""},
		{"CRLF", strings.ReplaceAll(one, "\n", "\r\n"), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Certificates("f.pem", []byte(tt.text))
			if diff := cmp.Diff(tt.want, said(err)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if strings.Contains(said(err), body[:12]) {
				t.Error("the message holds a key")
			}
		})
	}
}

// TestParseBundle: each way in which the files of a Secret can be wrong.
func TestParseBundle(t *testing.T) {
	f := forge{t}
	b := f.bundle("east", nil, nil)
	good, err := b.Data(Plugged)
	if err != nil {
		t.Fatal(err)
	}
	ec, err := x509.MarshalECPrivateKey(b.key.signer.(*ecdsa.PrivateKey))
	if err != nil {
		t.Fatal(err)
	}
	_, edwards, _ := ed25519.GenerateKey(rand.Reader)
	pkcs8, _ := x509.MarshalPKCS8PrivateKey(edwards)
	block := func(kind string, bytes []byte) string {
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: bytes}))
	}
	key, own, root := string(good["ca-key.pem"]), string(good["ca-cert.pem"]), string(good["root-cert.pem"])
	const convert = " | convert it: openssl pkcs8 -topk8 -nocrypt -in <file>"
	const files = " | put the files of the Secret into it: ca-cert.pem, ca-key.pem, cert-chain.pem, root-cert.pem; or tls.crt, tls.key, ca.crt"
	for _, tt := range []struct{ name, file, text, want string }{
		{"as it is", "ca-key.pem", key, ""},
		{"EC key", "ca-key.pem", block("EC PRIVATE KEY", ec), ""},
		{"no key", "ca-key.pem", "", "in: lacks ca-key.pem" + files},
		{"no chain", "cert-chain.pem", " \n", "in: lacks cert-chain.pem" + files},
		{"TLS in part", "tls.crt", own, "in: lacks tls.key, ca.crt" + files},
		{"EC parameters", "ca-key.pem", block("EC PARAMETERS", []byte{6}) + key, "in/ca-key.pem: starts with EC PARAMETERS, where istiod looks for the key" + convert},
		{"encrypted", "ca-key.pem", block("ENCRYPTED PRIVATE KEY", ec), "in/ca-key.pem: is encrypted, and istiod has no passphrase for it | decrypt it where nobody sees it, and pass it by a pipe: openssl pkey -in <file>"},
		{"encrypted the old way", "ca-key.pem", "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----\n", "in/ca-key.pem: is encrypted, and istiod has no passphrase for it | decrypt it where nobody sees it, and pass it by a pipe: openssl pkey -in <file>"},
		{"two keys", "ca-key.pem", key + key, "in/ca-key.pem: holds more than one key | leave only the key of the certificate in it"},
		{"text before", "ca-key.pem", "secret\n" + key, "in/ca-key.pem: holds something before its key | leave only the key in it"},
		{"a certificate", "ca-key.pem", own, "in/ca-key.pem: holds a certificate, and no private key | give the key of the certificate"},
		{"another kind", "ca-key.pem", block("OPENSSH PRIVATE KEY", ec), "in/ca-key.pem: holds no private key that istiod reads" + convert},
		{"broken", "ca-key.pem", block("PRIVATE KEY", ec), "in/ca-key.pem: holds a private key that cannot be read | make the certificate and its key again"},
		{"no PEM", "ca-key.pem", "hunter2", "in/ca-key.pem: holds no private key in PEM | give the key of the certificate, as openssl writes it"},
		{"Ed25519", "ca-key.pem", block("PRIVATE KEY", pkcs8), "in/ca-key.pem: holds a key that is neither RSA nor ECDSA | proxies verify no other: make the certificate and its key again"},
		{"two certificates", "ca-cert.pem", own + root, "in/ca-cert.pem: holds 2 certificates | leave only the one that the cluster signs with; the others go into cert-chain.pem"},
		{"another first", "cert-chain.pem", root + own, "in/cert-chain.pem: does not start with the certificate of ca-cert.pem | put ca-cert.pem first, then what signed it"},
		{"no root", "root-cert.pem", own, `in/root-cert.pem: "CN=intermediate east,O=Test" is not self-signed | leave only roots in it; what lies between them and the intermediate goes into the chain`},
		{"a key in the roots", "root-cert.pem", root + key, fmt.Sprintf("in/root-cert.pem:%d: ", line(root)) + "a private key lies among the certificates | take it out; where this file was committed, count the key as known to others and issue again"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			data := maps.Clone(good)
			data[tt.file] = []byte(tt.text)
			_, _, err := ParseBundle("east", "in", data)
			if diff := cmp.Diff(tt.want, said(err)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestParsePublic: what a cluster's public file must hold, and the mesh's.
func TestParsePublic(t *testing.T) {
	b := forge{t}.bundle("east", nil, nil)
	own, root := string(Encode(b.Chain[0])), string(Encode(b.Roots...))
	for _, tt := range []struct{ name, text, want string }{
		{"roots alone", root, "ca/east.pem: holds roots, and no intermediate | a cluster signs with an intermediate of its own: isthmus ca issue east"},
		{"no root", own, "ca/east.pem: holds no root | put the roots that the cluster trusts behind its chain"},
		{"in disorder", root + own, "ca/east.pem: a certificate stands after a root | put the intermediate first, then what signed it, then the roots"},
		{"good", own + root, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ParsePublic("east", "ca/east.pem", []byte(tt.text))
			if diff := cmp.Diff(tt.want, said(err)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	for _, tt := range []struct{ name, text, want string }{
		{"an intermediate", root + own, `ca/root.pem: "CN=intermediate east,O=Test" is not self-signed, and so no root | leave only roots in it`},
		{"twice", root + root, `ca/root.pem: "CN=root,O=Test" is there twice | leave one of the two out`},
		{"good", root, ""},
	} {
		t.Run("roots/"+tt.name, func(t *testing.T) {
			_, err := Roots("ca/root.pem", []byte(tt.text))
			if diff := cmp.Diff(tt.want, said(err)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestLock: a root comes back from its file, by an identity or a passphrase, and
// by nothing else; no error tells what is in a file.
func TestLock(t *testing.T) {
	root, _ := issued(t, P256)
	mine, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	other, _ := age.GenerateX25519Identity()
	locked, err := root.Lock(mine.Recipient())
	if err != nil {
		t.Fatal(err)
	}
	key, _ := root.key.pem()
	wrap := func(text string) []byte {
		var b strings.Builder
		a := armor.NewWriter(&b)
		w, err := age.Encrypt(a, mine.Recipient())
		if err != nil {
			t.Fatal(err)
		}
		_, _ = w.Write([]byte(text))
		_ = w.Close()
		_ = a.Close()
		return []byte(b.String())
	}
	damaged := []byte(strings.Replace(string(locked), "\n", "\nAAAA", 3))
	foreign, _ := NewRoot(P256, RootLifetime, now)
	foreignKey, _ := foreign.key.pem()
	const named = " | name the file that isthmus ca init --key wrote"
	for _, tt := range []struct {
		name string
		data []byte
		who  age.Identity
		want string
	}{
		{"mine", locked, mine, ""},
		{"another's", locked, other, "root.age: none of the identities opens it, or the passphrase is another"},
		{"in the clear", append(Encode(root.Certificate), key...), mine, "root.age: holds a private key in the clear | encrypt it: isthmus ca init makes roots that are; delete this file wherever it was copied to"},
		{"something else", []byte("hello"), mine, "root.age: is not a root encrypted by age" + named},
		{"damaged", damaged, mine, "root.age: cannot be decrypted: it is damaged | take it from a backup"},
		{"cut", locked[:len(locked)-60], mine, "root.age: cannot be decrypted: it is damaged | take it from a backup"},
		{"empty", wrap(""), mine, "root.age: holds no root" + named},
		{"a key alone", wrap(string(key)), mine, "root.age: holds no root, or more than one" + named},
		{"no key", wrap(string(Encode(root.Certificate))), mine, "root.age: holds no root, or more than one" + named},
		{"two roots", wrap(string(Encode(root.Certificate, foreign.Certificate)) + string(key)), mine, "root.age: holds no root, or more than one" + named},
		{"another's key", wrap(string(Encode(root.Certificate)) + string(foreignKey)), mine, "root.age: holds a certificate and the key of another | take it from a backup"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Unlock("root.age", tt.data, tt.who)
			if diff := cmp.Diff(tt.want, said(err)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if err == nil && (!got.Certificate.Equal(root.Certificate) || !got.key.is(root.Certificate)) {
				t.Error("another root came back")
			}
		})
	}
	for _, canary := range []string{strings.Split(string(key), "\n")[1], "PRIVATE KEY"} {
		if strings.Contains(string(locked), canary) {
			t.Error("the file holds the key")
		}
	}
}

// TestPassphrase: a root on a passphrase says so, and comes back by it.
func TestPassphrase(t *testing.T) {
	root, _ := issued(t, P256)
	lock, err := age.NewScryptRecipient("correct horse")
	if err != nil {
		t.Fatal(err)
	}
	lock.SetWorkFactor(10)
	locked, err := root.Lock(lock)
	if err != nil {
		t.Fatal(err)
	}
	mine, _ := age.GenerateX25519Identity()
	other, _ := root.Lock(mine.Recipient())
	if !ByPassphrase(locked) || ByPassphrase(other) || ByPassphrase([]byte("hello")) {
		t.Error("it does not tell that a passphrase opens it")
	}
	right, _ := age.NewScryptIdentity("correct horse")
	if _, err := Unlock("root.age", locked, right); err != nil {
		t.Error(err)
	}
	wrong, _ := age.NewScryptIdentity("wrong horse")
	if _, err := Unlock("root.age", locked, wrong); !errors.Is(err, ErrNotForYou) {
		t.Errorf("with another passphrase: %v", err)
	}
	if _, err := Unlock("root.age", locked, mine); !errors.Is(err, ErrNotForYou) {
		t.Errorf("with an identity: %v", err)
	}
}

// TestRecipients: files of recipients and identities, and what they are taken
// for.
func TestRecipients(t *testing.T) {
	mine, _ := age.GenerateX25519Identity()
	for _, tt := range []struct {
		text, want string
		n          int
	}{
		{"# one\n\n" + mine.Recipient().String() + "\n", "", 1},
		{mine.Recipient().String() + "\n" + mine.Recipient().String(), "", 2},
		{"", "r: holds no recipient | give lines as age-keygen -y prints them", 0},
		{mine.String(), "r: holds identities, and no recipients | give the public half: age-keygen -y <file>", 0},
		{"# one\nage1abc\n", "r:2: is no recipient of age | give a line as age-keygen -y prints it, which starts with age1", 0},
	} {
		got, err := Recipients("r", []byte(tt.text))
		if diff := cmp.Diff(tt.want, said(err)); diff != "" || len(got) != tt.n {
			t.Errorf("%d recipients (-want +got):\n%s", len(got), diff)
		}
	}
	if got, err := Identities("i", []byte(mine.String())); err != nil || len(got) != 1 {
		t.Errorf("%d identities: %v", len(got), err)
	}
	canary := "AGE-SECRET-KEY-1CANARY"
	if _, err := Identities("i", []byte(canary)); said(err) != "i: is no file of age identities | give the file that age-keygen wrote" {
		t.Errorf("got %v", err)
	}
}
