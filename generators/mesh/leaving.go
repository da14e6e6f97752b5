package mesh

import (
	"fmt"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/rule"
)

// leaving warns of the Services of an entry that run in clusters which all
// leave: their copies stay behind, and answer for a name that has no endpoints.
func (c *checker) leaving(at string, e *ServiceEntry, services []Service) {
	leaves := map[string]bool{}
	for i := range c.mesh.Spec.Clusters {
		cl := &c.mesh.Spec.Clusters[i]
		leaves[cl.Name] = cl.State == Leaving && cl.ControlPlane == nil // with one, it cannot
	}
	var homes, callers []string
	for _, home := range e.placement.Homes {
		if !leaves[home] {
			return
		}
		homes = append(homes, fmt.Sprintf("%q", home))
	}
	for _, client := range e.placement.Clients {
		if !leaves[client] {
			callers = append(callers, client)
		}
	}
	captured := e.Duplicate != nil && !*e.Duplicate // called without a copy
	if len(homes) == 0 || len(services) == 0 || len(callers) == 0 && !captured {
		return
	}
	const few = 3
	var names []string
	for _, s := range services {
		names = append(names, s.Namespace+"/"+s.Name)
	}
	if len(names) > few {
		names = append(names[:few], fmt.Sprintf("%d more", len(services)-few))
	}
	only, verb := "the only home of ", " is leaving"
	if len(homes) > 1 {
		only, verb = "the only homes of ", " are leaving"
	}
	c.report(rule.HomeLeaving, at+".clusters", only+join(names)+", "+join(homes)+","+verb, "a copy answers for the name, and no endpoint answers the call", "run it in another cluster and name that here, or remove the entry")
}

// join gives a list in words.
func join(list []string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	return strings.Join(list[:len(list)-1], ", ") + " and " + list[len(list)-1]
}
