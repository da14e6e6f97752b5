package secrets

import (
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/seal"
	"github.com/isthmus-mesh/isthmus/generators/seal/sealtest"
)

var (
	once    sync.Once
	fixture *Credential
)

// sealAll seals the remote Secrets of all remotes of a mesh.
func sealAll(b *testing.B, m *mesh.Mesh, files fstest.MapFS, key seal.Key) *seal.Store {
	b.Helper()
	certificates := seal.Certificates{Files: files, Now: sealtest.Today}
	store, err := seal.OpenStore(files, seal.Options{Backend: seal.SealedSecrets{Certificate: certificates.Current}, Key: key, Kustomization: lines})
	if err != nil {
		b.Fatal(err)
	}
	once.Do(func() { fixture = good() }) // its CA is signed anew each time
	for _, want := range Wanted(&m.Spec) {
		for i := range m.Spec.Clusters {
			c := &m.Spec.Clusters[i]
			if SecretName(c.Name) != want.Name {
				continue
			}
			credential := *fixture
			credential.Server = c.APIServer
			secret, err := Remote(&m.Spec, &m.Spec.Clusters[0], c.Name, &credential, &Token{Secret: first})
			if err != nil {
				b.Fatal(err)
			}
			if _, err := store.Put(secret); err != nil {
				b.Fatal(err)
			}
		}
	}
	return store
}

func lines(names []string) ([]byte, error) { return []byte(strings.Join(names, "\n")), nil }

func fleet(b *testing.B) (*mesh.Mesh, fstest.MapFS) {
	return load(b, "1.30.3", 200, ""), fstest.MapFS{seal.CertificatePath("east"): {Data: sealtest.Certificate("east", sealtest.Today.AddDate(0, 0, -30))}}
}

// BenchmarkSeal seals 200 remote Secrets.
func BenchmarkSeal(b *testing.B) {
	m, files := fleet(b)
	key := seal.NewKey()
	for b.Loop() {
		sealAll(b, m, files, key)
	}
}

// BenchmarkUnchanged finds 200 remote Secrets sealed already.
func BenchmarkUnchanged(b *testing.B) {
	m, files := fleet(b)
	key := seal.NewKey()
	write(b, files, sealAll(b, m, files, key))
	for b.Loop() {
		if changes, err := sealAll(b, m, files, key).Changes(); err != nil || len(changes) > 0 {
			b.Fatal(len(changes), err)
		}
	}
}

// BenchmarkStatus lists the Secrets of 200 clusters, files read included.
func BenchmarkStatus(b *testing.B) {
	m, files := fleet(b)
	write(b, files, sealAll(b, m, files, seal.NewKey()))
	certificates := seal.Certificates{Files: files, Now: sealtest.Today}
	for b.Loop() {
		store, err := seal.OpenStore(files, seal.Options{Backend: seal.SealedSecrets{Certificate: certificates.Current}, Kustomization: lines})
		if err != nil {
			b.Fatal(err)
		}
		if got := len(Look(&m.Spec, store, certificates.Read, sealtest.Today, 0)); got != 200 {
			b.Fatal(got)
		}
	}
}

func write(b *testing.B, files fstest.MapFS, store *seal.Store) {
	b.Helper()
	changes, err := store.Changes()
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range changes {
		files[c.Path] = &fstest.MapFile{Data: c.Data}
	}
}
