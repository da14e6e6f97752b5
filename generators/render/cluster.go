package render

import (
	"slices"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/krm"
	"github.com/isthmus-mesh/isthmus/generators/plan"
)

// A Cluster is the objects of one cluster, file by file.
type Cluster struct {
	Stages   [][][]*krm.Object // as in plan.Cluster: by stage, by file
	Delivery [][]*krm.Object   // by file

	plan plan.Cluster
}

// Cluster gives the objects of a cluster, with its patches applied. A patch that
// changes nothing is an error, because it was meant to change something.
func (o *Objects) Cluster(c plan.Cluster) (*Cluster, error) {
	all := &Cluster{plan: c}
	for _, stage := range c.Stages {
		var files [][]*krm.Object
		for _, f := range stage.Files {
			objects, err := o.pick(f)
			if err != nil {
				return nil, err
			}
			files = append(files, objects)
		}
		all.Stages = append(all.Stages, files)
	}
	for _, f := range c.Delivery {
		objects, err := o.pick(f)
		if err != nil {
			return nil, err
		}
		all.Delivery = append(all.Delivery, objects)
	}
	return all, all.patch()
}

// patch applies the patches in their order, each to all stages.
func (c *Cluster) patch() error {
	var problems diag.Problems
	for _, p := range c.plan.Patches {
		matched := 0
		var failed error
		for _, files := range c.Stages {
			for _, objects := range files {
				before := slices.Clone(objects)
				n, err := krm.Patch(objects, p.Patch)
				matched += n
				for i := range objects {
					if err == nil && objects[i] != before[i] {
						objects[i], err = protected(objects[i]) // the patch may have brought it in
					}
				}
				if err != nil && failed == nil {
					failed = err
				}
			}
		}
		problem := &diag.Problem{Pos: p.Pos, Path: p.Path}
		switch {
		case failed != nil:
			problem.What = failed.Error()
		case matched == 0:
			problem.What = "the patch matches no object of the cluster"
			problem.Why = "what it was meant to change would go out unchanged"
			problem.Fix = "correct its target, or the name in it; isthmus render --stdout shows the objects"
		default:
			continue
		}
		problems = append(problems, problem)
	}
	if len(problems) > 0 {
		return problems
	}
	return nil
}

// Listed gives the objects that the cluster's kustomization lists, in the order
// of its stages.
func (c *Cluster) Listed() []*krm.Object {
	var listed []*krm.Object
	for i, stage := range c.plan.Stages {
		if stage.Hub {
			continue
		}
		for j, f := range stage.Files {
			if f.Listed {
				listed = append(listed, c.Stages[i][j]...)
			}
		}
	}
	return listed
}
