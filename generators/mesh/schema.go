package mesh

import (
	"net/netip"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/seal"
	"github.com/isthmus-mesh/isthmus/generators/strict"
)

// APIVersion and Kind are what a mesh.yaml says of itself.
const (
	APIVersion = "isthmus.dev/v1alpha1"
	Kind       = "Mesh"
)

// A Mesh is one valid topology.
type Mesh struct {
	APIVersion string   `yaml:"apiVersion" strict:"required"`
	Kind       string   `yaml:"kind" strict:"required"`
	Metadata   Metadata `yaml:"metadata" strict:"required"`
	Spec       Spec     `yaml:"spec" strict:"required"`

	// Services are the Services of the applications, inline ones and those of
	// files, sorted by namespace and name.
	Services []Service `yaml:"-"`

	// Authorities are the public certificates of the mesh, where it is plugged
	// with them.
	Authorities Authorities `yaml:"-"`

	// Sealed are the sealed Secrets that lie beside mesh.yaml, by cluster and
	// name, Tokens the generations of token Secrets of clusters whose token was
	// replaced, and Origins the token Secrets that what is sealed comes from. An
	// inlined mesh has none.
	Sealed  []seal.File         `yaml:"-"`
	Tokens  map[string][]int    `yaml:"-"`
	Pins    map[string]string   `yaml:"-"` // the sealing keys that clusters are known to have
	Origins map[string][]string `yaml:"-"`

	// Puts are what isthmus put into an external store, by the names of the
	// entries without their prefix, and Removed the clusters whose remote Secret
	// was taken away from the control planes. An inlined mesh has none.
	Puts    map[string]seal.Put `yaml:"-"`
	Removed map[string]bool     `yaml:"-"`

	source []byte           // the file itself
	doc    *strict.Document // the same, read
}

// Pos gives the place in mesh.yaml of a field, for what is found wrong with it
// later than Load can; none in an inlined mesh.
func (m *Mesh) Pos(path string) diag.Position {
	if m.doc == nil {
		return diag.Position{}
	}
	return m.doc.Pos(path)
}

// Has says whether mesh.yaml holds a field: one that it leaves out may have a
// default. An inlined mesh has none.
func (m *Mesh) Has(path string) bool { return m.doc != nil && m.doc.Has(path) }

// Metadata names the mesh.
type Metadata struct {
	Name        string            `yaml:"name" strict:"required"`
	Labels      map[string]string `yaml:"labels"`
	Annotations map[string]string `yaml:"annotations"`
}

// Spec is what a mesh.yaml decides.
type Spec struct {
	Istio             Istio           `yaml:"istio" strict:"required"`
	MeshID            string          `yaml:"meshID"`
	TrustDomain       string          `yaml:"trustDomain"`
	Network           string          `yaml:"network"`
	KubernetesVersion Version         `yaml:"kubernetesVersion"`
	Security          Security        `yaml:"security"`
	Injection         Injection       `yaml:"injection"`
	Namespaces        NamespacePolicy `yaml:"namespaces"`
	DNS               DNS             `yaml:"dns"`
	Tracing           Tracing         `yaml:"tracing"`
	Clusters          []Cluster       `yaml:"clusters" strict:"required"`
	Services          []ServiceEntry  `yaml:"services"`
	Secrets           Secrets         `yaml:"secrets"`
	Delivery          Delivery        `yaml:"delivery"`
	Silence           []Silence       `yaml:"silence"`
}

// Istio says which release runs, and how it is installed.
type Istio struct {
	Version       Version        `yaml:"version" strict:"required" why:"the release decides what is rendered"`
	Namespace     string         `yaml:"namespace"`
	ClusterDomain string         `yaml:"clusterDomain"`
	Revision      string         `yaml:"revision"`
	RevisionTags  []string       `yaml:"revisionTags"`
	Canary        *Canary        `yaml:"canary"`
	Hub           string         `yaml:"hub"`
	Tag           string         `yaml:"tag"`
	Install       Install        `yaml:"install"`
	Stubs         Stubs          `yaml:"stubs"`
	Charts        Charts         `yaml:"charts"`
	CNI           bool           `yaml:"cni"`
	Values        map[string]any `yaml:"values"`
}

// A Canary is a second control plane beside the first, for as long as workloads
// move from one revision to the other.
type Canary struct {
	Version      Version  `yaml:"version" strict:"required"`
	Revision     string   `yaml:"revision" strict:"required"`
	RevisionTags []string `yaml:"revisionTags"`
}

// Charts is where the release's Helm charts come from.
type Charts struct {
	URL string `yaml:"url"`
}

// Security holds the two kinds of mutual TLS and who signs.
type Security struct {
	MutualTLS               bool         `yaml:"mutualTLS"`            // between workloads
	ControlPlaneSecurity    bool         `yaml:"controlPlaneSecurity"` // between proxies and the control plane; a choice on 1.4 only
	Certificates            Certificates `yaml:"certificates"`
	AllowSampleCertificates bool         `yaml:"allowSampleCertificates"`
	CertManager             IstioCSR     `yaml:"certManager"`
	Reader                  Reader       `yaml:"reader"`
}

// IstioCSR is cert-manager's agent for Istio, which runs in every cluster and has
// workloads' certificates signed by an issuer there.
type IstioCSR struct {
	Version string `yaml:"version"` // of its chart
	Issuer  Issuer `yaml:"issuer"`
}

// Issuer refers to an issuer of cert-manager, of one name in every cluster.
type Issuer struct {
	Name  string `yaml:"name"`
	Kind  string `yaml:"kind"` // an Issuer lies in Istio's namespace
	Group string `yaml:"group"`
}

// Reader is the account through which the control plane reads a remote.
type Reader struct {
	Permissions Permissions `yaml:"permissions"`
}

// Injection says which namespaces get sidecars, in every cluster.
type Injection struct {
	Automatic  bool     `yaml:"automatic"`
	Namespaces []string `yaml:"namespaces"`
}

// DNS is how proxies resolve the names of other clusters' Services.
type DNS struct {
	Capture bool `yaml:"capture"`
}

// Tracing is where spans go.
type Tracing struct {
	Zipkin string `yaml:"zipkin"` // host:port, reachable from every cluster
}

// A Cluster is one Kubernetes cluster of the mesh.
type Cluster struct {
	Name                 string            `yaml:"name" strict:"required"`
	Labels               map[string]string `yaml:"labels"`
	APIServer            string            `yaml:"apiServer" strict:"required" why:"the control plane reads every remote through it"`
	KubernetesVersion    Version           `yaml:"kubernetesVersion"`
	Version              Version           `yaml:"version"` // of Istio, where it differs during an upgrade
	Network              string            `yaml:"network"`
	PodCIDRs             []netip.Prefix    `yaml:"podCIDRs" strict:"required" why:"pod addresses must be unique over the mesh"`
	ServiceCIDRs         []netip.Prefix    `yaml:"serviceCIDRs" strict:"required" why:"Service addresses must be unique over the mesh"`
	ServiceCIDRsRoutable bool              `yaml:"serviceCIDRsRoutable"`
	ControlPlane         *ControlPlane     `yaml:"controlPlane"`
	RemoteOf             string            `yaml:"remoteOf"`
	State                State             `yaml:"state"`
	Injection            *bool             `yaml:"injection"`
	IngressGateway       bool              `yaml:"ingressGateway"`
	LocalInjector        bool              `yaml:"localInjector"`
	Patches              []Patch           `yaml:"patches"`
	Values               map[string]any    `yaml:"values"`
	Delivery             ClusterDelivery   `yaml:"delivery"`
}

// A ControlPlane says how the control plane of its cluster is reached.
type ControlPlane struct {
	Expose             Expose         `yaml:"expose"`
	Addresses          []Address      `yaml:"addresses"`
	Hostname           string         `yaml:"hostname"`
	PolicyAddresses    []Address      `yaml:"policyAddresses"`    // of Mixer: 1.4, and 1.5 where it is switched on
	TelemetryAddresses []Address      `yaml:"telemetryAddresses"` // of Mixer
	Service            ExposedService `yaml:"service"`
	Gateway            Gateway        `yaml:"gateway"`
}

// An ExposedService shapes the load balancer in front of a control plane.
type ExposedService struct {
	Annotations              map[string]string `yaml:"annotations"`
	LoadBalancerIP           string            `yaml:"loadBalancerIP"`
	LoadBalancerClass        string            `yaml:"loadBalancerClass"`
	LoadBalancerSourceRanges []netip.Prefix    `yaml:"loadBalancerSourceRanges"`
}

// A Gateway is the ingress gateway in front of a control plane.
type Gateway struct {
	Name      string            `yaml:"name"`
	Namespace string            `yaml:"namespace"`
	Selector  map[string]string `yaml:"selector"`
}

// A Patch changes rendered objects: the Patch of fluxcd/pkg/apis/kustomize.
type Patch struct {
	Patch  string    `yaml:"patch" strict:"required"`
	Target *Selector `yaml:"target"`
}

// A Selector chooses the objects that a Patch changes.
type Selector struct {
	Group              string `yaml:"group"`
	Version            string `yaml:"version"`
	Kind               string `yaml:"kind"`
	Namespace          string `yaml:"namespace"`
	Name               string `yaml:"name"`
	AnnotationSelector string `yaml:"annotationSelector"`
	LabelSelector      string `yaml:"labelSelector"`
}

// Secrets is how credentials are kept in Git.
type Secrets struct {
	Backend  Backend `yaml:"backend"`
	External Entries `yaml:"external"`
	Token    Token   `yaml:"token"`
}

// Entries are where an external store keeps credentials: one entry each, whose
// name is that of the Secret with the prefix before it.
type Entries struct {
	Store  StoreRef `yaml:"store"`
	Prefix string   `yaml:"prefix"`
}

// A StoreRef refers to a store of the external-secrets operator, of one name in
// every cluster that takes Secrets from it.
type StoreRef struct {
	Kind StoreKind `yaml:"kind"` // a SecretStore lies in Istio's namespace
	Name string    `yaml:"name"`
}

// Delivery is who syncs the overlays.
type Delivery struct {
	Engine Engine `yaml:"engine"`
	Path   string `yaml:"path"`
	Flux   Flux   `yaml:"flux"`
	ArgoCD ArgoCD `yaml:"argocd"`
}

// ClusterDelivery is what a cluster overrides of the Delivery.
type ClusterDelivery struct {
	Engine Engine `yaml:"engine"`
}

// Flux is where Flux runs and what it reads.
type Flux struct {
	Namespace string       `yaml:"namespace"`
	Source    FluxSource   `yaml:"source"`
	Interval  string       `yaml:"interval"`
	DependsOn []Dependency `yaml:"dependsOn"`
	Hub       FluxHub      `yaml:"hub"`
}

// A FluxSource is the source that holds the overlays.
type FluxSource struct {
	Kind      string `yaml:"kind"`
	Name      string `yaml:"name"`
	Namespace string `yaml:"namespace"` // where it is not that of Flux
}

// A Dependency is a Kustomization that must be ready before.
type Dependency struct {
	Name      string `yaml:"name" strict:"required"`
	Namespace string `yaml:"namespace"`
}

// A FluxHub is the cluster whose Flux delivers to all. It has a Secret with the
// kubeconfig of each other cluster: its name, with <cluster> standing for the
// cluster's, lies in the namespace of Flux.
type FluxHub struct {
	Cluster          string `yaml:"cluster"`
	KubeConfigSecret string `yaml:"kubeConfigSecret"`
}

// ArgoCD is where Argo CD runs and what it reads.
type ArgoCD struct {
	Cluster           string `yaml:"cluster"`
	Namespace         string `yaml:"namespace"`
	RepoURL           string `yaml:"repoURL"`
	TargetRevision    string `yaml:"targetRevision"`
	Project           string `yaml:"project"`
	EndpointsIncluded bool   `yaml:"endpointsIncluded"`
}

// Silence keeps what one rule warns of or notes from being reported.
type Silence struct {
	Rule   string `yaml:"rule" strict:"required"`
	Reason string `yaml:"reason" strict:"required"`
}
