package krm

import (
	"bytes"
	"fmt"
	"io"
	"slices"

	yamlv3 "go.yaml.in/yaml/v3"
	"sigs.k8s.io/kustomize/kyaml/fn/framework"
	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/kio/kioutil"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/rule"
)

// wireVersions are those that runners have written; the format is the same
// (the KRM functions specification; kustomize v5 writes v1).
var wireVersions = []string{"config.kubernetes.io/v1", "config.kubernetes.io/v1beta1", "config.kubernetes.io/v1alpha1"}

// Serve answers one ResourceList read from in. On success the whole answer is
// written to out in one write, on failure nothing. An input without a document
// gives ErrEmpty.
func Serve(in io.Reader, out io.Writer, generate func(*Request) ([]*Object, error)) error {
	data, err := readAll(in)
	if err != nil {
		return err
	}
	// kyaml does this too; done first, both read the same text.
	data = bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
	list, err := parse(data)
	if err != nil {
		return err
	}
	if err := resourceList(list); err != nil {
		return err
	}
	request, err := requestOf(field(list, "functionConfig"))
	if err != nil {
		return err
	}
	objects, err := generate(request)
	if err != nil {
		return err
	}
	if objects, err = withSentinel(objects); err != nil {
		return err
	}
	var answer bytes.Buffer
	err = framework.Execute(framework.ResourceListProcessorFunc(func(rl *framework.ResourceList) error {
		return merge(rl, objects)
	}), &kio.ByteReadWriter{Reader: bytes.NewReader(data), Writer: &answer, KeepReaderAnnotations: true})
	if err != nil {
		return fmt.Errorf("the ResourceList: %w", err)
	}
	_, err = out.Write(answer.Bytes())
	return err
}

// resourceList checks what kyaml takes for granted or passes over: it would read
// a document of any kind as an item.
func resourceList(list *yamlv3.Node) error {
	wrong := func(path, what, fix string) error {
		return rule.Request.Problem(diag.Position{}, path, what, "standard input takes what kustomize sends to a function", fix)
	}
	apiVersion, kind := textOf(field(list, "apiVersion")), textOf(field(list, "kind"))
	if kind != "ResourceList" || !slices.Contains(wireVersions, apiVersion) {
		return wrong("", fmt.Sprintf("kind %q of apiVersion %q on standard input", kind, apiVersion),
			"give a ResourceList of "+wireVersions[0]+"; a mesh.yaml is named by -f")
	}
	for i := 0; i < len(list.Content); i += 2 {
		known := []string{"apiVersion", "kind", "metadata", "items", "functionConfig", "results"}
		if name := list.Content[i].Value; !slices.Contains(known, name) {
			return wrong(name, fmt.Sprintf("unknown field %q of a ResourceList", name), choice(name, known))
		}
	}
	items := field(list, "items")
	if items == nil || items.ShortTag() == "!!null" {
		return nil
	}
	if items.Kind != yamlv3.SequenceNode {
		return wrong("items", "not a list", "give a list of objects")
	}
	for i, item := range items.Content {
		path := fmt.Sprintf("items[%d]", i)
		if item.Kind != yamlv3.MappingNode {
			return wrong(path, "not an object", "give a list of objects")
		}
		metadata := field(item, "metadata")
		if metadata != nil && metadata.Kind != yamlv3.MappingNode {
			return wrong(path+".metadata", "not a mapping", "give the object a metadata.name")
		}
	}
	return nil
}

// stored are the annotations that say where an item is stored, under their names
// and the deprecated ones, which kyaml keeps equal.
var stored = []string{
	kioutil.PathAnnotation, kioutil.IndexAnnotation, kioutil.IdAnnotation,
	"config.kubernetes.io/path", "config.kubernetes.io/index", "config.k8s.io/id",
	kioutil.InternalAnnotationsMigrationResourceIDAnnotation,
}

// merge puts objects behind the items of the list. One that an earlier run left
// there is replaced in its place and keeps the annotations that say where it is
// stored, so that `kustomize fn run` writes it to the file it came from.
func merge(rl *framework.ResourceList, objects []*Object) error {
	there := map[Identity]int{}
	for i, item := range rl.Items {
		there[identityOf(item).key()] = i
	}
	for _, o := range objects {
		node, err := yaml.Parse(string(o.YAML))
		if err != nil {
			return fmt.Errorf("%s: %w", o.Identity, err)
		}
		i, found := there[o.key()]
		if !found {
			rl.Items = append(rl.Items, node)
			continue
		}
		annotations := rl.Items[i].GetAnnotations()
		for _, name := range stored {
			if value, set := annotations[name]; set {
				if err := node.PipeE(yaml.SetAnnotation(name, value)); err != nil {
					return fmt.Errorf("%s: %w", o.Identity, err)
				}
			}
		}
		rl.Items[i] = node
	}
	return nil
}

func identityOf(item *yaml.RNode) Identity {
	metadata := field(item.YNode(), "metadata")
	return Identity{
		APIVersion: textOf(field(item.YNode(), "apiVersion")),
		Kind:       textOf(field(item.YNode(), "kind")),
		Namespace:  textOf(field(metadata, "namespace")),
		Name:       textOf(field(metadata, "name")),
	}
}
