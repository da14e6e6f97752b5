package cluster

import (
	"fmt"
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
)

// A Query asks for the objects that have the addresses of one field of a control
// plane.
type Query struct {
	Field     string // addresses, policyAddresses or telemetryAddresses
	Resource  string // pods or services
	Namespace string
	Name      string // of the one object, "" where labels choose
	Labels    string // as in app=istiod,istio=pilot
	Expose    mesh.Expose
}

// String names what is asked for as a person would.
func (q Query) String() string {
	switch {
	case q.Resource == "pods":
		return "pods " + q.Labels + " in namespace " + q.Namespace
	case q.Name == "":
		return "Service " + q.Labels + " in namespace " + q.Namespace
	}
	return "Service/" + q.Namespace + "/" + q.Name
}

// A part is one program of a control plane that remotes call.
type part struct {
	field   string
	service string // that the release's own charts make
	labels  string // of its pods
}

// Queries gives what to ask the cluster of a control plane: for its addresses,
// and on 1.4 and 1.5 for those of Mixer that mesh.yaml holds. The Service of a
// gateway that somebody else has made is known by its labels alone, which are those
// of its pods in every chart of Istio.
func Queries(m *mesh.Mesh, c *mesh.Cluster) []Query {
	cp := c.ControlPlane
	var all []Query
	for _, p := range parts(m, c) {
		q := Query{Field: p.field, Resource: "services", Namespace: m.Spec.Istio.Namespace, Name: p.service, Expose: cp.Expose}
		switch {
		case cp.Expose == mesh.ExposePod:
			q.Resource, q.Name, q.Labels = "pods", "", p.labels
		case cp.Expose == mesh.ExposeDedicatedGateway:
			q.Namespace, q.Name = cp.Gateway.Namespace, cp.Gateway.Name
		case cp.Expose == mesh.ExposeGateway:
			q.Namespace, q.Name, q.Labels = cp.Gateway.Namespace, "", selector(cp.Gateway.Selector)
		case !c.Dialect().Old():
			q.Name += "-remotes" // the stock Service lacks the injector's port
		}
		all = append(all, q)
	}
	return all
}

// parts gives the parts of a control plane with the names and labels that each
// release gives them: istio/installer release-1.4 (istio-control/istio-discovery,
// istio-policy and istio-telemetry), istio/istio 1.5.10 manifests/istio-control,
// and the istiod chart of 1.24 to 1.30. On 1.5 the label istio=pilot is on both
// programs, and app=istiod on the one that signs.
func parts(m *mesh.Mesh, c *mesh.Cluster) []part {
	istiod := part{field: "addresses", service: "istiod", labels: "app=istiod,istio=pilot"}
	switch revision := m.Spec.Istio.Revision; {
	case c.Dialect() == mesh.Dialect14:
		istiod.service, istiod.labels = "istio-pilot", "istio=pilot"
	case c.Dialect() == mesh.Dialect150 && c.ControlPlane.Expose == mesh.ExposeClusterIP:
		istiod.service = "istio-pilot" // whose ports the stub of that release has
	case revision != "":
		istiod.service, istiod.labels = "istiod-"+revision, "app=istiod,istio.io/rev="+revision
	}
	all := []part{istiod}
	at := fmt.Sprintf("spec.clusters[%d].controlPlane.", slices.IndexFunc(m.Spec.Clusters, func(o mesh.Cluster) bool { return o.Name == c.Name }))
	if m.Has(at+"policyAddresses") && len(c.ControlPlane.PolicyAddresses) > 0 {
		all = append(all, part{"policyAddresses", "istio-policy", "istio=mixer,istio-mixer-type=policy"})
	}
	if m.Has(at+"telemetryAddresses") && len(c.ControlPlane.TelemetryAddresses) > 0 {
		all = append(all, part{"telemetryAddresses", "istio-telemetry", "istio=mixer,istio-mixer-type=telemetry"})
	}
	return all
}

// selector writes labels as a request takes them.
func selector(labels map[string]string) string {
	var all []string
	for key, value := range labels {
		all = append(all, key+"="+value)
	}
	slices.Sort(all)
	return strings.Join(all, ",")
}

// addressesOf gives the addresses that a mesh names in a field.
func addressesOf(cp *mesh.ControlPlane, field string) []mesh.Address {
	switch field {
	case "policyAddresses":
		return cp.PolicyAddresses
	case "telemetryAddresses":
		return cp.TelemetryAddresses
	}
	return cp.Addresses
}
