package rule

import "github.com/isthmus-mesh/isthmus/generators/diag"

// Mutual TLS, certificates and credentials.
var (
	SeveralRoots = define(Rule{
		Code:  "IST501",
		Title: "several clusters sign with roots of their own",
		Why:   "Clusters without a common root refuse each other's workloads.",
		Fix:   "Write certificates: plugged, and give each cluster that signs a cacerts Secret under one root.",
	})
	AlwaysTLS = define(Rule{
		Code:  "IST502",
		Title: "TLS of the control plane cannot be switched off",
		Why:   "From 1.5 on istiod always speaks TLS at 15012.",
		Fix:   "Remove the line.",
	})
	ReaderUnchanged = define(Rule{
		Code:   "IST503",
		Title:  "leastPrivilege changes nothing",
		Why:    "The charts of releases before 1.30 grant their wide role whatever is asked for, and the reader of 1.4 and 1.5 reads no Secrets anyway.",
		Fix:    "Use 1.30 or later, or remove it.",
		Source: "istio/istio#56326",
	})
	ReaderNarrow = define(Rule{
		Code:     "IST504",
		Severity: diag.Note,
		Title:    "istiod cannot watch the Secrets of other clusters",
		Why:      "Gateways there get no certificate by credentialName, and istiod waits for these clusters each time it starts.",
	})
	PasswordInURL = define(Rule{
		Code:  "IST505",
		Title: "a URL holds a password",
		Why:   "Everybody who reads the repository would have it.",
		Fix:   "Write the URL without it, and count the password as known to others.",
	})
	SecretInClear = define(Rule{
		Code:  "IST506",
		Title: "a Secret lies among the Services",
		Why:   "Everybody who reads the repository can read its content.",
		Fix:   "Take it out of the repository, and count what it held as known to others.",
	})
)
