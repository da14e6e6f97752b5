package render

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/isthmus-mesh/isthmus/generators/plan"
	"github.com/isthmus-mesh/isthmus/jsonnet"
)

// A Memory gives what a render of its own gives, whatever it has rendered before.
func TestMemory(t *testing.T) {
	unit := func(port int, names ...string) plan.Unit {
		services := map[string]any{}
		for _, name := range names {
			services[name] = map[string]any{"labels": map[string]any{"app": name}, "annotations": map[string]any{}, "spec": map[string]any{"ports": []any{map[string]any{"port": port}}}}
		}
		return plan.Unit{Entry: "services.jsonnet", Args: map[string]any{"namespace": "shop", "services": services}}
	}
	memory := NewMemory(jsonnet.Files)
	for _, p := range []*plan.Plan{
		{Units: []plan.Unit{unit(80, "a", "b")}},
		{Units: []plan.Unit{unit(80, "a", "b", "c"), unit(81, "a")}},
		{Units: []plan.Unit{unit(81, "a", "b")}},
		{Units: []plan.Unit{unit(80, "b")}},
		{Units: []plan.Unit{unit(80)}},
	} {
		want, err := Of(jsonnet.Files, p)
		if err != nil {
			t.Fatal(err)
		}
		got, err := memory.Of(p)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(texts(want), texts(got)); diff != "" {
			t.Errorf("(-alone +from memory):\n%s", diff)
		}
	}
	if n := len(memory.copies); n != 5 {
		t.Errorf("%d Services were evaluated; a, b and c on port 80, a and b on 81 are 5", n)
	}
}

// texts gives the encodings of all objects.
func texts(o *Objects) []map[string]string {
	var all []map[string]string
	for _, unit := range o.units {
		one := map[string]string{}
		for key, object := range unit {
			one[key] = string(object.YAML)
		}
		all = append(all, one)
	}
	return all
}
