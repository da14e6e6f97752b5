package render

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/krm"
	"github.com/isthmus-mesh/isthmus/generators/plan"
	"github.com/isthmus-mesh/isthmus/generators/rule"
)

// A Cluster is the objects of one cluster, file by file.
type Cluster struct {
	Stages   [][][]*krm.Object // as in plan.Cluster: by stage, by file
	Delivery [][]*krm.Object   // by file

	plan plan.Cluster
}

// Cluster gives the objects of a cluster, with its patches applied. A patch that
// matches nothing is an error, because it was meant to change something; so are
// two objects of one identity.
func (o *Objects) Cluster(c plan.Cluster) (*Cluster, error) {
	all := &Cluster{plan: c}
	for _, stage := range c.Stages {
		var files [][]*krm.Object
		for _, f := range stage.Files {
			objects, err := o.file(f)
			if err != nil {
				return nil, err
			}
			files = append(files, objects)
		}
		all.Stages = append(all.Stages, files)
	}
	for _, f := range c.Delivery {
		objects, err := o.pick(f)
		if err != nil {
			return nil, err
		}
		all.Delivery = append(all.Delivery, objects)
	}
	if err := all.patch(); err != nil {
		return nil, err
	}
	if err := krm.Unique(all.Listed()); err != nil {
		return nil, fmt.Errorf("cluster %q: %w", c.Name, err)
	}
	return all, nil
}

// guard holds what a patch made of objects to what it may change.
func (c *Cluster) guard(before, objects []*krm.Object) error {
	for i := range objects {
		if objects[i] == before[i] {
			continue
		}
		if err := c.allowed(before[i], objects[i]); err != nil {
			return err
		}
		safe, err := protected(objects[i]) // the patch may have brought it in
		if err != nil {
			return err
		}
		objects[i] = safe
	}
	return nil
}

// patch applies the patches in their order, each to all stages.
func (c *Cluster) patch() error {
	var problems diag.Problems
	for _, p := range c.plan.Patches {
		matched := 0
		var failed error
		for i, files := range c.Stages {
			for j, objects := range files {
				if c.plan.Stages[i].Files[j].Sealed != nil {
					continue // what opens a sealed object holds it to what was sealed
				}
				before := slices.Clone(objects)
				n, err := krm.Patch(objects, p.Patch)
				matched += n
				if err == nil {
					err = c.guard(before, objects)
				}
				if err != nil {
					copy(objects, before) // the patches that follow are tried all the same
					failed = cmp.Or(failed, err)
				}
			}
		}
		switch {
		case failed != nil:
			problems = append(problems, rule.PatchFails.Problem(p.Pos, p.Path, failed.Error(), "", ""))
		case matched == 0:
			problems = append(problems, rule.PatchWithoutObject.Problem(p.Pos, p.Path, "the patch matches no object of the cluster",
				"what it was meant to change would go out unchanged", "correct its target, or the name in it; isthmus render --stdout shows the objects"))
		}
	}
	if len(problems) > 0 {
		return problems
	}
	return nil
}

// kept are the fields of a kind that no patch may change, beside the values that
// mesh.yaml decides: what is installed, where, and who prunes it.
var kept = map[string][][]string{
	"HelmRelease": {
		{"spec", "chart", "spec", "chart"}, {"spec", "chart", "spec", "version"}, {"spec", "kubeConfig"}, {"spec", "releaseName"},
		{"spec", "targetNamespace"}, {"spec", "storageNamespace"}, {"spec", "valuesFrom"},
	},
	"Istio":             {{"spec", "profile"}, {"spec", "version"}, {"spec", "namespace"}},
	"IstioCNI":          {{"spec", "version"}, {"spec", "namespace"}},
	"IstioOperator":     {{"spec", "profile"}, {"spec", "revision"}},
	"IstioControlPlane": {{"spec", "profile"}, {"spec", "defaultNamespace"}},
	"Namespace": {
		{"metadata", "annotations", "kustomize.toolkit.fluxcd.io/prune"}, {"metadata", "annotations", "argocd.argoproj.io/sync-options"},
		{"metadata", "labels", "kustomize.toolkit.fluxcd.io/prune"}, {"metadata", "labels", "topology.istio.io/network"},
		{"metadata", "annotations", "topology.istio.io/controlPlaneClusters"},
	},
}

// allowed says what a patch may not do to an object: change what a field of
// mesh.yaml decides for all clusters alike, or let an engine prune a Namespace.
func (c *Cluster) allowed(before, after *krm.Object) error {
	changed := func(path []string) bool {
		return !reflect.DeepEqual(lookup(before.Value, path), lookup(after.Value, path))
	}
	for _, path := range kept[before.Kind] {
		if changed(path) {
			return fmt.Errorf("%s: the patch changes %s, which the mesh decides", before, strings.Join(path, "."))
		}
	}
	if before.Kind == "Namespace" || kept[before.Kind] == nil {
		return nil
	}
	for _, key := range slices.Sorted(maps.Keys(c.plan.Decided)) {
		path := strings.Split(key, ".")
		// The operator's object has the mesh config beside its values too.
		if changed(slices.Concat([]string{"spec", "values"}, path)) || strings.HasPrefix(key, "mesh") && changed(slices.Concat([]string{"spec"}, path)) {
			return fmt.Errorf("%s: the patch changes %s, which %s decides for all clusters alike", before, key, c.plan.Decided[key])
		}
		// It sets variables of what it installs past the values, too.
		for _, of := range []string{"pilot.env.", "meshConfig.defaultConfig.proxyMetadata."} {
			if name, is := strings.CutPrefix(key, of); is && !reflect.DeepEqual(variables(before.Value, name), variables(after.Value, name)) {
				return fmt.Errorf("%s: the patch changes the variable %s, which %s decides for all clusters alike", before, name, c.plan.Decided[key])
			}
		}
	}
	return nil
}

// variables gives what the variable of a name is set to by the lists k8s.env of
// an operator's object, wherever its release has them.
func variables(value any, name string) []any {
	var found []any
	switch value := value.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(value)) {
			found = append(found, variables(value[key], name)...)
		}
		k8s, _ := value["k8s"].(map[string]any)
		env, _ := k8s["env"].([]any)
		for _, item := range env {
			if lookup(item, []string{"name"}) == name {
				found = append(found, item)
			}
		}
	case []any:
		for _, item := range value {
			found = append(found, variables(item, name)...)
		}
	}
	return found
}

// lookup gives the value at a path, nil where there is none.
func lookup(value any, path []string) any {
	for _, key := range path {
		m, _ := value.(map[string]any)
		value = m[key]
	}
	return value
}

// Listed gives the objects that the cluster's kustomization lists, in the order
// of its stages.
func (c *Cluster) Listed() []*krm.Object {
	return c.choose(func(plan.File) bool { return true })
}

// Made gives those of them that are not copies of what is sealed: a function
// makes them, and its kustomization lists the sealed ones itself.
func (c *Cluster) Made() []*krm.Object {
	return c.choose(func(f plan.File) bool { return f.Sealed == nil })
}

func (c *Cluster) choose(is func(plan.File) bool) []*krm.Object {
	var listed []*krm.Object
	for i, stage := range c.plan.Stages {
		if stage.Hub {
			continue
		}
		for j, f := range stage.Files {
			if f.Listed && is(f) {
				listed = append(listed, c.Stages[i][j]...)
			}
		}
	}
	return listed
}
