package render

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// A sketch draws a mesh at random, one that mostly makes sense: whether it does
// is Load's to say.
type sketch struct {
	*rand.Rand
	b     strings.Builder
	drawn []string // what is in it, by which TestRandomMeshes sees that all is drawn
}

func (s *sketch) draw(what string) string {
	s.drawn = append(s.drawn, what)
	return what
}

func (s *sketch) line(format string, args ...any) { fmt.Fprintf(&s.b, format+"\n", args...) }

func (s *sketch) one(choices ...string) string { return choices[s.IntN(len(choices))] }

func (s *sketch) chance(percent int) bool { return s.IntN(100) < percent }

// mesh gives the text of a mesh.yaml.
func (s *sketch) mesh() string {
	old := s.chance(30)
	version, nearby := s.versions(old)
	s.draw("era " + era(version))
	clusters := 1 + s.IntN(5)
	family := s.one("v4", "v4", "v6", "dual")
	canary := !old && s.chance(20)
	s.line("apiVersion: isthmus.dev/v1alpha1\nkind: Mesh\nmetadata: {name: %s}\nspec:\n  istio:\n    version: %q", s.one("a", "shop"), version)
	if s.chance(30) {
		s.line("    namespace: mesh")
	}
	if s.chance(30) {
		s.line("    clusterDomain: corp.local")
	}
	stubs := ""
	if old {
		stubs = s.one("both", "both", "overlay", "profile")
		if version == "1.5.0" {
			stubs = s.one("both", "profile")
		}
		s.line("    install: %s\n    stubs: %s", s.draw(s.one("istioctl", "operator")), stubs)
	} else {
		stubs = s.one("overlay", "overlay", "profile")
		s.line("    install: %s\n    stubs: %s\n    cni: %t", s.draw(s.one("helm", "helm", "sail", "values", "istioctl")), stubs, s.chance(30))
		if s.chance(50) {
			s.line("    revision: r1")
			s.line("    revisionTags: [%s]", s.one("", "prod", "prod, default", "default"))
		}
		if canary {
			s.line("    canary: {version: %q, revision: next, revisionTags: [%s]}", nearby, s.one("", "test"))
		}
	}
	s.draw("stubs " + stubs + " " + era(version))
	if s.chance(30) {
		s.line("  meshID: id\n  network: vpn\n  trustDomain: corp.example")
	}
	if s.chance(30) {
		s.line("  tracing: {zipkin: \"10.9.9.9:9411\"}")
	}
	switch {
	case s.chance(20):
		s.line("  security: {mutualTLS: false}")
	case version[:4] == "1.30" && s.chance(30):
		s.line("  security: {reader: {permissions: %s}}", s.draw("leastPrivilege"))
		nearby = "1.30.1"
	case version[:3] == "1.4" && s.chance(20):
		s.line("  security: {controlPlaneSecurity: false}")
	case !old && s.chance(20):
		s.line("  security: {certificates: selfSigned}")
	}
	capture := !old && s.chance(30)
	s.line("  dns: {capture: %t}\n  namespaces: %s\n  injection: {automatic: %t, namespaces: [shop, web]}", capture, s.one("merge", "create", "skip"), s.chance(80))
	s.secrets()
	s.delivery()
	s.line("  clusters:")
	planes := 1
	if !old && clusters > 2 && s.chance(30) {
		planes = 2
	}
	for i := range clusters {
		s.line("    - name: c%d\n      apiServer: https://c%d", i, i)
		s.line("      podCIDRs: [%s]\n      serviceCIDRs: [%s]", cidrs(family, "10", i), cidrs(family, "11", i))
		s.line("      labels: {number: n%d}", i)
		if s.chance(20) {
			s.line("      delivery: {engine: %s}", s.one("flux", "none"))
		}
		if i > 0 && s.chance(20) {
			s.line("      version: %q", nearby)
		}
		if i < planes {
			s.plane(i, version, canary, stubs, family)
			continue
		}
		if planes > 1 {
			s.line("      remoteOf: c%d", s.IntN(planes))
		}
		s.line("      state: %s\n      injection: %t", s.draw(s.one("active", "active", "joining", "leaving")), s.chance(80))
		if old {
			s.line("      ingressGateway: %t", s.chance(20))
		}
		if s.chance(20) {
			s.line("      values: {pilot: {env: {A: \"${B}\"}}}")
		}
	}
	s.services(clusters, capture)
	return s.b.String()
}

// parting are values that would make a cluster, or the mesh, another one to the
// rest than the fields of mesh.yaml say.
var parting = []string{
	"global: {meshID: other}",
	"global: {network: other}",
	"global: {multiCluster: {clusterName: other}}",
	"global: {istioNamespace: other}",
	"global: {proxy: {clusterDomain: other}}",
	"global: {remotePilotAddress: 10.66.0.1}",
	"meshConfig: {trustDomain: other}",
	"meshConfig: {rootNamespace: other}",
	"meshConfig: {defaultConfig: {meshId: other}}",
	"meshConfig: {defaultConfig: {discoveryAddress: \"a:1\"}}",
	"meshConfig: {defaultConfig: {proxyMetadata: {ISTIO_META_NETWORK: other}}}",
	"meshConfig: {defaultConfig: {proxyMetadata: {ISTIO_META_CLUSTER_ID: other}}}",
	"meshConfig: {defaultConfig: {proxyMetadata: {ISTIO_META_MESH_ID: other}}}",
	"meshConfig: {defaultConfig: {proxyMetadata: {CA_ADDR: \"a:1\"}}}",
	"meshConfig: {defaultConfig: {proxyMetadata: {TRUST_DOMAIN: other}}}",
	"pilot: {env: {CLUSTER_ID: other}}",
	"pilot: {env: {TRUST_DOMAIN: other}}",
	"pilot: {env: {EXTERNAL_ISTIOD: \"false\"}}",
	"pilot: {env: {REVISION: other}}",
}

// mistaken gives a mesh with one of them, as values of all clusters.
func (s *sketch) mistaken(text string) string {
	return strings.Replace(text, "\n  istio:\n", "\n  istio:\n    values: {"+s.one(parting...)+"}\n", 1)
}

// services draws Services of every type, each at home somewhere.
func (s *sketch) services(clusters int, capture bool) {
	s.line("  services:")
	for i := range 1 + s.IntN(8) {
		fields := s.one(
			"ports: [{name: http, port: 80}]",
			"ports: [{name: http, port: 80, targetPort: 8080}, {name: grpc, port: 7070, appProtocol: grpc}]",
			"ports: [{name: tcp, port: 5432, targetPort: db}], selector: {app: db}, clusterIP: None",
			"type: LoadBalancer, ports: [{name: https, port: 443}], labels: {app: web}",
			"type: ExternalName, externalName: db.example.com",
			"ports: [{name: udp-dns, port: 53, protocol: UDP}], sessionAffinity: ClientIP, internalTrafficPolicy: Cluster",
		)
		clients := s.one("", "", ", clients: []", ", clients: {labels: {number: n0}}")
		if capture && s.chance(20) {
			clients = ", duplicate: false"
		}
		s.line("    - {name: s%d, namespace: %s, %s, annotations: {note: %q}, clusters: [c%d]%s}", i, s.one("shop", "data", "data"), fields, s.one("a", "${HOME}"), s.IntN(clusters), clients)
	}
}

// era names the behaviour of a release, by which sketches are counted.
func era(version string) string {
	switch {
	case version == "1.5.0":
		return "1.5.0"
	case version[:3] == "1.4", version[:4] == "1.5.":
		return version[:3]
	}
	return "today"
}

// versions gives a release and one that is at most a minor away.
func (s *sketch) versions(old bool) (version, nearby string) {
	if old {
		all := []string{"1.4.0", "1.4.10", "1.5.0", "1.5.1", "1.5.6", "1.5.10"}
		version = s.one(all...)
		if nearby = version; s.chance(20) {
			nearby = s.one(all...)
		}
		return version, nearby
	}
	minor := 24 + s.IntN(7)
	other := min(max(minor-1+s.IntN(3), 24), 30)
	return fmt.Sprintf("1.%d.%d", minor, s.IntN(4)), fmt.Sprintf("1.%d.%d", other, s.IntN(4))
}

// secrets draws how credentials are kept.
func (s *sketch) secrets() {
	switch backend := s.one("", "sops", "external", "external"); backend {
	case "external":
		s.draw("external store")
		s.line("  secrets: {backend: external, token: %s, external: {store: {kind: %s, name: %s}%s}}", s.one("secret", "request"), s.one("ClusterSecretStore", "SecretStore"), s.one("vault", "aws.eu"), s.one("", ", prefix: mesh/", ", prefix: a_b.c-"))
	case "sops":
		s.line("  secrets: {backend: sops}")
	}
}

func (s *sketch) delivery() {
	switch s.IntN(6) {
	case 0:
		s.draw("by nobody")
		s.line("  delivery: {engine: none}")
	case 1:
		s.draw("by Flux")
		s.line("  delivery: {engine: flux, path: meshes/a}")
	case 2:
		s.draw("by a hub")
		s.line("  delivery: {engine: flux, flux: {namespace: gitops, dependsOn: [{name: infra}], hub: {cluster: %s}}}", s.one("mgmt", "c0", "c1"))
	default:
		s.draw("by Argo CD")
		s.line("  delivery: {engine: argocd, argocd: {cluster: %s, repoURL: \"https://git.example/m\", endpointsIncluded: %t}}", s.one("mgmt", "c0"), s.chance(80))
	}
}

// cidrs gives the prefixes of a cluster.
func cidrs(family, net string, i int) string {
	v4, v6 := fmt.Sprintf("%s.%d.0.0/16", net, i), fmt.Sprintf("%q", fmt.Sprintf("fd%s:%d::/48", net, i))
	return map[string]string{"v4": v4, "v6": v6, "dual": v4 + ", " + v6}[family]
}

// plane draws a control plane and how it is reached.
func (s *sketch) plane(i int, version string, canary bool, stubs, family string) {
	methods := []string{"pod", "clusterIP", "loadBalancer", "gateway", "dedicatedGateway", "dedicatedGateway"}
	old := era(version) != "today"
	switch {
	case version == "1.5.0":
		methods = methods[:2]
	case old && version != "1.5.6" && version != "1.5.10":
		methods = methods[:4]
	case canary:
		methods = methods[3:]
	}
	expose := s.one(methods...)
	s.draw(expose + " " + era(version))
	net := map[string]string{"pod": "10", "clusterIP": "11"}[expose]
	if net == "" {
		net = "12"
	}
	v4, v6 := fmt.Sprintf("%s.%d.0.5", net, i), fmt.Sprintf("%q", fmt.Sprintf("fd%s:%d::5", net, i))
	addresses := map[string]string{"v4": v4, "v6": v6, "dual": v4 + ", " + v6}[family]
	switch {
	case stubs != "overlay" && family == "dual":
		addresses = s.one(v4, v6)
	case stubs == "overlay" && expose == "pod" && s.chance(50):
		addresses += fmt.Sprintf(", %s", strings.Replace(s.one(strings.Split(addresses, ", ")...), "5", "6", 1))
		addresses = strings.ReplaceAll(addresses, "fd60", "fd10")
	}
	s.line("      serviceCIDRsRoutable: true\n      controlPlane:\n        expose: %s", expose)
	switch {
	case !old && net == "12" && !canary && s.chance(20):
		s.draw("hostname")
		s.line("        hostname: istiod%d.example.com", i)
		return
	default:
		s.line("        addresses: [%s]", addresses)
	}
	byGateway := strings.Contains(strings.ToLower(expose), "gateway")
	if old && s.chance(40) {
		s.draw("Mixer " + era(version))
		mixer := addresses
		if !byGateway && stubs == "overlay" && family != "dual" {
			mixer = strings.ReplaceAll(addresses, "5", "7")
			mixer = strings.ReplaceAll(mixer, "fd70", "fd10")
		}
		s.line("        policyAddresses: [%s]\n        telemetryAddresses: [%s]", mixer, mixer)
	}
	if byGateway && s.chance(40) {
		s.line("        gateway: {name: ew, namespace: %s, selector: {edge: \"true\"}}", s.one("istio-ew", "mesh"))
	}
	if (expose == "loadBalancer" || expose == "dedicatedGateway") && s.chance(40) {
		s.line("        service: {annotations: {a.example/internal: \"true\"}, loadBalancerSourceRanges: [10.0.0.0/8]}")
	}
}
