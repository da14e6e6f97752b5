package rule

import "github.com/isthmus-mesh/isthmus/generators/diag"

// Namespaces, injection and the Services of applications.
var (
	InjectionSkipped = define(Rule{
		Code:     "IST401",
		Severity: diag.Warning,
		Title:    "namespaces under injection are left to you",
		Why:      "They are in no overlay, and their pods get no sidecars unless somebody labels them.",
		Fix:      "Label them, or write namespaces: merge.",
	})
	InjectionNamespace = define(Rule{
		Code:   "IST402",
		Title:  "a namespace must not have sidecars",
		Why:    "A control plane that waits for its own sidecar never starts, and with the injector down Kubernetes could not start its own pods.",
		Fix:    "Take it out of injection.namespaces.",
		Source: "Istio 1.4, Shared control plane (single-network), Set up injection",
	})
	NoInjector = define(Rule{
		Code:     "IST403",
		Severity: diag.Warning,
		Title:    "nothing adds sidecars",
		Why:      "With automatic injection off, the namespaces are not labelled.",
		Fix:      "Add the sidecars by hand, as the message says for the release.",
	})
	ServiceName = define(Rule{
		Code:   "IST404",
		Title:  "a name cannot be that of a Service",
		Why:    "The API server refuses it.",
		Fix:    "Write lower-case letters, digits and \"-\", at most 63, a letter first.",
		Source: "RFC 1035",
	})
	ServiceTaken = define(Rule{
		Code:  "IST405",
		Title: "a Service belongs to each cluster itself",
		Why:   "A copy would take the place of the cluster's own: its API server, its DNS, or the stub of the control plane.",
		Fix:   "Leave it out.",
	})
	ServiceTwice = define(Rule{
		Code:  "IST406",
		Title: "two Services have one name",
		Why:   "A cluster has one Service of a name in a namespace.",
		Fix:   "Remove one; several homes go into clusters of one entry.",
	})
	HomeField = define(Rule{
		Code:  "IST407",
		Title: "a field belongs to the Service's home alone",
		Why:   "An address or a node port of one cluster means nothing in another.",
		Fix:   "Remove it.",
	})
	ExternalName = define(Rule{
		Code:  "IST408",
		Title: "a Service of type ExternalName is not one",
		Why:   "It stands for a domain name, and has neither addresses nor endpoints.",
		Fix:   "Write the name alone in externalName, and no clusterIP.",
	})
	Ports = define(Rule{
		Code:  "IST409",
		Title: "the ports of a Service are not what the API server takes",
		Why:   "It refuses the Service, and with it all that is applied together.",
		Fix:   "Give each port a name and a number of its own.",
	})
	Affinity = define(Rule{
		Code:  "IST410",
		Title: "a session affinity is not what the API server takes",
		Why:   "It refuses the Service, and with it all that is applied together.",
		Fix:   "Write sessionAffinity: ClientIP and clientIP.timeoutSeconds, at most a day, or remove it.",
	})
	FileOrService = define(Rule{
		Code:  "IST411",
		Title: "an entry mixes one Service with a file of them",
		Why:   "It is one or the other, and what it says of the other would be ignored.",
		Fix:   "Remove the field, or divide the entry.",
	})
	ServicesFile = define(Rule{
		Code:  "IST412",
		Title: "a file of Services cannot be read",
		Why:   "Files lie in or below the folder of mesh.yaml, and links lead no further.",
		Fix:   "Correct the path, or write the Services inline.",
	})
	Manifest = define(Rule{
		Code:  "IST413",
		Title: "a manifest is no Service that isthmus copies",
		Why:   "Lists, other versions and misspelt kinds would be passed over, and what they name copied nowhere.",
		Fix:   "Write each Service as a document of its own, with apiVersion v1, or exclude it.",
	})
	NoService = define(Rule{
		Code:  "IST414",
		Title: "a file or an exclusion names no Service",
		Why:   "What it was meant to name is somewhere else, or misspelt.",
		Fix:   "Correct the name, or remove the line.",
	})
	UnknownCluster = define(Rule{
		Code:  "IST415",
		Title: "an entry names a cluster that the mesh does not have",
		Why:   "The Service would run or be called nowhere.",
		Fix:   "Correct the name.",
	})
	NoClients = define(Rule{
		Code:  "IST416",
		Title: "clients choose no cluster",
		Why:   "The Service would be copied nowhere.",
		Fix:   "Correct the labels, name clusters, or write [] if the Service stays at home.",
	})
	NoCopy = define(Rule{
		Code:  "IST417",
		Title: "a Service without copies cannot be resolved",
		Why:   "Each cluster's DNS knows its own Services only, unless proxies answer in its place.",
		Fix:   "Remove duplicate: false, or write dns: {capture: true}.",
	})
	CopyType = define(Rule{
		Code:     "IST418",
		Severity: diag.Warning,
		Title:    "the copies of a Service are of type ClusterIP",
		Why:      "Each copy of a LoadBalancer or NodePort would open another way in from outside.",
		Fix:      "Exclude the Service, or write clients: [] for it, if other clusters do not call it.",
	})
	CopyLocal = define(Rule{
		Code:     "IST419",
		Severity: diag.Note,
		Title:    "the copies of a Service are without internalTrafficPolicy: Local",
		Why:      "No node of another cluster has an endpoint of it, and every call would be dropped.",
	})
	CopyHeadless = define(Rule{
		Code:     "IST420",
		Severity: diag.Warning,
		Title:    "the copies of a Service are headless",
		Why:      "A cluster without its endpoints has no addresses to answer for the name, so a lookup there fails.",
		Fix:      "Call it from its home, or give it an address.",
	})
	HomeLeaving = define(Rule{
		Code:     "IST421",
		Severity: diag.Warning,
		Title:    "every home of a Service is leaving",
		Why:      "Its copies answer for the name, and no endpoint answers the call.",
		Fix:      "Run it in another cluster and name that, or remove the entry.",
	})
	PlainService = define(Rule{
		Code:     "IST422",
		Severity: diag.Warning,
		Title:    "callers speak mutual TLS to a Service without sidecars",
		Why:      "On 1.4 mutualTLS comes with a DestinationRule that has every proxy speak it to every Service of the mesh, and pods without a sidecar do not understand it.",
		Fix:      "List its namespace under injection.namespaces, or give the Service a DestinationRule of its own with tls mode DISABLE, and silence the rule.",
		Source:   "istio/installer release-1.4, istio-control/istio-discovery/templates/enable-mesh-mtls.yaml",
	})
)
