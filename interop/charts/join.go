package charts

import (
	"fmt"
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/interop/validate"
)

// checkSelectors wants what the overlay adds in front of a chart's Pods to
// select them: a Service beside a Deployment, and the Gateway of a dedicated
// gateway. A label that is off by a revision makes a load balancer without
// backends, and nothing says so.
func (c Cluster) checkSelectors(objects, rendered []validate.Document) []error {
	pods := map[string][]map[string]any{} // labels, by namespace
	for _, document := range slices.Concat(objects, rendered) {
		if document.Kind == "Deployment" {
			pods[document.Namespace] = append(pods[document.Namespace], object(document.Value, "spec", "template", "metadata", "labels"))
		}
	}
	var problems []error
	for _, document := range objects {
		selector := object(document.Value, "spec", "selector")
		gateway := document.Kind == "Gateway" && c.Dedicated
		service := document.Kind == "Service" && len(pods[document.Namespace]) > 0
		if len(selector) == 0 || !gateway && !service {
			continue
		}
		selected := func(labels map[string]any) bool {
			for key, value := range selector {
				if labels[key] != value {
					return false
				}
			}
			return true
		}
		// A Gateway selects Pods in every namespace (istio/api,
		// networking/v1alpha3/gateway.proto, selector).
		found := slices.ContainsFunc(pods[document.Namespace], selected)
		for _, labels := range pods {
			found = found || gateway && slices.ContainsFunc(labels, selected)
		}
		if !found {
			problems = append(problems, fmt.Errorf("%s: spec.selector: no Pod of a chart or of the overlay has these labels", document))
		}
	}
	return problems
}

// checkRoutes wants every host that a VirtualService sends to, by its name in
// the cluster, to be a Service of a chart or of the overlay, with the port.
func checkRoutes(objects, rendered []validate.Document) []error {
	services := map[string]validate.Document{}
	for _, document := range slices.Concat(objects, rendered) {
		if document.Kind == "Service" {
			services[document.Name+"."+document.Namespace] = document
		}
	}
	var problems []error
	for _, document := range objects {
		if document.Kind != "VirtualService" {
			continue
		}
		routes, _ := object(document.Value, "spec")["tls"].([]any)
		for i, item := range routes {
			route, _ := item.(map[string]any)
			targets, _ := route["route"].([]any)
			for _, item := range targets {
				target, _ := item.(map[string]any)
				host := text(target, "destination", "host")
				name, _, _ := strings.Cut(host, ".svc.")
				number := object(target, "destination", "port")["number"]
				service, ok := services[name]
				switch {
				case !ok:
					problems = append(problems, fmt.Errorf("%s: spec.tls[%d]: no Service %s to send to", document, i, host))
				case !hasPort(service, number):
					problems = append(problems, fmt.Errorf("%s: spec.tls[%d]: %s has no port %v", document, i, service, number))
				}
			}
		}
	}
	return problems
}

func hasPort(service validate.Document, number any) bool {
	ports, _ := object(service.Value, "spec")["ports"].([]any)
	return slices.ContainsFunc(ports, func(item any) bool {
		port, _ := item.(map[string]any)
		return port["port"] == number
	})
}

// checkDrift wants the engine to overlook what istiod writes into webhooks: the
// certificate into each (istio:pkg/webhooks/webhookpatch.go and
// validation/controller), and failurePolicy into those that validate. Without
// it the two write over each other for ever.
func checkDrift(release Release, documents []validate.Document) []error {
	if release.overlooks == nil {
		return nil
	}
	var problems []error
	for _, document := range documents {
		validating := document.Kind == "ValidatingWebhookConfiguration"
		if document.Kind != "MutatingWebhookConfiguration" && !validating {
			continue
		}
		webhooks, _ := document.Value["webhooks"].([]any)
		for i := range webhooks {
			fields := []string{"clientConfig/caBundle"}
			if validating {
				fields = append(fields, "failurePolicy")
			}
			for _, field := range fields {
				if !release.overlooks(document.Kind, i, field) {
					problems = append(problems, fmt.Errorf("%s: %s: webhooks/%d/%s: istiod writes it, and nothing makes the engine overlook that", release, document, i, field))
				}
			}
		}
	}
	return problems
}

// overlooksFlux reads spec.driftDetection of a HelmRelease.
func overlooksFlux(spec map[string]any) func(kind string, i int, field string) bool {
	if mode := text(spec, "driftDetection", "mode"); mode != "enabled" && mode != "warn" {
		return nil // nothing is looked at
	}
	rules, _ := object(spec, "driftDetection")["ignore"].([]any)
	return func(kind string, i int, field string) bool {
		return slices.ContainsFunc(rules, func(item any) bool {
			rule, _ := item.(map[string]any)
			paths, _ := rule["paths"].([]any)
			target := text(rule, "target", "kind")
			return (target == "" || target == kind) && slices.Contains(paths, any(fmt.Sprintf("/webhooks/%d/%s", i, field)))
		})
	}
}

// overlooksArgoCD reads spec.ignoreDifferences of an Application.
func overlooksArgoCD(spec map[string]any) func(kind string, i int, field string) bool {
	rules, _ := spec["ignoreDifferences"].([]any)
	return func(kind string, i int, field string) bool {
		return slices.ContainsFunc(rules, func(item any) bool {
			rule, _ := item.(map[string]any)
			pointers, _ := rule["jsonPointers"].([]any)
			queries, _ := rule["jqPathExpressions"].([]any)
			if text(rule, "group") != "admissionregistration.k8s.io" || text(rule, "kind") != kind {
				return false
			}
			query := ".webhooks[]?." + strings.ReplaceAll(field, "/", ".")
			return slices.Contains(queries, any(query)) || slices.Contains(queries, any(strings.Replace(query, "[]?", "[]", 1))) ||
				slices.Contains(pointers, any(fmt.Sprintf("/webhooks/%d/%s", i, field)))
		})
	}
}
