package main

import (
	"fmt"
	"slices"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/plan"
)

// rebind refuses a change of what an overlay is bound to: whoever syncs it would
// delete what the old binding made, and Istio with it.
func rebind(cluster, was, is string) *diag.Problem {
	old, now := plan.ParseBinding(was), plan.ParseBinding(is)
	refuse := func(what, why, fix string) *diag.Problem {
		return &diag.Problem{Pos: diag.Position{File: "overlays/" + cluster}, What: what, Why: why, Fix: fix + "; then pass --rebind to isthmus render"}
	}
	const suspend = "suspend the cluster's Kustomizations and HelmReleases, so that deleting them takes nothing away (flux suspend; docs/delivery.md has the commands)"
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
	case old.ControlPlane != "" && now.ControlPlane != old.ControlPlane:
		return refuse(fmt.Sprintf("cluster %q would follow the control plane of %q in place of %q", cluster, now.ControlPlane, old.ControlPlane), "until its proxies have the new one's configuration and trust, calls fail, and the old control plane may be gone first", "bring the new control plane up beside the old one")
	case old.TrustDomain != "" && now.TrustDomain != old.TrustDomain:
		return refuse(fmt.Sprintf("the trust domain of cluster %q would change from %q to %q", cluster, old.TrustDomain, now.TrustDomain), "it is part of every workload's identity: policies that name it stop matching", "give the old one as an alias in values (meshConfig.trustDomainAliases)")
	case old.Network != "" && now.Network != old.Network:
		return refuse(fmt.Sprintf("the network of cluster %q would change from %q to %q", cluster, old.Network, now.Network), "until every pod has restarted, proxies take each other to be on different networks and look for gateways", "plan for a restart of all workloads")
	case old.MeshID != "" && now.MeshID != old.MeshID:
		return refuse(fmt.Sprintf("the mesh of cluster %q would change from %q to %q", cluster, old.MeshID, now.MeshID), "proxies of two meshes do not trust each other's telemetry and identities", "plan for a restart of all workloads")
	case !old.Version.IsZero() && jump(old.Version, now.Version):
		return refuse(fmt.Sprintf("Istio in cluster %q would go from %s to %s", cluster, old.Version, now.Version), "Istio supports an upgrade by one minor, and no downgrade of one", "upgrade one minor at a time")
	default:
		return nil
	}
}

// jump says whether a change of version skips a minor, or goes back by one.
func jump(from, to mesh.Version) bool {
	return to.Major != from.Major || to.Minor < from.Minor || to.Minor > from.Minor+1
}

func engine(b plan.Binding) string {
	if b.Hub != "" {
		return "the Flux of " + b.Hub
	}
	return "its Flux"
}
