package rule

import "github.com/isthmus-mesh/isthmus/generators/diag"

// Flux and Argo CD.
var (
	DeliveryPath = define(Rule{
		Code:  "IST601",
		Title: "delivery.path is not a folder in the source",
		Why:   "The engines look for the overlays under it, from the top of what they fetch.",
		Fix:   "Write it from there, as in . or meshes/shop.",
	})
	EngineUnused = define(Rule{
		Code:  "IST602",
		Title: "an engine is configured that delivers no cluster",
		Why:   "What it says would be ignored.",
		Fix:   "Remove it, or name the engine.",
	})
	HubSecret = define(Rule{
		Code:  "IST603",
		Title: "the hub's kubeconfig Secret is not one for each cluster",
		Why:   "With one name for all, every cluster's objects would go to the same cluster.",
		Fix:   "Write a name in which <cluster> stands for the cluster's.",
	})
	FluxApplications = define(Rule{
		Code:     "IST604",
		Severity: diag.Warning,
		Title:    "Flux would apply Argo CD's Applications",
		Why:      "It applies all that lies under its cluster's folder, and the Applications lie there too.",
		Fix:      "Let its Flux sync another folder, or Argo CD run elsewhere.",
	})
	EndpointsExcluded = define(Rule{
		Code:   "IST605",
		Title:  "Argo CD leaves stubs without addresses",
		Why:    "Argo CD 3 excludes Endpoints and EndpointSlices unless told not to, and its sync succeeds all the same.",
		Fix:    "Tell Argo CD to sync them and write endpointsIncluded: true, or let the installation make the stub.",
		Source: "argoproj/argo-cd, manifests/base/config/argocd-cm.yaml",
	})
)
