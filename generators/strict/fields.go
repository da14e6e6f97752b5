package strict

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/rule"
)

// A plan is how a struct type is read.
type plan struct {
	fields []field // in the order of the type
	byName map[string]int
	union  map[string]field // "sequence", "int", "string": the fields of a Union that are not by name
}

type field struct {
	name     string
	index    []int
	required bool
	why      string
	min, max *int64
}

func (d *decoder) plan(t reflect.Type) *plan {
	if p, done := d.plans[t]; done {
		return p
	}
	p := &plan{byName: map[string]int{}, union: map[string]field{}}
	d.plans[t] = p
	p.gather(t, nil)
	return p
}

func (p *plan) gather(t reflect.Type, under []int) {
	for i := range t.NumField() {
		sf := t.Field(i)
		name, options, _ := strings.Cut(sf.Tag.Get("yaml"), ",")
		index := append(slices.Clone(under), i)
		if sf.Anonymous && options == "inline" {
			p.gather(sf.Type, index)
			continue
		}
		f := field{name: name, index: index, why: sf.Tag.Get("why")}
		shape := f.options(t, sf)
		switch {
		case shape != "":
			p.union[shape] = f
		case name != "" && name != "-" && sf.IsExported():
			p.byName[name] = len(p.fields)
			p.fields = append(p.fields, f)
		}
	}
}

// options reads the tag strict, and gives the shape that a Union's field is for.
// A tag that it cannot read is a mistake in the program.
func (f *field) options(t reflect.Type, sf reflect.StructField) (shape string) {
	for option := range strings.SplitSeq(sf.Tag.Get("strict"), ",") {
		name, value, _ := strings.Cut(option, "=")
		bound, err := strconv.ParseInt(cmp.Or(value, "0"), 10, 64)
		switch name {
		case "":
		case "required":
			f.required = true
		case "min":
			f.min = &bound
		case "max":
			f.max = &bound
		case "sequence", "int", "string":
			shape = name
		default:
			err = strconv.ErrSyntax
		}
		if err != nil {
			panic(fmt.Sprintf("strict: %s.%s has the tag strict:%q", t, sf.Name, option))
		}
	}
	return shape
}

func (f field) rules(key *yaml.Node) rules {
	return rules{key: key, optional: !f.required, min: f.min, max: f.max}
}

// fields fills a struct from a mapping.
func (d *decoder) fields(n *yaml.Node, v reflect.Value, at *trail) {
	p := d.plan(v.Type())
	done := make([]bool, len(p.fields))
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		number, known := p.byName[key.Value]
		switch {
		case d.document.bad[key]:
			if known {
				done[number] = true
			}
		case known:
			f := p.fields[number]
			done[number] = true
			target := v.FieldByIndex(f.index)
			if f.required && d.empty(value, target.Type()) {
				d.add(rule.Required, value, at.field(f.name), "must not be empty", f.why, "")
				continue
			}
			d.value(value, target, at.field(f.name), f.rules(key))
		default:
			if meant := d.unknown(key, p, at); meant != "" {
				done[p.byName[meant]] = true // its absence is the same slip
			}
		}
	}
	for i, f := range p.fields {
		if f.required && !done[i] {
			d.add(rule.Required, n, at.field(f.name), "is required", f.why, "")
		}
	}
}

// empty says whether a value is there and holds nothing. A struct is never
// empty: the fields it requires say more.
func (d *decoder) empty(n *yaml.Node, t reflect.Type) bool {
	if d.document.bad[n] || t.Kind() == reflect.Struct && !isText(t) {
		return false
	}
	switch n.Kind {
	case yaml.SequenceNode, yaml.MappingNode:
		return len(n.Content) == 0 && d.accepts(n, t)
	}
	return n.Value == "" && classify(n) == text && (isText(t) || t.Kind() == reflect.String)
}

// accepts says whether an empty list or map is of the kind that a type takes.
func (d *decoder) accepts(n *yaml.Node, t reflect.Type) bool {
	return t.Kind() == reflect.Interface || !isText(t) &&
		(n.Kind == yaml.SequenceNode && t.Kind() == reflect.Slice || n.Kind == yaml.MappingNode && t.Kind() == reflect.Map)
}

// unknown reports a field that the struct has not, and gives the one that was
// probably meant.
func (d *decoder) unknown(key *yaml.Node, p *plan, at *trail) (meant string) {
	names := make([]string, len(p.fields))
	for i, f := range p.fields {
		names[i] = f.name
	}
	found := rule.UnknownField.Problem(d.pos(key), "", "unknown field "+quoted(key.Value), "", knownFields(p))
	if meant = diag.Nearest(key.Value, names); meant != "" {
		found.Fix, found.Meant = fmt.Sprintf("did you mean %q?", meant), at.field(meant).String()
	}
	d.put(found, at.field(key.Value))
	return meant
}

// knownFields names a struct's fields where they are few enough to read.
func knownFields(p *plan) string {
	const most = 12
	if len(p.fields) == 0 || len(p.fields) > most {
		return ""
	}
	names := make([]string, len(p.fields))
	for i, f := range p.fields {
		names[i] = f.name
	}
	return "the fields here are " + strings.Join(names, ", ")
}
