package mesh

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/rule"
)

// tracing checks that spans of remotes arrive: without an address proxies send
// them to zipkin in Istio's namespace of their own cluster (istio/installer
// release-1.4, global.yaml; istio/istio 1.30.3, pkg/config/mesh/mesh.go).
func (c *checker) tracing() {
	s := &c.mesh.Spec
	if len(s.Clusters) < 2 {
		return
	}
	if s.Tracing.Zipkin != "" {
		host, _, err := net.SplitHostPort(s.Tracing.Zipkin)
		if err == nil && c.inCluster(host) {
			c.report(rule.LocalCollector, "spec.tracing.zipkin", fmt.Sprintf("%q is a Service that each cluster resolves for itself", host), "where the Service is not, spans are lost", "give an address or domain name that every cluster reaches, or let the Service be copied to all")
		}
		return
	}
	for _, path := range [][]string{{"global", "enableTracing"}, {"meshConfig", "enableTracing"}} {
		on, _ := value(s.Istio.Values, path...).(bool)
		elsewhere := value(s.Istio.Values, "meshConfig", "defaultConfig", "tracing") != nil || value(s.Istio.Values, "meshConfig", "extensionProviders") != nil
		if on && !elsewhere {
			c.report(rule.NoCollector, "spec.istio.values."+strings.Join(path, "."), "tracing is switched on, and no collector is named", fmt.Sprintf("the proxies of every cluster send spans to zipkin.%s in that cluster", s.Istio.Namespace), "name one that every cluster reaches in spec.tracing.zipkin")
		}
	}
}

// inCluster says whether a host is the name of a Service that is not copied to
// every cluster: <name>.<namespace>, with or without .svc and the domain behind.
func (c *checker) inCluster(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil {
		return false
	}
	s := &c.mesh.Spec
	name := strings.TrimSuffix(strings.ToLower(host), ".")
	service := strings.TrimSuffix(strings.TrimSuffix(name, "."+s.Istio.ClusterDomain), ".svc")
	labels := strings.Split(service, ".")
	own := slices.Contains(append([]string{s.Istio.Namespace}, s.Injection.Namespaces...), labels[len(labels)-1])
	if len(labels) > 2 || service == name && len(labels) == 2 && !own {
		return false
	}
	return len(labels) == 1 || !slices.ContainsFunc(s.Services, func(e ServiceEntry) bool {
		return e.Name == labels[0] && e.Namespace == labels[1] && e.Clients.Names == nil && e.Clients.Labels == nil
	})
}

// tokenPolicy warns where clusters differ in the kind of tokens that their proxies
// bring (istio/istio 1.5.10, manifests/global.yaml, jwtPolicy).
func (c *checker) tokenPolicy() {
	s := &c.mesh.Spec
	first, of := "", ""
	for i := range s.Clusters {
		cl := &s.Clusters[i]
		policy, is := value(cl.Values, "global", "jwtPolicy").(string)
		if !is {
			policy, _ = value(s.Istio.Values, "global", "jwtPolicy").(string)
		}
		if i == 0 {
			first, of = policy, cl.Name
			continue
		}
		if policy != first {
			at := cluster(i) + ".values.global.jwtPolicy"
			if !is {
				at = cluster(0) + ".values.global.jwtPolicy"
			}
			c.report(rule.TokenPolicy, at, fmt.Sprintf("the tokens of cluster %q are of another kind than those of %q", cl.Name, of), "the control plane checks all in one way", "write global.jwtPolicy into spec.istio.values, for all clusters")
		}
	}
}

// value gives what lies at a path of values, nil where nothing does.
func value(values map[string]any, path ...string) any {
	var at any = values
	for _, key := range path {
		m, _ := at.(map[string]any)
		at = m[key]
	}
	return at
}
