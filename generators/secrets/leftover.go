package secrets

import (
	"slices"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/seal"
)

// Leftover gives what is known of a cluster, in its own folder and in those of the
// others, and no longer wanted: the cluster left, or leaves, or has no control
// plane any more, or does not sign. Nothing that is sealed is wanted where a store
// keeps it.
func Leftover(s *mesh.Spec, known []seal.File, cluster string) []seal.File {
	wanted := map[string]bool{}
	for _, shape := range Shapes(s) {
		if !leaving(s, shape.Name) && s.Secrets.Backend != mesh.External {
			wanted[seal.Path(shape.Cluster, shape.Name)] = true
		}
	}
	return slices.DeleteFunc(known, func(f seal.File) bool {
		return f.Cluster != cluster && f.Remote() != cluster || wanted[f.Path()]
	})
}

// Opens says whether anything is sealed for a cluster of the mesh, now or later:
// its control plane reads others, or it signs.
func Opens(s *mesh.Spec, cluster string) bool {
	return slices.ContainsFunc(s.Clusters, func(c mesh.Cluster) bool {
		return c.Name == cluster && (c.ControlPlane != nil || s.Signs(&c))
	})
}
