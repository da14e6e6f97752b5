package secrets

import (
	"runtime"
	"testing"
	"testing/cryptotest"
	"testing/fstest"

	"github.com/isthmus-mesh/isthmus/generators/seal"
	"github.com/isthmus-mesh/isthmus/generators/seal/sealtest"
)

// TestSealedIsStable: with the same random numbers the same Secrets are
// sealed to the same bytes, tags and list included, in a thousand runs and with 1
// to 16 processors. So nothing else than the random numbers of the encryption
// makes two of them differ.
func TestSealedIsStable(t *testing.T) {
	before := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(before)
	m := load(t, "1.30.3", 2, "")
	credential := good() // its CA is signed anew each time
	key := seal.NewKey()
	files := fstest.MapFS{seal.CertificatePath("east"): {Data: sealtest.Certificate("east", sealtest.Today.AddDate(0, 0, -30))}}
	run := func(t *testing.T) string {
		certificates := seal.Certificates{Files: files, Now: sealtest.Today}
		store, err := seal.OpenStore(files, seal.Options{Backend: seal.SealedSecrets{Certificate: certificates.Current}, Key: key, Kustomization: lines})
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"west", "west1"} {
			secret, err := Remote(&m.Spec, &m.Spec.Clusters[0], name, credential, &Token{Secret: first})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := store.Put(secret); err != nil {
				t.Fatal(err)
			}
		}
		certificate := seal.Secret{Cluster: "east", Namespace: "istio-system", Name: CACerts, Data: map[string]seal.Plain{}}
		for _, name := range []string{"ca-cert.pem", "ca-key.pem", "cert-chain.pem", "root-cert.pem"} {
			certificate.Data[name] = seal.NewPlain([]byte(name))
		}
		if _, err := store.Put(certificate); err != nil {
			t.Fatal(err)
		}
		changes, err := store.Changes()
		if err != nil {
			t.Fatal(err)
		}
		text := ""
		for _, c := range changes {
			text += "--- " + c.Path + "\n" + string(c.Data)
		}
		return text
	}
	distinct := map[string]int{}
	for i := range 1000 {
		runtime.GOMAXPROCS(1 + i%16)
		t.Run("", func(t *testing.T) {
			cryptotest.SetGlobalRandom(t, 1)
			distinct[run(t)]++
		})
	}
	if len(distinct) != 1 {
		t.Errorf("%d distinct outputs", len(distinct))
	}
	// The random numbers are what is fixed: others give other bytes.
	cryptotest.SetGlobalRandom(t, 2)
	if distinct[run(t)] > 0 {
		t.Error("another seed gives the same bytes: nothing was random")
	}
}
