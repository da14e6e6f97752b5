package interop

import (
	"errors"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/isthmus-mesh/isthmus/interop/charts"
	"github.com/isthmus-mesh/isthmus/interop/flux"
	"github.com/isthmus-mesh/isthmus/interop/validate"
)

// Trees that must have what the proofs below look at, by their folder of
// overlays: without these a generator that stops writing it would pass.
var (
	fluxTrees = []string{
		"../overlays",
		golden("canary"),
		golden("external"),
		golden("helm-flux"),
		golden("helm-hub"),
		golden("two-primaries"),
	}
	chartTrees = []string{
		"../overlays",
		golden("canary"),
		golden("helm-argocd"),
		golden("helm-flux"),
		golden("helm-hub"),
		golden("istioctl-1.30"),
		golden("sail"),
		golden("two-primaries"),
		golden("values-1.24"),
	}
)

func golden(name string) string { return "../generators/testdata/" + name + "/want/overlays" }

// TestDelivery validates every object in clusters/ of every tree.
func TestDelivery(t *testing.T) {
	validator, err := validate.Open("schemas")
	if err != nil {
		t.Fatal(err)
	}
	for _, overlays := range trees(t) {
		mesh, err := readMesh(overlays)
		if err != nil {
			t.Fatal(err)
		}
		paths, err := filepath.Glob(filepath.Join(filepath.Dir(overlays), "clusters", "*", "*.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			documents, err := readManifest(path)
			if err != nil {
				t.Error(err)
				continue
			}
			for _, document := range documents {
				for _, problem := range validator.Document(mesh.versions(meshCluster{}), document) {
					t.Errorf("%s: %s: %v", path, document, problem)
				}
			}
		}
	}
}

// TestFlux builds every Kustomization of every tree as Flux would.
func TestFlux(t *testing.T) {
	// kustomize warns of sortOptions, which the overlays set, at every build.
	log.SetOutput(io.Discard)
	defer log.SetOutput(os.Stderr)
	found := map[string]bool{}
	for _, overlays := range trees(t) {
		t.Run(overlays, func(t *testing.T) {
			mesh, err := readMesh(overlays)
			if err != nil {
				t.Fatal(err)
			}
			tree := flux.Tree{Root: filepath.Dir(overlays), Prefix: prefix(mesh)}
			for _, given := range mesh.Spec.Delivery.Flux.DependsOn {
				namespace := mesh.Spec.Delivery.Flux.Namespace
				if given.Namespace != "" {
					namespace = given.Namespace
				}
				if namespace == "" {
					namespace = "flux-system"
				}
				tree.Given = append(tree.Given, namespace+"/"+given.Name)
			}
			count, problems := tree.Check(t.TempDir())
			for _, problem := range problems {
				t.Error(problem)
			}
			found[overlays] = count > 0
			t.Logf("%d Kustomizations", count)
		})
	}
	mustHave(t, found, fluxTrees, "Flux Kustomization")
}

// TestCharts renders the charts that every overlay of today's Istio asks for.
func TestCharts(t *testing.T) {
	found := map[string]bool{}
	for _, overlays := range trees(t) {
		t.Run(overlays, func(t *testing.T) {
			mesh, err := readMesh(overlays)
			if err != nil {
				t.Fatal(err)
			}
			for _, cluster := range mesh.Spec.Clusters {
				if old(mesh.istio(cluster)) {
					continue // its charts are in no module; stubs_test.go has its proof
				}
				count, problems := chartCluster(overlays, mesh, cluster).Check()
				if count == 0 && len(problems) == 0 {
					problems = append(problems, errors.New("nothing installs Istio"))
				}
				for _, problem := range problems {
					t.Error(fmt.Errorf("%s: %w", cluster.Name, problem))
				}
				found[overlays] = found[overlays] || count > 0
			}
		})
	}
	mustHave(t, found, chartTrees, "chart")
}

func chartCluster(overlays string, mesh meshFile, cluster meshCluster) charts.Cluster {
	c := charts.Cluster{
		Root:          filepath.Dir(overlays),
		Prefix:        prefix(mesh),
		Name:          cluster.Name,
		Namespace:     "istio-system",
		Revisions:     []string{mesh.Spec.Istio.Revision},
		Network:       "network1",
		Remote:        cluster.ControlPlane == nil,
		LocalInjector: cluster.LocalInjector,
		Dedicated:     cluster.ControlPlane["expose"] == "dedicatedGateway",
		Stubs:         mesh.Spec.Istio.Stubs,
		Given:         []map[string]any{mesh.Spec.Istio.Values, cluster.Values},
	}
	if mesh.Spec.Istio.Namespace != "" {
		c.Namespace = mesh.Spec.Istio.Namespace
	}
	if mesh.Spec.Network != "" {
		c.Network = mesh.Spec.Network
	}
	if canary := mesh.Spec.Istio.Canary; canary != nil {
		c.Revisions = append(c.Revisions, canary.Revision)
	}
	return c
}

func old(istio string) bool {
	return strings.HasPrefix(istio, "1.4.") || strings.HasPrefix(istio, "1.5.")
}

// prefix is where the tree lies in the delivered source.
func prefix(mesh meshFile) string {
	path := filepath.ToSlash(filepath.Clean(mesh.Spec.Delivery.Path))
	if path == "." {
		return ""
	}
	return path
}

func trees(t *testing.T) []string {
	t.Helper()
	root := ".."
	if given := os.Getenv("ISTHMUS_TREES"); given != "" {
		root = given // somebody else's trees
	}
	found, err := findOverlays(root)
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Fatal("no folder named overlays: nothing is proved")
	}
	return found
}

func mustHave(t *testing.T, found map[string]bool, trees []string, what string) {
	t.Helper()
	for _, tree := range trees {
		if !found[tree] && os.Getenv("ISTHMUS_TREES") == "" {
			t.Errorf("%s: no %s, and it must have one", tree, what)
		}
	}
}
