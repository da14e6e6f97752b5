package plan

import (
	"fmt"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
)

// oldExposed decides how the profile of a control plane of 1.4 or 1.5 opens it to
// its remotes: a load balancer in front of its own Services, ports of the
// profile's ingress gateway, or a second gateway.
func (b *builder) oldExposed(c *mesh.Cluster, p map[string]any) {
	cp := c.ControlPlane
	switch {
	case cp.Expose == mesh.ExposeLoadBalancer:
		balancers := map[string]any{"pilot": balancer(cp, cp.Service.LoadBalancerIP)}
		// Each Service has a load balancer of its own, and the one address
		// that mesh.yaml can ask for is the control plane's.
		if len(cp.PolicyAddresses) > 0 {
			balancers["policy"] = balancer(cp, "")
		}
		if len(cp.TelemetryAddresses) > 0 {
			balancers["telemetry"] = balancer(cp, "")
		}
		p["balancers"] = balancers
	case cp.Expose == mesh.ExposeGateway && cp.Gateway.Shared():
		p["gatewayPorts"] = joined(sharedPorts(c, p["values"].(map[string]any)), exposedPorts(c))
	case cp.Expose == mesh.ExposeDedicatedGateway:
		labels := map[string]any{"app": cp.Gateway.Name, "istio": cp.Gateway.Name}
		for key, value := range cp.Gateway.Selector {
			labels[key] = value
		}
		p["gateway"] = map[string]any{
			"name":      cp.Gateway.Name,
			"namespace": cp.Gateway.Namespace,
			"labels":    labels,
			"balancer":  balancer(cp, cp.Service.LoadBalancerIP),
			"ports":     append([]any{servicePort("status-port", 15020, 15020)}, exposedPorts(c)...),
		}
	}
}

// balancer gives what a Service of type LoadBalancer says, in the words of the
// Kubernetes of those releases.
func balancer(cp *mesh.ControlPlane, ip string) map[string]any {
	spec := map[string]any{"type": "LoadBalancer"}
	if ip != "" {
		spec["loadBalancerIP"] = ip
	}
	if ranges := cp.Service.LoadBalancerSourceRanges; len(ranges) > 0 {
		spec["loadBalancerSourceRanges"] = prefixes(ranges)
	}
	return map[string]any{"spec": spec, "annotations": anyMap(cp.Service.Annotations)}
}

// servicePort gives a port of a gateway's Service; a target of 0 is left to Kubernetes,
// which takes the port itself.
func servicePort(name string, number, target int) any {
	p := map[string]any{"name": name, "port": number}
	if target != 0 {
		p["targetPort"] = target
	}
	return p
}

// exposedPorts lists the ports that the gateway's Service opens for the remotes:
// those at which the Gateway of oldConfig listens, under the names that the
// charts give them.
func exposedPorts(c *mesh.Cluster) []any {
	ports := []any{servicePort("tcp-istiod", 15012, 15012)}
	if c.Dialect() == mesh.Dialect14 {
		ports = []any{servicePort("tcp-pilot-grpc-tls", 15011, 15011), servicePort("tcp-citadel-grpc-tls", 8060, 8060)}
	}
	if behindGateway(c) {
		ports = append(ports, servicePort("tcp-mixer-grpc-tls", 15004, 15004))
	}
	return ports
}

// behindGateway says whether remotes call Mixer through the gateway.
func behindGateway(c *mesh.Cluster) bool {
	return len(c.ControlPlane.PolicyAddresses)+len(c.ControlPlane.TelemetryAddresses) > 0
}

// sharedPorts lists the ports that the profile's ingress gateway has otherwise:
// the user's, or those of the default profile (1.4.10 and 1.5.10). Helm replaces
// the list, so whoever adds a port repeats all.
func sharedPorts(c *mesh.Cluster, values map[string]any) []any {
	gateways, _ := values["gateways"].(map[string]any)
	ingress, _ := gateways["istio-ingressgateway"].(map[string]any)
	if own, is := ingress["ports"].([]any); is {
		return own
	}
	ports := []any{
		servicePort("status-port", 15020, 15020),
		servicePort("http2", 80, 80),
		servicePort("https", 443, 0),
		servicePort("kiali", 15029, 15029),
		servicePort("prometheus", 15030, 15030),
		servicePort("grafana", 15031, 15031),
		servicePort("tracing", 15032, 15032),
		servicePort("tls", 15443, 15443),
	}
	if c.Dialect() != mesh.Dialect14 {
		ports = append(ports, servicePort("tcp", 31400, 0))
	}
	return ports
}

// joined appends the ports that are not there already: the API server refuses
// a Service that has one twice.
func joined(ports, more []any) []any {
	have := map[string]bool{}
	number := func(p any) string {
		fields, _ := p.(map[string]any)
		return fmt.Sprint(fields["port"])
	}
	all := append([]any{}, ports...)
	for _, p := range ports {
		have[number(p)] = true
	}
	for _, p := range more {
		if !have[number(p)] {
			all = append(all, p)
		}
	}
	return all
}

// oldConfig plans the Gateway in front of a control plane of 1.4 or 1.5 and what
// leads from it: in the stage that waits for the CRDs. Kubernetes makes the token
// of the reader there itself, as those releases run on none newer than 1.21, and
// the charts make its account and role.
func (b *builder) oldConfig(c *mesh.Cluster) []Stage {
	if c.ControlPlane == nil || !c.ControlPlane.Expose.ByGateway() {
		return nil
	}
	unit := b.unit("oldconfig.jsonnet", map[string]any{
		"dialect":       string(c.Dialect()),
		"namespace":     b.mesh.Spec.Istio.Namespace,
		"annotations":   b.wave(c, StageIstioConfig),
		"clusterDomain": b.mesh.Spec.Istio.ClusterDomain,
		"selector":      anyMap(c.ControlPlane.Gateway.Selector),
		"mixer":         behindGateway(c),
	})
	keys := []string{"gateway", "virtual-service-istiod", "destination-rule-istiod"}
	if c.Dialect() == mesh.Dialect14 {
		keys = []string{"gateway", "virtual-service-pilot", "destination-rule-pilot", "virtual-service-citadel"}
	}
	return []Stage{{Name: StageIstioConfig, Files: []File{{Name: "exposure.yaml", Listed: true, Picks: []Pick{{unit, keys}}}}}}
}
