// Package crossing seals on one side and opens on the other: isthmus here, one
// release of sealed-secrets there. Two releases register the same kind with
// client-go, so no program can hold both: each has a package of tests of its own,
// which give these functions its code.
package crossing

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	mathrand "math/rand/v2"
	"os"
	"strconv"
	"testing"
	"testing/fstest"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/isthmus-mesh/isthmus/generators/seal"
	"github.com/isthmus-mesh/isthmus/generators/seal/sealtest"
)

// An Upstream is a release of sealed-secrets.
type Upstream struct {
	// Unseal is what the controller does with a manifest.
	Unseal func(manifest []byte, keys map[string]*rsa.PrivateKey) (*corev1.Secret, error)

	// Seal is what kubeseal does with a Secret, whose annotations may say a scope.
	Seal func(secret *corev1.Secret, key *rsa.PublicKey) ([]byte, error)

	// Rotate is what the controller does where kubeseal --re-encrypt asks it to:
	// the last of the Secrets that hold its keys is the one that it seals for.
	Rotate func(t *testing.T, manifest []byte, keys ...*corev1.Secret) ([]byte, error)

	// Program is the package of kubeseal.
	Program string
}

func files(names ...string) fstest.MapFS {
	f := fstest.MapFS{}
	for _, name := range names {
		f[seal.CertificatePath(name)] = &fstest.MapFile{Data: sealtest.Certificate(name, sealtest.Today.AddDate(0, 0, -30))}
	}
	return f
}

func backend(f fstest.MapFS, private ...string) seal.SealedSecrets {
	return seal.SealedSecrets{Certificate: seal.Certificates{Files: f, Now: sealtest.Today}.Current, Private: keys(private...)}
}

func keys(names ...string) map[string]*rsa.PrivateKey {
	all := map[string]*rsa.PrivateKey{}
	for _, name := range names {
		all[name] = sealtest.Key(name)
	}
	return all
}

// keySecret is the Secret in which the controller keeps a key.
func keySecret(name string, days int) *corev1.Secret {
	made := sealtest.Today.AddDate(0, 0, days)
	return &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{
			Name: "sealed-secrets-key-" + name, Namespace: "kube-system", CreationTimestamp: metav1.NewTime(made),
			Labels: map[string]string{"sealedsecrets.bitnami.com/sealed-secrets-key": "active"},
		},
		Type: corev1.SecretTypeTLS,
		Data: map[string][]byte{"tls.key": sealtest.PrivatePEM(name), "tls.crt": sealtest.Certificate(name, made)},
	}
}

// count is how many Secrets cross each way: ISTHMUS_SECRETS says otherwise.
func count(t *testing.T) int {
	if text := os.Getenv("ISTHMUS_SECRETS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	return 300
}

// most is what the values of a Secret may hold together, in bytes.
const most = 1 << 20

// random gives a Secret of any shape: at least as many values as said and 20 at
// most, at least as many bytes in each. One in a hundred holds all that a Secret
// may, half of these in one value.
func random(rng *mathrand.Rand, i, items, bytes int) seal.Secret {
	name := func() string { return "n" + strconv.FormatUint(rng.Uint64(), 36) }
	s := seal.Secret{Cluster: "east", Namespace: name(), Name: name(), Data: map[string]seal.Plain{}}
	n, room := items+rng.IntN(rng.IntN(21-items)+1), 4<<10 // few values oftener than many
	switch {
	case i%200 == 0:
		n, room = 1, most
	case i%100 == 0:
		n, room = 20, most
	case i%20 == 0:
		room = 64 << 10
	}
	for range n {
		size := bytes + rng.IntN(room/n-bytes+1)
		if room == most {
			size = room / n
		}
		data := make([]byte, size)
		rand.Read(data)
		s.Data[[]string{"", "A", ".", "_", "-"}[rng.IntN(5)]+name()] = seal.NewPlain(data)
	}
	if rng.IntN(2) == 0 {
		s.Labels = map[string]string{"istio/multiCluster": "true", name(): name()}
		s.Annotations = map[string]string{name(): "text: of \"any\" kind #\n${X} é"}
	}
	if rng.IntN(4) == 0 {
		s.Type = "kubernetes.io/tls"
	}
	return s
}

func data(s *seal.Secret) map[string][]byte {
	all := map[string][]byte{}
	for key, p := range s.Data {
		all[key] = p.Reveal()
	}
	return all
}

// secret gives the Secret as an object.
func secret(s *seal.Secret) *corev1.Secret {
	return &corev1.Secret{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Secret"},
		ObjectMeta: metav1.ObjectMeta{Name: s.Name, Namespace: s.Namespace, Labels: s.Labels, Annotations: s.Annotations},
		Type:       corev1.SecretType(s.Type), Data: data(s),
	}
}

// remote is what a control plane reads another cluster with.
func remote() seal.Secret {
	return seal.Secret{
		Cluster: "east", Namespace: "istio-system", Name: "istio-remote-secret-west",
		Labels: map[string]string{"istio/multiCluster": "true"}, Annotations: map[string]string{"networking.istio.io/cluster": "west"},
		Data: map[string]seal.Plain{"west": seal.NewPlain([]byte(base64.StdEncoding.EncodeToString([]byte("kubeconfig"))))},
	}
}

// SealedRemote gives it sealed by isthmus, and the Secret in which the controller
// keeps the key.
func SealedRemote(t *testing.T) (manifest []byte, key *corev1.Secret) {
	t.Helper()
	s := remote()
	manifest, err := backend(files("east")).Seal(&s, nil)
	if err != nil {
		t.Fatal(err)
	}
	return manifest, keySecret("east", -30)
}
