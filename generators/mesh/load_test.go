package mesh_test

import "testing"

// TestLoadProblems: what stands above all rules, and one message for one mistake.
func TestLoadProblems(t *testing.T) {
	rejected(t, []rejection{
		{
			name: "another kind",
			edit: []string{"kind: Mesh", "kind: Deployment"},
			want: `isthmus: error: mesh/mesh.yaml:2:7: kind: "Deployment" is not that of a mesh (IST015)
isthmus: fix: write kind: Mesh
`,
		},
		{
			name: "another version",
			edit: []string{"v1alpha1", "v1"},
			want: `isthmus: error: mesh/mesh.yaml:1:13: apiVersion: "isthmus.dev/v1" is not that of a mesh (IST015)
isthmus: fix: write apiVersion: isthmus.dev/v1alpha1
`,
		},
		{
			name: "another object",
			edit: []string{
				`apiVersion: isthmus.dev/v1alpha1
kind: Mesh`, `apiVersion: apps/v1
kind: Deployment`,
			},
			want: `isthmus: error: mesh/mesh.yaml:1:13: apiVersion: "apps/v1" is not that of a mesh (IST015)
isthmus: fix: write apiVersion: isthmus.dev/v1alpha1
isthmus: error: mesh/mesh.yaml:2:7: kind: "Deployment" is not that of a mesh (IST015)
isthmus: fix: write kind: Mesh
`,
		},
		{
			name: "an apiVersion that is no text",
			edit: []string{"isthmus.dev/v1alpha1", "1"},
			want: `isthmus: error: mesh/mesh.yaml:1:13: apiVersion: 1 is read as a number by YAML (IST011)
isthmus: fix: quote this value: "1"
`,
		},
		{
			name: "no kind",
			edit: []string{
				`kind: Mesh
`, "",
			},
			want: `isthmus: error: mesh/mesh.yaml:1:1: kind: is required (IST009)
`,
		},
		// What is missing for a slip in a name is the same slip.
		{
			name: "a control plane by a name misspelt",
			edit: []string{"controlPlane:", "controlplane:"},
			want: `isthmus: error: mesh/mesh.yaml:14:7: spec.clusters[0].controlplane: unknown field "controlplane" (IST008)
isthmus: fix: did you mean "controlPlane"?
`,
		},
		{
			name: "the API server by a name misspelt",
			edit: []string{"apiServer:", "apiserver:"},
			want: `isthmus: error: mesh/mesh.yaml:10:7: spec.clusters[0].apiserver: unknown field "apiserver" (IST008)
isthmus: fix: did you mean "apiServer"?
`,
		},
		{
			name: "ports by a name misspelt",
			edit: []string{"ports:", "prots:"},
			want: `isthmus: error: mesh/mesh.yaml:24:7: spec.services[0].prots: unknown field "prots" (IST008)
isthmus: fix: did you mean "ports"?
`,
		},
		{
			name: "a second document",
			edit: []string{
				`    - name: reviews
      namespace: bookinfo
      ports: [{name: http, port: 9080}]
      clusters: [east]
`, `    - name: reviews
      namespace: bookinfo
      ports: [{name: http, port: 9080}]
      clusters: [east]
---
a: b
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:26:1: a second document starts here; the file holds exactly one (IST003)
isthmus: fix: move it into a file of its own, or remove it
`,
		},
		{
			name: "a tab",
			edit: []string{"  name: shop", "\tname: shop"},
			want: `isthmus: error: mesh/mesh.yaml:4:1: a tab indents this line (IST001)
isthmus: fix: indent with spaces
`,
		},
		{
			name: "an alias",
			edit: []string{
				"[10.20.0.0/16]", "&a [10.20.0.0/16]",
				"[10.120.0.0/16]", "*a",
			},
			want: `isthmus: error: mesh/mesh.yaml:19:17: spec.clusters[1].podCIDRs: the anchor &a is not allowed (IST004)
isthmus: fix: remove it, and write the value out wherever it is needed
isthmus: error: mesh/mesh.yaml:20:21: spec.clusters[1].serviceCIDRs: the alias *a is not allowed (IST004)
isthmus: fix: write the value out here
`,
		},
		{
			name: "an unknown field",
			edit: []string{
				`serviceCIDRs: [10.120.0.0/16]
`, `serviceCIDRs: [10.120.0.0/16]
      podCIDR: [10.30.0.0/16]
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:21:7: spec.clusters[1].podCIDR: unknown field "podCIDR" (IST008)
isthmus: fix: did you mean "podCIDRs"?
`,
		},
		{
			name: "no version is no release, no install and no stub",
			edit: []string{
				`  istio:
    version: "1.5.10"`, "  istio: {}",
			},
			want: `isthmus: error: mesh/mesh.yaml:6:10: spec.istio.version: is required; the release decides what is rendered (IST009)
`,
		},
		{
			name: "no clusters is no control plane",
			edit: []string{
				`  clusters:
`, `  cluster:
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:8:3: spec.cluster: unknown field "cluster" (IST008)
isthmus: fix: did you mean "clusters"?
`,
		},
		{
			name: "a broken name is no home",
			edit: []string{
				"name: west", "name: [west]",
				"clusters: [east]", "clusters: [west]",
			},
			want: `isthmus: error: mesh/mesh.yaml:17:13: spec.clusters[1].name: text is needed here, not a list (IST010)
isthmus: fix: write west
`,
		},
		{
			name: "a misspelt controlPlane is no missing one",
			edit: []string{"controlPlane:", "controlPlan:"},
			want: `isthmus: error: mesh/mesh.yaml:14:7: spec.clusters[0].controlPlan: unknown field "controlPlan" (IST008)
isthmus: fix: did you mean "controlPlane"?
`,
		},
		{
			name: "a broken prefix is no overlap",
			edit: []string{"10.20.0.0/16", "10.20.0.0/99"},
			want: `isthmus: error: mesh/mesh.yaml:19:18: spec.clusters[1].podCIDRs[0]: "10.20.0.0/99" is not a CIDR prefix (IST014)
`,
		},
		{
			name: "a broken address is no missing address",
			edit: []string{"[10.110.0.10]", "[10.110.0]"},
			want: `isthmus: error: mesh/mesh.yaml:16:21: spec.clusters[0].controlPlane.addresses[0]: "10.110.0" is not an IP address; Endpoints take IP addresses only (IST305)
isthmus: fix: give one IP address an entry, without a port; on Istio 1.24 and later a name goes into hostname
`,
		},
		{
			name: "broken clients are all clients",
			edit: []string{
				`      clusters: [east]
`, `      clusters: [east]
      clients: west
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:26:16: spec.services[0].clients: a list or a map is needed here, not text (IST010)
`,
		},
		{
			name: "a broken field hides no rule of another",
			edit: []string{
				"name: west", "name: [west]",
				"name: east", "name: East",
			},
			want: `isthmus: error: mesh/mesh.yaml:9:13: spec.clusters[0].name: "East" is not a DNS label; the name becomes a folder, the key of the remote Secret and the cluster's ID in Istio; a DNS label has lower-case letters, digits and "-", at most 63, and starts and ends with a letter or digit (IST020)
isthmus: fix: write "east"
isthmus: error: mesh/mesh.yaml:17:13: spec.clusters[1].name: text is needed here, not a list (IST010)
isthmus: fix: write west
`,
		},
		{
			name: "a broken field hides none whose name starts alike",
			edit: []string{
				`serviceCIDRs: [10.120.0.0/16]
`, `serviceCIDRs: [10.120.0.0/16]
      namespaces: []
`,
				"name: west", "name: West",
			},
			want: `isthmus: error: mesh/mesh.yaml:17:13: spec.clusters[1].name: "West" is not a DNS label; the name becomes a folder, the key of the remote Secret and the cluster's ID in Istio; a DNS label has lower-case letters, digits and "-", at most 63, and starts and ends with a letter or digit (IST020)
isthmus: fix: write "west"
isthmus: error: mesh/mesh.yaml:21:7: spec.clusters[1].namespaces: unknown field "namespaces" (IST008)
`,
		},
		{
			name: "a broken field hides none of a manifest",
			edit: []string{
				"  name: shop", `  name: shop
  foo: bar`,
				`    - name: reviews
      namespace: bookinfo
      ports: [{name: http, port: 9080}]
      clusters: [east]
`, `    - file: services/shop.yaml
      namespace: shop
      clusters: [east]
`,
			},
			files: map[string]string{
				"services/shop.yaml": `apiVersion: v1
kind: Service
metadata:
  name: cart
  foo: bar
spec:
  ports: [{port: 80}]
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:5:3: metadata.foo: unknown field "foo" (IST008)
isthmus: fix: the fields here are name, labels, annotations
isthmus: error: mesh/services/shop.yaml:5:3: metadata.foo: unknown field "foo" (IST008)
`,
		},
		{
			name: "all in one run, in file order",
			edit: []string{
				`    - name: reviews
      namespace: bookinfo
      ports: [{name: http, port: 9080}]
      clusters: [east]
`, `    - file: services/shop.yaml
      namespace: shop
      clusters: [east]
    - file: services/a.yaml
      namespace: shop
      clusters: [east]
`,
				"name: west", "name: West",
				`version: "1.5.10"`, `version: "1.6"`,
				"https://10.2.0.10:6443", "http://10.2.0.10:6443",
				"clusters: [east]", "clusters: [north]",
			},
			files: map[string]string{
				"services/shop.yaml": `apiVersion: v1
kind: Service
metadata:
  name: cart
spec:
  ports: [{port: 99999}]
`,
				"services/a.yaml": `apiVersion: v1
kind: Service
metadata:
  name: Cart
spec:
  ports: [{port: 80}]
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:7:14: spec.istio.version: no dialect covers Istio 1.6 (IST201)
isthmus: fix: the versions that work are 1.4.0 to 1.4.10, 1.5.0 to 1.5.10 and 1.24.0 to 1.30.3
isthmus: error: mesh/mesh.yaml:17:13: spec.clusters[1].name: "West" is not a DNS label; the name becomes a folder, the key of the remote Secret and the cluster's ID in Istio; a DNS label has lower-case letters, digits and "-", at most 63, and starts and ends with a letter or digit (IST020)
isthmus: fix: write "west"
isthmus: error: mesh/mesh.yaml:18:18: spec.clusters[1].apiServer: "http://10.2.0.10:6443" is not https; the reader's token would cross the network in clear (IST107)
isthmus: fix: write https://10.2.0.10:6443
isthmus: error: mesh/mesh.yaml:24:18: spec.services[0].clusters[0]: the mesh has no cluster "north" (IST415)
isthmus: fix: remove it, or name one of east, West
isthmus: error: mesh/services/shop.yaml:6:18: spec.ports[0].port: 99999 is not between 1 and 65535 (IST013)
isthmus: error: mesh/services/a.yaml:4:9: metadata.name: "Cart" is not the name of a Service; one has lower-case letters, digits and "-", at most 63, starts with a letter, and ends with a letter or digit (IST404)
isthmus: fix: write "cart"
`,
		},
		{
			name: "the files in the order of mesh.yaml",
			edit: []string{
				`    - name: reviews
      namespace: bookinfo
      ports: [{name: http, port: 9080}]
      clusters: [east]
`, `    - file: services/shop.yaml
      namespace: z
      clusters: [east]
    - file: services/a.yaml
      namespace: a
      clusters: [east]
`,
			},
			files: map[string]string{
				"services/shop.yaml": `apiVersion: v1
kind: Service
metadata:
  name: cart
spec:
  ports: [{port: 80, protocol: HTTP}]
`,
				"services/a.yaml": `apiVersion: v1
kind: Service
metadata:
  name: Cart
spec:
  ports: [{port: 80}]
`,
			},
			want: `isthmus: error: mesh/services/shop.yaml:6:32: spec.ports[0].protocol: "HTTP" is not one of TCP, UDP, SCTP (IST012)
isthmus: error: mesh/services/a.yaml:4:9: metadata.name: "Cart" is not the name of a Service; one has lower-case letters, digits and "-", at most 63, starts with a letter, and ends with a letter or digit (IST404)
isthmus: fix: write "cart"
`,
		},
	})
}
