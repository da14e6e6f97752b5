package mesh_test

import "testing"

// TestExposureFields: fields that shape a load balancer or a gateway.
func TestExposureFields(t *testing.T) {
	rejected(t, []rejection{
		{
			name: "of a load balancer",
			mesh: today,
			edit: []string{
				"expose: dedicatedGateway", "expose: loadBalancer",
				`        addresses: [10.1.255.10]
`, `        addresses: [10.1.255.10]
        service: {annotations: {a.example/b: c}, loadBalancerIP: 10.1.255.10, loadBalancerClass: example.com/internal, loadBalancerSourceRanges: [10.0.0.0/8]}
`,
			},
			want: `isthmus: note: mesh/mesh.yaml:14:17: spec.clusters[0].controlPlane.expose: the remotes depend on the load balancer in front of istiod; while it is away they keep their configuration and get no change, and injection fails (IST318)
`,
		},
		{
			name: "of a gateway of isthmus",
			mesh: today,
			edit: []string{
				`        addresses: [10.1.255.10]
`, `        addresses: [10.1.255.10]
        service: {loadBalancerIP: "fd00::1"}
        gateway: {name: ew, namespace: istio-ew, selector: {istio: ew}}
`,
			},
			want: `isthmus: note: mesh/mesh.yaml:14:17: spec.clusters[0].controlPlane.expose: the remotes depend on the gateway ew; it starts after istiod and is its client: while it is away the remotes keep their configuration and get no change, and injection fails (IST318)
isthmus: warning: mesh/mesh.yaml:16:35: spec.clusters[0].controlPlane.service.loadBalancerIP: fd00::1 is none of the control plane's addresses; the load balancer gets this one, and the remotes go to the others (IST316)
isthmus: fix: write the same address in both places
`,
		},
		{
			name: "of a gateway",
			mesh: today,
			edit: []string{
				"expose: dedicatedGateway", "expose: gateway",
				`        addresses: [10.1.255.10]
`, `        addresses: [10.1.255.10]
        gateway: {name: ew, namespace: istio-ew, selector: {app: ew}}
`,
			},
			want: `isthmus: warning: mesh/mesh.yaml:14:17: spec.clusters[0].controlPlane.expose: the control plane is reachable wherever the gateway is; a gateway that faces the internet shows ports 15012 and 15017 to it (IST319)
isthmus: fix: see that its Service opens both to the remotes and to nobody else, or use expose: dedicatedGateway with an internal load balancer
`,
		},
		{
			name: "a load balancer of a pod",
			mesh: today,
			edit: []string{
				"expose: dedicatedGateway", "expose: pod",
				"[10.1.255.10]", "[10.10.0.5]",
				`        addresses: [10.10.0.5]
`, `        addresses: [10.10.0.5]
        service: {}
`,
			},
			want: `isthmus: warning: mesh/mesh.yaml:15:20: spec.clusters[0].controlPlane.addresses: the remotes depend on the address of a pod; it changes whenever the pod restarts, and breaks every remote (istio/istio#4822) (IST317)
isthmus: fix: use expose: dedicatedGateway
isthmus: error: mesh/mesh.yaml:16:18: spec.clusters[0].controlPlane.service: expose: pod has no load balancer of isthmus (IST315)
isthmus: fix: remove it, or write expose: loadBalancer or dedicatedGateway
`,
		},
		{
			name: "a load balancer of a clusterIP",
			mesh: today,
			edit: []string{
				"expose: dedicatedGateway", "expose: clusterIP",
				"[10.1.255.10]", "[10.110.0.10]",
				`      controlPlane:
`, `      serviceCIDRsRoutable: true
      controlPlane:
`,
				`        addresses: [10.110.0.10]
`, `        addresses: [10.110.0.10]
        service: {annotations: {a: b}}
`,
			},
			want: `isthmus: note: mesh/mesh.yaml:15:17: spec.clusters[0].controlPlane.expose: the remotes depend on routes to the Service addresses of this cluster; where a route is missing they keep their configuration and get no change, and injection fails (IST318)
isthmus: error: mesh/mesh.yaml:17:18: spec.clusters[0].controlPlane.service: expose: clusterIP has no load balancer of isthmus (IST315)
isthmus: fix: remove it, or write expose: loadBalancer or dedicatedGateway
`,
		},
		{
			name: "a load balancer of somebody's gateway",
			mesh: today,
			edit: []string{
				"expose: dedicatedGateway", "expose: gateway",
				`        addresses: [10.1.255.10]
`, `        addresses: [10.1.255.10]
        service: {loadBalancerIP: 10.1.255.10}
`,
			},
			want: `isthmus: warning: mesh/mesh.yaml:14:17: spec.clusters[0].controlPlane.expose: the control plane is reachable wherever the gateway is; a gateway that faces the internet shows ports 15012 and 15017 to it (IST319)
isthmus: fix: see that its Service opens both to the remotes and to nobody else, or use expose: dedicatedGateway with an internal load balancer
isthmus: error: mesh/mesh.yaml:16:18: spec.clusters[0].controlPlane.service: expose: gateway has no load balancer of isthmus (IST315)
isthmus: fix: remove it, or write expose: loadBalancer or dedicatedGateway
`,
		},
		{
			name: "a gateway of a pod",
			mesh: today,
			edit: []string{
				"expose: dedicatedGateway", "expose: pod",
				"[10.1.255.10]", "[10.10.0.5]",
				`        addresses: [10.10.0.5]
`, `        addresses: [10.10.0.5]
        gateway: {name: ew}
`,
			},
			want: `isthmus: warning: mesh/mesh.yaml:15:20: spec.clusters[0].controlPlane.addresses: the remotes depend on the address of a pod; it changes whenever the pod restarts, and breaks every remote (istio/istio#4822) (IST317)
isthmus: fix: use expose: dedicatedGateway
isthmus: error: mesh/mesh.yaml:16:18: spec.clusters[0].controlPlane.gateway: expose: pod has no gateway (IST315)
isthmus: fix: remove it, or write expose: gateway or dedicatedGateway
`,
		},
		{
			name: "a gateway of a load balancer",
			mesh: today,
			edit: []string{
				"expose: dedicatedGateway", "expose: loadBalancer",
				`        addresses: [10.1.255.10]
`, `        addresses: [10.1.255.10]
        gateway: {name: ew}
`,
			},
			want: `isthmus: note: mesh/mesh.yaml:14:17: spec.clusters[0].controlPlane.expose: the remotes depend on the load balancer in front of istiod; while it is away they keep their configuration and get no change, and injection fails (IST318)
isthmus: error: mesh/mesh.yaml:16:18: spec.clusters[0].controlPlane.gateway: expose: loadBalancer has no gateway (IST315)
isthmus: fix: remove it, or write expose: gateway or dedicatedGateway
`,
		},
		{
			name: "an annotation",
			mesh: today,
			edit: []string{
				`        addresses: [10.1.255.10]
`, `        addresses: [10.1.255.10]
        service: {annotations: {"a b": c}}
`,
			},
			want: method(14) + `isthmus: error: mesh/mesh.yaml:16:32: spec.clusters[0].controlPlane.service.annotations: "a b" is not the key of an annotation (IST022)
`,
		},
		{
			name: "an address",
			mesh: today,
			edit: []string{
				`        addresses: [10.1.255.10]
`, `        addresses: [10.1.255.10]
        service: {loadBalancerIP: lb.example.com}
`,
			},
			want: method(14) + `isthmus: error: mesh/mesh.yaml:16:35: spec.clusters[0].controlPlane.service.loadBalancerIP: "lb.example.com" is not an IP address (IST014)
isthmus: fix: give the address that the load balancer shall have, or remove it
`,
		},
		{
			name: "a class",
			mesh: today,
			edit: []string{
				`        addresses: [10.1.255.10]
`, `        addresses: [10.1.255.10]
        service: {loadBalancerClass: "a b"}
`,
			},
			want: method(14) + `isthmus: error: mesh/mesh.yaml:16:38: spec.clusters[0].controlPlane.service.loadBalancerClass: "a b" is not the name of a class (IST022)
isthmus: fix: write it as in example.com/internal
`,
		},
		{
			name: "a source range",
			mesh: today,
			edit: []string{
				`        addresses: [10.1.255.10]
`, `        addresses: [10.1.255.10]
        service: {loadBalancerSourceRanges: [10.0.0.0]}
`,
			},
			want: method(14) + `isthmus: error: mesh/mesh.yaml:16:46: spec.clusters[0].controlPlane.service.loadBalancerSourceRanges[0]: "10.0.0.0" is not a CIDR prefix (IST014)
isthmus: fix: write it as 10.0.0.0/8
`,
		},
		{
			name: "a gateway's name and namespace",
			mesh: today,
			edit: []string{
				`        addresses: [10.1.255.10]
`, `        addresses: [10.1.255.10]
        gateway: {name: East_West, namespace: Istio}
`,
			},
			want: `isthmus: note: mesh/mesh.yaml:14:17: spec.clusters[0].controlPlane.expose: the remotes depend on the gateway East_West; it starts after istiod and is its client: while it is away the remotes keep their configuration and get no change, and injection fails (IST318)
isthmus: error: mesh/mesh.yaml:16:25: spec.clusters[0].controlPlane.gateway.name: "East_West" is not a DNS label; a DNS label has lower-case letters, digits and "-", at most 63, and starts and ends with a letter or digit (IST020)
isthmus: fix: write "east-west"
isthmus: error: mesh/mesh.yaml:16:47: spec.clusters[0].controlPlane.gateway.namespace: "Istio" is not a DNS label; a DNS label has lower-case letters, digits and "-", at most 63, and starts and ends with a letter or digit (IST020)
isthmus: fix: write "istio"
`,
		},
		{
			name: "a gateway's selector",
			mesh: today,
			edit: []string{
				`        addresses: [10.1.255.10]
`, `        addresses: [10.1.255.10]
        gateway: {selector: {"a b": c, d: "e f"}}
`,
			},
			want: method(14) + `isthmus: error: mesh/mesh.yaml:16:29: spec.clusters[0].controlPlane.gateway.selector: "a b" is not the key of a label (IST022)
isthmus: fix: write a name of at most 63 letters, digits, "-", "_" and ".", after an optional domain and "/"
isthmus: error: mesh/mesh.yaml:16:29: spec.clusters[0].controlPlane.gateway.selector: "e f" is not the value of a label (IST022)
isthmus: fix: write at most 63 letters, digits, "-", "_" and ".", a letter or digit at both ends
`,
		},
		{
			name: "a gateway called istiod",
			mesh: today,
			edit: []string{
				`        addresses: [10.1.255.10]
`, `        addresses: [10.1.255.10]
        gateway: {name: istiod}
`,
			},
			want: `isthmus: note: mesh/mesh.yaml:14:17: spec.clusters[0].controlPlane.expose: the remotes depend on the gateway istiod; it starts after istiod and is its client: while it is away the remotes keep their configuration and get no change, and injection fails (IST318)
isthmus: error: mesh/mesh.yaml:16:25: spec.clusters[0].controlPlane.gateway.name: "istiod" is the name of another release of the mesh; the gateway would take its place (IST321)
isthmus: fix: choose another name, as in istio-eastwestgateway
`,
		},
		{
			name: "a gateway called as a revision's istiod",
			mesh: today,
			edit: []string{
				`    version: "1.30.3"
`, `    version: "1.30.3"
    revision: a
`,
				`        addresses: [10.1.255.10]
`, `        addresses: [10.1.255.10]
        gateway: {name: istiod-a}
`,
			},
			want: `isthmus: note: mesh/mesh.yaml:15:17: spec.clusters[0].controlPlane.expose: the remotes depend on the gateway istiod-a; it starts after istiod and is its client: while it is away the remotes keep their configuration and get no change, and injection fails (IST318)
isthmus: error: mesh/mesh.yaml:17:25: spec.clusters[0].controlPlane.gateway.name: "istiod-a" is the name of another release of the mesh; the gateway would take its place (IST321)
isthmus: fix: choose another name, as in istio-eastwestgateway
`,
		},
		{
			name: "a gateway called as a canary's istiod",
			mesh: today,
			edit: []string{
				`    version: "1.30.3"
`, `    version: "1.30.3"
    canary: {version: "1.29.2", revision: b}
`,
				`        addresses: [10.1.255.10]
`, `        addresses: [10.1.255.10]
        gateway: {name: istiod-b}
`,
			},
			want: `isthmus: note: mesh/mesh.yaml:15:17: spec.clusters[0].controlPlane.expose: the remotes depend on the gateway istiod-b; it starts after istiod and is its client: while it is away the remotes keep their configuration and get no change, and injection fails (IST318)
isthmus: error: mesh/mesh.yaml:17:25: spec.clusters[0].controlPlane.gateway.name: "istiod-b" is the name of another release of the mesh; the gateway would take its place (IST321)
isthmus: fix: choose another name, as in istio-eastwestgateway
`,
		},
		{
			name: "a gateway with the longest name",
			mesh: today,
			edit: []string{
				`        addresses: [10.1.255.10]
`, `        addresses: [10.1.255.10]
        gateway: {name: ggggggggggggggggggggggggggggggggggggggggggggggggggggg}
`,
			},
			want: `isthmus: note: mesh/mesh.yaml:14:17: spec.clusters[0].controlPlane.expose: the remotes depend on the gateway ggggggggggggggggggggggggggggggggggggggggggggggggggggg; it starts after istiod and is its client: while it is away the remotes keep their configuration and get no change, and injection fails (IST318)
`,
		},
		{
			name: "a gateway with a name that is too long",
			mesh: today,
			edit: []string{
				`        addresses: [10.1.255.10]
`, `        addresses: [10.1.255.10]
        gateway: {name: gggggggggggggggggggggggggggggggggggggggggggggggggggggg}
`,
			},
			want: `isthmus: note: mesh/mesh.yaml:14:17: spec.clusters[0].controlPlane.expose: the remotes depend on the gateway gggggggggggggggggggggggggggggggggggggggggggggggggggggg; it starts after istiod and is its client: while it is away the remotes keep their configuration and get no change, and injection fails (IST318)
isthmus: error: mesh/mesh.yaml:16:25: spec.clusters[0].controlPlane.gateway.name: "gggggggggggggggggggggggggggggggggggggggggggggggggggggg" has 54 characters; it becomes the name of a release, and Helm takes 53 (IST217)
isthmus: fix: choose a shorter one
`,
		},
		{
			name: "somebody's gateway called istiod",
			mesh: today,
			edit: []string{
				"expose: dedicatedGateway", "expose: gateway",
				`        addresses: [10.1.255.10]
`, `        addresses: [10.1.255.10]
        gateway: {name: istiod}
`,
			},
			want: `isthmus: warning: mesh/mesh.yaml:14:17: spec.clusters[0].controlPlane.expose: the control plane is reachable wherever the gateway is; a gateway that faces the internet shows ports 15012 and 15017 to it (IST319)
isthmus: fix: see that its Service opens both to the remotes and to nobody else, or use expose: dedicatedGateway with an internal load balancer
`,
		},
		{
			name: "a gateway in a namespace of Services",
			mesh: today,
			edit: []string{
				`        addresses: [10.1.255.10]
`, `        addresses: [10.1.255.10]
        gateway: {namespace: bookinfo}
`,
			},
			want: method(14) + `isthmus: error: mesh/mesh.yaml:16:30: spec.clusters[0].controlPlane.gateway.namespace: "bookinfo" is a namespace of applications; it would be made twice, before the control plane and after it (IST322)
isthmus: fix: give the gateway a namespace of its own, or Istio's
`,
		},
		{
			name: "a gateway in a namespace that is injected",
			mesh: today,
			edit: []string{
				`        addresses: [10.1.255.10]
`, `        addresses: [10.1.255.10]
        gateway: {namespace: web}
`,
				`  clusters:
`, `  injection: {namespaces: [web]}
  clusters:
`,
			},
			want: method(15) + `isthmus: error: mesh/mesh.yaml:17:30: spec.clusters[0].controlPlane.gateway.namespace: "web" is a namespace of applications; it would be made twice, before the control plane and after it (IST322)
isthmus: fix: give the gateway a namespace of its own, or Istio's
`,
		},
		{
			name: "somebody's gateway in a namespace of Services",
			mesh: today,
			edit: []string{
				"expose: dedicatedGateway", "expose: gateway",
				`        addresses: [10.1.255.10]
`, `        addresses: [10.1.255.10]
        gateway: {namespace: bookinfo}
`,
			},
			want: `isthmus: warning: mesh/mesh.yaml:14:17: spec.clusters[0].controlPlane.expose: the control plane is reachable wherever the gateway is; a gateway that faces the internet shows ports 15012 and 15017 to it (IST319)
isthmus: fix: see that its Service opens both to the remotes and to nobody else, or use expose: dedicatedGateway with an internal load balancer
`,
		},
	})
}
