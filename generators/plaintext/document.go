package plaintext

import (
	"bytes"
	"encoding/base64"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Documents finds what lies in the documents of a file: Secrets with their
// content, however deep, as text or as a template; kubeconfigs, private JWKs; and
// in each scalar what Text finds.
func Documents(roots ...*yaml.Node) []Finding {
	var found []Finding
	l := newLook()
	for _, root := range roots {
		l.walk(root, depth, "", &found)
	}
	return found
}

// Find finds what lies in a text that may be a stream of documents.
func Find(text []byte) []Finding {
	l := newLook()
	found := l.scan(text, depth)
	if telling(text) {
		found = append(found, l.documents(text, depth)...)
	}
	return found
}

// TooMuch is what is found where texts hold more YAML than is read: a secret
// could lie in it.
const TooMuch = "more YAML in its texts than is looked through"

// A look is one look through a file. It bounds the YAML that is read in texts,
// of which each node takes some 200 bytes and a microsecond.
type look struct {
	bytes, marks int // that are left
	over         bool
}

func newLook() *look { return &look{bytes: 16 << 20, marks: 500_000} }

// perText is what a parser costs by itself, in marks.
const perText = 10

// afford says whether a text may be read as YAML. No node, and no document of a
// stream, is without one of the marks that are counted, and none of them makes
// more than two.
func (l *look) afford(text []byte) bool {
	l.bytes -= len(text)
	l.marks -= perText
	for _, c := range text {
		switch c {
		case ',', ':', '-', '?', '[', '{':
			l.marks--
		}
	}
	return l.bytes >= 0 && l.marks >= 0
}

// telling says whether a text may be a document that holds a secret: parsing
// takes longer than looking. A word may be written with escapes or in base64.
func telling(text []byte) bool {
	small := bytes.ToLower(text)
	for _, mark := range []string{"secret", "stringdata", "kty", "users", `\`, "!"} {
		if bytes.Contains(small, []byte(mark)) {
			return true
		}
	}
	return false
}

// documents looks at a text as a stream of documents, as far as it is one.
func (l *look) documents(text []byte, left int) (found []Finding) {
	defer func() { _ = recover() }() // yaml.v3 recovers from its own errors only
	if l.over || left <= 0 || !bytes.Contains(text, []byte(":")) || !telling(text) {
		return nil
	}
	if !l.afford(text) {
		l.over = true
		return []Finding{{1, 1, TooMuch}}
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	for {
		// Asked for nodes alone, the decoder expands no alias and compares no keys.
		var document yaml.Node
		if err := decoder.Decode(&document); err != nil {
			if err != io.EOF && len(found) == 0 {
				return nil
			}
			return found
		}
		if len(document.Content) == 1 {
			l.walk(document.Content[0], left, "", &found)
		}
	}
}

// secretItems is the key that stands over the items of a SecretList, which have
// no kind of their own.
const secretItems = "secret items"

// walk looks at a node; under is the key that it stands under.
func (l *look) walk(n *yaml.Node, left int, under string, found *[]Finding) {
	switch n.Kind {
	case yaml.ScalarNode:
		l.scalar(n, left, found)
	case yaml.SequenceNode:
		for _, item := range n.Content {
			l.walk(item, left, under, found)
		}
	case yaml.MappingNode:
		if what := object(n, under); what != "" {
			*found = append(*found, Finding{n.Line, n.Column, what})
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			l.scalar(n.Content[i], left, found)
			key := text(n.Content[i])
			if key == "items" && is(n, "kind", "SecretList") {
				key = secretItems
			}
			l.walk(n.Content[i+1], left, key, found)
		}
	}
}

// scalar looks at a text of a document. What needs no document to be seen was
// seen in the file's text, but for escapes, indentation and lines.
func (l *look) scalar(n *yaml.Node, left int, found *[]Finding) {
	value := text(n)
	for _, f := range l.scan([]byte(value), left) {
		*found = append(*found, Finding{n.Line, n.Column, f.What})
	}
	for _, f := range l.documents([]byte(value), left-1) {
		*found = append(*found, Finding{n.Line, n.Column, f.What})
	}
}

// text gives a scalar's text, that of !!binary decoded.
func text(n *yaml.Node) string {
	if n != nil && n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n == nil || n.Kind != yaml.ScalarNode {
		return ""
	}
	if n.Tag == "!!binary" {
		if decoded, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(n.Value), "")); err == nil {
			return string(decoded)
		}
	}
	return n.Value
}
