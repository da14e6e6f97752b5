package flux

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/interop/validate"
)

// checkOrder wants every dependsOn to name a Kustomization of the same file, as
// only that is sure to be applied with it, or one that the user named; and no
// circle, which Flux reports nowhere but in a status that never becomes ready.
func (t Tree) checkOrder(all []kustomization) []error {
	var problems []error
	files := map[string]map[string]kustomization{}
	for _, k := range all {
		if files[k.file] == nil {
			files[k.file] = map[string]kustomization{}
		}
		files[k.file][k.id()] = k
	}
	for _, k := range all {
		for _, name := range k.dependsOn {
			if _, ok := files[k.file][name]; !ok && !slices.Contains(t.Given, name) {
				problems = append(problems, fmt.Errorf("%s: spec.dependsOn: no Kustomization %s in the same file, and the mesh names none", k, name))
			}
		}
	}
	for _, file := range slices.Sorted(maps.Keys(files)) {
		if circle := findCircle(files[file]); circle != nil {
			problems = append(problems, fmt.Errorf("%s: spec.dependsOn: a circle: %s", file, strings.Join(circle, " -> ")))
		}
	}
	return problems
}

// findCircle returns the first circle, as the names along it.
func findCircle(nodes map[string]kustomization) []string {
	const visiting, done = 1, 2
	state := map[string]int{}
	var trail []string
	var visit func(id string) []string
	visit = func(id string) []string {
		switch state[id] {
		case done:
			return nil
		case visiting:
			return append(slices.Clone(trail[slices.Index(trail, id):]), id)
		}
		state[id] = visiting
		trail = append(trail, id)
		for _, next := range nodes[id].dependsOn {
			if circle := visit(next); circle != nil {
				return circle
			}
		}
		trail = trail[:len(trail)-1]
		state[id] = done
		return nil
	}
	for _, id := range slices.Sorted(maps.Keys(nodes)) {
		if circle := visit(id); circle != nil {
			return circle
		}
	}
	return nil
}

// checkNames wants names that are unique in the cluster they are in, and one
// pattern of cluster and stage for all: a name that depends on anything else
// may change, and renaming a Kustomization prunes all that it applied.
func checkNames(all []kustomization) []error {
	var problems []error
	seen := map[string]string{}
	patterns := map[string][]string{}
	for _, k := range all {
		folder := path.Dir(k.file)
		if before, ok := seen[folder+" "+k.id()]; ok {
			problems = append(problems, fmt.Errorf("%s: the name is taken by %s", k, before))
		}
		seen[folder+" "+k.id()] = k.file
		if k.cluster == "" {
			continue
		}
		pattern := strings.Replace(k.Name, k.stage, "<stage>", 1)
		if !strings.Contains(pattern, "<stage>") {
			problems = append(problems, fmt.Errorf("%s: the name does not hold its stage, %s", k, k.stage))
			continue
		}
		// The stage first: a cluster may be named like a part of one.
		pattern = strings.Replace(pattern, k.cluster, "<cluster>", 1)
		patterns[pattern] = append(patterns[pattern], k.Name)
	}
	if len(patterns) > 1 {
		problems = append(problems, fmt.Errorf("names are not one function of cluster and stage: %s", strings.Join(slices.Sorted(maps.Keys(patterns)), ", ")))
	}
	return problems
}

// checkOwners looks at the cluster that Flux runs in: what two Kustomizations
// apply there is taken from each other for ever, and a HelmRelease has to be
// there, not where its chart goes.
func checkOwners(all []kustomization, others []placed) []error {
	var problems []error
	owners := map[string]string{}
	own := func(file, owner string, document validate.Document) {
		group, _, _ := strings.Cut(document.APIVersion, "/")
		id := path.Dir(file) + " " + group + " " + document.String()
		if before, ok := owners[id]; ok {
			problems = append(problems, fmt.Errorf("%s: %s: applied by %s too", owner, document, before))
		}
		owners[id] = owner
	}
	for _, other := range others {
		own(other.file, other.file, other.Document)
		if other.Kind == "HelmRelease" && path.Base(other.file) != "isthmus.yaml" && !hasKubeConfig(other.Document) {
			problems = append(problems, fmt.Errorf("%s: %s: no spec.kubeConfig, so the chart would be installed in the hub", other.file, other.Document))
		}
	}
	for _, k := range all {
		hub := path.Base(path.Dir(k.file)) != k.cluster
		for _, document := range k.built {
			helm := strings.HasPrefix(document.APIVersion, "helm.toolkit.fluxcd.io/") || strings.HasPrefix(document.APIVersion, "source.toolkit.fluxcd.io/")
			switch {
			case helm && hasKubeConfig(k.Document):
				problems = append(problems, fmt.Errorf("%s: %s: spec.kubeConfig takes it to a cluster where no Flux runs", k, document))
			case hub && document.Kind == "HelmRelease" && !hasKubeConfig(document):
				problems = append(problems, fmt.Errorf("%s: %s: no spec.kubeConfig, so the chart would be installed in the hub", k, document))
			case hub && !helm && !hasKubeConfig(k.Document):
				problems = append(problems, fmt.Errorf("%s: %s: no spec.kubeConfig, so it would be applied to the hub", k, document))
			}
			if !hasKubeConfig(k.Document) {
				own(k.file, k.String(), document)
			}
		}
	}
	return problems
}

// hasKubeConfig tells whether an object's effect is in another cluster than
// the object.
func hasKubeConfig(document validate.Document) bool {
	spec, _ := document.Value["spec"].(map[string]any)
	return spec["kubeConfig"] != nil
}
