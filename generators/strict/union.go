package strict

import (
	"reflect"

	"go.yaml.in/yaml/v3"
)

// Union, embedded in a struct, makes it one that is written in several shapes.
// A list goes to the field tagged `strict:"sequence"`, a map to the fields that
// have yaml tags, as in any struct, a plain decimal number to the field tagged
// `strict:"int"` and any other scalar to the field tagged `strict:"string"`;
// where it has no such field, to the other of the two. min and max may follow.
// A shape for which there is no field is reported. The shape that was written is
// told by the field that is set:
//
//	// Clients are names, or a selection by labels.
//	type Clients struct {
//		strict.Union
//		Names  []string          `strict:"sequence"`
//		Labels map[string]string `yaml:"labels"`
//	}
//
//	// TargetPort is the number of a port, or its name.
//	type TargetPort struct {
//		strict.Union
//		Number int32  `strict:"int,min=1,max=65535"`
//		Name   string `strict:"string"`
//	}
type Union struct{}

var unionType = reflect.TypeFor[Union]()

func isUnion(t reflect.Type) bool {
	if t.Kind() != reflect.Struct {
		return false
	}
	for i := range t.NumField() {
		if f := t.Field(i); f.Anonymous && f.Type == unionType {
			return true
		}
	}
	return false
}

func (d *decoder) union(n *yaml.Node, v reflect.Value, at *trail, r rules) {
	p := d.plan(v.Type())
	shape := "string"
	switch n.Kind {
	case yaml.MappingNode:
		if len(p.fields) > 0 {
			d.fields(n, v, at)
			return
		}
		shape = ""
	case yaml.SequenceNode:
		shape = "sequence"
	case yaml.ScalarNode:
		_, hasInt := p.union["int"]
		_, hasString := p.union["string"]
		if !hasString || hasInt && classify(n) == number {
			shape = "int"
		}
	}
	f, takes := p.union[shape]
	if !takes {
		d.wrongKind(n, v.Type(), at)
		return
	}
	own := f.rules(r.key)
	own.optional = r.optional
	d.value(n, v.FieldByIndex(f.index), at, own)
}

// alternatives names the shapes that a Union takes.
func (p *plan) alternatives() []string {
	var all []string
	for _, shape := range []struct{ tag, name string }{{"sequence", "a list"}, {"int", "a number"}, {"string", "text"}} {
		if _, takes := p.union[shape.tag]; takes {
			all = append(all, shape.name)
		}
	}
	if len(p.fields) > 0 {
		all = append(all, "a map")
	}
	return all
}
