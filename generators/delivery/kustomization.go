// Package delivery holds the objects through which kustomize, Flux and Argo CD
// take what was rendered. They are built from the types of those programs and
// come out the same for the same input.
//
// The bytes begin with the first field: a header comment is put in front by
// whoever writes the file.
package delivery

import (
	"errors"
	"fmt"

	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/yaml"
)

// Kustomization gives a kustomization.yaml that lists resources in this order
// and has kustomize print their objects in the same: the order of the file that
// is built counts, also for the kustomizations that it lists. Without resources
// there is an error, because kustomize and Flux fail on an empty kustomization.
func Kustomization(resources []string) ([]byte, error) {
	if len(resources) == 0 {
		return nil, errors.New("a kustomization needs at least one resource")
	}
	if err := listable(resources); err != nil {
		return nil, err
	}
	k := ordered()
	k.Resources = resources
	return yaml.Marshal(k)
}

// ordered is a kustomization that keeps the order of its objects. The default of
// kustomize sorts them by kind, and puts Endpoints before Services.
func ordered() types.Kustomization {
	return types.Kustomization{
		TypeMeta:    types.TypeMeta{APIVersion: types.KustomizationVersion, Kind: types.KustomizationKind},
		SortOptions: &types.SortOptions{Order: types.FIFOSortOrder},
	}
}

// listable checks entries of resources: kustomize reads an empty one as its own
// folder, and fails on the second of two equal ones.
func listable(resources []string) error {
	seen := map[string]bool{}
	for i, entry := range resources {
		if entry == "" {
			return fmt.Errorf("resources[%d] is empty", i)
		}
		if seen[entry] {
			return fmt.Errorf("resources[%d]: %q is there twice", i, entry)
		}
		seen[entry] = true
	}
	return nil
}
