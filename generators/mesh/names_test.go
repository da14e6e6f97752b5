package mesh_test

import "testing"

// TestNames: what becomes a name elsewhere.
func TestNames(t *testing.T) {
	rejected(t, []rejection{
		{
			name: "mesh name",
			edit: []string{"name: shop", "name: Shop_1"},
			want: `isthmus: error: mesh/mesh.yaml:4:9: metadata.name: "Shop_1" is not a DNS label; it names the mesh and is its ID where none is given; a DNS label has lower-case letters, digits and "-", at most 63, and starts and ends with a letter or digit (IST020)
isthmus: fix: write "shop-1"
`,
		},
		{
			name: "mesh name that no label is near",
			edit: []string{"name: shop", `name: "_"`},
			want: `isthmus: error: mesh/mesh.yaml:4:9: metadata.name: "_" is not a DNS label; it names the mesh and is its ID where none is given; a DNS label has lower-case letters, digits and "-", at most 63, and starts and ends with a letter or digit (IST020)
`,
		},
		{
			name: "mesh name with 64 letters",
			edit: []string{"name: shop", "name: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},
			want: `isthmus: error: mesh/mesh.yaml:4:9: metadata.name: "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" is not a DNS label; it names the mesh and is its ID where none is given; a DNS label has lower-case letters, digits and "-", at most 63, and starts and ends with a letter or digit (IST020)
`,
		},
		{
			name: "Istio namespace",
			edit: []string{
				`version: "1.5.10"`, `version: "1.5.10"
    namespace: Istio.System`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:16: spec.istio.namespace: "Istio.System" is not a DNS label; a DNS label has lower-case letters, digits and "-", at most 63, and starts and ends with a letter or digit (IST020)
isthmus: fix: write "istio-system"
`,
		},
		{
			name: "cluster domain",
			edit: []string{
				`version: "1.5.10"`, `version: "1.5.10"
    clusterDomain: Cluster.Local`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:20: spec.istio.clusterDomain: "Cluster.Local" is not a domain name (IST021)
isthmus: fix: write DNS labels joined by dots, as in "cluster.local"
`,
		},
		{
			name: "trust domain",
			edit: []string{
				`  clusters:
`, `  trustDomain: corp_example
  clusters:
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:16: spec.trustDomain: "corp_example" is not a domain name (IST021)
isthmus: fix: write DNS labels joined by dots, as in "cluster.local"
`,
		},
		{
			name: "network",
			edit: []string{
				`  clusters:
`, `  network: the vpn
  clusters:
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:12: spec.network: "the vpn" is not a DNS label; a DNS label has lower-case letters, digits and "-", at most 63, and starts and ends with a letter or digit (IST020)
isthmus: fix: write "the-vpn"
`,
		},
		{
			name: "mesh ID",
			edit: []string{
				`  clusters:
`, `  meshID: shop/1
  clusters:
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:11: spec.meshID: "shop/1" is not a DNS label; a DNS label has lower-case letters, digits and "-", at most 63, and starts and ends with a letter or digit (IST020)
isthmus: fix: write "shop-1"
`,
		},
		{
			name: "cluster label key",
			edit: []string{
				`serviceCIDRs: [10.120.0.0/16]
`, `serviceCIDRs: [10.120.0.0/16]
      labels: {"a b": c}
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:21:15: spec.clusters[1].labels: "a b" is not the key of a label (IST022)
isthmus: fix: write a name of at most 63 letters, digits, "-", "_" and ".", after an optional domain and "/"
`,
		},
		{
			name: "cluster label value",
			edit: []string{
				`serviceCIDRs: [10.120.0.0/16]
`, `serviceCIDRs: [10.120.0.0/16]
      labels: {region: -eu}
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:21:15: spec.clusters[1].labels: "-eu" is not the value of a label (IST022)
isthmus: fix: write at most 63 letters, digits, "-", "_" and ".", a letter or digit at both ends
`,
		},
		{
			name: "cluster name",
			edit: []string{"name: west", "name: West_1"},
			want: `isthmus: error: mesh/mesh.yaml:17:13: spec.clusters[1].name: "West_1" is not a DNS label; the name becomes a folder, the key of the remote Secret and the cluster's ID in Istio; a DNS label has lower-case letters, digits and "-", at most 63, and starts and ends with a letter or digit (IST020)
isthmus: fix: write "west-1"
`,
		},
		{
			name: "cluster named Kubernetes",
			edit: []string{"name: west", "name: Kubernetes"},
			want: `isthmus: error: mesh/mesh.yaml:17:13: spec.clusters[1].name: "Kubernetes" is the name that Istio 1.4 and 1.5 give to the cluster of the control plane itself; a remote of that name would be taken for it (IST104)
isthmus: fix: name the cluster after its place or purpose
`,
		},
		{
			name: "cluster named for a file of kustomize",
			edit: []string{"name: west", "name: kustomization"},
			want: `isthmus: error: mesh/mesh.yaml:17:13: spec.clusters[1].name: "kustomization" cannot name a cluster; the name becomes a folder, and this one means something to kustomize or to a file system (IST104)
isthmus: fix: choose another name
`,
		},
		{
			name: "cluster named for a device",
			edit: []string{"name: west", "name: com1"},
			want: `isthmus: error: mesh/mesh.yaml:17:13: spec.clusters[1].name: "com1" cannot name a cluster; the name becomes a folder, and this one means something to kustomize or to a file system (IST104)
isthmus: fix: choose another name
`,
		},
		{
			name: "two clusters of one name",
			edit: []string{"name: west", "name: east"},
			want: `isthmus: error: mesh/mesh.yaml:17:13: spec.clusters[1].name: a second cluster is named "east"; the first is at mesh/mesh.yaml:9:13 (IST105)
isthmus: fix: give each cluster a name of its own
`,
		},
		{
			name: "three clusters of one name",
			edit: []string{
				"name: west", "name: east",
				`serviceCIDRs: [10.120.0.0/16]
`, `serviceCIDRs: [10.120.0.0/16]
    - name: east
      apiServer: https://10.3.0.10:6443
      podCIDRs: [10.30.0.0/16]
      serviceCIDRs: [10.130.0.0/16]
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:17:13: spec.clusters[1].name: a second cluster is named "east"; the first is at mesh/mesh.yaml:9:13 (IST105)
isthmus: fix: give each cluster a name of its own
isthmus: error: mesh/mesh.yaml:21:13: spec.clusters[2].name: a second cluster is named "east"; the first is at mesh/mesh.yaml:9:13 (IST105)
isthmus: fix: give each cluster a name of its own
`,
		},
	})
}
