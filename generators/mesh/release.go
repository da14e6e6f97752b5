package mesh

import (
	"fmt"

	"github.com/isthmus-mesh/isthmus/generators/rule"
)

// A Dialect is a span of Istio releases that take the same objects.
type Dialect string

// The three behaviours of the guide's era, and today's. 1.5.1 renamed the stub
// to istiod-remote and dropped the flags that had asked for it (istio/istio
// 3218efd6222, 2020-03-16); 1.24 is the first whose istiod chart has the remote
// profile.
const (
	Dialect14  Dialect = "1.4"
	Dialect150 Dialect = "1.5.0"
	Dialect15  Dialect = "1.5"
	Dialect130 Dialect = "1.30" // 1.24 to 1.30
)

// Old says whether the dialect is of the guide's era: installed by istioctl, the
// stub headless with Endpoints, a control plane in every cluster's profile.
func (d Dialect) Old() bool { return d == Dialect14 || d == Dialect150 || d == Dialect15 }

// Supported says which releases the dialects were checked against.
const Supported = "1.4.0 to 1.4.10, 1.5.0 to 1.5.10 and 1.24.0 to 1.30.3"

// anyPatch marks a minor whose patches all render alike.
const anyPatch = 1 << 20

// newest is the last patch of each minor that a dialect was checked against.
var newest = map[Version]int{
	{1, 4, -1}: 10, {1, 5, -1}: 10,
	{1, 24, -1}: anyPatch, {1, 25, -1}: anyPatch, {1, 26, -1}: anyPatch, {1, 27, -1}: anyPatch, {1, 28, -1}: anyPatch, {1, 29, -1}: anyPatch,
	{1, 30, -1}: 3,
}

// Dialect gives the dialect of the release that the cluster runs, "" where
// there is none.
func (c *Cluster) Dialect() Dialect {
	switch v := c.Version; {
	case v.MinorVersion() == Version{1, 4, -1}:
		return Dialect14
	case v == Version{1, 5, 0}:
		return Dialect150
	case v.MinorVersion() == Version{1, 5, -1}:
		return Dialect15
	case v.Major == 1 && v.Minor >= 24:
		return Dialect130
	default:
		return ""
	}
}

// Mixer says whether the release runs Mixer unless told otherwise: 1.4 does,
// 1.5 has it switched off.
func (d Dialect) Mixer() bool { return d == Dialect14 }

// A span of Kubernetes releases.
type kubernetes struct {
	oldest, newest Version // what the Istio release supports
	least          Version // what its istioctl and charts still accept
}

// kubernetesOf lists what each minor of Istio supports: for 1.24 to 1.30
// istio.io's table of releases, and MinK8SVersion of istioctl/pkg/install; for
// 1.4 and 1.5 supported_kubernetes_versions of their documents.
var kubernetesOf = map[Version]kubernetes{
	{1, 4, -1}:  {k8s(13), k8s(15), k8s(13)},
	{1, 5, -1}:  {k8s(14), k8s(16), k8s(14)},
	{1, 24, -1}: {k8s(28), k8s(31), k8s(28)},
	{1, 25, -1}: {k8s(29), k8s(32), k8s(29)},
	{1, 26, -1}: {k8s(29), k8s(33), k8s(29)},
	{1, 27, -1}: {k8s(29), k8s(33), k8s(29)},
	{1, 28, -1}: {k8s(30), k8s(34), k8s(29)},
	{1, 29, -1}: {k8s(31), k8s(35), k8s(30)},
	{1, 30, -1}: {k8s(32), k8s(36), k8s(32)},
}

func k8s(minor int) Version { return Version{1, minor, -1} }

// newestKubernetes gives the newest Kubernetes that a release supports, that of
// the newest release where it is not known.
func newestKubernetes(istio Version) Version {
	if span, known := kubernetesOf[istio.MinorVersion()]; known {
		return span.newest
	}
	return kubernetesOf[Version{1, 30, -1}].newest
}

// removed is the Kubernetes that no longer serves what the charts of 1.4 and
// 1.5 are made of: admissionregistration.k8s.io/v1beta1 and
// apiextensions.k8s.io/v1beta1.
var removed = Version{1, 22, -1}

// release checks versions: that a dialect covers them, that clusters are at
// most a minor apart, and that Kubernetes serves what the release needs.
func (c *checker) release() {
	m := c.mesh
	c.checkVersion("spec.istio.version", m.Spec.Istio.Version)
	for i := range m.Spec.Clusters {
		cl := &m.Spec.Clusters[i]
		if at := cluster(i) + ".version"; c.doc.Has(at) {
			c.checkVersion(at, cl.Version)
			skew := cl.Version.Minor - m.Spec.Istio.Version.Minor
			switch {
			case cl.Dialect() == "" || m.Spec.Istio.Version.IsZero():
			case cl.Dialect().Old() != m.Spec.Old():
				c.report(rule.TwoEras, at, fmt.Sprintf("%s and the mesh's %s are of two eras", cl.Version, m.Spec.Istio.Version), "one of them cannot be a remote of the other", "give both one of 1.4 and 1.5, or both one of 1.24 and later")
			case skew < -1 || skew > 1:
				c.report(rule.Skew, at, fmt.Sprintf("%s is more than one minor release from the mesh's %s", cl.Version, m.Spec.Istio.Version), "proxies and the control plane work at most one minor apart", "upgrade one minor at a time")
			}
		}
		dialect := cl.Dialect()
		if dialect == "" {
			continue
		}
		c.checkSkew(i)
		c.checkStubs(i)
		c.checkKubernetes(i, cl.Version)
		if canary := m.Spec.Istio.Canary; canary != nil && !dialect.Old() && canary.Version.MinorVersion() != cl.Version.MinorVersion() {
			c.checkKubernetes(i, canary.Version)
		}
	}
}

// checkSkew holds the version of a remote against that of its control plane. The
// mesh's own version, against which each was held before, may lie between them.
func (c *checker) checkSkew(i int) {
	cl := &c.mesh.Spec.Clusters[i]
	primary := c.mesh.Spec.Primary(cl)
	if primary == nil || primary == cl || primary.Dialect() == "" || primary.Dialect().Old() != cl.Dialect().Old() {
		return
	}
	at := cluster(i) + ".version"
	if !c.doc.Has(at) {
		at = cluster(i) + ".name"
	}
	mesh := c.mesh.Spec.Istio.Version.Minor
	if far := func(v Version) bool { return v.Minor < mesh-1 || v.Minor > mesh+1 }; far(cl.Version) || far(primary.Version) {
		return // said of the one that is far from the mesh
	}
	switch skew := cl.Version.Minor - primary.Version.Minor; {
	case skew < -1 || skew > 1:
		c.report(rule.Skew, at, fmt.Sprintf("cluster %q runs %s and its control plane in %q %s", cl.Name, cl.Version, primary.Name, primary.Version), "proxies and the control plane work at most one minor apart", "upgrade one minor at a time")
	case skew == 1:
		c.report(rule.RemoteNewer, at, fmt.Sprintf("cluster %q runs %s, newer than its control plane's %s", cl.Name, cl.Version, primary.Version), "Istio supports a control plane that is as new as its proxies or newer", fmt.Sprintf("upgrade cluster %q first", primary.Name))
	}
}

// checkKubernetes holds the Kubernetes of a cluster against a release of Istio
// that runs there. One that nobody named is one that the release supports.
func (c *checker) checkKubernetes(i int, istio Version) {
	cl := &c.mesh.Spec.Clusters[i]
	at := cluster(i) + ".kubernetesVersion"
	if !c.doc.Has(at) {
		at = "spec.kubernetesVersion"
	}
	span, known := kubernetesOf[istio.MinorVersion()]
	if !known || !c.doc.Has(at) {
		return // an untested release
	}
	supports := fmt.Sprintf("that release supports %s to %s", span.oldest, span.newest)
	switch k := cl.KubernetesVersion.MinorVersion(); {
	case cl.Dialect().Old() && k.Compare(removed) >= 0:
		c.report(rule.KubernetesRefused, at, fmt.Sprintf("Kubernetes %s cannot run Istio %s", cl.KubernetesVersion, istio), "it no longer serves admissionregistration.k8s.io/v1beta1 and apiextensions.k8s.io/v1beta1, of which that release is made", fmt.Sprintf("name a Kubernetes from %s to %s", span.oldest, span.newest))
	case !cl.Dialect().Old() && k.Compare(span.least) < 0:
		c.report(rule.KubernetesRefused, at, fmt.Sprintf("Istio %s refuses Kubernetes %s", istio, cl.KubernetesVersion), supports, "upgrade Kubernetes first, or name the version that runs")
	case k.Compare(span.oldest) < 0 || k.Compare(span.newest) > 0:
		c.report(rule.KubernetesUnsupported, at, fmt.Sprintf("Kubernetes %s is not one that Istio %s supports", cl.KubernetesVersion, istio), supports, "")
	}
}

// checkStubs checks that the release of a remote can do with the stubs what the
// mesh asks for. It warns of 1.5.0, whose own charts render a Service istio-pilot
// with a selector beside the stub of that name (istio/istio 1.5.0,
// manifests/istio-control/istio-discovery). On later 1.5 the discoveryAddress of
// an ingress gateway follows remotePilotAddress alone (istio/istio 1.5.10,
// manifests/gateways/istio-ingress, deployment.yaml). Before 1.30 the istiod
// chart takes an IPv6 address for a hostname (istio/istio 58828).
func (c *checker) checkStubs(i int) {
	s := &c.mesh.Spec
	cl := &s.Clusters[i]
	if cl.ControlPlane != nil {
		return
	}
	if cl.Dialect() == Dialect15 && cl.IngressGateway && s.Istio.Stubs == StubsOverlay {
		c.report(rule.IngressWithoutStub, cluster(i)+".ingressGateway", fmt.Sprintf("the ingress gateway of cluster %q would look for the control plane in its own cluster", cl.Name), "on Istio 1.5 it is told where that is by the address in the profile, which stubs: overlay leaves out", "write stubs: both with one address, or remove the ingress gateway")
	}
	if !cl.Dialect().Old() && s.Istio.Stubs == StubsProfile {
		oldest := cl.Version
		if canary := s.Istio.Canary; canary != nil && !canary.Version.IsZero() && canary.Version.Compare(oldest) < 0 {
			oldest = canary.Version
		}
		c.stubByChart(cl, oldest)
	}
	if cl.Dialect() != Dialect150 {
		return
	}
	at := cluster(i) + ".version"
	if !c.doc.Has(at) {
		at = "spec.istio.version"
	}
	if c.mesh.Spec.Istio.Stubs == StubsOverlay {
		c.report(rule.StubsOf150, "spec.istio.stubs", "overlay does not work on 1.5.0", "without its flags that release takes no stub for the control plane", "write both, or use 1.5.1 or later")
	}
	c.report(rule.StubOverwritten, at, "1.5.0 renders a Service istio-pilot with a selector on every remote, of the same name as the stub", "the two overwrite each other, and a remote that loses its stub loses its control plane", "use 1.5.1 or later, which calls the stub istiod-remote")
}

// stubByChart checks that the chart of a release makes a stub of the address.
func (c *checker) stubByChart(cl *Cluster, istio Version) {
	if istio.Compare(Version{1, 30, -1}) >= 0 {
		return
	}
	primary := c.mesh.Spec.Primary(cl)
	for i := range c.mesh.Spec.Clusters {
		if p := &c.mesh.Spec.Clusters[i]; p == primary && len(p.ControlPlane.Addresses) > 0 && p.ControlPlane.Addresses[0].Is6() {
			c.report(rule.StubIPv6, cluster(i)+".controlPlane.addresses[0]", fmt.Sprintf("the chart of Istio %s takes %s for a hostname", istio, p.ControlPlane.Addresses[0]), fmt.Sprintf("the stub of cluster %q would lead nowhere", cl.Name), "write stubs: overlay, or use 1.30 or later")
		}
	}
}

// checkVersion checks that a dialect covers a release, and that its installer has
// it: the Sail operator left one out.
func (c *checker) checkVersion(at string, v Version) {
	if sail := c.mesh.Spec.Istio.Install == InstallSail; sail && v == (Version{1, 25, 0}) {
		c.report(rule.SailRelease, at, fmt.Sprintf("the Sail operator has no Istio %s", v), "API servers refuse a version that it does not list", `use "1.25.1" or a later patch`)
	}
	if v.IsZero() {
		return // a problem of decoding
	}
	last, known := newest[v.MinorVersion()]
	if v.Major == 1 && v.Minor > 30 && v.Patch >= 0 && c.untested {
		c.report(rule.Untested, at, fmt.Sprintf("Istio %s is rendered as 1.30, untested", v), "", "")
		return
	}
	switch {
	case !known && v.Major == 1 && v.Minor > 30 && !c.untested:
		c.report(rule.Newer, at, fmt.Sprintf("Istio %s is newer than the releases that the dialects were checked against", v), "", "the versions that work are "+Supported+"; to try it all the same, pass --allow-untested")
	case !known && (v.Major != 1 || v.Minor <= 30):
		c.report(rule.NoDialect, at, fmt.Sprintf("no dialect covers Istio %s", v), "", "the versions that work are "+Supported)
	case v.Patch < 0:
		c.report(rule.PatchMissing, at, fmt.Sprintf("%s does not say which patch", v), "the charts and images of a release are named by all three numbers", fmt.Sprintf("write the release that runs, as in %q", fmt.Sprintf("%s.%d", v.MinorVersion(), min(last, 3))))
	case v.Patch > last && !c.untested:
		c.report(rule.Newer, at, fmt.Sprintf("Istio %s is newer than the releases that the dialect was checked against", v), "", fmt.Sprintf("use one of %s, or pass --allow-untested", Supported))
	case v.Patch > last:
		c.report(rule.Untested, at, fmt.Sprintf("Istio %s is rendered as %s.%d, untested", v, v.MinorVersion(), last), "", "")
	}
}
