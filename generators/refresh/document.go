package refresh

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/isthmus-mesh/isthmus/generators/diag"
)

// A document is a mesh.yaml with the place of one control plane in it, and the
// edits to be made.
type document struct {
	file  string
	text  []byte
	lines []int // where each starts, and the end of the text
	root  *yaml.Node
	plane *yaml.Node // the mapping of the control plane
	path  string     // of it
	edits []edit
}

func open(file string, text []byte, cluster string) (*document, error) {
	d := &document{file: file, text: text, lines: []int{0}}
	for at := 0; at < len(text); {
		at = d.endOfLine(at)
		at += breakAt(text[at:])
		d.lines = append(d.lines, at)
	}
	var err error
	if d.root, err = parse(text); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	clusters := child(child(d.root, "spec"), "clusters")
	if clusters != nil {
		for i, c := range clusters.Content {
			if name := child(c, "name"); name == nil || name.Value != cluster {
				continue
			}
			d.plane, d.path = child(c, "controlPlane"), fmt.Sprintf("spec.clusters[%d].controlPlane", i)
		}
	}
	if d.plane == nil || d.plane.Kind != yaml.MappingNode {
		return nil, &diag.Problem{Pos: diag.Position{File: file}, What: fmt.Sprintf("cluster %q has no control plane", cluster)}
	}
	return d, nil
}

// parse gives the root of the one document.
func parse(text []byte) (*yaml.Node, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, err
	}
	if len(doc.Content) != 1 {
		return nil, fmt.Errorf("holds no document")
	}
	return doc.Content[0], nil
}

func child(n *yaml.Node, name string) *yaml.Node {
	_, value := pair(n, name)
	return value
}

// pair gives the key and the value of a name in a mapping.
func pair(n *yaml.Node, name string) (key, value *yaml.Node) {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil, nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i], n.Content[i+1]
		}
	}
	return nil, nil
}

func (d *document) field(name string) (key, value *yaml.Node) { return pair(d.plane, name) }

// offset gives the place of a node in the text. The columns of yaml.v3 count
// characters.
func (d *document) offset(n *yaml.Node) int {
	if n.Line < 1 || n.Line >= len(d.lines) {
		return len(d.text)
	}
	at := d.lines[n.Line-1]
	for column := 1; column < n.Column && at < len(d.text); column++ {
		_, size := utf8.DecodeRune(d.text[at:])
		at += size
	}
	return at
}

// lineOf gives the index of the line that holds an offset.
func (d *document) lineOf(at int) int {
	low, high := 0, len(d.lines)-1
	for low < high {
		if middle := (low + high + 1) / 2; d.lines[middle] <= at {
			low = middle
		} else {
			high = middle - 1
		}
	}
	return low
}

// endOfLine gives where the line of an offset ends, before its break.
func (d *document) endOfLine(at int) int {
	if i := bytes.IndexAny(d.text[at:], "\r\n"); i >= 0 {
		return at + i
	}
	return len(d.text)
}

// lineBreak gives the break with which the line of an offset ends, or the one
// before it where the text ends there.
func (d *document) lineBreak(at int) string {
	end := d.endOfLine(at)
	if n := breakAt(d.text[end:]); n > 0 {
		return string(d.text[end : end+n])
	}
	if line := d.lineOf(at); line > 0 {
		return d.lineBreak(d.lines[line-1])
	}
	return "\n"
}

// breakAt gives the length of the line break with which a text starts.
func breakAt(text []byte) int {
	switch {
	case bytes.HasPrefix(text, []byte("\r\n")):
		return 2
	case len(text) > 0 && (text[0] == '\n' || text[0] == '\r'):
		return 1
	}
	return 0
}

// skip passes over blanks, line breaks and comments.
func (d *document) skip(at int) int {
	for at < len(d.text) {
		switch c := d.text[at]; {
		case c == '#':
			at = d.endOfLine(at)
		case c == ' ' || c == '\t' || c == '\r' || c == '\n':
			at++
		default:
			return at
		}
	}
	return at
}

// blanks passes over blanks.
func (d *document) blanks(at int) int {
	for at < len(d.text) && (d.text[at] == ' ' || d.text[at] == '\t') {
		at++
	}
	return at
}

// starts says whether a line holds nothing but blanks before an offset.
func (d *document) starts(at int) bool { return d.blanks(d.lines[d.lineOf(at)]) == at }
