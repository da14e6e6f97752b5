package render

import (
	"fmt"
	"io/fs"

	"github.com/isthmus-mesh/isthmus/generators/krm"
	"github.com/isthmus-mesh/isthmus/generators/plan"
)

// A Memory renders plans that have most of their units in common, each unit
// once: the same mesh before and after a change.
type Memory struct {
	library fs.FS
	made    map[string]map[string]*krm.Object // by entry point and arguments
}

// NewMemory gives a Memory that holds nothing yet.
func NewMemory(library fs.FS) *Memory {
	return &Memory{library: library, made: map[string]map[string]*krm.Object{}}
}

// Of gives what the function Of does. It is not safe for use by several
// goroutines.
func (m *Memory) Of(p *plan.Plan) (*Objects, error) {
	objects := &Objects{units: make([]map[string]*krm.Object, len(p.Units))}
	keys := make([]string, len(p.Units))
	var todo []int
	for i, u := range p.Units {
		keys[i] = fmt.Sprintf("%s %#v", u.Entry, u.Args) // maps in the order of their keys
		if objects.units[i] = m.made[keys[i]]; objects.units[i] == nil {
			todo = append(todo, i)
		}
	}
	made, err := units(m.library, p, todo)
	if err != nil {
		return nil, err
	}
	for _, i := range todo {
		m.made[keys[i]], objects.units[i] = made[i], made[i]
	}
	return objects, nil
}
