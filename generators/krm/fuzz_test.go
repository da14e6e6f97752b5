package krm

import (
	"bytes"
	"testing"

	"sigs.k8s.io/yaml"
)

// Whatever comes in, Serve answers with a ResourceList that ends in the objects
// and the sentinel, or writes nothing.
func FuzzServe(f *testing.F) {
	for _, name := range []string{"build.yaml", "fn-run.yaml", "no-items.yaml"} {
		f.Add(read(f, name))
	}
	const head = "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n"
	const config = "functionConfig: {apiVersion: isthmus.dev/v1alpha1, kind: Mesh, metadata: {annotations: {isthmus.dev/cluster: west}}, spec: {}}\n"
	for _, s := range []string{
		"", "{}", head, head + config, head + config + "items: null\n", head + config + "items: [{}]\n",
		head + config + "items: [{metadata: {annotations: {a: [b]}}}]\n", head + config + "items: [{metadata: {annotations: b}}]\n",
		head + config + "items: [&a {metadata: {name: b}}, *a]\n", head + config + "items: &a [{metadata: {name: b}, c: *a}]\n",
		head + config + "results: 1\n", head + config + "metadata: {annotations: {config.kubernetes.io/index: x}}\n",
		head + config + "items: [{metadata: {annotations: {config.kubernetes.io/path: a, internal.config.kubernetes.io/path: b}}}]\n",
		head + config + "--- # again\n", "%YAML 1.1\n---\n" + head + config, head + config + "...\n", "\ufeff" + head + config,
		head + config + "items:\n- kind: List\n  items: [{kind: A}]\n", head + config + "items: [{<<: {kind: A}}]\n", head + bomb(5) + config,
		head + config + "items: [{kind: ConfigMap, apiVersion: v1, metadata: {name: isthmus-ran, annotations: null}}]\n",
	} {
		f.Add([]byte(s))
	}
	made := object(f, "v1", "ConfigMap", "bookinfo", "a", map[string]any{"key": "new"})
	f.Fuzz(func(t *testing.T, data []byte) {
		var out writes
		err := Serve(bytes.NewReader(data), &out, func(r *Request) ([]*Object, error) {
			if r.Cluster == "" || (r.Mesh == "") == (r.Inline == nil) {
				t.Errorf("a request that is no request: %+v", *r)
			}
			if r.Inline != nil {
				if _, err := parse(r.Inline); err != nil {
					t.Errorf("the inlined mesh is broken: %v\n%s", err, r.Inline)
				}
			}
			return []*Object{made}, nil
		})
		if err != nil {
			if out.times != 0 {
				t.Errorf("a failure wrote %q", out.String())
			}
			return
		}
		var list struct {
			Kind  string
			Items []struct {
				Kind     string
				Metadata struct{ Namespace, Name string }
			}
		}
		if err := yaml.Unmarshal(out.Bytes(), &list); err != nil {
			t.Skip(err) // items that YAML takes and JSON does not are handed back as they came
		}
		found := map[string]int{}
		for _, item := range list.Items {
			found[item.Kind+"/"+item.Metadata.Namespace+"/"+item.Metadata.Name]++
		}
		if list.Kind != "ResourceList" || found["ConfigMap/bookinfo/a"] == 0 || found["ConfigMap//"+SentinelName] == 0 || out.times != 1 {
			t.Errorf("answer:\n%s", out.String())
		}
	})
}
