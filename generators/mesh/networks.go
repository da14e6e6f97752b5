package mesh

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/rule"
)

// A span is one prefix and where it was written.
type span struct {
	prefix  netip.Prefix
	cluster int
	field   string
	at      string
}

// networks checks that all clusters are on the one network, and that no pod or
// Service prefix overlaps any other of the mesh (guide lines 35 and 36): pods
// address each other directly, and with one address in two places the calls go
// to the wrong one.
func (c *checker) networks() {
	var spans []span
	wrong := len(c.problems)
	s := &c.mesh.Spec
	for i := range s.Clusters {
		cl := &s.Clusters[i]
		if cl.Network != "" && cl.Network != s.Network {
			c.report(rule.OtherNetwork, cluster(i)+".network", fmt.Sprintf("%q is not the mesh's network %q", cl.Network, s.Network), "isthmus makes meshes on one network, whose pods reach each other without gateways", "remove the line, or correct spec.network")
		}
		for _, list := range []struct {
			field    string
			prefixes []netip.Prefix
		}{{"podCIDRs", cl.PodCIDRs}, {"serviceCIDRs", cl.ServiceCIDRs}} {
			for j, p := range list.prefixes {
				at := fmt.Sprintf("%s.%s[%d]", cluster(i), list.field, j)
				switch {
				case !p.IsValid():
					continue // a problem of decoding
				case p.Addr().Is4In6():
					c.report(rule.PrefixForm, at, fmt.Sprintf("%q is an IPv4 prefix in IPv6 form", p), "", fmt.Sprintf("write %s", netip.PrefixFrom(p.Addr().Unmap(), max(p.Bits()-96, 0)).Masked()))
				case p != p.Masked():
					c.report(rule.PrefixForm, at, fmt.Sprintf("%q has bits set behind its prefix", p), "", fmt.Sprintf("write %s", p.Masked()))
				case nobodys(p) != "":
					c.report(rule.PrefixForm, at, fmt.Sprintf("%s holds %s addresses", p, nobodys(p)), "no pod and no Service can have one", "write the range from which the cluster numbers them")
				default:
					if public(p) {
						c.report(rule.PublicPrefix, at, fmt.Sprintf("%s is of public addresses", p), "what others have there cannot be reached from the mesh", "number the cluster from a private range, or silence the rule where the addresses are yours")
					}
					spans = append(spans, span{p, i, list.field, at})
				}
			}
		}
	}
	c.overlaps(spans)
	if !slices.ContainsFunc(c.problems[wrong:], func(p *diag.Problem) bool {
		return p.Rule == rule.PrefixForm.Code || p.Rule == rule.PrefixOverlap.Code
	}) {
		c.spans = spans // with a prefix that is wrong nobody knows whose an address is
	}
}

// private are the ranges that nobody else has: those of RFC 1918 and RFC 6598,
// those of documents and tests, and the last one, which clouds give to pods. An
// IPv6 cluster is numbered from addresses of its own as a rule, public or not.
var private = func() []netip.Prefix {
	var all []netip.Prefix
	for _, text := range []string{
		"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10",
		"192.0.0.0/24", "192.0.2.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
	} {
		all = append(all, netip.MustParsePrefix(text))
	}
	return all
}()

// public says whether a prefix holds addresses that may be somebody else's.
func public(p netip.Prefix) bool {
	return p.Addr().Is4() && !slices.ContainsFunc(private, func(own netip.Prefix) bool {
		return own.Bits() <= p.Bits() && own.Contains(p.Addr())
	})
}

// nobodys names what addresses a prefix holds that no pod can have, "" where it
// holds none. Those of all addresses, 0.0.0.0/0, hold them as well.
func nobodys(p netip.Prefix) string {
	for _, r := range []struct{ prefix, what string }{
		{"0.0.0.0/8", "unspecified"}, {"127.0.0.0/8", "loopback"}, {"169.254.0.0/16", "link-local"}, {"224.0.0.0/4", "multicast"},
		{"::/128", "unspecified"}, {"::1/128", "loopback"}, {"fe80::/10", "link-local"}, {"ff00::/8", "multicast"},
	} {
		if netip.MustParsePrefix(r.prefix).Overlaps(p) {
			return r.what
		}
	}
	return ""
}

// overlaps reports each prefix that lies in another. Sorted by address, shorter
// prefixes first, a prefix can only lie in one that is still open: the cost is
// that of sorting.
func (c *checker) overlaps(spans []span) {
	slices.SortStableFunc(spans, func(a, b span) int {
		return cmp.Or(a.prefix.Addr().Compare(b.prefix.Addr()), cmp.Compare(a.prefix.Bits(), b.prefix.Bits()))
	})
	var open []span
	for _, s := range spans {
		for len(open) > 0 && !open[len(open)-1].prefix.Contains(s.prefix.Addr()) {
			open = open[:len(open)-1]
		}
		if len(open) > 0 {
			later, earlier := s, open[len(open)-1]
			if before(c.doc.Pos(later.at).Line, c.doc.Pos(later.at).Column, c.doc.Pos(earlier.at).Line, c.doc.Pos(earlier.at).Column) {
				later, earlier = earlier, later
			}
			c.report(rule.PrefixOverlap, later.at, fmt.Sprintf("%s overlaps %s of the %s of cluster %q", later.prefix, earlier.prefix, earlier.field, c.mesh.Spec.Clusters[earlier.cluster].Name),
				"every pod and Service of the mesh needs an address of its own", "give the cluster a range that no other uses, or correct the prefix")
		}
		open = append(open, s)
	}
}

func before(line, column, thanLine, thanColumn int) bool {
	return cmp.Or(cmp.Compare(line, thanLine), cmp.Compare(column, thanColumn)) < 0
}
