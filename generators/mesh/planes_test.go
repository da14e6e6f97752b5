package mesh_test

import "testing"

// TestControlPlanes: several control planes, from 1.24 on.
func TestControlPlanes(t *testing.T) {
	rejected(t, []rejection{
		{
			name: "two, and a remote of each",
			mesh: today,
			edit: []string{
				`    - name: west
`, `    - name: north
      apiServer: https://10.3.0.10:6443
      podCIDRs: [10.30.0.0/16]
      serviceCIDRs: [10.130.0.0/16]
      controlPlane: {expose: loadBalancer, addresses: [10.3.255.10]}
    - name: south
      apiServer: https://10.4.0.10:6443
      podCIDRs: [10.40.0.0/16]
      serviceCIDRs: [10.140.0.0/16]
      remoteOf: north
    - name: west
`,
				`      serviceCIDRs: [10.120.0.0/16]
`, `      serviceCIDRs: [10.120.0.0/16]
      remoteOf: east
`,
			},
			want: method(14) + `isthmus: note: mesh/mesh.yaml:20:30: spec.clusters[1].controlPlane.expose: the remotes depend on the load balancer in front of istiod; while it is away they keep their configuration and get no change, and injection fails (IST318)
`,
		},
		{
			name: "two, and a remote of which",
			mesh: today,
			edit: []string{
				`    - name: west
`, `    - name: north
      apiServer: https://10.3.0.10:6443
      podCIDRs: [10.30.0.0/16]
      serviceCIDRs: [10.130.0.0/16]
      controlPlane: {expose: loadBalancer, addresses: [10.3.255.10]}
    - name: west
`,
			},
			want: method(14) + `isthmus: note: mesh/mesh.yaml:20:30: spec.clusters[1].controlPlane.expose: the remotes depend on the load balancer in front of istiod; while it is away they keep their configuration and get no change, and injection fails (IST318)
isthmus: error: mesh/mesh.yaml:21:7: spec.clusters[2].remoteOf: cluster "west" does not say whose remote it is; the mesh has several control planes (IST303)
isthmus: fix: name one of east, north
`,
		},
		{
			name: "two alone",
			mesh: today,
			edit: []string{
				`      serviceCIDRs: [10.120.0.0/16]
`, `      serviceCIDRs: [10.120.0.0/16]
      controlPlane: {expose: gateway, addresses: [10.2.255.10]}
`,
			},
			want: method(14) + `isthmus: warning: mesh/mesh.yaml:20:30: spec.clusters[1].controlPlane.expose: the control plane is reachable wherever the gateway is; a gateway that faces the internet shows ports 15012 and 15017 to it (IST319)
isthmus: fix: see that its Service opens both to the remotes and to nobody else, or use expose: dedicatedGateway with an internal load balancer
`,
		},
		{
			name: "a remote of a remote",
			mesh: today,
			edit: []string{
				`      serviceCIDRs: [10.120.0.0/16]
`, `      serviceCIDRs: [10.120.0.0/16]
      remoteOf: west
`,
			},
			want: method(14) + `isthmus: error: mesh/mesh.yaml:20:17: spec.clusters[1].remoteOf: no cluster "west" runs a control plane; a remote needs one to take its configuration from (IST303)
isthmus: fix: give "west" a controlPlane
`,
		},
		{
			name: "a remote of nobody",
			mesh: today,
			edit: []string{
				`      serviceCIDRs: [10.120.0.0/16]
`, `      serviceCIDRs: [10.120.0.0/16]
      remoteOf: eest
`,
			},
			want: method(14) + `isthmus: error: mesh/mesh.yaml:20:17: spec.clusters[1].remoteOf: no cluster "eest" runs a control plane; a remote needs one to take its configuration from (IST303)
isthmus: fix: did you mean "east"? Otherwise give "eest" a controlPlane
`,
		},
		{
			name: "a control plane that is a remote",
			mesh: today,
			edit: []string{
				`      serviceCIDRs: [10.120.0.0/16]
`, `      serviceCIDRs: [10.120.0.0/16]
      controlPlane: {expose: gateway, addresses: [10.2.255.10]}
      remoteOf: east
`,
			},
			want: method(14) + `isthmus: warning: mesh/mesh.yaml:20:30: spec.clusters[1].controlPlane.expose: the control plane is reachable wherever the gateway is; a gateway that faces the internet shows ports 15012 and 15017 to it (IST319)
isthmus: fix: see that its Service opens both to the remotes and to nobody else, or use expose: dedicatedGateway with an internal load balancer
isthmus: error: mesh/mesh.yaml:21:17: spec.clusters[1].remoteOf: cluster "west" runs a control plane itself (IST303)
isthmus: fix: remove remoteOf or controlPlane
`,
		},
		{
			name: "a control plane that is leaving",
			mesh: today,
			edit: []string{
				`      controlPlane:
`, `      state: leaving
      controlPlane:
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:13:14: spec.clusters[0].state: the cluster of the control plane cannot be leaving; every remote depends on it (IST701)
isthmus: fix: make it a remote of another first (remoteOf in place of controlPlane), or remove the line
` + method(15),
		},
		{
			name: "a control plane that is joining",
			mesh: today,
			edit: []string{
				`      controlPlane:
`, `      state: joining
      controlPlane:
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:13:14: spec.clusters[0].state: the cluster of the control plane cannot be joining; every remote depends on it (IST701)
isthmus: fix: make it a remote of another first (remoteOf in place of controlPlane), or remove the line
` + method(15),
		},
		{
			name: "a remote that is joining",
			mesh: today,
			edit: []string{
				`      serviceCIDRs: [10.120.0.0/16]
`, `      serviceCIDRs: [10.120.0.0/16]
      state: joining
`,
			},
			want: method(14),
		},
		{
			name: "selfSigned with one signer",
			mesh: today,
			edit: []string{
				`  clusters:
`, `  security: {certificates: selfSigned}
  clusters:
`,
			},
			want: method(15),
		},
		{
			name: "selfSigned with two signers",
			mesh: today,
			edit: []string{
				`  clusters:
`, `  security: {certificates: selfSigned}
  clusters:
`,
				`      serviceCIDRs: [10.120.0.0/16]
`, `      serviceCIDRs: [10.120.0.0/16]
      controlPlane: {expose: gateway, addresses: [10.2.255.10]}
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:28: spec.security.certificates: selfSigned gives each of 2 clusters a root of its own; clusters without a common root refuse each other's workloads (IST501)
isthmus: fix: write plugged, and give each cluster that signs a cacerts Secret under one root
isthmus: note: mesh/mesh.yaml:15:17: spec.clusters[0].controlPlane.expose: the remotes depend on the gateway istio-eastwestgateway; it starts after istiod and is its client: while it is away the remotes keep their configuration and get no change, and injection fails (IST318)
isthmus: warning: mesh/mesh.yaml:21:30: spec.clusters[1].controlPlane.expose: the control plane is reachable wherever the gateway is; a gateway that faces the internet shows ports 15012 and 15017 to it (IST319)
isthmus: fix: see that its Service opens both to the remotes and to nobody else, or use expose: dedicatedGateway with an internal load balancer
`,
		},
		{
			name: "selfSigned with two signers, workloads in plain text",
			mesh: today,
			edit: []string{
				`  clusters:
`, `  security: {certificates: selfSigned, mutualTLS: false}
  clusters:
`,
				`      serviceCIDRs: [10.120.0.0/16]
`, `      serviceCIDRs: [10.120.0.0/16]
      controlPlane: {expose: gateway, addresses: [10.2.255.10]}
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:28: spec.security.certificates: selfSigned gives each of 2 clusters a root of its own; clusters without a common root refuse each other's workloads (IST501)
isthmus: fix: write plugged, and give each cluster that signs a cacerts Secret under one root
isthmus: note: mesh/mesh.yaml:15:17: spec.clusters[0].controlPlane.expose: the remotes depend on the gateway istio-eastwestgateway; it starts after istiod and is its client: while it is away the remotes keep their configuration and get no change, and injection fails (IST318)
isthmus: warning: mesh/mesh.yaml:21:30: spec.clusters[1].controlPlane.expose: the control plane is reachable wherever the gateway is; a gateway that faces the internet shows ports 15012 and 15017 to it (IST319)
isthmus: fix: see that its Service opens both to the remotes and to nobody else, or use expose: dedicatedGateway with an internal load balancer
`,
		},
		{
			name: "no Mixer to warn of",
			mesh: today,
			edit: []string{},
			want: method(14),
		},
	})
}
