package mesh_test

import "testing"

// TestAddress: addresses that Endpoints cannot hold.
func TestAddress(t *testing.T) {
	rejected(t, []rejection{
		{
			name: "a name",
			edit: []string{"addresses: [10.110.0.10]", `addresses: ["pilot.example.com"]`},
			want: `isthmus: error: mesh/mesh.yaml:16:21: spec.clusters[0].controlPlane.addresses[0]: "pilot.example.com" is not an IP address; Endpoints take IP addresses only (IST305)
isthmus: fix: give one IP address an entry, without a port; on Istio 1.24 and later a name goes into hostname
`,
		},
		{
			name: "with a port",
			edit: []string{"addresses: [10.110.0.10]", `addresses: ["10.110.0.10:15012"]`},
			want: `isthmus: error: mesh/mesh.yaml:16:21: spec.clusters[0].controlPlane.addresses[0]: "10.110.0.10:15012" is not an IP address; Endpoints take IP addresses only (IST305)
isthmus: fix: give one IP address an entry, without a port; on Istio 1.24 and later a name goes into hostname
`,
		},
		{
			name: "two in one",
			edit: []string{"addresses: [10.110.0.10]", `addresses: ["10.110.0.10,10.110.0.11"]`},
			want: `isthmus: error: mesh/mesh.yaml:16:21: spec.clusters[0].controlPlane.addresses[0]: "10.110.0.10,10.110.0.11" is not an IP address; Endpoints take IP addresses only (IST305)
isthmus: fix: give one IP address an entry, without a port; on Istio 1.24 and later a name goes into hostname
`,
		},
		{
			name: "an octet too large",
			edit: []string{"addresses: [10.110.0.10]", `addresses: ["300.110.0.10"]`},
			want: `isthmus: error: mesh/mesh.yaml:16:21: spec.clusters[0].controlPlane.addresses[0]: "300.110.0.10" is not an IP address; Endpoints take IP addresses only (IST305)
isthmus: fix: give one IP address an entry, without a port; on Istio 1.24 and later a name goes into hostname
`,
		},
		{
			name: "a zone",
			edit: []string{"addresses: [10.110.0.10]", `addresses: ["fe80::1%eth0"]`},
			want: `isthmus: error: mesh/mesh.yaml:16:21: spec.clusters[0].controlPlane.addresses[0]: "fe80::1%eth0" has a zone; the API server refuses it in Endpoints, or no other cluster can reach it (IST305)
isthmus: fix: give the address at which the other clusters reach the control plane
`,
		},
		{
			name: "IPv4 in IPv6 form",
			edit: []string{"addresses: [10.110.0.10]", `addresses: ["::ffff:10.110.0.10"]`},
			want: `isthmus: error: mesh/mesh.yaml:16:21: spec.clusters[0].controlPlane.addresses[0]: "::ffff:10.110.0.10" is an IPv4 address in IPv6 form; the API server refuses it in Endpoints, or no other cluster can reach it (IST305)
isthmus: fix: write 10.110.0.10
`,
		},
		{
			name: "unspecified",
			edit: []string{"addresses: [10.110.0.10]", `addresses: ["0.0.0.0"]`},
			want: `isthmus: error: mesh/mesh.yaml:16:21: spec.clusters[0].controlPlane.addresses[0]: "0.0.0.0" is the unspecified address; the API server refuses it in Endpoints, or no other cluster can reach it (IST305)
isthmus: fix: give the address at which the other clusters reach the control plane
`,
		},
		{
			name: "loopback",
			edit: []string{"addresses: [10.110.0.10]", `addresses: ["::1"]`},
			want: `isthmus: error: mesh/mesh.yaml:16:21: spec.clusters[0].controlPlane.addresses[0]: "::1" is a loopback address; the API server refuses it in Endpoints, or no other cluster can reach it (IST305)
isthmus: fix: give the address at which the other clusters reach the control plane
`,
		},
		{
			name: "link-local",
			edit: []string{"addresses: [10.110.0.10]", `addresses: ["169.254.0.1"]`},
			want: `isthmus: error: mesh/mesh.yaml:16:21: spec.clusters[0].controlPlane.addresses[0]: "169.254.0.1" is a link-local address; the API server refuses it in Endpoints, or no other cluster can reach it (IST305)
isthmus: fix: give the address at which the other clusters reach the control plane
`,
		},
		{
			name: "multicast",
			edit: []string{"addresses: [10.110.0.10]", `addresses: ["224.0.0.5"]`},
			want: `isthmus: error: mesh/mesh.yaml:16:21: spec.clusters[0].controlPlane.addresses[0]: "224.0.0.5" is a multicast address; the API server refuses it in Endpoints, or no other cluster can reach it (IST305)
isthmus: fix: give the address at which the other clusters reach the control plane
`,
		},
		{
			name: "nothing",
			edit: []string{"addresses: [10.110.0.10]", `addresses: [""]`},
			want: `isthmus: error: mesh/mesh.yaml:16:21: spec.clusters[0].controlPlane.addresses[0]: "" is not an IP address; Endpoints take IP addresses only (IST305)
isthmus: fix: give one IP address an entry, without a port; on Istio 1.24 and later a name goes into hostname
`,
		},
	})
}
