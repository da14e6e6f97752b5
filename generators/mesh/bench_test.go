package mesh_test

import (
	"fmt"
	"strings"
	"testing"
)

// wide gives a mesh of some clusters and Services, ten Services a namespace.
func wide(clusters, services int) string {
	var b strings.Builder
	b.WriteString("apiVersion: isthmus.dev/v1alpha1\nkind: Mesh\nmetadata:\n  name: wide\nspec:\n  istio:\n    version: \"1.5.10\"\n  clusters:\n")
	for i := range clusters {
		fmt.Fprintf(&b, "    - name: c%d\n      apiServer: https://c%d.example.com:6443\n      podCIDRs: [10.%d.0.0/16]\n      serviceCIDRs: [11.%d.0.0/16]\n", i, i, i, i)
		if i == 0 {
			b.WriteString("      controlPlane: {expose: pod, addresses: [10.0.0.5]}\n")
		}
	}
	b.WriteString("  services:\n")
	for i := range services {
		fmt.Fprintf(&b, "    - name: s%d\n      namespace: n%d\n      labels: {app: s%d}\n      selector: {app: s%d}\n      ports:\n        - {name: http, port: 80, targetPort: 8080}\n        - {name: grpc, port: 9000}\n      clusters: [c%d]\n", i, i/10, i, i, i%clusters)
	}
	return b.String()
}

func BenchmarkLoad(b *testing.B) {
	text := wide(50, 200)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if m, problems := load(text, nil); m == nil {
			b.Fatal(problems.Text())
		}
	}
}

// Prefixes by the ten thousand, each in another: what compares every two of
// them takes minutes.
func BenchmarkOverlaps(b *testing.B) {
	text := edited(b, base, "[10.20.0.0/16]", "["+strings.Repeat("10.10.0.0/24,", 50_000)+"]")
	b.ReportAllocs()
	for b.Loop() {
		if _, problems := load(text, nil); len(problems) != 50_000 {
			b.Fatalf("%d problems", len(problems))
		}
	}
}
