package mesh

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/rule"
)

// placeServices resolves the entries of spec.services: which Services there
// are, where each runs, and where it is called.
func (c *checker) placeServices(src Source) {
	type found struct {
		Service
		place
	}
	var all []found
	for i := range c.mesh.Spec.Services {
		e := &c.mesh.Spec.Services[i]
		at := fmt.Sprintf("spec.services[%d]", i)
		placement := c.placement(at, e)
		e.placement = placement
		if e.File == "" {
			c.inline(at, e)
			service := Service{Namespace: e.Namespace, Name: e.Name, Labels: e.Labels, Annotations: e.Annotations, Fields: e.ServiceFields, Placement: placement}
			c.leaving(at, e, []Service{service})
			all = append(all, found{service, place{doc: c.doc, meta: at + ".", spec: at + "."}})
			continue
		}
		c.onlyFile(at, e)
		services, places, problems := e.read(src.FS, src.Dir)
		for _, p := range problems {
			if p.Pos.File == "" && p.Pos.Line == 0 { // said of the entry, not of its file
				p.Path = at + "." + p.Path
				p.Pos = c.doc.Pos(p.Path)
			}
		}
		c.problems = append(c.problems, problems...)
		c.leaving(at, e, services)
		for j := range services {
			services[j].Placement = placement
			all = append(all, found{services[j], places[j]})
		}
	}
	slices.SortStableFunc(all, func(a, b found) int {
		return cmp.Or(cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Name, b.Name))
	})
	for _, f := range all {
		c.mesh.Services = append(c.mesh.Services, f.Service)
		c.places = append(c.places, f.place)
	}
}

// inline checks that an entry without a file names its Service.
func (c *checker) inline(at string, e *ServiceEntry) {
	if e.Name == "" {
		c.report(rule.Required, at+".name", "is required", "an entry is one Service, or a file of them", "give a name, or a file")
	}
	if e.Namespace == "" {
		c.report(rule.Required, at+".namespace", "is required", "a Service is found by its name and namespace", "give the namespace in which it runs")
	}
	if len(e.Exclude) > 0 {
		c.report(rule.FileOrService, at+".exclude", "leaves Services of a file out, and the entry has no file", "", "remove it")
	}
	for j, p := range e.Ports {
		if p.NodePort != 0 {
			c.report(rule.HomeField, fmt.Sprintf("%s.ports[%d].nodePort", at, j), "belongs to the Service's home alone", "", "remove it")
		}
	}
}

// onlyFile checks that an entry with a file says nothing of a Service.
func (c *checker) onlyFile(at string, e *ServiceEntry) {
	for _, field := range []string{
		"name", "labels", "annotations", "type", "ports", "selector", "clusterIP", "externalName", "sessionAffinity",
		"sessionAffinityConfig", "publishNotReadyAddresses", "internalTrafficPolicy", "trafficDistribution", "topologyKeys",
	} {
		if c.doc.Has(at + "." + field) {
			c.report(rule.FileOrService, at+"."+field, "says something of one Service, and the entry names a file of them", "", "remove it, or write the Service inline without file")
		}
	}
}

// placement resolves homes and clients. A cluster that is home has no need of a
// copy.
func (c *checker) placement(at string, e *ServiceEntry) *Placement {
	clusters := c.mesh.Spec.Clusters
	names := make([]string, len(clusters))
	known := map[string]bool{}
	allKnown := len(clusters) > 0
	for i := range clusters {
		names[i] = clusters[i].Name
		known[names[i]] = true
		allKnown = allKnown && names[i] != "" // or the one that is meant may not have been decoded
	}
	set := func(field string, list []string) map[string]bool {
		chosen := map[string]bool{}
		for i, name := range list {
			path := fmt.Sprintf("%s.%s[%d]", at, field, i)
			switch {
			case !known[name] && !allKnown:
			case !known[name]:
				c.report(rule.UnknownCluster, path, fmt.Sprintf("the mesh has no cluster %q", name), "", didYouMean(name, names, "remove it, or name one of "+strings.Join(distinct(names), ", ")))
			case chosen[name]:
				c.report(rule.ListedTwice, path, fmt.Sprintf("%q is named twice", name), "", "remove one")
			}
			chosen[name] = true
		}
		return chosen
	}
	homes, clients := set("clusters", e.Clusters), set("clients", e.Clients.Names)
	var all bool
	switch {
	case len(e.Clients.Labels) > 0:
		for i := range clusters {
			if matches(clusters[i].Labels, e.Clients.Labels) {
				clients[names[i]] = true
			}
		}
		if len(clients) == 0 {
			c.report(rule.NoClients, at+".clients.labels", "no cluster has these labels", "the Service would be copied nowhere", "correct them, or name clusters")
		}
	case !c.doc.Has(at + ".clients"):
		all = true
	case e.Clients.Names == nil:
		c.report(rule.NoClients, at+".clients", "chooses no cluster", "", "write [] if the Service stays at home, name clusters or labels, or remove clients: it is then called in every other cluster")
	}
	if e.Duplicate != nil && !*e.Duplicate {
		if !c.mesh.Spec.DNS.Capture {
			c.report(rule.NoCopy, at+".duplicate", "without a copy no other cluster can resolve the Service", "each cluster's DNS knows its own Services only", "remove the line, or write dns: {capture: true}")
		}
		all, clients = false, nil
	}
	p := &Placement{}
	for _, name := range names {
		switch {
		case homes[name]:
			p.Homes = append(p.Homes, name)
		case all || clients[name]:
			p.Clients = append(p.Clients, name)
		}
	}
	return p
}

func matches(labels, wanted map[string]string) bool {
	for key, value := range maps.All(wanted) {
		if got, has := labels[key]; !has || got != value {
			return false
		}
	}
	return true
}
