package mesh

import (
	"bytes"
	"fmt"
	"regexp"

	"go.yaml.in/yaml/v3"

	"github.com/isthmus-mesh/isthmus/generators/ca"
)

// RootsAnnotation is where an inlined mesh has its roots, as PEM.
const RootsAnnotation = "isthmus.dev/roots"

// Inline gives the mesh as one document that reads no other file: the Services
// of files are written into it, and its roots. Loaded again, it is the same mesh.
func Inline(m *Mesh) ([]byte, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(m.source, &doc); err != nil {
		return nil, err
	}
	entries := child(child(doc.Content[0], "spec"), "services")
	if entries != nil {
		var inlined []*yaml.Node
		for i, entry := range entries.Content {
			e := &m.Spec.Services[i]
			if e.File == "" {
				inlined = append(inlined, entry)
				continue
			}
			for _, s := range m.Services {
				if s.Placement != e.placement {
					continue
				}
				single := ServiceEntry{Name: s.Name, Namespace: s.Namespace, Labels: s.Labels, Annotations: s.Annotations, ServiceFields: s.Fields}
				node, err := placed(single, entry)
				if err != nil {
					return nil, fmt.Errorf("%s/%s: %w", s.Namespace, s.Name, err)
				}
				inlined = append(inlined, node)
			}
		}
		entries.Content = inlined
	}
	if len(m.Authorities.Roots) > 0 {
		annotate(child(doc.Content[0], "metadata"), RootsAnnotation, string(ca.Encode(m.Authorities.Roots...)))
	}
	if text, err := m.inlineLedger(); err != nil {
		return nil, err
	} else if text != "" {
		annotate(child(doc.Content[0], "metadata"), LedgerAnnotation, text)
	}
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(&doc); err != nil {
		return nil, err
	}
	return out.Bytes(), encoder.Close()
}

// annotate adds an annotation to metadata.
func annotate(metadata *yaml.Node, name, value string) {
	text := func(s string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s} }
	annotations := child(metadata, "annotations")
	if annotations == nil {
		annotations = &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		metadata.Content = append(metadata.Content, text("annotations"), annotations)
	}
	annotations.Content = append(annotations.Content, text(name), text(value))
}

// placed encodes a Service and gives it the clusters and clients of the entry
// that it came from.
func placed(single ServiceEntry, entry *yaml.Node) (*yaml.Node, error) {
	var node yaml.Node
	if err := node.Encode(single); err != nil {
		return nil, err
	}
	quote(&node)
	for _, key := range []string{"clusters", "clients", "duplicate"} {
		if value := child(entry, key); value != nil {
			node.Content = append(node.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: key}, value)
		}
	}
	return &node, nil
}

var startsNumber = regexp.MustCompile(`^[-+.0-9]`)

// quote puts text into quotes that does not start with a letter: the encoder
// leaves some bare that YAML 1.1 takes for a number, as in 0x_.
func quote(node *yaml.Node) {
	if node.Kind == yaml.ScalarNode && node.Tag == "!!str" && node.Style == 0 && startsNumber.MatchString(node.Value) {
		node.Style = yaml.DoubleQuotedStyle
	}
	for _, below := range node.Content {
		quote(below)
	}
}

// child gives the value of a key, nil where there is none.
func child(node *yaml.Node, key string) *yaml.Node {
	if node == nil || node.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == key {
			return node.Content[i+1]
		}
	}
	return nil
}

// MarshalYAML gives the number or the name.
func (t TargetPort) MarshalYAML() (any, error) {
	if t.Number != 0 {
		return t.Number, nil
	}
	return t.Name, nil
}

// IsZero says whether no target was given.
func (t TargetPort) IsZero() bool { return t.Number == 0 && t.Name == "" }
