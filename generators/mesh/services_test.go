package mesh_test

import "testing"

// TestServices: Services that cannot be copied.
func TestServices(t *testing.T) {
	rejected(t, []rejection{
		{
			name: "name",
			edit: []string{"name: reviews", "name: 1st_Reviews"},
			want: `isthmus: error: mesh/mesh.yaml:22:13: spec.services[0].name: "1st_Reviews" is not the name of a Service; one has lower-case letters, digits and "-", at most 63, starts with a letter, and ends with a letter or digit (IST404)
isthmus: fix: write "st-reviews"
`,
		},
		{
			name: "name that starts with a digit",
			edit: []string{"name: reviews", "name: 1reviews"},
			want: `isthmus: error: mesh/mesh.yaml:22:13: spec.services[0].name: "1reviews" is not the name of a Service; one has lower-case letters, digits and "-", at most 63, starts with a letter, and ends with a letter or digit (IST404)
isthmus: fix: write "reviews"
`,
		},
		{
			name: "kubernetes",
			edit: []string{
				"name: reviews", "name: kubernetes",
				"namespace: bookinfo", "namespace: default",
			},
			want: `isthmus: error: mesh/mesh.yaml:22:13: spec.services[0].name: every cluster has a Service kubernetes of its own; a copy would take the place of the cluster's API server (IST405)
isthmus: fix: leave it out
`,
		},
		{
			name: "a Service of the control plane",
			edit: []string{
				"name: reviews", "name: istiod-remote",
				"namespace: bookinfo", "namespace: istio-system",
			},
			want: `isthmus: error: mesh/mesh.yaml:22:13: spec.services[0].name: "istiod-remote" is a Service of the control plane; on remotes its stub has that name (IST405)
isthmus: fix: leave it out; isthmus makes the stub
`,
		},
		{
			name: "namespace of Kubernetes",
			edit: []string{"namespace: bookinfo", "namespace: kube-system"},
			want: `isthmus: error: mesh/mesh.yaml:23:18: spec.services[0].namespace: "kube-system" belongs to each cluster's Kubernetes; a copy could take the place of the cluster's own Service (IST405)
isthmus: fix: leave it out
`,
		},
		{
			name: "namespace",
			edit: []string{"namespace: bookinfo", "namespace: Book.Info"},
			want: `isthmus: error: mesh/mesh.yaml:23:18: spec.services[0].namespace: "Book.Info" is not a DNS label; a DNS label has lower-case letters, digits and "-", at most 63, and starts and ends with a letter or digit (IST020)
isthmus: fix: write "book-info"
`,
		},
		{
			name: "two of one name",
			edit: []string{
				`    - name: reviews
      namespace: bookinfo
      ports: [{name: http, port: 9080}]
      clusters: [east]
`, `    - name: reviews
      namespace: bookinfo
      ports: [{name: http, port: 9080}]
      clusters: [east]
    - name: reviews
      namespace: bookinfo
      ports: [{name: http, port: 9080}]
      clusters: [east]
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:26:13: spec.services[1].name: a second Service is named bookinfo/reviews; the first is at mesh/mesh.yaml:22:13 (IST406)
isthmus: fix: remove one; several homes go into clusters of one entry
`,
		},
		{
			name: "two of one name, one in a file",
			edit: []string{
				`    - name: reviews
      namespace: bookinfo
      ports: [{name: http, port: 9080}]
      clusters: [east]
`, `    - name: reviews
      namespace: bookinfo
      ports: [{name: http, port: 9080}]
      clusters: [east]
    - file: services/shop.yaml
      namespace: shop
      clusters: [east]
`,
			},
			files: map[string]string{
				"services/shop.yaml": `apiVersion: v1
kind: Service
metadata:
  name: reviews
  namespace: bookinfo
spec:
  ports: [{port: 80}]
`,
			},
			want: `isthmus: error: mesh/services/shop.yaml:4:9: metadata.name: a second Service is named bookinfo/reviews; the first is at mesh/mesh.yaml:22:13 (IST406)
isthmus: fix: remove one; several homes go into clusters of one entry
`,
		},
		{
			name: "label key",
			edit: []string{
				`      clusters: [east]
`, `      clusters: [east]
      labels: {"a b": c}
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:26:15: spec.services[0].labels: "a b" is not the key of a label (IST022)
isthmus: fix: write a name of at most 63 letters, digits, "-", "_" and ".", after an optional domain and "/"
`,
		},
		{
			name: "label value",
			edit: []string{
				`      clusters: [east]
`, `      clusters: [east]
      labels: {a: "b c"}
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:26:15: spec.services[0].labels: "b c" is not the value of a label (IST022)
isthmus: fix: write at most 63 letters, digits, "-", "_" and ".", a letter or digit at both ends
`,
		},
		{
			name: "annotation key",
			edit: []string{
				`      clusters: [east]
`, `      clusters: [east]
      annotations: {"a b": c}
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:26:20: spec.services[0].annotations: "a b" is not the key of an annotation (IST022)
isthmus: fix: write a name of at most 63 letters, digits, "-", "_" and ".", after an optional domain and "/"
`,
		},
		{
			name: "selector",
			edit: []string{
				`      clusters: [east]
`, `      clusters: [east]
      selector: {app: "a b"}
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:26:17: spec.services[0].selector: "a b" is not the value of a label; no pod has it (IST022)
isthmus: fix: write at most 63 letters, digits, "-", "_" and ".", a letter or digit at both ends
`,
		},
	})
}
