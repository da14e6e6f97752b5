package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// modernMinor is the first minor of Kubernetes whose schemas hold the kinds of a
// gateway that is rendered as manifests; that is so from Istio 1.24 on, which
// supports no older Kubernetes, and a Deployment is half of a folder's bytes.
const modernMinor = 28

var modernKinds = []groupVersionKind{
	{"apps", "v1", "Deployment"},
	{"autoscaling", "v2", "HorizontalPodAutoscaler"},
	{"rbac.authorization.k8s.io", "v1", "Role"},
	{"rbac.authorization.k8s.io", "v1", "RoleBinding"},
}

// kinds are the ones isthmus renders, in every group version that the
// committed Kubernetes versions serve. A version that lacks one has no file
// for it, so that an object of that kind fails there.
var kinds = []groupVersionKind{
	{"", "v1", "ConfigMap"},
	{"", "v1", "Endpoints"},
	{"", "v1", "Namespace"},
	{"", "v1", "Secret"},
	{"", "v1", "Service"},
	{"", "v1", "ServiceAccount"},
	{"discovery.k8s.io", "v1", "EndpointSlice"},
	{"discovery.k8s.io", "v1beta1", "EndpointSlice"},
	{"rbac.authorization.k8s.io", "v1", "ClusterRole"},
	{"rbac.authorization.k8s.io", "v1", "ClusterRoleBinding"},
}

// left are fields that no rendered object has and that are most of a schema's
// bytes; a closed schema without them refuses them.
var left = map[groupVersionKind][]string{
	{"apps", "v1", "Deployment"}: {
		"spec.template.spec.ephemeralContainers",
		"spec.template.spec.initContainers",
		"spec.template.spec.volumes",
	},
}

type groupVersionKind struct{ Group, Version, Kind string }

func (k groupVersionKind) apiVersion() string {
	if k.Group == "" {
		return k.Version
	}
	return k.Group + "/" + k.Version
}

// file is the name under which kubeconform looks for the schema:
// kind-version.json, or kind-group-version.json with the first label of the
// group (kubeconform v0.8.0, pkg/registry/registry.go, schemaPath).
func (k groupVersionKind) file() string {
	parts := []string{k.Kind}
	if k.Group != "" {
		first, _, _ := strings.Cut(k.Group, ".")
		parts = append(parts, first)
	}
	return strings.ToLower(strings.Join(append(parts, k.Version), "-")) + ".json"
}

// A document is the part of Kubernetes' OpenAPI v2 document that is read.
type document struct {
	Definitions map[string]*definition `json:"definitions"`
}

// A definition lists every keyword that is carried over. Descriptions,
// defaults and x-kubernetes-* say nothing that JSON Schema checks.
type definition struct {
	Ref                  string                 `json:"$ref"`
	Type                 string                 `json:"type"`
	Format               string                 `json:"format"`
	Enum                 []any                  `json:"enum"`
	Required             []string               `json:"required"`
	Properties           map[string]*definition `json:"properties"`
	Items                *definition            `json:"items"`
	AdditionalProperties *definition            `json:"additionalProperties"`
	GroupVersionKinds    []groupVersionKind     `json:"x-kubernetes-group-version-kind"`
	PreserveUnknown      bool                   `json:"x-kubernetes-preserve-unknown-fields"`
}

// A schema is a JSON Schema; encoding/json sorts the keys of maps, so equal
// schemas have equal bytes.
type schema = map[string]any

// cut returns the schema of every wanted kind that the document serves, by
// file name.
func cut(swagger []byte, kinds []groupVersionKind) (map[string][]byte, error) {
	var doc document
	if err := json.Unmarshal(swagger, &doc); err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, kind := range kinds {
		name, def := doc.find(kind)
		if def == nil {
			continue
		}
		out, err := doc.standalone(def, false, []string{name})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", kind.Kind, err)
		}
		if err := pin(out, kind); err != nil {
			return nil, err
		}
		for _, path := range left[kind] {
			leave(out, strings.Split(path, "."))
		}
		data, err := json.Marshal(out)
		if err != nil {
			return nil, err
		}
		files[kind.file()] = append(data, '\n')
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("the document has none of the wanted kinds")
	}
	return files, nil
}

func (doc document) find(kind groupVersionKind) (string, *definition) {
	for name, def := range doc.Definitions {
		// DeleteOptions and the like are listed for every group version; an
		// object's own definition is listed for exactly one.
		if slices.Equal(def.GroupVersionKinds, []groupVersionKind{kind}) {
			return name, def
		}
	}
	return "", nil
}

// pin narrows apiVersion and kind to the one value each that the file is for,
// and requires them, as openapi2jsonschema --kubernetes does.
func pin(out schema, kind groupVersionKind) error {
	properties, ok := out["properties"].(schema)
	if !ok {
		return fmt.Errorf("%s: the definition has no properties", kind.Kind)
	}
	properties["apiVersion"] = schema{"type": "string", "enum": []any{kind.apiVersion()}}
	properties["kind"] = schema{"type": "string", "enum": []any{kind.Kind}}
	required, _ := out["required"].([]string)
	required = append(slices.Clone(required), "apiVersion", "kind")
	slices.Sort(required)
	out["required"] = slices.Compact(required)
	return nil
}

// leave takes the property at a path out of a schema.
func leave(from schema, path []string) {
	properties, _ := from["properties"].(schema)
	if len(path) == 1 {
		delete(properties, path[0])
		return
	}
	if child, ok := properties[path[0]].(schema); ok {
		leave(child, path[1:])
	}
}

// standalone translates one definition, with every reference replaced by what
// it refers to. The rules are those of the schemas that kubeconform is used
// with (openapi2jsonschema --kubernetes --stand-alone --strict): an optional
// field may be null, because the API server reads null as "not given"; an
// object with a list of properties is closed; int-or-string and Quantity, which
// OpenAPI calls strings, take numbers too.
func (doc document) standalone(def *definition, null bool, path []string) (schema, error) {
	if def.Ref != "" {
		name := strings.TrimPrefix(def.Ref, "#/definitions/")
		target := doc.Definitions[name]
		switch {
		case target == nil:
			return nil, fmt.Errorf("no definition %q, which %s refers to", name, path[len(path)-1])
		case slices.Contains(path, name):
			return nil, fmt.Errorf("%s refers to itself; a file that stands alone cannot hold it", name)
		case strings.HasSuffix(name, ".resource.Quantity"):
			return oneOf(null, "string", "number"), nil
		}
		return doc.standalone(target, null, append(slices.Clip(path), name))
	}
	if def.Format == "int-or-string" {
		return oneOf(null, "string", "integer"), nil
	}

	out := schema{}
	// Up to 1.13 objects with properties are not said to be of type object.
	kind := def.Type
	if kind == "" && def.Properties != nil {
		kind = "object"
	}
	switch {
	case kind == "":
	case null:
		out["type"] = []string{kind, "null"}
	default:
		out["type"] = kind
	}
	if def.Format != "" {
		out["format"] = def.Format
	}
	if len(def.Enum) > 0 {
		values := slices.Clone(def.Enum)
		if null {
			values = append(values, nil)
		}
		out["enum"] = values
	}
	if len(def.Required) > 0 {
		out["required"] = slices.Sorted(slices.Values(def.Required))
	}

	var err error
	if def.Properties != nil {
		properties := schema{}
		for name, property := range def.Properties {
			optional := !slices.Contains(def.Required, name)
			if properties[name], err = doc.standalone(property, optional, path); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
		}
		out["properties"] = properties
	}
	switch {
	case def.AdditionalProperties != nil:
		// Not null: a null in a map of strings is refused by older releases and
		// an empty string in newer ones, so nobody can mean it.
		if out["additionalProperties"], err = doc.standalone(def.AdditionalProperties, false, path); err != nil {
			return nil, err
		}
	case def.Properties != nil && !def.PreserveUnknown:
		out["additionalProperties"] = false
	}
	if def.Items != nil {
		if out["items"], err = doc.standalone(def.Items, false, path); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func oneOf(null bool, types ...string) schema {
	if null {
		types = append(types, "null")
	}
	var list []any
	for _, t := range types {
		list = append(list, schema{"type": t})
	}
	return schema{"oneOf": list}
}
