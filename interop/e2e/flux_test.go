package e2e

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/fluxcd/pkg/ssa/utils"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// A fluxStage is a Flux Kustomization of clusters/ that builds a stage.
type fluxStage struct {
	step
	home    string   // the folder of clusters/, so the cluster whose Flux reconciles it
	cluster string   // whose overlay it builds
	remote  bool     // it is applied with a kubeconfig to that cluster, not at home
	after   []string // namespace/name of what it depends on
}

func (f fluxStage) id() string { return f.ownerSpc + "/" + f.owner }

// fluxStages returns the stages that Flux delivers, each after those that it
// depends on. A Kustomization of somebody else is taken to be ready.
func (t tree) fluxStages() ([]fluxStage, error) {
	files, err := filepath.Glob(filepath.Join(t.root, "clusters", "*", "*.yaml"))
	if err != nil {
		return nil, err
	}
	var all []fluxStage
	for _, file := range files {
		objects, err := readObjects(file)
		if err != nil {
			return nil, err
		}
		for _, object := range objects {
			if object.GroupVersionKind().Group != "kustomize.toolkit.fluxcd.io" {
				continue
			}
			stage, err := t.fluxStage(object)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", file, err)
			}
			stage.home = filepath.Base(filepath.Dir(file))
			all = append(all, stage)
		}
	}
	return inOrder(all)
}

func (t tree) fluxStage(object *unstructured.Unstructured) (fluxStage, error) {
	var kustomization struct {
		Spec struct {
			Path       string                                        `json:"path"`
			KubeConfig *struct{}                                     `json:"kubeConfig"`
			DependsOn  []struct{ Name, Namespace, ReadyExpr string } `json:"dependsOn"`
		} `json:"spec"`
	}
	data, err := yaml.Marshal(object.Object)
	if err != nil {
		return fluxStage{}, err
	}
	if err := yaml.Unmarshal(data, &kustomization); err != nil {
		return fluxStage{}, err
	}
	// What comes before is where the tree lies in the source that Flux fetches.
	_, below, ok := strings.Cut(kustomization.Spec.Path, "overlays/")
	cluster, stage, two := strings.Cut(below, "/")
	if !ok || !two {
		return fluxStage{}, fmt.Errorf("%s: path %q is no stage of an overlay", object.GetName(), kustomization.Spec.Path)
	}
	found := fluxStage{
		step: step{
			name: stage, owner: object.GetName(), ownerSpc: object.GetNamespace(),
			folder: filepath.Join(t.root, "overlays", cluster, stage),
		},
		cluster: cluster, remote: kustomization.Spec.KubeConfig != nil,
	}
	for _, on := range kustomization.Spec.DependsOn {
		if on.Namespace == "" {
			on.Namespace = object.GetNamespace()
		}
		found.after = append(found.after, on.Namespace+"/"+on.Name)
	}
	return found, nil
}

// inOrder sorts stages by what they depend on, and keeps the order of the files
// where that says nothing.
func inOrder(all []fluxStage) ([]fluxStage, error) {
	var sorted []fluxStage
	waits := func(stage fluxStage) bool {
		return slices.ContainsFunc(all, func(other fluxStage) bool { return slices.Contains(stage.after, other.id()) })
	}
	for len(all) > 0 {
		next := slices.IndexFunc(all, func(stage fluxStage) bool { return !waits(stage) })
		if next < 0 {
			return nil, fmt.Errorf("%s: what it depends on depends on it", all[0].id())
		}
		sorted = append(sorted, all[next])
		all = slices.Delete(slices.Clone(all), next, next+1)
	}
	return sorted, nil
}

func readObjects(file string) ([]*unstructured.Unstructured, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	objects, err := utils.ReadObjects(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return objects, nil
}
