package mesh_test

import "testing"

// TestFlux: what Flux reads.
func TestFlux(t *testing.T) {
	rejected(t, []rejection{
		{
			name: "a namespace",
			mesh: today,
			edit: []string{
				`  clusters:
`, `  delivery: {engine: flux, flux: {namespace: Flux}}
  clusters:
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:46: spec.delivery.flux.namespace: "Flux" is not a DNS label; a DNS label has lower-case letters, digits and "-", at most 63, and starts and ends with a letter or digit (IST020)
isthmus: fix: write "flux"
` + method(15),
		},
		{
			name: "a kind of source",
			mesh: today,
			edit: []string{
				`  clusters:
`, `  delivery: {engine: flux, flux: {source: {kind: GitRepo}}}
  clusters:
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:50: spec.delivery.flux.source.kind: "GitRepo" is not one of GitRepository, OCIRepository, Bucket, ExternalArtifact (IST012)
isthmus: fix: the choices are GitRepository, OCIRepository, Bucket, ExternalArtifact
` + method(15),
		},
		{
			name: "a kind that is none",
			mesh: today,
			edit: []string{
				`  clusters:
`, `  delivery: {engine: flux, flux: {source: {kind: HelmChart}}}
  clusters:
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:50: spec.delivery.flux.source.kind: "HelmChart" is not one of GitRepository, OCIRepository, Bucket, ExternalArtifact (IST012)
isthmus: fix: the choices are GitRepository, OCIRepository, Bucket, ExternalArtifact
` + method(15),
		},
		{
			name: "the name of a source",
			mesh: today,
			edit: []string{
				`  clusters:
`, `  delivery: {engine: flux, flux: {source: {name: "a b"}}}
  clusters:
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:50: spec.delivery.flux.source.name: "a b" is not a domain name (IST021)
isthmus: fix: write DNS labels joined by dots, as in "cluster.local"
` + method(15),
		},
		{
			name: "an interval",
			mesh: today,
			edit: []string{
				`  clusters:
`, `  delivery: {engine: flux, flux: {interval: 60}}
  clusters:
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:45: spec.delivery.flux.interval: 60 is read as a number by YAML (IST011)
isthmus: fix: quote this value: "60"
` + method(15),
		},
		{
			name: "an interval in words",
			mesh: today,
			edit: []string{
				`  clusters:
`, `  delivery: {engine: flux, flux: {interval: "1 hour"}}
  clusters:
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:45: spec.delivery.flux.interval: "1 hour" is not a duration (IST014)
isthmus: fix: write it as "60m"
` + method(15),
		},
		{
			name: "dependencies",
			mesh: today,
			edit: []string{
				`  clusters:
`, `  delivery: {engine: flux, flux: {dependsOn: [{name: "A B", namespace: C}, {namespace: d}]}}
  clusters:
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:54: spec.delivery.flux.dependsOn[0].name: "A B" is not a domain name (IST021)
isthmus: fix: write DNS labels joined by dots, as in "cluster.local"
isthmus: error: mesh/mesh.yaml:8:72: spec.delivery.flux.dependsOn[0].namespace: "C" is not a DNS label; a DNS label has lower-case letters, digits and "-", at most 63, and starts and ends with a letter or digit (IST020)
isthmus: fix: write "c"
isthmus: error: mesh/mesh.yaml:8:76: spec.delivery.flux.dependsOn[1].name: is required (IST009)
` + method(15),
		},
		{
			name: "a hub",
			mesh: today,
			edit: []string{
				`  clusters:
`, `  delivery: {engine: flux, flux: {hub: {cluster: mgmt}}}
  clusters:
`,
			},
			want: method(15),
		},
		{
			name: "a hub of the mesh",
			mesh: today,
			edit: []string{
				`  clusters:
`, `  delivery: {engine: flux, flux: {hub: {cluster: east, kubeConfigSecret: kube-<cluster>}}}
  clusters:
`,
			},
			want: method(15),
		},
		{
			name: "a hub that is no label",
			mesh: today,
			edit: []string{
				`  clusters:
`, `  delivery: {engine: flux, flux: {hub: {cluster: ../a}}}
  clusters:
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:50: spec.delivery.flux.hub.cluster: "../a" is not a DNS label; its name becomes a folder; a DNS label has lower-case letters, digits and "-", at most 63, and starts and ends with a letter or digit (IST020)
isthmus: fix: write "a"
` + method(15),
		},
		{
			name: "a Secret without a hub",
			mesh: today,
			edit: []string{
				`  clusters:
`, `  delivery: {engine: flux, flux: {hub: {kubeConfigSecret: "<cluster>"}}}
  clusters:
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:40: spec.delivery.flux.hub.cluster: is required; it is the cluster whose Flux delivers to all (IST009)
isthmus: fix: name it, or remove hub
` + method(15),
		},
		{
			name: "an empty hub",
			mesh: today,
			edit: []string{
				`  clusters:
`, `  delivery: {engine: flux, flux: {hub: {}}}
  clusters:
`,
			},
			want: method(15),
		},
		{
			name: "a Secret that is the same for all",
			mesh: today,
			edit: []string{
				`  clusters:
`, `  delivery: {engine: flux, flux: {hub: {cluster: mgmt, kubeConfigSecret: kubeconfig}}}
  clusters:
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:74: spec.delivery.flux.hub.kubeConfigSecret: "kubeconfig" is the same for every cluster; all would be delivered to one (IST603)
isthmus: fix: write a name in which <cluster> stands for the cluster's
` + method(15),
		},
		{
			name: "a Secret that has no name",
			mesh: today,
			edit: []string{
				`  clusters:
`, `  delivery: {engine: flux, flux: {hub: {cluster: mgmt, kubeConfigSecret: "kube <cluster>"}}}
  clusters:
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:74: spec.delivery.flux.hub.kubeConfigSecret: "kube <cluster>" is not the name of a Secret (IST603)
isthmus: fix: write a name in which <cluster> stands for the cluster's
` + method(15),
		},
		{
			name: "all that is empty",
			mesh: today,
			edit: []string{
				`  clusters:
`, `  delivery: {engine: flux, flux: {namespace: "", source: {kind: "", name: ""}, interval: "", hub: {cluster: "", kubeConfigSecret: ""}}}
  clusters:
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:109: spec.delivery.flux.hub.cluster: is required; it is the cluster whose Flux delivers to all (IST009)
isthmus: fix: name it, or remove hub
` + method(15),
		},
	})
}
