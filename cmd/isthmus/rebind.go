package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/plan"
	"github.com/isthmus-mesh/isthmus/generators/rule"
)

// rebind says what a change of an overlay's binding would break: whoever syncs
// the overlay would delete what the old binding made, and Istio with it, or
// proxies would be parted from each other. Nothing is said of a change that is
// safe.
func rebind(cluster, was, is string) diag.Problems {
	old, now := plan.ParseBinding(was), plan.ParseBinding(is)
	var problems diag.Problems
	refuse := func(r *rule.Rule, when bool, what, why, fix string) {
		if when {
			problems = append(problems, r.Problem(diag.Position{File: "overlays/" + cluster}, "", what, why, fix+"; then pass --rebind to isthmus render"))
		}
	}
	if was == "" {
		refuse(rule.Unbound, true, fmt.Sprintf("the ledger of cluster %q does not say what the overlay is bound to", cluster), "whether this render would uninstall anything cannot be told", "compare mesh.yaml with the one that was rendered last")
		return problems
	}
	const suspend = "suspend the cluster's Kustomizations and HelmReleases, so that deleting them takes nothing away (docs/delivery.md has the commands)"
	flux := old.Engine == "flux"
	refuse(rule.SyncMoves, flux && (now.Engine != old.Engine || now.Hub != old.Hub), fmt.Sprintf("cluster %q would no longer be synced by %s", cluster, engine(old)), "its Kustomizations would go, and take with them all that they have applied: the installation, the stub and the Services", suspend)
	refuse(rule.SyncMoves, flux && now.Engine == old.Engine && now.Hub == old.Hub && now.FluxNamespace != old.FluxNamespace, fmt.Sprintf("the Kustomizations of cluster %q would move from namespace %q to %q", cluster, old.FluxNamespace, now.FluxNamespace), "the old ones would go, and take with them all that they have applied", suspend)
	refuse(rule.SyncMoves, old.Engine == "argocd" && now.Engine != old.Engine, fmt.Sprintf("cluster %q would no longer be synced by Argo CD", cluster), "if its Application is itself synced with pruning and a finalizer, all that it has applied goes with it", "delete the Application without its resources (argocd app delete --cascade=false)")
	refuse(rule.InstallMoves, old.Engine != "none" && now.Install != old.Install, fmt.Sprintf("Istio would be installed by %s in place of %s in cluster %q", now.Install, old.Install, cluster), "the old installation would be removed before the new one works", "plan for an outage of the mesh, as docs/delivery.md has it")
	refuse(rule.InstallMoves, old.Engine != "none" && old.Stubs == "overlay" && now.Stubs == "profile" && old.ControlPlane != cluster, fmt.Sprintf("the stub of cluster %q would leave its overlay", cluster), "whoever syncs it prunes the stub, and the cluster loses its control plane until the chart has made another", "give the stub to Helm first, as docs/delivery.md has it")
	refuse(rule.IdentityMoves, now.Namespace != old.Namespace, fmt.Sprintf("Istio would move from namespace %q to %q in cluster %q", old.Namespace, now.Namespace, cluster), "certificates, identities and every address of the control plane change at once", "plan for an outage of the mesh")
	refuse(rule.VersionJumps, !slices.Contains(now.Revisions, old.Revisions[0]), fmt.Sprintf("revision %q of cluster %q would go", old.Revisions[0], cluster), "the proxies that run ask its istiod until their pods restart, and it would be gone", "make it the canary of the new revision first, and restart the workloads (docs/dialects.md)")
	refuse(rule.IdentityMoves, now.ControlPlane != old.ControlPlane, fmt.Sprintf("cluster %q would follow the control plane of %q in place of %q", cluster, now.ControlPlane, old.ControlPlane), "until its proxies have the new one's configuration and trust, calls fail, and the old control plane may be gone first", "bring the new control plane up beside the old one")
	refuse(rule.IdentityMoves, now.TrustDomain != old.TrustDomain, fmt.Sprintf("the trust domain of cluster %q would change from %q to %q", cluster, old.TrustDomain, now.TrustDomain), "it is part of every workload's identity: policies that name it stop matching", "give the old one as an alias in values (meshConfig.trustDomainAliases)")
	refuse(rule.IdentityMoves, now.ClusterDomain != old.ClusterDomain, fmt.Sprintf("the cluster domain of cluster %q would change from %q to %q", cluster, old.ClusterDomain, now.ClusterDomain), "no host that a proxy knows would be one that its clients ask for", "plan for an outage of the mesh")
	refuse(rule.IdentityMoves, now.Network != old.Network, fmt.Sprintf("the network of cluster %q would change from %q to %q", cluster, old.Network, now.Network), "until every pod has restarted, proxies take each other to be on different networks and look for gateways", "plan for a restart of all workloads")
	refuse(rule.IdentityMoves, now.MeshID != old.MeshID, fmt.Sprintf("the mesh of cluster %q would change from %q to %q", cluster, old.MeshID, now.MeshID), "proxies of two meshes do not trust each other's telemetry and identities", "plan for a restart of all workloads")
	refuse(rule.IdentityMoves, now.Signer != old.Signer, fmt.Sprintf("%s would sign for cluster %q in place of %s", signer(now), cluster, signer(old)), "workloads that have a certificate of the one trust those of the other only under the same roots, and until both are there nobody gets a new one", "bring the roots of both into mesh/ca/root.pem and plan for a restart of all workloads (docs/ca.md)")
	refuse(rule.PinGoes, old.SealingKey != "" && now.SealingKey == "", fmt.Sprintf("the pin of the sealing key of cluster %q is gone, which was %.16s…", cluster, old.SealingKey), "the next command that seals would take whichever key lies in mesh/sealing then, or whom .sops.yaml names", "bring mesh/sealed/.tags.lock back from Git, or, where isthmus secrets remove has taken the pin away, see that nothing is sealed for the cluster any more")
	refuse(rule.TokensGo, tokensGo(old.Tokens, now.Tokens), fmt.Sprintf("none of the token Secrets of cluster %q would stay", cluster), "the token that control planes read it with ends when its Secret is pruned", "bring mesh/sealed/.tags.lock back from Git, or have another token sealed and synced first (docs/secrets.md)")
	refuse(rule.VersionJumps, now.Revisions[0] == old.Revisions[0] && jump(old.Version, now.Version), fmt.Sprintf("Istio in cluster %q would go from %s to %s", cluster, old.Version, now.Version), "Istio supports an upgrade by one minor, and no downgrade of one", upgradeFrom(old.Version, now.Version))
	return problems
}

// tokensGo says that of the token Secrets that a cluster had none stays, and
// others come.
func tokensGo(old, now string) bool {
	if old == "" || old == plan.NoTokens || now == plan.NoTokens {
		return false
	}
	if now == "" {
		now = "1"
	}
	kept := strings.Split(now, "+")
	return !slices.ContainsFunc(strings.Split(old, "+"), func(n string) bool { return slices.Contains(kept, n) })
}

// upgradeFrom says how to go from one version to another. Between those of the
// guide and those of today nothing is rendered to step on.
func upgradeFrom(from, to mesh.Version) string {
	if from.Minor <= 5 && to.Minor > 6 {
		return "no release between them is rendered: build new clusters beside these and move the workloads, or plan for an outage in which the old installation is removed first"
	}
	return "upgrade one minor at a time, and go back with git revert"
}

// jump says whether a change of version skips a minor, or goes back by one.
func jump(from, to mesh.Version) bool {
	return to.Major != from.Major || to.Minor < from.Minor || to.Minor > from.Minor+1
}

func signer(b plan.Binding) string {
	if b.Signer == string(mesh.CertManager) {
		return "cert-manager"
	}
	return "istiod"
}

func engine(b plan.Binding) string {
	if b.Hub != "" {
		return "the Flux of " + b.Hub
	}
	return "its Flux"
}
