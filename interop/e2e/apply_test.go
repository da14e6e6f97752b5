package e2e

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"

	"github.com/fluxcd/pkg/ssa"
	"github.com/fluxcd/pkg/ssa/normalize"
	"github.com/fluxcd/pkg/ssa/utils"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// fluxGroup marks what kustomize-controller owns and what it leaves alone.
const fluxGroup = "kustomize.toolkit.fluxcd.io"

var owner = ssa.Owner{Field: "kustomize-controller", Group: fluxGroup}

// build returns the objects of a step: a stage as `kustomize build` gives it,
// with the restriction of paths that Flux lifts, too; and a folder of clusters/
// as its files.
func (a assets) build(ctx context.Context, of step) ([]*unstructured.Unstructured, error) {
	var objects []*unstructured.Unstructured
	if of.name == delivery {
		files, err := filepath.Glob(filepath.Join(of.folder, "*.yaml"))
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			read, err := readObjects(file)
			if err != nil {
				return nil, err
			}
			objects = append(objects, read...)
		}
	} else {
		cmd := exec.CommandContext(ctx, a.kustomize, "build", "--load-restrictor=LoadRestrictionsNone", of.folder)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if err != nil {
			return nil, fmt.Errorf("kustomize build %s: %w: %s", of.folder, err, stderr.String())
		}
		if objects, err = utils.ReadObjects(bytes.NewReader(out)); err != nil {
			return nil, fmt.Errorf("%s: %w", of.folder, err)
		}
	}
	if len(objects) == 0 {
		return nil, fmt.Errorf("%s: no objects, which Flux refuses", of.folder)
	}
	return objects, nil
}

// apply does what kustomize-controller 1.9.6 does with the objects of one
// Kustomization (apply in internal/controller/kustomization_controller.go).
func (s *server) apply(ctx context.Context, of step, rendered []*unstructured.Unstructured) (*ssa.ChangeSet, error) {
	objects := copies(rendered)
	s.flux.SetOwnerLabels(objects, of.owner, of.ownerSpc)
	s.flux.SetConcurrency(4)
	if err := normalize.UnstructuredList(objects); err != nil {
		return nil, err
	}
	options := ssa.DefaultApplyOptions()
	options.ExclusionSelector = map[string]string{fluxGroup + "/reconcile": "disabled", fluxGroup + "/ssa": "Ignore"}
	options.IfNotPresentSelector = map[string]string{fluxGroup + "/ssa": "IfNotPresent"}
	options.ForceSelector = map[string]string{fluxGroup + "/force": "enabled"}
	options.Cleanup = ssa.ApplyCleanupOptions{
		Annotations: []string{corev1.LastAppliedConfigAnnotation, fluxGroup + "/checksum", "fluxcd.io/sync-checksum"},
		Labels:      []string{"fluxcd.io/sync-gc-mark"},
		FieldManagers: []ssa.FieldManager{
			{Name: "kubectl", OperationType: metav1.ManagedFieldsOperationApply},
			{Name: "kubectl", OperationType: metav1.ManagedFieldsOperationUpdate},
			{Name: "before-first-apply", OperationType: metav1.ManagedFieldsOperationUpdate},
			{Name: owner.Field, OperationType: metav1.ManagedFieldsOperationUpdate},
		},
		Exclusions: map[string]string{fluxGroup + "/ssa": "Merge"},
	}
	return s.flux.ApplyAllStaged(ctx, objects, options)
}

// dryRun has the server judge an object as it was rendered, strictly: Argo CD
// and kubectl send it so, while Flux drops the fields that it does not know of
// Kubernetes' own kinds before it sends anything.
func (s *server) dryRun(ctx context.Context, rendered *unstructured.Unstructured) error {
	data, err := rendered.MarshalJSON()
	if err != nil {
		return err
	}
	return s.client.Patch(ctx, rendered.DeepCopy(), client.RawPatch(types.ApplyPatchType, data), client.DryRunAll, client.ForceOwnership,
		client.FieldOwner("argocd-controller"), client.FieldValidation(metav1.FieldValidationStrict))
}

// prune does what kustomize-controller does with objects that are no longer in
// its inventory (deleteObjects, as above).
func (s *server) prune(ctx context.Context, of step, rendered []*unstructured.Unstructured) (*ssa.ChangeSet, error) {
	return s.flux.DeleteAll(ctx, copies(rendered), ssa.DeleteOptions{
		PropagationPolicy: metav1.DeletePropagationBackground,
		Inclusions:        s.flux.GetOwnerLabels(of.owner, of.ownerSpc),
		Exclusions: map[string]string{
			fluxGroup + "/prune": "disabled", fluxGroup + "/reconcile": "disabled", fluxGroup + "/ssa": "Ignore",
		},
	})
}

// notAs returns the entries of a change set that are none of the actions.
func notAs(changes *ssa.ChangeSet, wanted ...ssa.Action) []string {
	var others []string
	for _, entry := range changes.Entries {
		if !slices.Contains(wanted, entry.Action) {
			others = append(others, entry.String())
		}
	}
	return others
}

// copies keeps the rendered objects as they are: the library writes to what it
// is given.
func copies(of []*unstructured.Unstructured) []*unstructured.Unstructured {
	var all []*unstructured.Unstructured
	for _, object := range of {
		all = append(all, object.DeepCopy())
	}
	return all
}
