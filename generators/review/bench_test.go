package review_test

import (
	"io"
	"testing"

	"github.com/isthmus-mesh/isthmus/generators/render"
	"github.com/isthmus-mesh/isthmus/generators/review"
	"github.com/isthmus-mesh/isthmus/jsonnet"
)

// A change of 10,000 objects: every one of 200 Services, in 50 clusters, and of
// 1,000 Services in 11. A diff renders both sides, compares, explains and writes;
// it shall take no more than two renders.
func BenchmarkDiff(b *testing.B) {
	for _, size := range []struct {
		name               string
		clusters, services int
	}{{"50x200", 50, 204}, {"11x1000", 11, 1000}} {
		before, after := fleet(size.clusters, size.services, "one"), fleet(size.clusters, size.services, "two")
		b.Run(size.name+"/two renders", func(b *testing.B) {
			for b.Loop() {
				for _, text := range []string{before, after} {
					sideOf(b, render.NewMemory(jsonnet.Files), map[string][]byte{"mesh/mesh.yaml": []byte(text)})
				}
			}
		})
		b.Run(size.name+"/diff", func(b *testing.B) {
			var change *review.Change
			for b.Loop() {
				change = changeOf(b, before, after)
				if err := review.JSON(io.Discard, change); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(change.Objects.All()), "objects")
		})
	}
}
