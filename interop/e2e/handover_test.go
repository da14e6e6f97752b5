package e2e

import (
	"testing"

	"github.com/fluxcd/pkg/ssa"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
)

// TestHandover shows what docs/secrets.md goes by where a Secret goes from one
// backend to another: Flux prunes what has its labels alone, and is content with an
// object that is gone. It needs no API server.
func TestHandover(t *testing.T) {
	secrets := step{owner: "isthmus-east-secrets", ownerSpc: "flux-system"}
	labels := map[string]string{fluxGroup + "/name": secrets.owner, fluxGroup + "/namespace": secrets.ownerSpc}
	for _, tc := range []struct {
		name   string
		labels map[string]string // nil: there is no such Secret
		want   ssa.Action
		stays  bool
	}{
		{"one that sops sealed goes with its file", labels, ssa.DeletedAction, false},
		{"without the labels of Flux it stays", map[string]string{"istio/multiCluster": "true"}, ssa.SkippedAction, true},
		{"one that is gone is no error", nil, ssa.DeletedAction, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			secret := &corev1.Secret{
				TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Secret"},
				ObjectMeta: metav1.ObjectMeta{Namespace: "istio-system", Name: "istio-remote-secret-west", Labels: tc.labels},
			}
			cluster := fake.NewClientBuilder().Build()
			if tc.labels != nil {
				if err := cluster.Create(t.Context(), secret.DeepCopy()); err != nil {
					t.Fatal(err)
				}
			}
			object, err := runtime.DefaultUnstructuredConverter.ToUnstructured(secret)
			if err != nil {
				t.Fatal(err)
			}
			flux := &server{flux: ssa.NewResourceManager(cluster, nil, owner)}
			changes, err := flux.prune(t.Context(), secrets, []*unstructured.Unstructured{{Object: object}})
			if err != nil {
				t.Fatal(err)
			}
			if others := notAs(changes, tc.want); len(others) > 0 {
				t.Errorf("pruned: %v, want %s", others, tc.want)
			}
			if err := cluster.Get(t.Context(), client.ObjectKeyFromObject(secret), &corev1.Secret{}); (err == nil) != tc.stays {
				t.Errorf("get: %v, want it there: %v", err, tc.stays)
			}
		})
	}
}

// TestAnnotatedByHand shows why no step annotates what Flux applies:
// it takes back what kubectl wrote there, and only that of others stays.
func TestAnnotatedByHand(t *testing.T) {
	const prune = fluxGroup + "/prune"
	for manager, stays := range map[string]bool{"kubectl-annotate": false, "somebody": true} {
		t.Run(manager, func(t *testing.T) {
			cluster := fake.NewClientBuilder().WithReturnManagedFields().Build()
			flux := &server{client: cluster, flux: ssa.NewResourceManager(cluster, nil, owner)}
			rendered := []*unstructured.Unstructured{{Object: map[string]any{
				"apiVersion": "v1", "kind": "Secret", "metadata": map[string]any{"namespace": "istio-system", "name": "istio-remote-secret-west"},
			}}}
			secrets := step{owner: "isthmus-east-secrets", ownerSpc: "flux-system"}
			if _, err := flux.apply(t.Context(), secrets, rendered); err != nil {
				t.Fatal(err)
			}
			secret := &corev1.Secret{}
			if err := cluster.Get(t.Context(), client.ObjectKeyFromObject(rendered[0]), secret); err != nil {
				t.Fatal(err)
			}
			before := client.MergeFrom(secret.DeepCopy())
			secret.Annotations = map[string]string{prune: "disabled"}
			if err := cluster.Patch(t.Context(), secret, before, client.FieldOwner(manager)); err != nil {
				t.Fatal(err)
			}
			if _, err := flux.apply(t.Context(), secrets, rendered); err != nil {
				t.Fatal(err)
			}
			if err := cluster.Get(t.Context(), client.ObjectKeyFromObject(secret), secret); err != nil {
				t.Fatal(err)
			}
			if _, ok := secret.Annotations[prune]; ok != stays {
				t.Errorf("the annotation is there: %v, want %v", ok, stays)
			}
		})
	}
}
