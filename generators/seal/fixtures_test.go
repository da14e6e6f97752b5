package seal

import (
	"bytes"
	"crypto"
	"crypto/hmac"
	"crypto/md5"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"hash"
	"math/big"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"
)

// today is the clock of the tests.
var today = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// keys are made once: an RSA key takes long.
var keys = struct {
	sync.Mutex
	made map[string]*rsa.PrivateKey
}{made: map[string]*rsa.PrivateKey{}}

// rsaKey gives the key of a name.
func rsaKey(t testing.TB, name string) *rsa.PrivateKey {
	t.Helper()
	keys.Lock()
	defer keys.Unlock()
	if keys.made[name] == nil {
		bits := 2048
		if strings.HasPrefix(name, "weak") {
			bits = 1024
		}
		key, err := rsa.GenerateKey(rand.Reader, bits)
		if err != nil {
			t.Fatal(err)
		}
		keys.made[name] = key
	}
	return keys.made[name]
}

// certificate makes a certificate as the controller of sealed-secrets does.
func certificate(t testing.TB, key crypto.Signer, from, to time.Time) []byte {
	t.Helper()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: from, NotAfter: to, Subject: pkix.Name{CommonName: "sealed-secrets"},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageEncipherOnly,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func current(t testing.TB, name string) []byte {
	return certificate(t, rsaKey(t, name), today.AddDate(0, 0, -30), today.AddDate(10, 0, 0))
}

// A folder is that of mesh.yaml, and Changes are written to it.
type folder struct{ fstest.MapFS }

func newFolder(t testing.TB, clusters ...string) folder {
	f := folder{fstest.MapFS{}}
	for _, name := range clusters {
		f.set(CertificatePath(name), current(t, name))
	}
	return f
}

func (f folder) set(name string, data []byte) { f.MapFS[name] = &fstest.MapFile{Data: data} }

func (f folder) backend(opens ...*rsa.PrivateKey) SealedSecrets {
	b := SealedSecrets{Certificate: Certificates{Files: f, Dir: "mesh", Now: today}.Current, Private: map[string]*rsa.PrivateKey{}}
	for i, key := range opens {
		b.Private[fmt.Sprint(i)] = key
	}
	return b
}

func list(names []string) ([]byte, error) {
	return []byte("resources: [" + strings.Join(names, ", ") + "]\n"), nil
}

func (f folder) open(key Key, accept ...string) (*Store, error) {
	return OpenStore(f, Options{Backend: f.backend(), Key: key, Dir: "mesh", Accept: accept, Kustomization: list})
}

func (f folder) store(t testing.TB, key Key, accept ...string) *Store {
	t.Helper()
	s, err := f.open(key, accept...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// put seals Secrets and writes what changed.
func (f folder) put(t testing.TB, key Key, secrets ...Secret) []Outcome {
	t.Helper()
	s := f.store(t, key)
	var all []Outcome
	for _, secret := range secrets {
		o, err := s.Put(secret)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, o)
	}
	f.write(t, s)
	return all
}

func (f folder) write(t testing.TB, s *Store) []Change {
	t.Helper()
	changes, err := s.Changes()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range changes {
		if c.Data == nil {
			delete(f.MapFS, c.Path)
		} else {
			f.set(c.Path, c.Data)
		}
	}
	return changes
}

// copy is the folder as it is now.
func (f folder) copy() folder {
	c := folder{fstest.MapFS{}}
	for name, file := range f.MapFS {
		c.set(name, bytes.Clone(file.Data))
	}
	return c
}

// cacerts is a Secret of four keys.
func cacerts(cluster, version string) Secret {
	s := Secret{Cluster: cluster, Namespace: "istio-system", Name: "cacerts", Data: map[string]Plain{}, NotAfter: today.AddDate(2, 0, 0)}
	for _, name := range []string{"ca-cert.pem", "ca-key.pem", "cert-chain.pem", "root-cert.pem"} {
		s.Data[name] = NewPlain([]byte(name + " of " + version))
	}
	return s
}

// remote is a Secret with metadata.
func remote(cluster, of, token string) Secret {
	return Secret{
		Cluster: cluster, Namespace: "istio-system", Name: "istio-remote-secret-" + of,
		Labels:      map[string]string{"istio/multiCluster": "true"},
		Annotations: map[string]string{"networking.istio.io/cluster": of},
		Data:        map[string]Plain{of: NewPlain([]byte(token))},
	}
}

// hashes are what somebody could compute of a guess without the key of the tags.
func hashes(data []byte) []string {
	var all []string
	for _, h := range []hash.Hash{md5.New(), sha1.New(), sha256.New(), sha512.New(), hmac.New(sha256.New, nil), hmac.New(sha256.New, make([]byte, 32))} {
		h.Write(data)
		sum := h.Sum(nil)
		all = append(all, hex.EncodeToString(sum), base64.StdEncoding.EncodeToString(sum), base64.RawURLEncoding.EncodeToString(sum))
	}
	return all
}
