package mesh_test

import "testing"

// TestSecurity: certificates, tracing, values and injection.
func TestSecurity(t *testing.T) {
	rejected(t, []rejection{
		{
			name: "selfSigned",
			edit: []string{
				`  clusters:
`, `  security: {certificates: selfSigned}
  clusters:
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:28: spec.security.certificates: selfSigned gives each of 2 clusters a root of its own; clusters without a common root refuse each other's workloads (IST501)
isthmus: fix: write plugged, and give each cluster that signs a cacerts Secret under one root
`,
		},
		{
			name: "selfSigned without mutual TLS",
			edit: []string{
				`  clusters:
`, `  security: {certificates: selfSigned, mutualTLS: false}
  clusters:
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:28: spec.security.certificates: selfSigned gives each of 2 clusters a root of its own; clusters without a common root refuse each other's workloads (IST501)
isthmus: fix: write plugged, and give each cluster that signs a cacerts Secret under one root
`,
		},
		{
			name: "selfSigned without any TLS on 1.4",
			edit: []string{
				`version: "1.5.10"`, `version: "1.4.10"`,
				"addresses: [10.110.0.10]", `addresses: [10.110.0.10]
        policyAddresses: [10.110.0.11]
        telemetryAddresses: [10.110.0.12]`,
				`  clusters:
`, `  security: {certificates: selfSigned, mutualTLS: false, controlPlaneSecurity: false}
  clusters:
`,
			},
		},
		{
			name: "control plane security off",
			edit: []string{
				`  clusters:
`, `  security: {controlPlaneSecurity: false}
  clusters:
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:36: spec.security.controlPlaneSecurity: it cannot be switched off on Istio 1.5; istiod always speaks TLS at 15012 (IST502)
isthmus: fix: remove the line
`,
		},
		{
			name: "zipkin without a port",
			edit: []string{
				`  clusters:
`, `  tracing: {zipkin: zipkin.example.com}
  clusters:
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:21: spec.tracing.zipkin: "zipkin.example.com" is not a host and port (IST014)
isthmus: fix: write it as "10.10.0.20:9411"
`,
		},
		{
			name: "zipkin with a scheme",
			edit: []string{
				`  clusters:
`, `  tracing: {zipkin: "http://zipkin.example.com:9411"}
  clusters:
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:21: spec.tracing.zipkin: "http://zipkin.example.com:9411" is not a host and port (IST014)
isthmus: fix: write it as "10.10.0.20:9411"
`,
		},
		{
			name: "zipkin with a port that does not exist",
			edit: []string{
				`  clusters:
`, `  tracing: {zipkin: "10.10.0.20:99999"}
  clusters:
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:21: spec.tracing.zipkin: "10.10.0.20:99999" is not a host and port (IST014)
isthmus: fix: write it as "10.10.0.20:9411"
`,
		},
		{
			name: "values that are decided",
			edit: []string{
				`version: "1.5.10"`, `version: "1.5.10"
    values:
      global:
        meshID: other
        proxy: {logLevel: debug, clusterDomain: corp}`,
			},
			want: `isthmus: error: mesh/mesh.yaml:10:17: spec.istio.values.global.meshID: global.meshID is decided by spec.meshID; two sources for one value drift apart (IST219)
isthmus: fix: remove it here, and set spec.meshID
isthmus: error: mesh/mesh.yaml:11:49: spec.istio.values.global.proxy.clusterDomain: global.proxy.clusterDomain is decided by spec.istio.clusterDomain; two sources for one value drift apart (IST219)
isthmus: fix: remove it here, and set spec.istio.clusterDomain
`,
		},
		{
			name: "values of a cluster that are decided",
			edit: []string{
				`serviceCIDRs: [10.120.0.0/16]
`, `serviceCIDRs: [10.120.0.0/16]
      values: {global: {remotePilotAddress: 10.1.1.1}}
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:21:45: spec.clusters[1].values.global.remotePilotAddress: global.remotePilotAddress is decided by spec.clusters[].controlPlane.addresses; two sources for one value drift apart (IST219)
isthmus: fix: remove it here, and set spec.clusters[].controlPlane.addresses
`,
		},
		{
			name: "values that replace what is decided",
			edit: []string{
				`serviceCIDRs: [10.120.0.0/16]
`, `serviceCIDRs: [10.120.0.0/16]
      values: {global: none, security: []}
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:21:24: spec.clusters[1].values.global: global would replace global.configNamespace, which is decided by spec.istio.namespace (IST219)
isthmus: fix: give a map with the keys that you mean
isthmus: error: mesh/mesh.yaml:21:40: spec.clusters[1].values.security: security would replace security.selfSigned, which is decided by spec.security.certificates (IST219)
isthmus: fix: give a map with the keys that you mean
`,
		},
		{
			name: "values with a merge in quotes",
			edit: []string{`    version:`, `    values: {a: [{"<<": {b: c}}]}
    version:`},
			want: `isthmus: error: mesh/mesh.yaml:7:25: spec.istio.values.a[0].<<: "<<" cannot be a key; readers of YAML take it for a merge, in quotes too (IST004)
isthmus: fix: write the merged fields out here
`,
		},
		{
			name: "injection into Istio's namespace",
			edit: []string{
				`  clusters:
`, `  injection: {namespaces: [istio-system]}
  clusters:
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:28: spec.injection.namespaces[0]: "istio-system" is Istio's own namespace; a control plane that waits for its own sidecar never starts (IST402)
isthmus: fix: remove the line
`,
		},
		{
			name: "injection into Kubernetes' namespace",
			edit: []string{
				`  clusters:
`, `  injection: {namespaces: [kube-system]}
  clusters:
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:28: spec.injection.namespaces[0]: "kube-system" belongs to Kubernetes; with the injector down, the cluster could not start its own pods (IST402)
isthmus: fix: remove the line
`,
		},
		{
			name: "injection twice",
			edit: []string{
				`  clusters:
`, `  injection: {namespaces: [a, b, a]}
  clusters:
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:34: spec.injection.namespaces[2]: "a" is listed twice (IST019)
isthmus: fix: remove one
`,
		},
		{
			name: "injection into no label",
			edit: []string{
				`  clusters:
`, `  injection: {namespaces: [Book.Info]}
  clusters:
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:28: spec.injection.namespaces[0]: "Book.Info" is not a DNS label; a DNS label has lower-case letters, digits and "-", at most 63, and starts and ends with a letter or digit (IST020)
isthmus: fix: write "book-info"
`,
		},
		{
			name: "injection into nothing",
			edit: []string{
				`  clusters:
`, `  injection: {namespaces: [""]}
  clusters:
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:28: spec.injection.namespaces[0]: the name is empty (IST009)
isthmus: fix: remove the line, or name a namespace
`,
		},
	})
}
