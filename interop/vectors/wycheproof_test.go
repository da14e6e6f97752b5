package vectors

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bitnami-labs/sealed-secrets/pkg/crypto"
)

// A text is bytes in hexadecimal.
type text []byte

func (x *text) UnmarshalText(data []byte) (err error) {
	*x, err = hex.DecodeString(string(data))
	return err
}

// A group is one of a file of Wycheproof's, as far as it is read here.
type group struct {
	PrivateKeyPkcs8 text
	Sha, MgfSha     string
	IvSize, TagSize int
	Tests           []struct {
		TcID                              int
		Key, Iv, Aad, Label, Msg, Ct, Tag text
		Result                            string
	}
}

// wycheproof reads a file of vectors out of its module, and wants so many.
func wycheproof(t *testing.T, name string, want int) []group {
	t.Helper()
	out, err := exec.Command("go", "mod", "download", "-json", "github.com/c2sp/wycheproof").Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var module struct{ Dir string }
	if err := json.Unmarshal(out, &module); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(module.Dir, "testvectors_v1", name+"_test.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		NumberOfTests int
		TestGroups    []group
	}
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	got := 0
	for _, g := range file.TestGroups {
		got += len(g.Tests)
	}
	if got != want || file.NumberOfTests != want {
		t.Fatalf("%s has %d vectors, want %d", name, got, want)
	}
	return file.TestGroups
}

// hybrid is the form of a sealed value: the RSA part with its length, then what
// AES-GCM gave under the key in it, with a nonce of zeros.
func hybrid(rsaPart, rest []byte) []byte {
	return append(append(binary.BigEndian.AppendUint16(nil, uint16(len(rsaPart))), rsaPart...), rest...)
}

// encrypted gives what AES-GCM makes of a plaintext under a key, false where the
// bytes are none.
func encrypted(key, plaintext []byte) ([]byte, bool) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, false
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		return nil, false
	}
	return gcm.Seal(nil, make([]byte, 12), plaintext, nil), true
}

// TestOAEP: a sealed value whose RSA part is a vector opens where the vector is
// valid, of SHA-256 in both places, and holds a key of AES, and nowhere else. Most
// vectors hold none: of them it shows that they are refused and do not crash what
// opens.
func TestOAEP(t *testing.T) {
	plaintext := []byte("a token")
	total := 0
	for name, want := range map[string]struct{ vectors, open int }{
		"rsa_oaep_2048_sha256_mgf1sha256": {37, 1},
		"rsa_oaep_3072_sha256_mgf1sha256": {37, 1},
		"rsa_oaep_4096_sha256_mgf1sha256": {37, 1},
		"rsa_oaep_misc":                   {395, 0},
	} {
		open := 0
		for _, g := range wycheproof(t, name, want.vectors) {
			parsed, err := x509.ParsePKCS8PrivateKey(g.PrivateKeyPkcs8)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			private := map[string]*rsa.PrivateKey{"k": parsed.(*rsa.PrivateKey)}
			for _, v := range g.Tests {
				total++
				rest, isKey := encrypted(v.Msg, plaintext)
				if !isKey {
					rest, _ = encrypted(make([]byte, 32), plaintext)
				}
				valid := isKey && v.Result == "valid" && g.Sha == "SHA-256" && g.MgfSha == "SHA-256"
				got, err := crypto.HybridDecrypt(rand.Reader, private, hybrid(v.Ct, rest), v.Label)
				if (err == nil) != valid || valid && !bytes.Equal(got, plaintext) {
					t.Errorf("%s %d: opens: %t (%v), want %t", name, v.TcID, err == nil, err, valid)
				}
				if err != nil {
					continue
				}
				open++
				if _, err := crypto.HybridDecrypt(rand.Reader, private, hybrid(v.Ct, rest), append(v.Label, 0)); err == nil {
					t.Errorf("%s %d: opens under another label", name, v.TcID)
				}
			}
		}
		if open != want.open {
			t.Errorf("%s: %d open, want %d", name, open, want.open)
		}
	}
	if total != 506 {
		t.Errorf("%d vectors, want 506", total)
	}
}

// TestGCM: a sealed value whose second part is a vector opens to its message where
// the vector is valid and has the nonce that sealed-secrets has, zeros, and no
// further data, and nowhere else.
func TestGCM(t *testing.T) {
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string]*rsa.PrivateKey{"k": private}
	open := 0
	for _, g := range wycheproof(t, "aes_gcm", 316) {
		for _, v := range g.Tests {
			wrapped, err := rsa.EncryptOAEP(sha256.New(), rand.Reader, &private.PublicKey, v.Key, []byte("a/b"))
			if err != nil {
				t.Fatal(err)
			}
			valid := v.Result == "valid" && g.IvSize == 96 && g.TagSize == 128 && len(v.Aad) == 0 && bytes.Equal(v.Iv, make([]byte, 12))
			got, err := crypto.HybridDecrypt(rand.Reader, keys, hybrid(wrapped, append(v.Ct, v.Tag...)), []byte("a/b"))
			if (err == nil) != valid || valid && !bytes.Equal(got, v.Msg) {
				t.Errorf("%d: opens: %t (%v), want %t", v.TcID, err == nil, err, valid)
			}
			if err == nil {
				open++
			}
		}
	}
	if open != 3 {
		t.Errorf("%d open, want 3", open)
	}
}

// TestHMAC: the vectors that generators/seal runs through the code of its tags are
// all those of Wycheproof.
func TestHMAC(t *testing.T) {
	var want strings.Builder
	for _, g := range wycheproof(t, "hmac_sha256", 174) {
		for _, v := range g.Tests {
			fmt.Fprintf(&want, "%d %x,%x,%x %s\n", v.TcID, []byte(v.Key), []byte(v.Msg), []byte(v.Tag), v.Result)
		}
	}
	data, err := os.ReadFile("../../generators/seal/testdata/hmac_sha256.txt")
	if err != nil {
		t.Fatal(err)
	}
	_, got, _ := strings.Cut(string(data), "\n\n")
	if got != want.String() {
		t.Errorf("generators/seal/testdata/hmac_sha256.txt differs: behind its first lines it has to hold\n%s", want.String())
	}
}
