package mesh

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/rule"
)

// exposureFields checks the fields that shape how remotes reach their control
// plane, whatever the release, where the method is one.
func (c *checker) exposureFields(i int) {
	cl := &c.mesh.Spec.Clusters[i]
	cp, at := cl.ControlPlane, cluster(i)+".controlPlane"
	uses := func(methods ...Expose) bool { return slices.Contains(methods, cp.Expose) }
	if p := at + ".service"; c.doc.Has(p) && !uses(ExposeLoadBalancer, ExposeDedicatedGateway) {
		c.report(rule.FieldUnused, p, fmt.Sprintf("expose: %s has no load balancer of isthmus", cp.Expose), "", "remove it, or write expose: loadBalancer or dedicatedGateway")
	}
	if p := at + ".gateway"; c.doc.Has(p) && !uses(ExposeGateway, ExposeDedicatedGateway) {
		c.report(rule.FieldUnused, p, fmt.Sprintf("expose: %s has no gateway", cp.Expose), "", "remove it, or write expose: gateway or dedicatedGateway")
	}
	c.checkLabel(at+".gateway.name", cp.Gateway.Name, "")
	if p := at + ".gateway.namespace"; c.doc.Has(p) { // else it is Istio's own
		c.checkLabel(p, cp.Gateway.Namespace, "")
	}
	c.checkMeta(at+".gateway.selector", cp.Gateway.Selector)
	if p := at + ".gateway.namespace"; cp.Expose == ExposeDedicatedGateway && c.doc.Has(p) {
		c.checkOwn(p, cp.Gateway.Namespace)
	}
	if text, p := cp.Service.LoadBalancerIP, at+".service.loadBalancerIP"; text != "" {
		ip, err := netip.ParseAddr(text)
		elsewhere := len(cp.Addresses) > 0 && !slices.ContainsFunc(cp.Addresses, func(a Address) bool { return !a.IsValid() || a.Addr == ip })
		switch {
		case err != nil:
			c.report(rule.Malformed, p, fmt.Sprintf("%q is not an IP address", text), "", "give the address that the load balancer shall have, or remove it")
		case elsewhere && uses(ExposeLoadBalancer, ExposeDedicatedGateway):
			c.report(rule.LoadBalancerIP, p, fmt.Sprintf("%s is none of the control plane's addresses", ip), "the load balancer gets this one, and the remotes go to the others", "write the same address in both places")
		}
	}
	if class := cp.Service.LoadBalancerClass; class != "" && !metaKey(class) {
		c.report(rule.Meta, at+".service.loadBalancerClass", fmt.Sprintf("%q is not the name of a class", class), "", "write it as in example.com/internal")
	}
	for _, key := range sortedKeys(cp.Service.Annotations) {
		if !metaKey(key) {
			c.report(rule.Meta, at+".service.annotations", fmt.Sprintf("%q is not the key of an annotation", key), "", "")
		}
	}
	if uses(ExposeLoadBalancer, ExposeGateway, ExposeDedicatedGateway) {
		lists := map[string][]Address{"addresses": cp.Addresses, "policyAddresses": cp.PolicyAddresses, "telemetryAddresses": cp.TelemetryAddresses}
		for _, field := range sortedKeys(lists) {
			for j, a := range lists[field] {
				if a.IsValid() && c.doc.Has(at+"."+field) {
					c.balancer(i, fmt.Sprintf("%s.%s[%d]", at, field, j), a)
				}
			}
		}
	}
}

// balancer checks that an address can be that of a load balancer in front of the
// control plane: it lies in no prefix of a cluster.
func (c *checker) balancer(i int, at string, a Address) {
	own := &c.mesh.Spec.Clusters[i]
	for j := range c.mesh.Spec.Clusters {
		cl := &c.mesh.Spec.Clusters[j]
		pod, service := within(cl.PodCIDRs, a), within(cl.ServiceCIDRs, a)
		what, why := "Service", fmt.Sprintf("with expose: %s it is a load balancer's address", own.ControlPlane.Expose)
		if pod {
			what = "pod"
		}
		switch {
		case j != i && (pod || service):
			c.report(rule.ElsewhereAddress, at, fmt.Sprintf("%s is a %s of cluster %q", a, what, cl.Name), why, "give the load balancer's address, or correct the prefixes of that cluster")
		case j == i && pod:
			c.report(rule.PodBehindBalancer, at, fmt.Sprintf("%s is a pod of cluster %q", a, cl.Name), why, "give the load balancer's address, or write expose: pod")
		case j == i && service && !cl.ServiceCIDRsRoutable:
			c.report(rule.NotRouted, at, fmt.Sprintf("%s is reachable inside cluster %q only", a, cl.Name), "the addresses of Services are not routed between clusters unless somebody saw to it", "give the load balancer's address, or write serviceCIDRsRoutable: true for the cluster")
		}
	}
}

// exposure checks how remotes of 1.24 and later reach their control plane, and
// says once what the method does when it fails.
func (c *checker) exposure(i int) {
	if !c.knowsMethod(i) {
		return // a problem of decoding
	}
	c.exposureFields(i)
	cp, at := c.mesh.Spec.Clusters[i].ControlPlane, cluster(i)+".controlPlane"
	if cp.Expose == ExposeDedicatedGateway {
		c.gatewayName(at+".gateway.name", cp.Gateway.Name)
	}
	if cp.Expose == ExposeClusterIP { // isthmus makes the Service
		families := map[bool]Address{}
		for j, a := range cp.Addresses {
			other, twice := families[a.Is6()]
			if a.IsValid() && twice && other != a {
				c.report(rule.FamilyTwice, fmt.Sprintf("%s.addresses[%d]", at, j), fmt.Sprintf("%s is of the same family as %s", a, other), "a Service has one address of each", "keep one")
			}
			families[a.Is6()] = a
		}
	}
	if len(c.mesh.Spec.Clusters) == 1 {
		return // nobody is there to fail
	}
	switch cp.Expose {
	case ExposePod:
		c.warnOfPods(i, "use expose: dedicatedGateway")
	case ExposeClusterIP:
		c.report(rule.Exposure, at+".expose", "the remotes depend on routes to the Service addresses of this cluster", "where a route is missing they keep their configuration and get no change, and injection fails", "")
	case ExposeLoadBalancer:
		c.report(rule.Exposure, at+".expose", "the remotes depend on the load balancer in front of istiod", "while it is away they keep their configuration and get no change, and injection fails", "")
	case ExposeGateway:
		c.report(rule.GatewayOpen, at+".expose", "the control plane is reachable wherever the gateway is", "a gateway that faces the internet shows ports 15012 and 15017 to it", "see that its Service opens both to the remotes and to nobody else, or use expose: dedicatedGateway with an internal load balancer")
	case ExposeDedicatedGateway:
		c.report(rule.Exposure, at+".expose", "the remotes depend on the gateway "+cp.Gateway.Name, "it starts after istiod and is its client: while it is away the remotes keep their configuration and get no change, and injection fails", "")
	}
}

// gatewayName refuses names that istiod's own objects and releases have.
func (c *checker) gatewayName(at, name string) {
	istio := &c.mesh.Spec.Istio
	taken := []string{"istiod", "istio-base", "istio-cni", "istiod-" + istio.Revision}
	if istio.Canary != nil {
		taken = append(taken, "istiod-"+istio.Canary.Revision)
	}
	switch {
	case slices.Contains(taken, name):
		c.report(rule.GatewayTaken, at, fmt.Sprintf("%q is the name of another release of the mesh", name), "the gateway would take its place", "choose another name, as in istio-eastwestgateway")
	case len(name) > 53:
		c.report(rule.LongName, at, fmt.Sprintf("%q has %d characters", name, len(name)), "it becomes the name of a release, and Helm takes 53", "choose a shorter one")
	}
}

// gatewayNamespaces refuses a gateway of isthmus in a namespace of applications:
// its Namespace is applied before the control plane, theirs after it, and one
// object cannot be both.
func (c *checker) gatewayNamespaces() {
	s := &c.mesh.Spec
	for i := range s.Clusters {
		cp := s.Clusters[i].ControlPlane
		if cp == nil || cp.Expose != ExposeDedicatedGateway || cp.Gateway.Namespace == s.Istio.Namespace {
			continue
		}
		name := cp.Gateway.Namespace
		if slices.Contains(s.Injection.Namespaces, name) || slices.ContainsFunc(c.mesh.Services, func(o Service) bool { return o.Namespace == name }) {
			c.report(rule.GatewayNamespace, cluster(i)+".controlPlane.gateway.namespace", fmt.Sprintf("%q is a namespace of applications", name), "it would be made twice, before the control plane and after it", "give the gateway a namespace of its own, or Istio's")
		}
	}
}

// knownToIstiod says whether the values have the name put into istiod's
// certificate.
func (c *checker) knownToIstiod(i int, name string) bool {
	for _, values := range []map[string]any{c.mesh.Spec.Istio.Values, c.mesh.Spec.Clusters[i].Values} {
		pilot, _ := values["pilot"].(map[string]any)
		env, _ := pilot["env"].(map[string]any)
		hosts, _ := env["ISTIOD_CUSTOM_HOST"].(string)
		if slices.Contains(strings.Split(hosts, ","), name) {
			return true
		}
	}
	return false
}

// number is the end of what may be meant as an address: no domain ends in one.
var number = regexp.MustCompile(`(^|\.)[0-9]+$`)

// hostname checks a name in place of addresses. Kubernetes' API server does not
// call webhooks through a Service of type ExternalName on every platform
// (istio/istio#45014), so injection goes by URL.
func (c *checker) hostname(i int) {
	cp, at := c.mesh.Spec.Clusters[i].ControlPlane, cluster(i)+".controlPlane"
	name := cp.Hostname
	switch {
	case name == "":
		return
	case len(name) > 253 || !subdomain.MatchString(name):
		c.report(rule.HostnameUnusable, at+".hostname", fmt.Sprintf("%q is not a domain name", name), "", "write DNS labels joined by dots, without a port, as in istiod.example.com")
	case number.MatchString(name):
		c.report(rule.HostnameUnusable, at+".hostname", fmt.Sprintf("%q is an address, not a name", name), "the stub would be an alias of a name that does not exist", "write it into addresses")
	case len(cp.Addresses) > 0:
		c.report(rule.HostnameUnusable, at+".hostname", "the control plane has addresses and a hostname", "the stub is made for one of the two", "remove one")
	case cp.Expose == ExposePod || cp.Expose == ExposeClusterIP:
		c.report(rule.HostnameUnusable, at+".hostname", fmt.Sprintf("expose: %s goes by address", cp.Expose), "", "give addresses, or choose another expose")
	default:
		if c.mesh.Spec.Security.Certificates == CertManager || c.knownToIstiod(i, name) { // that certificate is ours, and holds it
			return
		}
		c.report(rule.HostnameUnknown, at+".hostname", "API servers call the injector at https://"+name+":15017", "the name of the stub cannot be used for it, and istiod's certificate does not hold this name unless told to", "add the name to ISTIOD_CUSTOM_HOST of istiod, in pilot.env of this cluster's values")
	}
}
