package rule

import "github.com/isthmus-mesh/isthmus/generators/diag"

// The risks of a change. An error is a high risk, a warning a medium one and a
// note a low one.
var (
	NamespaceRemoved = define(Rule{
		Code:  "IST901",
		Title: "a Namespace is no longer rendered",
		Why:   "With it goes all that runs in it, where its deletion is not kept from happening.",
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
		Why:      "What its overlay held is deleted when it is synced without it.",
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
		Title:    "another release of Istio",
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
		By:       "isthmus diff",
	})
)
