package mesh

import (
	"fmt"
	"net/netip"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/rule"
)

// An Address is an IP address that the Endpoints of a stub may hold.
type Address struct{ netip.Addr }

// UnmarshalText reads an address and refuses those that the Kubernetes API
// server refuses in Endpoints (ValidateNonSpecialIP: unspecified, loopback,
// link-local and link-local multicast), and what is no address at all: the
// charts of 1.4 and 1.5 put any text there, unchecked.
func (a *Address) UnmarshalText(text []byte) error {
	addr, err := netip.ParseAddr(string(text))
	if err != nil {
		return rule.BadAddress.Problem(diag.Position{}, "", fmt.Sprintf("%q is not an IP address", text), "Endpoints take IP addresses only",
			"give one IP address an entry, without a port; on Istio 1.24 and later a name goes into hostname")
	}
	kind, fix := "", "give the address at which the other clusters reach the control plane"
	switch {
	case addr.Zone() != "":
		kind = "has a zone"
	case addr.Is4In6():
		kind, fix = "is an IPv4 address in IPv6 form", "write "+addr.Unmap().String()
	case addr.IsUnspecified():
		kind = "is the unspecified address"
	case addr.IsLoopback():
		kind = "is a loopback address"
	case addr.IsLinkLocalUnicast():
		kind = "is a link-local address"
	case addr.IsMulticast():
		kind = "is a multicast address"
	}
	if kind != "" {
		return rule.BadAddress.Problem(diag.Position{}, "", fmt.Sprintf("%q %s", text, kind), "the API server refuses it in Endpoints, or no other cluster can reach it", fix)
	}
	a.Addr = addr
	return nil
}
