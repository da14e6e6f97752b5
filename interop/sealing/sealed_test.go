package sealing

import (
	"bytes"
	"crypto/rand"
	"crypto/rsa"
	"maps"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/bitnami-labs/sealed-secrets/pkg/apis/sealedsecrets/v1alpha1"
	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/yaml"

	"github.com/isthmus-mesh/isthmus/generators/seal"
	"github.com/isthmus-mesh/isthmus/generators/seal/sealtest"
)

func files(keys ...string) fstest.MapFS {
	f := fstest.MapFS{}
	for _, name := range keys {
		f[seal.CertificatePath(name)] = &fstest.MapFile{Data: sealtest.Certificate(name, sealtest.Today.AddDate(0, 0, -30))}
	}
	return f
}

func backend(f fstest.MapFS, private ...string) seal.SealedSecrets {
	b := seal.SealedSecrets{Certificate: seal.Certificates{Files: f, Now: sealtest.Today}.Current, Private: map[string]*rsa.PrivateKey{}}
	for _, name := range private {
		b.Private[name] = sealtest.Key(name)
	}
	return b
}

// random gives a Secret of any shape that a Secret may have.
func random(rng *mathrand.Rand, size int) seal.Secret {
	name := func() string { return "n" + strconv.FormatUint(rng.Uint64(), 36) }
	s := seal.Secret{Cluster: "east", Namespace: name(), Name: name(), Data: map[string]seal.Plain{}}
	for range 1 + rng.IntN(8) {
		data := make([]byte, 1+rng.IntN(size))
		rand.Read(data)
		s.Data[strings.ReplaceAll(name(), "n", []string{"", "A", ".", "_", "-"}[rng.IntN(5)])+"k"] = seal.NewPlain(data)
	}
	if rng.IntN(2) == 0 {
		s.Labels, s.Annotations = map[string]string{"istio/multiCluster": "true", name(): name()}, map[string]string{name(): "text: of \"any\" kind #\n${X}"}
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

// count is how many Secrets are sealed: ISTHMUS_SECRETS says otherwise.
func count(t *testing.T) int {
	if text := os.Getenv("ISTHMUS_SECRETS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	return 100
}

func read(t *testing.T, manifest []byte) *v1alpha1.SealedSecret {
	t.Helper()
	var s v1alpha1.SealedSecret
	if err := yaml.UnmarshalStrict(manifest, &s); err != nil {
		t.Fatal(err)
	}
	return &s
}

func keys(names ...string) map[string]*rsa.PrivateKey {
	all := map[string]*rsa.PrivateKey{}
	for _, name := range names {
		all[name] = sealtest.Key(name)
	}
	return all
}

// The controller opens what isthmus seals, with the cluster's key alone, under
// the name and namespace that it was sealed for alone.
func TestControllerOpensWhatIsthmusSeals(t *testing.T) {
	b := backend(files("east", "west"))
	rng := mathrand.New(mathrand.NewPCG(1, 1))
	for i := range count(t) {
		size := 2000
		if i%100 == 0 {
			size = 100_000
		}
		s := random(rng, size)
		manifest, err := b.Seal(&s, nil)
		if err != nil {
			t.Fatal(err)
		}
		if problems := b.Inspect("a.yaml", manifest, s.Shape()); len(problems) > 0 {
			t.Fatalf("%s: %v", &s, problems)
		}
		sealed := read(t, manifest)
		opened, err := sealed.Unseal(scheme.Codecs, keys("west", "east"))
		if err != nil {
			t.Fatalf("%s: %v", &s, err)
		}
		if !maps.EqualFunc(data(&s), opened.Data, bytes.Equal) || opened.Name != s.Name || opened.Namespace != s.Namespace || !maps.Equal(opened.Labels, s.Labels) && len(s.Labels) > 0 {
			t.Fatalf("%s: opened as %s/%s with %d keys", &s, opened.Namespace, opened.Name, len(opened.Data))
		}
		if want := corev1.SecretType(s.Type); opened.Type != want && want != "" {
			t.Fatalf("%s: type %q", &s, opened.Type)
		}
		for _, wrong := range []struct {
			what string
			edit func(*v1alpha1.SealedSecret)
			keys map[string]*rsa.PrivateKey
		}{
			{"another key", func(*v1alpha1.SealedSecret) {}, keys("west", "other", "renewed")},
			{"another name", func(s *v1alpha1.SealedSecret) { s.Name += "x" }, keys("east")},
			{"another namespace", func(s *v1alpha1.SealedSecret) { s.Namespace += "x" }, keys("east")},
			{"the scope of a namespace", func(s *v1alpha1.SealedSecret) {
				s.Annotations = map[string]string{v1alpha1.SealedSecretNamespaceWideAnnotation: "true"}
			}, keys("east")},
			{"the scope of a cluster", func(s *v1alpha1.SealedSecret) {
				s.Annotations = map[string]string{v1alpha1.SealedSecretClusterWideAnnotation: "true"}
			}, keys("east")},
		} {
			other := sealed.DeepCopy()
			wrong.edit(other)
			if _, err := other.Unseal(scheme.Codecs, wrong.keys); err == nil {
				t.Fatalf("%s: opened with %s", &s, wrong.what)
			}
		}
	}
}

// isthmus opens what kubeseal's own code seals.
func TestIsthmusOpensWhatKubesealSeals(t *testing.T) {
	b := backend(files("east"), "east", "other")
	rng := mathrand.New(mathrand.NewPCG(2, 2))
	for range count(t) / 3 {
		s := random(rng, 2000)
		sealed, err := v1alpha1.NewSealedSecret(scheme.Codecs, &sealtest.Key("east").PublicKey, &corev1.Secret{
			ObjectMeta: metav1.ObjectMeta{Name: s.Name, Namespace: s.Namespace, Labels: s.Labels, Annotations: s.Annotations},
			Type:       corev1.SecretType(s.Type), Data: data(&s),
		})
		if err != nil {
			t.Fatal(err)
		}
		sealed.TypeMeta = metav1.TypeMeta{APIVersion: "bitnami.com/v1alpha1", Kind: "SealedSecret"}
		text, err := yaml.Marshal(sealed)
		if err != nil {
			t.Fatal(err)
		}
		text = bytes.ReplaceAll(text, []byte("creationTimestamp: null\n"), nil)
		opened, err := b.Open("east", text)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if !maps.EqualFunc(data(&s), data(opened), bytes.Equal) {
			t.Fatalf("%s: opened otherwise", &s)
		}
	}
}

// What the controller does when it encrypts again (pkg/controller/controller.go,
// Rotate) takes the template's metadata from the object wherever the two differ:
// here they never do, so the label that istiod looks for stays.
func TestLabelsOutliveRotation(t *testing.T) {
	s := seal.Secret{
		Cluster: "east", Namespace: "istio-system", Name: "istio-remote-secret-west",
		Labels: map[string]string{"istio/multiCluster": "true"}, Annotations: map[string]string{"networking.istio.io/cluster": "west"},
		Data: map[string]seal.Plain{"west": seal.NewPlain([]byte("kubeconfig"))},
	}
	manifest, err := backend(files("east")).Seal(&s, nil)
	if err != nil {
		t.Fatal(err)
	}
	sealed := read(t, manifest)
	if !reflect.DeepEqual(sealed.ObjectMeta, sealed.Spec.Template.ObjectMeta) {
		t.Errorf("metadata (-object +template):\n%s", cmp.Diff(sealed.ObjectMeta, sealed.Spec.Template.ObjectMeta))
	}
	secret, err := sealed.Unseal(scheme.Codecs, keys("east"))
	if err != nil {
		t.Fatal(err)
	}
	again, err := v1alpha1.NewSealedSecret(scheme.Codecs, &sealtest.Key("renewed").PublicKey, secret)
	if err != nil {
		t.Fatal(err)
	}
	opened, err := again.Unseal(scheme.Codecs, keys("renewed"))
	if err != nil {
		t.Fatal(err)
	}
	if !maps.Equal(opened.Labels, s.Labels) {
		t.Errorf("after a rotation the labels are %v", opened.Labels)
	}
	// And without the mirror they would not: the test would notice.
	bare := sealed.DeepCopy()
	bare.Labels = nil
	bare.ObjectMeta.DeepCopyInto(&bare.Spec.Template.ObjectMeta)
	lost, err := bare.Unseal(scheme.Codecs, keys("east"))
	if err != nil || len(lost.Labels) > 0 {
		t.Errorf("the controller has changed: %v, %v", lost, err)
	}
}

// The real kubeseal opens what isthmus seals, and the reverse, where it is
// installed.
func TestKubeseal(t *testing.T) {
	kubeseal, err := exec.LookPath("kubeseal")
	if err != nil {
		t.Skip("kubeseal is not on PATH")
	}
	dir := t.TempDir()
	f := files("east")
	private, certificate := filepath.Join(dir, "key.pem"), filepath.Join(dir, "cert.pem")
	for name, data := range map[string][]byte{private: sealtest.PrivatePEM("east"), certificate: f[seal.CertificatePath("east")].Data} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	rng := mathrand.New(mathrand.NewPCG(3, 3))
	for range 10 {
		s := random(rng, 2000)
		manifest, err := backend(f).Seal(&s, nil)
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command(kubeseal, "--recovery-unseal", "--recovery-private-key", private, "-o", "yaml")
		cmd.Stdin = bytes.NewReader(manifest)
		out, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		var opened corev1.Secret
		if err := yaml.Unmarshal(out, &opened); err != nil {
			t.Fatal(err)
		}
		if !maps.EqualFunc(data(&s), opened.Data, bytes.Equal) {
			t.Errorf("%s: kubeseal opens it otherwise", &s)
		}
		plain, err := yaml.Marshal(&corev1.Secret{
			TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "Secret"}, ObjectMeta: metav1.ObjectMeta{Name: s.Name, Namespace: s.Namespace}, Data: data(&s),
		})
		if err != nil {
			t.Fatal(err)
		}
		cmd = exec.Command(kubeseal, "--cert", certificate, "-o", "yaml")
		cmd.Stdin = bytes.NewReader(plain)
		if out, err = cmd.Output(); err != nil {
			t.Fatal(err)
		}
		back, err := backend(f, "east").Open("east", bytes.TrimPrefix(out, []byte("---\n")))
		if err != nil || !maps.EqualFunc(data(&s), data(back), bytes.Equal) {
			t.Errorf("%s: what kubeseal sealed is opened otherwise: %v", &s, err)
		}
	}
}
