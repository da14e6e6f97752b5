package mesh

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/rule"
)

// apiServers checks that every API server has an address of its own that the
// control plane can reach from its pods; istioctl only warns, and only of
// localhost.
func (c *checker) apiServers() {
	first := map[string]int{}
	for i := range c.mesh.Spec.Clusters {
		text, at := c.mesh.Spec.Clusters[i].APIServer, cluster(i)+".apiServer"
		if text == "" {
			continue // a problem of decoding
		}
		u, err := url.Parse(text)
		switch {
		// No message may repeat a password, nor a token in a query.
		case strings.Contains(text, "@"):
			c.report(rule.PasswordInURL, at, "the URL holds a user name or password", "everybody who reads this repository would have it", "write the URL without it; credentials belong into the remote Secret")
			continue
		case strings.ContainsAny(text, "?#"):
			c.report(rule.APIServerURL, at, "the URL has a query or a fragment", "", "write the URL without it")
			continue
		case err != nil || u.Hostname() == "" || !validPort(u):
			c.report(rule.APIServerURL, at, fmt.Sprintf("%q is not the URL of an API server", text), "", "write it as https://10.1.0.10:6443")
			continue
		case u.Scheme != "https":
			c.report(rule.APIServerClear, at, fmt.Sprintf("%q is not https", text), "the reader's token would cross the network in clear", "write https://"+u.Host+u.Path)
			continue
		}
		what := unreachable(u.Hostname())
		if what == "" {
			what = c.inside(i, u.Hostname())
		}
		if what != "" {
			c.report(rule.APIServerUnreachable, at, fmt.Sprintf("%q is %s", text, what), "the control plane reads this cluster from another one", "give the address at which the control plane's pods reach the API server")
			continue
		}
		port := u.Port()
		if port == "" {
			port = "443"
		}
		server := net.JoinHostPort(hostName(u), port) + strings.TrimSuffix(u.Path, "/")
		if j, twice := first[server]; twice {
			c.report(rule.APIServerTwice, at, fmt.Sprintf("%q is the API server of cluster %q already", text, c.mesh.Spec.Clusters[j].Name), "one cluster would be in the mesh twice", "give the API server of this cluster")
			continue
		}
		first[server] = i
		c.elsewhere(i, u.Hostname())
		if len(c.mesh.Spec.Clusters) > 1 && c.local(u.Hostname()) {
			c.report(rule.APIServerLocalName, at, fmt.Sprintf("%q is a name that each cluster resolves for itself", u.Hostname()), "the control plane reads this cluster from another one", "give an address or a domain name, or silence the rule where the control plane's cluster resolves it")
		}
	}
}

// inside says that the address of an API server is one of a Service, which no other
// cluster reaches, "" where it is none.
func (c *checker) inside(i int, host string) string {
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return ""
	}
	cl := &c.mesh.Spec.Clusters[i]
	for _, p := range cl.ServiceCIDRs {
		if p.IsValid() && p.Contains(addr.Unmap()) && !cl.ServiceCIDRsRoutable {
			return "an address of its own serviceCIDRs, which only the cluster itself reaches"
		}
	}
	return ""
}

// elsewhere warns of an API server whose address is that of a pod or Service of
// another cluster.
func (c *checker) elsewhere(i int, host string) {
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return
	}
	addr = addr.Unmap()
	// Of prefixes that do not overlap, the last that starts no later is the only one.
	at, found := slices.BinarySearchFunc(c.spans, addr, func(s span, a netip.Addr) int { return s.prefix.Addr().Compare(a) })
	if !found {
		at--
	}
	if at < 0 || !c.spans[at].prefix.Contains(addr) || c.spans[at].cluster == i {
		return
	}
	what := "Service"
	if c.spans[at].field == "podCIDRs" {
		what = "pod"
	}
	c.report(rule.APIServerElsewhere, cluster(i)+".apiServer", fmt.Sprintf("%s is a %s of cluster %q", addr, what, c.mesh.Spec.Clusters[c.spans[at].cluster].Name), "prefixes of clusters do not overlap, so this is no address of the cluster's own", "give the address of its API server, or silence the rule where the other cluster hosts it")
}

// local says whether a name is one of a cluster's own DNS, or one without a
// domain, as kind gives to its nodes.
func (c *checker) local(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil {
		return false
	}
	name := strings.TrimSuffix(strings.ToLower(host), ".")
	return !strings.Contains(name, ".") || name == "kubernetes.default" || strings.HasSuffix(name, ".docker.internal") || strings.HasSuffix(name, ".svc") || strings.HasSuffix(name, ".svc."+c.mesh.Spec.Istio.ClusterDomain)
}

// validPort says whether a URL has a port that exists, or none.
func validPort(u *url.URL) bool {
	if !strings.HasSuffix(u.Host, ":"+u.Port()) {
		return true
	}
	port, err := strconv.Atoi(u.Port())
	return err == nil && port > 0 && port < 65536
}

// hostName gives the host of a URL in the one way in which equal hosts are
// written.
func hostName(u *url.URL) string {
	if addr, err := netip.ParseAddr(u.Hostname()); err == nil {
		return addr.Unmap().String()
	}
	return strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
}

// unreachable says why no other cluster reaches a host, "" where one may.
func unreachable(host string) string {
	name := strings.TrimSuffix(strings.ToLower(host), ".")
	if name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return "a loopback address"
	}
	addr, err := netip.ParseAddr(host)
	if err != nil && strings.Trim(name, "0123456789.") == "" {
		return "no address: one has four numbers"
	}
	if err != nil {
		return ""
	}
	switch addr = addr.Unmap(); {
	case addr.IsLoopback():
		return "a loopback address"
	case addr.IsLinkLocalUnicast():
		return "a link-local address"
	case addr.IsUnspecified():
		return "the unspecified address"
	case addr.IsMulticast():
		return "a multicast address"
	default:
		return ""
	}
}
