package mesh_test

import "testing"

// TestDuplicate: Services that DNS capture answers for.
func TestDuplicate(t *testing.T) {
	rejected(t, []rejection{
		{
			name: "with capture",
			mesh: today,
			edit: []string{
				`  clusters:
`, `  dns: {capture: true}
  clusters:
`,
				`      clusters: [east]
`, `      clusters: [east]
      duplicate: false
`,
			},
			want: method(15),
		},
		{
			name: "without capture",
			mesh: today,
			edit: []string{
				`      clusters: [east]
`, `      clusters: [east]
      duplicate: false
`,
			},
			want: method(14) + `isthmus: error: mesh/mesh.yaml:25:18: spec.services[0].duplicate: without a copy no other cluster can resolve the Service; each cluster's DNS knows its own Services only (IST417)
isthmus: fix: remove the line, or write dns: {capture: true}
`,
		},
		{
			name: "true is what is left out",
			mesh: today,
			edit: []string{
				`      clusters: [east]
`, `      clusters: [east]
      duplicate: true
`,
			},
			want: method(14),
		},
		{
			name: "a file without capture",
			mesh: today,
			edit: []string{
				`    - name: reviews
      namespace: bookinfo
      ports: [{name: http, port: 9080}]
`, `    - file: services/shop.yaml
      namespace: bookinfo
      duplicate: false
`,
			},
			files: map[string]string{"services/shop.yaml": `apiVersion: v1
kind: Service
metadata: {name: a}
spec: {ports: [{port: 80}]}
`},
			want: method(14) + `isthmus: error: mesh/mesh.yaml:23:18: spec.services[0].duplicate: without a copy no other cluster can resolve the Service; each cluster's DNS knows its own Services only (IST417)
isthmus: fix: remove the line, or write dns: {capture: true}
`,
		},
	})
}

// TestPatches: patches that cannot be.
func TestPatches(t *testing.T) {
	rejected(t, []rejection{
		{
			name: "no patch",
			mesh: today,
			edit: []string{
				`      serviceCIDRs: [10.120.0.0/16]
`, `      serviceCIDRs: [10.120.0.0/16]
      patches: [{target: {kind: Service}}]
`,
			},
			want: method(14) + `isthmus: error: mesh/mesh.yaml:20:17: spec.clusters[1].patches[0].patch: is required (IST009)
`,
		},
		{
			name: "a file",
			mesh: today,
			edit: []string{
				`      serviceCIDRs: [10.120.0.0/16]
`, `      serviceCIDRs: [10.120.0.0/16]
      patches: [{path: patch.yaml}]
`,
			},
			want: method(14) + `isthmus: error: mesh/mesh.yaml:20:18: spec.clusters[1].patches[0].path: unknown field "path" (IST008)
isthmus: fix: did you mean "patch"?
`,
		},
		{
			name: "options",
			mesh: today,
			edit: []string{
				`      serviceCIDRs: [10.120.0.0/16]
`, `      serviceCIDRs: [10.120.0.0/16]
      patches: [{patch: a, options: {allowNameChange: true}}]
`,
			},
			want: method(14) + `isthmus: error: mesh/mesh.yaml:20:28: spec.clusters[1].patches[0].options: unknown field "options" (IST008)
isthmus: fix: the fields here are patch, target
`,
		},
		{
			name: "a patch that is no text",
			mesh: today,
			edit: []string{
				`      serviceCIDRs: [10.120.0.0/16]
`, `      serviceCIDRs: [10.120.0.0/16]
      patches: [{patch: {kind: Service}}]
`,
			},
			want: method(14) + `isthmus: error: mesh/mesh.yaml:20:25: spec.clusters[1].patches[0].patch: text is needed here, not a map (IST010)
`,
		},
		{
			name: "an unknown part of a target",
			mesh: today,
			edit: []string{
				`      serviceCIDRs: [10.120.0.0/16]
`, `      serviceCIDRs: [10.120.0.0/16]
      patches: [{patch: a, target: {label: a}}]
`,
			},
			want: method(14) + `isthmus: error: mesh/mesh.yaml:20:37: spec.clusters[1].patches[0].target.label: unknown field "label" (IST008)
isthmus: fix: the fields here are group, version, kind, namespace, name, annotationSelector, labelSelector
`,
		},
	})
}

// TestIngressGateway: an ingress gateway of a remote on 1.5.
func TestIngressGateway(t *testing.T) {
	rejected(t, []rejection{
		{
			name: "stubs of both",
			edit: []string{
				`      serviceCIDRs: [10.120.0.0/16]
`, `      serviceCIDRs: [10.120.0.0/16]
      ingressGateway: true
`,
			},
		},
		{
			name: "stubs of the profile",
			edit: []string{
				`    version: "1.5.10"
`, `    version: "1.5.10"
    stubs: profile
`,
				`      serviceCIDRs: [10.120.0.0/16]
`, `      serviceCIDRs: [10.120.0.0/16]
      ingressGateway: true
`,
			},
		},
		{
			name: "stubs of the overlay",
			edit: []string{
				`    version: "1.5.10"
`, `    version: "1.5.10"
    stubs: overlay
`,
				`      serviceCIDRs: [10.120.0.0/16]
`, `      serviceCIDRs: [10.120.0.0/16]
      ingressGateway: true
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:22:23: spec.clusters[1].ingressGateway: the ingress gateway of cluster "west" would look for the control plane in its own cluster; on Istio 1.5 it is told where that is by the address in the profile, which stubs: overlay leaves out (IST333)
isthmus: fix: write stubs: both with one address, or remove the ingress gateway
`,
		},
		{
			name: "stubs of the overlay on 1.4",
			edit: []string{
				`    version: "1.5.10"
`, `    version: "1.4.10"
    stubs: overlay
`,
				`      serviceCIDRs: [10.120.0.0/16]
`, `      serviceCIDRs: [10.120.0.0/16]
      ingressGateway: true
`,
				`        addresses: [10.110.0.10]
`, `        addresses: [10.110.0.10]
        policyAddresses: [10.110.0.11]
        telemetryAddresses: [10.110.0.12]
`,
			},
		},
		{
			name: "stubs of the overlay in 1.4 of 1.5",
			edit: []string{
				`    version: "1.5.10"
`, `    version: "1.5.10"
    stubs: overlay
`,
				`      serviceCIDRs: [10.120.0.0/16]
`, `      serviceCIDRs: [10.120.0.0/16]
      version: "1.4.10"
      ingressGateway: true
`,
			},
		},
		{
			name: "the control plane's own",
			edit: []string{
				`    version: "1.5.10"
`, `    version: "1.5.10"
    stubs: overlay
`,
				`      controlPlane:
`, `      ingressGateway: true
      controlPlane:
`,
			},
		},
	})
}
