package mesh

import (
	"fmt"
	"net/netip"
	"net/url"
	"strings"
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
		case err != nil || u.Host == "" || u.Hostname() == "":
			c.wrong(at, fmt.Sprintf("%q is not the URL of an API server", text), "", "write it as https://10.1.0.10:6443")
			continue
		case u.Scheme != "https":
			c.wrong(at, fmt.Sprintf("%q is not https", text), "the reader's token would cross the network in clear", "write https://"+u.Host)
			continue
		case u.User != nil:
			c.wrong(at, "the URL holds a user name or password", "everybody who reads this repository would have it", "write the URL without it; credentials belong into the remote Secret")
			continue
		case u.RawQuery != "" || u.Fragment != "":
			c.wrong(at, fmt.Sprintf("%q has a query or a fragment", text), "", "write the URL without it")
			continue
		}
		if what := unreachable(u.Hostname()); what != "" {
			c.wrong(at, fmt.Sprintf("%q is %s", text, what), "the control plane reads this cluster from another one", "give the address at which the control plane's pods reach the API server")
			continue
		}
		port := u.Port()
		if port == "" {
			port = "443"
		}
		server := strings.ToLower(u.Hostname()) + ":" + port + strings.TrimSuffix(u.Path, "/")
		if j, twice := first[server]; twice {
			c.wrong(at, fmt.Sprintf("%q is the API server of cluster %q already", text, c.mesh.Spec.Clusters[j].Name), "one cluster would be in the mesh twice", "give the API server of this cluster")
			continue
		}
		first[server] = i
	}
}

// unreachable says why no other cluster reaches a host, "" where one may.
func unreachable(host string) string {
	name := strings.TrimSuffix(strings.ToLower(host), ".")
	if name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return "a loopback address"
	}
	addr, err := netip.ParseAddr(host)
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
