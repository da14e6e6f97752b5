// Package flux tells what Flux would make of a rendered tree: it packs the tree
// as source-controller does, builds every Kustomization as kustomize-controller
// does, with the same library, and checks what a cluster shows only later, when
// a dependency never becomes ready or an object is pruned.
package flux

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/fluxcd/pkg/kustomize"
	"github.com/fluxcd/pkg/sourceignore"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/isthmus-mesh/isthmus/interop/validate"
)

// Pack copies into an empty folder what source-controller puts into an
// artifact: every regular file that neither its default rules nor a
// .sourceignore leave out (source-controller, gitrepository_controller.go,
// reconcileArtifact). Folders beside overlays and clusters are left out, as no
// Kustomization of ours is built from them.
func Pack(root, into string) error {
	root, err := filepath.Abs(root)
	if err != nil {
		return err
	}
	domain := strings.Split(root, string(filepath.Separator))
	patterns, err := sourceignore.LoadIgnorePatterns(root, domain)
	if err != nil {
		return err
	}
	matcher := sourceignore.NewDefaultMatcher(patterns, domain)
	return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		switch {
		case rel == ".":
			return os.MkdirAll(into, 0o755)
		case entry.IsDir() && filepath.Dir(rel) == "." && rel != "overlays" && rel != "clusters":
			return fs.SkipDir
		case matcher.Match(strings.Split(path, string(filepath.Separator)), entry.IsDir()):
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		case entry.IsDir():
			return os.MkdirAll(filepath.Join(into, rel), 0o755)
		case !entry.Type().IsRegular():
			return nil // the archive holds no links
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(into, rel), data, 0o644)
	})
}

// build gives the objects that one Kustomization applies, from a packed tree,
// by the steps of kustomize-controller (kustomization_controller.go, generate
// and build): no plugins, no file from outside the artifact.
//
// Then it does what a postBuild would do whose variables are all unset, as
// somebody may add one to all Kustomizations of a cluster: an object that comes
// out changed is an error.
func build(artifact, path string, object map[string]any) ([]validate.Document, error) {
	folder := filepath.Join(artifact, path)
	u := unstructured.Unstructured{Object: object}
	if _, err := kustomize.NewGenerator(artifact, u).WriteFile(folder); err != nil {
		return nil, err
	}
	resources, err := kustomize.SecureBuild(artifact, folder, false)
	if err != nil {
		return nil, err
	}
	var documents []validate.Document
	for _, resource := range resources.Resources() {
		before, err := resource.AsYAML()
		if err != nil {
			return nil, err
		}
		found, err := validate.Documents(before)
		if err != nil {
			return nil, err
		}
		documents = append(documents, found...)
		substituted, err := kustomize.SubstituteVariables(context.Background(), nil, u, resource.DeepCopy(), kustomize.SubstituteWithAlways(true))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", found[0], err)
		}
		if substituted == nil {
			continue // the object says that it wants no substitution
		}
		after, err := substituted.AsYAML()
		if err != nil {
			return nil, err
		}
		if string(before) != string(after) {
			return nil, fmt.Errorf("%s: a variable substitution would change it; it needs the annotation kustomize.toolkit.fluxcd.io/substitute: disabled", found[0])
		}
	}
	return documents, nil
}

// listed reads the objects of the files that a stage's kustomization.yaml
// names, with no kustomize in between, and returns which files those are.
func listed(folder string) ([]validate.Document, []string, error) {
	data, err := os.ReadFile(filepath.Join(folder, "kustomization.yaml"))
	if err != nil {
		return nil, nil, err
	}
	var file struct {
		Resources []string `json:"resources"`
	}
	if err := yaml.Unmarshal(data, &file); err != nil {
		return nil, nil, err
	}
	var documents []validate.Document
	for _, name := range file.Resources {
		if info, err := os.Stat(filepath.Join(folder, name)); err == nil && info.IsDir() {
			return nil, nil, fmt.Errorf("%s: a folder, where a stage lists files", name)
		}
		data, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			return nil, nil, err
		}
		found, err := validate.Documents(data)
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", name, err)
		}
		documents = append(documents, found...)
	}
	return documents, file.Resources, nil
}
