package explain

import (
	"fmt"
	"path"
	"slices"

	"go.yaml.in/yaml/v3"
)

// A Reached is a field that a line reaches, in all clusters in which it does.
type Reached struct {
	File      string   `json:"file"` // with * for the name of the cluster
	Object    string   `json:"object,omitempty"`
	Path      string   `json:"path,omitempty"`      // "" for all of the object
	Existence bool     `json:"existence,omitempty"` // the object is there because of the line
	New       bool     `json:"new,omitempty"`       // it is not there now: another value brings it
	Clusters  []string `json:"clusters"`
}

// A Reach is what a line of the input decides.
type Reach struct {
	File    string    `json:"file"`
	Line    int       `json:"line"`
	Inputs  []Cause   `json:"inputs"`  // what stands in the line, and what was tried; nothing where no other value is valid
	Reached []Reached `json:"reached"` // in the order of the files
	Count   int       `json:"of"`      // how many clusters there are
}

// From says what a line of an input file reaches: the fields that come out
// differently, in any cluster, when another value is tried for what stands there.
func (e *Explainer) From(name string, line int) (*Reach, error) {
	leaves, err := e.standing(name, line)
	if err != nil {
		return nil, err
	}
	base, err := e.all()
	if err != nil {
		return nil, err
	}
	r := &Reach{File: name, Line: line, Inputs: []Cause{}, Reached: []Reached{}, Count: len(base)}
	places := map[string]int{}
	for _, l := range leaves {
		cause := Cause{File: e.shown(l.file.name), Line: l.line(), Column: l.node.Column, Path: l.path, Value: l.node.Value}
		trials, most := e.trials(l)
		tried := 0
		for _, t := range trials {
			if tried == most {
				break
			}
			now, err := e.tried(t)
			if err != nil {
				continue
			}
			tried++
			if cause.Tried != "" {
				cause.Tried += ", "
			}
			cause.Tried += t.text
			for i := range base {
				if i < len(now) {
					r.add(places, base[i], now[i])
				}
			}
		}
		r.Inputs = append(r.Inputs, cause)
	}
	r.sort(base)
	return r, nil
}

// sort puts clusters into the order of the mesh, and files into that in which they
// came first.
func (r *Reach) sort(base []rendered) {
	clusters, files := map[string]int{}, map[string]int{}
	for i, b := range base {
		clusters[b.cluster] = i
	}
	for _, x := range r.Reached {
		slices.SortFunc(x.Clusters, func(a, b string) int { return clusters[a] - clusters[b] })
		if _, known := files[x.File]; !known {
			files[x.File] = len(files)
		}
	}
	slices.SortStableFunc(r.Reached, func(a, b Reached) int { return files[a.File] - files[b.File] })
}

// tried renders all clusters after a change.
func (e *Explainer) tried(t trial) ([]rendered, error) {
	undo := t.do()
	m, err := e.load(t.file...)
	undo()
	if err != nil {
		return nil, err
	}
	clusters := make([]int, len(m.Spec.Clusters))
	for i := range clusters {
		clusters[i] = i
	}
	return e.render(m, parser{}, clusters...)
}

// add records what differs in one cluster.
func (r *Reach) add(places map[string]int, base, now rendered) {
	files := matchFiles(base.files, now.files)
	for i, f := range base.files {
		var after []object
		if j, there := files[i]; there {
			after = now.files[j].objects
		}
		pairs := matchObjects(f.objects, after)
		for k, o := range f.objects {
			name := ""
			if o.Name != "" {
				name = o.Identity.String()
			}
			j, there := pairs[k]
			if !there {
				r.reached(places, Reached{File: patternOf(f), Object: name, Existence: true}, base.cluster)
				continue
			}
			if string(o.text) == string(after[j].text) {
				continue
			}
			for _, at := range differs(o.value, after[j].value) {
				r.reached(places, Reached{File: patternOf(f), Object: name, Path: written(at)}, base.cluster)
			}
			for _, at := range added(o.value, after[j].value) {
				r.reached(places, Reached{File: patternOf(f), Object: name, Path: written(at), New: true}, base.cluster)
			}
		}
		r.addNew(places, f, after, pairs, base.cluster)
	}
	for _, j := range unpaired(len(now.files), files) {
		r.addNew(places, now.files[j], now.files[j].objects, nil, base.cluster)
	}
}

// addNew records the objects of a file that have no pair before the change.
func (r *Reach) addNew(places map[string]int, f output, after []object, pairs map[int]int, cluster string) {
	for _, j := range unpaired(len(after), pairs) {
		x := Reached{File: patternOf(f), New: true}
		if after[j].Name != "" {
			x.Object = after[j].Identity.String()
		}
		r.reached(places, x, cluster)
	}
}

// unpaired lists what nothing is paired with.
func unpaired(n int, pairs map[int]int) []int {
	var all []int
	taken := map[int]bool{}
	for _, j := range pairs {
		taken[j] = true
	}
	for j := range n {
		if !taken[j] {
			all = append(all, j)
		}
	}
	return all
}

// added lists what a value has and the one before has not: of a map that is new,
// the map.
func added(before, after any) [][]step {
	var all [][]step
	for _, at := range fields(after) {
		for n := 1; n <= len(at); n++ {
			if _, there := lookup(before, at[:n]); !there {
				if len(all) == 0 || written(all[len(all)-1]) != written(at[:n]) {
					all = append(all, at[:n])
				}
				break
			}
		}
	}
	return all
}

// patternOf gives the path of a file for any cluster.
func patternOf(f output) string {
	if path.Dir(f.key) == "delivery" {
		return "clusters/*/" + path.Base(f.key)
	}
	return "overlays/*/" + f.key
}

func (r *Reach) reached(places map[string]int, x Reached, cluster string) {
	key := fmt.Sprintf("%+v", x)
	place, known := places[key]
	if !known {
		place = len(r.Reached)
		places[key] = place
		r.Reached = append(r.Reached, x)
	}
	if on := &r.Reached[place]; !slices.Contains(on.Clusters, cluster) {
		on.Clusters = append(on.Clusters, cluster)
	}
}

// standing lists the inputs of a line: what stands in it, or below the key that
// does.
func (e *Explainer) standing(name string, line int) ([]*leaf, error) {
	var files []string
	for i, f := range e.files {
		if files = append(files, e.shown(f.name)); path.Clean(name) != files[i] {
			continue
		}
		all := e.tree.parts[i].leaves()
		var there []*leaf
		for _, l := range all {
			if l.line() == line {
				there = append(there, l)
			}
		}
		if len(there) > 0 {
			return there, nil
		}
		for _, doc := range f.docs {
			if n := opened(doc, line); n != nil {
				for _, l := range all {
					if holds(n, l.node) {
						there = append(there, l)
					}
				}
			}
		}
		if len(there) == 0 {
			return nil, unknown(fmt.Sprintf("%s:%d holds no value that a mesh is rendered from", name, line), "name a line with a value: a comment, the end of a list or apiVersion reaches nothing")
		}
		return there, nil
	}
	return nil, unknown(fmt.Sprintf("%s is no input of the mesh", name), "its inputs are "+fmt.Sprint(files))
}

// opened gives the map or list whose key stands in a line.
func opened(n *yaml.Node, line int) *yaml.Node {
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 && c.Line == line {
			return n.Content[i+1]
		}
	}
	for _, c := range n.Content {
		if found := opened(c, line); found != nil {
			return found
		}
	}
	return nil
}

func holds(n, of *yaml.Node) bool { return n == of || holder(n, of) != nil }
