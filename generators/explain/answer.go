package explain

import (
	"fmt"
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/krm"
)

// A Cause is an input that decides a field: another value for it was tried, and
// the field came out differently.
type Cause struct {
	File      string `json:"file,omitempty"`
	Line      int    `json:"line,omitempty"`
	Column    int    `json:"column,omitempty"`
	Path      string `json:"path"`
	Value     string `json:"value"`
	Tried     string `json:"tried"`               // what was put in its place
	Default   bool   `json:"default,omitempty"`   // the mesh leaves it out
	Existence bool   `json:"existence,omitempty"` // without it the object is not there
}

// An Answer says where one field comes from, or all of a file or object where
// Path is "".
type Answer struct {
	File      string     `json:"file"`
	Object    string     `json:"object,omitempty"`
	Path      string     `json:"path,omitempty"`
	Value     any        `json:"value,omitempty"`
	Copied    string     `json:"copied,omitempty"` // the file that it is a copy of: what is sealed
	Shape     []Place    `json:"shape"`            // the innermost first
	Decisions []Decision `json:"decisions"`        // of the plan
	Causes    []Cause    `json:"causes"`           // lines first, then defaults
	Untried   []Cause    `json:"untried"`          // inputs for which no other valid value was found
	Also      []string   `json:"also"`             // other files that hold the object asked for
}

func clusterPath(i int) string { return fmt.Sprintf("spec.clusters[%d]", i) }

// Field answers for <file>#<path>, <file>, <Kind>/<namespace>/<name>#<path> or
// <Kind>/<namespace>/<name>: an answer for each object of the file that has the
// field. An object that several clusters have is explained in the first.
func (e *Explainer) Field(target string) ([]*Answer, error) {
	name, at, _ := strings.Cut(target, "#")
	name = path.Clean(name)
	wanted, err := steps(at)
	if err != nil {
		return nil, &diag.Problem{What: err.Error(), Fix: `write it as in spec.ports[0].port or metadata.labels["app.kubernetes.io/name"]`}
	}
	all, err := e.all()
	if err != nil {
		return nil, err
	}
	if strings.HasSuffix(name, "/.isthmus.lock") {
		return nil, unknown(name+" is a ledger: it holds a hash of each other file", "ask for one of the others")
	}
	for i, r := range all {
		if f := r.file(name); f >= 0 {
			return e.inFile(question{cluster: i, file: f, at: wanted}, r)
		}
	}
	if strings.HasPrefix(name, "overlays/") || strings.HasPrefix(name, "clusters/") {
		return nil, e.noFile(name, all)
	}
	return e.named(name, wanted, all)
}

// all renders every cluster.
func (e *Explainer) all() ([]rendered, error) {
	clusters := make([]int, len(e.mesh.Spec.Clusters))
	for i := range clusters {
		clusters[i] = i
	}
	return e.render(e.mesh, parser{}, clusters...)
}

func (e *Explainer) noFile(name string, all []rendered) error {
	var names []string
	for _, r := range all {
		for _, f := range r.files {
			names = append(names, f.path)
		}
	}
	fix := "isthmus render writes the files; find overlays -name '*.yaml' lists them"
	if near := diag.Nearest(name, names); near != "" {
		fix = fmt.Sprintf("did you mean %s?", near)
	}
	return unknown(fmt.Sprintf("the mesh renders no file %s", name), fix)
}

// inFile answers for each object of a file that has the field.
func (e *Explainer) inFile(q question, r rendered) ([]*Answer, error) {
	f := r.files[q.file]
	if len(q.at) == 0 {
		q.object = -1
		a, err := e.answer(q, f, nil)
		return []*Answer{a}, err
	}
	var answers []*Answer
	for i, o := range f.objects {
		if _, there := lookup(o.value, q.at); !there {
			continue
		}
		q.object = i
		a, err := e.answer(q, f, &f.objects[i])
		if err != nil {
			return nil, err
		}
		answers = append(answers, a)
	}
	if len(answers) == 0 {
		return nil, unknown(fmt.Sprintf("%s has no field %s", f.path, written(q.at)), nearField(f, q.at))
	}
	return answers, nil
}

// nearField helps with a field that is not there: by those beside where it would
// be.
func nearField(f output, at []step) string {
	for n := len(at) - 1; n >= 0; n-- {
		for _, o := range f.objects {
			value, there := lookup(o.value, at[:n])
			m, is := value.(map[string]any)
			if !there || !is {
				continue
			}
			var keys []string
			for key := range m {
				keys = append(keys, key)
			}
			slices.Sort(keys)
			if near := diag.Nearest(at[n].key, keys); near != "" {
				return fmt.Sprintf("did you mean %s?", written(append(slices.Clone(at[:n]), step{near, -1})))
			}
			if n > 0 {
				return fmt.Sprintf("%s has %s", written(at[:n]), strings.Join(keys, ", "))
			}
		}
	}
	return "look at the file: a path starts at the top of an object, as in metadata.name"
}

// named answers for an object of a kind and name.
func (e *Explainer) named(name string, at []step, all []rendered) ([]*Answer, error) {
	var answer *Answer
	var value any
	var names []string
	for i, r := range all {
		for j, f := range r.files {
			for k, o := range f.objects {
				if o.Identity == (krm.Identity{}) {
					continue
				}
				names = append(names, o.Identity.String())
				if o.Identity.String() != name {
					continue
				}
				got, there := lookup(o.value, at)
				switch {
				case !there && answer == nil:
					return nil, unknown(fmt.Sprintf("%s has no field %s", name, written(at)), nearField(f, at))
				case !there:
				case answer == nil:
					a, err := e.answer(question{i, j, k, at}, f, &f.objects[k])
					if err != nil {
						return nil, err
					}
					answer, value = a, got
				default:
					also := f.path
					if !reflect.DeepEqual(got, value) {
						also += " (with another value)"
					}
					answer.Also = append(answer.Also, also)
				}
			}
		}
	}
	if answer == nil {
		fix := "name a rendered file, or an object as <Kind>/<namespace>/<name>"
		if near := diag.Nearest(name, names); near != "" {
			fix = fmt.Sprintf("did you mean %s?", near)
		}
		return nil, unknown(fmt.Sprintf("the mesh renders nothing called %q", name), fix)
	}
	return []*Answer{answer}, nil
}

// answer looks for all that decides about one field.
func (e *Explainer) answer(q question, f output, o *object) (*Answer, error) {
	a := &Answer{File: f.path, Path: written(q.at), Shape: []Place{}, Decisions: []Decision{}, Causes: []Cause{}, Untried: []Cause{}, Also: []string{}}
	s, err := e.newSearch(q)
	if err != nil {
		return nil, err
	}
	// The search renders the one cluster, whose files are the same.
	s.inspect(e.tree.parts)
	s.defaults()
	a.Causes = append(a.Causes, s.causes...)
	for _, l := range s.untried {
		a.Untried = append(a.Untried, Cause{File: e.shown(l.file.name), Line: l.line(), Column: l.node.Column, Path: l.path, Value: l.node.Value})
	}
	if p := partOf(s.plan, f.key); p != nil && p.file.Sealed != nil {
		a.Copied = e.shown(p.file.Sealed.Path())
	}
	if o == nil {
		return a, nil
	}
	if o.Name != "" {
		a.Object = o.Identity.String()
	}
	a.Value, _ = lookup(o.value, q.at)
	if a.Copied != "" {
		return a, nil
	}
	return a, e.shaped(s, a, f, *o)
}

// shaped says which lines of the library hold the field, and what the plan handed
// to them.
func (e *Explainer) shaped(s *search, a *Answer, f output, o object) error {
	b, err := newBench(e.src.Library)
	if err != nil {
		return err
	}
	evaluated, unit, key, found := b.unitOf(s.plan, f, o)
	if !found {
		a.Shape = append(a.Shape, Place{File: "generators/delivery", Text: "a kustomization, which Go writes"})
		return nil
	}
	at := append([]step{{key, -1}}, s.at...)
	made, there := b.value(evaluated, at)
	if !there || !reflect.DeepEqual(made, a.Value) {
		// A patch of the cluster, or what isthmus adds for Flux, is laid over it.
		a.Shape = append(a.Shape, Place{File: "generators/render", Text: "laid over what the library made: a patch of the cluster, or the annotation that keeps Flux from substituting"})
		if !there {
			return nil
		}
	}
	a.Shape = append(a.Shape, b.shape(evaluated, at)...)
	a.Decisions = append(a.Decisions, b.decisions(unit, at)...)
	return nil
}
