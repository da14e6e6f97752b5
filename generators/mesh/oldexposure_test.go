package mesh_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// exposed gives the edits of base that expose the control plane otherwise, at
// the address of a load balancer.
func exposed(version, expose, more string, pairs ...string) []string {
	return append([]string{
		`version: "1.5.10"`, `version: "` + version + `"`,
		"expose: clusterIP\n        addresses: [10.110.0.10]", "expose: " + expose + "\n        addresses: [192.0.2.5]" + more,
	}, pairs...)
}

// TestOldExposure: how the control planes of 1.4 and 1.5 are exposed.
func TestOldExposure(t *testing.T) {
	rejected(t, []rejection{
		{
			name: "1.4 load balancer",
			edit: exposed("1.4.10", "loadBalancer", "\n        policyAddresses: [192.0.2.6]\n        telemetryAddresses: [192.0.2.7]"),
			want: `isthmus: warning: mesh/mesh.yaml:15:17: spec.clusters[0].controlPlane.expose: the load balancer opens every port of istio-pilot; 15010 and 8080 are plain text (IST320)
isthmus: fix: let service.loadBalancerSourceRanges hold the remotes alone, or ask for an internal load balancer in service.annotations
`,
		},
		{
			name: "1.5 load balancer",
			edit: exposed("1.5.1", "loadBalancer", ""),
			want: `isthmus: note: mesh/mesh.yaml:15:17: spec.clusters[0].controlPlane.expose: the remotes depend on the load balancer in front of istiod; while it is away they keep their configuration and get no change (IST318)
`,
		},
		{
			name: "1.4 gateway",
			edit: exposed("1.4.10", "gateway", ""),
			want: `isthmus: warning: mesh/mesh.yaml:15:17: spec.clusters[0].controlPlane.expose: the control plane is reachable wherever the gateway is; a gateway that faces the internet shows 15011, 8060 and 15004 to it (IST319)
isthmus: fix: see that nobody but the remotes reaches them
`,
		},
		{
			name: "1.5 gateway of one's own",
			edit: exposed("1.5.10", "gateway", "\n        gateway: {selector: {istio: mine}}"),
			want: `isthmus: warning: mesh/mesh.yaml:15:17: spec.clusters[0].controlPlane.expose: the control plane is reachable wherever the gateway is; a gateway that faces the internet shows 15012 to it (IST319)
isthmus: fix: see that its Service opens them to the remotes and to nobody else, or use expose: dedicatedGateway with an internal load balancer
`,
		},
		{
			name: "dedicated gateway",
			edit: exposed("1.5.6", "dedicatedGateway", ""),
			want: `isthmus: note: mesh/mesh.yaml:15:17: spec.clusters[0].controlPlane.expose: the remotes depend on the gateway istio-multicluster-gateway; while it is away they keep their configuration and get no change (IST318)
`,
		},
		{
			name: "dedicated gateway, by name and address",
			edit: exposed("1.5.10", "dedicatedGateway", "\n        gateway: {name: a, namespace: edge}\n        service: {loadBalancerIP: 192.0.2.5}"),
			want: `isthmus: note: mesh/mesh.yaml:15:17: spec.clusters[0].controlPlane.expose: the remotes depend on the gateway a; while it is away they keep their configuration and get no change (IST318)
`,
		},
		{
			name: "dedicated gateway in a namespace of Services",
			edit: exposed("1.5.10", "dedicatedGateway", "\n        gateway: {namespace: bookinfo}"),
			want: `isthmus: note: mesh/mesh.yaml:15:17: spec.clusters[0].controlPlane.expose: the remotes depend on the gateway istio-multicluster-gateway; while it is away they keep their configuration and get no change (IST318)
isthmus: error: mesh/mesh.yaml:17:30: spec.clusters[0].controlPlane.gateway.namespace: "bookinfo" is a namespace of applications; it would be made twice, before the control plane and after it (IST322)
isthmus: fix: give the gateway a namespace of its own, or Istio's
`,
		},
		{
			name: "dedicated gateway in a namespace that is injected",
			edit: exposed("1.5.10", "dedicatedGateway", "\n        gateway: {namespace: web}", "  clusters:\n", "  injection: {namespaces: [web]}\n  clusters:\n"),
			want: `isthmus: note: mesh/mesh.yaml:16:17: spec.clusters[0].controlPlane.expose: the remotes depend on the gateway istio-multicluster-gateway; while it is away they keep their configuration and get no change (IST318)
isthmus: error: mesh/mesh.yaml:18:30: spec.clusters[0].controlPlane.gateway.namespace: "web" is a namespace of applications; it would be made twice, before the control plane and after it (IST322)
isthmus: fix: give the gateway a namespace of its own, or Istio's
`,
		},
		{
			name: "dedicated gateway in a namespace of Kubernetes",
			edit: exposed("1.5.10", "dedicatedGateway", "\n        gateway: {namespace: kube-system}"),
			want: `isthmus: note: mesh/mesh.yaml:15:17: spec.clusters[0].controlPlane.expose: the remotes depend on the gateway istio-multicluster-gateway; while it is away they keep their configuration and get no change (IST318)
isthmus: error: mesh/mesh.yaml:17:30: spec.clusters[0].controlPlane.gateway.namespace: "kube-system" is a namespace of Kubernetes; the mesh needs one of its own (IST212)
isthmus: fix: choose another, as in "istio-system"
`,
		},
		{
			name: "dedicated gateway of 60 characters, which no Helm installs",
			edit: exposed("1.5.10", "dedicatedGateway", "\n        gateway: {name: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}"),
			want: `isthmus: note: mesh/mesh.yaml:15:17: spec.clusters[0].controlPlane.expose: the remotes depend on the gateway aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa; while it is away they keep their configuration and get no change (IST318)
`,
		},
		{
			name: "dedicated, by the name of istiod",
			edit: exposed("1.5.10", "dedicatedGateway", "\n        gateway: {name: istiod}"),
			want: `isthmus: note: mesh/mesh.yaml:15:17: spec.clusters[0].controlPlane.expose: the remotes depend on the gateway istiod; while it is away they keep their configuration and get no change (IST318)
isthmus: error: mesh/mesh.yaml:17:25: spec.clusters[0].controlPlane.gateway.name: "istiod" is a Service of the control plane; the gateway's would take its place (IST321)
isthmus: fix: choose another name
`,
		},
		{
			name: "dedicated, by the name of istiod in another namespace",
			edit: exposed("1.5.10", "dedicatedGateway", "\n        gateway: {name: istiod, namespace: edge}"),
			want: `isthmus: note: mesh/mesh.yaml:15:17: spec.clusters[0].controlPlane.expose: the remotes depend on the gateway istiod; while it is away they keep their configuration and get no change (IST318)
`,
		},
		{
			name: "a method that is none",
			edit: exposed("1.5.10", "loadbalancer", "\n        service: {loadBalancerClass: a}"),
			want: `isthmus: error: mesh/mesh.yaml:15:17: spec.clusters[0].controlPlane.expose: "loadbalancer" is not one of pod, clusterIP, loadBalancer, gateway, dedicatedGateway (IST012)
isthmus: fix: did you mean "loadBalancer"?
`,
		},
		{
			name: "dedicated gateway on 1.4",
			edit: exposed("1.4.10", "dedicatedGateway", ""),
			want: `isthmus: error: mesh/mesh.yaml:15:17: spec.clusters[0].controlPlane.expose: Istio 1.4.10 installs one ingress gateway; a profile of 1.4 has no second one (istio/istio#20471) (IST323)
isthmus: fix: write gateway, and name in gateway.selector the labels of a gateway that you install yourself, or write loadBalancer
`,
		},
		{
			name: "dedicated gateway before 1.5.6",
			edit: exposed("1.5.5", "dedicatedGateway", ""),
			want: `isthmus: error: mesh/mesh.yaml:15:17: spec.clusters[0].controlPlane.expose: Istio 1.5.5 gives all gateways of a profile the same labels; the second would answer for the first (istio/istio#23303) (IST323)
isthmus: fix: use 1.5.6 or later, or write gateway or loadBalancer
`,
		},
		{
			name: "1.5.0",
			edit: exposed("1.5.0", "gateway", ""),
			want: `isthmus: warning: mesh/mesh.yaml:7:14: spec.istio.version: 1.5.0 renders a Service istio-pilot with a selector on every remote, of the same name as the stub; the two overwrite each other, and a remote that loses its stub loses its control plane (IST332)
isthmus: fix: use 1.5.1 or later, which calls the stub istiod-remote
isthmus: error: mesh/mesh.yaml:15:17: spec.clusters[0].controlPlane.expose: expose: gateway does not work on 1.5.0; its remotes dial istio-pilot, and what it can expose is istiod (IST323)
isthmus: fix: use 1.5.1 or later, or write pod or clusterIP
`,
		},
		{
			name: "a remote of another release",
			edit: exposed("1.5.10", "loadBalancer", "", "    - name: west\n", "    - name: west\n      version: \"1.4.10\"\n"),
			want: `isthmus: note: mesh/mesh.yaml:15:17: spec.clusters[0].controlPlane.expose: the remotes depend on the load balancer in front of istiod; while it is away they keep their configuration and get no change (IST318)
isthmus: error: mesh/mesh.yaml:18:16: spec.clusters[1].version: a remote of 1.4.10 dials another port than 1.5.10 exposes; with expose: loadBalancer only the control plane's own port is open (IST324)
isthmus: fix: give both one version, or write pod or clusterIP until they have it
`,
		},
		{
			name: "a gateway without control plane security",
			edit: exposed("1.4.10", "gateway", "", "  clusters:\n", "  security: {controlPlaneSecurity: false}\n  clusters:\n"),
			want: `isthmus: error: mesh/mesh.yaml:8:36: spec.security.controlPlaneSecurity: expose: gateway needs it; without it proxies dial 15010 and 9091, which are plain text, and which the gateway does not open (IST325)
isthmus: fix: remove the line, or choose another expose
isthmus: warning: mesh/mesh.yaml:16:17: spec.clusters[0].controlPlane.expose: the control plane is reachable wherever the gateway is; a gateway that faces the internet shows 15011, 8060 and 15004 to it (IST319)
isthmus: fix: see that nobody but the remotes reaches them
`,
		},
		{
			name: "Mixer elsewhere",
			edit: exposed("1.4.10", "gateway", "\n        policyAddresses: [192.0.2.6]"),
			want: `isthmus: warning: mesh/mesh.yaml:15:17: spec.clusters[0].controlPlane.expose: the control plane is reachable wherever the gateway is; a gateway that faces the internet shows 15011, 8060 and 15004 to it (IST319)
isthmus: fix: see that nobody but the remotes reaches them
isthmus: error: mesh/mesh.yaml:17:26: spec.clusters[0].controlPlane.policyAddresses: istio-policy has other addresses than the control plane; with expose: gateway all of it is behind the gateway (IST326)
isthmus: fix: give those of addresses; on 1.4 they are the default
`,
		},
		{
			name: "pods where a load balancer's addresses belong",
			edit: append(exposed("1.4.10", "loadBalancer", "\n        policyAddresses: [10.10.0.6]\n        telemetryAddresses: [192.0.2.7]"), "192.0.2.5", "10.10.0.5"),
			want: `isthmus: warning: mesh/mesh.yaml:15:17: spec.clusters[0].controlPlane.expose: the load balancer opens every port of istio-pilot; 15010 and 8080 are plain text (IST320)
isthmus: fix: let service.loadBalancerSourceRanges hold the remotes alone, or ask for an internal load balancer in service.annotations
isthmus: error: mesh/mesh.yaml:16:21: spec.clusters[0].controlPlane.addresses[0]: 10.10.0.5 is a pod of cluster "east"; with expose: loadBalancer it is a load balancer's address (IST310)
isthmus: fix: give the load balancer's address, or write expose: pod
isthmus: error: mesh/mesh.yaml:17:27: spec.clusters[0].controlPlane.policyAddresses[0]: 10.10.0.6 is a pod of cluster "east"; with expose: loadBalancer it is a load balancer's address (IST310)
isthmus: fix: give the load balancer's address, or write expose: pod
`,
		},
		{
			name: "a class of load balancers",
			edit: exposed("1.5.10", "loadBalancer", "\n        service: {loadBalancerClass: internal}"),
			want: `isthmus: note: mesh/mesh.yaml:15:17: spec.clusters[0].controlPlane.expose: the remotes depend on the load balancer in front of istiod; while it is away they keep their configuration and get no change (IST318)
isthmus: error: mesh/mesh.yaml:17:38: spec.clusters[0].controlPlane.service.loadBalancerClass: loadBalancerClass came with Kubernetes 1.21; Istio 1.5.10 runs on older ones (IST210)
isthmus: fix: name the class in service.annotations, as the cloud's documents of the time say
`,
		},
		{
			name: "a load balancer's fields without one",
			edit: exposed("1.5.10", "gateway", "\n        service: {loadBalancerIP: 192.0.2.5}"),
			want: `isthmus: warning: mesh/mesh.yaml:15:17: spec.clusters[0].controlPlane.expose: the control plane is reachable wherever the gateway is; a gateway that faces the internet shows 15012 to it (IST319)
isthmus: fix: see that nobody but the remotes reaches them, or use expose: dedicatedGateway with an internal load balancer
isthmus: error: mesh/mesh.yaml:17:18: spec.clusters[0].controlPlane.service: expose: gateway has no load balancer of isthmus (IST315)
isthmus: fix: remove it, or write expose: loadBalancer or dedicatedGateway
`,
		},
		{
			name: "dedicated, by the name of the shared one",
			edit: exposed("1.5.10", "dedicatedGateway", "\n        gateway: {name: istio-ingressgateway}"),
			want: `isthmus: note: mesh/mesh.yaml:15:17: spec.clusters[0].controlPlane.expose: the remotes depend on the gateway istio-ingressgateway; while it is away they keep their configuration and get no change (IST318)
isthmus: error: mesh/mesh.yaml:17:25: spec.clusters[0].controlPlane.gateway.name: "istio-ingressgateway" is the gateway that the profile has already (IST321)
isthmus: fix: choose another name, or write expose: gateway
`,
		},
		{
			name: "dedicated, by the labels of the shared one",
			edit: exposed("1.5.10", "dedicatedGateway", "\n        gateway: {selector: {istio: ingressgateway}}"),
			want: `isthmus: note: mesh/mesh.yaml:15:17: spec.clusters[0].controlPlane.expose: the remotes depend on the gateway istio-multicluster-gateway; while it is away they keep their configuration and get no change (IST318)
isthmus: error: mesh/mesh.yaml:17:29: spec.clusters[0].controlPlane.gateway.selector: istio: ingressgateway are the labels of the gateway that the profile has already (IST321)
isthmus: fix: choose others, or write expose: gateway
`,
		},
		{
			name: "ports that the charts open too",
			edit: exposed("1.5.10", "gateway", "", "    version:", "    values: {global: {meshExpansion: {enabled: true}}}\n    version:"),
			want: `isthmus: error: mesh/mesh.yaml:7:48: spec.istio.values.global.meshExpansion.enabled: expose: gateway opens the ports of meshExpansion itself; the gateway's Service would have them twice (IST329)
isthmus: fix: remove it here
isthmus: warning: mesh/mesh.yaml:16:17: spec.clusters[0].controlPlane.expose: the control plane is reachable wherever the gateway is; a gateway that faces the internet shows 15012 to it (IST319)
isthmus: fix: see that nobody but the remotes reaches them, or use expose: dedicatedGateway with an internal load balancer
`,
		},
	})
}

// Behind a gateway Mixer has the control plane's addresses unless they are given,
// where there is Mixer.
func TestMixerAddresses(t *testing.T) {
	for _, test := range []struct {
		name, version, expose string
		want                  int
	}{
		{name: "1.4 gateway", version: "1.4.10", expose: "gateway", want: 1},
		{name: "1.4 load balancer", version: "1.4.10", expose: "loadBalancer"},
		{name: "1.5 gateway", version: "1.5.10", expose: "gateway"},
		{name: "1.5 dedicated", version: "1.5.10", expose: "dedicatedGateway"},
	} {
		t.Run(test.name, func(t *testing.T) {
			m, _ := accepted(t, edited(t, base, exposed(test.version, test.expose, "")...), nil)
			cp := m.Spec.Clusters[0].ControlPlane
			if len(cp.PolicyAddresses) != test.want || len(cp.TelemetryAddresses) != test.want {
				t.Errorf("%v and %v, want %d of each", cp.PolicyAddresses, cp.TelemetryAddresses, test.want)
			}
		})
	}
}

// TestReader: who can narrow what the control plane reads.
func TestReader(t *testing.T) {
	least := []string{"  clusters:\n", "  security: {reader: {permissions: leastPrivilege}}\n  clusters:\n"}
	today := func(version string, pairs ...string) []string {
		return append(append([]string{`version: "1.5.10"`, `version: "` + version + `"`}, least...), pairs...)
	}
	const method = `spec.clusters[0].controlPlane.expose: the remotes depend on routes to the Service addresses of this cluster; where a route is missing they keep their configuration and get no change, and injection fails (IST318)
`
	rejected(t, []rejection{
		{
			name: "1.30",
			edit: today("1.30.3"),
			want: `isthmus: note: mesh/mesh.yaml:8:36: spec.security.reader.permissions: istiod cannot watch the Secrets of other clusters; gateways there get no certificate by credentialName; istiod reports these clusters as timed out, and is ready only after PILOT_REMOTE_CLUSTER_TIMEOUT (30s) each time it starts (IST504)
isthmus: note: mesh/mesh.yaml:16:17: ` + method,
		},
		{
			name: "1.29",
			edit: today("1.29.2"),
			want: `isthmus: error: mesh/mesh.yaml:8:36: spec.security.reader.permissions: leastPrivilege has no effect with Istio 1.29.2; the charts of releases before 1.30 grant their wide role whatever is asked for (IST503)
isthmus: fix: use 1.30 or later, or remove it
isthmus: note: mesh/mesh.yaml:16:17: ` + method,
		},
		{
			name: "one cluster of 1.29",
			edit: today("1.30.3", "    - name: west\n", "    - name: west\n      version: \"1.29.2\"\n"),
			want: `isthmus: error: mesh/mesh.yaml:8:36: spec.security.reader.permissions: leastPrivilege has no effect with Istio 1.29.2; the charts of releases before 1.30 grant their wide role whatever is asked for (IST503)
isthmus: fix: use 1.30 or later, or remove it
isthmus: note: mesh/mesh.yaml:16:17: ` + method,
		},
		{
			name: "1.5",
			edit: least,
			want: `isthmus: error: mesh/mesh.yaml:8:36: spec.security.reader.permissions: leastPrivilege says nothing on Istio 1.5.10; the reader of 1.4 and 1.5 reads no Secrets anyway (IST503)
isthmus: fix: remove it
`,
		},
		{
			name: "by the values too",
			edit: today("1.30.3", "    version:", "    values: {global: {enableReaderRBAC: false}}\n    version:"),
			want: `isthmus: error: mesh/mesh.yaml:7:41: spec.istio.values.global.enableReaderRBAC: global.enableReaderRBAC is decided by spec.security.reader.permissions; two sources for one value drift apart (IST219)
isthmus: fix: remove it here, and set spec.security.reader.permissions
isthmus: note: mesh/mesh.yaml:9:36: spec.security.reader.permissions: istiod cannot watch the Secrets of other clusters; gateways there get no certificate by credentialName; istiod reports these clusters as timed out, and is ready only after PILOT_REMOTE_CLUSTER_TIMEOUT (30s) each time it starts (IST504)
isthmus: note: mesh/mesh.yaml:17:17: ` + method,
		},
	})
}

// Where nothing adds sidecars, somebody is told how to: with the ConfigMaps that
// the release has, and no others.
func TestInjectionByHand(t *testing.T) {
	west := func(version string) []string {
		return []string{`version: "1.5.10"`, `version: "` + version + `"`, "    - name: west\n", "    - name: west\n      injection: false\n"}
	}
	for _, test := range []struct {
		name string
		edit []string
		want []string
	}{
		{name: "1.4", edit: west("1.4.10"), want: []string{
			`isthmus: warning: mesh/mesh.yaml:18:18: spec.clusters[1].injection: nothing adds sidecars in cluster "west"; on Istio 1.4 the ConfigMaps that istioctl kube-inject needs come with the injector, which is off (IST403)`,
			`isthmus: fix: to add them by hand, leave injection on, take the namespaces out of spec.injection.namespaces, and run istioctl kube-inject -i istio-system --injectConfigMapName istio-sidecar-injector --meshConfigMapName injector-mesh -f <manifest> | kubectl apply -f -`,
		}},
		{name: "1.5", edit: west("1.5.10"), want: []string{
			`isthmus: warning: mesh/mesh.yaml:18:18: spec.clusters[1].injection: nothing adds sidecars in cluster "west"; the namespaces are not labelled (IST403)`,
			`isthmus: fix: add them by hand: istioctl kube-inject -i istio-system --injectConfigMapName istio-sidecar-injector --meshConfigMapName istio -f <manifest> | kubectl apply -f -`,
		}},
		{name: "today", edit: west("1.30.3"), want: []string{
			`isthmus: warning: mesh/mesh.yaml:18:18: spec.clusters[1].injection: nothing adds sidecars in cluster "west"; the namespaces are not labelled (IST403)`,
			`isthmus: fix: give each pod that shall have one the label sidecar.istio.io/inject: "true"`,
		}},
		{name: "a revision, in the whole mesh", edit: []string{`version: "1.5.10"`, "version: \"1.30.3\"\n    revision: next", "  clusters:\n", "  injection: {automatic: false}\n  clusters:\n"}, want: []string{
			`isthmus: warning: mesh/mesh.yaml:9:26: spec.injection.automatic: nothing adds sidecars; the namespaces are not labelled (IST403)`,
			`isthmus: fix: give each pod that shall have one the labels sidecar.istio.io/inject: "true" and istio.io/rev: next`,
		}},
		{name: "leaving", edit: []string{"    - name: west\n", "    - name: west\n      injection: false\n      state: leaving\n"}},
		{name: "joining", edit: []string{"    - name: west\n", "    - name: west\n      state: joining\n"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, warnings := accepted(t, edited(t, base, test.edit...), nil)
			var got []string
			lines := strings.Split(warnings, "\n")
			for i, line := range lines {
				if strings.Contains(line, ".injection") && strings.Contains(line, "warning") {
					got = append(got, line, lines[i+1])
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("warnings (-want +got):\n%s", diff)
			}
		})
	}
}
