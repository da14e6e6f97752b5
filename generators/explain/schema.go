package explain

import (
	"encoding"
	"reflect"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
)

// The types of the fields of a mesh.yaml say what may stand in them.

var (
	versionType = reflect.TypeFor[mesh.Version]()
	addressType = reflect.TypeFor[mesh.Address]()
	textType    = reflect.TypeFor[encoding.TextUnmarshaler]()
)

func pointed(t reflect.Type) reflect.Type {
	for t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

// fieldType gives the type of a field of a struct or map, nil where it is not
// known.
func fieldType(t reflect.Type, key string) reflect.Type {
	t = pointed(t)
	if t == nil {
		return nil
	}
	switch t.Kind() {
	case reflect.Map:
		return t.Elem()
	case reflect.Struct:
		for _, f := range reflect.VisibleFields(t) {
			if name, _, _ := strings.Cut(f.Tag.Get("yaml"), ","); name == key && name != "" {
				return f.Type
			}
		}
	}
	return nil
}

func elementType(t reflect.Type) reflect.Type {
	t = pointed(t)
	if t != nil && t.Kind() == reflect.Slice {
		return t.Elem()
	}
	return nil
}

// choices gives the words that a type takes, nil where any do.
func choices(t reflect.Type) []string {
	if t == nil || t.Kind() != reflect.String {
		return nil
	}
	if c, closed := reflect.Zero(t).Interface().(interface{ Choices() []string }); closed {
		return c.Choices()
	}
	return nil
}

// single says whether a type holds one value, and not a list or a map.
func single(t reflect.Type) bool {
	t = pointed(t)
	return t.Kind() == reflect.String || t.Kind() == reflect.Bool || t.Kind() == reflect.Int || reflect.PointerTo(t).Implements(textType)
}

// An absent is a field that mesh.yaml leaves out, and that so has its default.
type absent struct {
	file  *file
	in    *yaml.Node // the map that would hold the first of keys
	keys  []string
	path  string
	typ   reflect.Type
	value reflect.Value // the default
	none  bool          // a list that would have to be written as empty
}

// absents lists the fields of single values that a map leaves out. Of a struct
// that is left out whole, its fields.
func (f *file) absents(in *yaml.Node, keys []string, at string, v reflect.Value) []absent {
	for v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	var all []absent
	node := in
	for _, k := range keys {
		node = child(node, k)
	}
	for _, field := range reflect.VisibleFields(v.Type()) {
		name, _, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		if name == "" || name == "-" || !field.IsExported() {
			continue
		}
		t, below := field.Type, append(keys[:len(keys):len(keys)], name)
		value := v.FieldByIndex(field.Index)
		there := child(node, name)
		switch {
		case single(t):
			if there == nil {
				all = append(all, absent{file: f, in: in, keys: below, path: join(at, name), typ: pointed(t), value: value})
			}
		case t.Kind() == reflect.Struct && there != nil:
			all = append(all, f.absents(there, nil, join(at, name), value)...)
		case t.Kind() == reflect.Struct:
			all = append(all, f.absents(in, below, join(at, name), value)...)
		case t.Kind() == reflect.Pointer && there != nil && t.Elem().Kind() == reflect.Struct:
			all = append(all, f.absents(there, nil, join(at, name), value)...)
		}
	}
	return all
}
