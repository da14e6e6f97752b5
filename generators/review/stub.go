package review

import (
	"path"
	"slices"
	"strings"
)

// leads is where a stub leads before and after a change, by the documents of it
// that changed.
type leads struct {
	before, after []string
}

// isStub says whether a file holds stubs of the control plane.
func isStub(file string) bool {
	return strings.HasPrefix(path.Base(file), "stubs") && path.Base(path.Dir(file)) == "control-plane"
}

// stubs gives what changed of each cluster's stubs, its Service and its endpoints
// taken together.
func stubs(members [][]delta) map[spot]*leads {
	all := map[spot]*leads{}
	for _, group := range members {
		for _, d := range group {
			if !isStub(d.from) && !isStub(d.to) {
				continue
			}
			at := spot{d.cluster, serviceOf(d)}
			if all[at] == nil {
				all[at] = &leads{}
			}
			if d.before != nil {
				all[at].before = append(all[at].before, addresses(d.before.value)...)
			}
			if d.after != nil {
				all[at].after = append(all[at].after, addresses(d.after.value)...)
			}
		}
	}
	return all
}

// serviceOf names the Service that a document of a stub belongs to.
func serviceOf(d delta) Object {
	doc := d.after
	if doc == nil {
		doc = d.before
	}
	o := Object{Namespace: d.key.Namespace, Name: d.key.Name}
	if meta, ok := doc.value["metadata"].(map[string]any); ok {
		if labels, ok := meta["labels"].(map[string]any); ok {
			if name, ok := labels["kubernetes.io/service-name"].(string); ok {
				o.Name = name
			}
		}
	}
	return o
}

// stub says what becomes of a stub in each of the clusters: where it leads, taken
// over all of its documents.
func (w *watch) stub(members []delta, clusters []string) (emptied, kept []string) {
	for _, d := range members {
		l := w.stubs[spot{d.cluster, serviceOf(d)}]
		switch {
		case l == nil || !slices.Contains(clusters, d.cluster):
		case len(l.after) > 0:
			kept = append(kept, d.cluster)
		case len(l.before) > 0:
			emptied = append(emptied, d.cluster)
		}
	}
	return emptied, kept
}

// address says whether a field of a stub is where it leads.
func address(o Object, f Field) bool {
	switch o.Kind {
	case "Endpoints":
		return strings.HasPrefix(f.Path, "subsets") && strings.Contains(f.Path, "ddresses")
	case "EndpointSlice":
		return strings.HasPrefix(f.Path, "endpoints")
	default:
		return f.Path == "spec.externalName"
	}
}

// stubPort says whether a field of a stub is a port that is gone, or is another.
func stubPort(o Object, f Field) bool {
	in := map[string]string{"Service": "spec.ports", "Endpoints": "subsets", "EndpointSlice": "ports"}[o.Kind]
	if in == "" || f.Change == "added" || !strings.HasPrefix(f.Path, in) || !strings.Contains(f.Path, "ports") {
		return false
	}
	return f.Change == "removed" && strings.HasSuffix(f.Path, "]") || slices.Contains([]string{"port", "targetPort", "protocol"}, last(f.Path))
}

// last gives the last key of a path.
func last(path string) string { return path[strings.LastIndexAny(path, ".]")+1:] }

// addresses gives where a stub leads: the addresses of Endpoints and of an
// EndpointSlice, and the name of an ExternalName.
func addresses(stub map[string]any) []string {
	var all []string
	list := func(in any, field string) []any {
		m, _ := in.(map[string]any)
		l, _ := m[field].([]any)
		return l
	}
	for _, subset := range list(stub, "subsets") {
		for _, address := range list(subset, "addresses") {
			m, _ := address.(map[string]any)
			all = append(all, inline(m["ip"]))
		}
	}
	for _, endpoint := range list(stub, "endpoints") {
		for _, address := range list(endpoint, "addresses") {
			all = append(all, inline(address))
		}
	}
	if spec, ok := stub["spec"].(map[string]any); ok && spec["externalName"] != nil {
		all = append(all, inline(spec["externalName"]))
	}
	return all
}
