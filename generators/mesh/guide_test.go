package mesh_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// codes gives the rules that a mesh is reported for, once each.
func codes(t *testing.T, text string) []string {
	t.Helper()
	_, problems := load(text, nil)
	var all []string
	for _, p := range problems {
		if !slices.Contains(all, p.Rule) {
			all = append(all, p.Rule)
		}
	}
	slices.Sort(all)
	return all
}

// What the guide asks for and no example of a rule shows: the edges of the rules.
func TestGuide(t *testing.T) {
	for _, test := range []struct {
		name string
		mesh string
		edit []string
		want []string
	}{
		{"addresses of RFC 6598", base, []string{"[10.20.0.0/16]", "[100.64.0.0/16]"}, nil},
		{"more than the addresses of RFC 6598", base, []string{"[10.20.0.0/16]", "[100.0.0.0/8]"}, []string{"IST112"}},
		{"more than the addresses of RFC 1918", base, []string{"[10.20.0.0/16]", "[172.0.0.0/8]"}, []string{"IST112"}},
		{"a prefix that starts in a private range", base, []string{"[10.20.0.0/16]", "[192.168.0.0/15]"}, []string{"IST112"}},
		{"the last addresses", base, []string{"[10.20.0.0/16]", "[240.20.0.0/16]"}, nil},
		{"public IPv6 beside IPv4", base, []string{"[10.20.0.0/16]", `[10.20.0.0/16, "2600:1f16::/56"]`}, nil},
		{"an API server that is a Service", base, []string{"https://10.2.0.10:6443", "https://west.vclusters.svc"}, []string{"IST113"}},
		{"an API server that is a Service, in full", base, []string{"https://10.2.0.10:6443", "https://west.vclusters.svc.cluster.local"}, []string{"IST113"}},
		{"an API server of another domain", base, []string{"https://10.2.0.10:6443", "https://svc.example.com"}, nil},
		{"a collector in Istio's namespace", base, []string{"  clusters:\n", "  tracing: {zipkin: \"zipkin.istio-system:9411\"}\n  clusters:\n"}, []string{"IST221"}},
		{"a collector by one label", base, []string{"  clusters:\n", "  tracing: {zipkin: \"zipkin:9411\"}\n  clusters:\n"}, []string{"IST221"}},
		{"a collector of a domain", base, []string{"  clusters:\n", "  tracing: {zipkin: \"zipkin.example:9411\"}\n  clusters:\n"}, nil},
		{"a collector of a longer domain", base, []string{"  clusters:\n", "  tracing: {zipkin: \"a.zipkin.example:9411\"}\n  clusters:\n"}, nil},
		{"a collector that is copied", base, []string{"  clusters:\n", "  tracing: {zipkin: \"reviews.bookinfo.svc.cluster.local:9411\"}\n  clusters:\n"}, nil},
		{"a collector by address", base, []string{"  clusters:\n", "  tracing: {zipkin: \"[fd00::1]:9411\"}\n  clusters:\n"}, nil},
		{"tracing without a collector", base, []string{"    version:", "    values: {global: {enableTracing: true}}\n    version:"}, []string{"IST222"}},
		{"tracing that is off", base, []string{"    version:", "    values: {global: {enableTracing: false}}\n    version:"}, nil},
		{"another kind of tokens in the first cluster", base, []string{"      serviceCIDRsRoutable: true\n", "      serviceCIDRsRoutable: true\n      values: {global: {jwtPolicy: third-party-jwt}}\n"}, []string{"IST223"}},
		{"several networks in values", base, []string{"    version:", "    values: {global: {meshNetworks: {}}}\n    version:"}, []string{"IST219"}},
		{"the model of several networks in values", base, []string{"    version:", "    values: {global: {multiCluster: {enabled: true}}}\n    version:"}, []string{"IST219"}},
		{"istio-pilot in place of istiod", base, []string{"    version:", "    values: {global: {istiod: {enabled: false}}}\n    version:"}, []string{"IST219"}},
		{"a Service without sidecars, on 1.5", base, []string{"  clusters:\n", "  injection: {namespaces: [shop]}\n  clusters:\n"}, nil},
		{"a Service without sidecars, without mutual TLS", base, []string{`"1.5.10"`, `"1.4.10"`, "  clusters:\n", "  injection: {namespaces: [shop]}\n  security: {mutualTLS: false}\n  clusters:\n"}, []string{"IST328"}},
		{"a Service without sidecars", base, []string{`"1.5.10"`, `"1.4.10"`, "  clusters:\n", "  injection: {namespaces: [shop]}\n  clusters:\n"}, []string{"IST328", "IST422"}},
		{"sidecars for Flux", base, []string{"  clusters:\n", "  injection: {namespaces: [flux-system]}\n  delivery: {engine: flux}\n  clusters:\n"}, []string{"IST402"}},
		{"sidecars for Flux, which does not deliver", base, []string{"  clusters:\n", "  injection: {namespaces: [flux-system]}\n  clusters:\n"}, nil},
		{"sidecars for storage", base, []string{"  clusters:\n", "  injection: {namespaces: [local-path-storage]}\n  clusters:\n"}, []string{"IST402"}},
		{"no namespace under injection", base, []string{`"1.5.10"`, `"1.4.10"`}, []string{"IST328"}},
		{"Sail without the canary's release", strings.Replace(today, "    version: \"1.30.3\"\n", "    version: \"1.24.2\"\n    install: sail\n    canary: {version: \"1.25.0\", revision: next}\n", 1), nil, []string{"IST220", "IST318"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := test.mesh
			if len(test.edit) > 0 {
				text = edited(t, text, test.edit...)
			}
			if diff := cmp.Diff(test.want, codes(t, text)); diff != "" {
				t.Errorf("rules (-want +got):\n%s", diff)
			}
		})
	}
}

// A namespace without sidecars is said once, however many Services it has.
func TestPlainServicesOnce(t *testing.T) {
	text := edited(t, base, `"1.5.10"`, `"1.4.10"`, "  clusters:\n", "  injection: {namespaces: [shop]}\n  clusters:\n")
	text += "    - {name: ratings, namespace: bookinfo, ports: [{name: http, port: 9080}], clusters: [east]}\n"
	_, problems := load(text, nil)
	said := 0
	for _, p := range problems {
		if p.Rule == "IST422" {
			said++
		}
	}
	if said != 1 {
		t.Errorf("said %d times:\n%s", said, problems.Text())
	}
}
