package mesh_test

import "testing"

// TestHostname: a name in place of addresses.
func TestHostname(t *testing.T) {
	rejected(t, []rejection{
		{
			name: "of a gateway of isthmus",
			mesh: today,
			edit: []string{"addresses: [10.1.255.10]", "hostname: istiod.example.com"},
			want: method(14) + `isthmus: warning: mesh/mesh.yaml:15:19: spec.clusters[0].controlPlane.hostname: API servers call the injector at https://istiod.example.com:15017; the name of the stub cannot be used for it, and istiod's certificate does not hold this name unless told to (IST314)
isthmus: fix: add the name to ISTIOD_CUSTOM_HOST of istiod, in pilot.env of this cluster's values
`,
		},
		{
			name: "of a gateway",
			mesh: today,
			edit: []string{"expose: dedicatedGateway", "expose: gateway", "addresses: [10.1.255.10]", "hostname: istiod.example.com"},
			want: `isthmus: warning: mesh/mesh.yaml:14:17: spec.clusters[0].controlPlane.expose: the control plane is reachable wherever the gateway is; a gateway that faces the internet shows ports 15012 and 15017 to it (IST319)
isthmus: fix: see that its Service opens both to the remotes and to nobody else, or use expose: dedicatedGateway with an internal load balancer
isthmus: warning: mesh/mesh.yaml:15:19: spec.clusters[0].controlPlane.hostname: API servers call the injector at https://istiod.example.com:15017; the name of the stub cannot be used for it, and istiod's certificate does not hold this name unless told to (IST314)
isthmus: fix: add the name to ISTIOD_CUSTOM_HOST of istiod, in pilot.env of this cluster's values
`,
		},
		{
			name: "of a load balancer",
			mesh: today,
			edit: []string{"expose: dedicatedGateway", "expose: loadBalancer", "addresses: [10.1.255.10]", "hostname: istiod.example.com"},
			want: `isthmus: note: mesh/mesh.yaml:14:17: spec.clusters[0].controlPlane.expose: the remotes depend on the load balancer in front of istiod; while it is away they keep their configuration and get no change, and injection fails (IST318)
isthmus: warning: mesh/mesh.yaml:15:19: spec.clusters[0].controlPlane.hostname: API servers call the injector at https://istiod.example.com:15017; the name of the stub cannot be used for it, and istiod's certificate does not hold this name unless told to (IST314)
isthmus: fix: add the name to ISTIOD_CUSTOM_HOST of istiod, in pilot.env of this cluster's values
`,
		},
		{
			name: "of a pod",
			mesh: today,
			edit: []string{"expose: dedicatedGateway", "expose: pod", "addresses: [10.1.255.10]", "hostname: istiod.example.com"},
			want: `isthmus: error: mesh/mesh.yaml:15:19: spec.clusters[0].controlPlane.hostname: expose: pod goes by address (IST313)
isthmus: fix: give addresses, or choose another expose
`,
		},
		{
			name: "of a Service",
			mesh: today,
			edit: []string{"expose: dedicatedGateway", "expose: clusterIP", "addresses: [10.1.255.10]", "hostname: istiod.example.com"},
			want: `isthmus: note: mesh/mesh.yaml:14:17: spec.clusters[0].controlPlane.expose: the remotes depend on routes to the Service addresses of this cluster; where a route is missing they keep their configuration and get no change, and injection fails (IST318)
isthmus: error: mesh/mesh.yaml:15:19: spec.clusters[0].controlPlane.hostname: expose: clusterIP goes by address (IST313)
isthmus: fix: give addresses, or choose another expose
`,
		},
		{
			name: "beside addresses",
			mesh: today,
			edit: []string{
				`        addresses: [10.1.255.10]
`, `        addresses: [10.1.255.10]
        hostname: istiod.example.com
`,
			},
			want: method(14) + `isthmus: error: mesh/mesh.yaml:16:19: spec.clusters[0].controlPlane.hostname: the control plane has addresses and a hostname; the stub is made for one of the two (IST313)
isthmus: fix: remove one
`,
		},
		{
			name: "in capitals",
			mesh: today,
			edit: []string{"addresses: [10.1.255.10]", "hostname: Istiod.example.com"},
			want: method(14) + `isthmus: error: mesh/mesh.yaml:15:19: spec.clusters[0].controlPlane.hostname: "Istiod.example.com" is not a domain name (IST313)
isthmus: fix: write DNS labels joined by dots, without a port, as in istiod.example.com
`,
		},
		{
			name: "with a port",
			mesh: today,
			edit: []string{"addresses: [10.1.255.10]", `hostname: "istiod.example.com:15012"`},
			want: method(14) + `isthmus: error: mesh/mesh.yaml:15:19: spec.clusters[0].controlPlane.hostname: "istiod.example.com:15012" is not a domain name (IST313)
isthmus: fix: write DNS labels joined by dots, without a port, as in istiod.example.com
`,
		},
		{
			name: "with a dot at its end",
			mesh: today,
			edit: []string{"addresses: [10.1.255.10]", "hostname: istiod.example.com."},
			want: method(14) + `isthmus: error: mesh/mesh.yaml:15:19: spec.clusters[0].controlPlane.hostname: "istiod.example.com." is not a domain name (IST313)
isthmus: fix: write DNS labels joined by dots, without a port, as in istiod.example.com
`,
		},
		{
			name: "a URL",
			mesh: today,
			edit: []string{"addresses: [10.1.255.10]", `hostname: "https://istiod.example.com"`},
			want: method(14) + `isthmus: error: mesh/mesh.yaml:15:19: spec.clusters[0].controlPlane.hostname: "https://istiod.example.com" is not a domain name (IST313)
isthmus: fix: write DNS labels joined by dots, without a port, as in istiod.example.com
`,
		},
		{
			name: "one that is too long",
			mesh: today,
			edit: []string{"addresses: [10.1.255.10]", "hostname: a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.aa"},
			want: method(14) + `isthmus: error: mesh/mesh.yaml:15:19: spec.clusters[0].controlPlane.hostname: "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.aa" is not a domain name (IST313)
isthmus: fix: write DNS labels joined by dots, without a port, as in istiod.example.com
`,
		},
		{
			name: "an address",
			mesh: today,
			edit: []string{"addresses: [10.1.255.10]", "hostname: 10.1.255.10"},
			want: method(14) + `isthmus: error: mesh/mesh.yaml:15:19: spec.clusters[0].controlPlane.hostname: "10.1.255.10" is an address, not a name; the stub would be an alias of a name that does not exist (IST313)
isthmus: fix: write it into addresses
`,
		},
		{
			name: "nearly an address",
			mesh: today,
			edit: []string{"addresses: [10.1.255.10]", "hostname: 300.1.2.999"},
			want: method(14) + `isthmus: error: mesh/mesh.yaml:15:19: spec.clusters[0].controlPlane.hostname: "300.1.2.999" is an address, not a name; the stub would be an alias of a name that does not exist (IST313)
isthmus: fix: write it into addresses
`,
		},
		{
			name: "an IPv6 address",
			mesh: today,
			edit: []string{"addresses: [10.1.255.10]", `hostname: "fd00::1"`},
			want: method(14) + `isthmus: error: mesh/mesh.yaml:15:19: spec.clusters[0].controlPlane.hostname: "fd00::1" is not a domain name (IST313)
isthmus: fix: write DNS labels joined by dots, without a port, as in istiod.example.com
`,
		},
		{
			name: "one cluster",
			mesh: today,
			edit: []string{
				"addresses: [10.1.255.10]", "hostname: istiod.example.com",
				`    - name: west
      apiServer: https://10.2.0.10:6443
      podCIDRs: [10.20.0.0/16]
      serviceCIDRs: [10.120.0.0/16]
`, "",
			},
			want: `isthmus: warning: mesh/mesh.yaml:9:5: spec.clusters: the mesh has one cluster; nothing is shared yet (IST111)
isthmus: fix: add the remotes
isthmus: warning: mesh/mesh.yaml:15:19: spec.clusters[0].controlPlane.hostname: API servers call the injector at https://istiod.example.com:15017; the name of the stub cannot be used for it, and istiod's certificate does not hold this name unless told to (IST314)
isthmus: fix: add the name to ISTIOD_CUSTOM_HOST of istiod, in pilot.env of this cluster's values
`,
		},
		{
			name: "stubs of the profile",
			mesh: today,
			edit: []string{
				`    version: "1.30.3"
`, `    version: "1.30.3"
    stubs: profile
`,
				"addresses: [10.1.255.10]", "hostname: istiod.example.com",
			},
			want: method(15) + `isthmus: warning: mesh/mesh.yaml:16:19: spec.clusters[0].controlPlane.hostname: API servers call the injector at https://istiod.example.com:15017; the name of the stub cannot be used for it, and istiod's certificate does not hold this name unless told to (IST314)
isthmus: fix: add the name to ISTIOD_CUSTOM_HOST of istiod, in pilot.env of this cluster's values
`,
		},
	})
}
