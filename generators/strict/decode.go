package strict

import (
	"encoding"
	"fmt"
	"reflect"

	"go.yaml.in/yaml/v3"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/rule"
)

// Decode fills the struct that out points to, and reports all that does not fit
// it, with positions and field paths. Fields that the document leaves out keep
// the values they have.
//
// A field is read if it has a tag `yaml:"name"`; those of an embedded struct
// tagged `yaml:",inline"` count as the struct's own. Further tags:
//
//	strict:"required"         the field must be there, and not be empty
//	strict:"min=1,max=65535"  the range of an integer, or of those in a list
//	why:"…"                   why a required field is required
//
// A field is a string, bool, integer, struct, pointer, slice, map with string
// keys, `any` or map[string]any (free form: maps, lists, strings, booleans,
// int64, float64 and nil), a Union, or of a type whose pointer is an
// encoding.TextUnmarshaler. An error of UnmarshalText that is or wraps a
// *diag.Problem gives its What, Why and Fix; the position and path are added.
// A string type with a method Choices() []string takes one of these only.
// An empty text for an optional field of the last two sorts leaves it as it is.
//
// Decode panics if out is not of such a type, whatever the input.
func (d *Document) Decode(out any) diag.Problems {
	dec := decoder{report: newReport(d.file), document: d, plans: map[reflect.Type]*plan{}}
	dec.value(d.root, reflect.ValueOf(out).Elem(), nil, rules{})
	return dec.sorted()
}

type decoder struct {
	*report
	document *Document
	plans    map[reflect.Type]*plan
}

// rules are what a field's tags and place ask of its value.
type rules struct {
	key      *yaml.Node // of the value, where there is one
	optional bool       // a field that may be empty
	min, max *int64
}

// element gives the rules for what is inside a list or a map.
func (r rules) element() rules { return rules{min: r.min, max: r.max} }

var (
	unmarshalerType = reflect.TypeFor[encoding.TextUnmarshaler]()
	chooserType     = reflect.TypeFor[chooser]()
)

type chooser interface{ Choices() []string }

func (d *decoder) value(n *yaml.Node, v reflect.Value, at *trail, r rules) {
	if d.document.bad[n] {
		return
	}
	t := v.Type()
	if n.Kind == yaml.ScalarNode && classify(n) == null && d.null(n, v, at, r) {
		return
	}
	switch {
	case isText(t):
		d.text(n, v, at, r)
		return
	case isUnion(t):
		d.union(n, v, at, r)
		return
	}
	if t.Kind() == reflect.Interface && t.NumMethod() > 0 {
		panic(fmt.Sprintf("strict: cannot decode into %s", t))
	}
	switch t.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			v.Set(reflect.New(t.Elem()))
		}
		d.value(n, v.Elem(), at, r)
	case reflect.Struct:
		if d.is(n, yaml.MappingNode, t, at) {
			d.fields(n, v, at)
		}
	case reflect.Slice:
		if d.is(n, yaml.SequenceNode, t, at) {
			d.slice(n, v, at, r)
		}
	case reflect.Map:
		if d.is(n, yaml.MappingNode, t, at) {
			d.mapping(n, v, at, r)
		}
	case reflect.String:
		d.string(n, v, at, r)
	case reflect.Bool:
		d.boolean(n, v, at)
	case reflect.Interface:
		if free := d.free(n, at); free != nil {
			v.Set(reflect.ValueOf(free))
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		d.integer(n, v, at, r)
	default:
		panic(fmt.Sprintf("strict: cannot decode into %s", t))
	}
}

// null deals with a scalar that stands for no value, and says whether that was
// all there is to do. A string's own wording serves better for a written null.
func (d *decoder) null(n *yaml.Node, v reflect.Value, at *trail, r rules) bool {
	t := v.Type()
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t.Kind() == reflect.Interface && n.Value != "":
		v.SetZero()
		return true
	case n.Value != "" && (isText(t) || t.Kind() == reflect.String || isUnion(t)):
		return false
	}
	place := n
	if r.key != nil {
		place = r.key
	}
	d.add(rule.Required, place, at, "has no value", "", "give it a value or remove the line")
	return true
}

func isText(t reflect.Type) bool {
	return t.Kind() != reflect.Pointer && reflect.PointerTo(t).Implements(unmarshalerType)
}

// is says whether a node is of the kind that a type needs.
func (d *decoder) is(n *yaml.Node, kind yaml.Kind, t reflect.Type, at *trail) bool {
	if n.Kind == kind {
		return true
	}
	d.wrongKind(n, t, at)
	return false
}

func (d *decoder) slice(n *yaml.Node, v reflect.Value, at *trail, r rules) {
	list := reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content))
	for i, item := range n.Content {
		d.value(item, list.Index(i), at.item(i), r.element())
	}
	v.Set(list)
}

func (d *decoder) mapping(n *yaml.Node, v reflect.Value, at *trail, r rules) {
	t := v.Type()
	if t.Key().Kind() != reflect.String {
		panic(fmt.Sprintf("strict: cannot decode into %s", t))
	}
	m := reflect.MakeMapWithSize(t, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if d.document.bad[key] {
			continue
		}
		item := reflect.New(t.Elem()).Elem()
		inner := r.element()
		inner.key = key
		d.value(n.Content[i+1], item, at.field(key.Value), inner)
		m.SetMapIndex(reflect.ValueOf(key.Value).Convert(t.Key()), item)
	}
	v.Set(m)
}
