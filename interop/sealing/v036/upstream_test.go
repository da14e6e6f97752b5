package v036

import (
	"bytes"
	"context"
	"crypto/rsa"
	"testing"

	"github.com/bitnami-labs/sealed-secrets/pkg/apis/sealedsecrets/v1alpha1"
	ssfake "github.com/bitnami-labs/sealed-secrets/pkg/client/clientset/versioned/fake"
	ssinformers "github.com/bitnami-labs/sealed-secrets/pkg/client/informers/externalversions"
	"github.com/bitnami-labs/sealed-secrets/pkg/controller"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/fake"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/yaml"

	"github.com/isthmus-mesh/isthmus/interop/sealing/crossing"
)

var upstream = crossing.Upstream{Unseal: unseal, Seal: seal, Rotate: rotate, Program: "github.com/bitnami-labs/sealed-secrets/cmd/kubeseal"}

func TestControllerOpensWhatIsthmusSeals(t *testing.T) { crossing.UpstreamOpens(t, upstream) }
func TestIsthmusOpensWhatUpstreamSeals(t *testing.T)   { crossing.IsthmusOpens(t, upstream) }
func TestNothingIsSealed(t *testing.T)                 { crossing.NothingIsSealed(t, upstream) }
func TestScopes(t *testing.T)                          { crossing.Scopes(t, upstream) }
func TestRotate(t *testing.T)                          { crossing.Rotates(t, upstream) }
func TestKubeseal(t *testing.T)                        { crossing.Kubeseal(t, upstream) }

func unseal(manifest []byte, keys map[string]*rsa.PrivateKey) (*corev1.Secret, error) {
	var s v1alpha1.SealedSecret
	if err := yaml.UnmarshalStrict(manifest, &s); err != nil {
		return nil, err
	}
	return s.Unseal(scheme.Codecs, keys)
}

func seal(secret *corev1.Secret, key *rsa.PublicKey) ([]byte, error) {
	s, err := v1alpha1.NewSealedSecret(scheme.Codecs, key, secret)
	if err != nil {
		return nil, err
	}
	s.TypeMeta = metav1.TypeMeta{APIVersion: "bitnami.com/v1alpha1", Kind: "SealedSecret"}
	text, err := yaml.Marshal(s)
	return bytes.ReplaceAll(text, []byte("creationTimestamp: null\n"), nil), err
}

// rotate starts a controller that finds its keys as it does in a cluster.
func rotate(t *testing.T, manifest []byte, keys ...*corev1.Secret) ([]byte, error) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	client, sealed := fake.NewClientset(), ssfake.NewSimpleClientset()
	registered := crossing.Registered(t)
	for _, key := range keys {
		if _, err := client.CoreV1().Secrets(key.Namespace).Create(ctx, key, metav1.CreateOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	kinformer := informers.NewSharedInformerFactory(client, 0)
	registry := controller.NewKeyRegistry(client, "kube-system", "sealed-secrets-key", "sealedsecrets.bitnami.com/sealed-secrets-key", 2048)
	c, err := controller.NewController(client, sealed, ssinformers.NewSharedInformerFactory(sealed, 0), nil, kinformer, registry, 1, "CertNotBefore")
	if err != nil {
		t.Fatal(err)
	}
	kinformer.Start(ctx.Done())
	for range keys {
		<-registered
	}
	return c.Rotate(manifest)
}
