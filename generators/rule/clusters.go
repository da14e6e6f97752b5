package rule

import "github.com/isthmus-mesh/isthmus/generators/diag"

// Clusters, their networks and API servers.
var (
	OtherNetwork = define(Rule{
		Code:  "IST101",
		Title: "a cluster is on another network",
		Why:   "isthmus makes meshes on one network, whose pods reach each other without gateways. With two names for it, proxies look for gateways that are not there.",
		Fix:   "Remove the line, or correct spec.network.",
	})
	PrefixForm = define(Rule{
		Code:  "IST102",
		Title: "a prefix is not written as one, or holds addresses that no pod has",
		Why:   "With bits set behind the prefix, or as IPv4 in IPv6 form, it is not sure which range is meant; loopback, link-local, multicast and unspecified addresses are nobody's.",
		Fix:   "Write the prefix that the message gives, or the range from which the cluster numbers its pods.",
	})
	PrefixOverlap = define(Rule{
		Code:   "IST103",
		Title:  "prefixes overlap",
		Why:    "Pods address each other directly. With one address in two places the calls go to the wrong one.",
		Fix:    "Give the cluster a range that no other uses, or correct the prefix.",
		Source: "Istio 1.4, Shared control plane (single-network), Prerequisites",
	})
	ClusterName = define(Rule{
		Code:  "IST104",
		Title: "a name cannot be that of a cluster",
		Why:   "It becomes a folder, and this one means something to kustomize, to a file system or to Istio itself.",
		Fix:   "Name the cluster after its place or purpose.",
	})
	ClusterTwice = define(Rule{
		Code:  "IST105",
		Title: "two clusters have one name",
		Why:   "The name is the cluster's folder, the key of its remote Secret and its ID in Istio.",
		Fix:   "Give each cluster a name of its own.",
	})
	APIServerURL = define(Rule{
		Code:  "IST106",
		Title: "an apiServer is not the URL of an API server",
		Why:   "It goes into the remote Secret, by which the control plane reads the cluster.",
		Fix:   "Write it as https://10.1.0.10:6443.",
	})
	APIServerClear = define(Rule{
		Code:  "IST107",
		Title: "an apiServer is not https",
		Why:   "The reader's token would cross the network in clear.",
		Fix:   "Write https://.",
	})
	APIServerUnreachable = define(Rule{
		Code:  "IST108",
		Title: "no other cluster reaches an apiServer",
		Why:   "The control plane reads the cluster from another one, where a loopback or link-local address is its own.",
		Fix:   "Give the address at which the control plane's pods reach the API server.",
	})
	APIServerTwice = define(Rule{
		Code:  "IST109",
		Title: "two clusters have one apiServer",
		Why:   "One cluster would be in the mesh twice.",
		Fix:   "Give the API server of each.",
	})
	FamilyMissing = define(Rule{
		Code:  "IST110",
		Title: "a remote has no address family in common with its control plane",
		Why:   "Its stub would be a Service of a family that the cluster does not have, which its API server refuses.",
		Fix:   "Give the control plane an address of that family too, or correct serviceCIDRs.",
	})
	Alone = define(Rule{
		Code:     "IST111",
		Severity: diag.Warning,
		Title:    "the mesh has one cluster",
		Why:      "Nothing is shared yet.",
		Fix:      "Add the remotes.",
	})
	PublicPrefix = define(Rule{
		Code:     "IST112",
		Severity: diag.Warning,
		Title:    "a prefix is of addresses that belong to others",
		Why:      "Pods and Services need addresses of a private network. What lies at the public ones cannot be reached from the mesh, and packets for them may leave it.",
		Fix:      "Number the cluster from 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10, or silence the rule where the addresses are your own.",
		Source:   "Istio 1.4, Shared control plane (single-network), Prerequisites; RFC 1918, RFC 6598",
	})
	APIServerLocalName = define(Rule{
		Code:     "IST113",
		Severity: diag.Warning,
		Title:    "the name of an apiServer leads elsewhere in other clusters",
		Why:      "Names of Services, and names without a domain, are resolved by each cluster for itself. The control plane reads this cluster from another one.",
		Fix:      "Give an address or a domain name, or silence the rule where the control plane's cluster resolves the name.",
	})
	APIServerElsewhere = define(Rule{
		Code:     "IST114",
		Severity: diag.Warning,
		Title:    "the address of an apiServer lies in another cluster",
		Why:      "Prefixes of clusters do not overlap, so that what has such an address is a pod or Service there: most often the line was copied from that cluster.",
		Fix:      "Give the address of this cluster's API server, or silence the rule where the other cluster hosts it.",
	})
)
