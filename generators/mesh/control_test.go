package mesh_test

import "testing"

// TestControlPlane: the one control plane and its addresses.
func TestControlPlane(t *testing.T) {
	rejected(t, []rejection{
		{
			name: "none",
			edit: []string{
				`      controlPlane:
        expose: clusterIP
        addresses: [10.110.0.10]
`, "",
			},
			want: `isthmus: error: mesh/mesh.yaml:9:5: spec.clusters: no cluster runs the control plane (IST302)
isthmus: fix: give one cluster a controlPlane with its addresses
`,
		},
		{
			name: "two",
			edit: []string{
				`serviceCIDRs: [10.120.0.0/16]
`, `serviceCIDRs: [10.120.0.0/16]
      controlPlane: {expose: clusterIP, addresses: [10.120.0.10]}
`,
				`serviceCIDRs: [10.120.0.0/16]
`, `serviceCIDRs: [10.120.0.0/16]
      serviceCIDRsRoutable: true
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:22:21: spec.clusters[1].controlPlane: cluster "west" runs a control plane, and so does "east"; on Istio 1.4 and 1.5 a mesh shares one (IST301)
isthmus: fix: keep one; the others are its remotes
`,
		},
		{
			name: "one cluster",
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
			name: "a remote of itself",
			edit: []string{
				`      controlPlane:
        expose: clusterIP
        addresses: [10.110.0.10]
`, `      controlPlane:
        expose: clusterIP
        addresses: [10.110.0.10]
      remoteOf: east
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:17:17: spec.clusters[0].remoteOf: cluster "east" runs a control plane itself (IST303)
isthmus: fix: remove remoteOf or controlPlane
`,
		},
		{
			name: "a remote of a remote, nearly",
			edit: []string{
				`serviceCIDRs: [10.120.0.0/16]
`, `serviceCIDRs: [10.120.0.0/16]
      remoteOf: eest
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:21:17: spec.clusters[1].remoteOf: no cluster "eest" runs a control plane; a remote needs one to take its configuration from (IST303)
isthmus: fix: did you mean "east"? Otherwise give "eest" a controlPlane
`,
		},
		{
			name: "a remote of nobody",
			edit: []string{
				`serviceCIDRs: [10.120.0.0/16]
`, `serviceCIDRs: [10.120.0.0/16]
      remoteOf: north
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:21:17: spec.clusters[1].remoteOf: no cluster "north" runs a control plane; a remote needs one to take its configuration from (IST303)
isthmus: fix: give "north" a controlPlane
`,
		},
		{
			name: "leaving",
			edit: []string{
				`      controlPlane:
        expose: clusterIP
        addresses: [10.110.0.10]
`, `      controlPlane:
        expose: clusterIP
        addresses: [10.110.0.10]
      state: leaving
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:17:14: spec.clusters[0].state: the cluster of the control plane cannot be leaving; every remote depends on it (IST701)
isthmus: fix: make it a remote of another first (remoteOf in place of controlPlane), or remove the line
`,
		},
		{
			name: "a hostname",
			edit: []string{"addresses: [10.110.0.10]", "hostname: pilot.example.com"},
			want: `isthmus: error: mesh/mesh.yaml:16:19: spec.clusters[0].controlPlane.hostname: "pilot.example.com" cannot be the address of the control plane; on Istio 1.4 and 1.5 it is written into the Endpoints of a stub, and Endpoints take IP addresses only (IST312)
isthmus: fix: remove it and give addresses: the IP addresses that it stands for
`,
		},
		{
			name: "a hostname beside addresses",
			edit: []string{
				"addresses: [10.110.0.10]", `addresses: [10.110.0.10]
        hostname: pilot.example.com`,
			},
			want: `isthmus: error: mesh/mesh.yaml:17:19: spec.clusters[0].controlPlane.hostname: "pilot.example.com" cannot be the address of the control plane; on Istio 1.4 and 1.5 it is written into the Endpoints of a stub, and Endpoints take IP addresses only (IST312)
isthmus: fix: remove it and give addresses: the IP addresses that it stands for
`,
		},
		{
			name: "no address",
			edit: []string{"addresses: [10.110.0.10]", "addresses: []"},
			want: `isthmus: error: mesh/mesh.yaml:16:20: spec.clusters[0].controlPlane.addresses: the control plane has no address; the remotes would have nothing to connect to (IST304)
isthmus: fix: give the IP address at which the remotes reach it
`,
		},
		{
			name: "a controlPlane that says nothing of its address",
			edit: []string{
				`
        addresses: [10.110.0.10]`, "",
			},
			want: `isthmus: error: mesh/mesh.yaml:15:9: spec.clusters[0].controlPlane.addresses: the control plane has no address; the remotes would have nothing to connect to (IST304)
isthmus: fix: give the IP address at which the remotes reach it
`,
		},
		{
			name: "two addresses in a profile",
			edit: []string{"[10.110.0.10]", "[10.110.0.10, 10.110.0.11]"},
			want: `isthmus: error: mesh/mesh.yaml:16:34: spec.clusters[0].controlPlane.addresses[1]: the control plane has 2 addresses; with stubs: both the profile holds the address too, and it takes one (IST306)
isthmus: fix: keep one, or write stubs: overlay
`,
		},
		{
			name: "two addresses in a profile of 1.5.0",
			edit: []string{
				"[10.110.0.10]", "[10.110.0.10, 10.110.0.11]",
				`version: "1.5.10"`, `version: "1.5.0"`,
			},
			want: `isthmus: warning: mesh/mesh.yaml:7:14: spec.istio.version: 1.5.0 renders a Service istio-pilot with a selector on every remote, of the same name as the stub; the two overwrite each other, and a remote that loses its stub loses its control plane (IST332)
isthmus: fix: use 1.5.1 or later, which calls the stub istiod-remote
isthmus: error: mesh/mesh.yaml:16:34: spec.clusters[0].controlPlane.addresses[1]: the control plane has 2 addresses; with stubs: both the profile holds the address too, and it takes one (IST306)
isthmus: fix: keep one
`,
		},
		{
			name: "one address twice",
			edit: []string{
				"[10.110.0.10]", "[10.110.0.10, 10.110.0.10]",
				`version: "1.5.10"`, `version: "1.5.10"
    stubs: overlay`,
			},
			want: `isthmus: error: mesh/mesh.yaml:17:34: spec.clusters[0].controlPlane.addresses[1]: 10.110.0.10 is named twice (IST019)
isthmus: fix: remove one
`,
		},
		{
			name: "Mixer where it is off, policy",
			edit: []string{
				"addresses: [10.110.0.10]", `addresses: [10.110.0.10]
        policyAddresses: [10.110.0.11]`,
			},
			want: `isthmus: warning: mesh/mesh.yaml:17:26: spec.clusters[0].controlPlane.policyAddresses: Istio 1.5.10 has Mixer switched off; the stubs of istio-policy and istio-telemetry point at it (IST327)
isthmus: fix: remove the addresses, unless the values of this cluster switch Mixer on
`,
		},
		{
			name: "Mixer where it is off, telemetry",
			edit: []string{
				"addresses: [10.110.0.10]", `addresses: [10.110.0.10]
        telemetryAddresses: [10.110.0.11]`,
			},
			want: `isthmus: warning: mesh/mesh.yaml:17:29: spec.clusters[0].controlPlane.telemetryAddresses: Istio 1.5.10 has Mixer switched off; the stubs of istio-policy and istio-telemetry point at it (IST327)
isthmus: fix: remove the addresses, unless the values of this cluster switch Mixer on
`,
		},
		{
			name: "no Mixer where it is on",
			edit: []string{`version: "1.5.10"`, `version: "1.4.10"`},
			want: `isthmus: warning: mesh/mesh.yaml:15:9: spec.clusters[0].controlPlane: Istio 1.4.10 runs Mixer, and no address of istio-policy and istio-telemetry is given; the sidecars of remotes have nowhere to call (IST328)
isthmus: fix: give policyAddresses and telemetryAddresses
`,
		},
		{
			name: "half of Mixer where it is on",
			edit: []string{
				`version: "1.5.10"`, `version: "1.4.10"`,
				"addresses: [10.110.0.10]", `addresses: [10.110.0.10]
        policyAddresses: [10.110.0.11]`,
			},
			want: `isthmus: warning: mesh/mesh.yaml:15:9: spec.clusters[0].controlPlane: Istio 1.4.10 runs Mixer, and no address of istio-telemetry is given; the sidecars of remotes have nowhere to call (IST328)
isthmus: fix: give telemetryAddresses
`,
		},
		{
			name: "a pod",
			edit: []string{
				`clusterIP
        addresses: [10.110.0.10]`, `pod
        addresses: [10.10.0.10]`,
			},
			want: `isthmus: warning: mesh/mesh.yaml:16:20: spec.clusters[0].controlPlane.addresses: the remotes depend on the address of a pod; it changes whenever the pod restarts, and breaks every remote (istio/istio#4822) (IST317)
isthmus: fix: use expose: clusterIP where the remotes reach Service addresses, or dedicatedGateway
`,
		},
		{
			name: "an expose that is misspelt",
			edit: []string{"expose: clusterIP", "expse: clusterIP"},
			want: `isthmus: error: mesh/mesh.yaml:15:9: spec.clusters[0].controlPlane.expse: unknown field "expse" (IST008)
isthmus: fix: did you mean "expose"?
`,
		},
		{
			name: "no pod",
			edit: []string{"expose: clusterIP", "expose: pod"},
			want: `isthmus: warning: mesh/mesh.yaml:16:20: spec.clusters[0].controlPlane.addresses: the remotes depend on the address of a pod; it changes whenever the pod restarts, and breaks every remote (istio/istio#4822) (IST317)
isthmus: fix: use expose: clusterIP where the remotes reach Service addresses, or dedicatedGateway
isthmus: error: mesh/mesh.yaml:16:21: spec.clusters[0].controlPlane.addresses[0]: 10.110.0.10 is no pod of cluster "east"; with expose: pod it is a pod's address, and it lies in none of the cluster's podCIDRs (IST307)
isthmus: fix: give the pod's address, correct podCIDRs, or choose another expose
`,
		},
		{
			name: "no Service",
			edit: []string{"[10.110.0.10]", "[10.10.0.10]"},
			want: `isthmus: error: mesh/mesh.yaml:16:21: spec.clusters[0].controlPlane.addresses[0]: 10.10.0.10 is no Service of cluster "east"; with expose: clusterIP it is a Service's address, and it lies in none of the cluster's serviceCIDRs (IST308)
isthmus: fix: give the Service's clusterIP, correct serviceCIDRs, or choose another expose
`,
		},
		{
			name: "a Service that nobody reaches",
			edit: []string{
				`      serviceCIDRsRoutable: true
`, "",
			},
			want: `isthmus: error: mesh/mesh.yaml:15:21: spec.clusters[0].controlPlane.addresses[0]: 10.110.0.10 is reachable inside cluster "east" only; the addresses of Services are not routed between clusters unless somebody saw to it (IST309)
isthmus: fix: write serviceCIDRsRoutable: true for the cluster if they are, or choose another expose
`,
		},
		{
			name: "policy that is no Service",
			edit: []string{
				`version: "1.5.10"`, `version: "1.4.10"`,
				"addresses: [10.110.0.10]", `addresses: [10.110.0.10]
        policyAddresses: [10.10.0.11]
        telemetryAddresses: [10.110.0.12]`,
			},
			want: `isthmus: error: mesh/mesh.yaml:17:27: spec.clusters[0].controlPlane.policyAddresses[0]: 10.10.0.11 is no Service of cluster "east"; with expose: clusterIP it is a Service's address, and it lies in none of the cluster's serviceCIDRs (IST308)
isthmus: fix: give the Service's clusterIP, correct serviceCIDRs, or choose another expose
`,
		},
	})
}
