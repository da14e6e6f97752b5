package mesh

import (
	"fmt"
	"slices"

	"github.com/isthmus-mesh/isthmus/generators/rule"
)

// oldExposure checks how remotes of 1.4 and 1.5 reach their control plane, and
// says once what the method does when it fails.
func (c *checker) oldExposure(i int) {
	if !c.knowsMethod(i) {
		return // a problem of decoding
	}
	c.exposureFields(i)
	cl := &c.mesh.Spec.Clusters[i]
	cp, at := cl.ControlPlane, cluster(i)+".controlPlane"
	if cp.Service.LoadBalancerClass != "" {
		c.report(rule.TooNewField, at+".service.loadBalancerClass", "loadBalancerClass came with Kubernetes 1.21", fmt.Sprintf("Istio %s runs on older ones", cl.Version), "name the class in service.annotations, as the cloud's documents of the time say")
	}
	if cp.Expose == ExposePod || cp.Expose == ExposeClusterIP {
		fix := "use expose: clusterIP where the remotes reach Service addresses"
		if cl.Version.Compare(Version{1, 5, 6}) >= 0 {
			fix += ", or dedicatedGateway"
		}
		c.warnOfPods(i, fix)
		return
	}
	if !c.oldMethod(i) {
		return
	}
	c.samePorts(i)
	if cp.Expose.ByGateway() {
		c.oldGateway(i)
	}
	if len(c.mesh.Spec.Clusters) == 1 {
		return // nobody is there to fail
	}
	switch {
	case cp.Expose == ExposeLoadBalancer && cl.Dialect() == Dialect14:
		c.report(rule.PlainPorts, at+".expose", "the load balancer opens every port of istio-pilot", "15010 and 8080 are plain text", "let service.loadBalancerSourceRanges hold the remotes alone, or ask for an internal load balancer in service.annotations")
	case cp.Expose == ExposeLoadBalancer:
		c.report(rule.Exposure, at+".expose", "the remotes depend on the load balancer in front of istiod", "while it is away they keep their configuration and get no change", "")
	case cp.Expose == ExposeGateway:
		c.report(rule.GatewayOpen, at+".expose", "the control plane is reachable wherever the gateway is", "a gateway that faces the internet shows "+c.gatewayPorts(i)+" to it", c.gatewayFix(i))
	default:
		c.report(rule.Exposure, at+".expose", "the remotes depend on the gateway "+cp.Gateway.Name, "while it is away they keep their configuration and get no change", "")
	}
}

// oldMethod says whether the release has the method. A second gateway in one
// profile has worked since 1.5.6 (istio/istio#23303): before, its pods had the
// labels of the first. 1.4 had none at all (istio/istio#20471). The remotes of
// 1.5.0 dial istio-pilot, as those of 1.4, and its profile shapes the Service
// istiod alone.
func (c *checker) oldMethod(i int) bool {
	cl := &c.mesh.Spec.Clusters[i]
	at, method := cluster(i)+".controlPlane.expose", cl.ControlPlane.Expose
	switch {
	case cl.Dialect() == Dialect14 && method == ExposeDedicatedGateway:
		c.report(rule.NoSuchMethod, at, fmt.Sprintf("Istio %s installs one ingress gateway", cl.Version), "a profile of 1.4 has no second one (istio/istio#20471)", "write gateway, and name in gateway.selector the labels of a gateway that you install yourself, or write loadBalancer")
	case cl.Dialect() == Dialect150:
		c.report(rule.NoSuchMethod, at, fmt.Sprintf("expose: %s does not work on 1.5.0", method), "its remotes dial istio-pilot, and what it can expose is istiod", "use 1.5.1 or later, or write pod or clusterIP")
	case method == ExposeDedicatedGateway && cl.Version.Compare(Version{1, 5, 6}) < 0:
		c.report(rule.NoSuchMethod, at, fmt.Sprintf("Istio %s gives all gateways of a profile the same labels", cl.Version), "the second would answer for the first (istio/istio#23303)", "use 1.5.6 or later, or write gateway or loadBalancer")
	default:
		return true
	}
	return false
}

// samePorts refuses remotes that dial another port than the one that is exposed.
func (c *checker) samePorts(i int) {
	cl := &c.mesh.Spec.Clusters[i]
	for j := range c.mesh.Spec.Clusters {
		other := &c.mesh.Spec.Clusters[j]
		if other.ControlPlane == nil && other.Dialect().Old() && other.Dialect() != cl.Dialect() {
			c.report(rule.OtherPort, cluster(j)+".version", fmt.Sprintf("a remote of %s dials another port than %s exposes", other.Version, cl.Version), fmt.Sprintf("with expose: %s only the control plane's own port is open", cl.ControlPlane.Expose), "give both one version, or write pod or clusterIP until they have it")
		}
	}
}

// oldGateway checks what a gateway in front of a control plane of 1.4 or 1.5
// needs.
func (c *checker) oldGateway(i int) {
	s := &c.mesh.Spec
	cl := &s.Clusters[i]
	cp, at := cl.ControlPlane, cluster(i)+".controlPlane"
	if cl.Dialect() == Dialect14 && !s.Security.ControlPlaneSecurity {
		c.report(rule.GatewayNeedsTLS, "spec.security.controlPlaneSecurity", fmt.Sprintf("expose: %s needs it", cp.Expose), "without it proxies dial 15010 and 9091, which are plain text, and which the gateway does not open", "remove the line, or choose another expose")
	}
	for _, list := range []struct {
		field, what string
		addresses   []Address
	}{{"policyAddresses", "istio-policy", cp.PolicyAddresses}, {"telemetryAddresses", "istio-telemetry", cp.TelemetryAddresses}} {
		if len(list.addresses) > 0 && !slices.Equal(list.addresses, cp.Addresses) {
			c.report(rule.MixerElsewhere, at+"."+list.field, fmt.Sprintf("%s has other addresses than the control plane", list.what), fmt.Sprintf("with expose: %s all of it is behind the gateway", cp.Expose), "give those of addresses; on 1.4 they are the default")
		}
	}
	switch name := cp.Gateway.Name; {
	case cp.Expose == ExposeDedicatedGateway && name == sharedGateway:
		c.report(rule.GatewayTaken, at+".gateway.name", fmt.Sprintf("%q is the gateway that the profile has already", name), "", "choose another name, or write expose: gateway")
	case cp.Expose == ExposeDedicatedGateway && cp.Gateway.Namespace == s.Istio.Namespace && (name == "istiod" || name == "istio-pilot"):
		c.report(rule.GatewayTaken, at+".gateway.name", fmt.Sprintf("%q is a Service of the control plane", name), "the gateway's would take its place", "choose another name")
	case cp.Expose == ExposeDedicatedGateway && cp.Gateway.Selector["istio"] == "ingressgateway":
		c.report(rule.GatewayTaken, at+".gateway.selector", "istio: ingressgateway are the labels of the gateway that the profile has already", "", "choose others, or write expose: gateway")
	case cp.Expose == ExposeGateway:
		c.meshExpansion("spec.istio.values", s.Istio.Values)
		c.meshExpansion(cluster(i)+".values", cl.Values)
	}
}

// sharedGateway is the ingress gateway of the default profile.
const sharedGateway = "istio-ingressgateway"

// meshExpansion refuses the values by which the charts open ports of the same
// gateway: a Service with one port twice is refused by the API server.
func (c *checker) meshExpansion(at string, values map[string]any) {
	global, _ := values["global"].(map[string]any)
	expansion, _ := global["meshExpansion"].(map[string]any)
	if on, _ := expansion["enabled"].(bool); on {
		c.report(rule.PortsTwice, at+".global.meshExpansion.enabled", "expose: gateway opens the ports of meshExpansion itself", "the gateway's Service would have them twice", "remove it here")
	}
}

// gatewayPorts names the ports that the gateway passes on.
func (c *checker) gatewayPorts(i int) string {
	cl := &c.mesh.Spec.Clusters[i]
	ports, mixer := "15012", len(cl.ControlPlane.PolicyAddresses)+len(cl.ControlPlane.TelemetryAddresses) > 0
	if cl.Dialect() == Dialect14 {
		ports = "15011 and 8060"
		if mixer {
			ports = "15011, 8060 and 15004"
		}
	} else if mixer {
		ports = "15012 and 15004"
	}
	return ports
}

func (c *checker) gatewayFix(i int) string {
	cl := &c.mesh.Spec.Clusters[i]
	fix := "see that nobody but the remotes reaches them"
	if !cl.ControlPlane.Gateway.Shared() {
		fix = "see that its Service opens them to the remotes and to nobody else"
	}
	if cl.Dialect() == Dialect15 && cl.Version.Compare(Version{1, 5, 6}) >= 0 {
		fix += ", or use expose: dedicatedGateway with an internal load balancer"
	}
	return fix
}

// Shared says whether the gateway is the ingress gateway that the profiles of
// 1.4 and 1.5 install, so that they can open its ports.
func (g *Gateway) Shared() bool {
	for key, value := range g.Selector {
		if !(key == "istio" && value == "ingressgateway" || key == "app" && value == sharedGateway) {
			return false
		}
	}
	return true
}
