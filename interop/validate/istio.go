package validate

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	apivalidation "k8s.io/apimachinery/pkg/api/validation"
	metav1validation "k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
	corevalidation "k8s.io/kubernetes/pkg/apis/core/validation"
)

// An installKind is one kind of Istio's installer with all the keys that a
// profile of that kind may use.
type installKind struct {
	release     string
	first, last int  // minors of Istio 1
	stubbed     bool // the chart writes Endpoints whenever there is an address
	keys        []key
	refused     map[string]string // paths that people carry over, and why not
}

// A key is a dotted path from the object's root, "[]" after a list's name.
type key struct {
	path   string
	takes  kind
	source string
}

// A kind says what is wrong with a value, or nothing.
type kind func(value any) string

// installKindFor returns the table for a release of Istio; ok is false for
// other kinds. A kind that the release does not have is an error.
func installKindFor(istio string, document Document) (kind installKind, ok bool, err error) {
	kinds, ok := installKinds[document.APIVersion+" "+document.Kind]
	if !ok {
		return installKind{}, false, nil
	}
	major, rest, _ := strings.Cut(strings.TrimPrefix(istio, "v"), ".")
	number, _, _ := strings.Cut(rest, ".")
	minor, err := strconv.Atoi(number)
	if major != "1" || err != nil {
		return installKind{}, true, fmt.Errorf("which keys it may have depends on the release of Istio, and %q is none", istio)
	}
	for _, kind := range kinds {
		if kind.first <= minor && minor <= kind.last {
			return kind, true, nil
		}
	}
	return installKind{}, true, fmt.Errorf("Istio %s has no %s %s", istio, document.APIVersion, document.Kind)
}

// check returns what is wrong with an object of the kind, sorted by path.
func (k installKind) check(document Document) []error {
	var problems []error
	if spec, ok := document.Value["spec"].(map[string]any); !ok {
		problems = append(problems, fmt.Errorf("spec: must be an object"))
	} else {
		if _, ok := spec["profile"]; !ok {
			problems = append(problems, fmt.Errorf("spec.profile: required; the default would install a whole control plane"))
		}
		problems = append(problems, k.walk("spec", "spec", spec)...)
		problems = append(problems, k.stubs(spec)...)
	}
	for _, name := range slices.Sorted(maps.Keys(document.Value)) {
		if !slices.Contains([]string{"apiVersion", "kind", "metadata", "spec"}, name) {
			problems = append(problems, fmt.Errorf("%s: not a key of %s in Istio %s", name, document.Kind, k.release))
		}
	}
	return append(problems, metadata(document)...)
}

// walk follows an object down the table: at is the path as a person writes it,
// path the same with "[]" for every index.
func (k installKind) walk(at, path string, value map[string]any) []error {
	var problems []error
	for _, name := range slices.Sorted(maps.Keys(value)) {
		at, path, child := join(at, name), path+"."+name, value[name]
		if child == nil {
			continue // reported as null already
		}
		if why, ok := k.refused[path]; ok {
			problems = append(problems, fmt.Errorf("%s: %s", at, why))
			continue
		}
		if i := slices.IndexFunc(k.keys, func(key key) bool { return key.path == path }); i >= 0 {
			if what := k.keys[i].takes(child); what != "" {
				problems = append(problems, fmt.Errorf("%s: %s", at, what))
			}
			continue
		}
		below := func(prefix string) bool {
			return slices.ContainsFunc(k.keys, func(key key) bool { return strings.HasPrefix(key.path, prefix) })
		}
		switch {
		case below(path + "."):
			object, ok := child.(map[string]any)
			if !ok {
				problems = append(problems, fmt.Errorf("%s: must be an object, not %s", at, typeOf(child)))
				continue
			}
			problems = append(problems, k.walk(at, path, object)...)
		case below(path + "[]."):
			problems = append(problems, k.walkList(at, path, child)...)
		default:
			problems = append(problems, fmt.Errorf("%s: not a key that a profile of Istio %s may use", at, k.release))
		}
	}
	return problems
}

func (k installKind) walkList(at, path string, value any) []error {
	list, ok := value.([]any)
	if !ok {
		return []error{fmt.Errorf("%s: must be a list, not %s", at, typeOf(value))}
	}
	var problems []error
	for i, item := range list {
		at := fmt.Sprintf("%s[%d]", at, i)
		object, ok := item.(map[string]any)
		if !ok {
			problems = append(problems, fmt.Errorf("%s: must be an object, not %s", at, typeOf(item)))
			continue
		}
		// Every list of ours is keyed by name; one without it is merged into
		// nothing and has no effect.
		if _, ok := object["name"]; !ok {
			problems = append(problems, fmt.Errorf("%s.name: required; the profile's own entry is found by it", at))
		}
		problems = append(problems, k.walk(at, path+"[]", object)...)
	}
	return problems
}

// stubs checks what the chart copies unchecked into Endpoints, where the API
// server takes nothing but an IP (installer:base/templates/endpoints.yaml:9).
func (k installKind) stubs(spec map[string]any) []error {
	values, _ := spec["values"].(map[string]any)
	global, _ := values["global"].(map[string]any)
	on := func(key string) bool { b, _ := global[key].(bool); return b }
	pilot := k.stubbed || on("remotePilotCreateSvcEndpoint") || on("createRemoteSvcEndpoints")
	var problems []error
	for _, stub := range []struct {
		key  string
		made bool
	}{
		{"remotePilotAddress", pilot},
		{"remotePolicyAddress", on("createRemoteSvcEndpoints")},
		{"remoteTelemetryAddress", on("createRemoteSvcEndpoints")},
	} {
		given, ok := global[stub.key].(string)
		if !ok || !stub.made {
			continue
		}
		path := field.NewPath("spec", "values", "global", stub.key)
		for _, e := range corevalidation.ValidateEndpointIP(given, path) {
			problems = append(problems, fmt.Errorf("%w; the chart writes it into Endpoints", e))
		}
	}
	return problems
}

// metadata checks the four fields a profile may carry, by Kubernetes' rules.
func metadata(document Document) []error {
	var problems []error
	meta, _ := document.Value["metadata"].(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(meta)) {
		switch name {
		case "name", "namespace":
			if _, ok := meta[name].(string); !ok {
				problems = append(problems, fmt.Errorf("metadata.%s: must be text, not %s", name, typeOf(meta[name])))
			}
		case "labels", "annotations":
			if what := texts(meta[name]); what != "" {
				problems = append(problems, fmt.Errorf("metadata.%s: %s", name, what))
			}
		default:
			problems = append(problems, fmt.Errorf("metadata.%s: nothing that a rendered object may carry", name))
		}
	}
	for _, what := range validation.IsDNS1123Subdomain(document.Name) {
		problems = append(problems, fmt.Errorf("metadata.name: %q: %s", document.Name, what))
	}
	if document.Namespace != "" {
		for _, what := range validation.IsDNS1123Label(document.Namespace) {
			problems = append(problems, fmt.Errorf("metadata.namespace: %q: %s", document.Namespace, what))
		}
	}
	path := field.NewPath("metadata")
	list := metav1validation.ValidateLabels(stringMap(meta["labels"]), path.Child("labels"))
	list = append(list, apivalidation.ValidateAnnotations(stringMap(meta["annotations"]), path.Child("annotations"))...)
	for _, e := range list {
		problems = append(problems, e)
	}
	return problems
}

func stringMap(value any) map[string]string {
	object, _ := value.(map[string]any)
	out := map[string]string{}
	for name, child := range object {
		if s, ok := child.(string); ok {
			out[name] = s
		}
	}
	return out
}
