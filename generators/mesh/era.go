package mesh

import (
	"fmt"
	"slices"

	"github.com/isthmus-mesh/isthmus/generators/rule"
)

// era refuses what the mesh's release does not have: fields of today's releases
// on 1.4 and 1.5, and the other way round.
func (c *checker) era() {
	s := &c.mesh.Spec
	if s.Istio.Version.IsZero() {
		return
	}
	refuse := func(r *rule.Rule, is bool, path, what, why, fix string) {
		if is {
			c.report(r, path, what, why, fix)
		}
	}
	today := "it came with later releases than " + s.Istio.Version.String()
	gone := "Istio " + s.Istio.Version.String() + " no longer has it"
	if s.Old() {
		refuse(rule.TooNewField, s.Istio.Install != InstallIstioctl && s.Istio.Install != InstallOperator, "spec.istio.install", fmt.Sprintf("install: %s is for Istio 1.24 and later", s.Istio.Install), today, "write istioctl or operator")
		later := func(is bool, field string) {
			refuse(rule.TooNewField, is, "spec.istio."+field, field+" is for Istio 1.24 and later", today, "remove it")
		}
		later(s.Istio.Revision != "", "revision")
		later(len(s.Istio.RevisionTags) > 0, "revisionTags")
		later(s.Istio.Canary != nil, "canary")
		later(s.Istio.CNI, "cni")
		later(c.doc.Has("spec.istio.charts"), "charts")
		refuse(rule.TooNewField, s.Security.Certificates == CertManager, "spec.security.certificates", "certManager is for Istio 1.24 and later", "istio-csr takes the place of the CA of an istiod that can do without", "write plugged")
		refuse(rule.TooNewField, s.DNS.Capture, "spec.dns.capture", "DNS capture is for Istio 1.24 and later", today, "remove it")
	} else {
		refuse(rule.TooOldField, s.Istio.Install == InstallOperator, "spec.istio.install", "install: operator is for Istio 1.4 and 1.5", gone, "write helm, sail, values or istioctl")
		refuse(rule.StubsBoth, s.Istio.Stubs == StubsBoth, "spec.istio.stubs", "stubs: both is for Istio 1.4 and 1.5", "Helm does not adopt objects that it did not make, and fails on the overlay's", "write overlay or profile")
		refuse(rule.AlwaysTLS, !s.Security.ControlPlaneSecurity, "spec.security.controlPlaneSecurity", "it cannot be switched off", "istiod always speaks TLS at 15012", "remove the line")
	}
	for i := range s.Clusters {
		cl, at := &s.Clusters[i], cluster(i)
		if cl.Dialect() == "" || cl.Dialect().Old() {
			continue
		}
		refuse(rule.TooOldField, cl.IngressGateway, at+".ingressGateway", "the profile has no ingress gateway", gone, "install the gateway chart, or write its manifests")
		if cp := cl.ControlPlane; cp != nil {
			refuse(rule.TooOldField, len(cp.PolicyAddresses) > 0, at+".controlPlane.policyAddresses", "there is no istio-policy", "Mixer was removed in 1.8", "remove them")
			refuse(rule.TooOldField, len(cp.TelemetryAddresses) > 0, at+".controlPlane.telemetryAddresses", "there is no istio-telemetry", "Mixer was removed in 1.8", "remove them")
		}
	}
	if !s.Old() {
		c.revisions()
	}
}

// longestRevision is how long the name of a revision may be: Helm takes 53
// characters for the name of a release, and Sail installs by Helm too.
const longestRevision = 53 - len("istiod-")

// revisions checks the names of the revisions and their tags.
func (c *checker) revisions() {
	s := &c.mesh.Spec.Istio
	const at = "spec.istio."
	seen := map[string]bool{}
	name := func(path, name string) {
		c.checkLabel(path, name, "it becomes part of names")
		if seen[name] {
			c.report(rule.RevisionName, path, fmt.Sprintf("%q is the name of a revision or tag already", name), "", "remove it, or choose another")
		}
		seen[name] = true
	}
	revision := func(path, revision string) {
		if revision == "default" {
			c.report(rule.RevisionName, path, `"default" is the name of a control plane without a revision`, "", "choose another name")
		}
		if len(revision) > longestRevision {
			c.report(rule.LongName, path, fmt.Sprintf("%q has %d characters", revision, len(revision)), fmt.Sprintf("it becomes part of the names of a release and of Services, which leave it %d", longestRevision), "choose a shorter one")
		}
		name(path, revision)
	}
	tags := func(path string, tags []string) {
		for i, tag := range tags {
			name(fmt.Sprintf("%s[%d]", path, i), tag)
		}
	}
	if s.Revision != "" {
		revision(at+"revision", s.Revision)
	}
	if len(s.RevisionTags) > 0 && s.Revision == "" {
		c.report(rule.TagsWithoutRevision, at+"revisionTags", "there is no revision that the tags could stand for", "", "name it in revision")
	}
	tags(at+"revisionTags", s.RevisionTags)
	if s.Canary == nil {
		return
	}
	if s.Canary.Revision != "" {
		revision(at+"canary.revision", s.Canary.Revision)
	}
	tags(at+"canary.revisionTags", s.Canary.RevisionTags)
	if i := slices.Index(s.Canary.RevisionTags, "default"); i >= 0 && s.Revision == "" {
		c.report(rule.CanaryDefault, fmt.Sprintf("%scanary.revisionTags[%d]", at, i), "the control plane without a revision is the default already", "the webhooks of both would inject into one pod", "choose another tag, or give the mesh a revision")
	}
	c.checkVersion(at+"canary.version", s.Canary.Version)
	if v := s.Canary.Version; (&Cluster{Version: v}).Dialect() != "" && (v.Major != s.Version.Major || v.Minor-s.Version.Minor > 1 || s.Version.Minor-v.Minor > 1) {
		c.report(rule.Skew, at+"canary.version", fmt.Sprintf("%s is more than one minor release from the mesh's %s", v, s.Version), "proxies and the control plane work at most one minor apart", "upgrade one minor at a time")
	}
	for i := range c.mesh.Spec.Clusters {
		cp := c.mesh.Spec.Clusters[i].ControlPlane
		if cp != nil && cp.Hostname != "" {
			c.report(rule.CanaryUnreachable, cluster(i)+".controlPlane.hostname", "API servers call the injectors of both revisions by one name", "the gateway could not tell them apart", "give addresses while there is a canary")
		}
		if cp != nil && cp.Expose != ExposeGateway && cp.Expose != ExposeDedicatedGateway {
			c.report(rule.CanaryUnreachable, cluster(i)+".controlPlane.expose", fmt.Sprintf("expose: %s leads to one revision", cp.Expose), "a canary is a second one, and a gateway tells them apart by the name that a proxy asks for", "write gateway or dedicatedGateway")
		}
	}
}
