package review

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"math"
	"path"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/isthmus-mesh/isthmus/generators/krm"
	"github.com/isthmus-mesh/isthmus/generators/tree"
)

// A document is one YAML document of a file. Equal bytes are one document,
// however many files and clusters hold them.
type document struct {
	id   int
	data []byte

	object Object
	value  map[string]any // secrets hidden; nil where the document cannot be read
	hides  bool           // there is a Hidden in the value
}

// An Object names what changed: a Kubernetes object, or, without a name, the
// document of a file.
type Object struct {
	APIVersion string `json:"apiVersion,omitempty"`
	Kind       string `json:"kind,omitempty"`
	Namespace  string `json:"namespace,omitempty"`
	Name       string `json:"name,omitempty"`
	File       string `json:"file,omitempty"` // from the root, of a document that is no object
}

// String gives Kind/namespace/name, or the file.
func (o Object) String() string {
	if o.Name == "" {
		return o.File
	}
	return krm.Identity{APIVersion: o.APIVersion, Kind: o.Kind, Namespace: o.Namespace, Name: o.Name}.String()
}

// derived holds for a kustomization: it follows from the files beside it.
func (o Object) derived() bool { return o.Name == "" && path.Base(o.File) == "kustomization.yaml" }

// group gives the API group: two objects of one group, kind, namespace and name
// are the same one, whatever the version.
func (o Object) group() string {
	group, _, found := strings.Cut(o.APIVersion, "/")
	if !found {
		return ""
	}
	return group
}

// key tells an object from the others of its cluster.
func (o Object) key() Object {
	o.APIVersion = o.group()
	return o
}

// A library holds every document that was met, once.
type library struct {
	known map[string]*document
	all   []*document
	read  int // of all, those before it were
}

func newLibrary() *library { return &library{known: map[string]*document{}} }

func (l *library) document(data []byte, values map[*byte]map[string]any) *document {
	if d := l.known[string(data)]; d != nil {
		return d
	}
	d := &document{id: len(l.all), data: data, value: values[&data[0]]}
	l.known[string(data)] = d
	l.all = append(l.all, d)
	return d
}

// readAll reads the documents that are new.
func (l *library) readAll() {
	fresh := l.all[l.read:]
	inParallel(len(fresh), func(i int) { fresh[i].parse() })
	l.read = len(l.all)
}

var separator = []byte("---\n")

// documents gives the documents of a file. Rendered segments are documents
// already, and are not copied.
func (l *library) documents(f tree.File, values map[*byte]map[string]any) []*document {
	var all []*document
	var pending [][]byte
	flush := func() {
		var data []byte
		if len(pending) == 1 {
			data = pending[0]
		} else {
			data = bytes.Join(pending, nil)
		}
		pending = pending[:0]
		if data = uncommented(data); len(data) > 0 {
			all = append(all, l.document(data, values))
		}
	}
	for i, segment := range f.Segments {
		switch {
		case bytes.Equal(segment, separator):
			flush()
		case i == 0 && len(f.Segments) > 1 && blank(segment): // the header
		case !bytes.Contains(segment, []byte("\n---")) && !bytes.HasPrefix(segment, []byte("---")):
			pending = append(pending, segment)
		default:
			for line := range bytes.Lines(segment) {
				if bytes.HasPrefix(line, []byte("---")) && len(bytes.TrimRight(line[3:], " \r\n")) == 0 {
					flush()
					continue
				}
				pending = append(pending, line)
			}
		}
	}
	flush()
	return all
}

// uncommented gives a text from its first field on: rendered files begin with a
// comment that says so, which is part of no document.
func uncommented(data []byte) []byte {
	for len(data) > 0 {
		line, rest, _ := bytes.Cut(data, []byte("\n"))
		if line = bytes.TrimSpace(line); len(line) > 0 && line[0] != '#' {
			return data
		}
		data = rest
	}
	return nil
}

// blank says whether a text has nothing but comments and empty lines.
func blank(data []byte) bool { return len(uncommented(data)) == 0 }

// parse reads the document, unless its value is known. What cannot be read has no
// value.
func (d *document) parse() {
	value := d.value
	if value == nil && (yaml.Unmarshal(d.data, &value) != nil || value == nil) {
		return
	}
	d.value = nil
	value, _ = tidy(value).(map[string]any)
	text := func(m map[string]any, key string) string {
		s, _ := m[key].(string)
		return s
	}
	meta, _ := value["metadata"].(map[string]any)
	d.object = Object{APIVersion: text(value, "apiVersion"), Kind: text(value, "kind"), Namespace: text(meta, "namespace"), Name: text(meta, "name")}
	d.value = hide(value)
	d.hides = hides(d.value)
}

// tidy gives a value of YAML as one of JSON, the same wherever it was read: every
// key a text, whole numbers as such, and none that is not finite. It shares no map
// and no list with what it was made from.
func tidy(value any) any {
	switch v := value.(type) {
	case map[string]any:
		m := make(map[string]any, len(v))
		for key, item := range v {
			m[key] = tidy(item)
		}
		return m
	case map[any]any:
		m := make(map[string]any, len(v))
		for key, item := range v {
			m[fmt.Sprint(key)] = tidy(item)
		}
		return m
	case []any:
		l := make([]any, len(v))
		for i, item := range v {
			l[i] = tidy(item)
		}
		return l
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			return int(v)
		}
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Sprint(v)
		}
	case int64:
		return int(v)
	case time.Time:
		return v.Format(time.RFC3339Nano)
	}
	return value
}

func hides(value any) bool {
	switch v := value.(type) {
	case Hidden:
		return true
	case map[string]any:
		for _, item := range v {
			if hides(item) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, hides)
	}
	return false
}

// objectOf names the document: by its identity, or by the file that holds it.
func (d *document) objectOf(file string) Object {
	o := d.object
	if o.Name == "" || o.Kind == "" || path.Base(file) == "kustomization.yaml" {
		return Object{APIVersion: o.APIVersion, Kind: o.Kind, File: file}
	}
	return o
}

// same says whether two files have the same bytes, however they are cut.
func same(a, b tree.File) bool {
	if len(a.Segments) == len(b.Segments) {
		equal := true
		for i := range a.Segments {
			if !sameBytes(a.Segments[i], b.Segments[i]) {
				equal = false
				break
			}
		}
		if equal {
			return true
		}
	}
	return size(a) == size(b) && sum(a) == sum(b)
}

// sameBytes compares, at once where both are the very same memory.
func sameBytes(a, b []byte) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0] || bytes.Equal(a, b))
}

func size(f tree.File) int {
	n := 0
	for _, s := range f.Segments {
		n += len(s)
	}
	return n
}

func sum(f tree.File) [32]byte {
	h := sha256.New()
	for _, s := range f.Segments {
		h.Write(s)
	}
	return [32]byte(h.Sum(nil))
}
