package plan

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
)

// delivery plans what makes an engine sync the stages of a cluster.
func (b *builder) delivery(c *mesh.Cluster, stages []Stage) []File {
	switch c.Delivery.Engine {
	case mesh.EngineFlux:
		return []File{b.kustomizations(c, stages)}
	case mesh.EngineArgoCD:
		return []File{b.application(c)}
	default:
		return nil
	}
}

// kustomizations plans a Flux Kustomization for each stage. Each waits for the
// one before, because Flux dry-runs a stage whole before it applies anything.
func (b *builder) kustomizations(c *mesh.Cluster, stages []Stage) File {
	d := &b.mesh.Spec.Delivery
	var all []any
	var keys []string
	for _, stage := range stages {
		if !stage.Listed() {
			continue
		}
		one := map[string]any{"name": bounded("isthmus-" + c.Name + "-" + stage.Name), "folder": stage.Name, "hub": stage.Hub, "slow": b.installs(c, stage), "sail": b.installs(c, stage) && b.install(c) == mesh.InstallSail}
		if stage.Name == StageSecrets {
			one["sealed"] = sealers(stage)
			one["certManager"] = b.certManager()
		}
		if b.asksStore(stage) {
			one["external"] = true
		}
		all = append(all, one)
		keys = append(keys, stage.Name)
	}
	args := map[string]any{
		"namespace": d.Flux.Namespace,
		"source":    source(d.Flux.Source),
		"interval":  d.Flux.Interval,
		"path":      "./" + path.Join(d.Path, "overlays", c.Name),
		"dependsOn": dependencies(d.Flux.DependsOn),
		"stages":    all,
	}
	name := path.Join("clusters", c.Name, "isthmus.yaml")
	if b.hub(c) {
		args["kubeConfigSecret"] = b.kubeConfigSecret(c)
		name = path.Join("clusters", d.Flux.Hub.Cluster, "isthmus-"+c.Name+".yaml")
	}
	return File{Name: name, InOrder: true, Picks: []Pick{{b.unit("flux.jsonnet", args), keys}}}
}

// sealers gives the backends that sealed the files of a stage: all of one, but
// while a mesh changes from one to the other.
func sealers(stage Stage) []any {
	by := map[mesh.Backend]bool{}
	for _, f := range stage.Files {
		if f.Sealed != nil && f.Sealed.SOPS() {
			by[mesh.SOPS] = true
		} else if f.Sealed != nil {
			by[mesh.SealedSecrets] = true
		}
	}
	var all []any
	for _, backend := range slices.Sorted(maps.Keys(by)) {
		all = append(all, string(backend))
	}
	return all
}

// installs says whether something in the cluster installs Istio on the word of a
// stage, which takes its time.
func (b *builder) installs(c *mesh.Cluster, stage Stage) bool {
	here := StageControlPlane
	if b.hub(c) && b.install(c) == mesh.InstallHelm {
		here = StageReleases
	}
	byObjects := b.install(c) == mesh.InstallHelm || b.install(c) == mesh.InstallSail || b.install(c) == mesh.InstallOperator
	return byObjects && stage.Name == here
}

func (b *builder) kubeConfigSecret(c *mesh.Cluster) string {
	return strings.ReplaceAll(b.mesh.Spec.Delivery.Flux.Hub.KubeConfigSecret, "<cluster>", c.Name)
}

func source(s mesh.FluxSource) map[string]any {
	ref := map[string]any{"kind": s.Kind, "name": s.Name}
	if s.Namespace != "" {
		ref["namespace"] = s.Namespace
	}
	return ref
}

func dependencies(list []mesh.Dependency) []any {
	all := []any{}
	for _, d := range list {
		one := map[string]any{"name": d.Name}
		if d.Namespace != "" {
			one["namespace"] = d.Namespace
		}
		all = append(all, one)
	}
	return all
}

// releases decides where the HelmReleases of a cluster lie and what they are
// called. In the cluster itself they have the names that a person's helm gives,
// so that releases which are there already are taken over; on a hub each has
// the cluster's name behind it.
func (b *builder) releases(c *mesh.Cluster, r revision) map[string]any {
	s := &b.mesh.Spec
	flux := map[string]any{
		"namespace": s.Istio.Namespace,
		"charts":    s.Istio.Charts.URL,
		"interval":  s.Delivery.Flux.Interval,
	}
	suffix := ""
	if b.hub(c) {
		flux["namespace"] = s.Delivery.Flux.Namespace
		flux["kubeConfigSecret"] = b.kubeConfigSecret(c)
		suffix = "-" + c.Name
	}
	names := map[string]any{"repository": bounded("istio" + suffix)}
	needs := append(b.charts(c, r), "base") // what a canary depends on
	if b.certManager() {
		names[istioCSR+"-repository"] = bounded("jetstack" + suffix)
		needs = append(needs, istioCSR)
	}
	for _, chart := range needs {
		names[chart] = bounded(b.releaseName(c, r, chart) + suffix)
	}
	flux["names"] = names
	return flux
}

// bounded gives a name that fits a label's value, in which both engines keep the
// names of their objects: 63 characters. A longer one is cut, and a digest of
// all of it keeps it apart from others.
func bounded(name string) string {
	if len(name) <= 63 {
		return name
	}
	digest := sha256.Sum256([]byte(name))
	return strings.TrimRight(name[:52], "-") + "-" + hex.EncodeToString(digest[:5])
}

// distinct says which two clusters would have an object of the same name on a
// hub: services-<namespace> of one reads like a stage of another, and a revision
// like the beginning of a cluster's name.
func distinct(p *Plan) error {
	owner := map[string]string{}
	for _, c := range p.Clusters {
		for _, name := range p.hubNames(c) {
			if other, taken := owner[name]; taken && other != c.Name {
				return fmt.Errorf("the HelmReleases of clusters %q and %q would share the name %s; rename one of the clusters, or a revision", other, c.Name, name)
			}
			owner[name] = c.Name
		}
		for _, f := range c.Delivery {
			for _, pick := range f.Picks {
				for _, key := range pick.Keys {
					name := bounded("isthmus-" + c.Name + "-" + key)
					inFolder := path.Dir(f.Name) + "/" + name
					if other, taken := owner[inFolder]; taken && other != c.Name {
						return fmt.Errorf("the Kustomizations of clusters %q and %q would share the name %s; rename one of the clusters", other, c.Name, name)
					}
					owner[inFolder] = c.Name
				}
			}
		}
	}
	return nil
}

// hubNames lists the HelmReleases that a cluster has on a hub.
func (p *Plan) hubNames(c Cluster) []string {
	var all []string
	for _, stage := range c.Stages {
		for _, f := range stage.Files {
			for _, pick := range f.Picks {
				profile, _ := p.Units[pick.Unit].Args["profile"].(map[string]any)
				flux, _ := profile["flux"].(map[string]any)
				names, _ := flux["names"].(map[string]any)
				for _, key := range pick.Keys {
					if name, ok := names[key].(string); ok && stage.Hub && !strings.HasSuffix(key, "repository") {
						all = append(all, name)
					}
				}
			}
		}
	}
	return all
}

// application plans the Argo CD Application of a cluster: one, so that its
// waves order the stages and the charts between them.
func (b *builder) application(c *mesh.Cluster) File {
	s := &b.mesh.Spec
	a := &s.Delivery.ArgoCD
	overlay := path.Join(s.Delivery.Path, "overlays", c.Name)
	args := map[string]any{
		"name":           bounded("isthmus-" + c.Name),
		"cluster":        c.Name,
		"namespace":      a.Namespace,
		"project":        a.Project,
		"repoURL":        a.RepoURL,
		"targetRevision": a.TargetRevision,
		"overlay":        overlay,
		"istioNamespace": s.Istio.Namespace,
		"charts":         []any{},
	}
	if c.Name == a.Cluster {
		args["cluster"] = "in-cluster" // Argo CD's name for its own
	}
	if !c.Dialect().Old() && s.Istio.Install == mesh.InstallHelm {
		charts := []any{}
		for _, r := range b.revisions(c) {
			for _, chart := range b.charts(c, r) {
				one := map[string]any{
					"chart":   chart,
					"version": b.chartVersion(c, r, chart),
					"release": b.releaseName(c, r, chart),
					"values":  path.Join(overlay, StageControlPlane, r.file("values-"+chart)),
				}
				switch chart {
				case "gateway":
					one["namespace"] = c.ControlPlane.Gateway.Namespace
				case istioCSR:
					one["chart"], one["charts"], one["namespace"] = istioCSRChart, istioCSRCharts, istioCSRNamespace
				}
				charts = append(charts, one)
			}
		}
		args["charts"] = charts
		args["chartsURL"] = s.Istio.Charts.URL
	}
	return File{Name: path.Join("clusters", a.Cluster, "isthmus-"+c.Name+".yaml"), Picks: []Pick{{b.unit("argocd.jsonnet", args), []string{"application"}}}}
}

// releaseName gives the name of a chart's release: the one of Istio's own
// documents.
func (b *builder) releaseName(c *mesh.Cluster, r revision, chart string) string {
	switch {
	case chart == "gateway":
		return c.ControlPlane.Gateway.Name
	case chart == istioCSR:
		return istioCSRChart
	case chart == "istiod" && r.name != "":
		return "istiod-" + r.name
	case chart == "istiod":
		return chart
	default:
		return "istio-" + chart
	}
}
