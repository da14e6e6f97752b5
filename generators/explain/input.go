package explain

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
)

// A file is one input, as YAML nodes that can be changed and written again.
type file struct {
	name string
	docs []*yaml.Node // the outermost value of each document
}

// A leaf is one value that a person wrote.
type leaf struct {
	file   *file
	node   *yaml.Node
	parent *yaml.Node // the map or list that holds it
	path   string     // of the field, as problems name it
	typ    reflect.Type
}

// line gives where the leaf stands.
func (l *leaf) line() int { return l.node.Line }

// A branch is a part of an input: one leaf, or several parts.
type branch struct {
	leaf  *leaf
	parts []*branch
}

// leaves lists what is in a branch.
func (b *branch) leaves() []*leaf {
	if b.leaf != nil {
		return []*leaf{b.leaf}
	}
	var all []*leaf
	for _, p := range b.parts {
		all = append(all, p.leaves()...)
	}
	return all
}

// read parses mesh.yaml and the files of Services that it names.
func (e *Explainer) read() error {
	names := []string{e.src.Name}
	for _, s := range e.mesh.Spec.Services {
		if s.File != "" && !slices.Contains(names, s.File) {
			names = append(names, s.File)
		}
	}
	for _, name := range names {
		data, err := fs.ReadFile(e.src.FS, name)
		if err != nil {
			return err
		}
		f := &file{name: name}
		decoder := yaml.NewDecoder(bytes.NewReader(data))
		for {
			var doc yaml.Node
			err := decoder.Decode(&doc)
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				return fmt.Errorf("%s: %w", e.shown(name), err)
			}
			if len(doc.Content) == 1 && doc.Content[0].Kind == yaml.MappingNode {
				uncommented(doc.Content[0])
				f.docs = append(f.docs, doc.Content[0])
			}
		}
		e.files = append(e.files, f)
	}
	return nil
}

// uncommented takes comments away, which would only cost time.
func uncommented(n *yaml.Node) {
	n.HeadComment, n.LineComment, n.FootComment = "", "", ""
	for _, child := range n.Content {
		uncommented(child)
	}
}

// encode writes the file.
func (f *file) encode() ([]byte, error) {
	var b bytes.Buffer
	for i, doc := range f.docs {
		if i > 0 {
			b.WriteString("---\n")
		}
		data, err := yaml.Marshal(doc)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
		b.Write(data)
	}
	return b.Bytes(), nil
}

// inputs gives all that a person wrote and that can be changed: the spec and the
// name of the mesh, and the Services of files.
func (e *Explainer) inputs() *branch {
	all := &branch{}
	for i, f := range e.files {
		of := &branch{}
		for _, doc := range f.docs {
			if i == 0 {
				of.parts = append(of.parts, f.branches(doc, nil, "", reflect.TypeFor[mesh.Mesh]()))
			} else if kind := child(doc, "kind"); kind != nil && kind.Value == "Service" {
				of.parts = append(of.parts, f.branches(doc, nil, "", nil))
			}
		}
		all.parts = append(all.parts, of)
	}
	return all
}

// fixed are the fields that say what a document is.
var fixed = []string{"apiVersion", "kind", "status", "metadata.annotations", "metadata.labels"}

// branches gives the tree of what is below a node.
func (f *file) branches(n, parent *yaml.Node, at string, t reflect.Type) *branch {
	t = pointed(t)
	b := &branch{}
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i].Value
			below := join(at, key)
			if slices.Contains(fixed, below) && (t == nil && !strings.HasPrefix(below, "metadata") || t != nil) {
				continue
			}
			b.parts = append(b.parts, f.branches(n.Content[i+1], n, below, fieldType(t, key)))
		}
	case yaml.SequenceNode:
		for i, item := range n.Content {
			b.parts = append(b.parts, f.branches(item, n, at+"["+strconv.Itoa(i)+"]", elementType(t)))
		}
		if len(n.Content) == 0 {
			b.leaf = &leaf{file: f, node: n, parent: parent, path: at, typ: t}
		}
	default:
		b.leaf = &leaf{file: f, node: n, parent: parent, path: at, typ: t}
	}
	return b
}

// join adds a key to a path, in brackets where it would not be one step.
func join(at, key string) string {
	switch {
	case key == "" || strings.ContainsAny(key, ".[]\"\\ \t\r\n"):
		return at + "[" + strconv.Quote(key) + "]"
	case at == "":
		return key
	}
	return at + "." + key
}

// child gives the value under a key of a mapping, nil where there is none.
func child(n *yaml.Node, key string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}
