package plan

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// engines are the deliveries of a mesh, by name.
var engines = map[string]string{
	"none":   "",
	"flux":   "  delivery: {engine: flux}\n",
	"hub":    "  delivery: {engine: flux, flux: {hub: {cluster: mgmt}}}\n",
	"argocd": "  delivery: {engine: argocd, argocd: {cluster: mgmt, repoURL: a, endpointsIncluded: true}}\n",
}

// More clusters ask for what is their own, whoever delivers: a profile, a
// Namespace with the name of nobody but their control plane, and a delivery. Not
// for more of the Services, nor of the stub.
func TestUnitsOfToday(t *testing.T) {
	for name, delivery := range engines {
		t.Run(name, func(t *testing.T) {
			text := edited(t, today, "  clusters:\n", delivery+"  clusters:\n")
			few, many := of(t, loadText(t, fleetOf(text, 1, 50, 10), "")), of(t, loadText(t, fleetOf(text, 41, 50, 10), ""))
			want := few.entries()
			want["profile.jsonnet"] += 40
			switch name {
			case "flux", "hub":
				want["flux.jsonnet"] += 40
			case "argocd":
				want["argocd.jsonnet"] += 40
			}
			if diff := cmp.Diff(want, many.entries()); diff != "" {
				t.Errorf("units (-want +got):\n%s", diff)
			}
			if want["services.jsonnet"] != 5 || want["stub.jsonnet"] != 1 || want["namespaces.jsonnet"] != 3 || want["config.jsonnet"] > 3 {
				t.Errorf("units of the small mesh: %v", few.entries())
			}
			// Twice the Services cost twice their units, in however many clusters.
			more := of(t, loadText(t, fleetOf(text, 41, 100, 10), "")).entries()
			if more["services.jsonnet"] != 10 || more["profile.jsonnet"] != want["profile.jsonnet"] {
				t.Errorf("units of twice the Services: %v", more)
			}
		})
	}
}

// Clusters of two engines share neither copies nor Namespaces, whose annotations
// differ; those of one engine do.
func TestUnitsByEngine(t *testing.T) {
	text := fleetOf(edited(t, today, "  clusters:\n", engines["argocd"]+"  clusters:\n"), 6, 20, 10)
	for i, engine := range []string{"flux", "flux", "none", "argocd", "none", "flux"} {
		text = strings.Replace(text, fmt.Sprintf("https://r%d\n", i), fmt.Sprintf("https://r%d\n      delivery: {engine: %s}\n", i, engine), 1)
	}
	text = strings.Replace(text, "    - name: west\n", "    - name: west\n      delivery: {engine: argocd}\n", 1)
	p := of(t, loadText(t, text, ""))
	// Flux and none need the same of a copy: nothing.
	if n := p.entries()["services.jsonnet"]; n != 4 {
		t.Errorf("%d units of copies, want those of two namespaces with waves and without", n)
	}
	if n := p.entries()["stub.jsonnet"]; n != 2 {
		t.Errorf("%d units of stubs", n)
	}
}

// No unit that several clusters pick from names one that it goes to: only what
// is one cluster's own does.
func TestSharedUnitsNameNobody(t *testing.T) {
	for name, delivery := range engines {
		for _, era := range []string{base, today} {
			text := fleetOf(edited(t, era, "  clusters:\n", delivery+"  injection: {namespaces: [shop]}\n  clusters:\n"), 3, 20, 10)
			p := of(t, loadText(t, text, ""))
			users := make([][]string, len(p.Units))
			for _, c := range p.Clusters {
				all := slices.Clone(c.Delivery)
				for _, s := range c.Stages {
					all = append(all, s.Files...)
				}
				for _, f := range all {
					for _, pick := range f.Picks {
						if !slices.Contains(users[pick.Unit], c.Name) {
							users[pick.Unit] = append(users[pick.Unit], c.Name)
						}
					}
				}
			}
			shared := 0
			for i, u := range p.Units {
				if len(users[i]) == 0 {
					t.Errorf("%s: nobody picks from %s %v", name, u.Entry, u.Args)
				}
				if len(users[i]) < 2 {
					continue
				}
				shared++
				said := fmt.Sprint(u.Args)
				for _, user := range users[i] {
					if user != "east" && strings.Contains(said, user) { // east is home and control plane
						t.Errorf("%s: %s goes to %v and names %s: %s", name, u.Entry, users[i], user, said)
					}
				}
			}
			if shared < 4 {
				t.Errorf("%s: %d shared units", name, shared)
			}
		}
	}
}

// A stage that is split gives each part its Kustomization, in order.
func TestSplitUnderFlux(t *testing.T) {
	p := of(t, loadText(t, fleetOf(edited(t, today, "  clusters:\n", engines["flux"]+"  clusters:\n"), 0, 1200, 500), ""))
	west := p.cluster(t, "west")
	f := delivered(t, p, "west")
	want := []string{"namespaces", "control-plane", "istio-config", "services-n0", "services-n1", "services-n2"}
	if diff := cmp.Diff(want, f.Picks[0].Keys); diff != "" {
		t.Errorf("Kustomizations (-want +got):\n%s", diff)
	}
	for i, s := range p.arg(t, f, "stages").([]any) {
		if got := s.(m); got["name"] != "isthmus-west-"+want[i] || got["folder"] != west.Stages[i].Name {
			t.Errorf("stage %d: %v", i, got)
		}
	}
}
