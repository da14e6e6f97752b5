package review_test

import (
	"fmt"
	"path"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/isthmus-mesh/isthmus/generators/delivery"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/plan"
	"github.com/isthmus-mesh/isthmus/generators/render"
	"github.com/isthmus-mesh/isthmus/generators/review"
	"github.com/isthmus-mesh/isthmus/generators/tree"
	"github.com/isthmus-mesh/isthmus/jsonnet"
)

// fleet is a mesh of clusters that call services of one another, ten of them a
// namespace. Every Service has the label.
func fleet(clusters, services int, label string) string {
	var b strings.Builder
	b.WriteString("apiVersion: isthmus.dev/v1alpha1\nkind: Mesh\nmetadata: {name: wide}\nspec:\n  istio: {version: \"1.30.3\"}\n  clusters:\n")
	for i := range clusters {
		fmt.Fprintf(&b, "    - name: c%d\n      apiServer: https://c%d\n      podCIDRs: [10.%d.0.0/16]\n      serviceCIDRs: [11.%d.0.0/16]\n", i, i, i, i)
		if i == 0 {
			b.WriteString("      controlPlane: {expose: loadBalancer, addresses: [172.16.0.5]}\n")
		}
	}
	b.WriteString("  services:\n")
	for i := range services {
		fmt.Fprintf(&b, "    - {name: s%d, namespace: n%d, labels: {app: s%d, v: %s}, selector: {app: s%d}, ports: [{name: http, port: 80}, {name: grpc, port: 9000}], clusters: [c%d]}\n", i, i/10, i, label, i, i%clusters)
	}
	return b.String()
}

// sideOf renders a mesh.
func sideOf(t testing.TB, memory *render.Memory, files map[string][]byte) *review.Side {
	t.Helper()
	side, err := rendered(memory, files)
	if err != nil {
		t.Fatal(err)
	}
	made, err := tree.Of(delivery.Format, side.Parts)
	if err != nil {
		t.Fatal(err)
	}
	side.Parts, side.Values = made.Parts(), memory.Values()
	return side
}

func rendered(memory *render.Memory, files map[string][]byte) (*review.Side, error) {
	fsys := fstest.MapFS{}
	for name, data := range files {
		fsys[path.Base(name)] = &fstest.MapFile{Data: data}
	}
	m, problems := mesh.Load(mesh.Source{FS: fsys, Name: "mesh.yaml"})
	if m == nil {
		return nil, problems
	}
	p, err := plan.Of(m)
	if err != nil {
		return nil, err
	}
	objects, err := memory.Of(p)
	if err != nil {
		return nil, err
	}
	parts, err := delivery.Overlays(p, objects, "mesh/mesh.yaml")
	if err != nil {
		return nil, err
	}
	side := &review.Side{Name: "it", Rendered: true, Parts: parts, Servers: map[string]string{}}
	for _, c := range m.Spec.Clusters {
		side.Servers[c.Name] = c.APIServer
	}
	return side, nil
}

// changeOf compares what two texts of a mesh render.
func changeOf(t testing.TB, before, after string) *review.Change {
	t.Helper()
	memory := render.NewMemory(jsonnet.Files)
	base, head := map[string][]byte{"mesh/mesh.yaml": []byte(before)}, map[string][]byte{"mesh/mesh.yaml": []byte(after)}
	was, is := sideOf(t, memory, base), sideOf(t, memory, head)
	return review.Of(was, is, &review.Inputs{
		Base: base, Head: head, Before: was, After: is,
		RenderEdited: func(files map[string][]byte) (*review.Side, error) { return rendered(memory, files) },
	})
}
