package seal

import (
	"bytes"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/krm"
	"github.com/isthmus-mesh/isthmus/generators/strict"
)

// kinds are those in which a sealed Secret lies in a repository. A Secret among
// them is one that sops has encrypted.
var kinds = []string{sealedKind, "Secret"}

// SOPS says that a file is a Secret that sops encrypted, and not a SealedSecret.
func (f File) SOPS() bool {
	if !bytes.Contains(f.Data, []byte("sops")) {
		return false // most are not, and are not read for this
	}
	var o struct {
		Kind string `json:"kind"`
	}
	return yaml.Unmarshal(f.Data, &o) == nil && o.Kind == "Secret"
}

// Check says what is wrong with a sealed file to whoever copies it: that it is
// plaintext above all. Namespace is the mesh's. Inspect says more.
func (f File) Check(dir, namespace string) diag.Problems {
	file := path.Join(dir, f.Path())
	doc, problems := document(file, f.Data)
	if doc == nil {
		return problems
	}
	if p := plaintext(doc); p != nil {
		return diag.Problems{p}
	}
	if doc.String("kind") == "Secret" {
		var s sopsSecret
		if i, problems := sopsInspector(doc, &s); i == nil || len(i.problems) > 0 {
			if i != nil {
				problems = i.problems
			}
			return problems
		}
	}
	wrong := func(at, what string) diag.Problems {
		return diag.Problems{{Pos: doc.Pos(at), Path: at, What: what, Fix: again}}
	}
	if kind := doc.String("kind"); !slices.Contains(kinds, kind) {
		return wrong("kind", "is not a kind of sealed Secret: "+strings.Join(kinds, ", "))
	}
	if name := doc.String("metadata.name"); name != f.Name {
		return wrong("metadata.name", "is not the name that the file has")
	}
	if is := doc.String("metadata.namespace"); is != namespace {
		return wrong("metadata.namespace", fmt.Sprintf("is not the mesh's namespace %q", namespace))
	}
	if doc.String("kind") == sealedKind {
		return f.checkSealed(doc, namespace)
	}
	return nil
}

// checkSealed holds a SealedSecret to what isthmus writes there: anything more, a
// template's data above all, would be plaintext that the controller adds.
func (f File) checkSealed(doc *strict.Document, namespace string) diag.Problems {
	var s sealedSecret
	if problems := doc.Decode(&s); len(problems) > 0 {
		return silent(problems)
	}
	i := &inspector{doc: doc}
	i.sealed(&s, Shape{Cluster: f.Cluster, Namespace: namespace, Name: f.Name, Type: s.Spec.Template.Type}, nil)
	return i.problems.Sorted()
}

// Object gives the file as an object, its bytes as they are: what was sealed is
// copied. With annotations, for engines that order objects by them, it is
// written anew, and they stand in a SealedSecret's template too.
func (f File) Object(annotations map[string]string) (*krm.Object, error) {
	var value map[string]any
	if err := yaml.Unmarshal(f.Data, &value); err != nil {
		return nil, fmt.Errorf("%s: is not YAML", f.Path()) // the cause may quote it
	}
	if len(annotations) > 0 {
		annotate(value, annotations)
		if spec, _ := value["spec"].(map[string]any); value["kind"] == sealedKind && spec != nil {
			if template, _ := spec["template"].(map[string]any); template != nil {
				annotate(template, annotations)
			}
		}
	}
	o, err := krm.NewObject(value)
	if err != nil {
		return nil, fmt.Errorf("%s: is no object", f.Path())
	}
	if len(annotations) == 0 {
		o.YAML = f.Data
	}
	return o, nil
}

func annotate(object map[string]any, annotations map[string]string) {
	meta, _ := object["metadata"].(map[string]any)
	if meta == nil {
		return
	}
	all, _ := meta["annotations"].(map[string]any)
	if all == nil {
		all = map[string]any{}
		meta["annotations"] = all
	}
	for _, key := range slices.Sorted(maps.Keys(annotations)) {
		all[key] = annotations[key]
	}
}

// Remote gives the cluster whose remote Secret a file is, "" where it is none.
func (f File) Remote() string {
	remote, is := strings.CutPrefix(f.Name, RemotePrefix)
	if !is {
		return ""
	}
	return remote
}

// RemotePrefix stands before a cluster's name in that of its remote Secret.
const RemotePrefix = "istio-remote-secret-"
