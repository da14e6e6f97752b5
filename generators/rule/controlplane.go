package rule

import "github.com/isthmus-mesh/isthmus/generators/diag"

// The control plane, its addresses, how it is exposed, and its stubs.
var (
	SeveralControlPlanes = define(Rule{
		Code:  "IST301",
		Title: "a mesh of 1.4 or 1.5 has several control planes",
		Why:   "On these releases a mesh shares one.",
		Fix:   "Keep one; the others are its remotes.",
	})
	NoControlPlane = define(Rule{
		Code:  "IST302",
		Title: "no cluster runs the control plane",
		Why:   "The remotes would have nothing to take their configuration from.",
		Fix:   "Give one cluster a controlPlane with its addresses.",
	})
	RemoteOf = define(Rule{
		Code:  "IST303",
		Title: "remoteOf does not lead to one control plane",
		Why:   "A remote takes its configuration from one control plane, and one that runs its own is no remote.",
		Fix:   "Name the cluster whose control plane it follows.",
	})
	NoAddress = define(Rule{
		Code:  "IST304",
		Title: "the control plane has no address",
		Why:   "The remotes would have nothing to connect to.",
		Fix:   "Give the IP address at which the remotes reach it.",
	})
	BadAddress = define(Rule{
		Code:   "IST305",
		Title:  "an address of the control plane is none that a stub can hold",
		Why:    "Endpoints take IP addresses only, and none that means something else in each cluster.",
		Fix:    "Give the address at which the other clusters reach the control plane.",
		Source: "kubernetes/kubernetes, ValidateNonSpecialIP",
	})
	SeveralAddresses = define(Rule{
		Code:  "IST306",
		Title: "the profile takes one address of the control plane",
		Why:   "Unless the overlay alone makes the stub, the profile holds the address too.",
		Fix:   "Keep one, or write stubs: overlay.",
	})
	NoPod = define(Rule{
		Code:  "IST307",
		Title: "an address is no pod of its cluster",
		Why:   "With expose: pod it is a pod's address, and it lies in none of the cluster's podCIDRs.",
		Fix:   "Give the pod's address, correct podCIDRs, or choose another expose.",
	})
	NoServiceAddress = define(Rule{
		Code:  "IST308",
		Title: "an address is no Service of its cluster",
		Why:   "With expose: clusterIP it is a Service's address, and it lies in none of the cluster's serviceCIDRs.",
		Fix:   "Give the Service's clusterIP, correct serviceCIDRs, or choose another expose.",
	})
	NotRouted = define(Rule{
		Code:  "IST309",
		Title: "the address of a Service is reachable inside its cluster only",
		Why:   "The addresses of Services are not routed between clusters unless somebody saw to it.",
		Fix:   "Write serviceCIDRsRoutable: true for the cluster if they are, or choose another expose.",
	})
	PodBehindBalancer = define(Rule{
		Code:  "IST310",
		Title: "the address of a load balancer is a pod",
		Why:   "The remotes would pass the load balancer by, and lose the control plane when the pod restarts.",
		Fix:   "Give the load balancer's address, or write expose: pod.",
	})
	FamilyTwice = define(Rule{
		Code:  "IST311",
		Title: "two addresses of one Service are of one family",
		Why:   "A Service has one address of each family.",
		Fix:   "Keep one.",
	})
	HostnameOld = define(Rule{
		Code:  "IST312",
		Title: "a hostname cannot be the address of a control plane of 1.4 or 1.5",
		Why:   "It is written into the Endpoints of a stub, and Endpoints take IP addresses only.",
		Fix:   "Remove it and give the IP addresses that it stands for.",
	})
	HostnameUnusable = define(Rule{
		Code:  "IST313",
		Title: "a hostname cannot lead to the control plane",
		Why:   "The stub becomes an alias of the name, which must be a domain name, the only way given, and one of a load balancer or gateway.",
		Fix:   "Write a domain name without a port, or give addresses in its place.",
	})
	HostnameUnknown = define(Rule{
		Code:     "IST314",
		Severity: diag.Warning,
		Title:    "istiod's certificate does not hold the hostname",
		Why:      "API servers call the injector by that name, because a Service of type ExternalName does not serve webhooks on every platform.",
		Fix:      "Add the name to ISTIOD_CUSTOM_HOST of istiod, in pilot.env of the cluster's values.",
		Source:   "istio/istio#45014",
	})
	FieldUnused = define(Rule{
		Code:  "IST315",
		Title: "a field shapes what the exposure does not have",
		Why:   "There is no load balancer or no gateway that it could change.",
		Fix:   "Remove it, or choose the exposure that has it.",
	})
	LoadBalancerIP = define(Rule{
		Code:     "IST316",
		Severity: diag.Warning,
		Title:    "the load balancer gets another address than the remotes go to",
		Why:      "The load balancer gets this one, and the remotes go to the others.",
		Fix:      "Write the same address in both places.",
	})
	PodAddress = define(Rule{
		Code:     "IST317",
		Severity: diag.Warning,
		Title:    "the remotes depend on the address of a pod",
		Why:      "It changes whenever the pod restarts, and breaks every remote.",
		Fix:      "Choose another expose, or follow the address with isthmus refresh.",
		Source:   "istio/istio#4822",
	})
	Exposure = define(Rule{
		Code:     "IST318",
		Severity: diag.Note,
		Title:    "what the remotes lose while the way to the control plane is away",
		Why:      "They keep their configuration and get no change; on 1.24 and later injection fails too.",
	})
	GatewayOpen = define(Rule{
		Code:     "IST319",
		Severity: diag.Warning,
		Title:    "the control plane is reachable wherever the gateway is",
		Why:      "A gateway that faces the internet shows the control plane's ports to it.",
		Fix:      "See that nobody but the remotes reaches them, or use a gateway of its own.",
	})
	PlainPorts = define(Rule{
		Code:     "IST320",
		Severity: diag.Warning,
		Title:    "the load balancer opens plain text ports",
		Why:      "On 1.4 it opens every port of istio-pilot, 15010 and 8080 among them.",
		Fix:      "Let loadBalancerSourceRanges hold the remotes alone, or ask for an internal load balancer.",
	})
	GatewayTaken = define(Rule{
		Code:  "IST321",
		Title: "the gateway would take the place of something else",
		Why:   "Its name or labels are those of another release, Service or gateway.",
		Fix:   "Choose others.",
	})
	GatewayNamespace = define(Rule{
		Code:  "IST322",
		Title: "the gateway's namespace is one of applications",
		Why:   "It would be made twice, before the control plane and after it.",
		Fix:   "Give the gateway a namespace of its own, or Istio's.",
	})
	NoSuchMethod = define(Rule{
		Code:   "IST323",
		Title:  "the release cannot expose its control plane so",
		Why:    "1.4 has one ingress gateway, the remotes of 1.5.0 dial istio-pilot, and before 1.5.6 all gateways of a profile have the same labels.",
		Fix:    "Choose another expose, or a later release.",
		Source: "istio/istio#20471, istio/istio#23303",
	})
	OtherPort = define(Rule{
		Code:  "IST324",
		Title: "a remote dials another port than its control plane exposes",
		Why:   "1.4 and 1.5 listen at different ports, and only the control plane's own is open.",
		Fix:   "Give both one version, or write expose: pod or clusterIP until they have it.",
	})
	GatewayNeedsTLS = define(Rule{
		Code:  "IST325",
		Title: "a gateway needs control plane security",
		Why:   "Without it proxies of 1.4 dial 15010 and 9091, which are plain text, and which the gateway does not open.",
		Fix:   "Remove controlPlaneSecurity: false, or choose another expose.",
	})
	MixerElsewhere = define(Rule{
		Code:  "IST326",
		Title: "Mixer has other addresses than the gateway",
		Why:   "With a gateway in front, all of the control plane is behind it.",
		Fix:   "Give the gateway's addresses; on 1.4 they are the default.",
	})
	MixerOff = define(Rule{
		Code:     "IST327",
		Severity: diag.Warning,
		Title:    "addresses of Mixer are given, and it is switched off",
		Why:      "The stubs of istio-policy and istio-telemetry would lead to nothing.",
		Fix:      "Remove the addresses, unless the cluster's values switch Mixer on.",
	})
	MixerMissing = define(Rule{
		Code:     "IST328",
		Severity: diag.Warning,
		Title:    "no address of Mixer is given",
		Why:      "1.4 runs Mixer, and the sidecars of remotes have nowhere to call.",
		Fix:      "Give policyAddresses and telemetryAddresses.",
	})
	PortsTwice = define(Rule{
		Code:  "IST329",
		Title: "values open ports of the gateway that isthmus opens",
		Why:   "The gateway's Service would have them twice, which the API server refuses.",
		Fix:   "Remove global.meshExpansion.enabled.",
	})
	StubsBoth = define(Rule{
		Code:  "IST330",
		Title: "stubs: both is for 1.4 and 1.5",
		Why:   "Helm does not adopt objects that it did not make, and fails on the overlay's.",
		Fix:   "Write overlay or profile.",
	})
	StubsOf150 = define(Rule{
		Code:  "IST331",
		Title: "stubs: overlay does not work on 1.5.0",
		Why:   "Without its flags that release takes no stub for the control plane.",
		Fix:   "Write both, or use 1.5.1 or later.",
	})
	StubOverwritten = define(Rule{
		Code:     "IST332",
		Severity: diag.Warning,
		Title:    "1.5.0 renders a Service of the name of the stub",
		Why:      "The two overwrite each other, and a remote that loses its stub loses its control plane.",
		Fix:      "Use 1.5.1 or later, which calls the stub istiod-remote.",
		Source:   "istio/istio 1.5.0, manifests/istio-control/istio-discovery",
	})
	IngressWithoutStub = define(Rule{
		Code:   "IST333",
		Title:  "an ingress gateway of 1.5 looks for the control plane in its own cluster",
		Why:    "It is told where that is by the address in the profile, which stubs: overlay leaves out.",
		Fix:    "Write stubs: both with one address, or remove the ingress gateway.",
		Source: "istio/istio 1.5.10, manifests/gateways/istio-ingress",
	})
	StubIPv6 = define(Rule{
		Code:   "IST334",
		Title:  "the chart takes an IPv6 address for a hostname",
		Why:    "Before 1.30 the stub that the chart makes of it leads nowhere.",
		Fix:    "Write stubs: overlay, or use 1.30 or later.",
		Source: "istio/istio#58828",
	})
	ElsewhereAddress = define(Rule{
		Code:  "IST335",
		Title: "an address of the control plane lies in another cluster",
		Why:   "Prefixes of clusters do not overlap, so that what has such an address is a pod or Service there.",
		Fix:   "Give the address of the load balancer, or correct the prefixes.",
	})
)
