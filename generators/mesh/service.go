package mesh

import (
	"strconv"

	"github.com/isthmus-mesh/isthmus/generators/strict"
)

// A ServiceEntry names Services of one application: one written inline, or
// those of a file of manifests.
type ServiceEntry struct {
	Name        string            `yaml:"name,omitempty"`
	Namespace   string            `yaml:"namespace,omitempty"` // of a file: for those manifests that name none
	Labels      map[string]string `yaml:"labels,omitempty"`
	Annotations map[string]string `yaml:"annotations,omitempty"`

	ServiceFields `yaml:",inline"`

	File    string   `yaml:"file,omitempty"`
	Exclude []string `yaml:"exclude,omitempty"`

	Clusters []string `yaml:"clusters,omitempty" strict:"required" why:"a Service is copied from where its endpoints run to where they do not"`
	Clients  Clients  `yaml:"clients,omitempty"`

	Duplicate *bool `yaml:"duplicate,omitempty"` // false: DNS capture answers for it, no cluster gets a copy

	placement *Placement
}

// Clients are the clusters in which a Service is called: names, or labels of
// clusters; every cluster but its homes where nothing is given.
type Clients struct {
	strict.Union
	Names  []string          `strict:"sequence"`
	Labels map[string]string `yaml:"labels,omitempty"`
}

// ServiceFields are the fields of a Service's spec that keep their meaning in
// another cluster.
type ServiceFields struct {
	Type                     string            `yaml:"type,omitempty"`
	Ports                    []Port            `yaml:"ports,omitempty"`
	Selector                 map[string]string `yaml:"selector,omitempty"`
	ClusterIP                string            `yaml:"clusterIP,omitempty"` // "None" counts; an address is its home's
	ExternalName             string            `yaml:"externalName,omitempty"`
	SessionAffinity          string            `yaml:"sessionAffinity,omitempty"`
	SessionAffinityConfig    map[string]any    `yaml:"sessionAffinityConfig,omitempty"`
	PublishNotReadyAddresses bool              `yaml:"publishNotReadyAddresses,omitempty"`
	InternalTrafficPolicy    string            `yaml:"internalTrafficPolicy,omitempty"`
	TrafficDistribution      string            `yaml:"trafficDistribution,omitempty"`
	TopologyKeys             []string          `yaml:"topologyKeys,omitempty"`
}

// Headless says whether the Service has no address of its own.
func (f ServiceFields) Headless() bool { return f.ClusterIP == "None" }

// A Port is one port of a Service.
type Port struct {
	Name        string     `yaml:"name,omitempty"`
	Protocol    string     `yaml:"protocol,omitempty"`
	Port        int        `yaml:"port,omitempty" strict:"required,min=1,max=65535"`
	TargetPort  TargetPort `yaml:"targetPort,omitempty"`
	NodePort    int        `yaml:"nodePort,omitempty" strict:"min=0,max=65535"` // its home's
	AppProtocol string     `yaml:"appProtocol,omitempty"`
}

// A TargetPort is the number or the name of a container's port; the zero one
// was not given.
type TargetPort struct {
	strict.Union
	Number int    `strict:"int"`
	Name   string `strict:"string"`
}

// String gives the number or the name.
func (t TargetPort) String() string {
	if t.Number != 0 {
		return strconv.Itoa(t.Number)
	}
	return t.Name
}

// A Service is one Service of an application: what it is, and where it runs and
// is called.
type Service struct {
	Namespace   string
	Name        string
	Labels      map[string]string
	Annotations map[string]string
	Fields      ServiceFields
	Placement   *Placement // shared by the Services of one entry
}

// A Placement says where Services run and where they are called. The names are
// in the order of the mesh's clusters, and no cluster is in both lists.
type Placement struct {
	Homes   []string
	Clients []string
}
