package charts

import (
	"fmt"
	"strings"

	"github.com/google/go-cmp/cmp"

	"github.com/isthmus-mesh/isthmus/interop/validate"
)

// checkStub holds a stub in the overlay equal to the one that the chart would
// make for each of its addresses: the Service's ports and type, and the ports
// and the family of every EndpointSlice. How many addresses there are, and what
// the objects are labelled with, is the overlay's own affair.
func (c Cluster) checkStub(revision, name string, objects []validate.Document) []error {
	var problems []error
	service := find(objects, "Service", c.Namespace, name)
	compare := func(address string, slice *validate.Document) {
		release := Release{Chart: "istiod", Name: "istiod", Namespace: c.Namespace, From: "stub", Values: map[string]any{
			"profile": "remote", "revision": revision,
			"global":       map[string]any{"remotePilotAddress": address},
			"istiodRemote": map[string]any{"enabledLocalInjectorIstiod": c.LocalInjector},
		}}
		rendered, err := release.Render()
		if err != nil {
			problems = append(problems, err)
			return
		}
		if want := find(rendered, "Service", c.Namespace, name); want == nil {
			problems = append(problems, fmt.Errorf("%s: the chart makes no such Service", service))
		} else if diff := cmp.Diff(stubSpec(*want), stubSpec(*service)); diff != "" {
			problems = append(problems, fmt.Errorf("%s: not as the chart makes it (-chart +overlay):\n%s", service, diff))
		}
		if slice == nil {
			return
		}
		if want := find(rendered, "EndpointSlice", c.Namespace, name); want == nil {
			problems = append(problems, fmt.Errorf("%s: the chart makes none for %s", slice, address))
		} else if diff := cmp.Diff(sliceSpec(*want), sliceSpec(*slice)); diff != "" {
			problems = append(problems, fmt.Errorf("%s: not as the chart makes it (-chart +overlay):\n%s", slice, diff))
		}
	}
	if host := text(service.Value, "spec", "externalName"); host != "" {
		compare(host, nil)
		return problems
	}
	addressed := 0
	for _, document := range objects {
		labels := object(document.Value, "metadata", "labels")
		if document.Kind != "EndpointSlice" || document.Namespace != c.Namespace || labels["kubernetes.io/service-name"] != name {
			continue
		}
		endpoints, _ := document.Value["endpoints"].([]any)
		for _, item := range endpoints {
			endpoint, _ := item.(map[string]any)
			addresses, _ := endpoint["addresses"].([]any)
			for _, address := range addresses {
				addressed++
				compare(fmt.Sprint(address), &document)
			}
		}
		if labels["endpointslice.kubernetes.io/managed-by"] == nil {
			problems = append(problems, fmt.Errorf("%s: needs the label endpointslice.kubernetes.io/managed-by, or the controllers of Kubernetes may take it for theirs", document))
		}
	}
	if addressed == 0 {
		problems = append(problems, fmt.Errorf("%s: no EndpointSlice with an address, and no externalName", service))
	}
	return problems
}

// stubSpec leaves out the family policy: the chart has a value for it.
func stubSpec(service validate.Document) map[string]any {
	spec := map[string]any{}
	for key, value := range object(service.Value, "spec") {
		if !strings.HasPrefix(key, "ipFamil") {
			spec[key] = value
		}
	}
	if spec["type"] == "ClusterIP" {
		delete(spec, "type") // the default
	}
	return spec
}

func sliceSpec(slice validate.Document) map[string]any {
	return map[string]any{"addressType": slice.Value["addressType"], "ports": slice.Value["ports"]}
}

func find(documents []validate.Document, kind, namespace, name string) *validate.Document {
	for i, document := range documents {
		if document.Kind == kind && document.Namespace == namespace && document.Name == name {
			return &documents[i]
		}
	}
	return nil
}
