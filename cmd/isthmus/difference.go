package main

import (
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/cluster"
	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/refresh"
)

// A difference is what mesh.yaml says of one field of a control plane, and what
// is so now.
type difference struct {
	Cluster   string   `json:"cluster"`
	Field     string   `json:"field"` // addresses, hostname, policyAddresses or telemetryAddresses
	Committed []string `json:"committed"`
	Current   []string `json:"current"`

	path      string
	addresses []netip.Addr // current
}

// of compares two lists of addresses, whose order says nothing: the current one is
// said in the order in which it is written.
func of(cluster, field, path string, committed, current []netip.Addr) difference {
	d := difference{Cluster: cluster, Field: field, Committed: []string{}, Current: []string{}, path: path, addresses: current}
	for _, a := range committed {
		d.Committed = append(d.Committed, a.String())
	}
	for _, a := range refresh.Order(committed, current) {
		d.Current = append(d.Current, a.String())
	}
	return d
}

func (d difference) stale() bool { return !slices.Equal(d.Committed, d.Current) }

// changed says what became of the field.
func (d difference) changed() string {
	before, after := strings.Join(d.Committed, ", "), strings.Join(d.Current, ", ")
	switch {
	case !d.stale():
		return fmt.Sprintf("%s: %s, as before", d.path, after)
	case len(d.Committed) == 0:
		return fmt.Sprintf("%s: %s", d.path, after)
	}
	return fmt.Sprintf("%s: %s, before %s", d.path, after, before)
}

// compared says how the field stands to what is so now.
func (d difference) compared() string {
	before, after := strings.Join(d.Committed, ", "), strings.Join(d.Current, ", ")
	switch {
	case !d.stale():
		return fmt.Sprintf("%s: %s is not stale", d.path, after)
	case len(d.Committed) == 0:
		return fmt.Sprintf("%s: is missing, and now is %s", d.path, after)
	}
	return fmt.Sprintf("%s: %s is stale, and now is %s", d.path, before, after)
}

// now gives, field by field, what the mesh says and what is so now.
func (o *refreshFlags) now(c *cli, m *mesh.Mesh, i int) ([]difference, error) {
	cl := &m.Spec.Clusters[i]
	cp := cl.ControlPlane
	at := func(field string) string { return fmt.Sprintf("spec.clusters[%d].controlPlane.%s", i, field) }
	var all []difference
	if o.live {
		if o.kubeconfig != "" {
			if _, err := os.Stat(o.kubeconfig); err != nil {
				return nil, &diag.Problem{Pos: diag.Position{File: o.kubeconfig}, What: "there is no such kubeconfig", Fix: "correct --kubeconfig"}
			}
		}
		findings, err := cluster.Lookup(m, cl, o.get)
		if err != nil {
			return nil, err
		}
		for _, f := range findings {
			if f.Warning != nil {
				f.Warning.Path, f.Warning.Pos = at("hostname"), m.Pos(at("hostname"))
				c.stderr.say(f.Warning)
			}
			if cp.Hostname != "" {
				all = append(all, difference{Cluster: cl.Name, Field: "hostname", Committed: []string{cp.Hostname}, Current: []string{cp.Hostname}, path: at("hostname")})
				continue
			}
			all = append(all, of(cl.Name, f.Query.Field, at(f.Query.Field), f.Committed, f.Addresses))
		}
		return all, nil
	}
	if o.hostname != "" {
		d := difference{Cluster: cl.Name, Field: "hostname", Committed: []string{}, Current: []string{o.hostname}, path: at("hostname")}
		if cp.Hostname != "" {
			d.Committed = []string{cp.Hostname}
		}
		all = append(all, d)
	}
	for _, g := range o.given {
		// What repeats the address of a gateway moves with it.
		if len(g.addresses) == 0 && cp.Expose.ByGateway() && m.Has(at(g.field)) && slices.Equal(g.committed(cp), cp.Addresses) {
			g.addresses = o.given[0].addresses
		}
		if len(g.addresses) == 0 {
			continue
		}
		var committed []netip.Addr
		for _, a := range g.committed(cp) {
			committed = append(committed, a.Addr)
		}
		all = append(all, of(cl.Name, g.field, at(g.field), committed, g.addresses))
	}
	return all, nil
}

// changeOf gives the change that makes a mesh.yaml say what is so now. The
// address that is asked for the load balancer goes with the one that it was.
func changeOf(cl *mesh.Cluster, now []difference) refresh.Change {
	c := refresh.Change{Cluster: cl.Name}
	for _, d := range now {
		switch {
		case !d.stale():
		case d.Field == "hostname":
			c.Hostname = d.Current[0]
		case d.Field == "addresses":
			c.Addresses = d.addresses
		case d.Field == "policyAddresses":
			c.PolicyAddresses = d.addresses
		case d.Field == "telemetryAddresses":
			c.TelemetryAddresses = d.addresses
		}
		if d.Field == "addresses" && d.stale() {
			c.LoadBalancerIP = balancerIP(cl.ControlPlane, d.addresses)
		}
	}
	return c
}

// balancerIP gives the address to ask for the load balancer: the new one of its
// family, where the one that is asked for has been an address and is none any
// more. The zero Addr leaves it as it is.
func balancerIP(cp *mesh.ControlPlane, current []netip.Addr) netip.Addr {
	asked, err := netip.ParseAddr(cp.Service.LoadBalancerIP)
	was := func(a netip.Addr) bool {
		return slices.ContainsFunc(cp.Addresses, func(old mesh.Address) bool { return old.Addr == a })
	}
	if err != nil || !was(asked) || slices.Contains(current, asked) {
		return netip.Addr{}
	}
	var fresh []netip.Addr
	for _, a := range current {
		if !was(a) && a.Is4() == asked.Is4() {
			fresh = append(fresh, a)
		}
	}
	if len(fresh) != 1 {
		return netip.Addr{}
	}
	return fresh[0]
}

// compareAddresses prints what is stale, and gives the exit status that it
// deserves.
func (c *cli) compareAddresses(o *refreshFlags, m *mesh.Mesh, now []difference) error {
	stale := slices.DeleteFunc(slices.Clone(now), func(d difference) bool { return !d.stale() })
	if o.output == "json" {
		if err := writeJSON(c.stdout, stale); err != nil {
			return err
		}
	} else {
		for _, d := range now {
			fmt.Fprintf(c.stdout, "%s: %s\n", m.Pos(d.path), d.compared())
		}
	}
	if len(stale) == 0 {
		return nil
	}
	fmt.Fprint(c.stderr, "isthmus: fix: run the same command without --check\n")
	return status(exitDiffers)
}
