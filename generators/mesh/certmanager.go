package mesh

import (
	"fmt"
	"path"
	"regexp"
	"slices"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/rule"
)

// chartVersion is a release of a chart that is not one of Istio's.
var chartVersion = regexp.MustCompile(`^v?[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$`)

// kind is the kind of an object of Kubernetes.
var kind = regexp.MustCompile(`^[A-Z][A-Za-z0-9]{0,62}$`)

// certManager checks what a mesh needs whose certificates cert-manager signs, once
// the certificates have been read.
func (c *checker) certManager(src Source) {
	const at = "spec.security.certManager"
	s := &c.mesh.Spec.Security
	if s.Certificates != CertManager {
		return
	}
	if c.mesh.Spec.Old() {
		return // refused with the era
	}
	if s.CertManager.Version == "" {
		c.report(rule.Required, at+".version", "is missing", "istio-csr has releases of its own", "write the version of the chart cert-manager-istio-csr")
	} else if !chartVersion.MatchString(s.CertManager.Version) {
		c.report(rule.Malformed, at+".version", fmt.Sprintf("%q is not a version of a chart", s.CertManager.Version), "", `write it as "v0.14.0"`)
	}
	if s.CertManager.Issuer.Name == "" {
		c.report(rule.Required, at+".issuer.name", "is missing", "without an issuer nothing is signed", "name the issuer of cert-manager that each cluster has")
	} else {
		c.checkSubdomain(at+".issuer.name", s.CertManager.Issuer.Name)
	}
	c.checkSubdomain(at+".issuer.group", s.CertManager.Issuer.Group)
	if !kind.MatchString(s.CertManager.Issuer.Kind) {
		c.report(rule.Malformed, at+".issuer.kind", fmt.Sprintf("%q is not a kind", s.CertManager.Issuer.Kind), "", "write Issuer, ClusterIssuer, or the kind of an issuer that is not cert-manager's own")
	}
	if len(c.mesh.Authorities.Roots) == 0 && !slices.ContainsFunc(c.problems, func(p *diag.Problem) bool { return p.Rule == rule.CertificateFile.Code }) {
		c.report(rule.NoRoots, "spec.security.certificates", "there is no "+path.Join(src.Dir, RootsPath), "each istio-csr would trust whatever its issuer answers first, and two clusters with two roots refuse each other", "write the root that all issuers lead to into it, as PEM")
	}
	for i := range c.mesh.Sealed {
		if f := &c.mesh.Sealed[i]; f.Name == CACerts {
			c.problems = append(c.problems, rule.UnusedCACerts.Problem(diag.Position{File: path.Join(src.Dir, f.Path())}, "", "it is there, and mesh.yaml says certificates: certManager", "its key signs nothing, and is good for every identity of the mesh", "remove it: isthmus secrets remove "+f.Cluster))
		}
	}
}
