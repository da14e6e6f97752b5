package mesh_test

import "testing"

// TestTodayOnOld: fields of 1.24 and later on 1.4 and 1.5.
func TestTodayOnOld(t *testing.T) {
	rejected(t, []rejection{
		{
			name: "install helm",
			edit: []string{
				`    version: "1.5.10"
`, `    version: "1.5.10"
    install: helm
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:14: spec.istio.install: install: helm is for Istio 1.24 and later; it came with later releases than 1.5.10 (IST210)
isthmus: fix: write istioctl or operator
`,
		},
		{
			name: "install sail",
			edit: []string{
				`    version: "1.5.10"
`, `    version: "1.5.10"
    install: sail
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:14: spec.istio.install: install: sail is for Istio 1.24 and later; it came with later releases than 1.5.10 (IST210)
isthmus: fix: write istioctl or operator
`,
		},
		{
			name: "install values",
			edit: []string{
				`    version: "1.5.10"
`, `    version: "1.5.10"
    install: values
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:14: spec.istio.install: install: values is for Istio 1.24 and later; it came with later releases than 1.5.10 (IST210)
isthmus: fix: write istioctl or operator
`,
		},
		{
			name: "install istioctl",
			edit: []string{
				`    version: "1.5.10"
`, `    version: "1.5.10"
    install: istioctl
`,
			},
		},
		{
			name: "install operator",
			edit: []string{
				`    version: "1.5.10"
`, `    version: "1.5.10"
    install: operator
`,
			},
		},
		{
			name: "a revision",
			edit: []string{
				`    version: "1.5.10"
`, `    version: "1.5.10"
    revision: canary
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:15: spec.istio.revision: revision is for Istio 1.24 and later; it came with later releases than 1.5.10 (IST210)
isthmus: fix: remove it
`,
		},
		{
			name: "revision tags",
			edit: []string{
				`    version: "1.5.10"
`, `    version: "1.5.10"
    revisionTags: [prod]
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:19: spec.istio.revisionTags: revisionTags is for Istio 1.24 and later; it came with later releases than 1.5.10 (IST210)
isthmus: fix: remove it
`,
		},
		{
			name: "a canary",
			edit: []string{
				`    version: "1.5.10"
`, `    version: "1.5.10"
    canary: {version: "1.5.9", revision: a}
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:13: spec.istio.canary: canary is for Istio 1.24 and later; it came with later releases than 1.5.10 (IST210)
isthmus: fix: remove it
`,
		},
		{
			name: "CNI",
			edit: []string{
				`    version: "1.5.10"
`, `    version: "1.5.10"
    cni: true
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:10: spec.istio.cni: cni is for Istio 1.24 and later; it came with later releases than 1.5.10 (IST210)
isthmus: fix: remove it
`,
		},
		{
			name: "charts",
			edit: []string{
				`    version: "1.5.10"
`, `    version: "1.5.10"
    charts: {url: "oci://a/b"}
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:13: spec.istio.charts: charts is for Istio 1.24 and later; it came with later releases than 1.5.10 (IST210)
isthmus: fix: remove it
`,
		},
		{
			name: "all that is switched off",
			edit: []string{
				`    version: "1.5.10"
`, `    version: "1.5.10"
    revision: ""
    revisionTags: []
    cni: false
`,
				`  clusters:
`, `  dns: {capture: false}
  clusters:
`,
			},
		},
		{
			name: "all at once",
			edit: []string{
				`    version: "1.5.10"
`, `    version: "1.5.10"
    install: sail
    revision: Canary
    revisionTags: [prod, prod]
    canary: {version: "1.6", revision: default}
    cni: true
    charts: {}
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:14: spec.istio.install: install: sail is for Istio 1.24 and later; it came with later releases than 1.5.10 (IST210)
isthmus: fix: write istioctl or operator
isthmus: error: mesh/mesh.yaml:9:15: spec.istio.revision: revision is for Istio 1.24 and later; it came with later releases than 1.5.10 (IST210)
isthmus: fix: remove it
isthmus: error: mesh/mesh.yaml:10:19: spec.istio.revisionTags: revisionTags is for Istio 1.24 and later; it came with later releases than 1.5.10 (IST210)
isthmus: fix: remove it
isthmus: error: mesh/mesh.yaml:11:13: spec.istio.canary: canary is for Istio 1.24 and later; it came with later releases than 1.5.10 (IST210)
isthmus: fix: remove it
isthmus: error: mesh/mesh.yaml:12:10: spec.istio.cni: cni is for Istio 1.24 and later; it came with later releases than 1.5.10 (IST210)
isthmus: fix: remove it
isthmus: error: mesh/mesh.yaml:13:13: spec.istio.charts: charts is for Istio 1.24 and later; it came with later releases than 1.5.10 (IST210)
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
			want: `isthmus: error: mesh/mesh.yaml:8:18: spec.dns.capture: DNS capture is for Istio 1.24 and later; it came with later releases than 1.5.10 (IST210)
isthmus: fix: remove it
`,
		},
		{
			name: "a Service without copies",
			edit: []string{
				`      clusters: [east]
`, `      clusters: [east]
      duplicate: false
`,
				`  clusters:
`, `  dns: {capture: true}
  clusters:
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:18: spec.dns.capture: DNS capture is for Istio 1.24 and later; it came with later releases than 1.5.10 (IST210)
isthmus: fix: remove it
`,
		},
		{
			name: "a gateway",
			edit: []string{
				`        addresses: [10.110.0.10]
`, `        addresses: [10.110.0.10]
        gateway: {name: a}
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:17:18: spec.clusters[0].controlPlane.gateway: expose: clusterIP has no gateway (IST315)
isthmus: fix: remove it, or write expose: gateway or dedicatedGateway
`,
		},
		{
			name: "a load balancer",
			edit: []string{
				`        addresses: [10.110.0.10]
`, `        addresses: [10.110.0.10]
        service: {loadBalancerIP: 10.0.0.1}
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:17:18: spec.clusters[0].controlPlane.service: expose: clusterIP has no load balancer of isthmus (IST315)
isthmus: fix: remove it, or write expose: loadBalancer or dedicatedGateway
`,
		},
	})
}
