package cluster

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
)

// A Finding is what a cluster says of one field, beside what the mesh says.
type Finding struct {
	Query     Query
	Committed []netip.Addr
	Addresses []netip.Addr // equal to Committed where the mesh may stay as it is
	Warning   *diag.Problem
}

// Stale says whether the mesh has to change.
func (f *Finding) Stale() bool { return !slices.Equal(f.Committed, f.Addresses) }

// Lookup asks the cluster of a control plane for each of its addresses. An error
// of ask is given as it is.
func Lookup(m *mesh.Mesh, c *mesh.Cluster, ask func(Query) ([]byte, error)) ([]Finding, error) {
	var all []Finding
	for _, q := range Queries(m, c) {
		data, err := ask(q)
		if err != nil {
			return nil, err
		}
		answer, err := q.Answer(data)
		if err != nil {
			return nil, err
		}
		f := Finding{Query: q}
		for _, a := range addressesOf(c.ControlPlane, q.Field) {
			f.Committed = append(f.Committed, a.Addr)
		}
		switch {
		case c.ControlPlane.Hostname != "":
			f.Warning = otherName(c, q, answer)
		case answer.Hostname != "":
			return nil, named(c, q, answer.Hostname)
		default:
			f.Addresses = settle(f.Committed, answer.Addresses, m.Spec.Istio.Stubs != mesh.StubsOverlay)
		}
		all = append(all, f)
	}
	return all, nil
}

// otherName warns where the mesh reaches a load balancer by a name that is not its
// own: a name of the user's may lead there all the same, and is left alone.
func otherName(c *mesh.Cluster, q Query, answer Answer) *diag.Problem {
	name, p := c.ControlPlane.Hostname, &diag.Problem{Severity: diag.Warning}
	switch {
	case answer.Hostname == name:
		return nil
	case answer.Hostname != "":
		p.What = fmt.Sprintf("%q is not the name of the load balancer of %s, which is %q", name, q, answer.Hostname)
		p.Fix = fmt.Sprintf("if it does not lead there, run isthmus refresh --cluster %s --hostname %s", c.Name, answer.Hostname)
	default:
		p.What = fmt.Sprintf("%q cannot be compared with %s, whose load balancer has an address and no name", name, q)
		p.Fix = fmt.Sprintf("see that the name leads to %s", Join(answer.Addresses))
	}
	p.Why = "isthmus resolves no names"
	return p
}

// Join gives addresses as a person reads them.
func Join(list []netip.Addr) string {
	texts := make([]string, len(list))
	for i, a := range list {
		texts[i] = a.String()
	}
	return strings.Join(texts, ", ")
}

// settle chooses among the addresses that a cluster gives: of the families that
// the mesh has, those that stay first and in their order, and one alone where the
// stubs take one.
func settle(committed, found []netip.Addr, single bool) []netip.Addr {
	family := func(a netip.Addr) bool {
		return slices.ContainsFunc(committed, func(c netip.Addr) bool { return c.Is4() == a.Is4() })
	}
	if same := slices.DeleteFunc(slices.Clone(found), func(a netip.Addr) bool { return !family(a) }); len(same) > 0 {
		found = same
	}
	var settled []netip.Addr
	for _, a := range committed {
		if slices.Contains(found, a) {
			settled = append(settled, a)
		}
	}
	for _, a := range found {
		if !slices.Contains(settled, a) {
			settled = append(settled, a)
		}
	}
	if single {
		settled = settled[:1]
	}
	return settled
}

// named says that a load balancer has a name where the mesh has addresses.
func named(c *mesh.Cluster, q Query, name string) error {
	p := &diag.Problem{What: fmt.Sprintf("%s: its load balancer has the name %q and no address", q, name)}
	if c.Dialect().Old() {
		p.Why = fmt.Sprintf("on Istio %s the stubs take IP addresses only (istio/istio#19639)", c.Version)
		p.Fix = "use a load balancer with fixed addresses, or choose another expose"
		return p
	}
	p.Why = "the mesh names addresses, and those behind a name change"
	p.Fix = fmt.Sprintf("reach the control plane by the name: isthmus refresh --cluster %s --hostname %s", c.Name, name)
	return p
}
