package e2e

import (
	"bytes"
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/fluxcd/pkg/ssa"
	"github.com/fluxcd/pkg/ssa/utils"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// The charts that a person installs, from the modules that hold them. That of
// Istio is of the one version that the module proxy has, after 1.30.
var (
	istioBase     = source{"istio.io/istio@v0.0.0-20260827124520-eed52ebb66ad", "h1:ui9TJjRMAV/hb5ehQaZDq7IUGxuQP6dra9lapT/VjHI=", "manifests/charts/base"}
	istiod        = source{"istio.io/istio@v0.0.0-20260827124520-eed52ebb66ad", "h1:ui9TJjRMAV/hb5ehQaZDq7IUGxuQP6dra9lapT/VjHI=", "manifests/charts/istio-control/istio-discovery"}
	sealedSecrets = source{"github.com/bitnami-labs/sealed-secrets@v0.40.0", "h1:rvCP35JL8ZV5LNA2SrwNR6iLyoM3ulrSFWN0lBtYEYI=", "helm/sealed-secrets"}
)

// chart gives the objects of a chart with the values in a file, "" for none.
func chart(ctx context.Context, of source, name, namespace, file string) ([]*unstructured.Unstructured, error) {
	folder, err := of.folder(ctx)
	if err != nil {
		return nil, err
	}
	loaded, err := loader.LoadDir(filepath.Join(folder, filepath.FromSlash(of.files)))
	if err != nil {
		return nil, err
	}
	var text []byte
	if file != "" {
		if text, err = os.ReadFile(file); err != nil {
			return nil, err
		}
	}
	values, err := chartutil.ReadValues(text)
	if err != nil {
		return nil, err
	}
	options := chartutil.ReleaseOptions{Name: name, Namespace: namespace, Revision: 1, IsInstall: true}
	input, err := chartutil.ToRenderValues(loaded, values, options, chartutil.DefaultCapabilities)
	if err != nil {
		return nil, err
	}
	files, err := engine.Render(loaded, input)
	if err != nil {
		return nil, err
	}
	for _, crd := range loaded.CRDObjects() {
		files[crd.Filename] = string(crd.File.Data)
	}
	var all []*unstructured.Unstructured
	for _, path := range slices.Sorted(maps.Keys(files)) {
		if strings.HasSuffix(path, "NOTES.txt") {
			continue
		}
		objects, err := utils.ReadObjects(bytes.NewReader([]byte(files[path])))
		if err != nil {
			return nil, err
		}
		all = append(all, objects...)
	}
	return all, nil
}

// helm installs a chart as a person does. Programs do not run here, so nothing
// waits for them.
func (s *server) helm(ctx context.Context, t *testing.T, of source, name, namespace, file string) {
	t.Helper()
	objects, err := chart(ctx, of, name, namespace, file)
	if err != nil {
		t.Fatal(err)
	}
	for _, object := range objects {
		if object.GetNamespace() == "" && !utils.IsClusterDefinition(object) && !clusterWide(object) {
			object.SetNamespace(namespace)
		}
	}
	if _, err := s.others.ApplyAllStaged(ctx, objects, ssa.DefaultApplyOptions()); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	for _, object := range objects {
		if object.GetKind() != "CustomResourceDefinition" {
			continue
		}
		for _, kind := range served(object) {
			if err := s.awaitKind(ctx, kind); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// clusterWide says of the kinds in these charts which lie in no namespace.
func clusterWide(object *unstructured.Unstructured) bool {
	return strings.HasPrefix(object.GetKind(), "Cluster") || strings.HasSuffix(object.GetKind(), "WebhookConfiguration") || object.GetKind() == "ValidatingAdmissionPolicy" || object.GetKind() == "ValidatingAdmissionPolicyBinding"
}
