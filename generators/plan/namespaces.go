package plan

import (
	"slices"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
)

// istioNamespace plans Istio's own Namespace, applied before all else: cacerts
// must lie in it before the control plane starts, and on a remote the
// annotation before the control plane has its Secret.
func (b *builder) istioNamespace(c *mesh.Cluster) Stage {
	s := &b.mesh.Spec
	labels, annotations := map[string]any{}, b.keep(c, StageNamespaces)
	if c.Dialect().Old() {
		// The injector's webhook skips namespaces that are labelled so, as the
		// charts of 1.4 and 1.5 label their own.
		labels["istio-injection"] = "disabled"
	} else {
		// Not labelled so today: the gateway in front of istiod is injected here.
		labels["topology.istio.io/network"] = s.Network
		if c.ControlPlane == nil {
			annotations["topology.istio.io/controlPlaneClusters"] = s.Primary(c).Name
		}
	}
	namespaces := map[string]any{s.Istio.Namespace: map[string]any{"labels": labels, "annotations": annotations}}
	keys := []string{s.Istio.Namespace}
	if dedicated(c) && c.ControlPlane.Gateway.Namespace != s.Istio.Namespace {
		keys = append(keys, c.ControlPlane.Gateway.Namespace)
		namespaces[keys[1]] = map[string]any{"labels": map[string]any{}, "annotations": b.keep(c, StageNamespaces)}
	}
	unit := b.unit("namespaces.jsonnet", map[string]any{"namespaces": namespaces})
	return Stage{Name: StageNamespaces, Files: []File{{Name: "istio-namespace.yaml", Listed: true, Picks: []Pick{{unit, keys}}}}}
}

// namespaces gives the unit of the application Namespaces: one for clusters
// whose workloads get sidecars, one for the others. A cluster that is joining or
// leaving has injection switched off in words: its webhook fails closed, and a
// label that somebody else has set stays when one is only left out. All webhooks
// of all releases pass over istio-injection: disabled, whatever istio.io/rev says.
func (b *builder) namespaces(c *mesh.Cluster, apps []*application) int {
	key, value := InjectionLabel(b.mesh, c)
	switch {
	case c.State != mesh.Active:
		key, value = "istio-injection", "disabled"
	case !*c.Injection:
		key = ""
	}
	engine := string(c.Delivery.Engine)
	return b.shared("namespaces "+engine+" "+key+"="+value, "namespaces.jsonnet", func() map[string]any {
		all := map[string]any{}
		for _, app := range apps {
			labels, annotations := map[string]any{}, b.keep(c, StageServices)
			if key != "" && slices.Contains(b.mesh.Spec.Injection.Namespaces, app.namespace) {
				labels[key] = value
			}
			if c.Delivery.Engine == mesh.EngineFlux && b.mesh.Spec.Namespaces == mesh.MergeNamespaces {
				annotations["kustomize.toolkit.fluxcd.io/ssa"] = "Merge" // leaves what its owner says of it
			}
			all[app.namespace] = map[string]any{"labels": labels, "annotations": annotations}
		}
		return map[string]any{"namespaces": all}
	})
}

// InjectionLabel gives the label of namespaces that get sidecars. A revision's
// webhooks select istio.io/rev, and never together with istio-injection; the
// tag "default" makes a revision answer to istio-injection again.
func InjectionLabel(m *mesh.Mesh, c *mesh.Cluster) (key, value string) {
	istio := &m.Spec.Istio
	switch {
	case c.Dialect().Old() || istio.Revision == "" || slices.Contains(istio.RevisionTags, "default"):
		return "istio-injection", "enabled"
	case len(istio.RevisionTags) > 0:
		return "istio.io/rev", istio.RevisionTags[0]
	default:
		return "istio.io/rev", istio.Revision
	}
}

// keep gives the annotations of a Namespace: whoever prunes one deletes all
// that is in it, so no engine may. Both are always there, because an engine goes
// by what the object says while it takes its leave of it.
func (b *builder) keep(c *mesh.Cluster, stage string) map[string]any {
	annotations := b.wave(c, stage)
	annotations["kustomize.toolkit.fluxcd.io/prune"] = "disabled"
	annotations["argocd.argoproj.io/sync-options"] = "Prune=false,Delete=false"
	return annotations
}

// waves orders the stages for Argo CD, which applies the objects of charts in
// wave 0.
var waves = map[string]string{StageNamespaces: "-2", StageSecrets: "-1", StageControlPlane: "0", StageIstioConfig: "1", StageServices: "2", StageRemotes: "3"}

// wave gives the annotations by which Argo CD applies stages in order; Flux has
// a Kustomization for each instead.
func (b *builder) wave(c *mesh.Cluster, stage string) map[string]any {
	if c.Delivery.Engine != mesh.EngineArgoCD {
		return map[string]any{}
	}
	annotations := map[string]any{"argocd.argoproj.io/sync-wave": waves[stage]}
	if stage == StageIstioConfig || stage == StageSecrets || stage == StageRemotes {
		annotations["argocd.argoproj.io/sync-options"] = "SkipDryRunOnMissingResource=true"
	}
	return annotations
}
