package mesh_test

import (
	"testing"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
)

// Names that collide with the mesh's own, Services that the API server refuses,
// and remotes that cannot have their stub: each would stop a whole stage.
func TestCollisionsAndRefusals(t *testing.T) {
	service := func(fields string) []string {
		return []string{"    - name: reviews\n      namespace: bookinfo\n      ports: [{name: http, port: 9080}]\n", fields}
	}
	tests := []rejection{
		{name: "the gateway", edit: service("    - name: istio-eastwestgateway\n      namespace: istio-system\n      ports: [{name: http, port: 9080}]\n")},
		{name: "an alias with an address", edit: service("    - name: db\n      namespace: bookinfo\n      type: ExternalName\n      externalName: db.example.com\n      clusterIP: None\n")},
		{name: "a distribution", edit: service("    - name: db\n      namespace: bookinfo\n      ports: [{name: http, port: 9080}]\n      trafficDistribution: PreferClos\n")},
		{name: "an affinity without one", edit: service("    - name: db\n      namespace: bookinfo\n      ports: [{name: http, port: 9080}]\n      sessionAffinityConfig: {clientIP: {timeoutSeconds: 10}}\n")},
		{name: "an affinity of years", edit: service("    - name: db\n      namespace: bookinfo\n      ports: [{name: http, port: 9080}]\n      sessionAffinity: ClientIP\n      sessionAffinityConfig: {clientIP: {timeoutSeconds: 999999999}}\n")},
		{name: "an affinity of what", edit: service("    - name: db\n      namespace: bookinfo\n      ports: [{name: http, port: 9080}]\n      sessionAffinity: ClientIP\n      sessionAffinityConfig: {clientIp: {}}\n")},
		{name: "Kubernetes' namespace", edit: []string{`    version: "1.30.3"`, "    version: \"1.30.3\"\n    namespace: kube-system"}},
		{name: "a gateway in it", edit: []string{"        addresses: [10.1.255.10]", "        addresses: [10.1.255.10]\n        gateway: {namespace: kube-system}"}},
		{name: "no family in common", edit: []string{"      serviceCIDRs: [10.120.0.0/16]", "      serviceCIDRs: [\"fd00:120::/112\"]"}},
		{name: "labels left to others", edit: []string{"  clusters:\n", "  namespaces: skip\n  injection: {namespaces: [bookinfo]}\n  clusters:\n"}},
	}
	want := map[string]string{
		"the gateway": `mesh/mesh.yaml:21:13: spec.services[0].name: "istio-eastwestgateway" is a Service of the control plane; on remotes its stub has that name`,
		"an alias with an address": `mesh/mesh.yaml:25:18: spec.services[0].clusterIP: a Service of type ExternalName has no clusterIP; the API server refuses it
mesh/mesh.yaml:25:18: spec.services[0].clusterIP: the copies of bookinfo/db are headless; a cluster without its endpoints has no addresses to answer for the name, so a lookup there fails`,
		"a distribution":          `mesh/mesh.yaml:24:28: spec.services[0].trafficDistribution: "PreferClos" is not one of PreferClose, PreferSameZone, PreferSameNode`,
		"an affinity without one": `mesh/mesh.yaml:24:30: spec.services[0].sessionAffinityConfig: there is no session affinity to configure; the API server refuses it`,
		"an affinity of years":    `mesh/mesh.yaml:25:58: spec.services[0].sessionAffinityConfig.clientIP.timeoutSeconds: 999999999 is not a number of seconds from 1 to 86400; the API server refuses it`,
		"an affinity of what":     `mesh/mesh.yaml:25:41: spec.services[0].sessionAffinityConfig.clientIp: unknown field "clientIp"; the API server refuses it`,
		"Kubernetes' namespace":   `mesh/mesh.yaml:8:16: spec.istio.namespace: "kube-system" is a namespace of Kubernetes; the mesh needs one of its own`,
		"a gateway in it":         `mesh/mesh.yaml:16:30: spec.clusters[0].controlPlane.gateway.namespace: "kube-system" is a namespace of Kubernetes; the mesh needs one of its own`,
		"no family in common":     `mesh/mesh.yaml:19:21: spec.clusters[1].serviceCIDRs: cluster "west" has no address family in common with the control plane's 10.1.255.10; its stub would be a Service that the cluster cannot have`,
		"labels left to others":   `mesh/mesh.yaml:8:15: spec.namespaces: skip leaves the injection labels to you; the namespaces under injection are in no overlay, and their pods get no sidecars unless somebody labels them`,
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, problems := mesh.Load(source(edited(t, today, test.edit...), nil))
			var got string
			for _, p := range problems {
				if p.Path == "spec.clusters[0].controlPlane.expose" {
					continue // of the method
				}
				if got != "" {
					got += "\n"
				}
				got += p.Error()
			}
			if got != want[test.name] {
				t.Errorf("problems\n%s\nwant\n%s", got, want[test.name])
			}
		})
	}
}

// A kind that was meant to be a Service is not passed over as a Deployment is.
func TestKindTypo(t *testing.T) {
	text := edited(t, today, "    - name: reviews\n      namespace: bookinfo\n      ports: [{name: http, port: 9080}]\n", "    - file: app.yaml\n")
	const app = "apiVersion: v1\nkind: Servise\nmetadata: {name: a, namespace: b}\nspec: {ports: [{port: 80}]}\n---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\n---\napiVersion: v1\nkind: Service\nmetadata: {name: c, namespace: b}\nspec: {ports: [{port: 80}]}\n"
	_, problems := mesh.Load(source(text, map[string]string{"app.yaml": app}))
	const want = "isthmus: error: mesh/app.yaml:2:7: kind: \"Servise\" is no kind that is known; it would be passed over, and what it names copied nowhere (IST413)\nisthmus: fix: did you mean \"Service\"?\n"
	if got := problems.Errors().Text(); got != want {
		t.Errorf("errors\n%s\nwant\n%s", got, want)
	}
}

// The name that the values put into istiod's certificate needs no warning.
func TestKnownHostname(t *testing.T) {
	hostname := []string{"        expose: dedicatedGateway\n        addresses: [10.1.255.10]\n", "        expose: dedicatedGateway\n        hostname: istiod.example.com\n"}
	known := append(hostname, "  clusters:\n", "  clusters:\n")
	for name, test := range map[string]struct {
		edit     []string
		warnings int
	}{
		"unknown": {hostname, 2},
		"known":   {append(known, `    version: "1.30.3"`, "    version: \"1.30.3\"\n    values: {pilot: {env: {ISTIOD_CUSTOM_HOST: \"a.example.com,istiod.example.com\"}}}"), 1},
		"another": {append(known, `    version: "1.30.3"`, "    version: \"1.30.3\"\n    values: {pilot: {env: {ISTIOD_CUSTOM_HOST: a.example.com}}}"), 2},
	} {
		m, problems := mesh.Load(source(edited(t, today, test.edit...), nil))
		if m == nil || len(problems) != test.warnings {
			t.Errorf("%s: %d problems, want %d\n%s", name, len(problems), test.warnings, problems.Text())
		}
	}
}

// A copy cannot keep calls on the node of the caller, and says so.
func TestLocalTraffic(t *testing.T) {
	text := edited(t, today, "      ports: [{name: http, port: 9080}]\n", "      ports: [{name: http, port: 9080}]\n      internalTrafficPolicy: Local\n")
	_, problems := mesh.Load(source(text, nil))
	const want = "isthmus: note: mesh/mesh.yaml:24:30: spec.services[0].internalTrafficPolicy: the copies of bookinfo/reviews are without internalTrafficPolicy: Local; no node of another cluster has an endpoint of it, and every call would be dropped (IST419)\n"
	if got := problems.Text(); got != method(14)+want {
		t.Errorf("problems\n%s\nwant\n%s", got, method(14)+want)
	}
}
