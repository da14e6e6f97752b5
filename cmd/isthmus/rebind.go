package main

import (
	"fmt"
	"slices"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/plan"
)

// rebind refuses a change of what an overlay is bound to: whoever syncs it would
// delete what the old binding made, and Istio with it.
func rebind(cluster, was, is string) *diag.Problem {
	old, now := plan.ParseBinding(was), plan.ParseBinding(is)
	refuse := func(what, why, fix string) *diag.Problem {
		return &diag.Problem{Pos: diag.Position{File: "overlays/" + cluster}, What: what, Why: why, Fix: fix + "; then pass --rebind to isthmus render"}
	}
	const suspend = "suspend the Kustomizations that are to go, so that their deletion prunes nothing (flux suspend kustomization), or take their prune away"
	switch {
	case old.Engine == "flux" && (now.Engine != "flux" || now.Hub != old.Hub):
		return refuse(fmt.Sprintf("cluster %q would no longer be synced by %s", cluster, engine(old)), "its Kustomizations would go, and take with them all that they have applied: the installation, the stub and the Services", suspend)
	case old.Engine == "argocd" && now.Engine != "argocd":
		return refuse(fmt.Sprintf("cluster %q would no longer be synced by Argo CD", cluster), "if its Application is itself synced with pruning and a finalizer, all that it has applied goes with it", "delete the Application without its resources (argocd app delete --cascade=false)")
	case old.Engine != "none" && old.Engine != "" && now.Install != old.Install:
		return refuse(fmt.Sprintf("Istio would be installed by %s in place of %s in cluster %q", now.Install, old.Install, cluster), "the old installation would be removed before the new one works", suspend)
	case now.Namespace != old.Namespace:
		return refuse(fmt.Sprintf("Istio would move from namespace %q to %q in cluster %q", old.Namespace, now.Namespace, cluster), "certificates, identities and every address of the control plane change at once", "plan for an outage of the mesh")
	case len(now.Revisions) > 0 && !slices.Contains(old.Revisions, now.Revisions[0]):
		return refuse(fmt.Sprintf("revision %q of cluster %q would be replaced by %q", old.Revisions[0], cluster, now.Revisions[0]), "the proxies that run ask the old one's istiod until their pods restart, and it would be gone", "render the new revision as istio.canary first, and restart the workloads")
	default:
		return nil
	}
}

func engine(b plan.Binding) string {
	if b.Hub != "" {
		return "the Flux of " + b.Hub
	}
	return "its Flux"
}
