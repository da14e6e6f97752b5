package explain

import (
	"io/fs"
	"path"
	"reflect"
	"slices"

	"github.com/isthmus-mesh/isthmus/generators/plan"
	"github.com/isthmus-mesh/isthmus/generators/render"
)

// A part is one file of a cluster as it is planned, which can be rendered alone.
type part struct {
	plan  *plan.Plan
	key   string // of the file
	stage string // "" for delivery
	file  plan.File
}

// partsOf lists the files that a plan of one cluster has. Kustomizations are not
// among them: those follow from the rest.
func partsOf(p *plan.Plan) []part {
	c := p.Clusters[0]
	var all []part
	for _, stage := range c.Stages {
		for _, f := range stage.Files {
			all = append(all, part{p, path.Join(stage.Name, f.Name), stage.Name, f})
		}
	}
	for _, f := range c.Delivery {
		all = append(all, part{p, keyOf(f.Name, c.Name), "", f})
	}
	return all
}

// partOf gives the part of a file, nil where no unit makes it.
func partOf(p *plan.Plan, key string) *part {
	all := partsOf(p)
	if i := slices.IndexFunc(all, func(p part) bool { return p.key == key }); i >= 0 {
		return &all[i]
	}
	return nil
}

// units lists what makes the objects of the part.
func (p *part) units() []any {
	var all []any
	for _, pick := range p.file.Picks {
		all = append(all, p.plan.Units[pick.Unit], pick.Keys)
	}
	return append(all, p.file.InOrder, p.file.Sealed, p.file.Annotate)
}

func (p *part) same(o *part) bool { return reflect.DeepEqual(p.units(), o.units()) }

// render gives the objects of the part, without patches.
func (p *part) render(library fs.FS) ([]object, error) {
	file := p.file
	file.Picks = nil
	alone := &plan.Plan{Mesh: p.plan.Mesh}
	places := map[int]int{}
	for _, pick := range p.file.Picks {
		at, known := places[pick.Unit]
		if !known {
			at = len(alone.Units)
			places[pick.Unit] = at
			alone.Units = append(alone.Units, p.plan.Units[pick.Unit])
		}
		file.Picks = append(file.Picks, plan.Pick{Unit: at, Keys: pick.Keys})
	}
	made, err := render.Of(library, alone)
	if err != nil {
		return nil, err
	}
	cluster, err := made.Cluster(plan.Cluster{Name: p.plan.Clusters[0].Name, Stages: []plan.Stage{{Name: p.stage, Files: []plan.File{file}}}})
	if err != nil {
		return nil, err
	}
	var objects []object
	for _, o := range cluster.Stages[0][0] {
		objects = append(objects, object{Identity: o.Identity, text: o.YAML, value: any(o.Value)})
	}
	return objects, nil
}
