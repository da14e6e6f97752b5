package validate

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"

	"github.com/isthmus-mesh/isthmus/interop/sources"
)

// A published place is where a project's CRDs are: files of a module.
type published struct {
	module sources.Module
	files  string // a pattern of path.Match
}

// definitions names, for every API group whose objects isthmus renders, where
// its CRDs are. Groups of Kubernetes itself are not here.
//
// Each is the newest release; an older controller may lack a field, and its
// project's notes are the only place that says so. Istio's networking and
// security CRDs also stand for 1.4 and 1.5, whose API server took any field:
// what they say is stricter, never laxer.
var definitions = map[string][]published{
	"kustomize.toolkit.fluxcd.io": {{sources.KustomizeController, "config/crd/bases/*.yaml"}},
	"source.toolkit.fluxcd.io":    {{sources.SourceController, "config/crd/bases/*.yaml"}},
	"helm.toolkit.fluxcd.io":      {{sources.HelmController, "config/crd/bases/*.yaml"}},
	"argoproj.io":                 {{sources.ArgoCD, "manifests/crds/*-crd.yaml"}},
	"bitnami.com":                 {{sources.SealedSecrets, "helm/sealed-secrets/crds/*.yaml"}},
	"external-secrets.io":         {{sources.ExternalSecrets, "config/crds/bases/external-secrets.io_*.yaml"}},
	"cert-manager.io":             {{sources.CertManager, "deploy/crds/cert-manager.io_*.yaml"}},
	"networking.istio.io":         {{sources.IstioAPI, "kubernetes/customresourcedefinitions.gen.yaml"}},
	"security.istio.io":           {{sources.IstioAPI, "kubernetes/customresourcedefinitions.gen.yaml"}},
	"telemetry.istio.io":          {{sources.IstioAPI, "kubernetes/customresourcedefinitions.gen.yaml"}},
}

// ownGroup is the one group whose CRDs come from no module: cut by hand to
// what isthmus renders, they are in schemas/sail.
const ownGroup = "sailoperator.io"

// definitionsOf reads every CRD of one group.
func definitionsOf(group, folder string) ([]*apiextensions.CustomResourceDefinition, error) {
	var files [][]byte
	if group == ownGroup {
		paths, err := filepath.Glob(filepath.Join(folder, "sail", "*.yaml"))
		if err != nil {
			return nil, err
		}
		for _, path := range paths {
			data, err := os.ReadFile(path)
			if err != nil {
				return nil, err
			}
			files = append(files, data)
		}
	}
	for _, place := range definitions[group] {
		found, err := place.module.Files(place.files)
		if err != nil {
			return nil, err
		}
		files = append(files, found...)
	}
	var all []*apiextensions.CustomResourceDefinition
	for _, data := range files {
		found, err := readDefinitions(data)
		if err != nil {
			return nil, err
		}
		for _, definition := range found {
			if definition.Spec.Group == group {
				all = append(all, definition)
			}
		}
	}
	return all, nil
}

// readDefinitions reads the CRDs of one file.
func readDefinitions(data []byte) ([]*apiextensions.CustomResourceDefinition, error) {
	decoder := utilyaml.NewYAMLOrJSONDecoder(bytes.NewReader(data), 4096)
	var all []*apiextensions.CustomResourceDefinition
	for {
		var v1 *apiextensionsv1.CustomResourceDefinition
		if err := decoder.Decode(&v1); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		if v1 == nil || v1.Kind != "CustomResourceDefinition" {
			continue
		}
		definition := &apiextensions.CustomResourceDefinition{}
		if err := apiextensionsv1.Convert_v1_CustomResourceDefinition_To_apiextensions_CustomResourceDefinition(v1, definition, nil); err != nil {
			return nil, fmt.Errorf("%s: %w", v1.Name, err)
		}
		all = append(all, definition)
	}
}

// Define reads the CRDs of a file and puts each in the place of the one that
// the validator has for the same kind. It returns how many there were.
func (v *Validator) Define(data []byte) (int, error) {
	found, err := readDefinitions(data)
	if err != nil {
		return 0, err
	}
	for _, definition := range found {
		group, name := definition.Spec.Group, definition.Spec.Names.Kind
		all, err := v.definitionsOf(group)
		if err != nil {
			return 0, err
		}
		all = slices.DeleteFunc(slices.Clone(all), func(d *apiextensions.CustomResourceDefinition) bool { return d.Spec.Names.Kind == name })
		v.definitions[group] = append(all, definition)
		for _, version := range definition.Spec.Versions {
			delete(v.kinds, kindID(group, version.Name, name))
		}
	}
	return len(found), nil
}

// definitionsOf returns the CRDs of a group, read once.
func (v *Validator) definitionsOf(group string) ([]*apiextensions.CustomResourceDefinition, error) {
	if all, ok := v.definitions[group]; ok {
		return all, nil
	}
	all, err := definitionsOf(group, v.folder)
	if err != nil {
		return nil, err
	}
	v.definitions[group] = all
	return all, nil
}

func kindID(group, version, name string) string { return group + "/" + version + " " + name }
