package mesh

import (
	"fmt"

	"github.com/isthmus-mesh/isthmus/generators/diag"
)

// A Dialect is a span of Istio releases that take the same objects.
type Dialect string

// The three behaviours of the guide's era. 1.5.1 renamed the stub to
// istiod-remote and dropped the flags that had asked for it (istio/istio
// 3218efd6222, 2020-03-16).
const (
	Dialect14  Dialect = "1.4"
	Dialect150 Dialect = "1.5.0"
	Dialect15  Dialect = "1.5"
)

// Supported says which releases the dialects were checked against.
const Supported = "1.4.0 to 1.4.10 and 1.5.0 to 1.5.10"

// newest is the last patch of each minor that a dialect was checked against.
var newest = map[Version]int{{1, 4, -1}: 10, {1, 5, -1}: 10}

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
	default:
		return ""
	}
}

// Mixer says whether the release runs Mixer unless told otherwise: 1.4 does,
// 1.5 has it switched off.
func (d Dialect) Mixer() bool { return d == Dialect14 }

// Kubernetes gives the newest Kubernetes that the releases support
// (supported_kubernetes_versions of istio.io at 1.4 and 1.5).
func (d Dialect) Kubernetes() Version {
	if d == Dialect14 {
		return Version{1, 15, -1}
	}
	return Version{1, 16, -1}
}

// oldestKubernetes gives the oldest Kubernetes that the releases support.
func (d Dialect) oldestKubernetes() Version {
	if d == Dialect14 {
		return Version{1, 13, -1}
	}
	return Version{1, 14, -1}
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
			if skew := cl.Version.Minor - m.Spec.Istio.Version.Minor; cl.Dialect() != "" && (skew < -1 || skew > 1) {
				c.wrong(at, fmt.Sprintf("%s is more than one minor release from the mesh's %s", cl.Version, m.Spec.Istio.Version), "proxies and the control plane work at most one minor apart", "upgrade one minor at a time")
			}
		}
		dialect := cl.Dialect()
		if dialect == "" {
			continue
		}
		c.checkStubs(i)
		at := cluster(i) + ".kubernetesVersion"
		if !c.doc.Has(at) {
			at = "spec.kubernetesVersion"
		}
		switch k := cl.KubernetesVersion.MinorVersion(); {
		case k.Compare(removed) >= 0:
			c.wrong(at, fmt.Sprintf("Kubernetes %s cannot run Istio %s", cl.KubernetesVersion, cl.Version), "it no longer serves admissionregistration.k8s.io/v1beta1 and apiextensions.k8s.io/v1beta1, of which that release is made", fmt.Sprintf("name a Kubernetes from %s to %s", dialect.oldestKubernetes(), dialect.Kubernetes()))
		case k.Compare(dialect.oldestKubernetes()) < 0 || k.Compare(dialect.Kubernetes()) > 0:
			c.warn(at, fmt.Sprintf("Kubernetes %s is not one that Istio %s supports", cl.KubernetesVersion, cl.Version), fmt.Sprintf("that release supports %s to %s", dialect.oldestKubernetes(), dialect.Kubernetes()), "")
		}
	}
}

// checkStubs warns of 1.5.0, whose own charts render a Service istio-pilot with
// a selector beside the stub of that name (istio/istio 1.5.0,
// manifests/istio-control/istio-discovery).
func (c *checker) checkStubs(i int) {
	if c.mesh.Spec.Clusters[i].Dialect() != Dialect150 || c.mesh.Spec.Clusters[i].ControlPlane != nil {
		return
	}
	at := cluster(i) + ".version"
	if !c.doc.Has(at) {
		at = "spec.istio.version"
	}
	if c.mesh.Spec.Istio.Stubs == StubsOverlay {
		c.wrong("spec.istio.stubs", "overlay does not work on 1.5.0", "without its flags that release takes no stub for the control plane", "write both, or use 1.5.1 or later")
	}
	c.warn(at, "1.5.0 renders a Service istio-pilot with a selector on every remote, of the same name as the stub", "the two overwrite each other, and a remote that loses its stub loses its control plane", "use 1.5.1 or later, which calls the stub istiod-remote")
}

func (c *checker) checkVersion(at string, v Version) {
	if v.IsZero() {
		return // a problem of decoding
	}
	last, known := newest[v.MinorVersion()]
	switch {
	case !known:
		c.wrong(at, fmt.Sprintf("no dialect covers Istio %s", v), "", "the versions that work are "+Supported)
	case v.Patch < 0:
		c.wrong(at, fmt.Sprintf("%s does not say which patch", v), "patches of one minor differ: 1.5.0 and 1.5.1 need other objects", fmt.Sprintf("write the release that runs, as in %q", fmt.Sprintf("%s.%d", v, last)))
	case v.Patch > last && !c.untested:
		c.wrong(at, fmt.Sprintf("Istio %s is newer than the releases that the dialect was checked against", v), "", fmt.Sprintf("use one of %s, or pass --allow-untested", Supported))
	case v.Patch > last:
		c.problems = append(c.problems, &diag.Problem{Severity: diag.Warning, Pos: c.doc.Pos(at), Path: at, What: fmt.Sprintf("Istio %s is rendered as %s.%d, untested", v, v.MinorVersion(), last)})
	}
}
