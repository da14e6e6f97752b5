package charts

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

// What diff says to restart istio-cni is what changes the pod template of its
// chart: each default is changed in turn, in a cluster with sidecars alone and in
// one with ambient too, because some are read in one of the two only.
func TestRestartOfCNI(t *testing.T) {
	template, err := open("cni")
	if err != nil {
		t.Fatal(err)
	}
	defaults, _ := template.Values[defaultsKey].(map[string]any)
	listed := table(t, "cni")
	var really, said []string
	for _, path := range leaves(nil, defaults) {
		name := strings.Join(path, ".")
		for _, base := range []string{"{}", "{ambient: {enabled: true, shareHostNetworkNamespace: false}}"} {
			before, after := parse(t, base), parse(t, base)
			set(after, path, other(at(defaults, path)))
			was, is := podTemplate(t, before), podTemplate(t, after)
			if is != nil && !bytes.Equal(was, is) {
				really = append(really, name)
			}
		}
		if slices.ContainsFunc(listed, func(key string) bool { return name == key || strings.HasPrefix(name, key+".") }) {
			said = append(said, name)
		}
	}
	// These are read only where something else is given that is not given here.
	conditional := func(name string) bool {
		return name == "global.defaultResources.requests.cpu" || name == "global.defaultResources.requests.memory"
	}
	really, said = slices.DeleteFunc(slices.Compact(really), conditional), slices.DeleteFunc(said, conditional)
	if len(really) < 20 {
		t.Fatalf("only %q change the pods: nothing is proved", really)
	}
	if diff := cmp.Diff(really, said); diff != "" {
		t.Errorf("keys that restart istio-cni (-chart +diff):\n%s", diff)
	}
}

// leaves gives the paths of all values that are no maps, or empty ones.
func leaves(under []string, values map[string]any) [][]string {
	var all [][]string
	for key, value := range values {
		path := append(slices.Clone(under), key)
		if below, deeper := value.(map[string]any); deeper && len(below) > 0 {
			all = append(all, leaves(path, below)...)
		} else {
			all = append(all, path)
		}
	}
	slices.SortFunc(all, slices.Compare)
	return all
}

func at(values map[string]any, path []string) any {
	for _, key := range path[:len(path)-1] {
		values, _ = values[key].(map[string]any)
	}
	return values[path[len(path)-1]]
}

func set(values map[string]any, path []string, value any) {
	for _, key := range path[:len(path)-1] {
		below, _ := values[key].(map[string]any)
		if below == nil {
			below = map[string]any{}
			values[key] = below
		}
		values = below
	}
	values[path[len(path)-1]] = value
}

// other gives another value of the same kind.
func other(value any) any {
	switch value := value.(type) {
	case bool:
		return !value
	case float64:
		return value + 1
	case map[string]any:
		return map[string]any{"a": "b"}
	case []any:
		if len(value) > 0 {
			return []any{}
		}
		return []any{"a"}
	}
	return "other"
}

// podTemplate gives that of the chart's DaemonSet, nil where it makes none.
func podTemplate(t *testing.T, values map[string]any) []byte {
	t.Helper()
	made, err := Release{Chart: "cni", Name: "istio-cni", Namespace: "istio-system", Values: values}.Render()
	if err != nil {
		t.Fatal(err)
	}
	for _, document := range made {
		if document.Kind == "DaemonSet" {
			text, err := yaml.Marshal(at(document.Value, []string{"spec", "template"}))
			if err != nil {
				t.Fatal(err)
			}
			return text
		}
	}
	return nil
}

// table gives the values of a chart that diff takes for those of its pods, as the
// source of the product lists them: its packages are not for other modules.
func table(t *testing.T, chart string) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../../generators/review/restart.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	ast.Inspect(file, func(n ast.Node) bool {
		pair, is := n.(*ast.KeyValueExpr)
		if !is {
			return true
		}
		if name, is := pair.Key.(*ast.BasicLit); is && name.Value == strconv.Quote(chart) {
			for _, element := range pair.Value.(*ast.CompositeLit).Elts {
				key, err := strconv.Unquote(element.(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				keys = append(keys, key)
			}
		}
		return true
	})
	return keys
}
