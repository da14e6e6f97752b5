package review

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/plan"
)

// at gives what stands in a document below keys, nil where nothing does.
func at(value any, keys ...string) any {
	for _, key := range keys {
		fields, _ := value.(map[string]any)
		value = fields[key]
	}
	return value
}

// elsewhere says how what an ExternalSecret takes from its store changes: store,
// entries, keys, or what is made of them.
func elsewhere(before, after map[string]any) string {
	was, is := entries(before), entries(after)
	switch {
	case was != is:
		return "%s: it is taken from " + is + ", and not from " + was
	case slices.ContainsFunc([][]string{{"spec", "data"}, {"spec", "dataFrom"}, {"spec", "target", "template", "data"}, {"spec", "target", "template", "templateFrom"}}, func(keys []string) bool {
		return !reflect.DeepEqual(at(before, keys...), at(after, keys...))
	}):
		return "%s: what is made of " + is + " changes"
	}
	return ""
}

// entries names the store of an ExternalSecret and the entries that it asks for
// one by one.
func entries(external map[string]any) string {
	var keys []string
	items, _ := at(external, "spec", "data").([]any)
	for _, item := range items {
		keys = append(keys, cmp.Or(text(at(item, "remoteRef", "key")), "nothing"))
	}
	slices.Sort(keys)
	store := at(external, "spec", "secretStoreRef")
	return strings.Join(append([]string{text(at(store, "kind")) + "/" + text(at(store, "name"))}, slices.Compact(keys)...), " ")
}

// text gives a value as it is written, "" for none.
func text(value any) string {
	if value == nil {
		return ""
	}
	return fmt.Sprint(value)
}

// putAnew says that isthmus put another content into the entry of an
// ExternalSecret, by the annotation of the Secret that is made of it.
func putAnew(before, after map[string]any) string {
	keys := []string{"spec", "target", "template", "metadata", "annotations", plan.PutAnnotation}
	if text(at(before, keys...)) == text(at(after, keys...)) {
		return ""
	}
	return "%s is another, or was put into its store anew"
}
