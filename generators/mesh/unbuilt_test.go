package mesh_test

import "testing"

// TestUnbuilt: fields that nothing renders yet.
func TestUnbuilt(t *testing.T) {
	rejected(t, []rejection{
		{
			name: "install",
			edit: []string{
				`version: "1.5.10"`, `version: "1.5.10"
    install: helm`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:14: spec.istio.install: install: helm is for Istio 1.24 and later; this version of isthmus would ignore it
isthmus: fix: write istioctl or operator
`,
		},
		{
			name: "revision",
			edit: []string{
				`version: "1.5.10"`, `version: "1.5.10"
    revision: canary`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:15: spec.istio.revision: revisions are for Istio 1.24 and later; this version of isthmus would ignore it
isthmus: fix: remove it
`,
		},
		{
			name: "revision tags",
			edit: []string{
				`version: "1.5.10"`, `version: "1.5.10"
    revisionTags: [prod]`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:19: spec.istio.revisionTags: revision tags are for Istio 1.24 and later; this version of isthmus would ignore it
isthmus: fix: remove it
`,
		},
		{
			name: "CNI",
			edit: []string{
				`version: "1.5.10"`, `version: "1.5.10"
    cni: true`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:10: spec.istio.cni: the CNI plugin is for Istio 1.24 and later; this version of isthmus would ignore it
isthmus: fix: remove it
`,
		},
		{
			name: "charts",
			edit: []string{
				`version: "1.5.10"`, `version: "1.5.10"
    charts: {url: "oci://a/b"}`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:13: spec.istio.charts: charts are for Istio 1.24 and later; this version of isthmus would ignore it
isthmus: fix: remove it
`,
		},
		{
			name: "DNS capture",
			edit: []string{
				`  clusters:
`, `  dns: {capture: true}
  clusters:
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:18: spec.dns.capture: DNS capture is for Istio 1.24 and later; this version of isthmus would ignore it
isthmus: fix: remove it
`,
		},
		{
			name: "certManager",
			edit: []string{
				`  clusters:
`, `  security: {certificates: certManager}
  clusters:
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:28: spec.security.certificates: certManager is not built; this version of isthmus would ignore it
isthmus: fix: write plugged
`,
		},
		{
			name: "sample certificates",
			edit: []string{
				`  clusters:
`, `  security: {allowSampleCertificates: true}
  clusters:
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:39: spec.security.allowSampleCertificates: certificates are not looked at; this version of isthmus would ignore it
isthmus: fix: remove it
`,
		},
		{
			name: "delivery",
			edit: []string{
				`  clusters:
`, `  delivery: {engine: flux, path: a, flux: {interval: 1m}, argocd: {project: a}}
  clusters:
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:22: spec.delivery.engine: delivery by flux is not built; this version of isthmus would ignore it
isthmus: fix: write none, and point your engine at overlays/<cluster>
isthmus: error: mesh/mesh.yaml:8:34: spec.delivery.path: delivery is not built; this version of isthmus would ignore it
isthmus: fix: remove it
isthmus: error: mesh/mesh.yaml:8:43: spec.delivery.flux: delivery is not built; this version of isthmus would ignore it
isthmus: fix: remove it
isthmus: error: mesh/mesh.yaml:8:67: spec.delivery.argocd: delivery is not built; this version of isthmus would ignore it
isthmus: fix: remove it
`,
		},
		{
			name: "secrets",
			edit: []string{
				`  clusters:
`, `  secrets: {backend: sops}
  clusters:
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:12: spec.secrets: sealed Secrets are not built; this version of isthmus would ignore it
isthmus: fix: remove it
`,
		},
		{
			name: "silence",
			edit: []string{
				`  clusters:
`, `  silence: [{rule: A, reason: b}]
  clusters:
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:12: spec.silence: silencing a rule is not built; this version of isthmus would ignore it
isthmus: fix: remove it
`,
		},
		{
			name: "local injector",
			edit: []string{
				`serviceCIDRs: [10.120.0.0/16]
`, `serviceCIDRs: [10.120.0.0/16]
      localInjector: true
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:21:22: spec.clusters[1].localInjector: a local injector is for Istio 1.27 and later; this version of isthmus would ignore it
isthmus: fix: remove it
`,
		},
		{
			name: "patches",
			edit: []string{
				`serviceCIDRs: [10.120.0.0/16]
`, `serviceCIDRs: [10.120.0.0/16]
      patches: [{patch: a}]
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:21:16: spec.clusters[1].patches: patches are not built; this version of isthmus would ignore it
isthmus: fix: remove it
`,
		},
		{
			name: "a cluster's delivery",
			edit: []string{
				`serviceCIDRs: [10.120.0.0/16]
`, `serviceCIDRs: [10.120.0.0/16]
      delivery: {engine: argocd}
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:21:26: spec.clusters[1].delivery.engine: delivery by argocd is not built; this version of isthmus would ignore it
isthmus: fix: remove it
`,
		},
	})
}
