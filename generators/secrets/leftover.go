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
	sealed := s.Secrets.Backend != mesh.External
	wanted := wanted(s)
	return slices.DeleteFunc(known, func(f seal.File) bool {
		return f.Cluster != cluster && f.Remote() != cluster || sealed && wanted[f.Path()]
	})
}

// Unput gives those of some sealed files that the mesh wants, and in whose place
// isthmus put nothing where the mesh looks for it now.
func Unput(s *mesh.Spec, store *seal.Store, files []seal.File) []seal.File {
	var some []seal.File
	wanted := wanted(s)
	for _, f := range files {
		put, known := store.Kept(f.Cluster, f.Name)
		if f.Data != nil && wanted[f.Path()] && !(known && put.At(s.Place(), seal.Entry(f.Cluster, f.Name))) {
			some = append(some, f)
		}
	}
	return some
}

// wanted are the files of the Secrets that a mesh wants, wherever they are kept.
func wanted(s *mesh.Spec) map[string]bool {
	all := map[string]bool{}
	for _, shape := range Shapes(s) {
		if !leaving(s, shape.Name) {
			all[seal.Path(shape.Cluster, shape.Name)] = true
		}
	}
	return all
}

// Opens says whether anything is sealed for a cluster of the mesh, now or later:
// its control plane reads others, or it signs.
func Opens(s *mesh.Spec, cluster string) bool {
	return slices.ContainsFunc(s.Clusters, func(c mesh.Cluster) bool {
		return c.Name == cluster && (c.ControlPlane != nil || s.Signs(&c))
	})
}
