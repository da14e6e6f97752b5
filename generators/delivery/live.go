package delivery

import (
	"fmt"
	"path"
	"strings"

	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/yaml"

	"github.com/isthmus-mesh/isthmus/generators/krm"
)

// A LiveMode is a way in which kustomize runs the function.
type LiveMode string

// LiveExec runs the program (--enable-alpha-plugins --enable-exec), LiveContainer
// an image of it (--enable-alpha-plugins), LiveLegacy a plugin in the plugin home
// (--enable-alpha-plugins), which is the one form that kubectl runs.
const (
	LiveExec      LiveMode = "exec"
	LiveContainer LiveMode = "container"
	LiveLegacy    LiveMode = "legacy"
)

// Choices gives the modes, the usual one first.
func (LiveMode) Choices() []string {
	return []string{string(LiveExec), string(LiveContainer), string(LiveLegacy)}
}

// Live is a kustomization whose objects are rendered while it is built.
type Live struct {
	Mode      LiveMode
	Name      string   // metadata.name of the mesh; exec and legacy
	Mesh      string   // path from the folder of the kustomization to mesh.yaml; exec and legacy
	Cluster   string   // whose objects are rendered
	Image     string   // container
	Inline    []byte   // container: the whole Mesh document, because a container sees no files
	Resources []string // folders listed beside the generator, such as ../../../mesh/sealed/west
}

// Kustomization gives the kustomization.yaml. It fails for a Live that lacks what
// its mode needs, and for an Inline that is not a Mesh. In what kustomize builds,
// the objects of Resources come first.
func (l Live) Kustomization() ([]byte, error) {
	if err := l.valid(); err != nil {
		return nil, err
	}
	generator, err := l.generator()
	if err != nil {
		return nil, err
	}
	patch, err := yaml.Marshal(map[string]any{
		"apiVersion": krm.SentinelAPIVersion,
		"kind":       krm.SentinelKind,
		"metadata":   map[string]any{"name": krm.SentinelName},
		"data":       map[string]any{"ran": "true"},
	})
	if err != nil {
		return nil, err
	}
	k := ordered()
	k.Resources = l.Resources
	k.Generators = []string{string(generator)}
	// Without a target: kustomize fails when there is nothing to patch, and
	// there is nothing when the function did not run. With a target, nothing to
	// patch is no error.
	k.Patches = []types.Patch{{Patch: string(patch)}}
	return yaml.Marshal(k)
}

func (l Live) valid() error {
	type need struct{ field, value string }
	needs := []need{{"a cluster", l.Cluster}}
	switch l.Mode {
	case LiveExec, LiveLegacy:
		needs = append(needs, need{"the name of the mesh", l.Name}, need{"the path of mesh.yaml", l.Mesh})
	case LiveContainer:
		needs = append(needs, need{"an image", l.Image}, need{"the mesh itself", string(l.Inline)})
	default:
		return fmt.Errorf("no mode %q; the modes are %s", l.Mode, strings.Join(l.Mode.Choices(), ", "))
	}
	for _, n := range needs {
		if n.value == "" {
			return fmt.Errorf("the mode %s needs %s", l.Mode, n.field)
		}
	}
	if path.IsAbs(l.Mesh) {
		return fmt.Errorf("the path of mesh.yaml is %q; it has to be relative, or it holds on one machine only", l.Mesh)
	}
	return listable(l.Resources)
}

// A function is the text of the annotation that tells kustomize how to run one.
// It is read strictly, and exec.args is unknown before kustomize 5.7.
type function struct {
	Exec      *execution `json:"exec,omitempty"`
	Container *container `json:"container,omitempty"`
}

type execution struct {
	Path string `json:"path"`
}

type container struct {
	Image string `json:"image"`
}

// generator gives the inline entry of generators: a Mesh that is a request to
// package krm.
func (l Live) generator() ([]byte, error) {
	annotations := map[string]string{krm.ClusterAnnotation: l.Cluster}
	if l.Mode != LiveContainer {
		annotations[krm.MeshAnnotation] = l.Mesh
	}
	run := function{Exec: &execution{Path: "isthmus"}}
	if l.Mode == LiveContainer {
		run = function{Container: &container{Image: l.Image}}
	}
	// With the annotation kustomize never looks for a legacy plugin.
	if l.Mode != LiveLegacy {
		text, err := yaml.Marshal(run)
		if err != nil {
			return nil, err
		}
		annotations[krm.FunctionAnnotation] = string(text)
	}
	if l.Mode == LiveContainer {
		return annotated(l.Inline, annotations)
	}
	return yaml.Marshal(map[string]any{
		"apiVersion": krm.APIVersion,
		"kind":       krm.Kind,
		"metadata":   map[string]any{"name": l.Name, "annotations": annotations},
	})
}
