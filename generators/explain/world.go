package explain

import (
	"bytes"
	"path"
	"reflect"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/isthmus-mesh/isthmus/generators/delivery"
	"github.com/isthmus-mesh/isthmus/generators/krm"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/plan"
	"github.com/isthmus-mesh/isthmus/generators/render"
	"github.com/isthmus-mesh/isthmus/generators/tree"
)

// A rendered is the files of one cluster.
type rendered struct {
	cluster string
	files   []output
}

// An output is one rendered file.
type output struct {
	path    string // from the root
	key     string // the same whatever the cluster's name
	objects []object
}

// An object is one document of a file. Of what is no Kubernetes object, such as
// the values of a chart, the identity is empty.
type object struct {
	krm.Identity
	text  []byte
	value any
}

// A parser reads documents, each once: clusters share their bytes.
type parser map[*byte]object

// render gives the files of clusters by their places in the mesh.
func (e *Explainer) render(m *mesh.Mesh, read parser, clusters ...int) ([]rendered, error) {
	var names []string
	for _, i := range clusters {
		names = append(names, m.Spec.Clusters[i].Name)
	}
	p, err := plan.Of(m, names...)
	if err != nil {
		return nil, err
	}
	return e.renderPlan(p, read)
}

func (e *Explainer) renderPlan(p *plan.Plan, read parser) ([]rendered, error) {
	objects, err := render.Of(e.src.Library, p)
	if err != nil {
		return nil, err
	}
	parts, err := delivery.Overlays(p, objects, e.src.Path)
	if err != nil {
		return nil, err
	}
	var all []rendered
	for _, part := range parts {
		r := rendered{cluster: part.Name}
		for _, f := range part.Files {
			out, err := read.file(f)
			if err != nil {
				return nil, err
			}
			out.key = keyOf(f.Path, part.Name)
			r.files = append(r.files, out)
		}
		all = append(all, r)
	}
	return all, nil
}

// keyOf gives the name of a file without that of its cluster.
func keyOf(file, cluster string) string {
	if rest, found := strings.CutPrefix(file, "overlays/"+cluster+"/"); found {
		return rest
	}
	return "delivery/" + strings.ReplaceAll(path.Base(file), "-"+cluster+".", "-*.")
}

func (read parser) file(f tree.File) (output, error) {
	out := output{path: f.Path}
	for _, s := range f.Segments {
		if comments(s) || bytes.Equal(s, []byte("---\n")) {
			continue
		}
		o, known := read[&s[0]]
		if !known {
			o.text = s
			if err := yaml.Unmarshal(s, &o.value); err != nil {
				return out, err
			}
			if m, is := o.value.(map[string]any); is {
				o.Identity = identity(m)
			}
			read[&s[0]] = o
		}
		out.objects = append(out.objects, o)
	}
	return out, nil
}

// comments says whether there is nothing but comments in a text.
func comments(text []byte) bool {
	for line := range bytes.Lines(text) {
		if line = bytes.TrimSpace(line); len(line) > 0 && line[0] != '#' {
			return false
		}
	}
	return true
}

func identity(m map[string]any) krm.Identity {
	text := func(m map[string]any, key string) string {
		s, _ := m[key].(string)
		return s
	}
	meta, _ := m["metadata"].(map[string]any)
	id := krm.Identity{APIVersion: text(m, "apiVersion"), Kind: text(m, "kind"), Namespace: text(meta, "namespace"), Name: text(meta, "name")}
	if id.Name == "" {
		return krm.Identity{} // a kustomization
	}
	return id
}

// matches pairs what was rendered with what is rendered after a change: first
// those of one name, then those that are left, where there are as many of a kind
// before and after, in their order. What has no pair is gone.
func matches[T any](before, after []T, keys ...func(T) string) map[int]int {
	pairs := map[int]int{}
	taken := map[int]bool{}
	for _, key := range keys {
		var order []string
		left, right := map[string][]int{}, map[string][]int{}
		for i, b := range before {
			if _, paired := pairs[i]; !paired {
				k := key(b)
				if left[k] == nil {
					order = append(order, k)
				}
				left[k] = append(left[k], i)
			}
		}
		for i, a := range after {
			if !taken[i] {
				right[key(a)] = append(right[key(a)], i)
			}
		}
		for _, k := range order {
			if len(left[k]) != len(right[k]) {
				continue
			}
			for n, i := range left[k] {
				pairs[i] = right[k][n]
				taken[right[k][n]] = true
			}
		}
	}
	return pairs
}

func matchFiles(before, after []output) map[int]int {
	return matches(before, after,
		func(o output) string { return o.key },
		func(o output) string { return path.Dir(o.key) })
}

func matchObjects(before, after []object) map[int]int {
	return matches(before, after,
		func(o object) string { return o.Identity.String() },
		func(o object) string { return o.Kind + " " + o.Name },
		func(o object) string { return o.Kind })
}

// sameMesh says whether two meshes say the same.
func sameMesh(a, b *mesh.Mesh) bool {
	return reflect.DeepEqual(a.Spec, b.Spec) && reflect.DeepEqual(a.Services, b.Services) && a.Metadata.Name == b.Metadata.Name
}

// samePlan says whether a change of the plan can be seen in what is rendered.
func samePlan(a, b *plan.Plan) bool {
	texts := func(p *plan.Plan) (all []any) {
		for _, c := range p.Clusters {
			for _, patch := range c.Patches {
				all = append(all, patch.Patch)
			}
			all = append(all, c.Name, c.Stages, c.Delivery)
		}
		return append(all, p.Mesh, p.Units)
	}
	return reflect.DeepEqual(texts(a), texts(b))
}

// file gives the place of a file by its path.
func (r rendered) file(name string) int {
	return slices.IndexFunc(r.files, func(o output) bool { return o.path == name })
}
