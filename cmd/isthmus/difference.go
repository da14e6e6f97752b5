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

// of compares two lists of addresses, whose order says nothing.
func of(cluster, field, path string, committed, current []netip.Addr) difference {
	d := difference{Cluster: cluster, Field: field, Committed: []string{}, Current: []string{}, path: path, addresses: current}
	for _, a := range committed {
		d.Committed = append(d.Committed, a.String())
	}
	for _, a := range committed {
		if slices.Contains(current, a) {
			d.Current = append(d.Current, a.String())
		}
	}
	for _, a := range current {
		if text := a.String(); !slices.Contains(d.Current, text) {
			d.Current = append(d.Current, text)
		}
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
				fmt.Fprint(c.stderr, f.Warning.Text())
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

// changeOf gives the change that makes a mesh.yaml say what is so now.
func changeOf(cluster string, now []difference) refresh.Change {
	c := refresh.Change{Cluster: cluster}
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
	}
	return c
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
