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
		Title: "a secret lies in the clear",
		Why:   "Everybody who reads the repository can read it: a Secret with its content, a private key, a JWT, an identity of age or a kubeconfig that logs in, in mesh.yaml, in a file of Services or among the sealed Secrets, in whatever object and also in base64. Values that sops encrypted, or that stand for others, as ${TOKEN} does, pass. A password outside of a Secret is not known as one.",
		Fix:   "Take it out of the repository, and count it as known to others. Where it is none, move the document to another file.",
	})

	NoRoots = define(Rule{
		Code:   "IST507",
		Title:  "cert-manager signs, and the roots of the mesh are not here",
		Why:    "Each istio-csr would trust whatever its issuer answers first, and clusters with different roots refuse each other's workloads.",
		Fix:    "Write the root that all issuers lead to into mesh/ca/root.pem.",
		Source: "cert-manager.io/docs/usage/istio-csr/installation, 4; cert-manager/istio-csr#103",
	})
	UnusedCACerts = define(Rule{
		Code:     "IST508",
		Severity: diag.Warning,
		Title:    "a sealed cacerts that no control plane signs with",
		Why:      "Where cert-manager signs, its key is good for nothing but to pass for any workload of the mesh.",
		Fix:      "Remove it: isthmus secrets remove.",
		Test:     "generators/mesh/certmanager_test.go",
	})
	NotCertManager = define(Rule{
		Code:  "IST509",
		Title: "fields of cert-manager where it does not sign",
		Why:   "They would be read and then ignored.",
		Fix:   "Write certificates: certManager, or remove them.",
	})
	CertificateFile = define(Rule{
		Code:  "IST510",
		Title: "a file of certificates cannot be taken",
		Why:   "What the clusters trust and sign with is not known, and nothing of it can be checked.",
		Fix:   "Write the file again, by isthmus ca.",
		Test:  "generators/mesh/certificates_test.go",
	})
	KeyInRepository = define(Rule{
		Code:  "IST511",
		Title: "a private key lies among the public certificates",
		Why:   "Everybody who reads the repository could sign for every workload.",
		Fix:   "Take it out of the repository, and issue again: the key is known to others.",
		Test:  "generators/mesh/certificates_test.go",
	})
	BrokenChain = define(Rule{
		Code:   "IST512",
		Title:  "a certificate does not lead to a root",
		Why:    "No peer accepts what is signed under it.",
		Fix:    "Issue the cluster's certificate again, under the root of the mesh.",
		Source: "istio.io/docs/tasks/security/cert-management/plugin-ca-cert",
		Test:   "generators/mesh/certificates_test.go",
	})
	NoAuthority = define(Rule{
		Code:   "IST513",
		Title:  "a certificate may not sign what it has to sign",
		Why:    "istiod takes a bundle whose path length, key usage, extended key usage or name constraints make every peer refuse its workloads.",
		Fix:    "Issue it again, as a CA for workloads.",
		Source: "security/pkg/pki/util/keycertbundle.go of Istio 1.30.3; RFC 5280, 4.2.1",
		Test:   "generators/mesh/certificates_test.go",
	})
	WeakCertificate = define(Rule{
		Code:  "IST514",
		Title: "a certificate has a weak key or a broken hash",
		Why:   "Proxies refuse it, or somebody will forge it.",
		Fix:   "Issue it again, with ECDSA on P-256 or P-384, or RSA of 2048 bits and more.",
		Test:  "generators/mesh/certificates_test.go",
	})
	OutlivesIssuer = define(Rule{
		Code:  "IST515",
		Title: "a certificate ends after what signed it",
		Why:   "It is of no use from the day on which its issuer ends, and looks as if it were.",
		Fix:   "Issue it for less long, or make the next root.",
		Test:  "generators/mesh/certificates_test.go",
	})
	OtherRoots = define(Rule{
		Code:   "IST516",
		Title:  "clusters do not trust each other's roots",
		Why:    "Workloads of one cannot reach those of the other by mutual TLS.",
		Fix:    "Give all clusters one set of roots.",
		Source: "istio/istio#32501, #26328, #20364",
		Test:   "generators/mesh/certificates_test.go",
	})
	SharedKey = define(Rule{
		Code:  "IST517",
		Title: "a signing key is in two places",
		Why:   "Who takes it from one cluster has both, and a root's key in a cluster is every cluster's.",
		Fix:   "Issue a certificate for each cluster.",
		Test:  "generators/mesh/certificates_test.go",
	})
	SampleCertificates = define(Rule{
		Code:   "IST518",
		Title:  "the certificates are those of Istio's samples",
		Why:    "Everybody has their private keys, and can pass for every workload of the mesh.",
		Fix:    "Make certificates of your own, or set spec.security.allowSampleCertificates for a mesh that nobody depends on.",
		Source: "samples/certs of Istio 1.4 to 1.30",
		Test:   "generators/mesh/certificates_test.go",
	})
	CertificateOver = define(Rule{
		Code:     "IST519",
		Severity: diag.Warning,
		Title:    "a certificate has ended, or does within 30 days",
		Why:      "With it end all that are under it: workloads no longer reach each other.",
		Fix:      "Issue it again, and see that the control plane takes it.",
		By:       "isthmus ca verify",
		Test:     "generators/mesh/certificates_test.go",
	})
	CertificateDue = define(Rule{
		Code:     "IST520",
		Severity: diag.Warning,
		Title:    "a certificate ends within 90 days",
		Why:      "It is time to issue it again without haste.",
		Fix:      "Issue it again.",
		By:       "isthmus ca verify",
		Test:     "generators/mesh/certificates_test.go",
	})
	CertificateLong = define(Rule{
		Code:     "IST521",
		Severity: diag.Warning,
		Title:    "an intermediate is good for more than two years",
		Why:      "Its key is in a cluster, and its replacement is one that nobody has practised.",
		Fix:      "Issue it for less long.",
		By:       "isthmus ca verify",
		Test:     "generators/mesh/certificates_test.go",
	})
	RootsBehind = define(Rule{
		Code:     "IST522",
		Severity: diag.Warning,
		Title:    "a cluster trusts other roots than the mesh",
		Why:      "A rotation of the root is under way, or was left half done.",
		Fix:      "Take the next step, which isthmus ca rotate names.",
		Test:     "generators/mesh/certificates_test.go",
	})
	NoCertificate = define(Rule{
		Code:     "IST523",
		Severity: diag.Warning,
		Title:    "a cluster that signs has no cacerts here",
		Why:      "Its control plane signs under a root of its own, which the other clusters do not trust, or does not start.",
		Fix:      "Issue one: isthmus ca issue --all --key <file> --identity <file>.",
		Source:   "security/pkg/pki/ca of Istio 1.30.3",
		By:       "isthmus ca verify",
	})
	StrayCertificate = define(Rule{
		Code:     "IST524",
		Severity: diag.Warning,
		Title:    "there is a certificate for a cluster that does not sign",
		Why:      "Its key, if it has one somewhere, signs for the mesh and is used by nobody.",
		Fix:      "Remove it: isthmus secrets remove.",
		Test:     "generators/mesh/certificates_test.go",
	})
	SealedOther = define(Rule{
		Code:     "IST525",
		Severity: diag.Warning,
		Title:    "the sealed cacerts is not that of the public certificate",
		Why:      "What is checked here is not what the cluster signs with.",
		Fix:      "Issue the cluster's certificate again.",
		By:       "isthmus ca verify",
		Test:     "generators/mesh/certificates_test.go",
	})
	WrongKey = define(Rule{
		Code:  "IST526",
		Title: "a private key is not that of its certificate",
		Why:   "The control plane would not start.",
		Fix:   "Give the two that were made together.",
		By:    "isthmus ca verify",
		Test:  "cmd/isthmus/testdata/script/ca_own.txtar",
	})
	NotExternal = define(Rule{
		Code:  "IST529",
		Title: "an external store where the backend is another",
		Why:   "It would be read and then ignored.",
		Fix:   "Write secrets.backend: external, or remove it.",
	})
	NotSealed = define(Rule{
		Code:   "IST530",
		Title:  "what lies among the sealed Secrets is not one",
		Why:    "It would be copied into the overlays as it is: a Secret that nobody sealed is readable by everybody who reads the repository.",
		Fix:    "Take it away; seal with isthmus secrets, which alone writes there.",
		Source: "https://kubernetes.io/docs/concepts/configuration/secret/",
	})
	StraySealed = define(Rule{
		Code:     "IST531",
		Severity: diag.Warning,
		Title:    "a sealed Secret is of a cluster that left, or of a role that it lost",
		Why:      "A control plane goes on reading a cluster that is gone; or a credential, or a key that signs, lies in a cluster that has no use for it.",
		Fix:      "Remove it: isthmus secrets remove, in whichever folder it lies.",
	})
	NoRemoteSecret = define(Rule{
		Code:     "IST532",
		Severity: diag.Warning,
		Title:    "a cluster has no sealed remote Secret",
		Why:      "The control plane neither knows the cluster's workloads nor answers its proxies. Its webhook fails closed: in labelled namespaces no pod starts.",
		Fix:      "Seal one: isthmus secrets create. Until it is there, write state: joining.",
		By:       "isthmus secrets status",
		Source:   "pkg/kube/multicluster/secretcontroller.go of Istio 1.30.3",
	})
	ChangedSealed = define(Rule{
		Code:  "IST537",
		Title: "a sealed file is not the one that isthmus sealed",
		Why:   "Whoever has the cluster's public certificate can seal another Secret in its place, with an API server and a token of his choice.",
		Fix:   "Look at the file's history, and seal it again: isthmus secrets create, or isthmus ca issue.",
		By:    "isthmus secrets verify",
		Test:  "cmd/isthmus/testdata/script/secrets_reseal.txtar",
	})
	SealedList = define(Rule{
		Code:   "IST539",
		Title:  "the list beside sealed Secrets is not the one that isthmus writes",
		Why:    "What is rendered on the fly takes the folder by its kustomization.yaml: a generator, a patch or an address in it would bring into the cluster what nobody sealed or looked at. What it lacks is not applied.",
		Fix:    "Bring the file back from Git, or have it written again: isthmus secrets create, or isthmus ca issue.",
		Source: "https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/",
		Test:   "cmd/isthmus/testdata/script/secrets_list.txtar",
	})
	SealingShared = define(Rule{
		Code:     "IST536",
		Severity: diag.Warning,
		Title:    "two clusters have one sealing key",
		Why:      "Each opens what is sealed for the other: what was taken from one cluster gives the credentials of both. Most often a file was copied.",
		Fix:      "Fetch the certificate of each cluster: kubeseal --fetch-cert; or silence the rule where the clusters share a key on purpose.",
		Source:   "https://github.com/bitnami-labs/sealed-secrets",
		Test:     "generators/mesh/sealed_test.go",
	})
	SealingKey = define(Rule{
		Code:  "IST538",
		Title: "a sealing certificate does not hold the pinned key",
		Why:   "What is sealed from now on would be sealed for whoever put it there.",
		Fix:   "Compare it with what the cluster gives; where the cluster renewed its key, seal again: isthmus secrets reseal --accept.",
		By:    "isthmus secrets verify",
		Test:  "cmd/isthmus/testdata/script/secrets_reseal.txtar",
	})
	SOPSArgoCD = define(Rule{
		Code:   "IST534",
		Title:  "Argo CD would apply what sops encrypted",
		Why:    "It does not decrypt: the API server refuses the Secret, or takes it with values that nobody can read.",
		Fix:    "Write secrets.backend: sealedSecrets, or let Flux deliver the clusters whose control plane reads others.",
		Source: "https://argo-cd.readthedocs.io/en/stable/operator-manual/secret-management/",
	})
	SealedBackend = define(Rule{
		Code:     "IST535",
		Severity: diag.Warning,
		Title:    "a Secret is sealed by another backend than mesh.yaml says",
		Why:      "The cluster needs what opens both until all are sealed again; with external, the store is not asked for what still lies sealed.",
		Fix:      "Seal it again: isthmus secrets create, or isthmus ca issue. With external, put it into the store by these, and then isthmus secrets remove. Before that is merged, stop the engine and have the old object give up its Secret, or it takes the Secret along: docs/secrets.md, From one backend to another.",
	})
	RemoteSecretKey = define(Rule{
		Code:   "IST533",
		Title:  "the key of a remote Secret is not the name of its cluster",
		Why:    "To istiod the key is the cluster's name. The proxies of the cluster give the name that the injector's path or the profile has, and istiod refuses those of a cluster that it does not know.",
		Fix:    "Seal it again: isthmus secrets create.",
		Source: "istio/istio 1.30.3, security/pkg/server/ca/authenticate/kubeauth/kube_jwt.go",
	})
)
