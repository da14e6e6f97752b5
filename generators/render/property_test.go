package render

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/plan"
	"github.com/isthmus-mesh/isthmus/jsonnet"
)

// A sketch draws a mesh at random, one that mostly makes sense: whether it does
// is Load's to say.
type sketch struct {
	*rand.Rand
	b strings.Builder
}

func (s *sketch) line(format string, args ...any) { fmt.Fprintf(&s.b, format+"\n", args...) }

func (s *sketch) one(choices ...string) string { return choices[s.IntN(len(choices))] }

func (s *sketch) chance(percent int) bool { return s.IntN(100) < percent }

// mesh gives the text of a mesh.yaml.
func (s *sketch) mesh() string {
	old := s.chance(30)
	version, nearby := s.versions(old)
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
		s.line("    install: %s\n    stubs: %s", s.one("istioctl", "operator"), stubs)
	} else {
		stubs = s.one("overlay", "overlay", "profile")
		s.line("    install: %s\n    stubs: %s\n    cni: %t", s.one("helm", "helm", "sail", "values", "istioctl"), stubs, s.chance(30))
		if s.chance(50) {
			s.line("    revision: r1")
			s.line("    revisionTags: [%s]", s.one("", "prod", "prod, default", "default"))
		}
		if canary {
			s.line("    canary: {version: %q, revision: next, revisionTags: [%s]}", nearby, s.one("", "test"))
		}
	}
	if s.chance(30) {
		s.line("  meshID: id\n  network: vpn\n  trustDomain: corp.example")
	}
	if s.chance(30) {
		s.line("  tracing: {zipkin: \"10.9.9.9:9411\"}")
	}
	if s.chance(20) {
		s.line("  security: {mutualTLS: false}")
	}
	capture := !old && s.chance(30)
	s.line("  dns: {capture: %t}\n  namespaces: %s\n  injection: {automatic: %t, namespaces: [shop, web]}", capture, s.one("merge", "create", "skip"), s.chance(80))
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
			s.plane(i, old, canary, stubs, family)
			continue
		}
		if planes > 1 {
			s.line("      remoteOf: c%d", s.IntN(planes))
		}
		s.line("      state: %s\n      injection: %t", s.one("active", "active", "joining", "leaving"), s.chance(80))
		if old {
			s.line("      ingressGateway: %t", s.chance(20))
		}
		if s.chance(20) {
			s.line("      values: {pilot: {env: {A: \"${B}\"}}}")
		}
	}
	s.line("  services:")
	for i := range 1 + s.IntN(8) {
		s.line("    - {name: s%d, namespace: %s, ports: [{name: http, port: 80}], annotations: {note: %q}, clusters: [c%d]%s}", i, s.one("shop", "data", "data"), s.one("a", "${HOME}"), s.IntN(clusters), s.one("", "", ", clients: []", ", clients: {labels: {number: n0}}"))
	}
	return s.b.String()
}

// versions gives a release and one that is at most a minor away.
func (s *sketch) versions(old bool) (version, nearby string) {
	if old {
		all := []string{"1.4.0", "1.4.10", "1.5.0", "1.5.1", "1.5.10"}
		return all[s.IntN(5)], all[s.IntN(5)]
	}
	minor := 24 + s.IntN(7)
	other := min(max(minor-1+s.IntN(3), 24), 30)
	return fmt.Sprintf("1.%d.%d", minor, s.IntN(4)), fmt.Sprintf("1.%d.%d", other, s.IntN(4))
}

func (s *sketch) delivery() {
	switch s.IntN(6) {
	case 0:
		s.line("  delivery: {engine: none}")
	case 1:
		s.line("  delivery: {engine: flux, path: meshes/a}")
	case 2:
		s.line("  delivery: {engine: flux, flux: {namespace: gitops, dependsOn: [{name: infra}], hub: {cluster: %s}}}", s.one("mgmt", "c0", "c1"))
	default:
		s.line("  delivery: {engine: argocd, argocd: {cluster: %s, repoURL: \"https://git.example/m\", endpointsIncluded: %t}}", s.one("mgmt", "c0"), s.chance(80))
	}
}

// cidrs gives the prefixes of a cluster.
func cidrs(family, net string, i int) string {
	v4, v6 := fmt.Sprintf("%s.%d.0.0/16", net, i), fmt.Sprintf("%q", fmt.Sprintf("fd%s:%d::/48", net, i))
	return map[string]string{"v4": v4, "v6": v6, "dual": v4 + ", " + v6}[family]
}

// plane draws a control plane and how it is reached.
func (s *sketch) plane(i int, old, canary bool, stubs, family string) {
	methods := []string{"pod", "clusterIP", "loadBalancer", "gateway", "dedicatedGateway", "dedicatedGateway"}
	if old {
		methods = methods[:2]
	}
	if canary {
		methods = methods[3:]
	}
	expose := s.one(methods...)
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
	if !old && net == "12" && !canary && s.chance(20) {
		s.line("        hostname: istiod%d.example.com", i)
	} else {
		s.line("        addresses: [%s]", addresses)
	}
	if strings.Contains(strings.ToLower(expose), "gateway") && s.chance(40) {
		s.line("        gateway: {name: ew, namespace: %s, selector: {edge: \"true\"}}", s.one("istio-ew", "mesh"))
	}
	if !old && (expose == "loadBalancer" || expose == "dedicatedGateway") && s.chance(40) {
		s.line("        service: {annotations: {a.example/internal: \"true\"}, loadBalancerSourceRanges: [10.0.0.0/8]}")
	}
}

// Whatever Load accepts is planned and rendered, and what is rendered holds
// together over all clusters: the equalities by which Istio, Kubernetes and the
// engines find one thing from another are counted again from the YAML alone.
func TestRandomMeshes(t *testing.T) {
	const meshes = 300
	accepted, seen := 0, map[string]int{}
	for seed := range uint64(meshes) {
		s := &sketch{Rand: rand.New(rand.NewPCG(seed, 130))}
		text := s.mesh()
		m, problems := mesh.Load(mesh.Source{FS: fstest.MapFS{"mesh.yaml": {Data: []byte(text)}}, Name: "mesh.yaml"})
		if m == nil {
			if problems.Errors() == nil {
				t.Errorf("seed %d: no mesh and no error", seed)
			}
			continue
		}
		accepted++
		p, err := plan.Of(m)
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, text)
		}
		objects, err := Of(jsonnet.Files, p)
		if err != nil {
			t.Fatalf("seed %d: %v\n%s", seed, err, text)
		}
		w := &witness{mesh: m, problems: map[string]bool{}, seen: seen}
		for i, c := range p.Clusters {
			made, err := objects.Cluster(c)
			if err != nil {
				t.Fatalf("seed %d: %v\n%s", seed, err, text)
			}
			w.cluster(&m.Spec.Clusters[i], c, made)
		}
		w.all()
		for problem := range w.problems {
			t.Errorf("seed %d: %s", seed, problem)
		}
		if t.Failed() {
			t.Fatal(text)
		}
	}
	// A generator that draws nothing but mistakes, or a check that never finds
	// its object, proves nothing.
	if accepted < meshes/2 {
		t.Errorf("%d of %d meshes were accepted", accepted, meshes)
	}
	for _, check := range checks {
		if seen[check] < 10 {
			t.Errorf("%q was checked %d times", check, seen[check])
		}
	}
}
