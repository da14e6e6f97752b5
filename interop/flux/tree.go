package flux

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/isthmus-mesh/isthmus/interop/validate"
)

// A Tree is one rendered tree: the folder that holds overlays/ and clusters/.
type Tree struct {
	Root string
	// Prefix is where the tree lies in the delivered source; "" is its root.
	Prefix string
	// Given are the Kustomizations, namespace/name, that the user's own
	// dependsOn names. They are not in the tree.
	Given []string
}

// A kustomization is one Flux Kustomization of a tree.
type kustomization struct {
	validate.Document

	file           string // below the tree's root
	cluster, stage string // of the overlay that it applies
	spec           map[string]any
	dependsOn      []string // namespace/name
	built          []validate.Document
}

func (k kustomization) id() string { return k.Namespace + "/" + k.Name }

// String names an object of delivery by its file too: names need not be unique
// over clusters.
func (k kustomization) String() string { return k.file + ": " + k.Document.String() }

// A placed object is one in clusters/ that is no Flux Kustomization.
type placed struct {
	validate.Document
	file string
}

// delivered reads the objects in clusters/, those that are Flux
// Kustomizations apart. A tree without the folder has none.
func (t Tree) delivered() (all []kustomization, others []placed, err error) {
	root := filepath.Join(t.Root, "clusters")
	if _, err := os.Stat(root); err != nil {
		return nil, nil, nil
	}
	err = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !isYAML(path) || filepath.Base(path) == "kustomization.yaml" {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		documents, err := validate.Documents(data)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		file, err := filepath.Rel(t.Root, path)
		if err != nil {
			return err
		}
		file = filepath.ToSlash(file)
		for _, document := range documents {
			if strings.HasPrefix(document.APIVersion, "kustomize.toolkit.fluxcd.io/") && document.Kind == "Kustomization" {
				all = append(all, newKustomization(file, document))
			} else {
				others = append(others, placed{document, file})
			}
		}
		return nil
	})
	return all, others, err
}

func newKustomization(file string, document validate.Document) kustomization {
	k := kustomization{Document: document, file: file}
	k.spec, _ = document.Value["spec"].(map[string]any)
	items, _ := k.spec["dependsOn"].([]any)
	for _, item := range items {
		object, _ := item.(map[string]any)
		name, _ := object["name"].(string)
		namespace, ok := object["namespace"].(string)
		if !ok {
			namespace = k.Namespace
		}
		k.dependsOn = append(k.dependsOn, namespace+"/"+name)
	}
	return k
}

// stages returns every stage of every overlay, as overlays/<cluster>/<stage>;
// live is for people and Argo CD, and Flux cannot build it.
func (t Tree) stages() ([]string, error) {
	paths, err := filepath.Glob(filepath.Join(t.Root, "overlays", "*", "*", "kustomization.yaml"))
	if err != nil {
		return nil, err
	}
	var stages []string
	for _, path := range paths {
		rel, err := filepath.Rel(t.Root, filepath.Dir(path))
		if err != nil {
			return nil, err
		}
		if filepath.Base(rel) != "live" {
			stages = append(stages, filepath.ToSlash(rel))
		}
	}
	return stages, nil
}

func isYAML(path string) bool {
	ext := filepath.Ext(path)
	return ext == ".yaml" || ext == ".yml"
}
