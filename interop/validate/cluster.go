package validate

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	discoveryv1 "k8s.io/api/discovery/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	"k8s.io/kubernetes/pkg/apis/core"
	"k8s.io/kubernetes/pkg/apis/discovery"
)

// Cluster returns what is wrong between the valid objects of one cluster: an
// object that is there twice, and a stub that would carry no traffic, which is
// Endpoints or an EndpointSlice whose Service is missing, has a selector (the
// controller of Kubernetes then writes the endpoints itself) or names other
// ports (kube-proxy and DNS join the two by port name).
func Cluster(documents []Document) []error {
	var problems []error
	seen := map[string]bool{}
	services := map[string]*core.Service{}
	var stubs []stub
	for _, document := range documents {
		group, _, found := strings.Cut(document.APIVersion, "/")
		if !found {
			group = ""
		}
		// Not the version: v1 and v1beta1 of a kind are one object in the cluster.
		if id := group + " " + document.String(); seen[id] {
			problems = append(problems, fmt.Errorf("%s: twice in one cluster", document))
			continue
		} else {
			seen[id] = true
		}
		if !legacyscheme.Scheme.Recognizes(schema.FromAPIVersionAndKind(document.APIVersion, document.Kind)) {
			continue // not of Kubernetes itself, so no stub
		}
		object, err := Decode(document)
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", document, err))
			continue
		}
		switch object := object.(type) {
		case *core.Service:
			services[object.Namespace+"/"+object.Name] = object
		case *core.Endpoints:
			for i, subset := range object.Subsets {
				s := stub{at: fmt.Sprintf("%s: subsets[%d]", document, i), service: object.Namespace + "/" + object.Name}
				for _, port := range subset.Ports {
					s.ports = append(s.ports, portKey(port.Name, string(port.Protocol)))
				}
				stubs = append(stubs, s)
			}
		case *discovery.EndpointSlice:
			s := stub{at: document.String(), service: object.Namespace + "/" + object.Labels[discoveryv1.LabelServiceName]}
			for _, port := range object.Ports {
				// Validation has filled in both; a nil is that of a wildcard port.
				if port.Name != nil && port.Protocol != nil {
					s.ports = append(s.ports, portKey(*port.Name, string(*port.Protocol)))
				}
			}
			stubs = append(stubs, s)
		}
	}
	for _, stub := range stubs {
		if err := stub.check(services[stub.service]); err != nil {
			problems = append(problems, err)
		}
	}
	return problems
}

// A stub is one list of addresses and ports for a Service without a selector.
type stub struct {
	at      string
	service string
	ports   []string
}

func (s stub) check(service *core.Service) error {
	if service == nil {
		return fmt.Errorf("%s: no Service %s to go with it", s.at, s.service)
	}
	if len(service.Spec.Selector) > 0 {
		return fmt.Errorf("%s: Service %s has a selector, so Kubernetes would replace the addresses", s.at, s.service)
	}
	want := map[string]bool{}
	for _, port := range service.Spec.Ports {
		want[portKey(port.Name, string(port.Protocol))] = true
	}
	have := map[string]bool{}
	for _, port := range s.ports {
		have[port] = true
	}
	if !maps.Equal(want, have) {
		return fmt.Errorf("%s: ports %s, and those of Service %s are %s", s.at, names(have), s.service, names(want))
	}
	return nil
}

func portKey(name, protocol string) string {
	return fmt.Sprintf("%q/%s", name, protocol)
}

func names(set map[string]bool) string {
	return strings.Join(slices.Sorted(maps.Keys(set)), ", ")
}
