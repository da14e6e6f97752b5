package interop

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/isthmus-mesh/isthmus/interop/validate"
)

// defaultKubernetes is the version that a cluster is taken to run where
// mesh.yaml names none, by the minor of Istio; "" is for every other minor.
// It repeats what the product assumes, so change both.
var defaultKubernetes = map[string]string{
	"1.4": "1.15",
	"1.5": "1.16",
	"":    "1.34",
}

// A meshFile is the part of mesh.yaml that the proofs need; strict loading is
// the product's affair.
type meshFile struct {
	Spec struct {
		Istio struct {
			Version string         `json:"version"`
			Values  map[string]any `json:"values"`
		} `json:"istio"`
		KubernetesVersion string        `json:"kubernetesVersion"`
		Clusters          []meshCluster `json:"clusters"`
	} `json:"spec"`
}

type meshCluster struct {
	Name              string         `json:"name"`
	Version           string         `json:"version"`
	KubernetesVersion string         `json:"kubernetesVersion"`
	Values            map[string]any `json:"values"`
}

func (m meshFile) kubernetesVersion(c meshCluster) string {
	if c.KubernetesVersion != "" {
		return c.KubernetesVersion
	}
	if m.Spec.KubernetesVersion != "" {
		return m.Spec.KubernetesVersion
	}
	istio := m.Spec.Istio.Version
	if c.Version != "" {
		istio = c.Version
	}
	for minor, version := range defaultKubernetes {
		if minor != "" && strings.HasPrefix(istio+".", minor+".") {
			return version
		}
	}
	return defaultKubernetes[""]
}

// findOverlays returns every folder named overlays below root, in order. Dot
// folders hold tools and Git's own, and this module holds no rendered tree.
func findOverlays(root string) ([]string, error) {
	var found []string
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		switch {
		case !entry.IsDir() || path == root:
			return nil
		case strings.HasPrefix(entry.Name(), "."), path == filepath.Join(root, "interop"):
			return fs.SkipDir
		case entry.Name() == "overlays":
			found = append(found, path)
			return fs.SkipDir
		}
		return nil
	})
	return found, err
}

// readMesh reads the mesh that overlays were rendered from: mesh/mesh.yaml
// beside them, or beside the folder want that golden trees lie in.
func readMesh(overlays string) (meshFile, error) {
	var mesh meshFile
	beside := filepath.Dir(overlays)
	data, err := os.ReadFile(filepath.Join(beside, "mesh", "mesh.yaml"))
	if errors.Is(err, fs.ErrNotExist) && filepath.Base(beside) == "want" {
		data, err = os.ReadFile(filepath.Join(filepath.Dir(beside), "mesh", "mesh.yaml"))
	}
	if err != nil {
		return mesh, err
	}
	return mesh, yaml.Unmarshal(data, &mesh)
}

// checkOverlays checks every object of every cluster in one folder of overlays
// and returns how many there were. Clusters that mesh.yaml does not name,
// clusters that have no overlay and overlays without objects are problems.
func checkOverlays(validator *validate.Validator, overlays string) (int, []error) {
	mesh, err := readMesh(overlays)
	if err != nil {
		return 0, []error{fmt.Errorf("%s: %w", overlays, err)}
	}
	entries, err := os.ReadDir(overlays)
	if err != nil {
		return 0, []error{err}
	}
	var problems []error
	for _, entry := range entries {
		named := slices.ContainsFunc(mesh.Spec.Clusters, func(c meshCluster) bool { return c.Name == entry.Name() })
		if !named {
			problems = append(problems, fmt.Errorf("%s: not a cluster of the mesh", filepath.Join(overlays, entry.Name())))
		}
	}
	total := 0
	for _, cluster := range mesh.Spec.Clusters {
		folder := filepath.Join(overlays, cluster.Name)
		count, found := checkCluster(validator, folder, mesh, cluster)
		if count == 0 && len(found) == 0 {
			found = []error{fmt.Errorf("%s: no objects", folder)}
		}
		problems = append(problems, found...)
		total += count
	}
	return total, problems
}

func checkCluster(validator *validate.Validator, folder string, mesh meshFile, cluster meshCluster) (int, []error) {
	paths, err := manifests(folder)
	if err != nil {
		return 0, []error{err}
	}
	var problems []error
	var all, valid []validate.Document
	for _, path := range paths {
		documents, err := readManifest(path)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		for _, document := range documents {
			withoutValues(document, mesh.Spec.Istio.Values)
			withoutValues(document, cluster.Values)
			found := validator.Document(mesh.kubernetesVersion(cluster), document)
			for _, problem := range found {
				problems = append(problems, fmt.Errorf("%s: %s: %w", path, document, problem))
			}
			all = append(all, document)
			if len(found) == 0 {
				valid = append(valid, document)
			}
		}
	}
	for _, problem := range validate.Cluster(valid) {
		problems = append(problems, fmt.Errorf("%s: %w", folder, problem))
	}
	return len(all), problems
}

// manifests returns the YAML files of one overlay that hold objects: all but
// the kustomizations, and the folder whose objects a function makes.
func manifests(folder string) ([]string, error) {
	var paths []string
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		switch ext := filepath.Ext(path); {
		case entry.IsDir() && path == filepath.Join(folder, "live"):
			return fs.SkipDir
		case entry.IsDir(), entry.Name() == "kustomization.yaml":
			return nil
		case ext == ".yaml", ext == ".yml", ext == ".json":
			paths = append(paths, path)
		}
		return nil
	})
	return paths, err
}

func readManifest(path string) ([]validate.Document, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	documents, err := validate.Documents(data)
	if err == nil && len(documents) == 0 {
		err = errors.New("no object in the file")
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return documents, nil
}

// withoutValues takes out of a profile what mesh.yaml passes through to the
// charts: those keys are the user's choice, so the closed lists do not have
// them. Kubernetes objects are left alone.
func withoutValues(document validate.Document, values map[string]any) {
	if !strings.HasPrefix(document.APIVersion, "install.istio.io/") {
		return
	}
	spec, _ := document.Value["spec"].(map[string]any)
	if have, ok := spec["values"].(map[string]any); ok {
		remove(have, values)
	}
}

func remove(from, keys map[string]any) {
	for key, value := range keys {
		child, ok := from[key].(map[string]any)
		below, nested := value.(map[string]any)
		if ok && nested {
			remove(child, below)
		}
		if !nested || len(child) == 0 {
			delete(from, key)
		}
	}
}
