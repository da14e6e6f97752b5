package mesh_test

import "testing"

// TestNetworks: prefixes and the one network.
func TestNetworks(t *testing.T) {
	rejected(t, []rejection{
		{
			name: "another network",
			edit: []string{
				`serviceCIDRs: [10.120.0.0/16]
`, `serviceCIDRs: [10.120.0.0/16]
      network: dmz
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:21:16: spec.clusters[1].network: "dmz" is not the mesh's network "network1"; isthmus makes meshes on one network, whose pods reach each other without gateways (IST101)
isthmus: fix: remove the line, or correct spec.network
`,
		},
		{
			name: "bits behind the prefix",
			edit: []string{"10.20.0.0/16", "10.20.0.1/16"},
			want: `isthmus: error: mesh/mesh.yaml:19:18: spec.clusters[1].podCIDRs[0]: "10.20.0.1/16" has bits set behind its prefix (IST102)
isthmus: fix: write 10.20.0.0/16
`,
		},
		{
			name: "IPv4 in IPv6 form",
			edit: []string{"10.20.0.0/16", `"::ffff:10.20.0.0/112"`},
			want: `isthmus: error: mesh/mesh.yaml:19:18: spec.clusters[1].podCIDRs[0]: "::ffff:10.20.0.0/112" is an IPv4 prefix in IPv6 form (IST102)
isthmus: fix: write 10.20.0.0/16
`,
		},
		{
			name: "pods of two clusters",
			edit: []string{"10.20.0.0/16", "10.10.4.0/24"},
			want: `isthmus: error: mesh/mesh.yaml:19:18: spec.clusters[1].podCIDRs[0]: 10.10.4.0/24 overlaps 10.10.0.0/16 of the podCIDRs of cluster "east"; every pod and Service of the mesh needs an address of its own (IST103)
isthmus: fix: give the cluster a range that no other uses, or correct the prefix
`,
		},
		{
			name: "pods and Services of two clusters",
			edit: []string{"10.20.0.0/16", "10.110.0.0/17"},
			want: `isthmus: error: mesh/mesh.yaml:19:18: spec.clusters[1].podCIDRs[0]: 10.110.0.0/17 overlaps 10.110.0.0/16 of the serviceCIDRs of cluster "east"; every pod and Service of the mesh needs an address of its own (IST103)
isthmus: fix: give the cluster a range that no other uses, or correct the prefix
`,
		},
		{
			name: "pods and Services of one cluster",
			edit: []string{"10.120.0.0/16", "10.20.0.0/16"},
			want: `isthmus: error: mesh/mesh.yaml:20:22: spec.clusters[1].serviceCIDRs[0]: 10.20.0.0/16 overlaps 10.20.0.0/16 of the podCIDRs of cluster "west"; every pod and Service of the mesh needs an address of its own (IST103)
isthmus: fix: give the cluster a range that no other uses, or correct the prefix
`,
		},
		{
			name: "the later holds the earlier",
			edit: []string{"10.20.0.0/16", "10.0.0.0/8"},
			want: `isthmus: error: mesh/mesh.yaml:19:18: spec.clusters[1].podCIDRs[0]: 10.0.0.0/8 overlaps 10.10.0.0/16 of the podCIDRs of cluster "east"; every pod and Service of the mesh needs an address of its own (IST103)
isthmus: fix: give the cluster a range that no other uses, or correct the prefix
isthmus: error: mesh/mesh.yaml:19:18: spec.clusters[1].podCIDRs[0]: 10.0.0.0/8 overlaps 10.110.0.0/16 of the serviceCIDRs of cluster "east"; every pod and Service of the mesh needs an address of its own (IST103)
isthmus: fix: give the cluster a range that no other uses, or correct the prefix
isthmus: error: mesh/mesh.yaml:20:22: spec.clusters[1].serviceCIDRs[0]: 10.120.0.0/16 overlaps 10.0.0.0/8 of the podCIDRs of cluster "west"; every pod and Service of the mesh needs an address of its own (IST103)
isthmus: fix: give the cluster a range that no other uses, or correct the prefix
`,
		},
		{
			name: "one prefix twice in a list",
			edit: []string{"[10.20.0.0/16]", "[10.20.0.0/16, 10.20.0.0/16]"},
			want: `isthmus: error: mesh/mesh.yaml:19:32: spec.clusters[1].podCIDRs[1]: 10.20.0.0/16 overlaps 10.20.0.0/16 of the podCIDRs of cluster "west"; every pod and Service of the mesh needs an address of its own (IST103)
isthmus: fix: give the cluster a range that no other uses, or correct the prefix
`,
		},
		{
			name: "IPv6",
			edit: []string{
				"[10.10.0.0/16]", `[10.10.0.0/16, "fd00:10::/48"]`,
				"[10.20.0.0/16]", `[10.20.0.0/16, "fd00:10:0:1::/64"]`,
			},
			want: `isthmus: error: mesh/mesh.yaml:19:32: spec.clusters[1].podCIDRs[1]: fd00:10:0:1::/64 overlaps fd00:10::/48 of the podCIDRs of cluster "east"; every pod and Service of the mesh needs an address of its own (IST103)
isthmus: fix: give the cluster a range that no other uses, or correct the prefix
`,
		},
		{
			name: "everything",
			edit: []string{"[10.20.0.0/16]", "[0.0.0.0/0]"},
			want: `isthmus: warning: mesh/mesh.yaml:19:18: spec.clusters[1].podCIDRs[0]: 0.0.0.0/0 is of public addresses; what others have there cannot be reached from the mesh (IST112)
isthmus: fix: number the cluster from a private range, or silence the rule where the addresses are yours
isthmus: error: mesh/mesh.yaml:19:18: spec.clusters[1].podCIDRs[0]: 0.0.0.0/0 overlaps 10.10.0.0/16 of the podCIDRs of cluster "east"; every pod and Service of the mesh needs an address of its own (IST103)
isthmus: fix: give the cluster a range that no other uses, or correct the prefix
isthmus: error: mesh/mesh.yaml:19:18: spec.clusters[1].podCIDRs[0]: 0.0.0.0/0 overlaps 10.110.0.0/16 of the serviceCIDRs of cluster "east"; every pod and Service of the mesh needs an address of its own (IST103)
isthmus: fix: give the cluster a range that no other uses, or correct the prefix
isthmus: error: mesh/mesh.yaml:20:22: spec.clusters[1].serviceCIDRs[0]: 10.120.0.0/16 overlaps 0.0.0.0/0 of the podCIDRs of cluster "west"; every pod and Service of the mesh needs an address of its own (IST103)
isthmus: fix: give the cluster a range that no other uses, or correct the prefix
`,
		},
	})
}
