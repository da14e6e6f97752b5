package mesh_test

import "testing"

// TestAPIServers: the addresses of API servers.
func TestAPIServers(t *testing.T) {
	rejected(t, []rejection{
		{
			name: "a Service of its own",
			edit: []string{"10.2.0.10:6443", "10.120.0.1:6443"},
			want: `isthmus: error: mesh/mesh.yaml:18:18: spec.clusters[1].apiServer: "https://10.120.0.1:6443" is an address of its own serviceCIDRs, which only the cluster itself reaches; the control plane reads this cluster from another one (IST108)
isthmus: fix: give the address at which the control plane's pods reach the API server
`,
		},
		{
			name: "a short address",
			edit: []string{"10.2.0.10:6443", "127.1:6443"},
			want: `isthmus: error: mesh/mesh.yaml:18:18: spec.clusters[1].apiServer: "https://127.1:6443" is no address: one has four numbers; the control plane reads this cluster from another one (IST108)
isthmus: fix: give the address at which the control plane's pods reach the API server
`,
		},
		{
			name: "the name of the Service",
			edit: []string{"10.2.0.10:6443", "kubernetes.default:6443"},
			want: `isthmus: warning: mesh/mesh.yaml:18:18: spec.clusters[1].apiServer: "kubernetes.default" is a name that each cluster resolves for itself; the control plane reads this cluster from another one (IST113)
isthmus: fix: give an address or a domain name, or silence the rule where the control plane's cluster resolves it
`,
		},
		{
			name: "a name of the machine",
			edit: []string{"10.2.0.10:6443", "host.docker.internal:6443"},
			want: `isthmus: warning: mesh/mesh.yaml:18:18: spec.clusters[1].apiServer: "host.docker.internal" is a name that each cluster resolves for itself; the control plane reads this cluster from another one (IST113)
isthmus: fix: give an address or a domain name, or silence the rule where the control plane's cluster resolves it
`,
		},
		{
			name: "a Service that others reach",
			edit: []string{"10.2.0.10:6443", "10.120.0.1:6443", "serviceCIDRs: [10.120.0.0/16]", "serviceCIDRs: [10.120.0.0/16]\n      serviceCIDRsRoutable: true"},
		},
		{
			name: "no URL",
			edit: []string{"https://10.2.0.10:6443", "10.2.0.10:6443"},
			want: `isthmus: error: mesh/mesh.yaml:18:18: spec.clusters[1].apiServer: "10.2.0.10:6443" is not the URL of an API server (IST106)
isthmus: fix: write it as https://10.1.0.10:6443
`,
		},
		{
			name: "no host",
			edit: []string{"https://10.2.0.10:6443", `"https://:6443"`},
			want: `isthmus: error: mesh/mesh.yaml:18:18: spec.clusters[1].apiServer: "https://:6443" is not the URL of an API server (IST106)
isthmus: fix: write it as https://10.1.0.10:6443
`,
		},
		{
			name: "no port that exists",
			edit: []string{"10.2.0.10:6443", "10.2.0.10:70000"},
			want: `isthmus: error: mesh/mesh.yaml:18:18: spec.clusters[1].apiServer: "https://10.2.0.10:70000" is not the URL of an API server (IST106)
isthmus: fix: write it as https://10.1.0.10:6443
`,
		},
		{
			name: "http",
			edit: []string{"https://10.2.0.10:6443", "http://10.2.0.10:6443/k8s"},
			want: `isthmus: error: mesh/mesh.yaml:18:18: spec.clusters[1].apiServer: "http://10.2.0.10:6443/k8s" is not https; the reader's token would cross the network in clear (IST107)
isthmus: fix: write https://10.2.0.10:6443/k8s
`,
		},
		{
			name: "a password",
			edit: []string{"https://10.2.0.10", "https://admin:secret@10.2.0.10"},
			want: `isthmus: error: mesh/mesh.yaml:18:18: spec.clusters[1].apiServer: the URL holds a user name or password; everybody who reads this repository would have it (IST505)
isthmus: fix: write the URL without it; credentials belong into the remote Secret
`,
		},
		{
			name: "a password over http",
			edit: []string{"https://10.2.0.10", "http://admin:secret@10.2.0.10"},
			want: `isthmus: error: mesh/mesh.yaml:18:18: spec.clusters[1].apiServer: the URL holds a user name or password; everybody who reads this repository would have it (IST505)
isthmus: fix: write the URL without it; credentials belong into the remote Secret
`,
		},
		{
			name: "a password that breaks the URL",
			edit: []string{"https://10.2.0.10", "https://admin:sec%ret@10.2.0.10"},
			want: `isthmus: error: mesh/mesh.yaml:18:18: spec.clusters[1].apiServer: the URL holds a user name or password; everybody who reads this repository would have it (IST505)
isthmus: fix: write the URL without it; credentials belong into the remote Secret
`,
		},
		{
			name: "a query",
			edit: []string{"10.2.0.10:6443", "10.2.0.10:6443?token=secret"},
			want: `isthmus: error: mesh/mesh.yaml:18:18: spec.clusters[1].apiServer: the URL has a query or a fragment (IST106)
isthmus: fix: write the URL without it
`,
		},
		{
			name: "a fragment",
			edit: []string{"10.2.0.10:6443", "10.2.0.10:6443#a"},
			want: `isthmus: error: mesh/mesh.yaml:18:18: spec.clusters[1].apiServer: the URL has a query or a fragment (IST106)
isthmus: fix: write the URL without it
`,
		},
		{
			name: "localhost",
			edit: []string{"https://10.2.0.10:6443", "https://LocalHost:6443"},
			want: `isthmus: error: mesh/mesh.yaml:18:18: spec.clusters[1].apiServer: "https://LocalHost:6443" is a loopback address; the control plane reads this cluster from another one (IST108)
isthmus: fix: give the address at which the control plane's pods reach the API server
`,
		},
		{
			name: "a name below localhost",
			edit: []string{"https://10.2.0.10:6443", "https://api.localhost.:6443"},
			want: `isthmus: error: mesh/mesh.yaml:18:18: spec.clusters[1].apiServer: "https://api.localhost.:6443" is a loopback address; the control plane reads this cluster from another one (IST108)
isthmus: fix: give the address at which the control plane's pods reach the API server
`,
		},
		{
			name: "loopback",
			edit: []string{"https://10.2.0.10:6443", "https://127.0.0.53:6443"},
			want: `isthmus: error: mesh/mesh.yaml:18:18: spec.clusters[1].apiServer: "https://127.0.0.53:6443" is a loopback address; the control plane reads this cluster from another one (IST108)
isthmus: fix: give the address at which the control plane's pods reach the API server
`,
		},
		{
			name: "loopback in IPv6 form",
			edit: []string{"https://10.2.0.10:6443", "https://[::ffff:127.0.0.1]:6443"},
			want: `isthmus: error: mesh/mesh.yaml:18:18: spec.clusters[1].apiServer: "https://[::ffff:127.0.0.1]:6443" is a loopback address; the control plane reads this cluster from another one (IST108)
isthmus: fix: give the address at which the control plane's pods reach the API server
`,
		},
		{
			name: "link-local",
			edit: []string{"https://10.2.0.10:6443", "https://169.254.1.1"},
			want: `isthmus: error: mesh/mesh.yaml:18:18: spec.clusters[1].apiServer: "https://169.254.1.1" is a link-local address; the control plane reads this cluster from another one (IST108)
isthmus: fix: give the address at which the control plane's pods reach the API server
`,
		},
		{
			name: "unspecified",
			edit: []string{"https://10.2.0.10:6443", "https://0.0.0.0:6443"},
			want: `isthmus: error: mesh/mesh.yaml:18:18: spec.clusters[1].apiServer: "https://0.0.0.0:6443" is the unspecified address; the control plane reads this cluster from another one (IST108)
isthmus: fix: give the address at which the control plane's pods reach the API server
`,
		},
		{
			name: "multicast",
			edit: []string{"https://10.2.0.10:6443", "https://224.0.0.1"},
			want: `isthmus: error: mesh/mesh.yaml:18:18: spec.clusters[1].apiServer: "https://224.0.0.1" is a multicast address; the control plane reads this cluster from another one (IST108)
isthmus: fix: give the address at which the control plane's pods reach the API server
`,
		},
		{
			name: "that of another cluster",
			edit: []string{"https://10.2.0.10:6443", "https://10.1.0.10:6443/"},
			want: `isthmus: error: mesh/mesh.yaml:18:18: spec.clusters[1].apiServer: "https://10.1.0.10:6443/" is the API server of cluster "east" already; one cluster would be in the mesh twice (IST109)
isthmus: fix: give the API server of this cluster
`,
		},
		{
			name: "that of another cluster, port 443 written",
			edit: []string{
				"https://10.2.0.10:6443", "https://[2001:DB8:0::1]:443",
				"https://10.1.0.10:6443", "https://[2001:db8::1]",
			},
			want: `isthmus: error: mesh/mesh.yaml:18:18: spec.clusters[1].apiServer: "https://[2001:DB8:0::1]:443" is the API server of cluster "east" already; one cluster would be in the mesh twice (IST109)
isthmus: fix: give the API server of this cluster
`,
		},
	})
}
