package rule

import "github.com/isthmus-mesh/isthmus/generators/diag"

// Releases of Istio and Kubernetes, how they are installed, and their values.
var (
	NoDialect = define(Rule{
		Code:  "IST201",
		Title: "isthmus does not know the release of Istio",
		Why:   "Each release takes other objects, and those of this one were never looked at.",
		Fix:   "Use one of the versions that the message lists.",
	})
	Newer = define(Rule{
		Code:  "IST202",
		Title: "the release of Istio is newer than those that were tried",
		Why:   "What the newest known release takes may be wrong for it.",
		Fix:   "Use one of the versions that the message lists, or pass --allow-untested.",
	})
	Untested = define(Rule{
		Code:     "IST203",
		Severity: diag.Note,
		Title:    "the release of Istio is rendered as an older one",
		Why:      "--allow-untested was given, and what the newest known release takes may be wrong for it.",
	})
	PatchMissing = define(Rule{
		Code:  "IST204",
		Title: "the version of Istio does not say which patch",
		Why:   "Charts and images are named by all three numbers.",
		Fix:   "Write the release that runs.",
	})
	TwoEras = define(Rule{
		Code:  "IST205",
		Title: "a cluster runs an Istio of another era",
		Why:   "A remote of 1.4 or 1.5 cannot follow a control plane of 1.24 and later, nor the other way round.",
		Fix:   "Give all clusters one of 1.4 and 1.5, or all one of 1.24 and later.",
	})
	Skew = define(Rule{
		Code:  "IST206",
		Title: "two versions of Istio are more than one minor apart",
		Why:   "Proxies and the control plane work at most one minor apart.",
		Fix:   "Upgrade one minor at a time.",
	})
	RemoteNewer = define(Rule{
		Code:     "IST207",
		Severity: diag.Warning,
		Title:    "a remote is newer than its control plane",
		Why:      "Istio supports a control plane that is as new as its proxies or newer.",
		Fix:      "Upgrade the cluster of the control plane first.",
	})
	KubernetesRefused = define(Rule{
		Code:  "IST208",
		Title: "the release of Istio does not run on the cluster's Kubernetes",
		Why:   "Kubernetes no longer serves what the release is made of, or the release refuses one so old.",
		Fix:   "Name the Kubernetes that runs, or change one of the two releases.",
	})
	KubernetesUnsupported = define(Rule{
		Code:     "IST209",
		Severity: diag.Note,
		Title:    "the release of Istio was not tested with the cluster's Kubernetes",
		Why:      "It may work, and whoever makes Istio does not say that it does.",
	})
	TooNewField = define(Rule{
		Code:  "IST210",
		Title: "a field is for later releases of Istio",
		Why:   "The mesh's release has nothing that it could change.",
		Fix:   "Remove it.",
	})
	TooOldField = define(Rule{
		Code:  "IST211",
		Title: "a field is for earlier releases of Istio",
		Why:   "The mesh's release no longer has what it asks for.",
		Fix:   "Remove it, or do as the message says.",
	})
	OwnNamespace = define(Rule{
		Code:  "IST212",
		Title: "a namespace that isthmus makes is one of Kubernetes",
		Why:   "What isthmus makes of it would change what runs in it, and taking it away would take that too.",
		Fix:   "Choose another, as in istio-system.",
	})
	RevisionName = define(Rule{
		Code:  "IST213",
		Title: "a name cannot be that of a revision or a tag",
		Why:   "\"default\" is the control plane without a revision, and one name cannot lead to two.",
		Fix:   "Choose another name.",
	})
	TagsWithoutRevision = define(Rule{
		Code:  "IST214",
		Title: "there are tags and no revision",
		Why:   "A tag is a second name of a revision.",
		Fix:   "Name the revision.",
	})
	CanaryDefault = define(Rule{
		Code:  "IST215",
		Title: "the canary takes the tag default from a control plane without a revision",
		Why:   "The webhooks of both would inject into one pod.",
		Fix:   "Choose another tag, or give the mesh a revision.",
	})
	CanaryUnreachable = define(Rule{
		Code:  "IST216",
		Title: "the way to the control plane leads to one revision",
		Why:   "A canary is a second one, and only a gateway with addresses tells the two apart, by the name that a proxy asks for.",
		Fix:   "Write expose: gateway or dedicatedGateway, with addresses.",
	})
	LongName = define(Rule{
		Code:  "IST217",
		Title: "a name is too long for what is made of it",
		Why:   "It becomes part of the name of a Helm release, which has at most 53 characters.",
		Fix:   "Choose a shorter one.",
	})
	ChartsURL = define(Rule{
		Code:  "IST218",
		Title: "a URL is not where charts can be had",
		Why:   "Flux and Argo CD take charts from a Helm repository by http or https, or from an OCI registry.",
		Fix:   "Write the URL of one of these.",
	})
	DecidedValue = define(Rule{
		Code:  "IST219",
		Title: "values set what a field of mesh.yaml decides",
		Why:   "Two sources for one value drift apart.",
		Fix:   "Remove it from the values, and set the field.",
	})
	SailRelease = define(Rule{
		Code:   "IST220",
		Title:  "the Sail operator does not have the release",
		Why:    "Its API server refuses an Istio of a version that the operator does not list.",
		Fix:    "Use another patch of the release.",
		Source: "istio-ecosystem/sail-operator, chart/crds/sailoperator.io_istios.yaml",
	})
	LocalCollector = define(Rule{
		Code:     "IST221",
		Severity: diag.Warning,
		Title:    "the collector of spans is a Service of each cluster itself",
		Why:      "Every cluster resolves the name for itself, and where the Service is not, spans are lost.",
		Fix:      "Give an address or a domain name that every cluster reaches, or let the Service be copied.",
		Source:   "Istio 1.4, Shared control plane (single-network), Installation configuration parameters",
	})
	NoCollector = define(Rule{
		Code:     "IST222",
		Severity: diag.Warning,
		Title:    "tracing is switched on without an address of the collector",
		Why:      "Proxies send spans to zipkin in Istio's namespace of their own cluster, and remotes have none.",
		Fix:      "Name a collector that every cluster reaches in tracing.zipkin.",
		Source:   "istio/installer release-1.4 and istio/istio 1.5.10, values of the charts",
	})
	TokenPolicy = define(Rule{
		Code:     "IST223",
		Severity: diag.Warning,
		Title:    "clusters have different kinds of tokens",
		Why:      "The control plane checks the tokens of all proxies in one way, and refuses those of the other kind.",
		Fix:      "Write global.jwtPolicy into istio.values, for all clusters.",
	})
)
