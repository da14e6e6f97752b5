package cluster

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
)

// An object is what is read of a pod, of a Service, or of a list of them.
type object struct {
	Kind     string `json:"kind"`
	Metadata struct {
		Name              string `json:"name"`
		DeletionTimestamp string `json:"deletionTimestamp"`
	} `json:"metadata"`
	Spec struct {
		Type       string   `json:"type"`
		ClusterIP  string   `json:"clusterIP"`
		ClusterIPs []string `json:"clusterIPs"`
	} `json:"spec"`
	Status struct {
		Phase  string `json:"phase"`
		PodIP  string `json:"podIP"`
		PodIPs []struct {
			IP string `json:"ip"`
		} `json:"podIPs"`
		Conditions   []condition `json:"conditions"`
		LoadBalancer struct {
			Ingress []struct {
				IP       string `json:"ip"`
				Hostname string `json:"hostname"`
			} `json:"ingress"`
		} `json:"loadBalancer"`
	} `json:"status"`
	Items []object `json:"items"`
}

type condition struct {
	Type   string `json:"type"`
	Status string `json:"status"`
}

// An Answer is where a part of a control plane is reached: by addresses, sorted,
// or by a name where its load balancer has no address.
type Answer struct {
	Addresses []netip.Addr
	Hostname  string
}

// Answer reads what a cluster gave for the query: an object or a list as JSON,
// nothing where there is no such object. It is an error, with what to do, that
// there is none, or none that is ready.
func (q Query) Answer(data []byte) (Answer, error) {
	if len(data) == 0 {
		return Answer{}, q.absent()
	}
	var o object
	if err := json.Unmarshal(data, &o); err != nil {
		return Answer{}, fmt.Errorf("%s: %w", q, err)
	}
	var texts []string
	var err error
	switch {
	case q.Resource == "pods":
		texts, err = q.pods(o.Items)
	case q.Expose == mesh.ExposeClusterIP:
		texts, err = q.clusterIPs(&o)
	default:
		services := o.Items
		if q.Name != "" {
			services = []object{o}
		}
		var name string
		if texts, name, err = q.ingress(services); name != "" {
			return Answer{Hostname: name}, nil
		}
	}
	if err != nil {
		return Answer{}, err
	}
	return q.parsed(texts)
}

// parsed reads addresses by the rules of mesh.yaml.
func (q Query) parsed(texts []string) (Answer, error) {
	var all Answer
	for _, text := range texts {
		var a mesh.Address
		if err := a.UnmarshalText([]byte(text)); err != nil {
			var p *diag.Problem
			if errors.As(err, &p) {
				return Answer{}, &diag.Problem{What: fmt.Sprintf("%s: %s", q, p.What), Why: p.Why}
			}
			return Answer{}, fmt.Errorf("%s: %w", q, err)
		}
		if !slices.Contains(all.Addresses, a.Addr) {
			all.Addresses = append(all.Addresses, a.Addr)
		}
	}
	slices.SortFunc(all.Addresses, netip.Addr.Compare)
	return all, nil
}

// pods gives the addresses of those that run, are ready, and are not about to go.
func (q Query) pods(pods []object) ([]string, error) {
	var texts []string
	for _, pod := range pods {
		if !slices.Contains(pod.Status.Conditions, condition{"Ready", "True"}) || pod.Status.Phase != "Running" || pod.Metadata.DeletionTimestamp != "" {
			continue
		}
		if len(pod.Status.PodIPs) == 0 && pod.Status.PodIP != "" {
			texts = append(texts, pod.Status.PodIP) // Kubernetes before 1.16
		}
		for _, ip := range pod.Status.PodIPs {
			texts = append(texts, ip.IP)
		}
	}
	switch {
	case len(pods) == 0:
		return nil, q.absent()
	case len(texts) == 0:
		return nil, &diag.Problem{
			What: fmt.Sprintf("%s: none of %d is ready", q, len(pods)),
			Why:  "the address of one that is not would cut the remotes off",
			Fix:  fmt.Sprintf("wait until one is, or see why not: kubectl -n %s describe pods -l %s", q.Namespace, q.Labels),
		}
	}
	return texts, nil
}

// clusterIPs gives the addresses of a Service inside its cluster.
func (q Query) clusterIPs(service *object) ([]string, error) {
	texts := service.Spec.ClusterIPs
	if len(texts) == 0 && service.Spec.ClusterIP != "" {
		texts = []string{service.Spec.ClusterIP} // Kubernetes before 1.20
	}
	if len(texts) == 0 || texts[0] == "None" {
		return nil, &diag.Problem{What: fmt.Sprintf("%s: has no address of its own", q), Why: "with expose: clusterIP the remotes call it by one", Fix: "give it a clusterIP, or choose another expose"}
	}
	return texts, nil
}

// ingress gives the addresses of the load balancers of Services, or the name of
// one where none has an address.
func (q Query) ingress(services []object) (texts []string, name string, err error) {
	balanced := false
	for _, s := range services {
		balanced = balanced || s.Spec.Type == "LoadBalancer"
		for _, in := range s.Status.LoadBalancer.Ingress {
			if in.IP != "" {
				texts = append(texts, in.IP)
			} else if name == "" {
				name = in.Hostname
			}
		}
	}
	switch {
	case len(services) == 0:
		return nil, "", q.absent()
	case len(texts) > 0:
		return texts, "", nil
	case name != "":
		return nil, name, nil
	case !balanced:
		return nil, "", &diag.Problem{What: fmt.Sprintf("%s: is of type %s", q, services[0].Spec.Type), Why: fmt.Sprintf("with expose: %s the remotes call its load balancer", q.Expose), Fix: "make it a LoadBalancer, or give the addresses with --address"}
	}
	which := q.Name
	if which == "" {
		which = "-l " + q.Labels
	}
	return nil, "", &diag.Problem{What: fmt.Sprintf("%s: its load balancer has no address yet", q), Fix: fmt.Sprintf("wait until it has one, or see why not: kubectl -n %s describe service %s", q.Namespace, which)}
}

// absent says that the cluster has nothing of what was asked for.
func (q Query) absent() error {
	p := &diag.Problem{What: fmt.Sprintf("the cluster has no %s", q)}
	switch {
	case q.Resource == "pods":
		p.Fix = "install the control plane first, or correct istio.version, istio.revision and istio.namespace"
	case q.Expose == mesh.ExposeDedicatedGateway:
		p.Fix = "install the gateway first, or correct the name and namespace of controlPlane.gateway"
	case q.Expose == mesh.ExposeGateway:
		p.Fix = "install the gateway first, correct the namespace and selector of controlPlane.gateway, or give the addresses with --address"
	default:
		p.Fix = "apply the overlay of that cluster first, or correct expose"
	}
	return p
}
