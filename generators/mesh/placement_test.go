package mesh_test

import "testing"

// TestPlacement: where Services run and are called.
func TestPlacement(t *testing.T) {
	rejected(t, []rejection{
		{
			name: "no name",
			edit: []string{
				`    - name: reviews
      namespace`, "    - namespace",
			},
			want: `isthmus: error: mesh/mesh.yaml:22:7: spec.services[0].name: is required; an entry is one Service, or a file of them (IST009)
isthmus: fix: give a name, or a file
`,
		},
		{
			name: "no namespace",
			edit: []string{
				`      namespace: bookinfo
`, "",
			},
			want: `isthmus: error: mesh/mesh.yaml:22:7: spec.services[0].namespace: is required; a Service is found by its name and namespace (IST009)
isthmus: fix: give the namespace in which it runs
`,
		},
		{
			name: "exclude without a file",
			edit: []string{
				`      clusters: [east]
`, `      clusters: [east]
      exclude: [a]
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:26:16: spec.services[0].exclude: leaves Services of a file out, and the entry has no file (IST411)
isthmus: fix: remove it
`,
		},
		{
			name: "node port",
			edit: []string{"port: 9080", "port: 9080, nodePort: 30080"},
			want: `isthmus: error: mesh/mesh.yaml:24:50: spec.services[0].ports[0].nodePort: belongs to the Service's home alone (IST407)
isthmus: fix: remove it
`,
		},
		{
			name: "a Service and a file",
			edit: []string{
				`    - name: reviews
      namespace: bookinfo
      ports: [{name: http, port: 9080}]
      clusters: [east]
`, `    - file: services/shop.yaml
      name: cart
      ports: [{port: 80}]
      clusters: [east]
`,
			},
			files: map[string]string{
				"services/shop.yaml": `apiVersion: v1
kind: Service
metadata:
  name: cart
  namespace: shop
spec:
  ports: [{port: 80}]
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:23:13: spec.services[0].name: says something of one Service, and the entry names a file of them (IST411)
isthmus: fix: remove it, or write the Service inline without file
isthmus: error: mesh/mesh.yaml:24:14: spec.services[0].ports: says something of one Service, and the entry names a file of them (IST411)
isthmus: fix: remove it, or write the Service inline without file
`,
		},
		{
			name: "a home that is nearly a cluster",
			edit: []string{"clusters: [east]", "clusters: [eats]"},
			want: `isthmus: error: mesh/mesh.yaml:25:18: spec.services[0].clusters[0]: the mesh has no cluster "eats" (IST415)
isthmus: fix: did you mean "east"? Otherwise remove it, or name one of east, west
`,
		},
		{
			name: "a home that is no cluster",
			edit: []string{"clusters: [east]", "clusters: [mars]"},
			want: `isthmus: error: mesh/mesh.yaml:25:18: spec.services[0].clusters[0]: the mesh has no cluster "mars" (IST415)
isthmus: fix: remove it, or name one of east, west
`,
		},
		{
			name: "a home that has gone, beside one with a name like it",
			edit: []string{"clusters: [east]", "clusters: [south]", "name: west", "name: north"},
			want: `isthmus: error: mesh/mesh.yaml:25:18: spec.services[0].clusters[0]: the mesh has no cluster "south" (IST415)
isthmus: fix: remove it, or name one of east, north
`,
		},
		{
			name: "a home twice",
			edit: []string{"clusters: [east]", "clusters: [east, east]"},
			want: `isthmus: error: mesh/mesh.yaml:25:24: spec.services[0].clusters[1]: "east" is named twice (IST019)
isthmus: fix: remove one
`,
		},
		{
			name: "no home",
			edit: []string{"clusters: [east]", "clusters: []"},
			want: `isthmus: error: mesh/mesh.yaml:25:17: spec.services[0].clusters: must not be empty; a Service is copied from where its endpoints run to where they do not (IST009)
`,
		},
		{
			name: "a client that is nearly a cluster",
			edit: []string{
				`      clusters: [east]
`, `      clusters: [east]
      clients: [wset]
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:26:17: spec.services[0].clients[0]: the mesh has no cluster "wset" (IST415)
isthmus: fix: did you mean "west"? Otherwise remove it, or name one of east, west
`,
		},
		{
			name: "a client twice",
			edit: []string{
				`      clusters: [east]
`, `      clusters: [east]
      clients: [west, west]
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:26:23: spec.services[0].clients[1]: "west" is named twice (IST019)
isthmus: fix: remove one
`,
		},
		{
			name: "labels of no cluster",
			edit: []string{
				`      clusters: [east]
`, `      clusters: [east]
      clients: {labels: {region: eu}}
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:26:25: spec.services[0].clients.labels: no cluster has these labels; the Service would be copied nowhere (IST416)
isthmus: fix: correct them, or name clusters
`,
		},
		{
			name: "no labels",
			edit: []string{
				`      clusters: [east]
`, `      clusters: [east]
      clients: {labels: {}}
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:26:16: spec.services[0].clients: chooses no cluster (IST416)
isthmus: fix: write [] if the Service stays at home, name clusters or labels, or remove clients: it is then called in every other cluster
`,
		},
		{
			name: "a choice that is empty",
			edit: []string{
				`      clusters: [east]
`, `      clusters: [east]
      clients: {}
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:26:16: spec.services[0].clients: chooses no cluster (IST416)
isthmus: fix: write [] if the Service stays at home, name clusters or labels, or remove clients: it is then called in every other cluster
`,
		},
	})
}
