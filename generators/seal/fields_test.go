package seal

import (
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// TestFieldsLost: whatever field of a manifest is taken away, on it or in its
// template, it is found without opening anything.
func TestFieldsLost(t *testing.T) {
	f, s := newFolder(t, "east"), remote("east", "west", "a token")
	s.Type = "kubernetes.io/tls"
	f.put(t, NewKey(), s)
	manifest := f.MapFS[Path("east", s.Name)].Data
	for _, path := range []string{
		"apiVersion", "kind", "metadata", "metadata.name", "metadata.namespace", "metadata.labels", "metadata.annotations",
		"spec", "spec.encryptedData", "spec.encryptedData.west", "spec.template", "spec.template.metadata", "spec.template.metadata.name",
		"spec.template.metadata.namespace", "spec.template.metadata.labels", "spec.template.metadata.annotations", "spec.template.type",
	} {
		var o map[string]any
		if err := yaml.Unmarshal(manifest, &o); err != nil {
			t.Fatal(err)
		}
		keys := strings.Split(path, ".")
		last := o
		for _, key := range keys[:len(keys)-1] {
			last = last[key].(map[string]any)
		}
		if _, there := last[keys[len(keys)-1]]; !there {
			t.Fatalf("there is no %s in\n%s", path, manifest)
		}
		delete(last, keys[len(keys)-1])
		text, err := yaml.Marshal(o)
		if err != nil {
			t.Fatal(err)
		}
		if got := f.backend().Inspect("mesh/a.yaml", text, s.Shape()); len(got) == 0 {
			t.Errorf("%s: not found in\n%s", path, text)
		}
	}
	if got := f.backend().Inspect("mesh/a.yaml", manifest, s.Shape()); len(got) > 0 {
		t.Errorf("as it is: %v", got)
	}
}
