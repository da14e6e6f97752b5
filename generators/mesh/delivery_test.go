package mesh_test

import "testing"

// TestDelivery: who syncs.
func TestDelivery(t *testing.T) {
	rejected(t, []rejection{
		{
			name: "flux",
			mesh: today,
			edit: []string{
				`  clusters:
`, `  delivery: {engine: flux, path: meshes/shop, flux: {namespace: gitops, source: {kind: OCIRepository, name: mesh}, interval: 1h30m, dependsOn: [{name: infra, namespace: gitops}, {name: certs}]}}
  clusters:
`,
			},
			want: method(15),
		},
		{
			name: "argocd",
			mesh: today,
			edit: []string{
				`  clusters:
`, `  delivery: {engine: argocd, argocd: {cluster: mgmt, repoURL: "https://git.example/m.git", endpointsIncluded: true}}
  clusters:
`,
			},
			want: method(15),
		},
		{
			name: "none, with settings",
			mesh: today,
			edit: []string{
				`  clusters:
`, `  delivery: {engine: none, flux: {interval: 1m}, argocd: {cluster: a}}
  clusters:
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:34: spec.delivery.flux: no cluster is delivered by flux (IST602)
isthmus: fix: remove it, or write engine: flux
isthmus: error: mesh/mesh.yaml:8:58: spec.delivery.argocd: no cluster is delivered by argocd (IST602)
isthmus: fix: remove it, or write engine: argocd
` + method(15),
		},
		{
			name: "flux, with settings of argocd",
			mesh: today,
			edit: []string{
				`  clusters:
`, `  delivery: {engine: flux, argocd: {cluster: a}}
  clusters:
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:36: spec.delivery.argocd: no cluster is delivered by argocd (IST602)
isthmus: fix: remove it, or write engine: argocd
` + method(15),
		},
		{
			name: "settings of an engine that one cluster has",
			mesh: today,
			edit: []string{
				`  clusters:
`, `  delivery: {flux: {interval: 1m}}
  clusters:
`,
				`      serviceCIDRs: [10.120.0.0/16]
`, `      serviceCIDRs: [10.120.0.0/16]
      delivery: {engine: flux}
`,
			},
			want: method(15),
		},
		{
			name: "two engines",
			mesh: today,
			edit: []string{
				`  clusters:
`, `  delivery: {engine: flux, argocd: {cluster: mgmt, repoURL: "https://git.example/m.git", endpointsIncluded: true}}
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
			name: "flux, overridden everywhere",
			mesh: today,
			edit: []string{
				`  clusters:
`, `  delivery: {engine: flux, flux: {interval: 1m}}
  clusters:
`,
				`      controlPlane:
`, `      delivery: {engine: none}
      controlPlane:
`,
				`      serviceCIDRs: [10.120.0.0/16]
`, `      serviceCIDRs: [10.120.0.0/16]
      delivery: {engine: none}
`,
			},
			want: method(16),
		},
		{
			name: "an unknown engine",
			mesh: today,
			edit: []string{
				`  clusters:
`, `  delivery: {engine: fluxcd}
  clusters:
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:22: spec.delivery.engine: "fluxcd" is not one of flux, argocd, none (IST012)
isthmus: fix: did you mean "flux"?
` + method(15),
		},
		{
			name: "an absolute path",
			mesh: today,
			edit: []string{
				`  clusters:
`, `  delivery: {engine: flux, path: /a}
  clusters:
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:34: spec.delivery.path: "/a" is not the path of a folder in the source (IST601)
isthmus: fix: write it from the top of the source, as in "." or "meshes/shop"
` + method(15),
		},
		{
			name: "a path upwards",
			mesh: today,
			edit: []string{
				`  clusters:
`, `  delivery: {engine: flux, path: ../a}
  clusters:
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:34: spec.delivery.path: "../a" is not the path of a folder in the source (IST601)
isthmus: fix: write it from the top of the source, as in "." or "meshes/shop"
` + method(15),
		},
		{
			name: "the folder above",
			mesh: today,
			edit: []string{
				`  clusters:
`, `  delivery: {engine: flux, path: ..}
  clusters:
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:34: spec.delivery.path: ".." is not the path of a folder in the source (IST601)
isthmus: fix: write it from the top of the source, as in "." or "meshes/shop"
` + method(15),
		},
		{
			name: "a path that is not clean",
			mesh: today,
			edit: []string{
				`  clusters:
`, `  delivery: {engine: flux, path: ./a/}
  clusters:
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:34: spec.delivery.path: "./a/" is not the path of a folder in the source (IST601)
isthmus: fix: write it from the top of the source, as in "." or "meshes/shop"
` + method(15),
		},
		{
			name: "an empty path",
			mesh: today,
			edit: []string{
				`  clusters:
`, `  delivery: {engine: flux, path: ""}
  clusters:
`,
			},
			want: method(15),
		},
	})
}

// TestCharts: where charts come from.
func TestCharts(t *testing.T) {
	rejected(t, []rejection{
		{
			name: "a registry",
			mesh: today,
			edit: []string{
				`    version: "1.30.3"
`, `    version: "1.30.3"
    charts: {url: "oci://gcr.io/istio-release/charts"}
`,
			},
			want: method(15),
		},
		{
			name: "nothing",
			mesh: today,
			edit: []string{
				`    version: "1.30.3"
`, `    version: "1.30.3"
    charts: {url: ""}
`,
			},
			want: method(15),
		},
		{
			name: "no URL",
			mesh: today,
			edit: []string{
				`    version: "1.30.3"
`, `    version: "1.30.3"
    charts: {url: gcr.io/istio-release/charts}
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:19: spec.istio.charts.url: "gcr.io/istio-release/charts" is not where charts can be had (IST218)
isthmus: fix: write the URL of a Helm repository, or of the folder of charts in an OCI registry, as in oci://gcr.io/istio-release/charts
` + method(15),
		},
		{
			name: "another scheme",
			mesh: today,
			edit: []string{
				`    version: "1.30.3"
`, `    version: "1.30.3"
    charts: {url: "file:///charts"}
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:19: spec.istio.charts.url: "file:///charts" is not where charts can be had (IST218)
isthmus: fix: write the URL of a Helm repository, or of the folder of charts in an OCI registry, as in oci://gcr.io/istio-release/charts
` + method(15),
		},
		{
			name: "a space",
			mesh: today,
			edit: []string{
				`    version: "1.30.3"
`, `    version: "1.30.3"
    charts: {url: "https://charts.example/ x"}
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:19: spec.istio.charts.url: "https://charts.example/ x" is not where charts can be had (IST218)
isthmus: fix: write the URL of a Helm repository, or of the folder of charts in an OCI registry, as in oci://gcr.io/istio-release/charts
` + method(15),
		},
		{
			name: "a password",
			mesh: today,
			edit: []string{
				`    version: "1.30.3"
`, `    version: "1.30.3"
    charts: {url: "https://a:b@charts.example"}
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:19: spec.istio.charts.url: the URL holds a password; everybody who reads this repository would have it (IST505)
isthmus: fix: write the URL without it
` + method(15),
		},
	})
}
