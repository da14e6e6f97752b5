package krm

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// What an input may cost. A ResourceList of 10,000 Services has a million nodes
// and 10 MB; a CRD nests some sixty levels deep.
const (
	maxBytes = 64 << 20
	maxNodes = 4_000_000
	maxDepth = 500
)

// ErrEmpty is what Serve and Legacy give for an input without a document.
var ErrEmpty = errors.New("the input is empty")

// readAll reads an input up to the limit of its size.
func readAll(in io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(in, maxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("reading the input: %w", err)
	}
	return data, nil
}

// parse gives the one document of data, which is within the limits also when
// all its aliases are expanded. It comes before kyaml sees the data, because
// kyaml has no limits.
func parse(data []byte) (*yaml.Node, error) {
	if len(data) > maxBytes {
		return nil, fmt.Errorf("the input is larger than %d MiB", maxBytes>>20)
	}
	if !utf8.Valid(data) || bytes.IndexByte(data, 0) >= 0 {
		return nil, errors.New("the input is not UTF-8 text")
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var doc, second yaml.Node
	if err := decoder.Decode(&doc); err == io.EOF {
		return nil, ErrEmpty
	} else if err != nil {
		return nil, fmt.Errorf("the input is not YAML: %w", err)
	}
	if err := decoder.Decode(&second); err == nil {
		return nil, fmt.Errorf("the input has a second document at line %d", second.Line)
	} else if err != io.EOF {
		return nil, fmt.Errorf("the input is not YAML: %w", err)
	}
	if len(doc.Content) == 0 || doc.Content[0].ShortTag() == "!!null" {
		return nil, ErrEmpty
	}
	root := doc.Content[0]
	if root.Kind != yaml.MappingNode {
		return nil, errors.New("the input is not a mapping")
	}
	m := measure{sizes: map[*yaml.Node]int{}}
	if _, err := m.of(root, 0); err != nil {
		return nil, err
	}
	return root, nil
}

// A measure counts the nodes of a tree as if aliases were copies, visiting each
// node once.
type measure struct {
	sizes map[*yaml.Node]int // of nodes that have an anchor; 0 while being counted
}

func (m *measure) of(n *yaml.Node, depth int) (int, error) {
	if depth > maxDepth {
		return 0, fmt.Errorf("line %d of the input is nested deeper than %d levels", n.Line, maxDepth)
	}
	if n.Kind == yaml.AliasNode {
		size := m.sizes[n.Alias]
		if size == 0 {
			return 0, fmt.Errorf("line %d of the input: the alias *%s stands within its own anchor", n.Line, n.Value)
		}
		return size, nil
	}
	if n.Anchor != "" {
		m.sizes[n] = 0
	}
	if n.Kind == yaml.MappingNode {
		if err := keys(n); err != nil {
			return 0, err
		}
	}
	size := 1
	for _, child := range n.Content {
		more, err := m.of(child, depth+1)
		if err != nil {
			return 0, err
		}
		if size += more; size > maxNodes {
			return 0, fmt.Errorf("the input has more than %d nodes, its aliases expanded", maxNodes)
		}
	}
	if n.Anchor != "" {
		m.sizes[n] = size
	}
	return size, nil
}

// keys checks that the keys of a mapping are text, each there once. The YAML
// libraries take quadratic time to find that out.
func keys(n *yaml.Node) error {
	seen := make(map[string]bool, len(n.Content)/2)
	for i := 0; i < len(n.Content); i += 2 {
		key := n.Content[i]
		if key.Kind != yaml.ScalarNode {
			return fmt.Errorf("line %d of the input: a key is not text", key.Line)
		}
		if seen[key.Value] {
			return fmt.Errorf("line %d of the input: the key %q is there twice", key.Line, key.Value)
		}
		seen[key.Value] = true
	}
	return nil
}

// field gives the value of key in a mapping, or nil.
func field(n *yaml.Node, key string) *yaml.Node {
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
