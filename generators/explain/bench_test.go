package explain

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
)

// fifty is a mesh of 50 clusters and 200 Services.
func fifty() fstest.MapFS {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("apiVersion: isthmus.dev/v1alpha1\nkind: Mesh\nmetadata: {name: fifty}\nspec:\n  istio: {version: \"1.30.3\"}")
	line("  injection: {namespaces: [a, b, c]}\n  delivery: {engine: flux}\n  clusters:")
	for i := range 50 {
		line("    - name: c%02d\n      labels: {region: eu}\n      apiServer: https://10.%d.0.1:6443\n      podCIDRs: [10.%d.0.0/16]\n      serviceCIDRs: [172.16.%d.0/24]", i, i, i, i)
		if i == 0 {
			line("      controlPlane: {expose: loadBalancer, addresses: [10.255.0.1]}")
		}
	}
	line("  services:")
	for i := range 200 {
		line("    - {name: s%d, namespace: %c, ports: [{name: http, port: 80}], clusters: [c%02d]}", i, 'a'+i%3, i%50)
	}
	return fstest.MapFS{"mesh.yaml": {Data: []byte(b.String())}}
}

func BenchmarkField(b *testing.B) {
	for _, target := range []string{"overlays/c10/control-plane/stubs.yaml#endpoints[0].addresses[0]", "Service/a/s3#spec.ports[0].port"} {
		b.Run(target[:strings.Index(target, "#")], func(b *testing.B) {
			e := open(b, fifty())
			before := e.Loads()
			for b.Loop() {
				if _, err := e.Field(target); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(e.Loads()-before)/float64(b.N), "loads/op")
		})
	}
}

func BenchmarkFrom(b *testing.B) {
	e := open(b, fifty())
	for b.Loop() {
		if _, err := e.From("mesh/mesh.yaml", 14); err != nil {
			b.Fatal(err)
		}
	}
}
