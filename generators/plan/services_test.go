package plan

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// fleet gives a mesh of remotes and Services, some of them in a namespace.
func fleet(remotes, services, perNamespace int) string {
	return fleetOf(base, remotes, services, perNamespace)
}

func fleetOf(text string, remotes, services, perNamespace int) string {
	var b strings.Builder
	b.WriteString(text)
	for i := range remotes {
		fmt.Fprintf(&b, "    - name: r%d\n      apiServer: https://r%d\n      podCIDRs: [12.%d.0.0/16]\n      serviceCIDRs: [11.%d.0.0/16]\n", i, i, i, i)
	}
	b.WriteString("  services:\n")
	for i := range services {
		fmt.Fprintf(&b, "    - {name: s%d, namespace: n%d, ports: [{port: 80, appProtocol: http}], clusters: [east]}\n", i, i/perNamespace)
	}
	return b.String()
}

// More clusters ask for more profiles, and for nothing else that is evaluated.
func TestUnitsAreShared(t *testing.T) {
	few, many := of(t, loadText(t, fleet(1, 50, 10), "")), of(t, loadText(t, fleet(41, 50, 10), ""))
	want := few.entries()
	want["profile.jsonnet"] += 40
	if diff := cmp.Diff(want, many.entries()); diff != "" {
		t.Errorf("units (-want +got):\n%s", diff)
	}
	if want["services.jsonnet"] != 5 || want["oldstubs.jsonnet"] != 1 || want["namespaces.jsonnet"] != 2 {
		t.Errorf("units of the small mesh: %v", few.entries())
	}
}

// Clusters whose Kubernetes know the same of the fields in use share the unit.
func TestUnitsByKubernetes(t *testing.T) {
	text := fleet(6, 1, 1)
	for i, version := range []string{"1.13", "1.15", "1.17", "1.18", "1.20", "1.21"} {
		text = strings.Replace(text, fmt.Sprintf("https://r%d\n", i), fmt.Sprintf("https://r%d\n      kubernetesVersion: %q\n", i, version), 1)
	}
	if n := of(t, loadText(t, text, "")).entries()["services.jsonnet"]; n != 2 {
		t.Errorf("%d units, want one without appProtocol and one with it", n)
	}
	plain := strings.ReplaceAll(text, ", appProtocol: http", "")
	if n := of(t, loadText(t, plain, "")).entries()["services.jsonnet"]; n != 1 {
		t.Errorf("%d units, want one where no field is new", n)
	}
}

// picked gives what a cluster has of the applications: Namespaces, and
// Services with their namespace.
func picked(p *Plan, c Cluster) []string {
	var all []string
	for _, s := range c.Stages {
		if !strings.HasPrefix(s.Name, StageServices) {
			continue
		}
		for _, f := range s.Files {
			for _, pick := range f.Picks {
				for _, key := range pick.Keys {
					if ns, ok := p.Units[pick.Unit].Args["namespace"]; ok {
						key = fmt.Sprint(ns, "/", key)
					}
					all = append(all, key)
				}
			}
		}
	}
	return all
}

func TestServices(t *testing.T) {
	const services = `  services:
    - {name: a, namespace: shop, ports: [{port: 80}], clusters: [east]}
    - {name: b, namespace: shop, ports: [{port: 80}], clusters: [west]}
    - {name: c, namespace: shop, ports: [{port: 80}], clusters: [east, west]}
    - {name: d, namespace: data, ports: [{port: 80}], clusters: [west], clients: []}
    - {name: grafana, namespace: istio-system, ports: [{port: 80}], clusters: [east]}
`
	for _, test := range []struct {
		name       string
		edit       []string
		east, west []string
	}{
		{
			name: "homes get no copies, and every cluster every Namespace",
			east: []string{"data", "shop", "shop/b"},
			west: []string{"data", "istio-system/grafana", "shop", "shop/a"},
		},
		{
			name: "namespaces that are only labelled",
			edit: []string{"  clusters:", "  injection: {namespaces: [web, shop]}\n  clusters:"},
			east: []string{"data", "shop", "shop/b", "web"},
			west: []string{"data", "istio-system/grafana", "shop", "shop/a", "web"},
		},
		{
			name: "Namespaces that are somebody else's",
			edit: []string{"  clusters:", "  namespaces: skip\n  clusters:"},
			east: []string{"shop/b"},
			west: []string{"istio-system/grafana", "shop/a"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := base + services
			for i := 0; i < len(test.edit); i += 2 {
				text = strings.Replace(text, test.edit[i], test.edit[i+1], 1)
			}
			p := of(t, loadText(t, text, ""))
			for name, want := range map[string][]string{"east": test.east, "west": test.west} {
				if diff := cmp.Diff(want, picked(p, p.cluster(t, name))); diff != "" {
					t.Errorf("%s (-want +got):\n%s", name, diff)
				}
			}
		})
	}
}

// Where nothing is to be applied there is no stage: an empty kustomization
// fails.
func TestNoServices(t *testing.T) {
	p := of(t, load(t, "  clusters:", "  injection: {namespaces: [shop]}\n  namespaces: skip\n  clusters:"))
	for _, c := range p.Clusters {
		if n := len(c.Stages); n != 2 {
			t.Errorf("%s has %d stages", c.Name, n)
		}
	}
}

// Labels of injection are there for clusters that are active and inject. Others
// that come or go are switched off in words, which overrule whoever set a label.
func TestInjectionLabels(t *testing.T) {
	for _, test := range []struct {
		name string
		edit []string
		want any
	}{
		{name: "active", want: "enabled"},
		{name: "joining", edit: []string{"apiServer: https://10.2", "state: joining\n      apiServer: https://10.2"}, want: "disabled"},
		{name: "joining without injection", edit: []string{"apiServer: https://10.2", "state: joining\n      injection: false\n      apiServer: https://10.2"}, want: "disabled"},
		{name: "leaving", edit: []string{"apiServer: https://10.2", "state: leaving\n      apiServer: https://10.2"}, want: "disabled"},
		{name: "without injection", edit: []string{"apiServer: https://10.2", "injection: false\n      apiServer: https://10.2"}},
		{name: "against the mesh", edit: []string{"namespaces: [shop]", "namespaces: [shop], automatic: false", "apiServer: https://10.2", "injection: true\n      apiServer: https://10.2"}, want: "enabled"},
		{name: "with the mesh", edit: []string{"namespaces: [shop]", "namespaces: [shop], automatic: false"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			edit := append([]string{"  clusters:", "  injection: {namespaces: [shop]}\n  services:\n    - {name: a, namespace: data, ports: [{port: 80}], clusters: [east]}\n  clusters:"}, test.edit...)
			p := of(t, load(t, edit...))
			all := p.arg(t, p.cluster(t, "west").file(StageServices, "ns-shop.yaml"), "namespaces").(map[string]any)
			got := func(name string) any { return all[name].(map[string]any)["labels"].(map[string]any)["istio-injection"] }
			if got("shop") != test.want || got("data") != nil {
				t.Errorf("shop is labelled %v, want %v; data %v, want none", got("shop"), test.want, got("data"))
			}
		})
	}
}

// A revision's webhooks select its own label: the first tag's, so that a tag that
// moves takes the workloads along, or the revision's. A Namespace never has both.
func TestInjectionLabelsOfRevisions(t *testing.T) {
	for _, test := range []struct {
		name, istio string
		want        map[string]any
	}{
		{name: "none", want: map[string]any{"istio-injection": "enabled"}},
		{name: "a revision", istio: "revision: r1", want: map[string]any{"istio.io/rev": "r1"}},
		{name: "its tags", istio: "revision: r1\n    revisionTags: [prod, blue]", want: map[string]any{"istio.io/rev": "prod"}},
		{name: "the tag default", istio: "revision: r1\n    revisionTags: [prod, default]", want: map[string]any{"istio-injection": "enabled"}},
		{name: "a canary", istio: "canary: {version: \"1.29.0\", revision: r2, revisionTags: [test]}", want: map[string]any{"istio-injection": "enabled"}},
		{name: "a canary beside a revision", istio: "revision: r1\n    canary: {version: \"1.29.0\", revision: r2, revisionTags: [test]}", want: map[string]any{"istio.io/rev": "r1"}},
		{name: "the canary has the tag", istio: "revision: r1\n    revisionTags: [old]\n    canary: {version: \"1.29.0\", revision: r2, revisionTags: [prod, default]}", want: map[string]any{"istio.io/rev": "old"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := of(t, loadToday(t, "    version:", "    "+test.istio+"\n    version:", "  clusters:\n", "  injection: {namespaces: [shop]}\n  clusters:\n"))
			for _, c := range p.Clusters {
				got := p.arg(t, c.file(StageServices, "ns-shop.yaml"), "namespaces").(map[string]any)["shop"].(map[string]any)["labels"]
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("%s (-want +got):\n%s", c.Name, diff)
				}
			}
		})
	}
}

// The webhooks of a revision select istio.io/rev where istio-injection is not there:
// a cluster that comes or goes has the latter, and disabled.
func TestInjectionOffOfRevisions(t *testing.T) {
	for _, state := range []string{"joining", "leaving"} {
		p := of(t, loadToday(t, "    version:", "    revision: r1\n    version:", "apiServer: https://10.2", "state: "+state+"\n      apiServer: https://10.2", "  clusters:\n", "  injection: {namespaces: [shop]}\n  clusters:\n"))
		got := p.arg(t, p.cluster(t, "west").file(StageServices, "ns-shop.yaml"), "namespaces").(map[string]any)["shop"].(map[string]any)["labels"]
		if diff := cmp.Diff(map[string]any{"istio-injection": "disabled"}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", state, diff)
		}
	}
}

// Above a thousand objects the stage is split by namespace, and its parts bear
// names that other namespaces do not change.
func TestSplit(t *testing.T) {
	for _, test := range []struct {
		name                   string
		services, perNamespace int
		want                   []string
	}{
		// 999 Services in one Namespace are 1,000 objects.
		{name: "at the limit", services: 999, perNamespace: 999, want: []string{"services 1000"}},
		{name: "one namespace above it", services: 1000, perNamespace: 1000, want: []string{"services-n0 1001"}},
		{name: "above it", services: 1200, perNamespace: 500, want: []string{"services-n0 501", "services-n1 501", "services-n2 201"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := of(t, loadText(t, fleet(0, test.services, test.perNamespace), ""))
			var got []string
			for _, s := range p.cluster(t, "west").Stages[2:] {
				n := 0
				for _, f := range s.Files {
					n += f.Objects()
				}
				got = append(got, fmt.Sprint(s.Name, " ", n))
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("stages %q, want %q", got, test.want)
			}
			// At home there is the Namespace alone.
			if east := p.cluster(t, "east"); len(east.Stages) != 3 || east.Stages[2].Name != StageServices {
				t.Errorf("stages of the home: %v", east.Stages)
			}
		})
	}
}
