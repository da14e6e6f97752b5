package plan

import (
	"net/netip"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
)

// stub gives the unit of a remote's stub and the keys of its objects: a Service
// that is not headless, because API servers call webhooks through it, and an
// EndpointSlice for each family of addresses; for a hostname an ExternalName.
func (b *builder) stub(c *mesh.Cluster, r revision) (unit int, keys []string) {
	s := &b.mesh.Spec
	cp := s.Primary(c).ControlPlane
	var v4, v6 []any
	for _, a := range cp.Addresses {
		if a.Is4() {
			v4 = append(v4, a.String())
		} else {
			v6 = append(v6, a.String())
		}
	}
	keys = []string{"service"}
	slices := map[string]any{}
	if len(v4) > 0 {
		slices["IPv4"] = v4
		keys = append(keys, "IPv4")
	}
	if len(v6) > 0 {
		slices["IPv6"] = v6
		keys = append(keys, "IPv6")
	}
	args := map[string]any{
		"namespace":   s.Istio.Namespace,
		"annotations": b.wave(c, StageControlPlane),
		"revision":    r.name,
		"slices":      slices,
	}
	if cp.Hostname != "" {
		args["hostname"] = cp.Hostname
	}
	return b.unit("stub.jsonnet", args), keys
}

// exposedService plans the Service through which remotes reach istiod: the
// stock one has no port 15017, and 15010, which is plain text.
func (b *builder) exposedService(c *mesh.Cluster) (unit int, exposed bool) {
	cp := c.ControlPlane
	if cp == nil || cp.Expose != mesh.ExposeLoadBalancer && cp.Expose != mesh.ExposeClusterIP {
		return 0, false
	}
	args := map[string]any{
		"namespace":   b.mesh.Spec.Istio.Namespace,
		"annotations": b.wave(c, StageControlPlane),
		"revision":    b.mesh.Spec.Istio.Revision,
	}
	if cp.Expose == mesh.ExposeClusterIP {
		args["clusterIPs"] = texts(cp.Addresses)
	} else {
		args["loadBalancer"] = loadBalancer(cp)
	}
	return b.unit("exposure.jsonnet", args), true
}

// loadBalancer gives what a Service of type LoadBalancer says of it.
func loadBalancer(cp *mesh.ControlPlane) map[string]any {
	lb := map[string]any{"annotations": anyMap(cp.Service.Annotations)}
	for key, text := range map[string]string{"loadBalancerIP": cp.Service.LoadBalancerIP, "loadBalancerClass": cp.Service.LoadBalancerClass} {
		if text != "" {
			lb[key] = text
		}
	}
	if ranges := cp.Service.LoadBalancerSourceRanges; len(ranges) > 0 {
		lb["loadBalancerSourceRanges"] = prefixes(ranges)
	}
	var families []any
	has4, has6 := false, false
	for _, a := range cp.Addresses {
		has4, has6 = has4 || a.Is4(), has6 || a.Is6()
	}
	switch {
	case has4 && has6:
		lb["ipFamilyPolicy"] = "PreferDualStack"
	case has6:
		families = append(families, "IPv6")
		lb["ipFamilyPolicy"], lb["ipFamilies"] = "SingleStack", families
	}
	return lb
}

// gateway decides the gateway that stands before istiod for its remotes alone.
func (b *builder) gateway(c *mesh.Cluster) map[string]any {
	g := c.ControlPlane.Gateway
	return map[string]any{"name": g.Name, "namespace": g.Namespace, "labels": anyMap(g.Selector), "service": loadBalancer(c.ControlPlane)}
}

func prefixes(list []netip.Prefix) []any {
	all := make([]any, len(list))
	for i, p := range list {
		all[i] = p.String()
	}
	return all
}

func anyList(list []string) []any {
	all := make([]any, len(list))
	for i, text := range list {
		all[i] = text
	}
	return all
}
