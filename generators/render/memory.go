package render

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"github.com/isthmus-mesh/isthmus/generators/krm"
	"github.com/isthmus-mesh/isthmus/generators/plan"
)

// A Memory renders plans that have most of their units in common, each unit
// once: the same mesh before and after a change. Of a unit of Services those
// that it has not seen before are evaluated: services.jsonnet makes each of its
// own entry alone.
type Memory struct {
	library fs.FS
	made    map[string]map[string]*krm.Object // by entry point and arguments
	copies  map[string]*krm.Object            // by the same without the other Services
}

// NewMemory gives a Memory that holds nothing yet.
func NewMemory(library fs.FS) *Memory {
	return &Memory{library: library, made: map[string]map[string]*krm.Object{}, copies: map[string]*krm.Object{}}
}

// Of gives what the function Of does. It is not safe for use by several
// goroutines.
func (m *Memory) Of(p *plan.Plan) (*Objects, error) {
	objects := &Objects{units: make([]map[string]*krm.Object, len(p.Units))}
	asked := &plan.Plan{Units: slices.Clone(p.Units)}
	keys := make([]string, len(p.Units))
	copies := make([]map[string]string, len(p.Units)) // by name, where the unit makes Services
	var todo []int
	for i, u := range p.Units {
		services, ok := u.Args["services"].(map[string]any)
		if !ok || u.Entry != "services.jsonnet" {
			keys[i] = key(u)
			if objects.units[i] = m.made[keys[i]]; objects.units[i] == nil {
				todo = append(todo, i)
			}
			continue
		}
		rest := plan.Unit{Entry: u.Entry, Args: maps.Clone(u.Args)}
		delete(rest.Args, "services")
		prefix := key(rest)
		copies[i] = map[string]string{}
		fresh := map[string]any{}
		for name, service := range services {
			copies[i][name] = fmt.Sprintf("%s %s %#v", prefix, name, service)
			if m.copies[copies[i][name]] == nil {
				fresh[name] = service
			}
		}
		if len(fresh) > 0 {
			rest.Args["services"] = fresh
			asked.Units[i] = rest
			todo = append(todo, i)
		}
	}
	made, err := units(m.library, asked, todo)
	if err != nil {
		return nil, err
	}
	for _, i := range todo {
		if copies[i] == nil {
			m.made[keys[i]], objects.units[i] = made[i], made[i]
		}
		for name, object := range made[i] {
			if copies[i] != nil {
				m.copies[copies[i][name]] = object
			}
		}
	}
	for i, names := range copies {
		if names == nil {
			continue
		}
		objects.units[i] = make(map[string]*krm.Object, len(names))
		for name, key := range names {
			objects.units[i][name] = m.copies[key]
		}
	}
	return objects, nil
}

// key tells units apart.
func key(u plan.Unit) string {
	return fmt.Sprintf("%s %#v", u.Entry, u.Args) // maps in the order of their keys
}

// Values gives the values of the objects that were made, by the first byte of
// their encoding: who has the encoding need not read it.
func (m *Memory) Values() map[*byte]map[string]any {
	values := make(map[*byte]map[string]any, len(m.copies))
	for _, o := range m.copies {
		values[&o.YAML[0]] = o.Value
	}
	for _, made := range m.made {
		for _, o := range made {
			values[&o.YAML[0]] = o.Value
		}
	}
	return values
}
