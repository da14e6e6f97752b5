package charts

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/isthmus-mesh/isthmus/interop/validate"
)

// A Cluster is one overlay, with what mesh.yaml says about it.
type Cluster struct {
	Root   string // the folder that holds overlays/ and clusters/
	Prefix string // where that folder lies in the delivered source
	Name   string

	Namespace     string
	Revisions     []string // of every control plane that the cluster knows; "" is the default one
	Network       string
	Remote        bool
	LocalInjector bool
	Dedicated     bool   // the gateway in front of the control plane is the mesh's own
	Stubs         string // overlay or profile
	// Given are the values that the user passes through; which keys they have
	// is the user's affair.
	Given []map[string]any
}

// found is what an overlay and the delivery beside it hold.
type found struct {
	releases []Release
	objects  []validate.Document // what is applied as it stands
}

// find reads the overlay and the objects of delivery that are for it.
func (c Cluster) find() (found, error) {
	var all found
	values := map[string]bool{} // values files, false where an object names them
	overlay := filepath.Join(c.Root, "overlays", c.Name)
	err := filepath.WalkDir(overlay, func(path string, entry fs.DirEntry, err error) error {
		name := entry.Name()
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path == filepath.Join(overlay, "live"):
			return fs.SkipDir
		case entry.IsDir(), name == "kustomization.yaml", filepath.Ext(name) != ".yaml":
			return nil
		case strings.HasPrefix(name, "values-"):
			values[path] = true
			return nil
		}
		return c.read(path, &all, values)
	})
	if err != nil {
		return all, err
	}
	delivery, err := c.deliveryFiles()
	if err != nil {
		return all, err
	}
	for _, path := range delivery {
		if err := c.read(path, &all, values); err != nil {
			return all, err
		}
	}
	for _, path := range slices.Sorted(maps.Keys(values)) {
		if !values[path] {
			continue
		}
		release, err := c.ofFile(path)
		if err != nil {
			return all, err
		}
		all.releases = append(all.releases, release)
	}
	// The chart of istio-csr is no part of a module that can be had.
	all.releases = slices.DeleteFunc(all.releases, func(r Release) bool { return r.Chart == istioCSR })
	return all, nil
}

const istioCSR = "cert-manager-istio-csr"

// deliveryFiles returns the files under clusters/ that are this cluster's.
func (c Cluster) deliveryFiles() ([]string, error) {
	own, err := filepath.Glob(filepath.Join(c.Root, "clusters", c.Name, "isthmus.yaml"))
	if err != nil {
		return nil, err
	}
	hub, err := filepath.Glob(filepath.Join(c.Root, "clusters", "*", "isthmus-"+c.Name+".yaml"))
	return append(own, hub...), err
}

// read takes one file apart into releases and plain objects.
func (c Cluster) read(path string, all *found, values map[string]bool) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	documents, err := validate.Documents(data)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	for _, document := range documents {
		var releases []Release
		group, _, _ := strings.Cut(document.APIVersion, "/")
		switch group + " " + document.Kind {
		case "helm.toolkit.fluxcd.io HelmRelease":
			releases, err = ofHelmRelease(document)
		case "argoproj.io Application":
			releases, err = c.ofApplication(document, values)
		case "argoproj.io ApplicationSet":
			err = fmt.Errorf("an ApplicationSet is not read here; give each cluster an Application")
		case "sailoperator.io Istio":
			releases, err = ofSail(document)
		case "install.istio.io IstioOperator":
			releases, err = c.ofOperator(document)
		case "kustomize.toolkit.fluxcd.io Kustomization":
		default:
			all.objects = append(all.objects, document)
		}
		if err != nil {
			return fmt.Errorf("%s: %s: %w", path, document, err)
		}
		for i := range releases {
			releases[i].From = document.String()
		}
		all.releases = append(all.releases, releases...)
	}
	return nil
}

func valuesOf(path string) (map[string]any, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	values := map[string]any{}
	if err := yaml.UnmarshalStrict(data, &values); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	for _, key := range []string{"apiVersion", "kind"} {
		if _, ok := values[key]; ok {
			return nil, fmt.Errorf("%s: %s: a values file is no object", path, key)
		}
	}
	return values, nil
}

// merge puts values over others, map by map, as Helm does with several files.
func merge(into, values map[string]any) {
	for key, value := range values {
		child, nested := value.(map[string]any)
		below, ok := into[key].(map[string]any)
		switch {
		case nested && ok:
			merge(below, child)
		case nested:
			fresh := map[string]any{}
			merge(fresh, child)
			into[key] = fresh
		default:
			into[key] = value
		}
	}
}

func object(value map[string]any, path ...string) map[string]any {
	for _, key := range path {
		value, _ = value[key].(map[string]any)
	}
	return value
}

func text(value map[string]any, path ...string) string {
	s, _ := object(value, path[:len(path)-1]...)[path[len(path)-1]].(string)
	return s
}
