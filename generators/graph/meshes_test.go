package graph_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/isthmus-mesh/isthmus/generators/graph"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
)

// A sketch is a mesh to be drawn.
type sketch struct {
	name     string
	clusters int
	planes   int
	own      bool // each cluster runs a Service of its own
	edit     func(string) string
}

var regions = []string{"eu", "us", "ap"}

func clusterName(i int) string { return fmt.Sprintf("%s-%02d", regions[i%3], i) }

// yaml gives a mesh whose clusters lie in three regions, some of them joining or
// leaving, and with three applications.
func (s sketch) yaml() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("apiVersion: isthmus.dev/v1alpha1\nkind: Mesh\nmetadata: {name: sketch}\nspec:")
	line("  istio: {version: \"1.30.3\"}\n  injection: {namespaces: [app-0]}\n  clusters:")
	for i := range s.clusters {
		line("    - name: %s\n      labels: {region: %s}", clusterName(i), regions[i%3])
		line("      apiServer: https://10.%d.%d.1:6443\n      podCIDRs: [10.%d.%d.0/24]\n      serviceCIDRs: [172.%d.%d.0/24]", i/250, i%250, i/250, i%250, 16+i/250, i%250)
		switch {
		case i < s.planes:
			line("      controlPlane: {expose: loadBalancer, addresses: [10.255.%d.%d]}", i/250, i%250+1)
		case s.planes > 1:
			line("      remoteOf: %s", clusterName(i%s.planes))
		}
		switch {
		case i < s.planes || s.clusters < 6:
		case i%10 == 4:
			line("      state: joining")
		case i%10 == 5:
			line("      state: leaving")
		}
	}
	line("  services:")
	for app := range 3 {
		for service := range 2 + 2*(app%2) {
			line("    - {name: svc-%d, namespace: app-%d, ports: [{name: http, port: 80}], clusters: [%s]}", service, app, clusterName(app*7%s.clusters))
		}
	}
	for i := range s.clusters {
		if s.own {
			line("    - {name: own-%d, namespace: own, ports: [{name: http, port: 80}], clusters: [%s]}", i, clusterName(i))
		}
	}
	if s.edit != nil {
		return s.edit(b.String())
	}
	return b.String()
}

func load(t testing.TB, text string) *mesh.Mesh {
	t.Helper()
	m, problems := mesh.Load(mesh.Source{FS: fstest.MapFS{"mesh.yaml": {Data: []byte(text)}}, Name: "mesh.yaml"})
	if m == nil {
		t.Fatal(problems.Text())
	}
	return m
}

// replace gives an edit, all of whose texts have to be there.
func replace(pairs ...string) func(string) string {
	return func(text string) string {
		for i := 0; i < len(pairs); i += 2 {
			if !strings.Contains(text, pairs[i]) {
				panic(fmt.Sprintf("the sketch has no %q", pairs[i]))
			}
			text = strings.Replace(text, pairs[i], pairs[i+1], 1)
		}
		return text
	}
}

// drawings are the pictures that the tests look at: meshes of all sizes, and
// changes of them.
func drawings(t testing.TB) map[string]*graph.Graph {
	all := map[string]*graph.Graph{}
	for _, s := range []sketch{
		{name: "one", clusters: 1, planes: 1},
		{name: "three", clusters: 3, planes: 1},
		{name: "twelve", clusters: 12, planes: 2},
		{name: "primaries", clusters: 6, planes: 6},
		{name: "fifty", clusters: 50, planes: 1},
		{name: "fifty-planes", clusters: 50, planes: 3},
		{name: "fifty-own", clusters: 50, planes: 1, own: true},
		{name: "canary", clusters: 3, planes: 1, edit: replace(`{version: "1.30.3"}`, `{version: "1.29.2", revision: old, revisionTags: [prod], canary: {version: "1.30.3", revision: new}}`, "expose: loadBalancer", "expose: dedicatedGateway")},
	} {
		all[s.name] = graph.Of(load(t, s.yaml()))
	}
	for _, s := range []struct {
		name string
		sketch
		edit func(string) string
	}{
		{"change-three", sketch{clusters: 3, planes: 1}, replace(
			"expose: loadBalancer, addresses: [10.255.0.1]", "expose: gateway, addresses: [10.255.0.9]",
			"- name: ap-02", "- name: ap-99",
			"{name: svc-0, namespace: app-1, ports: [{name: http, port: 80}], clusters: [us-01]}", "{name: svc-9, namespace: app-9, ports: [{name: http, port: 80}], clusters: [us-01]}",
			"    - {name: svc-0, namespace: app-2, ports: [{name: http, port: 80}], clusters: [ap-02]}\n", "",
			"    - {name: svc-1, namespace: app-2, ports: [{name: http, port: 80}], clusters: [ap-02]}\n", "")},
		{"change-twelve", sketch{clusters: 12, planes: 2}, replace("remoteOf: us-01", "remoteOf: eu-00", "state: joining", "state: active")},
		{"change-fifty", sketch{clusters: 50, planes: 1}, replace("clusters: [us-07]}\n", "clusters: [us-07]}\n    - {name: cart, namespace: shop, ports: [{name: http, port: 80}], clusters: [us-10]}\n")},
	} {
		all[s.name] = graph.Between(load(t, s.yaml()), load(t, s.edit(s.yaml())))
	}
	return all
}
