// Package validate tells whether Kubernetes of a given version would take an
// object. It promises that nothing passes unseen: an unknown field, an unknown
// kind and an unknown version are errors, and no network is used.
//
// Objects of Kubernetes have two judges: kubeconform with the schemas of that
// version, and Kubernetes' own strict decoding and validation (of the one release
// in go.mod; facts that depend on the version are the schemas' part). Objects of
// others have their CRD's schema, judged by the code of an API server. The two
// kinds of Istio's installer have neither and are held to closed lists of keys.
package validate

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/yannh/kubeconform/pkg/resource"
	"github.com/yannh/kubeconform/pkg/validator"
	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
)

// Versions are what one cluster runs; Istio matters to the kinds of its
// installer alone.
type Versions struct{ Kubernetes, Istio string }

// A Validator checks objects against one folder of schemas and the CRDs that
// other projects publish. It is not safe for use by several goroutines.
type Validator struct {
	folder      string
	validators  map[string]validator.Validator                       // by schema version
	definitions map[string][]*apiextensions.CustomResourceDefinition // by group, those that were asked for
	kinds       map[string]*customKind
}

// Open returns a Validator over a folder laid out as interop/schemas is; a
// release that the table of versions names and the folder lacks is an error.
func Open(folder string) (*Validator, error) {
	folder, err := filepath.Abs(folder)
	if err != nil {
		return nil, err
	}
	v := &Validator{
		folder:      folder,
		validators:  map[string]validator.Validator{},
		definitions: map[string][]*apiextensions.CustomResourceDefinition{},
		kinds:       map[string]*customKind{},
	}
	for minor, version := range schemaVersions {
		if _, err := os.Stat(filepath.Join(folder, "v"+version+"-standalone-strict")); err != nil {
			return nil, fmt.Errorf("schemas of Kubernetes %s, for %s: %w", version, minor, err)
		}
	}
	return v, nil
}

// Validate returns everything that is wrong with the objects of one YAML file
// for a cluster of the given versions, each error naming its object; a file that
// holds no object is an error too.
func (v *Validator) Validate(versions Versions, data []byte) []error {
	documents, err := Documents(data)
	if err != nil {
		return []error{err}
	}
	if len(documents) == 0 {
		return []error{fmt.Errorf("no object in the file")}
	}
	var problems []error
	for _, document := range documents {
		for _, problem := range v.Document(versions, document) {
			problems = append(problems, fmt.Errorf("%s: %w", document, problem))
		}
	}
	return problems
}

// Document is Validate for one object; its errors do not repeat the name.
func (v *Validator) Document(versions Versions, document Document) []error {
	var problems []error
	for _, path := range nulls(document.Value, "") {
		problems = append(problems, fmt.Errorf("%s: null, where a value or nothing belongs", path))
	}
	if keys, ok, err := installKindFor(versions.Istio, document); err != nil {
		return append(problems, err)
	} else if ok {
		return append(problems, keys.check(document)...)
	}
	if found, ok := v.custom(document); ok {
		return append(problems, found...)
	}
	found := v.schema(versions.Kubernetes, document)
	problems = append(problems, found...)
	if len(found) > 0 {
		// What the schema refuses would only be said again, in other words.
		return problems
	}
	return append(problems, semantic(document)...)
}

func (v *Validator) schema(kubernetesVersion string, document Document) []error {
	version, err := SchemaVersion(kubernetesVersion)
	if err != nil {
		return []error{err}
	}
	checker, ok := v.validators[version]
	if !ok {
		checker, err = validator.New([]string{v.folder}, validator.Opts{KubernetesVersion: version, Strict: true})
		if err != nil {
			return []error{err}
		}
		v.validators[version] = checker
	}
	result := checker.ValidateResource(resource.Resource{Bytes: document.Bytes})
	switch {
	case result.Status == validator.Valid:
		return nil
	case len(result.ValidationErrors) > 0:
		var problems []error
		for _, e := range result.ValidationErrors {
			problems = append(problems, fmt.Errorf("%s: %s", dotted(e.Path), e.Msg))
		}
		// The library walks maps, so its order changes from run to run.
		slices.SortFunc(problems, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
		return problems
	case result.Err != nil && result.Err.Error() == "could not find schema for "+document.Kind:
		return []error{fmt.Errorf("no schema for %s %s in Kubernetes %s", document.APIVersion, document.Kind, version)}
	case result.Err != nil:
		return []error{result.Err}
	}
	// Skipped and Empty: nothing of ours may be either.
	return []error{fmt.Errorf("kubeconform did not look at it: status %d", result.Status)}
}

// dotted turns /spec/ports/0/name into spec.ports[0].name. A label's key with a
// slash in it reads as two keys: kubeconform does not escape them.
func dotted(path string) string {
	var out string
	for _, part := range strings.Split(strings.TrimPrefix(path, "/"), "/") {
		if _, err := strconv.Atoi(part); err == nil {
			out += "[" + part + "]"
		} else {
			out = join(out, part)
		}
	}
	if out == "" {
		return "the object"
	}
	return out
}
