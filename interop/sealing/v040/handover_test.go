package v040

import (
	"context"
	"testing"
	"time"

	"github.com/bitnami/sealed-secrets/pkg/apis/sealedsecrets/v1alpha1"
	ssfake "github.com/bitnami/sealed-secrets/pkg/client/clientset/versioned/fake"
	ssinformers "github.com/bitnami/sealed-secrets/pkg/client/informers/externalversions"
	"github.com/bitnami/sealed-secrets/pkg/controller"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes/fake"
	"sigs.k8s.io/yaml"

	"github.com/isthmus-mesh/isthmus/interop/sealing/crossing"
)

// TestHandover shows what docs/secrets.md goes by where a Secret goes from another
// backend to sealed-secrets: the controller takes over one without an owner that is
// annotated, leaves alone one that is not, and never deletes one itself.
func TestHandover(t *testing.T) {
	for _, tc := range []struct {
		name        string
		annotations map[string]string
		taken       bool
	}{
		{"annotated", map[string]string{v1alpha1.SealedSecretManagedAnnotation: "true"}, true},
		{"not annotated", nil, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			manifest, key := crossing.SealedRemote(t)
			var sealed v1alpha1.SealedSecret
			if err := yaml.UnmarshalStrict(manifest, &sealed); err != nil {
				t.Fatal(err)
			}
			sealed.UID = "1"
			there := &corev1.Secret{
				ObjectMeta: metav1.ObjectMeta{Namespace: sealed.Namespace, Name: sealed.Name, Annotations: tc.annotations},
				Data:       map[string][]byte{"west": []byte("of before")},
			}
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			cluster, custom := fake.NewClientset(there, key), ssfake.NewSimpleClientset(&sealed)
			registered := crossing.Registered(t)
			kinformer := informers.NewSharedInformerFactoryWithOptions(cluster, 0, informers.WithNamespace(key.Namespace))
			registry := controller.NewKeyRegistry(cluster, "kube-system", "sealed-secrets-key", "sealedsecrets.bitnami.com/sealed-secrets-key", 2048)
			c, err := controller.NewController(cluster, custom, ssinformers.NewSharedInformerFactory(custom, 0), nil, kinformer, registry, 1, "CertNotBefore")
			if err != nil {
				t.Fatal(err)
			}
			kinformer.Start(ctx.Done())
			<-registered
			go c.Run(ctx.Done())

			secrets := cluster.CoreV1().Secrets(sealed.Namespace)
			said := wait.PollUntilContextTimeout(ctx, 10*time.Millisecond, 10*time.Second, true, func(ctx context.Context) (bool, error) {
				events, err := cluster.CoreV1().Events(sealed.Namespace).List(ctx, metav1.ListOptions{})
				return err == nil && len(events.Items) > 0, err
			})
			if said != nil {
				t.Fatalf("the controller said nothing: %v", said)
			}
			got, err := secrets.Get(ctx, sealed.Name, metav1.GetOptions{})
			if err != nil {
				t.Fatal(err)
			}
			if taken := metav1.IsControlledBy(got, &sealed) && string(got.Data["west"]) != "of before"; taken != tc.taken {
				t.Errorf("taken over: %v, want %v: %v", taken, tc.taken, got.OwnerReferences)
			}
			if _, still := got.Annotations[v1alpha1.SealedSecretManagedAnnotation]; still {
				t.Error("the annotation is still there")
			}
			for _, action := range cluster.Actions() {
				if action.Matches("delete", "secrets") {
					t.Error("it deleted the Secret")
				}
			}
		})
	}
}
