package mesh_test

import "testing"

// TestArgoCD: what Argo CD reads.
func TestArgoCD(t *testing.T) {
	rejected(t, []rejection{
		{
			name: "nothing said",
			mesh: today,
			edit: []string{
				`  clusters:
`, `  delivery: {engine: argocd}
  clusters:
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:13: spec.delivery.argocd.cluster: is required; the Applications are written to clusters/<that cluster>/ (IST009)
isthmus: fix: name the cluster in which Argo CD runs
isthmus: error: mesh/mesh.yaml:8:13: spec.delivery.argocd.repoURL: is required; the Applications name the repository that holds this folder (IST009)
isthmus: fix: give its URL
isthmus: error: mesh/mesh.yaml:8:13: spec.delivery.argocd.endpointsIncluded: Argo CD would leave the stub of cluster "west" without addresses; Argo CD 3 excludes Endpoints and EndpointSlices unless told not to, and its sync succeeds all the same (IST605)
isthmus: fix: write install: sail with stubs: profile, or give the control plane a hostname; or tell Argo CD to sync them, with this in the ConfigMap argocd-cm, and write endpointsIncluded: true
  resource.exclusions: |
    - {apiGroups: [coordination.k8s.io], kinds: [Lease]}
    - {apiGroups: [authentication.k8s.io, authorization.k8s.io], kinds: [SelfSubjectReview, TokenReview, LocalSubjectAccessReview, SelfSubjectAccessReview, SelfSubjectRulesReview, SubjectAccessReview]}
    - {apiGroups: [certificates.k8s.io], kinds: [CertificateSigningRequest]}
    - {apiGroups: [cert-manager.io], kinds: [CertificateRequest]}
    - {apiGroups: [cilium.io], kinds: [CiliumIdentity, CiliumEndpoint, CiliumEndpointSlice]}
    - {apiGroups: [kyverno.io, reports.kyverno.io, wgpolicyk8s.io], kinds: [PolicyReport, ClusterPolicyReport, EphemeralReport, ClusterEphemeralReport, AdmissionReport, ClusterAdmissionReport, BackgroundScanReport, ClusterBackgroundScanReport, UpdateRequest]}
` + method(15),
		},
		{
			name: "names",
			mesh: today,
			edit: []string{
				`  clusters:
`, `  delivery: {engine: argocd, argocd: {cluster: M, namespace: N, project: P, repoURL: "git@git.example:m.git", endpointsIncluded: true}}
  clusters:
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:48: spec.delivery.argocd.cluster: "M" is not a DNS label; its name becomes a folder; a DNS label has lower-case letters, digits and "-", at most 63, and starts and ends with a letter or digit (IST020)
isthmus: fix: write "m"
isthmus: error: mesh/mesh.yaml:8:62: spec.delivery.argocd.namespace: N is read as a boolean by YAML (IST011)
isthmus: fix: quote this value: "N"
isthmus: error: mesh/mesh.yaml:8:74: spec.delivery.argocd.project: "P" is not a DNS label; a DNS label has lower-case letters, digits and "-", at most 63, and starts and ends with a letter or digit (IST020)
isthmus: fix: write "p"
` + method(15),
		},
		{
			name: "a password",
			mesh: today,
			edit: []string{
				`  clusters:
`, `  delivery: {engine: argocd, argocd: {cluster: mgmt, repoURL: "https://me:secret@git.example/m.git", endpointsIncluded: true}}
  clusters:
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:63: spec.delivery.argocd.repoURL: the URL holds a password; everybody who reads this repository would have it (IST505)
isthmus: fix: write the URL without it; Argo CD takes credentials from a Secret of its own
` + method(15),
		},
		{
			name: "a user",
			mesh: today,
			edit: []string{
				`  clusters:
`, `  delivery: {engine: argocd, argocd: {cluster: mgmt, repoURL: "ssh://git@git.example/m.git", endpointsIncluded: true}}
  clusters:
`,
			},
			want: method(15),
		},
		{
			name: "in a folder that a cluster's Flux reads",
			mesh: today,
			edit: []string{
				`  clusters:
`, `  delivery: {engine: flux, argocd: {cluster: east, repoURL: "https://git.example/m.git", endpointsIncluded: true}}
  clusters:
`,
				`      serviceCIDRs: [10.120.0.0/16]
`, `      serviceCIDRs: [10.120.0.0/16]
      delivery: {engine: argocd}
`,
			},
			want: `isthmus: warning: mesh/mesh.yaml:8:46: spec.delivery.argocd.cluster: the Flux of cluster "east" would apply the Applications; it applies all that lies under clusters/east (IST604)
isthmus: fix: let its Flux sync another folder, or Argo CD run elsewhere
` + method(15),
		},
		{
			name: "in a folder that the hub's Flux reads",
			mesh: today,
			edit: []string{
				`  clusters:
`, `  delivery: {engine: flux, flux: {hub: {cluster: mgmt}}, argocd: {cluster: mgmt, repoURL: "https://git.example/m.git", endpointsIncluded: true}}
  clusters:
`,
				`      serviceCIDRs: [10.120.0.0/16]
`, `      serviceCIDRs: [10.120.0.0/16]
      delivery: {engine: argocd}
`,
			},
			want: `isthmus: warning: mesh/mesh.yaml:8:76: spec.delivery.argocd.cluster: the Flux of cluster "mgmt" would apply the Applications; it applies all that lies under clusters/mgmt (IST604)
isthmus: fix: let its Flux sync another folder, or Argo CD run elsewhere
` + method(15),
		},
		{
			name: "in a folder that a hub's Flux leaves alone",
			mesh: today,
			edit: []string{
				`  clusters:
`, `  delivery: {engine: flux, flux: {hub: {cluster: hub}}, argocd: {cluster: east, repoURL: "https://git.example/m.git", endpointsIncluded: true}}
  clusters:
`,
				`      serviceCIDRs: [10.120.0.0/16]
`, `      serviceCIDRs: [10.120.0.0/16]
      delivery: {engine: argocd}
`,
			},
			want: method(15),
		},
		{
			name: "all that is empty",
			mesh: today,
			edit: []string{
				`  clusters:
`, `  delivery: {engine: argocd, argocd: {cluster: mgmt, repoURL: "https://git.example/m.git", endpointsIncluded: true, namespace: "", targetRevision: "", project: ""}}
  clusters:
`,
			},
			want: method(15),
		},
	})
}
