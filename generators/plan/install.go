package plan

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/ca"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
)

// A revision is one control plane of the mesh: the mesh's own, and its canary
// while there is one.
type revision struct {
	version mesh.Version
	name    string
	tags    []string
	canary  bool
}

// revisions lists the control planes that a cluster has, or is a remote of.
func (b *builder) revisions(c *mesh.Cluster) []revision {
	istio := &b.mesh.Spec.Istio
	all := []revision{{version: c.Version, name: istio.Revision, tags: istio.RevisionTags}}
	if istio.Canary != nil {
		all = append(all, revision{istio.Canary.Version, istio.Canary.Revision, istio.Canary.RevisionTags, true})
	}
	return all
}

// file gives the name of a revision's file: a canary's has its name in it.
func (r revision) file(name string) string {
	if r.canary {
		return name + "-" + r.name + ".yaml"
	}
	return name + ".yaml"
}

// controlPlane plans what installs Istio in a cluster and what its remotes need
// to reach it.
func (b *builder) controlPlane(c *mesh.Cluster) []Stage {
	if c.Dialect().Old() {
		return b.oldControlPlane(c)
	}
	stage := Stage{Name: StageControlPlane}
	releases := Stage{Name: StageReleases, Hub: true}
	for _, r := range b.revisions(c) {
		installs := b.installation(c, r)
		if b.hub(c) && b.install(c) == mesh.InstallHelm {
			releases.Files = append(releases.Files, installs...)
		} else {
			stage.Files = append(stage.Files, installs...)
		}
		if c.ControlPlane == nil && b.mesh.Spec.Istio.Stubs == mesh.StubsOverlay {
			unit, keys := b.stub(c, r)
			stage.Files = append(stage.Files, File{Name: r.file("stubs"), Listed: true, Picks: []Pick{{unit, keys}}})
		}
	}
	if unit, exposed := b.exposedService(c); exposed {
		stage.Files = append(stage.Files, File{Name: "exposure.yaml", Listed: true, Picks: []Pick{{unit, []string{"service"}}}})
	}
	var stages []Stage
	for _, s := range []Stage{stage, releases} {
		if len(s.Files) > 0 {
			stages = append(stages, s)
		}
	}
	return stages
}

// installation plans the files that install one revision.
func (b *builder) installation(c *mesh.Cluster, r revision) []File {
	profile := b.unit("profile.jsonnet", map[string]any{"dialect": string(c.Dialect()), "profile": b.profile(c, r)})
	var files []File
	add := func(name string, keys ...string) {
		files = append(files, File{Name: r.file(name), Listed: true, Picks: []Pick{{profile, keys}}})
	}
	addUnlisted := func(name, use, key string) {
		files = append(files, File{Name: r.file(name), Use: use, Picks: []Pick{{profile, []string{key}}}})
	}
	charts := b.charts(c, r)
	switch b.install(c) {
	case mesh.InstallHelm: // by Flux
		keys := charts
		if !r.canary {
			keys = append([]string{"repository"}, charts...)
			if b.certManager() {
				keys = slices.Insert(keys, 1, istioCSR+"-repository")
			}
		}
		add("releases", keys...)
	case mesh.InstallValues:
		for _, chart := range charts {
			addUnlisted("values-"+chart, b.helm(c, r, chart), "values-"+chart)
		}
	case mesh.InstallSail:
		keys := []string{"istio"}
		if b.mesh.Spec.Istio.CNI && !r.canary {
			keys = append(keys, "istio-cni")
		}
		for _, tag := range r.tags {
			keys = append(keys, "tag-"+tag)
		}
		add("istio", keys...)
	case mesh.InstallIstioctl:
		addUnlisted("profile", "istioctl install -f", "profile")
	}
	// Neither Sail nor istioctl installs it.
	if install := b.install(c); slices.Contains(charts, istioCSR) && (install == mesh.InstallSail || install == mesh.InstallIstioctl) {
		addUnlisted("values-"+istioCSR, b.helm(c, r, istioCSR), "values-"+istioCSR)
	}
	return files
}

// helm gives the command that installs a chart with its values, "" where Argo CD
// does.
func (b *builder) helm(c *mesh.Cluster, r revision, chart string) string {
	s := &b.mesh.Spec
	if c.Delivery.Engine == mesh.EngineArgoCD && s.Istio.Install == mesh.InstallHelm {
		return ""
	}
	from := chart + " --repo " + s.Istio.Charts.URL
	if chart == istioCSR {
		from = istioCSRChart + " --repo " + istioCSRCharts
	} else if strings.HasPrefix(s.Istio.Charts.URL, "oci://") {
		from = strings.TrimSuffix(s.Istio.Charts.URL, "/") + "/" + chart
	}
	namespace := s.Istio.Namespace
	switch chart {
	case "gateway":
		namespace = c.ControlPlane.Gateway.Namespace
	case istioCSR:
		namespace = istioCSRNamespace
	}
	return fmt.Sprintf("helm upgrade --install %s %s --version %s -n %s -f", b.releaseName(c, r, chart), from, b.chartVersion(c, r, chart), namespace)
}

// install gives the form of the installation. Helm without Flux is plain files
// of values: Argo CD's chart sources read them, or a person's helm does.
func (b *builder) install(c *mesh.Cluster) mesh.Install {
	install := b.mesh.Spec.Istio.Install
	if install == mesh.InstallHelm && c.Delivery.Engine != mesh.EngineFlux {
		return mesh.InstallValues
	}
	return install
}

// charts names the charts that install a revision, in the order in which they
// depend on each other. What revisions share comes with the first.
func (b *builder) charts(c *mesh.Cluster, r revision) []string {
	if r.canary {
		return []string{"istiod"}
	}
	charts := []string{"base"}
	if b.certManager() {
		charts = append(charts, istioCSR)
	}
	if b.mesh.Spec.Istio.CNI {
		charts = append(charts, "cni")
	}
	charts = append(charts, "istiod")
	if dedicated(c) && !b.gatewayManifests(c) {
		charts = append(charts, "gateway")
	}
	return charts
}

// gatewayManifests says whether a cluster's own gateway goes out as manifests,
// after the control plane: the Sail operator installs none, and Argo CD would
// start it in one wave with istiod. A pod of it that starts before the injector
// answers keeps the image "auto" for ever.
func (b *builder) gatewayManifests(c *mesh.Cluster) bool {
	install := b.mesh.Spec.Istio.Install
	return install == mesh.InstallSail || install == mesh.InstallHelm && c.Delivery.Engine == mesh.EngineArgoCD
}

// dedicated says whether a cluster has a gateway of its own for its remotes.
func dedicated(c *mesh.Cluster) bool {
	return c.ControlPlane != nil && c.ControlPlane.Expose == mesh.ExposeDedicatedGateway
}

// hub says whether the Flux of another cluster delivers to this one.
func (b *builder) hub(c *mesh.Cluster) bool {
	hub := b.mesh.Spec.Delivery.Flux.Hub.Cluster
	return c.Delivery.Engine == mesh.EngineFlux && hub != "" && hub != c.Name
}

// profile decides what the installation of a cluster says, in whatever form. A
// key that is left out is left to the release's own profile.
func (b *builder) profile(c *mesh.Cluster, r revision) map[string]any {
	s := &b.mesh.Spec
	p := map[string]any{
		"name":        "isthmus-" + c.Name,
		"charts":      anyList(b.charts(c, r)),
		"form":        string(b.install(c)),
		"namespace":   s.Istio.Namespace,
		"annotations": b.wave(c, StageControlPlane),
		"clusterName": c.Name,
		"meshID":      s.MeshID,
		"network":     s.Network,
		"cni":         s.Istio.CNI,
		"revision":    r.name,
		"tags":        anyList(r.tags),
		"hub":         s.Istio.Hub,
		"tag":         s.Istio.Tag,
		"values":      merge(s.Istio.Values, c.Values),
	}
	if s.Security.Reader.Permissions == mesh.LeastPrivilege {
		p["ownReader"] = true // the chart's role reads all Secrets
	}
	if s.Istio.ClusterDomain != "cluster.local" {
		p["clusterDomain"] = s.Istio.ClusterDomain
	}
	if r.canary {
		p["name"] = "isthmus-" + c.Name + "-" + r.name
	}
	if b.install(c) == mesh.InstallHelm {
		p["flux"] = b.releases(c, r)
	}
	releases, versions := map[string]any{}, map[string]any{}
	for _, chart := range b.charts(c, r) {
		releases[chart] = b.releaseName(c, r, chart)
		versions[chart] = b.chartVersion(c, r, chart)
	}
	p["releases"], p["versions"] = releases, versions
	if b.certManager() {
		p["certManager"] = map[string]any{
			"chart":       istioCSRChart,
			"charts":      istioCSRCharts,
			"namespace":   istioCSRNamespace,
			"issuer":      b.issuer(),
			"trustDomain": s.TrustDomain,
		}
	}
	if c.ControlPlane == nil {
		p["remote"] = b.remote(c)
		return p
	}
	p["primary"] = map[string]any{"trustDomain": s.TrustDomain, "dnsCapture": s.DNS.Capture, "zipkin": s.Tracing.Zipkin}
	if dedicated(c) && !b.gatewayManifests(c) && !r.canary {
		p["gateway"] = b.gateway(c)
	}
	return p
}

// chartVersion gives the version of a chart. CRDs and the CNI plugin serve both
// revisions, and the newer ones serve the older control plane too.
func (b *builder) chartVersion(c *mesh.Cluster, r revision, chart string) string {
	if chart == istioCSR {
		return b.mesh.Spec.Security.CertManager.Version
	}
	canary := b.mesh.Spec.Istio.Canary
	if (chart == "base" || chart == "cni") && canary != nil && canary.Version.Compare(r.version) > 0 {
		return canary.Version.String()
	}
	return r.version.String()
}

// remote decides how a remote finds its control plane: by the path or URL at
// which its API server calls the injector, whose /cluster/ and /net/ also name
// the cluster to its sidecars, and by an address where the chart makes the stub.
func (b *builder) remote(c *mesh.Cluster) map[string]any {
	cp := b.mesh.Spec.Primary(c).ControlPlane
	path := "/inject/cluster/" + c.Name + "/net/" + b.mesh.Spec.Network
	remote := map[string]any{}
	if cp.Hostname != "" {
		remote["injectionURL"] = "https://" + cp.Hostname + ":15017" + path
	} else {
		remote["injectionPath"] = path
	}
	// istiod writes the same into the webhook once it reads the cluster. Until
	// then, and whenever somebody applies the chart again, injection would fail.
	if roots := b.mesh.Authorities.Roots; len(roots) > 0 {
		remote["injectionCABundle"] = base64.StdEncoding.EncodeToString(ca.Encode(roots...))
	}
	if b.mesh.Spec.Istio.Stubs == mesh.StubsProfile {
		if cp.Hostname != "" {
			remote["address"] = cp.Hostname
		} else {
			remote["address"] = cp.Addresses[0].String()
		}
	}
	return remote
}
