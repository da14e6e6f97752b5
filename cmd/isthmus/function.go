package main

import (
	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/krm"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/plan"
	"github.com/isthmus-mesh/isthmus/generators/render"
	"github.com/isthmus-mesh/isthmus/generators/rule"
	"github.com/isthmus-mesh/isthmus/jsonnet"
)

// answer gives what generates the objects of one cluster for kustomize: the
// same calls that render makes.
func answer(stderr *messages) func(*krm.Request) ([]*krm.Object, error) {
	return func(r *krm.Request) ([]*krm.Object, error) {
		var m *mesh.Mesh
		var problems diag.Problems
		if r.Inline != nil {
			m, problems = mesh.Load(mesh.Source{Inlined: r.Inline})
		} else {
			in := &input{file: r.Mesh, timeless: true, fix: "correct the annotation " + krm.MeshAnnotation + ": it is a path from the folder of the kustomization"}
			var err error
			if m, problems, err = in.load(); err != nil {
				return nil, err
			}
		}
		if len(problems.Errors()) > 0 {
			return nil, problems
		}
		if what, fix := noCluster(m, r.Cluster); what != "" {
			return nil, rule.Request.Problem(diag.Position{}, "metadata.annotations["+krm.ClusterAnnotation+"]", what, "", fix)
		}
		stderr.say(problems...)
		objects, p, err := shape(m, []string{r.Cluster})
		if err != nil {
			return nil, err
		}
		made, err := objects.Cluster(p.Clusters[0])
		if err != nil {
			return nil, err
		}
		return made.Made(), nil
	}
}

// shape plans and renders the named clusters of a mesh, or all.
func shape(m *mesh.Mesh, clusters []string) (*render.Objects, *plan.Plan, error) {
	p, err := plan.Of(m, clusters...)
	if err != nil {
		return nil, nil, err
	}
	objects, err := render.Of(jsonnet.Files, p)
	return objects, p, err
}
