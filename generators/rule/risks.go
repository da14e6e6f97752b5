package rule

import "github.com/isthmus-mesh/isthmus/generators/diag"

// The risks of a change. An error is a high risk, a warning a medium one and a
// note a low one.
var (
	NamespaceRemoved = define(Rule{
		Code:  "IST901",
		Title: "a Namespace is no longer rendered",
		Why:   "What syncs as its annotations say leaves it in the cluster; anything else deletes it, with all that runs in it.",
		Fix:   "Keep it, or empty it first and delete it by hand.",
		By:    "isthmus diff",
	})
	ClusterRemoved = define(Rule{
		Code:  "IST902",
		Title: "a cluster is gone, and was not leaving",
		Why:   "Whoever syncs its overlay deletes all that it holds from the cluster at once.",
		Fix:   "Give it state: leaving for one release first (docs/leaving.md).",
		By:    "isthmus diff",
	})
	ClusterLeft = define(Rule{
		Code:     "IST903",
		Severity: diag.Note,
		Title:    "a cluster that was leaving is gone",
		Why:      "What its overlay held is deleted when it is synced without it, but for Namespaces, which stay in the cluster.",
		Fix:      "See docs/leaving.md for what is left to do by hand.",
		By:       "isthmus diff",
	})
	ClusterRenamed = define(Rule{
		Code:  "IST904",
		Title: "a cluster has another name",
		Why:   "It is another cluster to Istio: its proxies, its remote Secret and its folder carry the old name, and whoever syncs that folder prunes it.",
		Fix:   "Let the cluster leave under its old name and join under the new one.",
		By:    "isthmus diff",
	})
	DefinitionRemoved = define(Rule{
		Code:  "IST905",
		Title: "a CustomResourceDefinition is no longer rendered",
		Why:   "With it go all objects of its kind, in all namespaces.",
		Fix:   "Keep it until there are none.",
		By:    "isthmus diff",
		Test:  "generators/review/risk_test.go",
	})
	RemoteSecretRemoved = define(Rule{
		Code:  "IST906",
		Title: "a remote Secret is no longer rendered",
		Why:   "The control plane stops reading that cluster, and its proxies lose the endpoints there.",
		Fix:   "Keep it as long as the cluster is in the mesh.",
		By:    "isthmus diff",
		Test:  "generators/review/risk_test.go",
	})
	ControlPlaneMoves = define(Rule{
		Code:     "IST907",
		Severity: diag.Warning,
		Title:    "the control plane is reached at another address",
		Why:      "Remotes that get the address before it answers have no control plane: no change reaches their proxies, and injection fails.",
		Fix:      "See that the new address answers first, or keep the old one beside it for a while.",
		By:       "isthmus diff",
	})
	ControlPlaneChanges = define(Rule{
		Code:  "IST908",
		Title: "a cluster follows another control plane",
		Why:   "Until its proxies have the new one's configuration and trust, calls fail.",
		Fix:   "Bring the new control plane up beside the old one.",
		By:    "isthmus diff",
	})
	NetworkMoves = define(Rule{
		Code:  "IST909",
		Title: "a cluster moves to another network",
		Why:   "Until every pod has restarted, proxies take each other to be on different networks and look for gateways.",
		Fix:   "Plan for a restart of all workloads.",
		By:    "isthmus diff",
	})
	TrustDomainMoves = define(Rule{
		Code:  "IST910",
		Title: "the trust domain changes",
		Why:   "It is part of every workload's identity: policies that name it stop matching.",
		Fix:   "Give the old one as an alias in values (meshConfig.trustDomainAliases).",
		By:    "isthmus diff",
	})
	MeshIDMoves = define(Rule{
		Code:  "IST911",
		Title: "the mesh ID changes",
		Why:   "Proxies of two meshes do not trust each other's telemetry and identities.",
		Fix:   "Plan for a restart of all workloads.",
		By:    "isthmus diff",
	})
	RootMoves = define(Rule{
		Code:  "IST912",
		Title: "the root certificate changes",
		Why:   "Proxies that trust the old root alone refuse those that the new one has signed.",
		Fix:   "Distribute both roots first, and drop the old one when every certificate is renewed.",
		By:    "isthmus diff",
		Test:  "generators/review/risk_test.go",
	})
	StubEmptied = define(Rule{
		Code:  "IST913",
		Title: "the stub of the control plane has no address left",
		Why:   "Proxies and webhooks of the cluster lose the control plane.",
		Fix:   "Give it the address at which the control plane is reached.",
		By:    "isthmus diff",
	})
	StubRemoved = define(Rule{
		Code:  "IST914",
		Title: "the stub of the control plane is no longer rendered",
		Why:   "Whoever syncs the overlay deletes it, and the cluster loses its control plane.",
		Fix:   "Hand it over to the chart first, as docs/dialects.md has it.",
		By:    "isthmus diff",
	})
	StubsSwitch = define(Rule{
		Code:  "IST915",
		Title: "another makes the stub of the control plane",
		Why:   "The old stub is pruned before the new one is there, or Helm refuses an object that it did not make.",
		Fix:   "Hand it over first, as docs/dialects.md has it.",
		By:    "isthmus diff",
	})
	InstallationMoves = define(Rule{
		Code:  "IST916",
		Title: "another engine or way of installation",
		Why:   "What the old one made goes before the new one has put its own in place.",
		Fix:   "Hand it over first, as docs/delivery.md has it.",
		By:    "isthmus diff",
	})
	PlaceMoves = define(Rule{
		Code:  "IST917",
		Title: "Istio's namespace or the cluster domain changes",
		Why:   "Certificates, identities and every address of the control plane change at once.",
		Fix:   "Plan for an outage of the mesh.",
		By:    "isthmus diff",
	})
	VersionChanges = define(Rule{
		Code:     "IST918",
		Severity: diag.Warning,
		Title:    "a newer release of Istio",
		Why:      "The control plane restarts, and proxies keep the old release until their pods do.",
		Fix:      "Read the release's upgrade notes, and go one minor at a time.",
		By:       "isthmus diff",
	})
	RevisionChanges = define(Rule{
		Code:     "IST919",
		Severity: diag.Warning,
		Title:    "the revisions of the control plane change",
		Why:      "Proxies that run ask the istiod of their revision, and pods get the new one's only when they restart.",
		Fix:      "Keep the old revision until no proxy asks for it.",
		By:       "isthmus diff",
	})
	ServiceRemoved = define(Rule{
		Code:     "IST920",
		Severity: diag.Warning,
		Title:    "a Service is no longer rendered",
		Why:      "Clients in that cluster no longer find its name.",
		Fix:      "See that nothing calls it there.",
		By:       "isthmus diff",
	})
	PortRenamed = define(Rule{
		Code:     "IST921",
		Severity: diag.Warning,
		Title:    "a port of a Service has another name",
		Why:      "Istio chooses the protocol by the name, and routes that name the port stop matching.",
		Fix:      "Keep the name, or set appProtocol.",
		By:       "isthmus diff",
	})
	PortRemoved = define(Rule{
		Code:     "IST922",
		Severity: diag.Warning,
		Title:    "a port of a Service is gone",
		Why:      "Clients that call it get no answer.",
		Fix:      "See that nothing calls it.",
		By:       "isthmus diff",
	})
	SelectorChanges = define(Rule{
		Code:     "IST923",
		Severity: diag.Warning,
		Title:    "the selector of a Service changes",
		Why:      "Other pods answer for it, or none do.",
		Fix:      "See that the pods have the new labels first.",
		By:       "isthmus diff",
	})
	WebhookPolicy = define(Rule{
		Code:     "IST924",
		Severity: diag.Warning,
		Title:    "the failure policy of a webhook changes",
		Why:      "Fail keeps pods from starting while the control plane is away; Ignore starts them without what the webhook adds.",
		Fix:      "Choose it on purpose, for every cluster alike.",
		By:       "isthmus diff",
	})
	InjectionSwitches = define(Rule{
		Code:     "IST925",
		Severity: diag.Warning,
		Title:    "injection is switched in a namespace",
		Why:      "Pods that start from now on get a sidecar, or get none, and under strict mutual TLS those without are refused.",
		Fix:      "Restart the workloads when it is convenient, before something else does.",
		By:       "isthmus diff",
	})
	Restarts = define(Rule{
		Code:     "IST926",
		Severity: diag.Warning,
		Title:    "pods restart",
		Why:      "Calls through them break off where only one is running.",
		Fix:      "Merge it when that does no harm.",
		Source:   "the pod templates of the charts istiod, gateway and cni of Istio 1.30: no other value is in them",
		By:       "isthmus diff",
	})
	PolicyWeaker = define(Rule{
		Code:  "IST927",
		Title: "a policy goes, or lets in more",
		Why:   "Calls that were refused, without mutual TLS or without leave, are taken.",
		Fix:   "Keep it, or see first that nothing counts on it.",
		By:    "isthmus diff",
	})
	PartRemoved = define(Rule{
		Code:  "IST928",
		Title: "a part of Istio is no longer rendered",
		Why:   "Whoever syncs the overlay deletes it: what it installed goes, and what it led to is not reached any more.",
		Fix:   "See that nothing uses it first: no proxy that revision, no remote that gateway, no pod that CNI.",
		By:    "isthmus diff",
	})
	ExposureChanges = define(Rule{
		Code:  "IST929",
		Title: "the way to the control plane changes",
		Why:   "Where its gateway takes other calls, or hands them to another place, the remotes lose their control plane.",
		Fix:   "Try it with one remote first.",
		By:    "isthmus diff",
	})
	SourcesWiden = define(Rule{
		Code:  "IST930",
		Title: "a load balancer takes calls from more addresses",
		Why:   "What it stands in front of is reached from there, the control plane's own ports too.",
		Fix:   "Name the ranges of the clusters alone.",
		By:    "isthmus diff",
	})
	CACertsRemoved = define(Rule{
		Code:  "IST931",
		Title: "cacerts is no longer rendered",
		Why:   "The control plane signs with a root of its own when it starts again, which no other cluster trusts.",
		Fix:   "Keep it as long as the cluster runs a control plane.",
		By:    "isthmus diff",
		Test:  "generators/review/riskobject_test.go",
	})
	CACertsReplaced = define(Rule{
		Code:     "IST932",
		Severity: diag.Warning,
		Title:    "cacerts is another",
		Why:      "The control plane signs with another certificate; where its root is another too, proxies refuse one another.",
		Fix:      "See that every cluster trusts the root: isthmus ca verify.",
		By:       "isthmus diff",
		Test:     "generators/review/riskobject_test.go",
	})
	ServerMoves = define(Rule{
		Code:  "IST933",
		Title: "a cluster's API server is another",
		Why:   "No rendered object holds it: what was rendered and sealed for the cluster now goes to that server, and its remote Secret leads to the old one.",
		Fix:   "Where it is another cluster, let the old one leave and the new one join; where it only moved, create its remote Secret anew.",
		By:    "isthmus diff",
	})
	RemoteSecretMissing = define(Rule{
		Code:     "IST934",
		Severity: diag.Warning,
		Title:    "a cluster joins without a remote Secret",
		Why:      "No control plane reads its Services and endpoints, and the proxies of a remote are refused.",
		Fix:      "Seal one with isthmus secrets create, or see that the control plane has it already.",
		By:       "isthmus diff",
	})
	StubPort = define(Rule{
		Code:  "IST935",
		Title: "a port of the control plane's stub changes",
		Why:   "Proxies and webhooks of the cluster call the port that they know: where it is gone, they lose the control plane.",
		Fix:   "Keep the port, or add the new one beside it.",
		By:    "isthmus diff",
	})
	SealingKeyChanges = define(Rule{
		Code:  "IST937",
		Title: "a pinned sealing key changes",
		Why:   "From now on Secrets are sealed for whoever has the other key. A renewed one belongs to the cluster's controller. With sops, it stands for the recipients.",
		Fix:   "Compare it with what the cluster gives: kubeseal --fetch-cert. With sops, look who each recipient is that the sealed files name.",
		By:    "isthmus diff",
		Test:  "generators/review/riskobject_test.go",
	})
	EntryChanges = define(Rule{
		Code:  "IST938",
		Title: "a Secret is taken from elsewhere in the external store",
		Why:   "Whoever may write there chooses what the control plane signs with, or where it sends its token and what it reads; and where nothing is there yet, the Secret stays as it was.",
		Fix:   "See who may write there, and put the entry before the change is merged: isthmus secrets create, isthmus ca issue.",
		By:    "isthmus diff",
		Test:  "generators/review/riskexternal_test.go",
	})
	VersionLowered = define(Rule{
		Code:  "IST936",
		Title: "an older release of Istio",
		Why:   "Proxies may be newer than their control plane, which Istio does not support, and it may not know the objects that the newer release stored.",
		Fix:   "Roll workloads back first, by a revision of the old release beside the new one.",
		By:    "isthmus diff",
	})
)
