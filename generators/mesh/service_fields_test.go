package mesh_test

import "testing"

// TestServiceFields: fields that no API server takes, and what copies do not keep.
func TestServiceFields(t *testing.T) {
	rejected(t, []rejection{
		{
			name: "type",
			edit: []string{
				`      clusters: [east]
`, `      clusters: [east]
      type: Loadbalancer
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:26:13: spec.services[0].type: "Loadbalancer" is not one of ClusterIP, NodePort, LoadBalancer, ExternalName (IST012)
isthmus: fix: did you mean "LoadBalancer"?
`,
		},
		{
			name: "session affinity",
			edit: []string{
				`      clusters: [east]
`, `      clusters: [east]
      sessionAffinity: Sticky
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:26:24: spec.services[0].sessionAffinity: "Sticky" is not one of None, ClientIP (IST012)
`,
		},
		{
			name: "session affinity with a merge in quotes",
			edit: []string{`      clusters: [east]`, `      clusters: [east]
      sessionAffinity: ClientIP
      sessionAffinityConfig: {"<<": {}}`},
			want: `isthmus: error: mesh/mesh.yaml:27:37: spec.services[0].sessionAffinityConfig.<<: "<<" cannot be a key; readers of YAML take it for a merge, in quotes too (IST004)
isthmus: fix: write the merged fields out here
`,
		},
		{
			name: "internal traffic policy",
			edit: []string{
				`      clusters: [east]
`, `      clusters: [east]
      internalTrafficPolicy: local
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:26:30: spec.services[0].internalTrafficPolicy: "local" is not one of Cluster, Local (IST012)
isthmus: fix: did you mean "Local"?
`,
		},
		{
			name: "an address",
			edit: []string{
				`      clusters: [east]
`, `      clusters: [east]
      clusterIP: 10.110.0.20
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:26:18: spec.services[0].clusterIP: "10.110.0.20" belongs to the Service's home alone (IST407)
isthmus: fix: remove it, or write None for a headless Service
`,
		},
		{
			name: "ExternalName",
			edit: []string{
				`      clusters: [east]
`, `      clusters: [east]
      type: ExternalName
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:22:7: spec.services[0].externalName: is required; a Service of type ExternalName stands for a domain name (IST408)
isthmus: fix: write one, as in db.example.com
`,
		},
		{
			name: "ExternalName with an address of the web",
			edit: []string{
				`      clusters: [east]
`, `      clusters: [east]
      type: ExternalName
      externalName: https://db.example.com
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:27:21: spec.services[0].externalName: "https://db.example.com" is not a domain name; a Service of type ExternalName stands for one (IST408)
isthmus: fix: write it alone and in lower case, as in db.example.com
`,
		},
		{
			name: "no port",
			edit: []string{
				`      ports: [{name: http, port: 9080}]
`, "",
			},
			want: `isthmus: error: mesh/mesh.yaml:22:7: spec.services[0].ports: the Service has no port; the API server refuses it (IST409)
isthmus: fix: give its ports
`,
		},
		{
			name: "a protocol",
			edit: []string{"port: 9080", "port: 9080, protocol: tcp"},
			want: `isthmus: error: mesh/mesh.yaml:24:50: spec.services[0].ports[0].protocol: "tcp" is not one of TCP, UDP, SCTP (IST012)
isthmus: fix: did you mean "TCP"?
`,
		},
		{
			name: "a port without a name",
			edit: []string{"[{name: http, port: 9080}]", "[{name: http, port: 9080}, {port: 9081}]"},
			want: `isthmus: error: mesh/mesh.yaml:24:41: spec.services[0].ports[1].name: the port has no name; with several ports each needs one, by which Endpoints and Istio tell them apart (IST409)
isthmus: fix: name it after its protocol, as in http or grpc-web
`,
		},
		{
			name: "the name of a port",
			edit: []string{"name: http,", "name: Http_Web,"},
			want: `isthmus: error: mesh/mesh.yaml:24:22: spec.services[0].ports[0].name: "Http_Web" is not the name of a port; a DNS label has lower-case letters, digits and "-", at most 63, and starts and ends with a letter or digit (IST409)
isthmus: fix: write "http-web"
`,
		},
		{
			name: "two ports of one name",
			edit: []string{"[{name: http, port: 9080}]", "[{name: http, port: 9080}, {name: http, port: 9081}]"},
			want: `isthmus: error: mesh/mesh.yaml:24:48: spec.services[0].ports[1].name: a second port is named "http" (IST409)
isthmus: fix: give each port a name of its own
`,
		},
		{
			name: "two ports of one number",
			edit: []string{"[{name: http, port: 9080}]", "[{name: http, port: 9080}, {name: web, port: 9080, protocol: TCP}]"},
			want: `isthmus: error: mesh/mesh.yaml:24:59: spec.services[0].ports[1].port: TCP 9080 is there twice (IST409)
isthmus: fix: remove one
`,
		},
		{
			name: "the name of a target",
			edit: []string{"port: 9080", "port: 9080, targetPort: a--b"},
			want: `isthmus: error: mesh/mesh.yaml:24:52: spec.services[0].ports[0].targetPort: "a--b" is not the name of a container's port; one has at most 15 lower-case letters, digits and single "-", one letter among them (IST409)
isthmus: fix: write the name as the pod has it, or the port's number
`,
		},
		{
			name: "the number of a target",
			edit: []string{"port: 9080", "port: 9080, targetPort: 65536"},
			want: `isthmus: error: mesh/mesh.yaml:24:52: spec.services[0].ports[0].targetPort: 65536 is not a port (IST409)
isthmus: fix: write a number from 1 to 65535
`,
		},
		{
			name: "a port that does not exist",
			edit: []string{"port: 9080", "port: 0"},
			want: `isthmus: error: mesh/mesh.yaml:24:34: spec.services[0].ports[0].port: 0 is not between 1 and 65535 (IST013)
`,
		},
		{
			name: "application protocol",
			edit: []string{"port: 9080", `port: 9080, appProtocol: "http 2"`},
			want: `isthmus: error: mesh/mesh.yaml:24:53: spec.services[0].ports[0].appProtocol: "http 2" is not the name of a protocol (IST022)
isthmus: fix: write it as http or kubernetes.io/h2c
`,
		},
		{
			name: "LoadBalancer",
			edit: []string{
				`      clusters: [east]
`, `      clusters: [east]
      type: LoadBalancer
`,
			},
			want: `isthmus: warning: mesh/mesh.yaml:26:13: spec.services[0].type: the copies of bookinfo/reviews are of type ClusterIP, not LoadBalancer; each copy would open another way in from outside (IST418)
isthmus: fix: exclude the Service, or write clients: [] for it, if other clusters do not call it
`,
		},
		{
			name: "NodePort",
			edit: []string{
				`      clusters: [east]
`, `      clusters: [east]
      type: NodePort
`,
			},
			want: `isthmus: warning: mesh/mesh.yaml:26:13: spec.services[0].type: the copies of bookinfo/reviews are of type ClusterIP, not NodePort; each copy would open another way in from outside (IST418)
isthmus: fix: exclude the Service, or write clients: [] for it, if other clusters do not call it
`,
		},
		{
			name: "LoadBalancer that stays at home",
			edit: []string{
				`      clusters: [east]
`, `      clusters: [east]
      type: LoadBalancer
      clients: []
`,
			},
		},
		{
			name: "headless",
			edit: []string{
				`      clusters: [east]
`, `      clusters: [east]
      clusterIP: None
`,
			},
			want: `isthmus: warning: mesh/mesh.yaml:26:18: spec.services[0].clusterIP: the copies of bookinfo/reviews are headless; a cluster without its endpoints has no addresses to answer for the name, so a lookup there fails (IST420)
isthmus: fix: call it from its home, or give it an address
`,
		},
		{
			name: "in a file",
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
  name: Cart
  labels: {a: "b c"}
spec:
  ports: [{port: 80, protocol: HTTP}]
`,
			},
			want: `isthmus: error: mesh/services/shop.yaml:4:9: metadata.name: "Cart" is not the name of a Service; one has lower-case letters, digits and "-", at most 63, starts with a letter, and ends with a letter or digit (IST404)
isthmus: fix: write "cart"
isthmus: error: mesh/services/shop.yaml:5:11: metadata.labels: "b c" is not the value of a label (IST022)
isthmus: fix: write at most 63 letters, digits, "-", "_" and ".", a letter or digit at both ends
isthmus: error: mesh/services/shop.yaml:7:32: spec.ports[0].protocol: "HTTP" is not one of TCP, UDP, SCTP (IST012)
`,
		},
		{
			name: "in a file without a namespace",
			edit: []string{
				`    - name: reviews
      namespace: bookinfo
      ports: [{name: http, port: 9080}]
      clusters: [east]
`, `    - file: services/shop.yaml
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
			want: `isthmus: error: mesh/services/shop.yaml:4:3: metadata.namespace: is required; neither the manifest nor the entry in mesh.yaml names one (IST009)
isthmus: fix: give the entry in mesh.yaml a namespace
`,
		},
	})
}
