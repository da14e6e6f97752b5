package interop

import (
	"cmp"
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
		Istio             meshIstio     `json:"istio"`
		Network           string        `json:"network"`
		KubernetesVersion string        `json:"kubernetesVersion"`
		Clusters          []meshCluster `json:"clusters"`
		Delivery          struct {
			Path string `json:"path"`
			Flux struct {
				Namespace string `json:"namespace"`
				DependsOn []struct {
					Name      string `json:"name"`
					Namespace string `json:"namespace"`
				} `json:"dependsOn"`
			} `json:"flux"`
		} `json:"delivery"`
	} `json:"spec"`
}

type meshIstio struct {
	Version   string `json:"version"`
	Namespace string `json:"namespace"`
	Revision  string `json:"revision"`
	Canary    *struct {
		Revision string `json:"revision"`
	} `json:"canary"`
	Stubs  string         `json:"stubs"`
	Values map[string]any `json:"values"`
}

type meshCluster struct {
	Name              string         `json:"name"`
	Version           string         `json:"version"`
	KubernetesVersion string         `json:"kubernetesVersion"`
	ControlPlane      map[string]any `json:"controlPlane"`
	LocalInjector     bool           `json:"localInjector"`
	Values            map[string]any `json:"values"`
}

// istio is the release that a cluster runs.
func (m meshFile) istio(c meshCluster) string {
	return cmp.Or(c.Version, m.Spec.Istio.Version)
}

// versions are what a cluster runs, as the validator takes them.
func (m meshFile) versions(c meshCluster) validate.Versions {
	return validate.Versions{Kubernetes: m.kubernetesVersion(c), Istio: m.istio(c)}
}

func (m meshFile) kubernetesVersion(c meshCluster) string {
	if c.KubernetesVersion != "" {
		return c.KubernetesVersion
	}
	if m.Spec.KubernetesVersion != "" {
		return m.Spec.KubernetesVersion
	}
	istio := m.istio(c)
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
			document = withoutValues(document, mesh.Spec.Istio.Values)
			document = withoutValues(document, cluster.Values)
			found := validator.Document(mesh.versions(cluster), document)
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
// the kustomizations, the values of charts, and the folder whose objects a
// function makes.
func manifests(folder string) ([]string, error) {
	var paths []string
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		switch ext := filepath.Ext(path); {
		case entry.IsDir() && path == filepath.Join(folder, "live"):
			return fs.SkipDir
		case entry.IsDir(), entry.Name() == "kustomization.yaml", strings.HasPrefix(entry.Name(), "values-"):
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
func withoutValues(document validate.Document, values map[string]any) validate.Document {
	group, _, _ := strings.Cut(document.APIVersion, "/")
	if group != "install.istio.io" && group != "sailoperator.io" || len(values) == 0 {
		return document
	}
	spec, _ := document.Value["spec"].(map[string]any)
	if have, ok := spec["values"].(map[string]any); ok {
		remove(have, values)
	}
	// Some judges read the text.
	if data, err := yaml.Marshal(document.Value); err == nil {
		document.Bytes = data
	}
	return document
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
