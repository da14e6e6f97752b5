package mesh_test

import "testing"

// TestVersion: releases and what they need.
func TestVersion(t *testing.T) {
	rejected(t, []rejection{
		{
			name: "no version",
			edit: []string{`version: "1.5.10"`, `version: "1.5.x"`},
			want: `isthmus: error: mesh/mesh.yaml:7:14: spec.istio.version: "1.5.x" is not a version (IST014)
isthmus: fix: write digits and dots alone, as in "1.5.10"
`,
		},
		{
			name: "four numbers",
			edit: []string{`version: "1.5.10"`, `version: "1.5.10.1"`},
			want: `isthmus: error: mesh/mesh.yaml:7:14: spec.istio.version: "1.5.10.1" is not a version (IST014)
isthmus: fix: write digits and dots alone, as in "1.5.10"
`,
		},
		{
			name: "a leading v",
			edit: []string{`version: "1.5.10"`, "version: v1.5.10"},
			want: `isthmus: error: mesh/mesh.yaml:7:14: spec.istio.version: "v1.5.10" is not a version (IST014)
isthmus: fix: write digits and dots alone, as in "1.5.10"
`,
		},
		{
			name: "a number",
			edit: []string{`version: "1.5.10"`, "version: 1.5"},
			want: `isthmus: error: mesh/mesh.yaml:7:14: spec.istio.version: 1.5 is read as a number by YAML (IST011)
isthmus: fix: quote this value: "1.5"
`,
		},
		{
			name: "a release without a dialect",
			edit: []string{`version: "1.5.10"`, `version: "1.6.0"`},
			want: `isthmus: error: mesh/mesh.yaml:7:14: spec.istio.version: no dialect covers Istio 1.6.0 (IST201)
isthmus: fix: the versions that work are 1.4.0 to 1.4.10, 1.5.0 to 1.5.10 and 1.24.0 to 1.30.3
`,
		},
		{
			name: "no patch",
			edit: []string{
				`version: "1.5.10"`, `version: "1.4"`,
				"addresses: [10.110.0.10]", `addresses: [10.110.0.10]
        policyAddresses: [10.110.0.11]
        telemetryAddresses: [10.110.0.12]`,
			},
			want: `isthmus: error: mesh/mesh.yaml:7:14: spec.istio.version: 1.4 does not say which patch; the charts and images of a release are named by all three numbers (IST204)
isthmus: fix: write the release that runs, as in "1.4.3"
`,
		},
		{
			name: "a newer patch",
			edit: []string{`version: "1.5.10"`, `version: "1.5.11"`},
			want: `isthmus: error: mesh/mesh.yaml:7:14: spec.istio.version: Istio 1.5.11 is newer than the releases that the dialect was checked against (IST202)
isthmus: fix: use one of 1.4.0 to 1.4.10, 1.5.0 to 1.5.10 and 1.24.0 to 1.30.3, or pass --allow-untested
`,
		},
		{
			name:     "a newer patch, allowed",
			edit:     []string{`version: "1.5.10"`, `version: "1.5.11"`},
			untested: true,
			want: `isthmus: note: mesh/mesh.yaml:7:14: spec.istio.version: Istio 1.5.11 is rendered as 1.5.10, untested (IST203)
`,
		},
		{
			name:     "a newer minor, allowed",
			edit:     []string{`version: "1.5.10"`, `version: "1.6.1"`},
			untested: true,
			want: `isthmus: error: mesh/mesh.yaml:7:14: spec.istio.version: no dialect covers Istio 1.6.1 (IST201)
isthmus: fix: the versions that work are 1.4.0 to 1.4.10, 1.5.0 to 1.5.10 and 1.24.0 to 1.30.3
`,
		},
		{
			name: "of one cluster",
			edit: []string{
				`serviceCIDRs: [10.120.0.0/16]
`, `serviceCIDRs: [10.120.0.0/16]
      version: "1.3.0"
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:21:16: spec.clusters[1].version: no dialect covers Istio 1.3.0 (IST201)
isthmus: fix: the versions that work are 1.4.0 to 1.4.10, 1.5.0 to 1.5.10 and 1.24.0 to 1.30.3
`,
		},
		{
			name: "of one cluster, a minor below",
			edit: []string{
				`serviceCIDRs: [10.120.0.0/16]
`, `serviceCIDRs: [10.120.0.0/16]
      version: "1.4.10"
`,
			},
		},
		{
			name: "of one cluster, two minors below",
			edit: []string{`version: "1.5.10"`, `version: "1.6.0"`, "apiServer: https://10.2", "version: \"1.4.10\"\n      apiServer: https://10.2"},
			want: `isthmus: error: mesh/mesh.yaml:7:14: spec.istio.version: no dialect covers Istio 1.6.0 (IST201)
isthmus: fix: the versions that work are 1.4.0 to 1.4.10, 1.5.0 to 1.5.10 and 1.24.0 to 1.30.3
isthmus: error: mesh/mesh.yaml:18:16: spec.clusters[1].version: 1.4.10 and the mesh's 1.6.0 are of two eras; one of them cannot be a remote of the other (IST205)
isthmus: fix: give both one of 1.4 and 1.5, or both one of 1.24 and later
`,
		},
		{
			name: "1.5.0",
			edit: []string{`version: "1.5.10"`, `version: "1.5.0"`},
			want: `isthmus: warning: mesh/mesh.yaml:7:14: spec.istio.version: 1.5.0 renders a Service istio-pilot with a selector on every remote, of the same name as the stub; the two overwrite each other, and a remote that loses its stub loses its control plane (IST332)
isthmus: fix: use 1.5.1 or later, which calls the stub istiod-remote
`,
		},
		{
			name: "1.5.0 on one remote",
			edit: []string{
				`serviceCIDRs: [10.120.0.0/16]
`, `serviceCIDRs: [10.120.0.0/16]
      version: "1.5.0"
`,
			},
			want: `isthmus: warning: mesh/mesh.yaml:21:16: spec.clusters[1].version: 1.5.0 renders a Service istio-pilot with a selector on every remote, of the same name as the stub; the two overwrite each other, and a remote that loses its stub loses its control plane (IST332)
isthmus: fix: use 1.5.1 or later, which calls the stub istiod-remote
`,
		},
		{
			name: "1.5.0 with stubs of the overlay",
			edit: []string{`version: "1.5.10"`, `version: "1.5.0"
    stubs: overlay`},
			want: `isthmus: warning: mesh/mesh.yaml:7:14: spec.istio.version: 1.5.0 renders a Service istio-pilot with a selector on every remote, of the same name as the stub; the two overwrite each other, and a remote that loses its stub loses its control plane (IST332)
isthmus: fix: use 1.5.1 or later, which calls the stub istiod-remote
isthmus: error: mesh/mesh.yaml:8:12: spec.istio.stubs: overlay does not work on 1.5.0; without its flags that release takes no stub for the control plane (IST331)
isthmus: fix: write both, or use 1.5.1 or later
`,
		},
		{
			name: "a Kubernetes that is too new",
			edit: []string{
				`  clusters:
`, `  kubernetesVersion: "1.22"
  clusters:
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:22: spec.kubernetesVersion: Kubernetes 1.22 cannot run Istio 1.5.10; it no longer serves admissionregistration.k8s.io/v1beta1 and apiextensions.k8s.io/v1beta1, of which that release is made (IST208)
isthmus: fix: name a Kubernetes from 1.14 to 1.16
`,
		},
		{
			name: "a Kubernetes that is too new, of one cluster",
			edit: []string{
				`serviceCIDRs: [10.120.0.0/16]
`, `serviceCIDRs: [10.120.0.0/16]
      kubernetesVersion: "1.34.1"
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:21:26: spec.clusters[1].kubernetesVersion: Kubernetes 1.34.1 cannot run Istio 1.5.10; it no longer serves admissionregistration.k8s.io/v1beta1 and apiextensions.k8s.io/v1beta1, of which that release is made (IST208)
isthmus: fix: name a Kubernetes from 1.14 to 1.16
`,
		},
		{
			name: "a Kubernetes that is newer than supported",
			edit: []string{
				`serviceCIDRs: [10.120.0.0/16]
`, `serviceCIDRs: [10.120.0.0/16]
      kubernetesVersion: "1.17"
`,
			},
			want: `isthmus: note: mesh/mesh.yaml:21:26: spec.clusters[1].kubernetesVersion: Kubernetes 1.17 is not one that Istio 1.5.10 supports; that release supports 1.14 to 1.16 (IST209)
`,
		},
		{
			name: "a Kubernetes that is older than supported",
			edit: []string{
				`  clusters:
`, `  kubernetesVersion: "1.13"
  clusters:
`,
			},
			want: `isthmus: note: mesh/mesh.yaml:8:22: spec.kubernetesVersion: Kubernetes 1.13 is not one that Istio 1.5.10 supports; that release supports 1.14 to 1.16 (IST209)
`,
		},
	})
}
