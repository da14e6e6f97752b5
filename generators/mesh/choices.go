package mesh

// The fields whose values are a closed list.
type (
	Install         string // how a release is installed
	Stubs           string // who makes the stub of the control plane
	Certificates    string // who signs
	Permissions     string // what the reader may read
	NamespacePolicy string // whose the application Namespaces are
	State           string // where a cluster is between joining and leaving
	Expose          string // how remotes reach the control plane
	Backend         string // how credentials are sealed
	StoreKind       string // where a store of external-secrets lies
	Token           string // which token the reader has
	Engine          string // who syncs
)

const (
	InstallHelm     Install = "helm"
	InstallSail     Install = "sail"
	InstallValues   Install = "values"
	InstallIstioctl Install = "istioctl" // somebody runs istioctl with the profile
	InstallOperator Install = "operator" // the operator of 1.4 and 1.5 applies the profile

	StubsOverlay Stubs = "overlay" // the overlay has the objects, the profile leaves the address out
	StubsProfile Stubs = "profile" // the profile has the address, the charts make the objects
	StubsBoth    Stubs = "both"    // the profile has the address, the overlay has equal objects

	Plugged     Certificates = "plugged"     // a cacerts Secret wherever a cluster signs
	SelfSigned  Certificates = "selfSigned"  // one signing cluster
	CertManager Certificates = "certManager" // an issuer of cert-manager in each cluster, through istio-csr

	DefaultPermissions Permissions = "default"
	LeastPrivilege     Permissions = "leastPrivilege"

	CreateNamespaces NamespacePolicy = "create"
	MergeNamespaces  NamespacePolicy = "merge"
	SkipNamespaces   NamespacePolicy = "skip"

	Joining State = "joining" // all but the injection labels
	Active  State = "active"
	Leaving State = "leaving" // as joining, and its overlay may be dropped next

	ExposePod              Expose = "pod"
	ExposeClusterIP        Expose = "clusterIP"
	ExposeLoadBalancer     Expose = "loadBalancer"
	ExposeGateway          Expose = "gateway"
	ExposeDedicatedGateway Expose = "dedicatedGateway"

	SealedSecrets Backend = "sealedSecrets"
	SOPS          Backend = "sops"
	External      Backend = "external"

	ClusterSecretStore StoreKind = "ClusterSecretStore"
	SecretStore        StoreKind = "SecretStore"

	TokenSecret  Token = "secret"
	TokenRequest Token = "request"

	EngineFlux   Engine = "flux"
	EngineArgoCD Engine = "argocd"
	EngineNone   Engine = "none"
)

func choices[T ~string](all ...T) []string {
	texts := make([]string, len(all))
	for i, c := range all {
		texts[i] = string(c)
	}
	return texts
}

// Choices lists the values that the field takes.
func (Install) Choices() []string {
	return choices(InstallHelm, InstallSail, InstallValues, InstallIstioctl, InstallOperator)
}

// Choices lists the values that the field takes.
func (Stubs) Choices() []string { return choices(StubsOverlay, StubsProfile, StubsBoth) }

// Choices lists the values that the field takes.
func (Certificates) Choices() []string { return choices(Plugged, SelfSigned, CertManager) }

// Choices lists the values that the field takes.
func (Permissions) Choices() []string { return choices(DefaultPermissions, LeastPrivilege) }

// Choices lists the values that the field takes.
func (NamespacePolicy) Choices() []string {
	return choices(CreateNamespaces, MergeNamespaces, SkipNamespaces)
}

// Choices lists the values that the field takes.
func (State) Choices() []string { return choices(Joining, Active, Leaving) }

// Choices lists the values that the field takes.
func (Expose) Choices() []string {
	return choices(ExposePod, ExposeClusterIP, ExposeLoadBalancer, ExposeGateway, ExposeDedicatedGateway)
}

// ByGateway says whether a gateway stands before the control plane.
func (e Expose) ByGateway() bool { return e == ExposeGateway || e == ExposeDedicatedGateway }

// Choices lists the values that the field takes.
func (Backend) Choices() []string { return choices(SealedSecrets, SOPS, External) }

// Choices lists the values that the field takes.
func (StoreKind) Choices() []string { return choices(ClusterSecretStore, SecretStore) }

// Choices lists the values that the field takes.
func (Token) Choices() []string { return choices(TokenSecret, TokenRequest) }

// Choices lists the values that the field takes.
func (Engine) Choices() []string { return choices(EngineFlux, EngineArgoCD, EngineNone) }
