package krm

import "fmt"

// An Identity tells one Kubernetes object from all others of its cluster.
type Identity struct {
	APIVersion string
	Kind       string
	Namespace  string
	Name       string
}

// String gives Kind/namespace/name, without the namespace where there is none.
func (id Identity) String() string {
	if id.Namespace == "" {
		return id.Kind + "/" + id.Name
	}
	return id.Kind + "/" + id.Namespace + "/" + id.Name
}

// An Object is one rendered Kubernetes object. Its bytes are made once, however
// many clusters it goes to.
type Object struct {
	Identity
	Value map[string]any
	YAML  []byte // one document, keys sorted, ending in a newline, with no "---"
}

// NewObject reads the identity of value and encodes it. The encoding is that of
// `kustomize build`, so that a build of what was rendered gives the same bytes.
func NewObject(value map[string]any) (*Object, error) {
	meta, _ := value["metadata"].(map[string]any)
	text := func(m map[string]any, key string) string {
		s, _ := m[key].(string)
		return s
	}
	id := Identity{text(value, "apiVersion"), text(value, "kind"), text(meta, "namespace"), text(meta, "name")}
	if id.APIVersion == "" || id.Kind == "" || id.Name == "" {
		return nil, fmt.Errorf("an object needs an apiVersion, a kind and a metadata.name, not %q, %q and %q", id.APIVersion, id.Kind, id.Name)
	}
	data, err := encode(value)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", id, err)
	}
	return &Object{Identity: id, Value: value, YAML: data}, nil
}

// NewDocument encodes a value that is no Kubernetes object: the values of a
// chart. It has no identity.
func NewDocument(value map[string]any) (*Object, error) {
	data, err := encode(value)
	if err != nil {
		return nil, err
	}
	return &Object{Value: value, YAML: data}, nil
}
