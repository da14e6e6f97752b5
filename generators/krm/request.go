package krm

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/rule"
)

// A Request is what kustomize hands over: which mesh, which cluster.
type Request struct {
	Mesh    string // path of mesh.yaml from the annotation isthmus.dev/mesh, "" when inlined
	Cluster string // from the annotation isthmus.dev/cluster
	Inline  []byte // the whole Mesh document without the annotations of the runner, nil unless there is a spec
}

// ours begins the annotations that are addressed to this program.
const ours = "isthmus.dev/"

// runners begin the annotations that kustomize and kpt put on a functionConfig.
var runners = []string{"config.kubernetes.io/", "internal.config.kubernetes.io/", "config.k8s.io/"}

// requestOf reads a Mesh object as a request. All problems are reported at once,
// by field: the lines are those of the runner's stream.
func requestOf(config *yaml.Node) (*Request, error) {
	var problems diag.Problems
	report := func(path, what, why, fix string) {
		problems = append(problems, rule.Request.Problem(diag.Position{}, path, what, why, fix))
	}
	if config == nil || config.Kind != yaml.MappingNode {
		report("functionConfig", "missing", "it says which mesh and which cluster are wanted",
			"list a "+Kind+" of "+APIVersion+" under generators in kustomization.yaml")
		return nil, problems
	}
	if anchored(config) {
		report("functionConfig", "an anchor or an alias", "nothing is expanded here", "write the value out")
		return nil, problems
	}
	apiVersion, kind := textOf(field(config, "apiVersion")), textOf(field(config, "kind"))
	if apiVersion != APIVersion || kind != Kind {
		report("functionConfig", fmt.Sprintf("kind %q of apiVersion %q", kind, apiVersion), "this function takes one kind only",
			"use kind "+Kind+" of apiVersion "+APIVersion)
		return nil, problems
	}
	spec := field(config, "spec")
	if spec == nil {
		known := []string{"apiVersion", "kind", "metadata", "spec"}
		for i := 0; i < len(config.Content); i += 2 {
			if name := config.Content[i].Value; !slices.Contains(known, name) {
				report(name, fmt.Sprintf("unknown field %q", name), "", choice(name, known))
			}
		}
	}
	annotations := field(field(config, "metadata"), "annotations")
	request := &Request{
		Mesh:    textOf(field(annotations, MeshAnnotation)),
		Cluster: textOf(field(annotations, ClusterAnnotation)),
	}
	if annotations != nil {
		for i := 0; i+1 < len(annotations.Content); i += 2 {
			name, value := annotations.Content[i].Value, annotations.Content[i+1]
			known := []string{MeshAnnotation, ClusterAnnotation}
			if !strings.HasPrefix(name, ours) {
				continue
			}
			path := "metadata.annotations[" + name + "]"
			if !slices.Contains(known, name) {
				report(path, "unknown annotation", "", choice(name, known))
			} else if textOf(value) == "" {
				report(path, "not a text", "annotations are text that is not empty", "give it a value, in quotes")
			}
		}
	}
	if field(annotations, ClusterAnnotation) == nil {
		report("metadata.annotations", "no "+ClusterAnnotation, "a build gives the objects of one cluster",
			`add "`+ClusterAnnotation+`: <name>"`)
	}
	mesh := field(annotations, MeshAnnotation)
	if spec != nil && mesh != nil {
		report("spec", "a spec beside the annotation "+MeshAnnotation, "each names a mesh", "remove one of the two")
	}
	if spec == nil && mesh == nil {
		report("metadata.annotations", "no "+MeshAnnotation+" and no spec", "nothing names the mesh",
			`add "`+MeshAnnotation+`: <path of mesh.yaml>"`)
	}
	if len(problems) > 0 {
		return nil, problems
	}
	if spec == nil {
		return request, nil
	}
	inline, err := inline(config)
	request.Inline = inline
	return request, err
}

// choice is the fix for a name that is not among the known ones.
func choice(name string, known []string) string {
	if near := diag.Nearest(name, known); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return "use one of " + strings.Join(known, ", ")
}

// textOf gives a text scalar, "" for anything else.
func textOf(n *yaml.Node) string {
	if n == nil || n.Kind != yaml.ScalarNode || n.ShortTag() != "!!str" {
		return ""
	}
	return n.Value
}

func anchored(n *yaml.Node) bool {
	return n.Kind == yaml.AliasNode || n.Anchor != "" || slices.ContainsFunc(n.Content, anchored)
}

// inline gives the document as its author wrote it: without the annotations of
// the runner and without those that make it a request.
func inline(config *yaml.Node) ([]byte, error) {
	metadata := field(config, "metadata")
	if annotations := field(metadata, "annotations"); annotations != nil {
		var kept []*yaml.Node
		for i := 0; i+1 < len(annotations.Content); i += 2 {
			name := annotations.Content[i].Value
			foreign := slices.ContainsFunc(runners, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
			if !foreign && name != ClusterAnnotation {
				kept = append(kept, annotations.Content[i], annotations.Content[i+1])
			}
		}
		if annotations.Content = kept; len(kept) == 0 {
			drop(metadata, "annotations")
		}
	}
	var b bytes.Buffer
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	if err := encoder.Encode(config); err != nil {
		return nil, fmt.Errorf("functionConfig: %w", err)
	}
	if err := encoder.Close(); err != nil {
		return nil, fmt.Errorf("functionConfig: %w", err)
	}
	return b.Bytes(), nil
}

// drop removes key from a mapping.
func drop(n *yaml.Node, key string) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			n.Content = slices.Delete(n.Content, i, i+2)
			return
		}
	}
}
