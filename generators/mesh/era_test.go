package mesh_test

import "testing"

// TestOldOnToday: fields of 1.4 and 1.5 on 1.24 and later.
func TestOldOnToday(t *testing.T) {
	rejected(t, []rejection{
		{
			name: "install operator",
			mesh: today,
			edit: []string{
				`    version: "1.30.3"
`, `    version: "1.30.3"
    install: operator
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:14: spec.istio.install: install: operator is for Istio 1.4 and 1.5; Istio 1.30.3 no longer has it (IST211)
isthmus: fix: write helm, sail, values or istioctl
` + method(15),
		},
		{
			name: "stubs of both",
			mesh: today,
			edit: []string{
				`    version: "1.30.3"
`, `    version: "1.30.3"
    stubs: both
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:12: spec.istio.stubs: stubs: both is for Istio 1.4 and 1.5; Helm does not adopt objects that it did not make, and fails on the overlay's (IST330)
isthmus: fix: write overlay or profile
` + method(15),
		},
		{
			name: "no control plane security",
			mesh: today,
			edit: []string{
				`  clusters:
`, `  security: {controlPlaneSecurity: false}
  clusters:
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:36: spec.security.controlPlaneSecurity: it cannot be switched off; istiod always speaks TLS at 15012 (IST502)
isthmus: fix: remove the line
` + method(15),
		},
		{
			name: "an ingress gateway",
			mesh: today,
			edit: []string{
				`      serviceCIDRs: [10.120.0.0/16]
`, `      serviceCIDRs: [10.120.0.0/16]
      ingressGateway: true
`,
			},
			want: method(14) + `isthmus: error: mesh/mesh.yaml:20:23: spec.clusters[1].ingressGateway: the profile has no ingress gateway; Istio 1.30.3 no longer has it (IST211)
isthmus: fix: install the gateway chart, or write its manifests
`,
		},
		{
			name: "policy addresses",
			mesh: today,
			edit: []string{
				`        addresses: [10.1.255.10]
`, `        addresses: [10.1.255.10]
        policyAddresses: [10.1.255.10, 10.1.255.10]
`,
			},
			want: method(14) + `isthmus: error: mesh/mesh.yaml:16:26: spec.clusters[0].controlPlane.policyAddresses: there is no istio-policy; Mixer was removed in 1.8 (IST211)
isthmus: fix: remove them
`,
		},
		{
			name: "telemetry addresses",
			mesh: today,
			edit: []string{
				`        addresses: [10.1.255.10]
`, `        addresses: [10.1.255.10]
        telemetryAddresses: [10.1.255.11]
`,
			},
			want: method(14) + `isthmus: error: mesh/mesh.yaml:16:29: spec.clusters[0].controlPlane.telemetryAddresses: there is no istio-telemetry; Mixer was removed in 1.8 (IST211)
isthmus: fix: remove them
`,
		},
		{
			name: "decided keys of old are values today",
			mesh: today,
			edit: []string{
				`    version: "1.30.3"
`, `    version: "1.30.3"
    values: {global: {mtls: {enabled: true}}, security: {selfSigned: false}}
`,
			},
			want: method(15),
		},
	})
}

// TestEras: clusters of the two eras in one mesh.
func TestEras(t *testing.T) {
	rejected(t, []rejection{
		{
			name: "an old remote",
			mesh: today,
			edit: []string{
				`      serviceCIDRs: [10.120.0.0/16]
`, `      serviceCIDRs: [10.120.0.0/16]
      version: "1.5.10"
`,
			},
			want: method(14) + `isthmus: error: mesh/mesh.yaml:20:16: spec.clusters[1].version: 1.5.10 and the mesh's 1.30.3 are of two eras; one of them cannot be a remote of the other (IST205)
isthmus: fix: give both one of 1.4 and 1.5, or both one of 1.24 and later
`,
		},
		{
			name: "an old control plane",
			mesh: today,
			edit: []string{
				`      controlPlane:
`, `      version: "1.5.10"
      controlPlane:
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:13:16: spec.clusters[0].version: 1.5.10 and the mesh's 1.30.3 are of two eras; one of them cannot be a remote of the other (IST205)
isthmus: fix: give both one of 1.4 and 1.5, or both one of 1.24 and later
isthmus: note: mesh/mesh.yaml:15:17: spec.clusters[0].controlPlane.expose: the remotes depend on the gateway istio-multicluster-gateway; while it is away they keep their configuration and get no change (IST318)
`,
		},
		{
			name: "a remote of today",
			edit: []string{
				`      serviceCIDRs: [10.120.0.0/16]
`, `      serviceCIDRs: [10.120.0.0/16]
      version: "1.24.0"
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:21:16: spec.clusters[1].version: 1.24.0 and the mesh's 1.5.10 are of two eras; one of them cannot be a remote of the other (IST205)
isthmus: fix: give both one of 1.4 and 1.5, or both one of 1.24 and later
`,
		},
		{
			name: "a remote of a release without a dialect",
			mesh: today,
			edit: []string{
				`      serviceCIDRs: [10.120.0.0/16]
`, `      serviceCIDRs: [10.120.0.0/16]
      version: "1.6.0"
`,
			},
			want: method(14) + `isthmus: error: mesh/mesh.yaml:20:16: spec.clusters[1].version: no dialect covers Istio 1.6.0 (IST201)
isthmus: fix: the versions that work are 1.4.0 to 1.4.10, 1.5.0 to 1.5.10 and 1.24.0 to 1.30.3
`,
		},
		{
			name: "a remote below a release without a dialect",
			edit: []string{
				"1.5.10", "1.6.0",
				`      serviceCIDRs: [10.120.0.0/16]
`, `      serviceCIDRs: [10.120.0.0/16]
      version: "1.5.10"
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:7:14: spec.istio.version: no dialect covers Istio 1.6.0 (IST201)
isthmus: fix: the versions that work are 1.4.0 to 1.4.10, 1.5.0 to 1.5.10 and 1.24.0 to 1.30.3
isthmus: error: mesh/mesh.yaml:21:16: spec.clusters[1].version: 1.5.10 and the mesh's 1.6.0 are of two eras; one of them cannot be a remote of the other (IST205)
isthmus: fix: give both one of 1.4 and 1.5, or both one of 1.24 and later
`,
		},
		{
			name: "a minor below",
			mesh: today,
			edit: []string{
				`      serviceCIDRs: [10.120.0.0/16]
`, `      serviceCIDRs: [10.120.0.0/16]
      version: "1.29.4"
`,
			},
			want: method(14),
		},
		{
			name: "a minor above",
			mesh: today,
			edit: []string{
				"1.30.3", "1.29.4",
				`      serviceCIDRs: [10.120.0.0/16]
`, `      serviceCIDRs: [10.120.0.0/16]
      version: "1.30.0"
`,
			},
			want: method(14) + `isthmus: warning: mesh/mesh.yaml:20:16: spec.clusters[1].version: cluster "west" runs 1.30.0, newer than its control plane's 1.29.4; Istio supports a control plane that is as new as its proxies or newer (IST207)
isthmus: fix: upgrade cluster "east" first
`,
		},
		{
			name: "two minors below",
			mesh: today,
			edit: []string{
				`      serviceCIDRs: [10.120.0.0/16]
`, `      serviceCIDRs: [10.120.0.0/16]
      version: "1.28.4"
`,
			},
			want: method(14) + `isthmus: error: mesh/mesh.yaml:20:16: spec.clusters[1].version: 1.28.4 is more than one minor release from the mesh's 1.30.3; proxies and the control plane work at most one minor apart (IST206)
isthmus: fix: upgrade one minor at a time
`,
		},
		{
			name: "two minors above",
			mesh: today,
			edit: []string{
				"1.30.3", "1.28.4",
				`      serviceCIDRs: [10.120.0.0/16]
`, `      serviceCIDRs: [10.120.0.0/16]
      version: "1.30.3"
`,
			},
			want: method(14) + `isthmus: error: mesh/mesh.yaml:20:16: spec.clusters[1].version: 1.30.3 is more than one minor release from the mesh's 1.28.4; proxies and the control plane work at most one minor apart (IST206)
isthmus: fix: upgrade one minor at a time
`,
		},
	})
}
