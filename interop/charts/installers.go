package charts

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/isthmus-mesh/isthmus/interop/validate"
)

// What each way to install Istio makes of the values that it is given: Flux,
// Argo CD, the Sail operator, istioctl, and a person with Helm.

func ofHelmRelease(document validate.Document) ([]Release, error) {
	spec := object(document.Value, "spec")
	if spec["valuesFrom"] != nil {
		return nil, fmt.Errorf("spec.valuesFrom: values that are not in the tree cannot be looked at")
	}
	release := Release{
		Chart:     text(spec, "chart", "spec", "chart"),
		Name:      text(spec, "releaseName"),
		Namespace: text(spec, "targetNamespace"),
		Values:    object(spec, "values"),
		overlooks: overlooksFlux(spec),
	}
	// helm-controller, api/v2, GetReleaseName and GetReleaseNamespace.
	if release.Name == "" {
		release.Name = document.Name
		if release.Namespace != "" {
			release.Name = release.Namespace + "-" + document.Name
		}
	}
	if release.Namespace == "" {
		release.Namespace = document.Namespace
	}
	return []Release{release}, nil
}

func (c Cluster) ofApplication(document validate.Document, used map[string]bool) ([]Release, error) {
	spec := object(document.Value, "spec")
	sources, _ := spec["sources"].([]any)
	if source, ok := spec["source"]; ok {
		sources = append(sources, source)
	}
	var releases []Release
	for _, item := range sources {
		source, _ := item.(map[string]any)
		chart := text(source, "chart")
		if chart == "" {
			continue
		}
		release := Release{
			Chart:     chart,
			Name:      text(source, "helm", "releaseName"),
			Namespace: text(source, "helm", "namespace"),
			Values:    map[string]any{},
			overlooks: overlooksArgoCD(spec),
		}
		if release.Name == "" {
			release.Name = document.Name
		}
		if release.Namespace == "" {
			release.Namespace = text(spec, "destination", "namespace")
		}
		helm := object(source, "helm")
		files, _ := helm["valueFiles"].([]any)
		for _, file := range files {
			// $ref/path, from the root of the source with that ref.
			_, below, _ := strings.Cut(fmt.Sprint(file), "/")
			below = strings.TrimPrefix(strings.TrimPrefix(filepath.ToSlash(filepath.Clean(below)), c.Prefix), "/")
			path := filepath.Join(c.Root, filepath.FromSlash(below))
			if _, ok := used[path]; !ok {
				return nil, fmt.Errorf("helm.valueFiles: %v is no values file of this overlay", file)
			}
			used[path] = false
			values, err := valuesOf(path)
			if err != nil {
				return nil, err
			}
			merge(release.Values, values)
		}
		merge(release.Values, object(helm, "valuesObject"))
		if helm["parameters"] != nil || helm["values"] != nil {
			return nil, fmt.Errorf("helm: parameters and values are not looked at; valueFiles and valuesObject are")
		}
		releases = append(releases, release)
	}
	return releases, nil
}

// ofSail gives what the operator installs for an Istio of the default name or
// of a revision: the same chart with the same values.
func ofSail(document validate.Document) ([]Release, error) {
	spec := object(document.Value, "spec")
	values := map[string]any{}
	merge(values, object(spec, "values"))
	if profile := text(spec, "profile"); profile != "" {
		values["profile"] = profile
	}
	if document.Name != "default" {
		values["revision"] = document.Name
	}
	return []Release{{Chart: "istiod", Name: document.Name + "-istiod", Namespace: text(spec, "namespace"), Values: values}}, nil
}

// ofOperator gives what istioctl renders from an IstioOperator: the charts base
// and istiod with the same values, the fields of the object among them
// (istio:operator/pkg/render).
func (c Cluster) ofOperator(document validate.Document) ([]Release, error) {
	spec := object(document.Value, "spec")
	values := map[string]any{}
	merge(values, object(spec, "values"))
	// manifests/profiles/default.yaml, below every profile.
	if _, ok := values["defaultRevision"]; !ok {
		values["defaultRevision"] = ""
	}
	if revision := text(spec, "revision"); revision != "" {
		values["revision"] = revision
	}
	if config := object(spec, "meshConfig"); len(config) > 0 {
		values["meshConfig"] = config
	}
	if text(spec, "profile") == "remote" {
		values["profile"] = "remote" // manifests/profiles/remote.yaml
	}
	return []Release{
		{Chart: "base", Name: "istio-base", Namespace: c.Namespace, Values: values},
		{Chart: "istiod", Name: "istiod", Namespace: c.Namespace, Values: values},
	}, nil
}

// ofFile names the release as the documents tell people to.
func (c Cluster) ofFile(path string) (Release, error) {
	values, err := valuesOf(path)
	if err != nil {
		return Release{}, err
	}
	chart := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), "values-"), ".yaml")
	names := map[string]string{"base": "istio-base", "istiod": "istiod", "gateway": "istio-eastwestgateway", "cni": "istio-cni"}
	if chart == "istio-csr" {
		return Release{Chart: istioCSR}, nil
	}
	name, ok := names[chart]
	if !ok {
		return Release{}, fmt.Errorf("%s: values of no chart", path)
	}
	return Release{Chart: chart, Name: name, Namespace: c.Namespace, Values: values, From: filepath.Base(path)}, nil
}
