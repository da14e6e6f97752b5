package mesh_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/plan"
	"github.com/isthmus-mesh/isthmus/generators/render"
	"github.com/isthmus-mesh/isthmus/jsonnet"
)

// Whatever a mesh.yaml and a file of Services hold, there is a mesh or there
// are errors. Problems are in order and name their place. A mesh can be planned
// and rendered, and is the same one inlined.
func FuzzLoad(f *testing.F) {
	seeds, err := filepath.Glob("../testdata/*/mesh/mesh.yaml")
	if err != nil || len(seeds) == 0 {
		f.Fatalf("%d seeds, %v", len(seeds), err)
	}
	const manifest = "apiVersion: v1\nkind: Service\nmetadata:\n  name: cart\n  annotations: {a: \"0x_\"}\nspec:\n  ports: [{port: 80}]\n"
	for _, seed := range append(seeds, "../../mesh/mesh.yaml") {
		data, err := os.ReadFile(seed)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data, []byte(manifest))
	}
	withFile := base + "    - {file: a.yaml, namespace: shop, clusters: [west]}\n"
	for _, data := range []string{base, withFile, wide(3, 12), base + "# end", "\ufeff" + base, base + "...\n", "---\n" + base} {
		f.Add([]byte(data), []byte(manifest))
	}
	for _, manifests := range []string{
		"", "---\n", "kind: Secret\n", manifest + "---\n" + manifest, manifest + "status: {loadBalancer: {}}\n",
		"apiVersion: v1\nkind: Service\nmetadata: {name: a, labels: {b: \"y\"}}\nspec: {clusterIP: None, sessionAffinityConfig: {clientIP: {timeoutSeconds: 1}}}\n",
		"apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec: {type: ExternalName, externalName: a.b., ports: [{port: 1, targetPort: a-1, appProtocol: a/b}]}\n",
	} {
		f.Add([]byte(withFile), []byte(manifests))
	}
	f.Fuzz(func(t *testing.T, data, manifests []byte) {
		src := source(string(data), map[string]string{"a.yaml": string(manifests)})
		src.AllowUntested = true
		m, problems := mesh.Load(src)
		if (m == nil) != (problems.Errors() != nil) {
			t.Fatalf("a mesh is given: %t, and %d errors", m != nil, len(problems.Errors()))
		}
		inFile, line := "mesh/mesh.yaml", 0
		for _, p := range problems {
			if p.Pos.File != inFile {
				inFile, line = p.Pos.File, 0
				if inFile == "mesh/mesh.yaml" {
					t.Errorf("a problem of mesh.yaml comes after those of a file:\n%s", problems.Text())
				}
			}
			if p.Pos.File == "" || p.Pos.Line < 1 || p.Pos.Column < 1 || p.What == "" || p.Pos.Line < line {
				t.Errorf("a problem without its place, or out of order: %+v", *p)
			}
			line = p.Pos.Line
		}
		if m == nil {
			return
		}
		p, err := plan.Of(m)
		if err != nil {
			t.Fatalf("a valid mesh has no plan: %v", err)
		}
		objects, err := render.Of(jsonnet.Files, p)
		if err != nil {
			t.Fatalf("a valid mesh cannot be rendered: %v", err)
		}
		for _, c := range p.Clusters {
			if _, err := objects.Cluster(c); err != nil && len(c.Patches) == 0 {
				t.Errorf("%s: %v", c.Name, err)
			}
		}
		again, _ := inlined(t, m)
		if diff := cmp.Diff(m, again, sameTopology); diff != "" {
			t.Errorf("mesh (-want +inlined):\n%s", diff)
		}
	})
}
