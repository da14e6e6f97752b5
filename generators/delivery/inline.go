package delivery

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"

	"go.yaml.in/yaml/v3"

	"github.com/isthmus-mesh/isthmus/generators/krm"
)

// annotated gives the Mesh document with annotations set. It works on nodes, so
// that every scalar keeps its text and its quotes: a version read as a number
// and written again is another version.
func annotated(mesh []byte, annotations map[string]string) ([]byte, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(mesh, &doc); err != nil {
		return nil, fmt.Errorf("the mesh: %w", err)
	}
	if len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
		return nil, errors.New("the mesh is not a mapping")
	}
	root := doc.Content[0]
	apiVersion, kind := value(root, "apiVersion"), value(root, "kind")
	if apiVersion == nil || apiVersion.Value != krm.APIVersion || kind == nil || kind.Value != krm.Kind || value(root, "spec") == nil {
		return nil, fmt.Errorf("the mesh is not a %s of %s with a spec", krm.Kind, krm.APIVersion)
	}
	metadata, err := mapping(root, "metadata")
	if err != nil {
		return nil, err
	}
	all, err := mapping(metadata, "annotations")
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(annotations)) {
		set(all, name, annotations[name])
	}
	var b bytes.Buffer
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	if err := encoder.Encode(root); err != nil {
		return nil, fmt.Errorf("the mesh: %w", err)
	}
	if err := encoder.Close(); err != nil {
		return nil, fmt.Errorf("the mesh: %w", err)
	}
	return b.Bytes(), nil
}

// value gives what stands under key in a mapping, or nil.
func value(n *yaml.Node, key string) *yaml.Node {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

// mapping gives the mapping under key, made where there is none.
func mapping(n *yaml.Node, key string) (*yaml.Node, error) {
	found := value(n, key)
	if found == nil {
		found = &yaml.Node{Kind: yaml.MappingNode}
		n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, found)
	}
	if found.Kind != yaml.MappingNode {
		return nil, fmt.Errorf("the mesh: %s is not a mapping", key)
	}
	return found, nil
}

// set gives key a text.
func set(n *yaml.Node, key, text string) {
	var scalar yaml.Node
	scalar.SetString(text)
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			n.Content[i+1] = &scalar
			return
		}
	}
	n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, &scalar)
}
