package flux

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/isthmus-mesh/isthmus/interop/validate"
)

// Check packs and builds a tree as Flux would and returns how many
// Kustomizations it has, with everything that is wrong with them; scratch is an
// empty folder. A tree without Kustomizations is no problem of its own.
func (t Tree) Check(scratch string) (int, []error) {
	all, others, err := t.delivered()
	if err != nil {
		return 0, []error{err}
	}
	if len(all) == 0 {
		return 0, nil
	}
	artifact := filepath.Join(scratch, "artifact")
	if err := Pack(t.Root, filepath.Join(artifact, filepath.FromSlash(t.Prefix))); err != nil {
		return len(all), []error{err}
	}
	var problems []error
	for i := range all {
		problems = append(problems, t.checkOne(artifact, &all[i])...)
	}
	problems = append(problems, t.checkStages(all)...)
	problems = append(problems, t.checkOrder(all)...)
	problems = append(problems, checkNames(all)...)
	problems = append(problems, checkOwners(all, others)...)
	return len(all), problems
}

// checkOne fills in what the Kustomization builds.
func (t Tree) checkOne(artifact string, k *kustomization) []error {
	var problems []error
	wrong := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("%s: %w", k, fmt.Errorf(format, args...)))
	}
	for _, field := range []string{"interval", "retryInterval", "timeout"} {
		if s, _ := k.spec[field].(string); s == "" {
			wrong("spec.%s: required here; the default is not what this repository means", field)
		}
	}
	for _, field := range []string{"prune", "wait"} {
		if k.spec[field] != true {
			wrong("spec.%s: must be true", field)
		}
	}
	if k.spec["healthChecks"] != nil && k.spec["wait"] == true {
		wrong("spec.healthChecks: ignored by Flux where spec.wait is true")
	}
	for _, field := range []string{"targetNamespace", "namePrefix", "nameSuffix"} {
		if _, ok := k.spec[field]; ok {
			wrong("spec.%s: it would rename what the overlay holds, Namespaces included", field)
		}
	}

	given, _ := k.spec["path"].(string)
	local, ok := strings.CutPrefix(path.Clean(given)+"/", path.Join(t.Prefix, "overlays")+"/")
	parts := strings.Split(strings.TrimSuffix(local, "/"), "/")
	if !ok || len(parts) != 2 || !strings.HasPrefix(given, "./") {
		wrong("spec.path: must be ./%s/<cluster>/<stage>, not %q", path.Join(t.Prefix, "overlays"), given)
		return problems
	}
	k.cluster, k.stage = parts[0], parts[1]
	problems = append(problems, k.checkPlace()...)

	folder := filepath.Join(t.Root, "overlays", k.cluster, k.stage)
	if _, err := os.Stat(filepath.Join(artifact, path.Clean(given))); err != nil {
		wrong("spec.path: no folder %s in what Flux gets", given)
		return problems
	}
	built, err := build(artifact, path.Clean(given), k.Value)
	if err != nil {
		wrong("build: %w", err)
		return problems
	}
	k.built = built
	want, files, err := listed(folder)
	if err != nil {
		wrong("%w", err)
		return problems
	}
	if diff := cmp.Diff(byID(want), byID(built)); diff != "" {
		wrong("what is built is not what the files hold (-files +built):\n%s", diff)
	}
	for _, name := range unlisted(folder, files) {
		wrong("%s/%s: no kustomization lists it, so it is never applied", k.stage, name)
	}
	for _, document := range built {
		if document.Kind == "Namespace" && !has(document, "kustomize.toolkit.fluxcd.io/prune", "disabled") {
			wrong("%s: needs the annotation kustomize.toolkit.fluxcd.io/prune: disabled, or removing it removes all that is in it", document)
		}
	}
	return problems
}

// checkPlace holds the file to the cluster whose overlay is applied.
func (k kustomization) checkPlace() []error {
	folder, base := path.Base(path.Dir(k.file)), path.Base(k.file)
	switch {
	case folder == k.cluster && base == "isthmus.yaml":
		return nil
	case base != "isthmus-"+k.cluster+".yaml":
		return []error{fmt.Errorf("%s: spec.path: the overlay of %s does not belong into this file", k, k.cluster)}
	}
	return nil
}

// unlisted returns the YAML files of a stage that its kustomization does not
// name, but for those that a person or a chart takes.
func unlisted(folder string, files []string) []string {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil // reported by those who read it
	}
	var names []string
	for _, entry := range entries {
		name := entry.Name()
		byHand := name == "profile.yaml" || strings.HasPrefix(name, "values-")
		if isYAML(name) && name != "kustomization.yaml" && !byHand && !slices.Contains(files, name) {
			names = append(names, name)
		}
	}
	return names
}

// checkStages wants every stage of a cluster that Flux delivers to be applied
// by exactly one Kustomization.
func (t Tree) checkStages(all []kustomization) []error {
	stages, err := t.stages()
	if err != nil {
		return []error{err}
	}
	appliers := map[string][]string{}
	clusters := map[string]bool{}
	for _, k := range all {
		if k.cluster == "" {
			continue
		}
		clusters[k.cluster] = true
		stage := path.Join("overlays", k.cluster, k.stage)
		appliers[stage] = append(appliers[stage], k.Name)
	}
	var problems []error
	for _, stage := range stages {
		names := appliers[stage]
		switch cluster := strings.Split(stage, "/")[1]; {
		case !clusters[cluster]:
			// Delivered by Argo CD or by nobody.
		case len(names) == 0:
			problems = append(problems, fmt.Errorf("%s: no Kustomization applies it", stage))
		case len(names) > 1:
			problems = append(problems, fmt.Errorf("%s: applied twice, by %s", stage, strings.Join(names, " and ")))
		}
	}
	return problems
}

// byID gives documents a key that tells them apart, and their values.
func byID(documents []validate.Document) map[string]map[string]any {
	values := map[string]map[string]any{}
	for _, document := range documents {
		values[document.APIVersion+" "+document.String()] = document.Value
	}
	return values
}

func has(document validate.Document, annotation, value string) bool {
	metadata, _ := document.Value["metadata"].(map[string]any)
	for _, field := range []string{"annotations", "labels"} {
		if texts, _ := metadata[field].(map[string]any); texts[annotation] == value {
			return true
		}
	}
	return false
}

// errNone is what a tree gets that should have Kustomizations and has none.
var errNone = errors.New("no Flux Kustomization in clusters/")

// CheckSome is Check for a tree that Flux is said to deliver.
func (t Tree) CheckSome(scratch string) (int, []error) {
	count, problems := t.Check(scratch)
	if count == 0 && len(problems) == 0 {
		problems = []error{fmt.Errorf("%s: %w", t.Root, errNone)}
	}
	return count, problems
}
