package krm

import (
	"errors"
	"fmt"

	flux "github.com/fluxcd/pkg/apis/kustomize"
	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	//lint:ignore SA1019 the package moves with kustomize's API v1, of which there is no release
	"sigs.k8s.io/kustomize/api/builtins"
	"sigs.k8s.io/kustomize/api/provider"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/resid"
	"sigs.k8s.io/yaml"
)

// Patch applies a patch to those objects that it matches, by kustomize itself,
// and replaces them in the list: other lists that hold them keep them as they
// were. It says how many it matched. Without a target, a patch matches the
// object that it names, namespace included. An object that a patch deletes is
// an error, as is a patch of several objects.
func Patch(objects []*Object, patch flux.Patch) (matched int, err error) {
	target := targetOf(patch)
	var matches func(*Object) bool
	if target == nil {
		matches, err = named(patch.Patch)
	} else {
		matches, err = matcher(target)
	}
	if err != nil {
		return 0, err
	}
	for i, object := range objects {
		if object.Name == "" || !matches(object) {
			continue // values of a chart are no object
		}
		matched++
		patched, err := apply(object, patch.Patch, target)
		if err != nil {
			return matched, fmt.Errorf("%s: %w", object, err)
		}
		objects[i] = patched
	}
	return matched, nil
}

// targetOf gives the target of a patch, nil where it has none.
func targetOf(patch flux.Patch) *types.Selector {
	t := patch.Target
	if t == nil {
		return nil
	}
	return &types.Selector{
		ResId: resid.ResId{
			Gvk:       resid.Gvk{Group: t.Group, Version: t.Version, Kind: t.Kind},
			Name:      t.Name,
			Namespace: t.Namespace,
		},
		AnnotationSelector: t.AnnotationSelector,
		LabelSelector:      t.LabelSelector,
	}
}

// named says of an object whether it is the one that a patch without a target
// names.
func named(patch string) (func(*Object) bool, error) {
	all, err := provider.NewDefaultDepProvider().GetResourceFactory().SliceFromBytes([]byte(patch))
	switch {
	case err != nil || len(all) == 0:
		return nil, errors.New("the patch has no target and names no object")
	case len(all) > 1:
		return nil, fmt.Errorf("the patch holds %d documents; write an entry for each", len(all))
	}
	id := all[0].OrgId()
	return func(object *Object) bool { return id.Equals(idOf(object)) }, nil
}

// idOf gives the identity of an object as kustomize has it, which takes an
// object without a namespace for one of "default".
func idOf(object *Object) resid.ResId {
	group, version := resid.ParseGroupVersion(object.APIVersion)
	return resid.NewResIdWithNamespace(resid.NewGvk(group, version, object.Kind), object.Name, object.Namespace)
}

// matcher says of an object whether it is one of the target's. Names and
// namespaces of a target are patterns that match whole, as kustomize has it.
func matcher(target *types.Selector) (func(*Object) bool, error) {
	pattern, err := types.NewSelectorRegex(target)
	if err != nil {
		return nil, fmt.Errorf("the patch's target: %w", err)
	}
	if target.LabelSelector != "" || target.AnnotationSelector != "" {
		if _, err := selects(&Object{Value: map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]any{"name": "probe"}}}, target); err != nil {
			return nil, fmt.Errorf("the patch's target: %w", err)
		}
	}
	return func(object *Object) bool {
		id := idOf(object)
		if !pattern.MatchGvk(id.Gvk) || !pattern.MatchName(id.Name) || !pattern.MatchNamespace(id.EffectiveNamespace()) {
			return false
		}
		if target.LabelSelector == "" && target.AnnotationSelector == "" {
			return true
		}
		found, err := selects(object, target)
		return err == nil && found
	}, nil
}

func selects(object *Object, target *types.Selector) (bool, error) {
	r, err := resourceOf(object)
	if err != nil {
		return false, err
	}
	labels, err := r.MatchesLabelSelector(target.LabelSelector)
	if err != nil {
		return false, err
	}
	annotations, err := r.MatchesAnnotationSelector(target.AnnotationSelector)
	return labels && annotations, err
}

func resourceOf(object *Object) (*resource.Resource, error) {
	return provider.NewDefaultDepProvider().GetResourceFactory().FromMap(object.Value)
}

// apply patches one object.
func apply(object *Object, patch string, target *types.Selector) (*Object, error) {
	factory := resmap.NewFactory(provider.NewDefaultDepProvider().GetResourceFactory())
	one, err := factory.NewResMapFromBytes(object.YAML)
	if err != nil {
		return nil, err
	}
	config, err := yaml.Marshal(map[string]any{"patch": patch, "target": target})
	if err != nil {
		return nil, err
	}
	plugin := builtins.NewPatchTransformerPlugin()
	if err := plugin.Config(resmap.NewPluginHelpers(nil, nil, factory, nil), config); err != nil {
		return nil, err
	}
	if err := plugin.Transform(one); err != nil {
		return nil, err
	}
	one.DropEmpties() // as kustomize does behind every patch
	if one.Size() != 1 {
		return nil, errors.New("the patch deletes the object; leave it out of mesh.yaml instead")
	}
	one.RemoveBuildAnnotations()
	data, err := one.Resources()[0].AsYAML()
	if err != nil {
		return nil, err
	}
	if len(data) > objectLimit {
		return nil, fmt.Errorf("the patch makes it %d bytes long; the API server takes no more than %d", len(data), objectLimit)
	}
	var value map[string]any
	if err := yaml.Unmarshal(data, &value); err != nil {
		return nil, err
	}
	made, err := NewObject(value)
	if err == nil && made.Identity != object.Identity {
		return nil, fmt.Errorf("the patch makes it %s, another object", made)
	}
	return made, err
}

// objectLimit bounds a patched object, in bytes: etcd takes requests of at most
// 1.5 MiB.
const objectLimit = 1 << 20

// A copy of JSON 6902 may double an object, and a dozen lines of them fill the
// memory: the library stops at a limit that it has only for the whole process.
func init() { jsonpatch.AccumulatedCopySizeLimit = objectLimit }
