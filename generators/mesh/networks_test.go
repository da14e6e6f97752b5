package mesh_test

import "testing"

// TestNetworks: prefixes and the one network.
func TestNetworks(t *testing.T) {
	rejected(t, []rejection{
		{
			name: "loopback addresses in 127.0.0.0/8",
			edit: []string{"podCIDRs: [10.20.0.0/16]", `podCIDRs: ["127.0.0.0/8"]`},
			want: `isthmus: error: mesh/mesh.yaml:19:18: spec.clusters[1].podCIDRs[0]: 127.0.0.0/8 holds loopback addresses; no pod and no Service can have one (IST102)
isthmus: fix: write the range from which the cluster numbers them
`,
		},
		{
			name: "multicast addresses in 224.0.0.0/4",
			edit: []string{"podCIDRs: [10.20.0.0/16]", `podCIDRs: ["224.0.0.0/4"]`},
			want: `isthmus: error: mesh/mesh.yaml:19:18: spec.clusters[1].podCIDRs[0]: 224.0.0.0/4 holds multicast addresses; no pod and no Service can have one (IST102)
isthmus: fix: write the range from which the cluster numbers them
`,
		},
		{
			name: "link-local addresses in 169.254.0.0/16",
			edit: []string{"podCIDRs: [10.20.0.0/16]", `podCIDRs: ["169.254.0.0/16"]`},
			want: `isthmus: error: mesh/mesh.yaml:19:18: spec.clusters[1].podCIDRs[0]: 169.254.0.0/16 holds link-local addresses; no pod and no Service can have one (IST102)
isthmus: fix: write the range from which the cluster numbers them
`,
		},
		{
			name: "unspecified addresses in 0.0.0.0/0",
			edit: []string{"podCIDRs: [10.20.0.0/16]", `podCIDRs: ["0.0.0.0/0"]`},
			want: `isthmus: error: mesh/mesh.yaml:19:18: spec.clusters[1].podCIDRs[0]: 0.0.0.0/0 holds unspecified addresses; no pod and no Service can have one (IST102)
isthmus: fix: write the range from which the cluster numbers them
`,
		},
		{
			name: "loopback addresses in ::1/128",
			edit: []string{"podCIDRs: [10.20.0.0/16]", `podCIDRs: ["::1/128"]`},
			want: `isthmus: error: mesh/mesh.yaml:19:18: spec.clusters[1].podCIDRs[0]: ::1/128 holds loopback addresses; no pod and no Service can have one (IST102)
isthmus: fix: write the range from which the cluster numbers them
`,
		},
		{
			name: "link-local addresses in fe80::/10",
			edit: []string{"podCIDRs: [10.20.0.0/16]", `podCIDRs: ["fe80::/10"]`},
			want: `isthmus: error: mesh/mesh.yaml:19:18: spec.clusters[1].podCIDRs[0]: fe80::/10 holds link-local addresses; no pod and no Service can have one (IST102)
isthmus: fix: write the range from which the cluster numbers them
`,
		},
		{
			name: "multicast addresses in ff00::/8",
			edit: []string{"podCIDRs: [10.20.0.0/16]", `podCIDRs: ["ff00::/8"]`},
			want: `isthmus: error: mesh/mesh.yaml:19:18: spec.clusters[1].podCIDRs[0]: ff00::/8 holds multicast addresses; no pod and no Service can have one (IST102)
isthmus: fix: write the range from which the cluster numbers them
`,
		},
		{
			name: "unspecified addresses in ::/0",
			edit: []string{"podCIDRs: [10.20.0.0/16]", `podCIDRs: ["::/0"]`},
			want: `isthmus: error: mesh/mesh.yaml:19:18: spec.clusters[1].podCIDRs[0]: ::/0 holds unspecified addresses; no pod and no Service can have one (IST102)
isthmus: fix: write the range from which the cluster numbers them
`,
		},
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
			edit: []string{"[10.20.0.0/16]", "[10.0.0.0/8]"},
			want: `isthmus: error: mesh/mesh.yaml:19:18: spec.clusters[1].podCIDRs[0]: 10.0.0.0/8 overlaps 10.10.0.0/16 of the podCIDRs of cluster "east"; every pod and Service of the mesh needs an address of its own (IST103)
isthmus: fix: give the cluster a range that no other uses, or correct the prefix
isthmus: error: mesh/mesh.yaml:19:18: spec.clusters[1].podCIDRs[0]: 10.0.0.0/8 overlaps 10.110.0.0/16 of the serviceCIDRs of cluster "east"; every pod and Service of the mesh needs an address of its own (IST103)
isthmus: fix: give the cluster a range that no other uses, or correct the prefix
isthmus: error: mesh/mesh.yaml:20:22: spec.clusters[1].serviceCIDRs[0]: 10.120.0.0/16 overlaps 10.0.0.0/8 of the podCIDRs of cluster "west"; every pod and Service of the mesh needs an address of its own (IST103)
isthmus: fix: give the cluster a range that no other uses, or correct the prefix
`,
		},
	})
}
