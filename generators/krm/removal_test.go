package krm

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What is deleted first refuses or acts on what is deleted later.
func TestSortRemoval(t *testing.T) {
	var objects []*Object
	for _, id := range []Identity{ // in the order of installation
		{"v1", "Namespace", "", "istio-system"},
		{"apiextensions.k8s.io/v1", "CustomResourceDefinition", "", "gateways.networking.istio.io"},
		{"v1", "ServiceAccount", "istio-system", "reader"},
		{"rbac.authorization.k8s.io/v1", "ClusterRole", "", "reader"},
		{"rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "", "reader"},
		{"v1", "Service", "istio-system", "istiod"},
		{"discovery.k8s.io/v1", "EndpointSlice", "istio-system", "istiod"},
		{"helm.toolkit.fluxcd.io/v2", "HelmRelease", "istio-system", "istiod"},
		{"networking.istio.io/v1", "Gateway", "istio-system", "istiod-gateway"},
		{"sailoperator.io/v1", "Istio", "", "default"},
		{"admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", "", "injector"},
		{"v1", "Namespace", "", "shop"},
		{"v1", "Service", "shop", "cart"},
		{"example.com/v1", "Namespace", "shop", "no Namespace"},
	} {
		objects = append(objects, &Object{Identity: id})
	}
	SortRemoval(objects)
	var got []string
	for _, o := range objects {
		got = append(got, o.String())
	}
	want := []string{
		"MutatingWebhookConfiguration/injector",
		"Namespace/shop/no Namespace",
		"Istio/default",
		"Gateway/istio-system/istiod-gateway",
		"HelmRelease/istio-system/istiod",
		"Service/shop/cart",
		"EndpointSlice/istio-system/istiod",
		"Service/istio-system/istiod",
		"ServiceAccount/istio-system/reader",
		"ClusterRoleBinding/reader",
		"ClusterRole/reader",
		"CustomResourceDefinition/gateways.networking.istio.io",
		"Namespace/shop",
		"Namespace/istio-system",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}
