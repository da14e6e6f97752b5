package charts

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// defaultsKey is where Istio's charts hold their defaults, so that a profile
// can be put between them and what the user gives (templates/zzz_profile.yaml).
const defaultsKey = "_internal_defaults_do_not_set"

// descoped is the prefix whose keys a chart copies to the top
// (templates/zzy_descope_legacy.yaml), so that a value may stand in either.
var descoped = map[string]string{"istiod": "pilot", "cni": "cni"}

// unlisted are keys that a chart's templates read and its values.yaml does not
// list. A test holds each to the templates.
var unlisted = map[string][]string{
	"base": {"profile", "compatibilityVersion", "base.validationFailurePolicy"},
	"istiod": {
		"profile", "compatibilityVersion", "base.validationURL", "base.validationCABundle", "base.validationFailurePolicy",
		"global.ipFamilies", "global.ipFamilyPolicy", "global.enableReaderRBAC", "global.tracer", "trafficDistribution",
	},
	"gateway": {"profile", "compatibilityVersion", "service.loadBalancerClass", "service.allocateLoadBalancerNodePorts", "service.internalTrafficPolicy"},
	"cni":     {"profile", "compatibilityVersion"},
}

// free are maps whose keys are another project's, or the user's.
var free = []string{"meshConfig", "global.tracer", "global.meshNetworks", "labels", "podAnnotations"}

// UnknownKeys returns every key of the values that the chart has no use for,
// as sorted paths. Where the chart's default is an empty map, any key will do.
func (r Release) UnknownKeys() ([]string, error) {
	template, err := open(r.Chart)
	if err != nil {
		return nil, err
	}
	known := map[string]any{}
	maps.Copy(known, template.Values)
	if inner, ok := template.Values[defaultsKey].(map[string]any); ok {
		maps.Copy(known, inner)
	}
	if prefix, ok := descoped[r.Chart]; ok {
		// By its own prefix a key is found again one level up.
		own := maps.Clone(known)
		if already, ok := known[prefix].(map[string]any); ok {
			maps.Copy(own, already)
		}
		known[prefix] = own
	}
	paths := unknown("", r.Values, known, unlisted[r.Chart])
	slices.Sort(paths)
	return paths, nil
}

func unknown(at string, values, known map[string]any, also []string) []string {
	var paths []string
	for key, value := range values {
		path := strings.TrimPrefix(at+"."+key, ".")
		if slices.Contains(free, path) || slices.Contains(also, path) {
			continue
		}
		given, nested := value.(map[string]any)
		has, ok := known[key]
		below, deeper := has.(map[string]any)
		switch prefix := path + "."; {
		case path == defaultsKey:
			paths = append(paths, path)
		case deeper && len(below) == 0:
			// Labels, annotations, a Pod's affinity: not the chart's own words.
		case nested && (deeper || slices.ContainsFunc(also, func(k string) bool { return strings.HasPrefix(k, prefix) })):
			paths = append(paths, unknown(path, given, below, also)...)
		case !ok, deeper:
			paths = append(paths, path)
		}
	}
	return paths
}

// problems are the unknown keys as errors, but for those that the user gave.
func (r Release) problems(given []map[string]any) []error {
	paths, err := r.UnknownKeys()
	if err != nil {
		return []error{fmt.Errorf("%s: %w", r, err)}
	}
	var problems []error
	for _, path := range paths {
		if slices.ContainsFunc(given, func(values map[string]any) bool { return holds(values, strings.Split(path, ".")) }) {
			continue
		}
		problems = append(problems, fmt.Errorf("%s: values.%s: no key of the chart", r, path))
	}
	return problems
}

// holds tells whether values have a path.
func holds(values map[string]any, path []string) bool {
	value, ok := values[path[0]]
	if !ok || len(path) == 1 {
		return ok
	}
	below, _ := value.(map[string]any)
	return holds(below, path[1:])
}
