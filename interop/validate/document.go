package validate

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"sigs.k8s.io/yaml"
)

// A Document is one object as it stands in a file.
type Document struct {
	APIVersion, Kind, Namespace, Name string

	Bytes []byte
	Value map[string]any
}

// String gives Kind/namespace/name, without the namespace where there is none.
func (d Document) String() string {
	if d.Namespace == "" {
		return d.Kind + "/" + d.Name
	}
	return d.Kind + "/" + d.Namespace + "/" + d.Name
}

// Documents splits a file into its objects and reads who each one is; a
// duplicate key, a list in place of an object, and an object without
// apiVersion, kind or metadata.name are errors. Empty documents are not:
// comments may lead a file.
func Documents(data []byte) ([]Document, error) {
	var documents []Document
	reader := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(data)))
	for number := 1; ; number++ {
		text, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return documents, nil
		}
		if err != nil {
			return nil, fmt.Errorf("document %d: %w", number, err)
		}
		var value map[string]any
		if err := yaml.UnmarshalStrict(text, &value); err != nil {
			return nil, fmt.Errorf("document %d: %w", number, err)
		}
		if value == nil {
			continue
		}
		document := Document{Bytes: text, Value: value}
		if err := document.identify(); err != nil {
			return nil, fmt.Errorf("document %d: %w", number, err)
		}
		documents = append(documents, document)
	}
}

func (d *Document) identify() error {
	meta, _ := d.Value["metadata"].(map[string]any)
	text := func(m map[string]any, key string) string {
		s, _ := m[key].(string)
		return s
	}
	d.APIVersion, d.Kind = text(d.Value, "apiVersion"), text(d.Value, "kind")
	d.Namespace, d.Name = text(meta, "namespace"), text(meta, "name")
	if d.APIVersion == "" || d.Kind == "" {
		return fmt.Errorf("an object needs an apiVersion and a kind, not %q and %q", d.APIVersion, d.Kind)
	}
	if d.Name == "" {
		return fmt.Errorf("%s: metadata.name: required; kustomize refuses an object without one", d.Kind)
	}
	return nil
}

// nulls returns the path of every null. The API server reads null as "not
// given", and so do the schemas; a generator that writes one has lost a value.
func nulls(value any, path string) []string {
	var found []string
	switch value := value.(type) {
	case nil:
		found = append(found, path)
	case map[string]any:
		for key, child := range value {
			found = append(found, nulls(child, join(path, key))...)
		}
		slices.Sort(found)
	case []any:
		for i, child := range value {
			found = append(found, nulls(child, fmt.Sprintf("%s[%d]", path, i))...)
		}
	}
	return found
}

// join extends a dotted field path, as in spec.ports[2].name; a key that holds
// a dot or a slash is put in brackets, as Kubernetes' own messages do.
func join(path, key string) string {
	switch {
	case strings.ContainsAny(key, "./"):
		return path + "[" + key + "]"
	case path == "":
		return key
	}
	return path + "." + key
}
