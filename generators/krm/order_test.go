package krm

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSort(t *testing.T) {
	want := []*Object{
		object(t, "v1", "Namespace", "", "a", nil),
		object(t, "v1", "Namespace", "", "b", nil),
		object(t, "apiextensions.k8s.io/v1", "CustomResourceDefinition", "", "a", nil),
		object(t, "v1", "ServiceAccount", "z", "a", nil),
		object(t, "v1", "Secret", "a", "a", nil),
		object(t, "v1", "ConfigMap", "a", "a", nil),
		object(t, "rbac.authorization.k8s.io/v1", "ClusterRole", "", "a", nil),
		object(t, "rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "", "a", nil),
		object(t, "v1", "Service", "a", "b", nil),
		object(t, "v1", "Service", "b", "a", nil),
		object(t, "v1", "Endpoints", "a", "a", nil),
		object(t, "discovery.k8s.io/v1", "EndpointSlice", "a", "a", nil),
		object(t, "apps/v1", "Deployment", "a", "a", nil),
		object(t, "batch/v1", "CronJob", "a", "a", nil),
		object(t, "networking.istio.io/v1beta1", "Gateway", "a", "a", nil),
		object(t, "serving.knative.dev/v1", "Service", "a", "a", nil),
		object(t, "a.example/v1", "Thing", "a", "a", nil),
		object(t, "b.example/v1", "Thing", "a", "a", nil),
		object(t, "b.example/v2", "Thing", "a", "a", nil),
		object(t, "admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", "", "a", nil),
		object(t, "admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", "", "a", nil),
	}
	names := func(objects []*Object) []Identity {
		var ids []Identity
		for _, o := range objects {
			ids = append(ids, o.Identity)
		}
		return ids
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		got := slices.Clone(want)
		random.Shuffle(len(got), func(i, j int) { got[i], got[j] = got[j], got[i] })
		Sort(got)
		if diff := cmp.Diff(names(want), names(got)); diff != "" {
			t.Fatalf("order (-want +got):\n%s", diff)
		}
	}
}

func TestUnique(t *testing.T) {
	for _, test := range []struct {
		name    string
		objects []*Object
		want    string
	}{
		{name: "none"},
		{
			name: "another kind, namespace, name or group each",
			objects: []*Object{
				object(t, "v1", "Service", "a", "a", nil),
				object(t, "v1", "Endpoints", "a", "a", nil),
				object(t, "v1", "Service", "b", "a", nil),
				object(t, "v1", "Service", "a", "b", nil),
				object(t, "serving.knative.dev/v1", "Service", "a", "a", nil),
			},
		},
		{
			name: "another version is the same object",
			objects: []*Object{
				object(t, "discovery.k8s.io/v1", "EndpointSlice", "a", "b", nil),
				object(t, "discovery.k8s.io/v1beta1", "EndpointSlice", "a", "b", nil),
			},
			want: "EndpointSlice/a/b (discovery.k8s.io/v1beta1) is there more than once",
		},
		{
			name: "each is named once",
			objects: []*Object{
				object(t, "v1", "Namespace", "", "a", nil),
				object(t, "v1", "Namespace", "", "a", nil),
				object(t, "v1", "Namespace", "", "a", nil),
				object(t, "v1", "Secret", "a", "a", nil),
				object(t, "v1", "Secret", "a", "a", nil),
			},
			want: "Namespace/a (v1) is there more than once\nSecret/a/a (v1) is there more than once",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := text(Unique(test.objects)); got != test.want {
				t.Errorf("error is\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

// The lists hold each kind once: a second one would silently win.
func TestInstallOrderHoldsEachKindOnce(t *testing.T) {
	all := append(slices.Clone(installOrder), installLast...)
	if len(ranks) != len(all) {
		t.Errorf("%d kinds are listed, %d are different:\n%s", len(all), len(ranks), strings.Join(all, "\n"))
	}
}
