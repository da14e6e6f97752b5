package mesh

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/rule"
)

// controlPlanes checks that one cluster runs the control plane, that all others
// are its remotes, and that its addresses are those of the method.
func (c *checker) controlPlanes() {
	clusters := c.mesh.Spec.Clusters
	var primaries []string
	misspelt := func(i int) bool { return c.meant[cluster(i)+".controlPlane"] }
	for i := range clusters {
		if clusters[i].ControlPlane == nil && !misspelt(i) {
			continue
		}
		primaries = append(primaries, clusters[i].Name)
		if misspelt(i) {
			continue
		}
		if len(primaries) == 2 && clusters[i].Dialect().Old() {
			c.report(rule.SeveralControlPlanes, cluster(i)+".controlPlane", fmt.Sprintf("cluster %q runs a control plane, and so does %q", clusters[i].Name, primaries[0]), "on Istio 1.4 and 1.5 a mesh shares one", "keep one; the others are its remotes")
		}
		c.controlPlane(i)
	}
	if len(clusters) > 0 && len(primaries) == 0 {
		c.report(rule.NoControlPlane, "spec.clusters", "no cluster runs the control plane", "", "give one cluster a controlPlane with its addresses")
	}
	if len(clusters) == 1 && len(primaries) == 1 {
		c.report(rule.Alone, "spec.clusters", "the mesh has one cluster", "nothing is shared yet", "add the remotes")
	}
	for i := range clusters {
		of, at := clusters[i].RemoteOf, cluster(i)+".remoteOf"
		switch {
		case misspelt(i):
		case of == "" && clusters[i].ControlPlane == nil && len(primaries) > 1 && !clusters[i].Dialect().Old():
			c.report(rule.RemoteOf, at, fmt.Sprintf("cluster %q does not say whose remote it is", clusters[i].Name), "the mesh has several control planes", "name one of "+strings.Join(primaries, ", "))
		case of == "" || len(primaries) == 0 || slices.Contains(primaries, ""): // or a problem of decoding
		case clusters[i].ControlPlane != nil:
			c.report(rule.RemoteOf, at, fmt.Sprintf("cluster %q runs a control plane itself", clusters[i].Name), "", "remove remoteOf or controlPlane")
		case !slices.Contains(primaries, of):
			c.report(rule.RemoteOf, at, fmt.Sprintf("no cluster %q runs a control plane", of), "a remote needs one to take its configuration from", didYouMean(of, primaries, fmt.Sprintf("give %q a controlPlane", of)))
		}
	}
}

// didYouMean gives the fix for a word that is none of the choices.
func didYouMean(word string, choices []string, otherwise string) string {
	if near := diag.Nearest(word, choices); near != "" {
		if otherwise == "" {
			return fmt.Sprintf("did you mean %q?", near)
		}
		return fmt.Sprintf("did you mean %q? Otherwise %s", near, otherwise)
	}
	if otherwise != "" {
		return otherwise
	}
	return "the choices are " + strings.Join(distinct(choices), ", ")
}

// distinct gives each of some names once, in the order in which they came.
func distinct(names []string) []string {
	var all []string
	for _, name := range names {
		if !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	return all
}

func (c *checker) controlPlane(i int) {
	cl := &c.mesh.Spec.Clusters[i]
	cp, at := cl.ControlPlane, cluster(i)+".controlPlane"
	if cl.State != Active && c.doc.Has(cluster(i)+".state") {
		c.report(rule.PrimaryLeaving, cluster(i)+".state", fmt.Sprintf("the cluster of the control plane cannot be %s", cl.State), "every remote depends on it", "make it a remote of another first (remoteOf in place of controlPlane), or remove the line")
	}
	if !cl.Dialect().Old() {
		c.hostname(i)
	}
	switch {
	case cp.Hostname != "" && !cl.Dialect().Old():
	case cp.Hostname != "":
		c.report(rule.HostnameOld, at+".hostname", fmt.Sprintf("%q cannot be the address of the control plane", cp.Hostname), "on Istio 1.4 and 1.5 it is written into the Endpoints of a stub, and Endpoints take IP addresses only", "remove it and give addresses: the IP addresses that it stands for")
	case len(cp.Addresses) == 0:
		c.report(rule.NoAddress, at+".addresses", "the control plane has no address", "the remotes would have nothing to connect to", "give the IP address at which the remotes reach it")
	}
	for _, list := range []struct {
		field     string
		what      string
		addresses []Address
	}{
		{"addresses", "the control plane", cp.Addresses},
		{"policyAddresses", "istio-policy", cp.PolicyAddresses},
		{"telemetryAddresses", "istio-telemetry", cp.TelemetryAddresses},
	} {
		if list.field != "addresses" && (!cl.Dialect().Old() || !c.doc.Has(at+"."+list.field)) {
			continue // there is no Mixer, or none is named, or the gateway stands for it
		}
		if len(list.addresses) > 1 && c.mesh.Spec.Istio.Stubs != StubsOverlay {
			c.report(rule.SeveralAddresses, fmt.Sprintf("%s.%s[1]", at, list.field), fmt.Sprintf("%s has %d addresses", list.what, len(list.addresses)), fmt.Sprintf("with stubs: %s the profile holds the address too, and it takes one", c.mesh.Spec.Istio.Stubs), c.keepOne())
		}
		seen := map[netip.Addr]bool{}
		for j, a := range list.addresses {
			where := fmt.Sprintf("%s.%s[%d]", at, list.field, j)
			if a.IsValid() && seen[a.Addr] {
				c.report(rule.ListedTwice, where, fmt.Sprintf("%s is named twice", a), "", "remove one")
			}
			seen[a.Addr] = true
			c.checkAddress(i, where, a)
		}
	}
	switch {
	case cl.Dialect() == "":
		return // what is true of no release
	case !cl.Dialect().Old():
		c.exposure(i)
		return
	}
	mixer := len(cp.PolicyAddresses)+len(cp.TelemetryAddresses) > 0
	if mixer && !cl.Dialect().Mixer() && cl.Dialect() != "" {
		field := at + ".policyAddresses"
		if len(cp.PolicyAddresses) == 0 {
			field = at + ".telemetryAddresses"
		}
		c.report(rule.MixerOff, field, fmt.Sprintf("Istio %s has Mixer switched off", cl.Version), "the stubs of istio-policy and istio-telemetry point at it", "remove the addresses, unless the values of this cluster switch Mixer on")
	}
	var missing, names []string
	if len(cp.PolicyAddresses) == 0 {
		missing, names = append(missing, "policyAddresses"), append(names, "istio-policy")
	}
	if len(cp.TelemetryAddresses) == 0 {
		missing, names = append(missing, "telemetryAddresses"), append(names, "istio-telemetry")
	}
	if cl.Dialect().Mixer() && len(missing) > 0 && len(cp.Addresses) > 0 {
		c.report(rule.MixerMissing, at, fmt.Sprintf("Istio %s runs Mixer, and no address of %s is given", cl.Version, strings.Join(names, " and ")), "the sidecars of remotes have nowhere to call", "give "+strings.Join(missing, " and "))
	}
	c.oldExposure(i)
}

// warnOfPods warns that remotes depend on a pod's address.
func (c *checker) warnOfPods(i int, fix string) {
	if cp := c.mesh.Spec.Clusters[i].ControlPlane; cp.Expose == ExposePod && len(cp.Addresses) > 0 && c.knowsMethod(i) {
		c.report(rule.PodAddress, cluster(i)+".controlPlane.addresses", "the remotes depend on the address of a pod", "it changes whenever the pod restarts, and breaks every remote (istio/istio#4822)", fix)
	}
}

// knowsMethod says whether a cluster's expose could be read: a word that is none
// of the methods leaves the default in its place.
func (c *checker) knowsMethod(i int) bool {
	text := c.doc.String(cluster(i) + ".controlPlane.expose")
	return text == "" || text == string(c.mesh.Spec.Clusters[i].ControlPlane.Expose)
}

// keepOne gives the fix for several addresses: stubs of the overlay alone, where
// the release of every remote takes them.
func (c *checker) keepOne() string {
	if slices.ContainsFunc(c.mesh.Spec.Clusters, func(cl Cluster) bool { return cl.ControlPlane == nil && cl.Dialect() == Dialect150 }) {
		return "keep one"
	}
	return "keep one, or write stubs: overlay"
}

// checkAddress holds an address against the method: a pod's lies in the pod
// prefixes, a Service's in the Service prefixes, and those must be reachable.
func (c *checker) checkAddress(i int, at string, a Address) {
	cl := &c.mesh.Spec.Clusters[i]
	switch {
	case !a.IsValid() || !c.knowsMethod(i):
	case cl.ControlPlane.Expose == ExposePod && len(cl.PodCIDRs) > 0 && !within(cl.PodCIDRs, a):
		c.report(rule.NoPod, at, fmt.Sprintf("%s is no pod of cluster %q", a, cl.Name), "with expose: pod it is a pod's address, and it lies in none of the cluster's podCIDRs", "give the pod's address, correct podCIDRs, or choose another expose")
	case cl.ControlPlane.Expose == ExposeClusterIP && len(cl.ServiceCIDRs) > 0 && !within(cl.ServiceCIDRs, a):
		c.report(rule.NoServiceAddress, at, fmt.Sprintf("%s is no Service of cluster %q", a, cl.Name), "with expose: clusterIP it is a Service's address, and it lies in none of the cluster's serviceCIDRs", "give the Service's clusterIP, correct serviceCIDRs, or choose another expose")
	case cl.ControlPlane.Expose == ExposeClusterIP && !cl.ServiceCIDRsRoutable:
		c.report(rule.NotRouted, at, fmt.Sprintf("%s is reachable inside cluster %q only", a, cl.Name), "the addresses of Services are not routed between clusters unless somebody saw to it", "write serviceCIDRsRoutable: true for the cluster if they are, or choose another expose")
	}
}

func within(prefixes []netip.Prefix, a Address) bool {
	return slices.ContainsFunc(prefixes, func(p netip.Prefix) bool { return p.Contains(a.Addr) })
}
