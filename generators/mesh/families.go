package mesh

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/isthmus-mesh/isthmus/generators/rule"
)

// families checks that every remote has an IP family in common with the
// addresses of its control plane: the stub is a Service of that family, and a
// cluster without it refuses the Service or has no route to what is behind it.
func (c *checker) families() {
	s := &c.mesh.Spec
	for i := range s.Clusters {
		cl := &s.Clusters[i]
		primary := s.Primary(cl)
		if primary == nil || primary == cl || cl.Dialect().Old() || len(primary.ControlPlane.Addresses) == 0 || len(cl.ServiceCIDRs) == 0 {
			continue
		}
		shared := slices.ContainsFunc(primary.ControlPlane.Addresses, func(a Address) bool {
			return !a.IsValid() || slices.ContainsFunc(cl.ServiceCIDRs, func(p netip.Prefix) bool { return !p.IsValid() || p.Addr().Is6() == a.Is6() })
		})
		if !shared {
			c.report(rule.FamilyMissing, cluster(i)+".serviceCIDRs", fmt.Sprintf("cluster %q has no address family in common with the control plane's %s", cl.Name, primary.ControlPlane.Addresses[0]), "its stub would be a Service that the cluster cannot have", "give the control plane an address of that family too, or correct serviceCIDRs")
		}
	}
}
