package explain

import (
	"fmt"
	"path"
	"reflect"
	"slices"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/plan"
)

// An effect is what a change of the input does to what is asked about.
type effect int

const (
	none effect = iota
	value
	existence
)

// A question is one field of one object, or all of an object or file.
type question struct {
	cluster int // its place in the mesh
	file    int
	object  int // -1 for all of the file
	at      []step
}

// A search finds the inputs that a question depends on.
type search struct {
	*Explainer
	question
	base    rendered
	plan    *plan.Plan
	read    parser
	causes  []Cause
	untried []*leaf // no valid value was found for them
}

func (e *Explainer) newSearch(q question) (*search, error) {
	s := &search{Explainer: e, question: q, read: parser{}}
	p, err := plan.Of(e.mesh, e.mesh.Spec.Clusters[q.cluster].Name)
	if err != nil {
		return nil, err
	}
	all, err := e.renderPlan(p, s.read)
	if err != nil {
		return nil, err
	}
	s.plan, s.base = p, all[0]
	return s, nil
}

// try gives what the inputs as they are now do to the question; valid is false
// where they are no mesh that can be rendered.
func (s *search) try(changed ...*file) (does effect, valid bool) {
	m, err := s.load(changed...)
	if err != nil {
		return none, false
	}
	return s.effect(m)
}

func (s *search) effect(m *mesh.Mesh) (does effect, valid bool) {
	if s.cluster >= len(m.Spec.Clusters) {
		return existence, true
	}
	p, err := plan.Of(m, m.Spec.Clusters[s.cluster].Name)
	if err != nil {
		return none, false
	}
	if samePlan(s.plan, p) {
		return none, true
	}
	if part := partOf(s.plan, s.base.files[s.file].key); part != nil && len(p.Clusters[0].Patches)+len(s.plan.Clusters[0].Patches) == 0 {
		return s.effectOnPart(part, p)
	}
	all, err := s.renderPlan(p, parser{})
	if err != nil {
		return none, false
	}
	file, there := matchFiles(s.base.files, all[0].files)[s.file]
	if !there {
		return existence, true
	}
	return s.compare(all[0].files[file].objects), true
}

// effectOnPart renders the one file, where it is planned otherwise at all.
func (s *search) effectOnPart(was *part, p *plan.Plan) (does effect, valid bool) {
	before, after := partsOf(s.plan), partsOf(p)
	place := slices.IndexFunc(before, func(p part) bool { return p.key == was.key })
	key := func(p part) string { return p.key }
	now, there := matches(before, after, key, func(p part) string { return path.Dir(p.key) })[place]
	if !there {
		return existence, true
	}
	is := &after[now]
	if is.same(was) {
		return none, true
	}
	objects, err := is.render(s.src.Library)
	if err != nil {
		return none, false
	}
	return s.compare(objects), true
}

// compare says what became of the question in a file that is rendered otherwise.
func (s *search) compare(now []object) effect {
	before := s.base.files[s.file].objects
	pairs := matchObjects(before, now)
	if s.object < 0 {
		for i, o := range before {
			if j, there := pairs[i]; !there || !reflect.DeepEqual(o.value, now[j].value) {
				return value
			}
		}
		if len(now) != len(before) {
			return value
		}
		return none
	}
	j, there := pairs[s.object]
	if !there {
		return existence
	}
	was, _ := lookup(before[s.object].value, s.at)
	is, there := lookup(now[j].value, s.at)
	if !there || !reflect.DeepEqual(was, is) {
		return value
	}
	return none
}

// inspect looks for causes in parts of the input. Parts that can all be changed
// at once without effect hold none; otherwise each half is looked at.
func (s *search) inspect(parts []*branch) {
	if len(parts) == 0 {
		return
	}
	if len(parts) == 1 {
		if parts[0].leaf != nil {
			s.single(parts[0].leaf)
			return
		}
		if len(parts[0].parts) == 1 {
			s.inspect(parts[0].parts)
			return
		}
	}
	var leaves []*leaf
	for _, p := range parts {
		leaves = append(leaves, p.leaves()...)
	}
	if len(leaves) > 1 && s.unaffected(leaves) {
		return
	}
	if len(parts) == 1 {
		parts = parts[0].parts
	}
	half := (len(parts) + 1) / 2
	if half == len(parts) {
		s.inspect(parts)
		return
	}
	s.inspect(parts[:half])
	s.inspect(parts[half:])
}

// unaffected says whether the question comes out the same when all leaves have
// another value.
func (s *search) unaffected(leaves []*leaf) bool {
	var undos []func()
	var changed []*file
	for _, l := range leaves {
		if all, _ := s.trials(l); len(all) > 0 {
			undos = append(undos, all[0].do())
			for _, f := range all[0].file {
				if !slices.Contains(changed, f) {
					changed = append(changed, f)
				}
			}
		}
	}
	does, valid := s.try(changed...)
	for i := len(undos) - 1; i >= 0; i-- {
		undos[i]()
	}
	return valid && does == none
}

// single tries other values for one leaf.
func (s *search) single(l *leaf) {
	all, most := s.trials(l)
	found, tried := s.most(all, most)
	switch {
	case found.effect != none:
		s.causes = append(s.causes, Cause{
			File: s.shown(l.file.name), Line: l.line(), Column: l.node.Column, Path: l.path, Value: l.node.Value,
			Tried: found.text, Existence: found.effect == existence,
		})
	case tried == 0:
		s.untried = append(s.untried, l)
	}
}

// A finding is a trial that had an effect.
type finding struct {
	text   string
	effect effect
}

// most makes trials until enough were valid, and gives the first that changed the
// value, else the first that took the object away.
func (s *search) most(all []trial, most int) (found finding, tried int) {
	for _, t := range all {
		if tried == most {
			break
		}
		undo := t.do()
		does, valid := s.try(t.file...)
		undo()
		if !valid {
			continue
		}
		tried++
		if does == value {
			return finding{t.text, value}, tried
		}
		if does == existence && found.effect == none {
			found = finding{t.text, existence}
		}
	}
	return found, tried
}

// defaults looks for causes among the fields that the mesh leaves out: those of
// the mesh, of the cluster and of the cluster of its control plane.
func (s *search) defaults() {
	f := s.files[0]
	root := f.docs[0]
	spec := &s.mesh.Spec
	all := f.absents(child(root, "spec"), nil, "spec", reflect.ValueOf(spec).Elem())
	clusters := child(child(root, "spec"), "clusters")
	primary := spec.Primary(&spec.Clusters[s.cluster]).Name
	for i := range spec.Clusters {
		if i == s.cluster || spec.Clusters[i].Name == primary {
			all = append(all, f.absents(clusters.Content[i], nil, clusterPath(i), reflect.ValueOf(&spec.Clusters[i]).Elem())...)
		}
	}
	for _, a := range all {
		trials, most := s.absentTrials(a)
		if found, _ := s.most(trials, most); found.effect != none {
			s.blame(a, shownValue(a.value), found)
		}
	}
	var everywhere []absent
	entries := child(child(root, "spec"), "services")
	for i := range spec.Services {
		if in := entries.Content[i]; child(in, "clients") == nil {
			everywhere = append(everywhere, absent{file: f, in: in, keys: []string{"clients"}, path: fmt.Sprintf("spec.services[%d].clients", i), none: true})
		}
	}
	s.clients(everywhere)
}

func (s *search) blame(a absent, was string, found finding) {
	s.causes = append(s.causes, Cause{Path: a.path, Value: was, Tried: found.text, Default: true, Existence: found.effect == existence})
}

// clients looks for causes among the Services that are called in every cluster
// because nothing else is said.
func (s *search) clients(all []absent) {
	if len(all) == 0 {
		return
	}
	var undos []func()
	for _, a := range all {
		undos = append(undos, a.insertNone())
	}
	does, valid := s.try(s.files[0])
	for _, undo := range undos {
		undo()
	}
	switch {
	case valid && does == none:
	case len(all) > 1:
		s.clients(all[:len(all)/2])
		s.clients(all[len(all)/2:])
	case valid:
		s.blame(all[0], "every other cluster", finding{"[]", does})
	}
}
