package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/fluxcd/pkg/ssa"
	"github.com/fluxcd/pkg/ssa/utils"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// A source is a Go module that CRDs are read from, pinned by its checksum, and
// the files. It is no requirement in go.mod: nothing imports it.
type source struct {
	module, sum string
	files       string
}

var (
	fluxCRDs = []source{
		{"github.com/fluxcd/kustomize-controller@v1.9.6", "h1:XB+G3A0mky0j5uVHZWv4oSlS2RvZBoNIUhstIvY0JKE=", "config/crd/bases/*.yaml"},
		{"github.com/fluxcd/source-controller@v1.9.6", "h1:nG534/bI6nVpyHra7ONAk6xDB3xPsVT+EOLHZHXPrrc=", "config/crd/bases/*.yaml"},
		{"github.com/fluxcd/helm-controller@v1.6.4", "h1:u/Ew7LehrwDQaE/NqWdaB3XnNDCxRGDcp1FZl7RKj4g=", "config/crd/bases/*.yaml"},
	}
	argocdCRDs = []source{
		{"github.com/argoproj/argo-cd/v3@v3.5.7", "h1:Xm1BF+I5OgDKUG3SDK49vn2/Y5AMyaNVko+/JT08gj0=", "manifests/crds/application*-crd.yaml"},
	}
	istioCRDs = []source{
		{"istio.io/api@v1.30.3", "h1:pPSa0uah/t7CEuwacS4rw5qK/oHGvxC0WO8i4RRGwEU=", "kubernetes/customresourcedefinitions.gen.yaml"},
	}
	// Of the operators that bring Secrets, by group.
	secretCRDs = map[string]source{
		"external-secrets.io": {"github.com/external-secrets/external-secrets@v1.3.2", "h1:u2J8RjlHIeF0oZCqtl92adI/uZWUwOesJIDkfql6LqQ=", "config/crds/bases/external-secrets.io_externalsecrets.yaml"},
		"bitnami.com":         {sealedSecrets.module, sealedSecrets.sum, "helm/sealed-secrets/crds/*.yaml"},
	}
	// Closed schemas of what isthmus renders; see SOURCE beside them.
	sailCRDs = []source{{files: filepath.Join("..", "schemas", "sail", "*.yaml")}}
	// The operators of 1.4 and 1.5, whose kinds never had a schema.
	operatorCRDs = []source{{files: filepath.Join("testdata", "istio-operators.yaml")}}
)

var fetched sync.Map // of source to folder

// folder is the module's in the module cache. The checksum stands in for the
// checksum database, which would want the network for what is in the cache.
func (s source) folder(ctx context.Context) (string, error) {
	if s.module == "" {
		return "", nil
	}
	if found, ok := fetched.Load(s); ok {
		return found.(string), nil
	}
	cmd := exec.CommandContext(ctx, "go", "mod", "download", "-json", s.module)
	cmd.Dir = os.TempDir() // outside of any module
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOSUMDB=off")
	out, err := cmd.Output()
	var got struct{ Dir, Sum, Error string }
	if json.Unmarshal(out, &got) != nil || got.Error != "" || err != nil {
		return "", fmt.Errorf("go mod download %s: %v %s", s.module, err, got.Error)
	}
	if got.Sum != s.sum {
		return "", fmt.Errorf("%s: checksum %s, want %s", s.module, got.Sum, s.sum)
	}
	fetched.Store(s, got.Dir)
	return got.Dir, nil
}

func (s source) objects(ctx context.Context) ([]*unstructured.Unstructured, error) {
	folder, err := s.folder(ctx)
	if err != nil {
		return nil, err
	}
	paths, err := filepath.Glob(filepath.Join(folder, filepath.FromSlash(s.files)))
	if err != nil {
		return nil, err
	}
	var crds []*unstructured.Unstructured
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		objects, err := utils.ReadObjects(bytes.NewReader(data))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		crds = append(crds, objects...)
	}
	if len(crds) == 0 {
		return nil, fmt.Errorf("%s %s: no CRDs", s.module, s.files)
	}
	return crds, nil
}

// install applies CRDs as their owner would, and waits until the server serves
// them.
func (s *server) install(ctx context.Context, t *testing.T, sources []source) {
	t.Helper()
	for _, source := range sources {
		crds, err := source.objects(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.others.ApplyAllStaged(ctx, crds, ssa.DefaultApplyOptions()); err != nil {
			t.Fatal(err)
		}
		for _, crd := range crds {
			for _, kind := range served(crd) {
				if err := s.awaitKind(ctx, kind); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	s.warnings.take() // of CRDs, which are not ours
}

// served returns the kinds, one for each version, that a CRD has served.
func served(crd *unstructured.Unstructured) []schema.GroupVersionKind {
	group, _, _ := unstructured.NestedString(crd.Object, "spec", "group")
	kind, _, _ := unstructured.NestedString(crd.Object, "spec", "names", "kind")
	versions, _, _ := unstructured.NestedSlice(crd.Object, "spec", "versions")
	var all []schema.GroupVersionKind
	for _, version := range versions {
		fields, _ := version.(map[string]any)
		if name, _ := fields["name"].(string); fields["served"] == true {
			all = append(all, schema.GroupVersionKind{Group: group, Version: name, Kind: kind})
		}
	}
	return all
}

// awaitKind waits for discovery, which follows an established CRD a moment
// later.
func (s *server) awaitKind(ctx context.Context, kind schema.GroupVersionKind) error {
	for start := time.Now(); ; time.Sleep(100 * time.Millisecond) {
		_, err := s.client.RESTMapper().RESTMapping(kind.GroupKind(), kind.Version)
		if err == nil || ctx.Err() != nil || time.Since(start) > 30*time.Second {
			return err
		}
	}
}

// isIstio says whether Istio's base chart brings the CRD of an object's kind.
func isIstio(object *unstructured.Unstructured) bool {
	group := object.GroupVersionKind().Group
	return strings.HasSuffix(group, ".istio.io") && group != "install.istio.io"
}
