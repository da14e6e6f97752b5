// Package charts renders Istio's own Helm charts with values that isthmus
// wrote, and compares what comes out with the overlay: what Helm, Argo CD, Sail
// or istioctl would install beside it. The charts are those of the one version
// of istio.io/istio that the module proxy has, which lies after 1.30.
package charts

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"helm.sh/helm/v3/pkg/chart"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"

	"github.com/isthmus-mesh/isthmus/interop/sources"
	"github.com/isthmus-mesh/isthmus/interop/validate"
)

// folders are the charts by the names they are published under.
var folders = map[string]string{
	"base":    "base",
	"istiod":  "istio-control/istio-discovery",
	"gateway": "gateway",
	"cni":     "istio-cni",
}

var (
	lock   sync.Mutex
	loaded = map[string]*chart.Chart{}
)

// open returns a chart by its published name; it must not be changed.
func open(name string) (*chart.Chart, error) {
	lock.Lock()
	defer lock.Unlock()
	if found, ok := loaded[name]; ok {
		return found, nil
	}
	folder, ok := folders[name]
	if !ok {
		return nil, fmt.Errorf("no chart %q; there are %s", name, strings.Join(slices.Sorted(maps.Keys(folders)), ", "))
	}
	root, err := sources.Istio.Folder()
	if err != nil {
		return nil, err
	}
	found, err := loader.LoadDir(filepath.Join(root, "manifests", "charts", filepath.FromSlash(folder)))
	if err != nil {
		return nil, err
	}
	loaded[name] = found
	return found, nil
}

// A Release is one chart with the values somebody installs it with.
type Release struct {
	Chart     string // base, istiod, gateway or cni
	Name      string
	Namespace string
	Values    map[string]any
	From      string // the file or object that asks for it, for messages

	// overlooks tells whether the engine that applies it overlooks a change of
	// a webhook's field; nil where no engine looks.
	overlooks func(kind string, i int, field string) bool
}

// String names the release as people do.
func (r Release) String() string {
	return fmt.Sprintf("%s: chart %s as %s/%s", r.From, r.Chart, r.Namespace, r.Name)
}

// Render returns the objects that a first installation makes. The CRDs of the
// chart base are left out: 2 MB, in no overlay and asked for by nobody here.
func (r Release) Render() ([]validate.Document, error) {
	template, err := open(r.Chart)
	if err != nil {
		return nil, err
	}
	values, err := copied(r.Values)
	if err != nil {
		return nil, err
	}
	if r.Chart == "base" {
		if err := withoutCRDs(values); err != nil {
			return nil, err
		}
	}
	// The chart's templates rewrite their values in place.
	fresh := *template
	if fresh.Values, err = copied(template.Values); err != nil {
		return nil, err
	}
	options := chartutil.ReleaseOptions{Name: r.Name, Namespace: r.Namespace, Revision: 1, IsInstall: true}
	input, err := chartutil.ToRenderValues(&fresh, values, options, chartutil.DefaultCapabilities)
	if err != nil {
		return nil, err
	}
	files, err := engine.Render(&fresh, input)
	if err != nil {
		return nil, err
	}
	var documents []validate.Document
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if strings.HasSuffix(name, "NOTES.txt") {
			continue
		}
		found, err := validate.Documents([]byte(files[name]))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		documents = append(documents, found...)
	}
	return documents, nil
}

// withoutCRDs excludes every CRD by the chart's own value.
func withoutCRDs(values map[string]any) error {
	template, err := open("base")
	if err != nil {
		return err
	}
	var names []any
	for _, file := range template.Files {
		if file.Name != "files/crd-all.gen.yaml" {
			continue
		}
		documents, err := validate.Documents(file.Data)
		if err != nil {
			return err
		}
		for _, document := range documents {
			names = append(names, document.Name)
		}
	}
	base, ok := values["base"].(map[string]any)
	if !ok {
		base = map[string]any{}
		values["base"] = base
	}
	base["excludedCRDs"] = names
	return nil
}

// copied returns a deep copy: charts write to what they are given.
func copied(values map[string]any) (map[string]any, error) {
	text, err := chartutil.Values(values).YAML()
	if err != nil {
		return nil, err
	}
	return chartutil.ReadValues([]byte(text))
}
