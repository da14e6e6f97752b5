package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSites shows what is applied where, and in which order.
func TestSites(t *testing.T) {
	const list = "resources: [namespaces, control-plane]\n"
	kustomization := func(name, path, more string) string {
		return fmt.Sprintf("apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"+
			"metadata: {name: %s, namespace: flux-system}\nspec: {path: %s%s}\n---\n", name, path, more)
	}
	const access = ", kubeConfig: {secretRef: {name: west}}"
	for _, test := range []struct {
		name  string
		files map[string]string
		want  []string
		err   string
	}{
		{
			name: "the overlay's own order",
			files: map[string]string{
				"overlays/west/kustomization.yaml": list,
			},
			want: []string{"west [10.120.0.0/16 fd00::/112] namespaces control-plane"},
		},
		{
			name: "Flux, in the order of dependsOn",
			files: map[string]string{
				"overlays/west/kustomization.yaml": list,
				"clusters/west/isthmus.yaml": kustomization("b", "./meshes/overlays/west/control-plane", ", dependsOn: [{name: a}]") +
					kustomization("a", "overlays/west/namespaces", ", dependsOn: [{name: cert-manager}, {name: a, namespace: other}]"),
			},
			want: []string{"west [10.120.0.0/16 fd00::/112] flux prunes delivery namespaces control-plane"},
		},
		{
			name: "Flux of a hub, which keeps what has no kubeConfig",
			files: map[string]string{
				"overlays/west/kustomization.yaml": list,
				"clusters/mgmt/isthmus-west.yaml": kustomization("a", "overlays/west/namespaces", access) +
					kustomization("b", "overlays/west/control-plane", access) + kustomization("c", "overlays/west/releases", ""),
			},
			want: []string{
				"west [10.120.0.0/16 fd00::/112] prunes namespaces control-plane",
				"mgmt [10.96.0.0/16 fd00:96::/112] flux prunes delivery releases",
			},
		},
		{
			name: "Argo CD",
			files: map[string]string{
				"overlays/west/kustomization.yaml": list,
				"clusters/mgmt/isthmus-west.yaml":  "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: isthmus-west}\n",
			},
			want: []string{
				"west [10.120.0.0/16 fd00::/112] namespaces control-plane",
				"mgmt [10.96.0.0/16 fd00:96::/112] argocd delivery",
			},
		},
		{
			name: "stage that Flux forgets",
			files: map[string]string{
				"overlays/west/kustomization.yaml": list,
				"clusters/west/isthmus.yaml":       kustomization("a", "overlays/west/namespaces", ""),
			},
			err: "ROOT: overlays/west lists the stage control-plane, which no Flux Kustomization delivers",
		},
		{
			name: "circle",
			files: map[string]string{
				"overlays/west/kustomization.yaml": list,
				"clusters/west/isthmus.yaml": kustomization("a", "overlays/west/namespaces", ", dependsOn: [{name: b}]") +
					kustomization("b", "overlays/west/control-plane", ", dependsOn: [{name: a}]"),
			},
			err: "flux-system/a: what it depends on depends on it",
		},
		{
			name: "another path",
			files: map[string]string{
				"overlays/west/kustomization.yaml": list,
				"clusters/west/isthmus.yaml":       kustomization("a", "overlays/west", ""),
			},
			err: `ROOT/clusters/west/isthmus.yaml: a: path "overlays/west" is no stage of an overlay`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			root := t.TempDir()
			test.files["mesh/mesh.yaml"] = `spec: {clusters: [{name: west, serviceCIDRs: [10.120.0.0/16, 10.121.0.0/16, "fd00::/112"]}]}`
			for path, text := range test.files {
				path := filepath.Join(root, path)
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			trees, err := findTrees(filepath.Join("..", ".."), root)
			if err != nil || len(trees) != 1 {
				t.Fatalf("found %v, %v", trees, err)
			}
			sites, err := trees[0].sites()
			said := ""
			if err != nil {
				said = strings.ReplaceAll(err.Error(), root, "ROOT")
			}
			if said != test.err {
				t.Errorf("got error %q, want %q", said, test.err)
			}
			var got []string
			for _, s := range sites {
				got = append(got, describe(s))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("sites (-want +got):\n%s", diff)
			}
		})
	}
}

func describe(s site) string {
	words := []string{s.name, fmt.Sprint(s.serviceCIDRs)}
	for _, is := range []struct {
		word string
		so   bool
	}{{"flux", s.flux}, {"argocd", s.argocd}, {"prunes", s.prunes}} {
		if is.so {
			words = append(words, is.word)
		}
	}
	for _, step := range s.steps {
		words = append(words, step.name)
	}
	return strings.Join(words, " ")
}

// TestTrees sees to it that the proof is of the trees of the repository.
func TestTrees(t *testing.T) {
	trees, err := findTrees(filepath.Join("..", ".."), "")
	if err != nil {
		t.Fatal(err)
	}
	if len(trees) < 2 {
		t.Errorf("%d trees: the reference mesh, and no golden ones", len(trees))
	}
	for _, tree := range trees {
		if _, err := tree.sites(); err != nil {
			t.Error(err)
		}
	}
}
