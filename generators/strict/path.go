package strict

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/isthmus-mesh/isthmus/generators/diag"
)

// A trail is the way from the root to a node. It is kept as links and written
// out only for a problem: most nodes have none.
type trail struct {
	up    *trail
	key   string
	index int // of an element, -1 for a key
}

func (t *trail) field(key string) *trail { return &trail{t, key, -1} }
func (t *trail) item(index int) *trail   { return &trail{t, "", index} }

// String gives the dotted path. A key that a dotted path cannot hold is written
// in brackets and quotes: labels["app.kubernetes.io/name"].
func (t *trail) String() string {
	var steps []*trail
	for ; t != nil; t = t.up {
		steps = append(steps, t)
	}
	var b strings.Builder
	for i := len(steps) - 1; i >= 0; i-- {
		switch s := steps[i]; {
		case s.index >= 0:
			b.WriteString("[" + strconv.Itoa(s.index) + "]")
		case bracketed(s.key):
			b.WriteString("[" + strconv.Quote(s.key) + "]")
		default:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(s.key)
		}
	}
	return b.String()
}

func bracketed(key string) bool {
	return key == "" || strings.ContainsAny(key, ".[]\"\\ \t\r\n")
}

// nextStep takes the first step off a dotted path; ok is false for a path that
// cannot be one.
func nextStep(path string) (key string, index int, rest string, ok bool) {
	if inner, found := strings.CutPrefix(path, "["); found {
		if quote, err := strconv.QuotedPrefix(inner); err == nil {
			key, _ = strconv.Unquote(quote)
			inner, ok = strings.CutPrefix(inner[len(quote):], "]")
			return key, -1, strings.TrimPrefix(inner, "."), ok
		}
		digits, after, closed := strings.Cut(inner, "]")
		index, err := strconv.Atoi(digits)
		return "", index, strings.TrimPrefix(after, "."), closed && err == nil && index >= 0
	}
	end := strings.IndexAny(path, ".[")
	if end < 0 {
		return path, -1, "", true
	}
	return path[:end], -1, strings.TrimPrefix(path[end:], "."), true
}

// find follows a path as far as it leads. It gives the last node reached, the
// key that node stands under (itself for an element and the root), and whether
// that was the whole path.
func (d *Document) find(path string) (node, key *yaml.Node, whole bool) {
	node, key = d.root, d.root
	for path != "" {
		name, index, rest, ok := nextStep(path)
		if !ok {
			return node, key, false
		}
		if index >= 0 {
			if node.Kind != yaml.SequenceNode || index >= len(node.Content) {
				return node, key, false
			}
			node = node.Content[index]
			key = node
		} else {
			at := d.lookup(node, name)
			if at < 0 {
				return node, key, false
			}
			node, key = node.Content[at+1], node.Content[at]
		}
		path = rest
	}
	return node, key, true
}

// lookup gives the place of a key in a mapping's Content, -1 where there is none.
func (d *Document) lookup(n *yaml.Node, name string) int {
	if n.Kind != yaml.MappingNode {
		return -1
	}
	if index, wide := d.index[n]; wide {
		if at, found := index[name]; found {
			return at
		}
		return -1
	}
	for i := 0; i < len(n.Content); i += 2 {
		if k := n.Content[i]; k.Value == name && !d.bad[k] {
			return i
		}
	}
	return -1
}

// Pos gives the position of the value at a dotted path, as in
// spec.clusters[1].podCIDRs[0] or metadata.labels["a.b/c"]; the path of a field
// left out gives its nearest existing parent's position.
func (d *Document) Pos(path string) diag.Position {
	node, _, _ := d.find(path)
	return newReport(d.file).pos(node)
}

// KeyPos gives the position of the key (field name) at a path instead of its
// value. An element of a list has no key: its own position is given. The path of
// a field left out gives the key of its nearest existing parent.
func (d *Document) KeyPos(path string) diag.Position {
	_, key, _ := d.find(path)
	return newReport(d.file).pos(key)
}

// String gives the text at a path, "" where there is none or where it is not
// text to every reader of YAML: for a look at apiVersion and kind before
// decoding.
func (d *Document) String(path string) string {
	node, _, whole := d.find(path)
	if !whole || node.Kind != yaml.ScalarNode || d.bad[node] || classify(node) != text {
		return ""
	}
	return node.Value
}

// Root gives the node of the whole document, with lines of the file. It is not
// to be changed.
func (d *Document) Root() *yaml.Node { return d.root }

// Has says whether the input holds the path, with whatever value.
func (d *Document) Has(path string) bool {
	_, _, whole := d.find(path)
	return whole
}
