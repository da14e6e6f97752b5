package mesh_test

import "testing"

// TestCanary: a second control plane beside the first.
func TestCanary(t *testing.T) {
	rejected(t, []rejection{
		{
			name: "a canary",
			mesh: today,
			edit: []string{
				`    version: "1.30.3"
`, `    version: "1.30.3"
    canary: {version: "1.29.2", revision: next}
`,
				"expose: dedicatedGateway", "expose: gateway",
			},
			want: `isthmus: warning: mesh/mesh.yaml:15:17: spec.clusters[0].controlPlane.expose: the control plane is reachable wherever the gateway is; a gateway that faces the internet shows ports 15012 and 15017 to it (IST319)
isthmus: fix: see that its Service opens both to the remotes and to nobody else, or use expose: dedicatedGateway with an internal load balancer
`,
		},
		{
			name: "a canary with tags, beside a revision",
			mesh: today,
			edit: []string{
				`    version: "1.30.3"
`, `    version: "1.30.3"
    revision: old
    revisionTags: [prod]
    canary: {version: "1.29.2", revision: next, revisionTags: [test]}
`,
			},
			want: method(17),
		},
		{
			name: "without a revision",
			mesh: today,
			edit: []string{
				`    version: "1.30.3"
`, `    version: "1.30.3"
    canary: {version: "1.29.2"}
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:13: spec.istio.canary.revision: is required (IST009)
` + method(15),
		},
		{
			name: "without a version",
			mesh: today,
			edit: []string{
				`    version: "1.30.3"
`, `    version: "1.30.3"
    canary: {revision: next}
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:13: spec.istio.canary.version: is required (IST009)
` + method(15),
		},
		{
			name: "with an empty revision",
			mesh: today,
			edit: []string{
				`    version: "1.30.3"
`, `    version: "1.30.3"
    canary: {version: "1.29.2", revision: ""}
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:43: spec.istio.canary.revision: must not be empty (IST009)
` + method(15),
		},
		{
			name: "default",
			mesh: today,
			edit: []string{
				`    version: "1.30.3"
`, `    version: "1.30.3"
    canary: {version: "1.29.2", revision: default}
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:43: spec.istio.canary.revision: "default" is the name of a control plane without a revision (IST213)
isthmus: fix: choose another name
` + method(15),
		},
		{
			name: "too long",
			mesh: today,
			edit: []string{
				`    version: "1.30.3"
`, `    version: "1.30.3"
    canary: {version: "1.29.2", revision: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb}
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:43: spec.istio.canary.revision: "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb" has 50 characters; it becomes part of the names of a release and of Services, which leave it 46 (IST217)
isthmus: fix: choose a shorter one
` + method(15),
		},
		{
			name: "the revision of the mesh",
			mesh: today,
			edit: []string{
				`    version: "1.30.3"
`, `    version: "1.30.3"
    revision: next
    canary: {version: "1.29.2", revision: next}
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:9:43: spec.istio.canary.revision: "next" is the name of a revision or tag already (IST213)
isthmus: fix: remove it, or choose another
` + method(16),
		},
		{
			name: "a tag of the mesh",
			mesh: today,
			edit: []string{
				`    version: "1.30.3"
`, `    version: "1.30.3"
    revision: a
    revisionTags: [next]
    canary: {version: "1.29.2", revision: next}
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:10:43: spec.istio.canary.revision: "next" is the name of a revision or tag already (IST213)
isthmus: fix: remove it, or choose another
` + method(17),
		},
		{
			name: "its tag is one of the mesh",
			mesh: today,
			edit: []string{
				`    version: "1.30.3"
`, `    version: "1.30.3"
    revision: a
    revisionTags: [prod]
    canary: {version: "1.29.2", revision: next, revisionTags: [prod]}
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:10:64: spec.istio.canary.revisionTags[0]: "prod" is the name of a revision or tag already (IST213)
isthmus: fix: remove it, or choose another
` + method(17),
		},
		{
			name: "the tag default beside a control plane without a revision",
			mesh: today,
			edit: []string{
				`    version: "1.30.3"
`, `    version: "1.30.3"
    canary: {version: "1.29.2", revision: next, revisionTags: [default]}
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:64: spec.istio.canary.revisionTags[0]: the control plane without a revision is the default already; the webhooks of both would inject into one pod (IST215)
isthmus: fix: choose another tag, or give the mesh a revision
` + method(15),
		},
		{
			name: "a version without a dialect",
			mesh: today,
			edit: []string{
				`    version: "1.30.3"
`, `    version: "1.30.3"
    canary: {version: "1.23.0", revision: next}
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:23: spec.istio.canary.version: no dialect covers Istio 1.23.0 (IST201)
isthmus: fix: the versions that work are 1.4.0 to 1.4.10, 1.5.0 to 1.5.10 and 1.24.0 to 1.30.3
` + method(15),
		},
		{
			name: "two minors below",
			mesh: today,
			edit: []string{
				`    version: "1.30.3"
`, `    version: "1.30.3"
    canary: {version: "1.28.0", revision: next}
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:23: spec.istio.canary.version: 1.28.0 is more than one minor release from the mesh's 1.30.3; proxies and the control plane work at most one minor apart (IST206)
isthmus: fix: upgrade one minor at a time
` + method(15),
		},
		{
			name: "two minors above",
			mesh: today,
			edit: []string{
				`1.30.3"
`, `1.28.0"
    canary: {version: "1.30.3", revision: next}
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:23: spec.istio.canary.version: 1.30.3 is more than one minor release from the mesh's 1.28.0; proxies and the control plane work at most one minor apart (IST206)
isthmus: fix: upgrade one minor at a time
` + method(15),
		},
		{
			name: "a minor above",
			mesh: today,
			edit: []string{
				`1.30.3"
`, `1.29.0"
    canary: {version: "1.30.3", revision: next}
`,
			},
			want: method(15),
		},
		{
			name: "of another era",
			mesh: today,
			edit: []string{
				`    version: "1.30.3"
`, `    version: "1.30.3"
    canary: {version: "1.5.10", revision: next}
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:23: spec.istio.canary.version: 1.5.10 is more than one minor release from the mesh's 1.30.3; proxies and the control plane work at most one minor apart (IST206)
isthmus: fix: upgrade one minor at a time
` + method(15),
		},
		{
			name: "of another major",
			mesh: today,
			edit: []string{
				`    version: "1.30.3"
`, `    version: "1.30.3"
    canary: {version: "2.30.0", revision: next}
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:23: spec.istio.canary.version: no dialect covers Istio 2.30.0 (IST201)
isthmus: fix: the versions that work are 1.4.0 to 1.4.10, 1.5.0 to 1.5.10 and 1.24.0 to 1.30.3
` + method(15),
		},
		{
			name: "untested",
			mesh: today,
			edit: []string{
				`    version: "1.30.3"
`, `    version: "1.30.3"
    canary: {version: "1.31.0", revision: next}
`,
			},
			untested: true,
			want: `isthmus: note: mesh/mesh.yaml:8:23: spec.istio.canary.version: Istio 1.31.0 is rendered as 1.30, untested (IST203)
` + method(15),
		},
		{
			name: "a hostname",
			mesh: today,
			edit: []string{
				`    version: "1.30.3"
`, `    version: "1.30.3"
    canary: {version: "1.29.2", revision: next}
`,
				"addresses: [10.1.255.10]", "hostname: istiod.example.com",
			},
			want: method(15) + `isthmus: error: mesh/mesh.yaml:16:19: spec.clusters[0].controlPlane.hostname: API servers call the injectors of both revisions by one name; the gateway could not tell them apart (IST216)
isthmus: fix: give addresses while there is a canary
isthmus: warning: mesh/mesh.yaml:16:19: spec.clusters[0].controlPlane.hostname: API servers call the injector at https://istiod.example.com:15017; the name of the stub cannot be used for it, and istiod's certificate does not hold this name unless told to (IST314)
isthmus: fix: add the name to ISTIOD_CUSTOM_HOST of istiod, in pilot.env of this cluster's values
`,
		},
		{
			name: "pods",
			mesh: today,
			edit: []string{
				`    version: "1.30.3"
`, `    version: "1.30.3"
    canary: {version: "1.29.2", revision: next}
`,
				"expose: dedicatedGateway", "expose: pod",
				"[10.1.255.10]", "[10.10.0.5]",
			},
			want: `isthmus: error: mesh/mesh.yaml:15:17: spec.clusters[0].controlPlane.expose: expose: pod leads to one revision; a canary is a second one, and a gateway tells them apart by the name that a proxy asks for (IST216)
isthmus: fix: write gateway or dedicatedGateway
isthmus: warning: mesh/mesh.yaml:16:20: spec.clusters[0].controlPlane.addresses: the remotes depend on the address of a pod; it changes whenever the pod restarts, and breaks every remote (istio/istio#4822) (IST317)
isthmus: fix: use expose: dedicatedGateway
`,
		},
		{
			name: "a load balancer",
			mesh: today,
			edit: []string{
				`    version: "1.30.3"
`, `    version: "1.30.3"
    canary: {version: "1.29.2", revision: next}
`,
				"expose: dedicatedGateway", "expose: loadBalancer",
			},
			want: `isthmus: error: mesh/mesh.yaml:15:17: spec.clusters[0].controlPlane.expose: expose: loadBalancer leads to one revision; a canary is a second one, and a gateway tells them apart by the name that a proxy asks for (IST216)
isthmus: fix: write gateway or dedicatedGateway
isthmus: note: mesh/mesh.yaml:15:17: spec.clusters[0].controlPlane.expose: the remotes depend on the load balancer in front of istiod; while it is away they keep their configuration and get no change, and injection fails (IST318)
`,
		},
		{
			name: "clusterIP",
			mesh: today,
			edit: []string{
				`    version: "1.30.3"
`, `    version: "1.30.3"
    canary: {version: "1.29.2", revision: next}
`,
				"expose: dedicatedGateway", "expose: clusterIP",
				"[10.1.255.10]", "[10.110.0.10]",
				`      controlPlane:
`, `      serviceCIDRsRoutable: true
      controlPlane:
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:16:17: spec.clusters[0].controlPlane.expose: expose: clusterIP leads to one revision; a canary is a second one, and a gateway tells them apart by the name that a proxy asks for (IST216)
isthmus: fix: write gateway or dedicatedGateway
isthmus: note: mesh/mesh.yaml:16:17: spec.clusters[0].controlPlane.expose: the remotes depend on routes to the Service addresses of this cluster; where a route is missing they keep their configuration and get no change, and injection fails (IST318)
`,
		},
		{
			name: "Kubernetes that it refuses",
			mesh: today,
			edit: []string{
				`1.30.3"
`, `1.29.0"
    canary: {version: "1.30.3", revision: next}
`,
				`  clusters:
`, `  kubernetesVersion: "1.31"
  clusters:
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:9:22: spec.kubernetesVersion: Istio 1.30.3 refuses Kubernetes 1.31; that release supports 1.32 to 1.36 (IST208)
isthmus: fix: upgrade Kubernetes first, or name the version that runs
` + method(16),
		},
		{
			name: "Kubernetes that it does not support",
			mesh: today,
			edit: []string{
				`1.30.3"
`, `1.29.0"
    canary: {version: "1.28.3", revision: next}
`,
				`  clusters:
`, `  kubernetesVersion: "1.35"
  clusters:
`,
			},
			want: `isthmus: note: mesh/mesh.yaml:9:22: spec.kubernetesVersion: Kubernetes 1.35 is not one that Istio 1.28.3 supports; that release supports 1.30 to 1.34 (IST209)
` + method(16),
		},
		{
			name: "a stub by its chart, IPv6",
			mesh: today,
			edit: []string{
				`    version: "1.30.3"
`, `    version: "1.30.3"
    stubs: profile
    canary: {version: "1.29.2", revision: next}
`,
				"[10.1.255.10]", `["fd00:1::a"]`, "[10.120.0.0/16]", `["fd00:120::/112"]`,
			},
			want: method(16) + `isthmus: error: mesh/mesh.yaml:17:21: spec.clusters[0].controlPlane.addresses[0]: the chart of Istio 1.29.2 takes fd00:1::a for a hostname; the stub of cluster "west" would lead nowhere (IST334)
isthmus: fix: write stubs: overlay, or use 1.30 or later
`,
		},
	})
}
