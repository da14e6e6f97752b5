package mesh_test

import "testing"

// TestManifest: files of manifests.
func TestManifest(t *testing.T) {
	rejected(t, []rejection{
		{
			name: "above",
			edit: []string{
				`    - name: reviews
      namespace: bookinfo
      ports: [{name: http, port: 9080}]
      clusters: [east]
`, `    - file: ../shop.yaml
      namespace: shop
      clusters: [east]
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:22:13: spec.services[0].file: "../shop.yaml" leaves the folder of the mesh (IST412)
isthmus: fix: name a file in or below the folder that holds it, as in services/shop.yaml
`,
		},
		{
			name: "absolute",
			edit: []string{
				`    - name: reviews
      namespace: bookinfo
      ports: [{name: http, port: 9080}]
      clusters: [east]
`, `    - file: /etc/shop.yaml
      namespace: shop
      clusters: [east]
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:22:13: spec.services[0].file: "/etc/shop.yaml" leaves the folder of the mesh (IST412)
isthmus: fix: name a file in or below the folder that holds it, as in services/shop.yaml
`,
		},
		{
			name: "missing",
			edit: []string{
				`    - name: reviews
      namespace: bookinfo
      ports: [{name: http, port: 9080}]
      clusters: [east]
`, `    - file: services/shop.yaml
      namespace: shop
      clusters: [east]
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:22:13: spec.services[0].file: "services/shop.yaml" does not exist (IST412)
isthmus: fix: name a file of Service manifests; the path starts in the folder of mesh.yaml
`,
		},
		{
			name: "a folder",
			edit: []string{
				`    - name: reviews
      namespace: bookinfo
      ports: [{name: http, port: 9080}]
      clusters: [east]
`, `    - file: services
      namespace: shop
      clusters: [east]
`,
			},
			files: map[string]string{
				"services/shop.yaml": `apiVersion: v1
kind: Service
metadata:
  name: cart
spec:
  ports: [{port: 80}]
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:22:13: spec.services[0].file: "services" is not a regular file (IST412)
isthmus: fix: name a file of Service manifests; the path starts in the folder of mesh.yaml
`,
		},
		{
			name: "empty",
			edit: []string{
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
				"services/shop.yaml": "",
			},
			want: `isthmus: error: mesh/mesh.yaml:22:13: spec.services[0].file: services/shop.yaml holds no Service (IST414)
isthmus: fix: name a file with Services, or remove the entry
`,
		},
		{
			name: "without Services",
			edit: []string{
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
kind: ConfigMap
metadata:
  name: cart
spec:
  ports: [{port: 80}]
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:22:13: spec.services[0].file: services/shop.yaml holds no Service (IST414)
isthmus: fix: name a file with Services, or remove the entry
`,
		},
		{
			name: "a Secret",
			edit: []string{
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
spec:
  ports: [{port: 80}]
---
apiVersion: v1
kind: Secret
metadata: {name: s}
data: {password: aHVudGVyMg==}
`,
			},
			want: `isthmus: error: mesh/services/shop.yaml:8:1: holds a Secret with its content; everybody who reads this repository can read it (IST506)
isthmus: fix: take it out of the repository, and count it as known to others; or, where it is none, move the document to another file
`,
		},
		{
			name: "a List",
			edit: []string{
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
kind: List
items: []
`,
			},
			want: `isthmus: error: mesh/services/shop.yaml:2:7: kind: a List is not read; the Services in it would be left out (IST413)
isthmus: fix: write each item as a document of its own, after a line "---"
`,
		},
		{
			name: "excluded",
			edit: []string{
				`    - name: reviews
      namespace: bookinfo
      ports: [{name: http, port: 9080}]
      clusters: [east]
`, `    - file: services/shop.yaml
      namespace: shop
      exclude: [cart]
      clusters: [east]
`,
			},
			files: map[string]string{
				"services/shop.yaml": `apiVersion: v1
kind: Service
metadata:
  name: cart
spec:
  ports: [{port: 80}]
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:22:13: spec.services[0].file: every Service of services/shop.yaml is excluded (IST414)
isthmus: fix: name a file with Services, or remove the entry
`,
		},
		{
			name: "exclude of none",
			edit: []string{
				`    - name: reviews
      namespace: bookinfo
      ports: [{name: http, port: 9080}]
      clusters: [east]
`, `    - file: services/shop.yaml
      namespace: shop
      exclude: [carts]
      clusters: [east]
`,
			},
			files: map[string]string{
				"services/shop.yaml": `apiVersion: v1
kind: Service
metadata:
  name: cart
spec:
  ports: [{port: 80}]
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:24:17: spec.services[0].exclude[0]: services/shop.yaml holds no Service "carts" (IST414)
isthmus: fix: remove the line, or correct the name
`,
		},
		{
			name: "a Service of another API",
			edit: []string{
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
				"services/shop.yaml": `apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: cart
spec:
  template: {}
`,
			},
			want: `isthmus: error: mesh/services/shop.yaml:1:13: apiVersion: "serving.knative.dev/v1" is not the version of a Service that isthmus copies (IST413)
isthmus: fix: exclude it, take it out of the file, or write v1
`,
		},
		{
			name: "a field that does not exist",
			edit: []string{
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
spec:
  port: [{port: 80}]
`,
			},
			want: `isthmus: error: mesh/services/shop.yaml:6:3: spec.port: unknown field "port" (IST008)
isthmus: fix: did you mean "ports"?
`,
		},
		{
			name: "no spec",
			edit: []string{
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
metadata: {name: a}
`,
			},
			want: `isthmus: error: mesh/services/shop.yaml:1:1: spec: is required (IST009)
`,
		},
		{
			name: "two broken documents",
			edit: []string{
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
spec:
  ports: [{port: eighty}]
---
apiVersion: v1
kind: Service
metadata:
  name: [cart]
spec:
  ports: [{port: 80}]
`,
			},
			want: `isthmus: error: mesh/services/shop.yaml:6:18: spec.ports[0].port: "eighty" is not a number (IST010)
isthmus: error: mesh/services/shop.yaml:11:9: metadata.name: text is needed here, not a list (IST010)
isthmus: fix: write cart
`,
		},
		{
			name: "every field of a Service that lives",
			edit: []string{
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
  annotations: {a: b}
  labels: {app: cart}
  creationTimestamp: "2020-05-01T00:00:00Z"
  resourceVersion: "1"
  uid: 12ab
  selfLink: /a
  generation: 1
  finalizers: [a]
  ownerReferences: [{kind: A}]
  managedFields: [{manager: a}]
spec:
  ports: [{name: http, port: 80, targetPort: http, nodePort: 30080, protocol: TCP, appProtocol: http}]
  clusterIP: 10.110.0.9
  clusterIPs: [10.110.0.9]
  ipFamily: IPv4
  ipFamilies: [IPv4]
  ipFamilyPolicy: SingleStack
  externalIPs: [192.0.2.1]
  externalTrafficPolicy: Local
  healthCheckNodePort: 30081
  allocateLoadBalancerNodePorts: false
  loadBalancerIP: 192.0.2.2
  loadBalancerClass: a
  loadBalancerSourceRanges: [192.0.2.0/24]
  sessionAffinity: ClientIP
  sessionAffinityConfig: {clientIP: {timeoutSeconds: 10}}
  publishNotReadyAddresses: true
  internalTrafficPolicy: Cluster
  trafficDistribution: PreferClose
  topologyKeys: ["*"]
  selector: {app: cart}
  type: ClusterIP
status: {loadBalancer: {}}
`,
			},
		},
	})
}
