package validate

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/listtype"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	apivalidation "k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apimachinery/pkg/util/validation/field"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"sigs.k8s.io/yaml"
)

// A customKind checks objects of one version of one CRD by the steps of an API
// server (k8s.io/apiextensions-apiserver, pkg/registry/customresource), but
// for one thing: a field that it would drop in silence is an error.
type customKind struct {
	namespaced bool
	structural *schema.Structural
	validator  validation.SchemaValidator
	rules      *cel.Validator // nil where the schema has none
}

// newCustomKind prepares the version of a CRD that an object names.
func newCustomKind(definition *apiextensions.CustomResourceDefinition, version string) (*customKind, error) {
	i := slices.IndexFunc(definition.Spec.Versions, func(v apiextensions.CustomResourceDefinitionVersion) bool {
		return v.Name == version && v.Served
	})
	if i < 0 {
		return nil, fmt.Errorf("%s does not serve %s", definition.Name, version)
	}
	props := definition.Spec.Versions[i].Schema
	if props == nil {
		props = definition.Spec.Validation // one schema for all versions
	}
	if props == nil || props.OpenAPIV3Schema == nil {
		return nil, fmt.Errorf("%s has no schema", definition.Name)
	}
	structural, err := schema.NewStructural(props.OpenAPIV3Schema)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", definition.Name, err)
	}
	validator, _, err := validation.NewSchemaValidator(props.OpenAPIV3Schema)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", definition.Name, err)
	}
	return &customKind{
		namespaced: definition.Spec.Scope == apiextensions.NamespaceScoped,
		structural: structural,
		validator:  validator,
		rules:      cel.NewValidator(structural, true, celconfig.PerCallLimit),
	}, nil
}

// check returns what is wrong with one object.
func (k *customKind) check(document Document) []error {
	// Whole numbers have to be int64, as the API server has them; the YAML
	// library makes floats of them, which no integer field takes.
	text, err := yaml.YAMLToJSONStrict(document.Bytes)
	if err != nil {
		return []error{err}
	}
	var object map[string]any
	if err := json.Unmarshal(text, &object); err != nil {
		return []error{err}
	}

	var problems []error
	for _, path := range pruning.PruneWithOptions(object, k.structural, true, schema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true}) {
		problems = append(problems, fmt.Errorf("%s: unknown field", path))
	}
	defaulting.Default(object, k.structural)

	var list field.ErrorList
	metadata, _, unknown, err := objectmeta.GetObjectMetaWithOptions(object, objectmeta.ObjectMetaOptions{ReturnUnknownFieldPaths: true})
	if err != nil {
		return append(problems, err)
	}
	for _, path := range unknown {
		problems = append(problems, fmt.Errorf("%s: unknown field", path))
	}
	list = append(list, apivalidation.ValidateObjectMeta(metadata, k.namespaced, apivalidation.NameIsDNSSubdomain, field.NewPath("metadata"))...)
	list = append(list, objectmeta.Validate(context.Background(), nil, object, k.structural, true)...)
	list = append(list, validation.ValidateCustomResource(nil, object, k.validator)...)
	list = append(list, listtype.ValidateListSetsAndMaps(nil, k.structural, object)...)
	if len(list) == 0 && k.rules != nil {
		// Rules may assume that the object has the schema's types.
		found, _ := k.rules.Validate(context.Background(), nil, k.structural, object, nil, celconfig.RuntimeCELCostBudget)
		list = append(list, found...)
	}
	for _, e := range list {
		problems = append(problems, e)
	}
	slices.SortFunc(problems, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return problems
}

// custom checks an object of a CRD; ok is false where no CRD of its group is
// known, so that another judge has to decide.
func (v *Validator) custom(document Document) (problems []error, ok bool) {
	group, version, _ := strings.Cut(document.APIVersion, "/")
	if definitions[group] == nil && group != ownGroup {
		return nil, false
	}
	kind, err := v.customKind(group, version, document.Kind)
	if err != nil {
		return []error{err}, true
	}
	return kind.check(document), true
}

func (v *Validator) customKind(group, version, name string) (*customKind, error) {
	id := kindID(group, version, name)
	if kind, ok := v.kinds[id]; ok {
		return kind, nil
	}
	definitions, err := v.definitionsOf(group)
	if err != nil {
		return nil, err
	}
	for _, definition := range definitions {
		if definition.Spec.Names.Kind != name {
			continue
		}
		kind, err := newCustomKind(definition, version)
		if err != nil {
			return nil, err
		}
		v.kinds[id] = kind
		return kind, nil
	}
	return nil, fmt.Errorf("no CRD of %s has the kind %s", group, name)
}
