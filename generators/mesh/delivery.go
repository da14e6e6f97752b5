package mesh

import (
	"fmt"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/rule"
)

var duration = regexp.MustCompile(`^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$`) // as Flux's CRDs have it

// delivery checks who syncs, and what the engines cannot do.
func (c *checker) delivery() {
	s := &c.mesh.Spec
	c.charts()
	d := &s.Delivery
	engines := map[Engine]bool{d.Engine: true}
	for i := range s.Clusters {
		engines[s.Clusters[i].Delivery.Engine] = true
	}
	if p := d.Path; path.IsAbs(p) || p != path.Clean(p) || p == ".." || strings.HasPrefix(p, "../") {
		c.report(rule.DeliveryPath, "spec.delivery.path", fmt.Sprintf("%q is not the path of a folder in the source", p), "", `write it from the top of the source, as in "." or "meshes/shop"`)
	}
	for _, engine := range []Engine{EngineFlux, EngineArgoCD} {
		if at := "spec.delivery." + string(engine); c.doc.Has(at) && !engines[engine] {
			c.report(rule.EngineUnused, at, fmt.Sprintf("no cluster is delivered by %s", engine), "", "remove it, or write engine: "+string(engine))
		}
	}
	if engines[EngineFlux] {
		c.flux()
	}
	if engines[EngineArgoCD] {
		c.argocd()
	}
}

func (c *checker) flux() {
	f := &c.mesh.Spec.Delivery.Flux
	at := "spec.delivery.flux"
	c.checkLabel(at+".namespace", f.Namespace, "")
	c.checkSubdomain(at+".source.name", f.Source.Name)
	c.checkLabel(at+".source.namespace", f.Source.Namespace, "")
	sources := []string{"GitRepository", "OCIRepository", "Bucket", "ExternalArtifact"}
	if !slices.Contains(sources, f.Source.Kind) {
		c.report(rule.Choice, at+".source.kind", fmt.Sprintf("%q is not one of %s", f.Source.Kind, strings.Join(sources, ", ")), "", didYouMean(f.Source.Kind, sources, ""))
	}
	if !duration.MatchString(f.Interval) {
		c.report(rule.Malformed, at+".interval", fmt.Sprintf("%q is not a duration", f.Interval), "", `write it as "60m"`)
	}
	for i, dep := range f.DependsOn {
		on := fmt.Sprintf("%s.dependsOn[%d]", at, i)
		c.checkSubdomain(on+".name", dep.Name)
		c.checkLabel(on+".namespace", dep.Namespace, "")
	}
	hub := f.Hub
	if c.doc.Has(at+".hub") && hub.Cluster == "" && c.doc.Has(at+".hub.kubeConfigSecret") {
		c.report(rule.Required, at+".hub.cluster", "is required", "it is the cluster whose Flux delivers to all", "name it, or remove hub")
	}
	c.checkLabel(at+".hub.cluster", hub.Cluster, "its name becomes a folder")
	if secret := strings.ReplaceAll(hub.KubeConfigSecret, "<cluster>", "c"); !subdomain.MatchString(secret) {
		c.report(rule.HubSecret, at+".hub.kubeConfigSecret", fmt.Sprintf("%q is not the name of a Secret", hub.KubeConfigSecret), "", "write a name in which <cluster> stands for the cluster's")
	} else if secret == hub.KubeConfigSecret && hub.Cluster != "" {
		c.report(rule.HubSecret, at+".hub.kubeConfigSecret", fmt.Sprintf("%q is the same for every cluster", hub.KubeConfigSecret), "all would be delivered to one", "write a name in which <cluster> stands for the cluster's")
	}
}

func (c *checker) argocd() {
	s := &c.mesh.Spec
	a, at := &s.Delivery.ArgoCD, "spec.delivery.argocd"
	if a.Cluster == "" {
		c.report(rule.Required, at+".cluster", "is required", "the Applications are written to clusters/<that cluster>/", "name the cluster in which Argo CD runs")
	}
	if a.RepoURL == "" {
		c.report(rule.Required, at+".repoURL", "is required", "the Applications name the repository that holds this folder", "give its URL")
	}
	c.checkLabel(at+".cluster", a.Cluster, "its name becomes a folder")
	c.checkLabel(at+".namespace", a.Namespace, "")
	c.checkLabel(at+".project", a.Project, "")
	if holdsPassword(a.RepoURL) {
		c.report(rule.PasswordInURL, at+".repoURL", "the URL holds a password", "everybody who reads this repository would have it", "write the URL without it; Argo CD takes credentials from a Secret of its own")
	}
	hub := s.Delivery.Flux.Hub.Cluster
	if hub != "" && hub == a.Cluster {
		c.warnOfApplications(hub)
	}
	for i := range s.Clusters {
		cl := &s.Clusters[i]
		if cl.Delivery.Engine == EngineFlux && cl.Name == a.Cluster && hub == "" {
			c.warnOfApplications(cl.Name)
		}
	}
	if !a.EndpointsIncluded {
		c.excludedEndpoints()
	}
}

// exclusions is the resource.exclusions of Argo CD 3.5.7 (argo-cd,
// manifests/base/config/argocd-cm.yaml) without Endpoints and EndpointSlice.
const exclusions = `  resource.exclusions: |
    - {apiGroups: [coordination.k8s.io], kinds: [Lease]}
    - {apiGroups: [authentication.k8s.io, authorization.k8s.io], kinds: [SelfSubjectReview, TokenReview, LocalSubjectAccessReview, SelfSubjectAccessReview, SelfSubjectRulesReview, SubjectAccessReview]}
    - {apiGroups: [certificates.k8s.io], kinds: [CertificateSigningRequest]}
    - {apiGroups: [cert-manager.io], kinds: [CertificateRequest]}
    - {apiGroups: [cilium.io], kinds: [CiliumIdentity, CiliumEndpoint, CiliumEndpointSlice]}
    - {apiGroups: [kyverno.io, reports.kyverno.io, wgpolicyk8s.io], kinds: [PolicyReport, ClusterPolicyReport, EphemeralReport, ClusterEphemeralReport, AdmissionReport, ClusterAdmissionReport, BackgroundScanReport, ClusterBackgroundScanReport, UpdateRequest]}`

// warnOfApplications warns of a Flux that reads the folder of Applications.
func (c *checker) warnOfApplications(cluster string) {
	c.report(rule.FluxApplications, "spec.delivery.argocd.cluster", fmt.Sprintf("the Flux of cluster %q would apply the Applications", cluster), "it applies all that lies under clusters/"+cluster, "let its Flux sync another folder, or Argo CD run elsewhere")
}

// charts checks where the charts come from: both engines know http, https and
// oci.
func (c *checker) charts() {
	const at = "spec.istio.charts.url"
	text := c.mesh.Spec.Istio.Charts.URL
	u, err := url.Parse(text)
	switch {
	case holdsPassword(text):
		c.report(rule.PasswordInURL, at, "the URL holds a password", "everybody who reads this repository would have it", "write the URL without it")
	case err != nil || u.Host == "" || !slices.Contains([]string{"http", "https", "oci"}, u.Scheme) || strings.ContainsAny(text, " ?#"):
		c.report(rule.ChartsURL, at, fmt.Sprintf("%q is not where charts can be had", text), "", "write the URL of a Helm repository, or of the folder of charts in an OCI registry, as in oci://gcr.io/istio-release/charts")
	}
}

// holdsPassword says whether a URL has a password in it; git@host has none.
func holdsPassword(text string) bool {
	_, after, found := strings.Cut(text, "://")
	authority, _, _ := strings.Cut(after, "/")
	user, _, has := strings.Cut(authority, "@")
	return found && has && strings.Contains(user, ":")
}

// excludedEndpoints refuses what Argo CD 3 drops with a warning and a sync that
// succeeds: its default resource.exclusions hold Endpoints and EndpointSlices,
// those that a chart renders too (argo-cd, manifests/base/config/argocd-cm.yaml).
func (c *checker) excludedEndpoints() {
	s := &c.mesh.Spec
	for i := range s.Clusters {
		cl := &s.Clusters[i]
		primary := s.Primary(cl)
		if cl.Delivery.Engine != EngineArgoCD || cl.ControlPlane != nil || primary == nil || primary.ControlPlane.Hostname != "" {
			continue
		}
		byChart := s.Istio.Stubs == StubsProfile && s.Istio.Install == InstallHelm
		if s.Istio.Stubs == StubsProfile && !byChart {
			continue // istioctl or an operator makes them, and Argo CD never sees them
		}
		fix := "write install: sail with stubs: profile, or give the control plane a hostname"
		if s.Old() {
			fix = "write stubs: profile"
		}
		fix += "; or tell Argo CD to sync them, with this in the ConfigMap argocd-cm, and write endpointsIncluded: true\n" + exclusions
		c.report(rule.EndpointsExcluded, "spec.delivery.argocd.endpointsIncluded", fmt.Sprintf("Argo CD would leave the stub of cluster %q without addresses", cl.Name), "Argo CD 3 excludes Endpoints and EndpointSlices unless told not to, and its sync succeeds all the same", fix)
		return // one setting mends it for all
	}
}

// Primary gives the cluster that runs the control plane of a cluster: itself
// where it has one.
func (s *Spec) Primary(cl *Cluster) *Cluster {
	if cl.ControlPlane != nil {
		return cl
	}
	var only *Cluster
	for i := range s.Clusters {
		switch p := &s.Clusters[i]; {
		case p.ControlPlane == nil:
		case p.Name == cl.RemoteOf || cl.RemoteOf == "":
			if only == nil {
				only = p
			}
		}
	}
	return only
}
