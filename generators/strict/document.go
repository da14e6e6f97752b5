// Package strict reads YAML that people wrote into Go values, and says of
// everything that is wrong where it stands.
//
// It promises that what a reader of the file sees is what the program gets. The
// usual YAML decoders change values in silence (`version: 1.30` becomes "1.3",
// `no` becomes "false"), drop what they do not know, and have no columns. Here a
// scalar must mean the same under YAML 1.1 and YAML 1.2; anchors, aliases,
// merge keys, tags and directives are refused; keys are text, and unique;
// field names are exact; a second document is not overlooked; characters that
// hide text are refused; and every input ends in bounded time and memory.
//
// All problems are found in one run, in file order, one for each broken field.
package strict

import (
	"fmt"

	"go.yaml.in/yaml/v3"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/rule"
)

// A Document is one YAML document whose shape is sound: no anchors, aliases,
// merge keys, tags, duplicate keys, odd encodings, and within the limits. One
// that came together with problems may break this rule: it serves to find more
// problems in the same run and for nothing else.
//
// A Document is never changed once it was read.
type Document struct {
	file string
	root *yaml.Node
	*marks
}

// marks is what was learnt about nodes while the shape was checked.
type marks struct {
	bad   map[*yaml.Node]bool           // reported already: passed over by Decode
	index map[*yaml.Node]map[string]int // wide mappings: key to place in Content
}

// Limits bound an input; a zero means the default.
type Limits struct {
	Bytes int // of the whole input, 1 MiB
	Depth int // of lists and maps in each other, 64
	Nodes int // keys and values of the whole input, 200 000
	Keys  int // of one map, 10 000
}

func (l Limits) withDefaults() Limits {
	or := func(n, def int) int {
		if n <= 0 {
			return def
		}
		return n
	}
	return Limits{or(l.Bytes, 1<<20), or(l.Depth, 64), or(l.Nodes, 200_000), or(l.Keys, 10_000)}
}

// One reads an input that holds exactly one document; a second document, or
// none, is a Problem. The Document is nil where nothing could be made of the
// input. One that comes with problems can still be decoded, to report what else
// is wrong.
func One(file string, data []byte, limits Limits) (*Document, diag.Problems) {
	r := newReport(file)
	pieces := open(r, data, limits)
	if len(pieces) > 1 {
		r.addAt(rule.OneDocument, pieces[1].line, 1, "a second document starts here", "the file holds exactly one", "move it into a file of its own, or remove it")
		pieces = pieces[:1]
	}
	documents := read(r, pieces, limits)
	switch {
	case len(documents) == 1:
		return documents[0], r.sorted()
	case len(r.problems) == 0:
		r.addAt(rule.OneDocument, 1, 1, "the file holds no document", "", "")
	}
	return nil, r.sorted()
}

// All reads a stream of documents, as Service manifests are; empty ones are
// skipped. A document that is broken does not hide the others. Documents that
// come with problems can still be decoded, to report what else is wrong.
func All(file string, data []byte, limits Limits) ([]*Document, diag.Problems) {
	r := newReport(file)
	documents := read(r, open(r, data, limits), limits)
	return documents, r.sorted()
}

// open checks what must hold before a YAML parser may see the input, and
// divides it. Nothing is left where a character is refused: the parser takes
// some of these for line breaks, and positions after them would be wrong.
func open(r *report, data []byte, limits Limits) []piece {
	if most := limits.withDefaults().Bytes; len(data) > most {
		r.addAt(rule.Size, 1, 1, fmt.Sprintf("the file has %d bytes, more than %d", len(data), most), "", "divide it into smaller files")
		return nil
	}
	if !checkEncoding(r, data) {
		return nil
	}
	return divide(r, data)
}

// read parses the pieces and checks their shape.
func read(r *report, pieces []piece, limits Limits) []*Document {
	var documents []*Document
	s := shaper{report: r, limits: limits.withDefaults()}
	for _, p := range pieces {
		if len(r.problems) > mostProblems {
			break
		}
		if p.blank() {
			continue // a parser takes 5 KiB for finding out
		}
		root := p.parse(r, s.limits.Depth)
		if root == nil || root.Kind == yaml.ScalarNode && root.Style == 0 && root.Value == "" && root.Anchor == "" {
			continue
		}
		s.marks = &marks{bad: map[*yaml.Node]bool{}, index: map[*yaml.Node]map[string]int{}}
		s.source = source{text: p.text, base: p.line - 1, line: 1, column: 1}
		if !s.check(root, nil, 1) {
			return nil
		}
		documents = append(documents, &Document{file: r.file, root: root, marks: s.marks})
	}
	return documents
}
