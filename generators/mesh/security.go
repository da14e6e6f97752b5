package mesh

import (
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/rule"
	"github.com/isthmus-mesh/isthmus/generators/strict"
)

// security checks what the two kinds of mutual TLS need, tracing's address, and
// that values leave alone what isthmus decides.
func (c *checker) security() {
	s := &c.mesh.Spec
	signers := 0
	for i := range s.Clusters {
		if s.Signs(&s.Clusters[i]) {
			signers++
		}
	}
	if s.Security.Certificates == SelfSigned && signers > 1 && (s.Security.MutualTLS || s.Security.ControlPlaneSecurity) {
		c.report(rule.SeveralRoots, "spec.security.certificates", fmt.Sprintf("selfSigned gives each of %d clusters a root of its own", signers), "clusters without a common root refuse each other's workloads", "write plugged, and give each cluster that signs a cacerts Secret under one root")
	}
	if !s.Security.ControlPlaneSecurity && s.Istio.Version.MinorVersion() == (Version{1, 5, -1}) {
		c.report(rule.AlwaysTLS, "spec.security.controlPlaneSecurity", "it cannot be switched off on Istio 1.5", "istiod always speaks TLS at 15012", "remove the line")
	}
	if z := s.Tracing.Zipkin; z != "" && !hostPort(z) {
		c.report(rule.Malformed, "spec.tracing.zipkin", fmt.Sprintf("%q is not a host and port", z), "", `write it as "10.10.0.20:9411"`)
	}
	if s.Security.Certificates != CertManager && c.doc.Has("spec.security.certManager") {
		c.report(rule.NotCertManager, "spec.security.certManager", fmt.Sprintf("certificates: %s asks nothing of cert-manager", s.Security.Certificates), "", "write certificates: certManager, or remove it")
	}
	c.tracing()
	c.tokenPolicy()
	c.reader()
	c.checkValues("spec.istio.values", s.Istio.Values)
	for i := range s.Clusters {
		c.checkValues(cluster(i)+".values", s.Clusters[i].Values)
	}
}

func hostPort(text string) bool {
	host, port, err := net.SplitHostPort(text)
	n, bad := strconv.Atoi(port)
	return err == nil && bad == nil && n > 0 && n < 65536 && host != "" && !strings.ContainsAny(host, " /")
}

// checkKeys refuses a key that no object can hold, wherever it stands in a
// value of no fixed type.
func (c *checker) checkKeys(doc *strict.Document, at string, value any) {
	switch v := value.(type) {
	case map[string]any:
		for _, key := range sortedKeys(v) {
			if key == "<<" {
				c.reportIn(doc, rule.PlainYAML, at+"."+key, `"<<" cannot be a key`, "readers of YAML take it for a merge, in quotes too", "write the merged fields out here")
				continue
			}
			c.checkKeys(doc, at+"."+key, v[key])
		}
	case []any:
		for i, item := range v {
			c.checkKeys(doc, fmt.Sprintf("%s[%d]", at, i), item)
		}
	}
}

// reader checks who can narrow what the control plane reads in other clusters:
// only from 1.30 on does the chart leave its own role out (istio/istio#56326).
func (c *checker) reader() {
	const at = "spec.security.reader.permissions"
	s := &c.mesh.Spec
	if s.Security.Reader.Permissions != LeastPrivilege || s.Istio.Version.IsZero() {
		return
	}
	if s.Old() {
		c.report(rule.ReaderUnchanged, at, fmt.Sprintf("leastPrivilege says nothing on Istio %s", s.Istio.Version), "the reader of 1.4 and 1.5 reads no Secrets anyway", "remove it")
		return
	}
	oldest := s.Istio.Version
	for i := range s.Clusters {
		if v := s.Clusters[i].Version; v.Compare(oldest) < 0 {
			oldest = v
		}
	}
	if s.Istio.Canary != nil && !s.Istio.Canary.Version.IsZero() && s.Istio.Canary.Version.Compare(oldest) < 0 {
		oldest = s.Istio.Canary.Version
	}
	if oldest.Compare(Version{1, 30, -1}) < 0 {
		c.report(rule.ReaderUnchanged, at, fmt.Sprintf("leastPrivilege has no effect with Istio %s", oldest), "the charts of releases before 1.30 grant their wide role whatever is asked for", "use 1.30 or later, or remove it")
		return
	}
	if len(s.Clusters) > 1 {
		c.report(rule.ReaderNarrow, at, "istiod cannot watch the Secrets of other clusters", "gateways there get no certificate by credentialName; istiod reports these clusters as timed out, and is ready only after PILOT_REMOTE_CLUSTER_TIMEOUT (30s) each time it starts", "")
	}
}

// injection checks the namespaces that get sidecars: labelling Istio's own or
// one of Kubernetes' would make the cluster's start depend on the injector
// (guide line 88).
func (c *checker) injection() {
	s := &c.mesh.Spec
	if s.Namespaces == SkipNamespaces && len(s.Injection.Namespaces) > 0 {
		c.report(rule.InjectionSkipped, "spec.namespaces", "skip leaves the injection labels to you", "the namespaces under injection are in no overlay, and their pods get no sidecars unless somebody labels them", "label them, or write merge")
	}
	c.byHand()
	for i, ns := range s.Injection.Namespaces {
		at := fmt.Sprintf("spec.injection.namespaces[%d]", i)
		switch {
		case ns == "":
			c.report(rule.Required, at, "the name is empty", "", "remove the line, or name a namespace")
		case ns == s.Istio.Namespace:
			c.report(rule.InjectionNamespace, at, fmt.Sprintf("%q is Istio's own namespace", ns), "a control plane that waits for its own sidecar never starts", "remove the line")
		case c.delivers(ns):
			c.report(rule.InjectionNamespace, at, fmt.Sprintf("%q is where what delivers the mesh runs", ns), "with the injector down, nothing could start that brings it back", "remove the line")
		case strings.HasPrefix(ns, "kube-"), ns == "local-path-storage":
			c.report(rule.InjectionNamespace, at, fmt.Sprintf("%q belongs to Kubernetes", ns), "with the injector down, the cluster could not start its own pods", "remove the line")
		case slices.Index(s.Injection.Namespaces, ns) < i:
			c.report(rule.ListedTwice, at, fmt.Sprintf("%q is listed twice", ns), "", "remove one")
		default:
			c.checkLabel(at, ns, "")
		}
	}
}

// delivers says whether the engine of some cluster runs in a namespace.
func (c *checker) delivers(namespace string) bool {
	d := &c.mesh.Spec.Delivery
	return slices.ContainsFunc(c.mesh.Spec.Clusters, func(cl Cluster) bool {
		return cl.Delivery.Engine == EngineFlux && namespace == d.Flux.Namespace || cl.Delivery.Engine == EngineArgoCD && namespace == d.ArgoCD.Namespace
	})
}
