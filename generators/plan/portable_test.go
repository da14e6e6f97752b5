package plan

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
)

// copyOf gives the copy of a manifest in west, which runs a version of
// Kubernetes.
func copyOf(t *testing.T, manifest, kubernetes string) map[string]any {
	t.Helper()
	text := base + "      kubernetesVersion: \"" + kubernetes + "\"\n  services:\n    - {file: services.yaml, clusters: [east]}\n"
	p := of(t, loadText(t, text, manifest))
	f := p.cluster(t, "west").file(StageServices, "ns-shop.yaml")
	for _, pick := range f.Picks {
		if services, ok := p.Units[pick.Unit].Args["services"].(map[string]any); ok {
			return services["cart"].(map[string]any)
		}
	}
	t.Fatal("there is no copy")
	return nil
}

// A copy has exactly what is listed: a field that came with the home and is not
// in want is one that it must lose.
func TestPortable(t *testing.T) {
	ports := []any{map[string]any{"port": 80}}
	for _, test := range []struct {
		name string
		spec string
		want map[string]any // beside the ports
	}{
		// What stays.
		{name: "selector", spec: "selector: {app: cart}", want: map[string]any{"selector": map[string]any{"app": "cart"}}},
		{name: "headless", spec: "clusterIP: None", want: map[string]any{"clusterIP": "None"}},
		{name: "session affinity", spec: "sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {timeoutSeconds: 10}}", want: map[string]any{
			"sessionAffinity": "ClientIP", "sessionAffinityConfig": map[string]any{"clientIP": map[string]any{"timeoutSeconds": int64(10)}},
		}},
		{name: "addresses that are not ready", spec: "publishNotReadyAddresses: true", want: map[string]any{"publishNotReadyAddresses": true}},
		{name: "ExternalName", spec: "type: ExternalName, externalName: db.example.com", want: map[string]any{"type": "ExternalName", "externalName": "db.example.com"}},
		// What does not.
		{name: "clusterIP", spec: "clusterIP: 10.110.0.9"},
		{name: "clusterIPs", spec: "clusterIPs: [10.110.0.9]"},
		{name: "clusterIPs of a headless one", spec: "clusterIP: None, clusterIPs: [None]", want: map[string]any{"clusterIP": "None"}},
		{name: "ipFamily", spec: "ipFamily: IPv4"},
		{name: "ipFamilies", spec: "ipFamilies: [IPv4, IPv6]"},
		{name: "ipFamilyPolicy", spec: "ipFamilyPolicy: PreferDualStack"},
		{name: "healthCheckNodePort", spec: "healthCheckNodePort: 30081"},
		{name: "externalIPs", spec: "externalIPs: [192.0.2.1]"},
		{name: "externalTrafficPolicy", spec: "externalTrafficPolicy: Local"},
		{name: "allocateLoadBalancerNodePorts", spec: "allocateLoadBalancerNodePorts: false"},
		{name: "loadBalancerIP", spec: "loadBalancerIP: 192.0.2.2"},
		{name: "loadBalancerClass", spec: "loadBalancerClass: a/b"},
		{name: "loadBalancerSourceRanges", spec: "loadBalancerSourceRanges: [192.0.2.0/24]"},
		{name: "internalTrafficPolicy: Local", spec: "internalTrafficPolicy: Local"},
		{name: "LoadBalancer", spec: "type: LoadBalancer"},
		{name: "NodePort", spec: "type: NodePort"},
		{name: "ClusterIP, as it is the default", spec: "type: ClusterIP"},
		{name: "an externalName without the type", spec: "externalName: db.example.com"},
	} {
		t.Run(test.name, func(t *testing.T) {
			manifest := "apiVersion: v1\nkind: Service\nmetadata: {name: cart, namespace: shop}\nspec: {ports: [{port: 80}], " + test.spec + "}\nstatus: {loadBalancer: {ingress: [{ip: 192.0.2.9}]}}\n"
			want := map[string]any{"ports": ports}
			for key, value := range test.want {
				want[key] = value
			}
			if diff := cmp.Diff(want, copyOf(t, manifest, "1.16")["spec"]); diff != "" {
				t.Errorf("spec of the copy (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPort(t *testing.T) {
	for _, test := range []struct {
		name string
		port string
		want map[string]any
	}{
		{name: "all that stays", port: "name: http, port: 80, protocol: UDP, targetPort: 8080", want: map[string]any{"name": "http", "port": 80, "protocol": "UDP", "targetPort": 8080}},
		{name: "a target by name", port: "port: 80, targetPort: web", want: map[string]any{"port": 80, "targetPort": "web"}},
		{name: "a node port", port: "port: 80, nodePort: 30080", want: map[string]any{"port": 80}},
	} {
		t.Run(test.name, func(t *testing.T) {
			manifest := "apiVersion: v1\nkind: Service\nmetadata: {name: cart, namespace: shop}\nspec: {ports: [{" + test.port + "}]}\n"
			got := copyOf(t, manifest, "1.16")["spec"].(map[string]any)["ports"].([]any)[0]
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("port of the copy (-want +got):\n%s", diff)
			}
		})
	}
}

// Annotations and labels that speak to the home alone stay there.
func TestPortableMetadata(t *testing.T) {
	const manifest = `apiVersion: v1
kind: Service
metadata:
  name: cart
  namespace: shop
  uid: 12ab
  resourceVersion: "1"
  generation: 1
  creationTimestamp: "2020-05-01T00:00:00Z"
  finalizers: [service.kubernetes.io/load-balancer-cleanup]
  ownerReferences: [{kind: A}]
  managedFields: [{manager: a}]
  labels:
    app: cart
    app.kubernetes.io/name: cart
    topology.istio.io/network: vpn
    helm.toolkit.fluxcd.io/name: cart
    kustomize.toolkit.fluxcd.io/name: cart
    argocd.argoproj.io/instance: cart
    helm.sh/chart: cart-1.0.0
  annotations:
    prometheus.io/scrape: "true"
    networking.istio.io/exportTo: "*"
    kubectl.kubernetes.io/last-applied-configuration: "{}"
    meta.helm.sh/release-name: cart
    config.kubernetes.io/local-config: "true"
    io.cilium/global-service: "true"
    helm.sh/resource-policy: keep
    argocd.argoproj.io/sync-wave: "1"
    kustomize.toolkit.fluxcd.io/prune: disabled
    isthmus.dev/duplicated-from: elsewhere
    service.beta.kubernetes.io/aws-load-balancer-type: nlb
    service.kubernetes.io/load-balancer-source-ranges: 192.0.2.0/24
    cloud.google.com/neg: "{}"
    networking.gke.io/load-balancer-type: Internal
    metallb.universe.tf/address-pool: a
    metallb.io/address-pool: a
    lbipam.cilium.io/ips: 192.0.2.1
    io.cilium/lb-ipam-ips: 192.0.2.1
    kube-vip.io/loadbalancerIPs: 192.0.2.1
    load-balancer.hetzner.cloud/location: nbg1
    loadbalancer.openstack.org/keep-floatingip: "true"
    oci.oraclecloud.com/load-balancer-type: nlb
    external-dns.alpha.kubernetes.io/hostname: cart.example.com
    endpoints.kubernetes.io/last-change-trigger-time: "2020-05-01T00:00:00Z"
    field.cattle.io/publicEndpoints: "[]"
spec:
  ports: [{port: 80}]
`
	got := copyOf(t, manifest, "1.16")
	want := map[string]any{
		"labels":      map[string]any{"app": "cart", "app.kubernetes.io/name": "cart", "topology.istio.io/network": "vpn"},
		"annotations": map[string]any{"prometheus.io/scrape": "true", "networking.istio.io/exportTo": "*", "isthmus.dev/duplicated-from": "east"},
		"spec":        map[string]any{"ports": []any{map[string]any{"port": 80}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("copy (-want +got):\n%s", diff)
	}
}

// A field comes with the Kubernetes that knows it, and goes with it.
func TestPortableFieldsByKubernetes(t *testing.T) {
	const manifest = `apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec:
  ports: [{port: 80, appProtocol: http}]
  internalTrafficPolicy: Cluster
  topologyKeys: ["*"]
  trafficDistribution: PreferClose
`
	for _, test := range []struct {
		kubernetes                  string
		protocol, policy, topologyK bool
	}{
		{kubernetes: "1.13"},
		{kubernetes: "1.16.15"},
		{kubernetes: "1.17", topologyK: true},
		{kubernetes: "1.18", topologyK: true, protocol: true},
		{kubernetes: "1.20.15", topologyK: true, protocol: true},
		{kubernetes: "1.21", topologyK: true, protocol: true, policy: true},
	} {
		t.Run(test.kubernetes, func(t *testing.T) {
			port, want := map[string]any{"port": 80}, map[string]any{}
			if test.protocol {
				port["appProtocol"] = "http"
			}
			want["ports"] = []any{port}
			if test.policy {
				want["internalTrafficPolicy"] = "Cluster"
			}
			if test.topologyK {
				want["topologyKeys"] = []any{"*"}
			}
			if diff := cmp.Diff(want, copyOf(t, manifest, test.kubernetes)["spec"]); diff != "" {
				t.Errorf("spec of the copy (-want +got):\n%s", diff)
			}
		})
	}
}

// The Kubernetes that no dialect reaches yet.
func TestKnownTo(t *testing.T) {
	for _, test := range []struct {
		kubernetes mesh.Version
		want       map[string]bool
	}{
		{mesh.Version{Major: 1, Minor: 22, Patch: -1}, map[string]bool{"appProtocol": true, "internalTrafficPolicy": true}},
		{mesh.Version{Major: 1, Minor: 29, Patch: 9}, map[string]bool{"appProtocol": true, "internalTrafficPolicy": true}},
		{mesh.Version{Major: 1, Minor: 30, Patch: 0}, map[string]bool{"appProtocol": true, "internalTrafficPolicy": true, "trafficDistribution": true}},
	} {
		got := map[string]bool{}
		for _, f := range fieldsSince {
			if f.knownTo(test.kubernetes) {
				got[f.field] = true
			}
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("fields of %s (-want +got):\n%s", test.kubernetes, diff)
		}
	}
}

// All homes are named.
func TestDuplicatedFrom(t *testing.T) {
	m := loadText(t, base+`    - name: south
      apiServer: https://10.3.0.10:6443
      podCIDRs: [10.30.0.0/16]
      serviceCIDRs: [10.130.0.0/16]
  services:
    - {name: cart, namespace: shop, ports: [{port: 80}], clusters: [south, east]}
`, "")
	got := portable(&m.Services[0], nil, nil)["annotations"]
	if diff := cmp.Diff(map[string]any{"isthmus.dev/duplicated-from": "east,south"}, got); diff != "" {
		t.Errorf("annotations (-want +got):\n%s", diff)
	}
}
