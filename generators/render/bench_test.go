package render

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/plan"
	"github.com/isthmus-mesh/isthmus/jsonnet"
)

// fleet plans a mesh of 50 clusters that call 200 Services of one another, ten
// of them a namespace.
func fleet(b *testing.B, names ...string) *plan.Plan {
	b.Helper()
	var text strings.Builder
	text.WriteString("apiVersion: isthmus.dev/v1alpha1\nkind: Mesh\nmetadata: {name: wide}\nspec:\n  istio: {version: \"1.5.10\"}\n  clusters:\n")
	for i := range 50 {
		fmt.Fprintf(&text, "    - name: c%d\n      apiServer: https://c%d\n      podCIDRs: [10.%d.0.0/16]\n      serviceCIDRs: [11.%d.0.0/16]\n", i, i, i, i)
		if i == 0 {
			text.WriteString("      controlPlane: {addresses: [10.0.0.5]}\n")
		}
	}
	text.WriteString("  services:\n")
	for i := range 200 {
		fmt.Fprintf(&text, "    - {name: s%d, namespace: n%d, labels: {app: s%d}, selector: {app: s%d}, ports: [{name: http, port: 80}, {name: grpc, port: 9000}], clusters: [c%d]}\n", i, i/10, i, i, i%50)
	}
	m, problems := mesh.Load(mesh.Source{FS: fstest.MapFS{"mesh.yaml": {Data: []byte(text.String())}}, Name: "mesh.yaml"})
	if m == nil {
		b.Fatal(problems.Text())
	}
	p, err := plan.Of(m, names...)
	if err != nil {
		b.Fatal(err)
	}
	return p
}

func BenchmarkObjects(b *testing.B) {
	for _, bench := range []struct {
		name  string
		names []string
	}{{name: "50 clusters"}, {name: "1 cluster", names: []string{"c7"}}} {
		b.Run(bench.name, func(b *testing.B) {
			p := fleet(b, bench.names...)
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				objects, err := Of(jsonnet.Files, p)
				if err != nil {
					b.Fatal(err)
				}
				n = 0
				for _, c := range p.Clusters {
					all, err := objects.Cluster(c)
					if err != nil {
						b.Fatal(err)
					}
					n += len(all.Listed())
				}
			}
			b.ReportMetric(float64(n), "objects")
			b.ReportMetric(float64(len(p.Units)), "units")
		})
	}
}
