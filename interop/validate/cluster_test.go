package validate_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/isthmus-mesh/isthmus/interop/validate"
)

func TestCluster(t *testing.T) {
	const (
		service   = "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec: {clusterIP: None, ports: [{name: http, port: 80}]}\n---\n"
		selecting = "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec: {selector: {app: web}, ports: [{name: http, port: 80}]}\n---\n"
		endpoints = "apiVersion: v1\nkind: Endpoints\nmetadata: {name: web, namespace: shop}\nsubsets: [{addresses: [{ip: 10.8.0.5}], ports: [{name: http, port: 80}]}]\n---\n"
		other     = "apiVersion: v1\nkind: Endpoints\nmetadata: {name: web, namespace: shop}\nsubsets: [{addresses: [{ip: 10.8.0.5}], ports: [{name: https, port: 80}]}]\n---\n"
		slice     = "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: web-1, namespace: shop, labels: {kubernetes.io/service-name: web}}\naddressType: IPv4\nendpoints: [{addresses: [10.8.0.5]}]\nports: [{name: http, port: 80}]\n---\n"
		beta      = "apiVersion: discovery.k8s.io/v1beta1\nkind: EndpointSlice\nmetadata: {name: web-1, namespace: shop, labels: {kubernetes.io/service-name: web}}\naddressType: IPv4\nendpoints: [{addresses: [10.8.0.5]}]\nports: [{name: http, port: 80}]\n---\n"
	)
	for _, test := range []struct {
		name string
		text string
		want string
	}{
		{name: "stub", text: service + endpoints},
		{name: "stub by slice", text: service + slice},
		{name: "Service alone", text: selecting},
		{name: "no Service", text: endpoints, want: "Endpoints/shop/web: subsets[0]: no Service shop/web to go with it"},
		{name: "no Service for a slice", text: slice, want: "EndpointSlice/shop/web-1: no Service shop/web to go with it"},
		{name: "selector", text: selecting + endpoints, want: "Endpoints/shop/web: subsets[0]: Service shop/web has a selector, so Kubernetes would replace the addresses"},
		{name: "other ports", text: service + other, want: "Endpoints/shop/web: subsets[0]: ports \"https\"/TCP, and those of Service shop/web are \"http\"/TCP"},
		{name: "twice", text: service + service, want: "Service/shop/web: twice in one cluster"},
		{name: "twice by another version", text: service + slice + beta, want: "EndpointSlice/shop/web-1: twice in one cluster"},
	} {
		t.Run(test.name, func(t *testing.T) {
			documents, err := validate.Documents([]byte(test.text))
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if err := errors.Join(validate.Cluster(documents)...); err != nil {
				got = err.Error()
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}
