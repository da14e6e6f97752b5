package e2e

import (
	"fmt"
	"net/netip"
	"slices"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
)

// checkService says what is wrong with a Service as it is stored, given as it
// was rendered: the addresses that the API server gave it, or did not.
func checkService(rendered, stored *corev1.Service, serviceCIDRs []string) error {
	switch {
	case rendered.Spec.Type == corev1.ServiceTypeExternalName:
		if stored.Spec.ClusterIP != "" {
			return fmt.Errorf("ExternalName with the clusterIP %q", stored.Spec.ClusterIP)
		}
		return nil
	case rendered.Spec.ClusterIP != "":
		if stored.Spec.ClusterIP != rendered.Spec.ClusterIP {
			return fmt.Errorf("clusterIP %q, rendered %q", stored.Spec.ClusterIP, rendered.Spec.ClusterIP)
		}
		return nil
	}
	for _, ip := range stored.Spec.ClusterIPs {
		address, err := netip.ParseAddr(ip)
		if err != nil {
			return fmt.Errorf("clusterIPs: %w", err)
		}
		if !slices.ContainsFunc(serviceCIDRs, func(cidr string) bool {
			prefix, err := netip.ParsePrefix(cidr)
			return err == nil && prefix.Contains(address)
		}) {
			return fmt.Errorf("clusterIP %s is in none of %q", ip, serviceCIDRs)
		}
	}
	if len(stored.Spec.ClusterIPs) == 0 {
		return fmt.Errorf("no clusterIP was allocated")
	}
	return nil
}

// checkStub says what is wrong with a Service that stands for a control plane.
// On 1.4 and 1.5 the release has it headless, today it has an address; and
// kube-proxy joins a Service only with the slices of its own IP families.
func checkStub(stored *corev1.Service, old bool, parts []*discoveryv1.EndpointSlice) error {
	if headless := stored.Spec.ClusterIP == corev1.ClusterIPNone; headless != old {
		return fmt.Errorf("headless is %t, want %t", headless, old)
	}
	if old {
		return nil
	}
	var of []string
	for _, part := range parts {
		of = append(of, string(part.AddressType))
	}
	if len(of) == 0 {
		return fmt.Errorf("no EndpointSlice goes with it")
	}
	for _, family := range of {
		if !slices.Contains(stored.Spec.IPFamilies, corev1.IPFamily(family)) {
			return fmt.Errorf("an EndpointSlice of %s, and the Service has %q", family, stored.Spec.IPFamilies)
		}
	}
	for _, family := range stored.Spec.IPFamilies {
		if !slices.Contains(of, string(family)) {
			return fmt.Errorf("a clusterIP of %s, and no EndpointSlice", family)
		}
	}
	return nil
}
