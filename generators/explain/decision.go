package explain

import (
	"maps"
	"reflect"
	"slices"

	"github.com/google/go-jsonnet/ast"

	"github.com/isthmus-mesh/isthmus/generators/plan"
	"github.com/isthmus-mesh/isthmus/generators/render"
)

// A Decision is a part of what the plan hands to the library that a field depends
// on.
type Decision struct {
	Entry string `json:"entry"` // the entry point
	Path  string `json:"path"`  // in its argument
	Value any    `json:"value"`
}

// poison stands in an argument for what must not be looked at.
type poison struct{}

// decisions lists the parts of a unit's argument that the value at a path depends
// on. Jsonnet is lazy: what may be replaced by an error without the error showing
// is not looked at. What is looked at is changed, and taken away, to see whether
// it counts.
func (b *bench) decisions(unit plan.Unit, at []step) []Decision {
	d := &decider{bench: b, unit: unit, at: at}
	var there bool
	if d.want, there = b.with(unit, unit.Args, at); there {
		d.look(unit.Args, nil)
	}
	return d.found
}

// A decider looks through the argument of one unit.
type decider struct {
	*bench
	unit  plan.Unit
	at    []step
	want  any
	found []Decision
}

// with evaluates a unit with another argument.
func (b *bench) with(unit plan.Unit, args any, at []step) (any, bool) {
	n, err := argument(args)
	if err != nil {
		return nil, false
	}
	return b.value(evaluation{unit.Entry, n}, at)
}

// same says whether the value comes out as it does, with something else at a place
// in the argument.
func (d *decider) same(where []step, by any) bool {
	got, there := d.with(d.unit, replaced(d.unit.Args, where, by), d.at)
	return there && reflect.DeepEqual(got, d.want)
}

// counts says whether the value comes out differently, or is not there: an
// evaluation that fails says nothing.
func (d *decider) counts(where []step, by any) bool {
	args := replaced(d.unit.Args, where, by)
	if got, there := d.with(d.unit, args, d.at); there {
		return !reflect.DeepEqual(got, d.want)
	}
	for n := len(d.at) - 1; n > 0; n-- {
		if around, there := d.with(d.unit, args, d.at[:n]); there {
			_, still := lookup(around, d.at[n:])
			return !still
		}
	}
	return false
}

func (d *decider) add(value any, where []step) {
	d.found = append(d.found, Decision{d.unit.Entry, written(where), value})
}

// look goes into a part of the argument.
func (d *decider) look(value any, where []step) {
	if d.same(where, poison{}) {
		return
	}
	before := len(d.found)
	switch v := value.(type) {
	case map[string]any:
		d.keys(v, where, slices.Sorted(maps.Keys(v)))
		if len(v) > 0 {
			return
		}
	case []any:
		for i, item := range v {
			d.look(item, append(slices.Clone(where), step{"", i}))
		}
		if len(v) > 0 {
			if len(d.found) == before && d.counts(where, v[:len(v)-1]) {
				d.add(v, where) // how many there are
			}
			return
		}
	}
	if d.counts(where, other(value)) || closed(value) && !d.same(where, other(value)) {
		d.add(value, where)
	}
}

// closed says whether another value may be none at all: the name of a dialect.
func closed(value any) bool {
	_, is := value.(string)
	return is
}

// keys looks at some keys of a map: first whether the value needs any of them.
func (d *decider) keys(m map[string]any, where []step, keys []string) {
	less := maps.Clone(m)
	for _, k := range keys {
		delete(less, k)
	}
	if len(keys) == 0 || d.same(where, less) {
		return
	}
	if len(keys) > 1 {
		d.keys(m, where, keys[:len(keys)/2])
		d.keys(m, where, keys[len(keys)/2:])
		return
	}
	before := len(d.found)
	below := append(slices.Clone(where), step{keys[0], -1})
	d.look(m[keys[0]], below)
	if len(d.found) == before && d.counts(where, less) {
		d.add(m[keys[0]], below) // that it is there
	}
}

// argument builds an argument that may hold poison.
func argument(value any) (ast.Node, error) {
	switch v := value.(type) {
	case poison:
		return &ast.Error{Expr: &ast.LiteralString{Value: mark, Kind: ast.StringDouble}}, nil
	case []any:
		list := &ast.Array{}
		for _, item := range v {
			n, err := argument(item)
			if err != nil {
				return nil, err
			}
			list.Elements = append(list.Elements, ast.CommaSeparatedExpr{Expr: n})
		}
		return list, nil
	case map[string]any:
		o := &ast.DesugaredObject{}
		for _, key := range slices.Sorted(maps.Keys(v)) {
			n, err := argument(v[key])
			if err != nil {
				return nil, err
			}
			o.Fields = append(o.Fields, ast.DesugaredObjectField{Hide: ast.ObjectFieldInherit, Name: &ast.LiteralString{Value: key, Kind: ast.StringDouble}, Body: n})
		}
		return o, nil
	}
	return render.Node(value)
}

// replaced gives a value with something else at a path; what is not on the way is
// shared.
func replaced(value any, at []step, by any) any {
	if len(at) == 0 {
		return by
	}
	switch v := value.(type) {
	case map[string]any:
		copied := maps.Clone(v)
		copied[at[0].key] = replaced(v[at[0].key], at[1:], by)
		return copied
	case []any:
		copied := slices.Clone(v)
		copied[at[0].index] = replaced(v[at[0].index], at[1:], by)
		return copied
	}
	return value
}

// other gives another value of the same type.
func other(value any) any {
	switch v := value.(type) {
	case string:
		return v + "x"
	case bool:
		return !v
	case int:
		return v + 1
	case int64:
		return v + 1
	case float64:
		return v + 1
	case map[string]any:
		return map[string]any{"x": "x"}
	case []any:
		return []any{"x"}
	}
	return "x"
}
