package render

import (
	"fmt"
	"maps"
	"slices"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/plan"
)

// shared is what a witness has seen of the whole mesh: each set should hold one
// thing, or each one thing what the other holds.
type shared struct {
	copies     map[string]map[string]bool // of a Service: what its copies are, over all clusters
	trust      map[string]bool            // trust domains
	networks   map[string]bool
	namespaces map[string]bool            // of stubs
	served     map[string]map[string]bool // by the cluster of a control plane: ports that its gateway serves
	dialled    map[string]map[string]bool // by the same: ports that the stubs of its remotes lead to
}

func note(sets *map[string]map[string]bool, of, what string) {
	if *sets == nil {
		*sets = map[string]map[string]bool{}
	}
	if (*sets)[of] == nil {
		(*sets)[of] = map[string]bool{}
	}
	(*sets)[of][what] = true
}

// proxied are the ports of a stub of 1.4 or 1.5 that proxies use behind a gateway;
// the others are open between pods alone.
var proxied = map[string]string{"15011": "https-xds", "15012": "tcp-istiod", "15004": "grpc-mixer-mtls"}

// share notes what one cluster says of what all of them share.
func (w *witness) share(c *mesh.Cluster, docs []doc) {
	for _, set := range []*map[string]bool{&w.shared.trust, &w.shared.networks, &w.shared.namespaces} {
		if *set == nil {
			*set = map[string]bool{}
		}
	}
	leader := w.mesh.Spec.Primary(c).Name
	for _, d := range docs {
		if v := d.istiod(); v != nil {
			global, _ := v["global"].(map[string]any)
			w.shared.networks[fmt.Sprint(global["network"])] = true
			for _, trust := range []any{lookup(v, []string{"global", "trustDomain"}), lookup(v, []string{"meshConfig", "trustDomain"}), d.get("spec", "meshConfig", "trustDomain")} {
				if trust != nil {
					w.shared.trust[fmt.Sprint(trust)] = true
				}
			}
			several := lookup(v, []string{"global", "meshNetworks"}) != nil || lookup(v, []string{"global", "multiCluster", "enabled"}) != nil
			w.check("one network", !several, "%s is of several networks", d)
		}
		switch {
		case d.kind() == "Service" && d.stage == plan.StageControlPlane:
			w.shared.namespaces[d.text1("metadata", "namespace")] = true
			headless := d.text1("spec", "clusterIP") == "None"
			w.check("headless", headless == (c.Dialect().Old() && c.ControlPlane == nil), "%s: an API server calls no webhook through a headless Service, and a stub of 1.4 and 1.5 is one", d)
		case d.kind() == "Service" && d.stage != plan.StageIstioConfig:
			ports := names(d.get("spec", "ports"), "targetPort")
			note(&w.shared.copies, d.text1("metadata", "namespace")+"/"+d.name(), fmt.Sprint(ports, d.get("spec", "type"), d.get("spec", "clusterIP"), d.get("spec", "externalName"), d.get("spec", "selector")))
		case d.kind() == "Gateway":
			for _, s := range d.get("spec", "servers").([]any) {
				note(&w.shared.served, c.Name, fmt.Sprint(lookup(s, []string{"port", "number"})))
			}
		case d.kind() == "EndpointSlice":
			for _, number := range names(d.value["ports"], "port") {
				note(&w.shared.dialled, leader, number)
			}
		case d.kind() == "Endpoints":
			for _, s := range d.value["subsets"].([]any) {
				for name, number := range names(s.(map[string]any)["ports"], "port") {
					if proxied[number] == name {
						note(&w.shared.dialled, leader, number)
					}
				}
			}
		}
	}
}

// all: what is the same in all clusters, and what one of them has for the others.
func (w *witness) all() {
	w.check("mesh ID", len(w.meshIDs) == 1, "%v", w.meshIDs)
	w.check("trust domain", len(w.shared.trust) == 1, "%v", w.shared.trust)
	w.check("one network", len(w.shared.networks) == 1, "%v", w.shared.networks)
	w.check("one namespace", len(w.shared.namespaces) <= 1, "%v", w.shared.namespaces)
	for service, copies := range w.shared.copies {
		w.check("copies", len(copies) == 1, "%s is %v", service, slices.Sorted(maps.Keys(copies)))
	}
	for leader, served := range w.shared.served {
		i := slices.IndexFunc(w.mesh.Spec.Clusters, func(c mesh.Cluster) bool { return c.Name == leader })
		check := "served ports"
		if w.mesh.Spec.Clusters[i].Dialect().Old() {
			check = "old served ports"
		}
		for port := range w.shared.dialled[leader] {
			w.check(check, served[port], "remotes of %s dial %s, and its gateway serves %v", leader, port, served)
		}
	}
}
