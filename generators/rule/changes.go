package rule

import "github.com/isthmus-mesh/isthmus/generators/diag"

// A cluster's coming and leaving, what an overlay is bound to, and patches.
var (
	PrimaryLeaving = define(Rule{
		Code:  "IST701",
		Title: "the cluster of the control plane cannot join or leave",
		Why:   "Every remote depends on it.",
		Fix:   "Make it a remote of another cluster first (remoteOf in place of controlPlane), or remove the line.",
	})
	Dropped = define(Rule{
		Code:  "IST702",
		Title: "a cluster is gone from the mesh, and was not leaving",
		Why:   "Without its overlay, whoever syncs it would delete all that it holds from the cluster at once.",
		Fix:   "Give the cluster state: leaving for one render first, or pass --remove.",
		By:    "isthmus render",
	})
	Edited = define(Rule{
		Code:  "IST703",
		Title: "a generated file was edited by hand",
		Why:   "Rendering would lose the edit.",
		Fix:   "Make the change in mesh.yaml, or pass --force.",
		By:    "isthmus render",
	})
	SyncMoves = define(Rule{
		Code:  "IST704",
		Title: "another engine would sync the overlay",
		Why:   "The objects of the old one would go, and take with them all that they have applied.",
		Fix:   "Suspend or detach the old one first (docs/delivery.md), then pass --rebind.",
		By:    "isthmus render",
	})
	InstallMoves = define(Rule{
		Code:  "IST705",
		Title: "Istio or its stub would be installed by another",
		Why:   "The old installation, or the stub, would be removed before the new one works.",
		Fix:   "Hand it over as docs/delivery.md has it, then pass --rebind.",
		By:    "isthmus render",
	})
	IdentityMoves = define(Rule{
		Code:  "IST706",
		Title: "the cluster would be another one to the mesh",
		Why:   "Its namespace, control plane, domains, network or mesh ID are part of identities and addresses that running proxies hold.",
		Fix:   "Plan for an outage or a restart of the workloads, then pass --rebind.",
		By:    "isthmus render",
	})
	VersionJumps = define(Rule{
		Code:  "IST707",
		Title: "a revision would go, or Istio skip a minor",
		Why:   "Proxies that run ask the istiod of their revision, and Istio supports an upgrade by one minor and no downgrade of one.",
		Fix:   "Go one step at a time, by way of a canary, or pass --rebind.",
		By:    "isthmus render",
	})
	Unbound = define(Rule{
		Code:  "IST708",
		Title: "the ledger does not say what the overlay is bound to",
		Why:   "Whether this render would uninstall anything cannot be told.",
		Fix:   "Compare mesh.yaml with the one that was rendered last, then pass --rebind.",
		By:    "isthmus render",
	})
	PatchWithoutObject = define(Rule{
		Code:  "IST709",
		Title: "a patch matches no object",
		Why:   "What it was meant to change would go out unchanged.",
		Fix:   "Correct its target, or the name in it; isthmus render --stdout shows the objects.",
		By:    "isthmus render",
	})
	PatchFails = define(Rule{
		Code:  "IST710",
		Title: "a patch cannot be applied",
		Why:   "It is no patch, or it changes what a field of mesh.yaml decides for all clusters alike.",
		Fix:   "Mend it, or set the field.",
		By:    "isthmus render",
	})
	PinGoes = define(Rule{
		Code:  "IST714",
		Title: "the pin of a sealing key is gone",
		Why:   "What is sealed next would be sealed for whichever key lies in mesh/sealing then, or with sops for whom .sops.yaml names. Who takes the pin and all that is sealed away, and puts a certificate of his own there or himself among the recipients, reads it.",
		Fix:   "Bring mesh/sealed/.tags.lock back from Git. Where nothing is sealed for the cluster any more, pass --rebind.",
		By:    "isthmus render",
		Test:  "cmd/isthmus/testdata/script/secrets_create.txtar",
	})
	TokensGo = define(Rule{
		Code:  "IST715",
		Title: "all token Secrets of a cluster's reader would be replaced at once",
		Why:   "Which token Secrets a cluster has after a rotation stands in mesh/sealed/.tags.lock. Without it the first is rendered, whoever syncs prunes the one in use, and every control plane loses the cluster.",
		Fix:   "Bring mesh/sealed/.tags.lock back from Git. Where the key of the tags is lost, have another token sealed first; then pass --rebind.",
		By:    "isthmus render",
		Test:  "cmd/isthmus/rebind_test.go",
	})
	RemovalActive = define(Rule{
		Code:  "IST711",
		Title: "the cluster to uninstall is active",
		Why:   "Its Namespaces are still labelled, and other clusters still call what runs there.",
		Fix:   "Give it state: leaving, render and sync first. With --force it is a warning.",
		By:    "isthmus uninstall",
	})
	RemovalPrimary = define(Rule{
		Code:  "IST712",
		Title: "the cluster to uninstall runs the control plane of others",
		Why:   "Their sidecars keep their configuration and get no change, and injection fails.",
		Fix:   "Take the remotes out of the mesh first, or move them to another control plane. With --force it is a warning.",
		By:    "isthmus uninstall",
	})
	RemovalNamespaces = define(Rule{
		Code:     "IST713",
		Severity: diag.Warning,
		Title:    "--namespaces deletes all that is in them",
		Why:      "Workloads, Secrets and volume claims that isthmus did not make are among it.",
		Fix:      "Leave --namespaces out if any of it is wanted.",
		By:       "isthmus uninstall",
	})
)
