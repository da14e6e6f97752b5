package crossing

import (
	"bytes"
	"maps"
	mathrand "math/rand/v2"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/isthmus-mesh/isthmus/generators/seal"
	"github.com/isthmus-mesh/isthmus/generators/seal/sealtest"
)

// UpstreamOpens holds that the controller opens what isthmus seals, with the
// cluster's key alone, under the name and namespace that it was sealed for alone.
func UpstreamOpens(t *testing.T, u Upstream) {
	t.Parallel()
	b := backend(files("east"))
	rng := mathrand.New(mathrand.NewPCG(1, 1))
	own, two, others := keys("east"), keys("west", "east"), keys("west", "other", "renewed")
	for i := range count(t) {
		s := random(rng, i, 1, 1)
		manifest, err := b.Seal(&s, nil)
		if err != nil {
			t.Fatal(err)
		}
		if problems := b.Inspect("a.yaml", manifest, s.Shape()); len(problems) > 0 {
			t.Fatalf("%s: %v", &s, problems)
		}
		opened, err := u.Unseal(manifest, own)
		if err != nil {
			t.Fatalf("%s: %v", &s, err)
		}
		if !maps.EqualFunc(data(&s), opened.Data, bytes.Equal) || opened.Name != s.Name || opened.Namespace != s.Namespace ||
			!maps.Equal(opened.Labels, s.Labels) || !maps.Equal(opened.Annotations, s.Annotations) {
			t.Fatalf("%s: opened as %s/%s with %d keys", &s, opened.Namespace, opened.Name, len(opened.Data))
		}
		if want := corev1.SecretType(s.Type); opened.Type != want && want != "" {
			t.Fatalf("%s: type %q", &s, opened.Type)
		}
		if i%10 > 0 {
			continue
		}
		if _, err := u.Unseal(manifest, two); err != nil {
			t.Fatalf("%s: with a key beside it: %v", &s, err)
		}
		if _, err := u.Unseal(manifest, others); err == nil {
			t.Fatalf("%s: opened with another key", &s)
		}
		moved := bytes.ReplaceAll(manifest, []byte(s.Namespace), []byte(s.Namespace+"x"))
		if _, err := u.Unseal(moved, own); err == nil {
			t.Fatalf("%s: opened in another namespace", &s)
		}
	}
}

// IsthmusOpens holds the other way. What holds nothing, which isthmus never
// seals, is among it.
func IsthmusOpens(t *testing.T, u Upstream) {
	t.Parallel()
	b, two, stranger := backend(files("east"), "east"), backend(files("east"), "east", "other"), backend(files("east"), "other")
	rng := mathrand.New(mathrand.NewPCG(2, 2))
	east := &sealtest.Key("east").PublicKey
	for i := range count(t) {
		s := random(rng, i, 0, 0)
		text, err := u.Seal(secret(&s), east)
		if err != nil {
			t.Fatal(err)
		}
		opened, err := b.Open("east", text)
		if err != nil {
			t.Fatalf("%v\n%s", err, text)
		}
		if !maps.EqualFunc(data(&s), data(opened), bytes.Equal) || opened.Type != s.Type || !maps.Equal(opened.Labels, s.Labels) || !maps.Equal(opened.Annotations, s.Annotations) {
			t.Fatalf("%s: opened otherwise", &s)
		}
		if i%10 > 0 || len(s.Data) == 0 {
			continue
		}
		if _, err := two.Open("east", text); err != nil {
			t.Fatalf("%s: with a key beside it: %v", &s, err)
		}
		if _, err := stranger.Open("east", text); err == nil {
			t.Fatalf("%s: opened with another key", &s)
		}
	}
}

// NothingIsSealed holds that isthmus refuses to seal what holds nothing, and what
// no API server would take.
func NothingIsSealed(t *testing.T, u Upstream) {
	for what, s := range map[string]seal.Secret{
		"no value":        {Data: map[string]seal.Plain{}},
		"an empty value":  {Data: map[string]seal.Plain{"a": seal.NewPlain(nil)}},
		"a byte too many": {Data: map[string]seal.Plain{"a": seal.NewPlain(make([]byte, most+1))}},
	} {
		s.Cluster, s.Namespace, s.Name = "east", "a", "b"
		f := files("east")
		store, err := seal.OpenStore(f, seal.Options{Backend: backend(f), Key: seal.NewKey(), Kustomization: yamlList})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := store.Put(s); err == nil {
			t.Errorf("%s: sealed", what)
		}
	}
	full := random(mathrand.New(mathrand.NewPCG(3, 3)), 0, 1, 1)
	f := files("east")
	store, err := seal.OpenStore(f, seal.Options{Backend: backend(f), Key: seal.NewKey(), Kustomization: yamlList})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Put(full); err != nil {
		t.Errorf("%d bytes: %v", most, err)
	}
}

func yamlList(names []string) ([]byte, error) {
	return yaml.Marshal(map[string]string{"resources": strings.Join(names, ",")})
}
