package uninstall_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/isthmus-mesh/isthmus/generators/krm"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/plan"
	"github.com/isthmus-mesh/isthmus/generators/render"
	"github.com/isthmus-mesh/isthmus/generators/uninstall"
	"github.com/isthmus-mesh/isthmus/jsonnet"
)

// A rendered is a cluster of a mesh, with its objects.
type rendered struct {
	mesh *mesh.Mesh
	plan plan.Cluster
	made *render.Cluster
}

// clusters gives the clusters of a mesh of the golden tests, by name.
func clusters(t *testing.T, folder string) map[string]rendered {
	t.Helper()
	m, problems := mesh.Load(mesh.Source{FS: os.DirFS(filepath.Join("../testdata", folder, "mesh")), Name: "mesh.yaml"})
	if m == nil {
		t.Fatal(problems.Text())
	}
	p, err := plan.Of(m)
	if err != nil {
		t.Fatal(err)
	}
	objects, err := render.Of(jsonnet.Files, p)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]rendered{}
	for _, c := range p.Clusters {
		made, err := objects.Cluster(c)
		if err != nil {
			t.Fatal(err)
		}
		all[c.Name] = rendered{m, c, made}
	}
	return all
}

func (r rendered) removal(t *testing.T, o uninstall.Options) *uninstall.Removal {
	t.Helper()
	removal, err := uninstall.Of(r.mesh, r.plan, r.made, o)
	if err != nil {
		t.Fatal(err)
	}
	return removal
}

// names gives the identities of objects, those of the named kinds apart.
func names(objects []*krm.Object, apart ...string) (all, rest []string) {
	for _, o := range objects {
		text := o.String() + " " + o.APIVersion
		if slices.Contains(apart, o.Kind) {
			rest = append(rest, text)
		} else {
			all = append(all, text)
		}
	}
	slices.Sort(all)
	slices.Sort(rest)
	return all, rest
}

var webhooks = []string{"MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"}

// What is deleted is what was applied, for every cluster of every mesh: nothing
// more but webhooks and CRDs by name, nothing less but what is not asked for.
func TestDeleteSetIsApplySet(t *testing.T) {
	found, err := filepath.Glob("../testdata/*/mesh/mesh.yaml")
	if err != nil || len(found) == 0 {
		t.Fatal("testdata holds no mesh", err)
	}
	dialects := map[mesh.Dialect]bool{mesh.Dialect14: false, mesh.Dialect150: false, mesh.Dialect15: false, mesh.Dialect130: false}
	defer func() {
		for dialect, seen := range dialects {
			if !seen {
				t.Errorf("no mesh has a cluster of %s", dialect)
			}
		}
	}()
	for _, file := range found {
		folder := filepath.Base(filepath.Dir(filepath.Dir(file)))
		for name, r := range clusters(t, folder) {
			for i := range r.mesh.Spec.Clusters {
				dialects[r.mesh.Spec.Clusters[i].Dialect()] = true
			}
			t.Run(folder+"/"+name, func(t *testing.T) {
				wanted, namespaces := names(r.made.Listed(), "Namespace")
				namespaces = slices.DeleteFunc(namespaces, func(text string) bool { return text == "Namespace/default v1" })

				part := r.removal(t, uninstall.Options{}).Part(uninstall.PartCluster)
				got, hooks := names(part.Objects, webhooks...)
				if diff := cmp.Diff(wanted, got); diff != "" {
					t.Errorf("applied and deleted (-want +got):\n%s", diff)
				}
				if len(hooks) == 0 || !slices.ContainsFunc(hooks, func(text string) bool { return strings.HasPrefix(text, "Mutating") }) {
					t.Errorf("no injector is deleted by name: %q", hooks)
				}

				part = r.removal(t, uninstall.Options{Namespaces: true, CRDs: true}).Part(uninstall.PartCluster)
				got, more := names(part.Objects, append(webhooks, "Namespace", "CustomResourceDefinition")...)
				if diff := cmp.Diff(wanted, got); diff != "" {
					t.Errorf("applied and deleted with Namespaces (-want +got):\n%s", diff)
				}
				more = slices.DeleteFunc(more, func(text string) bool { return !strings.HasPrefix(text, "Namespace/") })
				if diff := cmp.Diff(namespaces, more); diff != "" {
					t.Errorf("Namespaces (-want +got):\n%s", diff)
				}
				ordered(t, part.Objects)

				for i, stage := range r.plan.Stages {
					if !stage.Hub {
						continue
					}
					var hub []*krm.Object
					for _, objects := range r.made.Stages[i] {
						hub = append(hub, objects...)
					}
					want, _ := names(hub)
					got, _ := names(r.removal(t, uninstall.Options{}).Part(uninstall.PartHub).Objects)
					if diff := cmp.Diff(want, got); diff != "" {
						t.Errorf("applied to the hub and deleted there (-want +got):\n%s", diff)
					}
				}
			})
		}
	}
}

// ordered holds that no object is deleted before one that refuses or acts on it.
func ordered(t *testing.T, objects []*krm.Object) {
	t.Helper()
	phase := func(o *krm.Object) int {
		switch {
		case slices.Contains(webhooks, o.Kind):
			return 0
		case o.Kind == "CustomResourceDefinition":
			return 4
		case o.Kind == "Namespace":
			return 5
		case strings.Contains(strings.Split(o.APIVersion, "/")[0], ".") && !strings.Contains(o.APIVersion, "k8s.io/"):
			return 1
		case o.Namespace != "":
			return 2
		default:
			return 3
		}
	}
	for i := 1; i < len(objects); i++ {
		if phase(objects[i]) < phase(objects[i-1]) {
			t.Errorf("%s is deleted after %s", objects[i], objects[i-1])
		}
	}
	if objects[0].Kind != "MutatingWebhookConfiguration" {
		t.Errorf("the first to be deleted is %s, not an injector", objects[0])
	}
}

// The names are those of the charts; a webhook that keeps its old name refuses
// every pod.
func TestWebhooks(t *testing.T) {
	for _, test := range []struct {
		folder, cluster string
		want            []string
	}{
		{"guide-1.4", "main0", []string{"MutatingWebhookConfiguration/istio-sidecar-injector", "ValidatingWebhookConfiguration/istio-galley"}},
		{"guide-1.4", "remote0", []string{"MutatingWebhookConfiguration/istio-sidecar-injector"}},
		{"istio-1.5.10", "far", []string{"MutatingWebhookConfiguration/istio-sidecar-injector", "ValidatingWebhookConfiguration/istio-galley", "ValidatingWebhookConfiguration/istiod-istio-control"}},
		{"helm-flux", "east", []string{"MutatingWebhookConfiguration/istio-sidecar-injector", "ValidatingWebhookConfiguration/istio-validator-istio-system", "ValidatingWebhookConfiguration/istiod-default-validator"}},
		{"helm-flux", "west", []string{"MutatingWebhookConfiguration/istio-sidecar-injector", "ValidatingWebhookConfiguration/istiod-default-validator"}},
		{"helm-argocd", "west", []string{"MutatingWebhookConfiguration/istio-sidecar-injector-mesh-system", "ValidatingWebhookConfiguration/istiod-default-validator"}},
		{"helm-hub", "west", []string{"MutatingWebhookConfiguration/istio-sidecar-injector-1-30-2", "MutatingWebhookConfiguration/istio-revision-tag-prod", "ValidatingWebhookConfiguration/istiod-default-validator"}},
		{"canary", "east", []string{
			"MutatingWebhookConfiguration/istio-sidecar-injector-1-30-3", "MutatingWebhookConfiguration/istio-revision-tag-next",
			"MutatingWebhookConfiguration/istio-sidecar-injector-1-29-2", "MutatingWebhookConfiguration/istio-revision-tag-prod",
			"ValidatingWebhookConfiguration/istio-validator-1-30-3-istio-system", "ValidatingWebhookConfiguration/istio-validator-1-29-2-istio-system",
			"ValidatingWebhookConfiguration/istiod-default-validator",
		}},
	} {
		t.Run(test.folder+"/"+test.cluster, func(t *testing.T) {
			var got []string
			for _, o := range clusters(t, test.folder)[test.cluster].removal(t, uninstall.Options{}).Part(uninstall.PartCluster).Objects {
				if slices.Contains(webhooks, o.Kind) {
					got = append(got, o.String())
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("webhooks (-want +got):\n%s", diff)
			}
		})
	}
}

// Kubernetes served the old API groups alone until 1.16.
func TestServedVersions(t *testing.T) {
	for _, test := range []struct{ folder, cluster, want string }{
		{"overlay-1.4", "inner", "v1beta1"}, // Kubernetes 1.13
		{"istio-1.5.10", "hub", "v1"},       // 1.16
		{"istio-1.5.10", "far", "v1beta1"},  // 1.15
		{"helm-flux", "west", "v1"},
	} {
		for _, o := range clusters(t, test.folder)[test.cluster].removal(t, uninstall.Options{CRDs: true}).Part(uninstall.PartCluster).Objects {
			group, version, _ := strings.Cut(o.APIVersion, "/")
			if (group == "admissionregistration.k8s.io" || group == "apiextensions.k8s.io") && version != test.want {
				t.Errorf("%s/%s: %s is of %s", test.folder, test.cluster, o, o.APIVersion)
			}
		}
	}
}

// How many CRDs each release has was counted in its own manifests.
func TestDefinitions(t *testing.T) {
	for _, test := range []struct {
		folder, cluster string
		want            int
	}{
		{"guide-1.4", "remote0", 23},
		{"shop-1.5.10", "west", 25},
		{"helm-flux", "west", 15},
		{"sail", "west", 0},
	} {
		seen := map[string]bool{}
		for _, o := range clusters(t, test.folder)[test.cluster].removal(t, uninstall.Options{CRDs: true}).Part(uninstall.PartCluster).Objects {
			if o.Kind == "CustomResourceDefinition" {
				seen[o.Name] = true
			}
		}
		if len(seen) != test.want {
			t.Errorf("%s: %d CRDs, want %d", test.folder, len(seen), test.want)
		}
	}
}

// The remote Secret lies in each cluster whose control plane reads this one, and
// in no other.
func TestControlPlanePart(t *testing.T) {
	for _, test := range []struct {
		folder, cluster string
		want            []string
	}{
		{"guide-1.4", "remote0", []string{"main0"}},
		{"guide-1.4", "main0", nil},
		{"two-primaries", "west", []string{"east", "north"}},
		{"two-primaries", "east", []string{"north"}},
	} {
		part := clusters(t, test.folder)[test.cluster].removal(t, uninstall.Options{}).Part(uninstall.PartControlPlane)
		if part == nil {
			part = &uninstall.Part{}
		}
		if diff := cmp.Diff(test.want, part.Clusters); diff != "" {
			t.Errorf("%s/%s (-want +got):\n%s", test.folder, test.cluster, diff)
		}
		if test.want == nil {
			continue
		}
		want := "apiVersion: v1\nkind: Secret\nmetadata:\n  name: istio-remote-secret-" + test.cluster + "\n  namespace: istio-system\n"
		if got := krm.Stream(part.Objects); !bytes.Equal(got, []byte(want)) {
			t.Errorf("%s/%s: got\n%s", test.folder, test.cluster, got)
		}
	}
}
