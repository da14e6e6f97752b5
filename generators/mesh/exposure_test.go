package mesh_test

import "testing"

// TestExposure: how remotes reach the control plane, and what each method does when it fails, once.
func TestExposure(t *testing.T) {
	rejected(t, []rejection{
		{
			name: "pod",
			mesh: today,
			edit: []string{"expose: dedicatedGateway", "expose: pod", "[10.1.255.10]", "[10.10.0.5]"},
			want: `isthmus: warning: mesh/mesh.yaml:15:20: spec.clusters[0].controlPlane.addresses: the remotes depend on the address of a pod; it changes whenever the pod restarts, and breaks every remote (istio/istio#4822) (IST317)
isthmus: fix: use expose: dedicatedGateway
`,
		},
		{
			name: "pods",
			mesh: today,
			edit: []string{"expose: dedicatedGateway", "expose: pod", "[10.1.255.10]", "[10.10.0.5, 10.10.0.6]"},
			want: `isthmus: warning: mesh/mesh.yaml:15:20: spec.clusters[0].controlPlane.addresses: the remotes depend on the address of a pod; it changes whenever the pod restarts, and breaks every remote (istio/istio#4822) (IST317)
isthmus: fix: use expose: dedicatedGateway
`,
		},
		{
			name: "clusterIP",
			mesh: today,
			edit: []string{
				"expose: dedicatedGateway", "expose: clusterIP",
				"[10.1.255.10]", "[10.110.0.10]",
				`      controlPlane:
`, `      serviceCIDRsRoutable: true
      controlPlane:
`,
			},
			want: `isthmus: note: mesh/mesh.yaml:15:17: spec.clusters[0].controlPlane.expose: the remotes depend on routes to the Service addresses of this cluster; where a route is missing they keep their configuration and get no change, and injection fails (IST318)
`,
		},
		{
			name: "loadBalancer",
			mesh: today,
			edit: []string{"expose: dedicatedGateway", "expose: loadBalancer"},
			want: `isthmus: note: mesh/mesh.yaml:14:17: spec.clusters[0].controlPlane.expose: the remotes depend on the load balancer in front of istiod; while it is away they keep their configuration and get no change, and injection fails (IST318)
`,
		},
		{
			name: "gateway",
			mesh: today,
			edit: []string{"expose: dedicatedGateway", "expose: gateway"},
			want: `isthmus: warning: mesh/mesh.yaml:14:17: spec.clusters[0].controlPlane.expose: the control plane is reachable wherever the gateway is; a gateway that faces the internet shows ports 15012 and 15017 to it (IST319)
isthmus: fix: see that its Service opens both to the remotes and to nobody else, or use expose: dedicatedGateway with an internal load balancer
`,
		},
		{
			name: "dedicatedGateway",
			mesh: today,
			edit: []string{},
			want: method(14),
		},
		{
			name: "the default",
			mesh: today,
			edit: []string{
				`        expose: dedicatedGateway
`, "",
				"[10.1.255.10]", "[10.10.0.5]",
			},
			want: `isthmus: warning: mesh/mesh.yaml:14:20: spec.clusters[0].controlPlane.addresses: the remotes depend on the address of a pod; it changes whenever the pod restarts, and breaks every remote (istio/istio#4822) (IST317)
isthmus: fix: use expose: dedicatedGateway
`,
		},
		{
			name: "one cluster",
			mesh: today,
			edit: []string{
				`    - name: west
      apiServer: https://10.2.0.10:6443
      podCIDRs: [10.20.0.0/16]
      serviceCIDRs: [10.120.0.0/16]
`, "",
			},
			want: `isthmus: warning: mesh/mesh.yaml:9:5: spec.clusters: the mesh has one cluster; nothing is shared yet (IST111)
isthmus: fix: add the remotes
`,
		},
		{
			name: "no address",
			mesh: today,
			edit: []string{"[10.1.255.10]", "[]"},
			want: method(14) + `isthmus: error: mesh/mesh.yaml:15:20: spec.clusters[0].controlPlane.addresses: the control plane has no address; the remotes would have nothing to connect to (IST304)
isthmus: fix: give the IP address at which the remotes reach it
`,
		},
		{
			name: "no pod",
			mesh: today,
			edit: []string{"expose: dedicatedGateway", "expose: pod"},
			want: `isthmus: warning: mesh/mesh.yaml:15:20: spec.clusters[0].controlPlane.addresses: the remotes depend on the address of a pod; it changes whenever the pod restarts, and breaks every remote (istio/istio#4822) (IST317)
isthmus: fix: use expose: dedicatedGateway
isthmus: error: mesh/mesh.yaml:15:21: spec.clusters[0].controlPlane.addresses[0]: 10.1.255.10 is no pod of cluster "east"; with expose: pod it is a pod's address, and it lies in none of the cluster's podCIDRs (IST307)
isthmus: fix: give the pod's address, correct podCIDRs, or choose another expose
`,
		},
		{
			name: "no Service",
			mesh: today,
			edit: []string{"expose: dedicatedGateway", "expose: clusterIP"},
			want: `isthmus: note: mesh/mesh.yaml:14:17: spec.clusters[0].controlPlane.expose: the remotes depend on routes to the Service addresses of this cluster; where a route is missing they keep their configuration and get no change, and injection fails (IST318)
isthmus: error: mesh/mesh.yaml:15:21: spec.clusters[0].controlPlane.addresses[0]: 10.1.255.10 is no Service of cluster "east"; with expose: clusterIP it is a Service's address, and it lies in none of the cluster's serviceCIDRs (IST308)
isthmus: fix: give the Service's clusterIP, correct serviceCIDRs, or choose another expose
`,
		},
		{
			name: "a Service that nobody reaches",
			mesh: today,
			edit: []string{"expose: dedicatedGateway", "expose: clusterIP", "[10.1.255.10]", "[10.110.0.10]"},
			want: `isthmus: note: mesh/mesh.yaml:14:17: spec.clusters[0].controlPlane.expose: the remotes depend on routes to the Service addresses of this cluster; where a route is missing they keep their configuration and get no change, and injection fails (IST318)
isthmus: error: mesh/mesh.yaml:15:21: spec.clusters[0].controlPlane.addresses[0]: 10.110.0.10 is reachable inside cluster "east" only; the addresses of Services are not routed between clusters unless somebody saw to it (IST309)
isthmus: fix: write serviceCIDRsRoutable: true for the cluster if they are, or choose another expose
`,
		},
		{
			name: "a Service with two addresses of a family",
			mesh: today,
			edit: []string{
				"expose: dedicatedGateway", "expose: clusterIP",
				"[10.1.255.10]", "[10.110.0.10, 10.110.0.11]",
				`      controlPlane:
`, `      serviceCIDRsRoutable: true
      controlPlane:
`,
			},
			want: `isthmus: note: mesh/mesh.yaml:15:17: spec.clusters[0].controlPlane.expose: the remotes depend on routes to the Service addresses of this cluster; where a route is missing they keep their configuration and get no change, and injection fails (IST318)
isthmus: error: mesh/mesh.yaml:16:34: spec.clusters[0].controlPlane.addresses[1]: 10.110.0.11 is of the same family as 10.110.0.10; a Service has one address of each (IST311)
isthmus: fix: keep one
`,
		},
		{
			name: "a Service with an address twice",
			mesh: today,
			edit: []string{
				"expose: dedicatedGateway", "expose: clusterIP",
				"[10.1.255.10]", "[10.110.0.10, 10.110.0.10]",
				`      controlPlane:
`, `      serviceCIDRsRoutable: true
      controlPlane:
`,
			},
			want: `isthmus: note: mesh/mesh.yaml:15:17: spec.clusters[0].controlPlane.expose: the remotes depend on routes to the Service addresses of this cluster; where a route is missing they keep their configuration and get no change, and injection fails (IST318)
isthmus: error: mesh/mesh.yaml:16:34: spec.clusters[0].controlPlane.addresses[1]: 10.110.0.10 is named twice (IST019)
isthmus: fix: remove one
`,
		},
		{
			name: "a Service with an address of each family",
			mesh: today,
			edit: []string{
				"expose: dedicatedGateway", "expose: clusterIP",
				"[10.1.255.10]", `[10.110.0.10, "fd00:110::a"]`,
				`      controlPlane:
`, `      serviceCIDRsRoutable: true
      controlPlane:
`,
				"[10.110.0.0/16]", `[10.110.0.0/16, "fd00:110::/112"]`,
			},
			want: `isthmus: note: mesh/mesh.yaml:15:17: spec.clusters[0].controlPlane.expose: the remotes depend on routes to the Service addresses of this cluster; where a route is missing they keep their configuration and get no change, and injection fails (IST318)
`,
		},
		{
			name: "a load balancer that is a pod",
			mesh: today,
			edit: []string{"expose: dedicatedGateway", "expose: loadBalancer", "[10.1.255.10]", "[10.10.0.5]"},
			want: `isthmus: note: mesh/mesh.yaml:14:17: spec.clusters[0].controlPlane.expose: the remotes depend on the load balancer in front of istiod; while it is away they keep their configuration and get no change, and injection fails (IST318)
isthmus: error: mesh/mesh.yaml:15:21: spec.clusters[0].controlPlane.addresses[0]: 10.10.0.5 is a pod of cluster "east"; with expose: loadBalancer it is a load balancer's address (IST310)
isthmus: fix: give the load balancer's address, or write expose: pod
`,
		},
		{
			name: "a gateway that is a pod",
			mesh: today,
			edit: []string{"expose: dedicatedGateway", "expose: gateway", "[10.1.255.10]", "[10.1.255.10, 10.10.0.5]"},
			want: `isthmus: warning: mesh/mesh.yaml:14:17: spec.clusters[0].controlPlane.expose: the control plane is reachable wherever the gateway is; a gateway that faces the internet shows ports 15012 and 15017 to it (IST319)
isthmus: fix: see that its Service opens both to the remotes and to nobody else, or use expose: dedicatedGateway with an internal load balancer
isthmus: error: mesh/mesh.yaml:15:34: spec.clusters[0].controlPlane.addresses[1]: 10.10.0.5 is a pod of cluster "east"; with expose: gateway it is a load balancer's address (IST310)
isthmus: fix: give the load balancer's address, or write expose: pod
`,
		},
		{
			name: "a gateway of isthmus that is a pod",
			mesh: today,
			edit: []string{"expose: dedicatedGateway", "expose: dedicatedGateway", "[10.1.255.10]", "[10.10.0.5]"},
			want: method(14) + `isthmus: error: mesh/mesh.yaml:15:21: spec.clusters[0].controlPlane.addresses[0]: 10.10.0.5 is a pod of cluster "east"; with expose: dedicatedGateway it is a load balancer's address (IST310)
isthmus: fix: give the load balancer's address, or write expose: pod
`,
		},
		{
			name: "a gateway that is a pod of another cluster",
			mesh: today,
			edit: []string{"expose: dedicatedGateway", "expose: gateway", "[10.1.255.10]", "[10.20.0.5]"},
			want: `isthmus: warning: mesh/mesh.yaml:14:17: spec.clusters[0].controlPlane.expose: the control plane is reachable wherever the gateway is; a gateway that faces the internet shows ports 15012 and 15017 to it (IST319)
isthmus: fix: see that its Service opens both to the remotes and to nobody else, or use expose: dedicatedGateway with an internal load balancer
isthmus: error: mesh/mesh.yaml:15:21: spec.clusters[0].controlPlane.addresses[0]: 10.20.0.5 is a pod of cluster "west"; with expose: gateway it is a load balancer's address (IST335)
isthmus: fix: give the load balancer's address, or correct the prefixes of that cluster
`,
		},
		{
			name: "a load balancer that is a Service of another cluster",
			mesh: today,
			edit: []string{"[10.1.255.10]", "[10.120.0.5]"},
			want: method(14) + `isthmus: error: mesh/mesh.yaml:15:21: spec.clusters[0].controlPlane.addresses[0]: 10.120.0.5 is a Service of cluster "west"; with expose: dedicatedGateway it is a load balancer's address (IST335)
isthmus: fix: give the load balancer's address, or correct the prefixes of that cluster
`,
		},
		{
			name: "a load balancer that is a Service of its cluster",
			mesh: today,
			edit: []string{"[10.1.255.10]", "[10.110.0.5]"},
			want: method(14) + `isthmus: error: mesh/mesh.yaml:15:21: spec.clusters[0].controlPlane.addresses[0]: 10.110.0.5 is reachable inside cluster "east" only; the addresses of Services are not routed between clusters unless somebody saw to it (IST309)
isthmus: fix: give the load balancer's address, or write serviceCIDRsRoutable: true for the cluster
`,
		},
		{
			name: "two addresses in a profile",
			mesh: today,
			edit: []string{
				`    version: "1.30.3"
`, `    version: "1.30.3"
    stubs: profile
`,
				"[10.1.255.10]", "[10.1.255.10, 10.1.255.11]",
			},
			want: method(15) + `isthmus: error: mesh/mesh.yaml:16:34: spec.clusters[0].controlPlane.addresses[1]: the control plane has 2 addresses; with stubs: profile the profile holds the address too, and it takes one (IST306)
isthmus: fix: keep one, or write stubs: overlay
`,
		},
		{
			name: "IPv6 in a chart that knows it",
			mesh: today,
			edit: []string{
				`    version: "1.30.3"
`, `    version: "1.30.3"
    stubs: profile
`,
				"[10.1.255.10]", `["fd00:1::a"]`, "[10.120.0.0/16]", `["fd00:120::/112"]`,
			},
			want: method(15),
		},
		{
			name: "IPv6 in a chart that does not",
			mesh: today,
			edit: []string{
				`1.30.3"
`, `1.29.0"
    stubs: profile
`,
				"[10.1.255.10]", `["fd00:1::a"]`, "[10.120.0.0/16]", `["fd00:120::/112"]`,
			},
			want: method(15) + `isthmus: error: mesh/mesh.yaml:16:21: spec.clusters[0].controlPlane.addresses[0]: the chart of Istio 1.29.0 takes fd00:1::a for a hostname; the stub of cluster "west" would lead nowhere (IST334)
isthmus: fix: write stubs: overlay, or use 1.30 or later
`,
		},
		{
			name: "IPv6 in the chart of one remote that does not",
			mesh: today,
			edit: []string{
				`    version: "1.30.3"
`, `    version: "1.30.3"
    stubs: profile
`,
				"[10.1.255.10]", `["fd00:1::a"]`,
				`      serviceCIDRs: [10.120.0.0/16]
`, `      serviceCIDRs: ["fd00:120::/112"]
      version: "1.29.0"
`,
			},
			want: method(15) + `isthmus: error: mesh/mesh.yaml:16:21: spec.clusters[0].controlPlane.addresses[0]: the chart of Istio 1.29.0 takes fd00:1::a for a hostname; the stub of cluster "west" would lead nowhere (IST334)
isthmus: fix: write stubs: overlay, or use 1.30 or later
`,
		},
		{
			name: "IPv6 in an overlay of 1.24",
			mesh: today,
			edit: []string{"1.30.3", "1.24.0", "[10.1.255.10]", `["fd00:1::a"]`, "[10.120.0.0/16]", `["fd00:120::/112"]`},
			want: method(14),
		},
		{
			name: "an unknown method",
			mesh: today,
			edit: []string{"dedicatedGateway", "dedicated-gateway"},
			want: `isthmus: error: mesh/mesh.yaml:14:17: spec.clusters[0].controlPlane.expose: "dedicated-gateway" is not one of pod, clusterIP, loadBalancer, gateway, dedicatedGateway (IST012)
isthmus: fix: did you mean "dedicatedGateway"?
`,
		},
	})
}
