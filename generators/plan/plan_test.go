package plan

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
)

// base is a mesh of a primary and a remote. The tests change it.
const base = `apiVersion: isthmus.dev/v1alpha1
kind: Mesh
metadata:
  name: shop
spec:
  istio:
    version: "1.5.10"
  clusters:
    - name: east
      apiServer: https://10.1.0.10:6443
      podCIDRs: [10.10.0.0/16]
      serviceCIDRs: [10.110.0.0/16]
      controlPlane:
        addresses: [10.10.0.5]
    - name: west
      apiServer: https://10.2.0.10:6443
      podCIDRs: [10.20.0.0/16]
      serviceCIDRs: [10.120.0.0/16]
`

// load loads base after each first text of a pair was replaced by the second.
func load(t testing.TB, pairs ...string) *mesh.Mesh {
	t.Helper()
	text := base
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("there is no %q to replace", pairs[i])
		}
		text = strings.Replace(text, pairs[i], pairs[i+1], 1)
	}
	return loadText(t, text, "")
}

// loadText loads a mesh beside services.yaml.
func loadText(t testing.TB, text, services string) *mesh.Mesh {
	t.Helper()
	fsys := fstest.MapFS{"mesh.yaml": {Data: []byte(text)}, "services.yaml": {Data: []byte(services)}}
	m, problems := mesh.Load(mesh.Source{FS: fsys, Name: "mesh.yaml"})
	if m == nil {
		t.Fatal(problems.Text())
	}
	return m
}

func of(t testing.TB, m *mesh.Mesh, names ...string) *Plan {
	t.Helper()
	p, err := Of(m, names...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// cluster gives the plan of one cluster.
func (p *Plan) cluster(t testing.TB, name string) Cluster {
	t.Helper()
	for _, c := range p.Clusters {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("no cluster %q is planned", name)
	return Cluster{}
}

// file gives a file of a cluster, the zero one where there is none.
func (c Cluster) file(stage, name string) File {
	for _, s := range c.Stages {
		for _, f := range s.Files {
			if s.Name == stage && f.Name == name {
				return f
			}
		}
	}
	return File{}
}

// arg gives the argument of the unit that a file's first pick takes from.
func (p *Plan) arg(t testing.TB, f File, key string) any {
	t.Helper()
	if len(f.Picks) == 0 {
		t.Fatal("the file is not there, or empty")
	}
	return p.Units[f.Picks[0].Unit].Args[key]
}

// entries counts the units by entry point.
func (p *Plan) entries() map[string]int {
	n := map[string]int{}
	for _, u := range p.Units {
		n[u.Entry]++
	}
	return n
}

func TestClusters(t *testing.T) {
	m := load(t, "podCIDRs: [10.20", "state: leaving\n      podCIDRs: [10.20")
	for _, test := range []struct {
		name  string
		names []string
		want  string
		err   string
	}{
		{name: "all", want: "east primary false, west remote true"},
		{name: "one", names: []string{"west"}, want: "west remote true"},
		{name: "two, in the order of the mesh", names: []string{"west", "east"}, want: "east primary false, west remote true"},
		{name: "none of it", names: []string{"east", "north"}, err: `the mesh has no cluster "north"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, err := Of(m, test.names...)
			if err != nil && err.Error() != test.err || err == nil && test.err != "" {
				t.Fatalf("error %v", err)
			}
			if err != nil {
				return
			}
			var got []string
			for _, c := range p.Clusters {
				got = append(got, fmt.Sprint(c.Name, " ", c.Role, " ", c.Retiring))
			}
			if strings.Join(got, ", ") != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// Every cluster has the stages in order, each file under one name, and every
// pick names a unit that is there.
func TestStages(t *testing.T) {
	p := of(t, load(t, "  clusters:\n", "  injection: {namespaces: [shop]}\n  clusters:\n"))
	for _, c := range p.Clusters {
		var got []string
		for _, s := range c.Stages {
			// A profile that somebody's istioctl reads is all that the primary has.
			if s.Listed() == (c.Role == Primary && s.Name == StageControlPlane) {
				t.Errorf("%s: stage %s is listed: %t", c.Name, s.Name, s.Listed())
			}
			for _, f := range s.Files {
				got = append(got, s.Name+"/"+f.Name)
				for _, pick := range f.Picks {
					if pick.Unit < 0 || pick.Unit >= len(p.Units) || len(pick.Keys) == 0 {
						t.Errorf("%s: %s picks %v", c.Name, f.Name, pick)
					}
				}
			}
		}
		want := []string{"namespaces/istio-namespace.yaml", "control-plane/profile.yaml", "control-plane/stubs.yaml", "services/ns-shop.yaml"}
		if c.Role == Primary {
			want = slices.Delete(want, 2, 3)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("files of %s (-want +got):\n%s", c.Name, diff)
		}
	}
}

// Istio's own Namespace keeps injection away, under whatever name.
func TestIstioNamespace(t *testing.T) {
	p := of(t, load(t, "    version:", "    namespace: istio-control\n    version:"))
	want := map[string]any{"istio-control": map[string]any{"labels": map[string]any{"istio-injection": "disabled"}, "annotations": map[string]any{}}}
	for _, c := range p.Clusters {
		f := c.file(StageNamespaces, "istio-namespace.yaml")
		if diff := cmp.Diff(want, p.arg(t, f, "namespaces")); diff != "" || !f.Listed {
			t.Errorf("%s: listed %t, Namespaces (-want +got):\n%s", c.Name, f.Listed, diff)
		}
	}
}

// The order in which a mesh.yaml and a map hold things decides nothing: the
// same mesh, written down in another order, gives an equal plan.
func TestOrderOfInput(t *testing.T) {
	entries := make([]string, 40)
	for i := range entries {
		entries[i] = fmt.Sprintf("    - {name: s%d, namespace: n%d, labels: {a: v, b: w, c: z}, selector: {d: v, e: w}, annotations: {f: v, g: w}, ports: [{port: 80}], clusters: [%s]}\n", i, i%7, []string{"east", "west"}[i%2])
	}
	values := []string{"a: 1", "b: {c: 1, d: 2, e: 3}", "f: [1, 2]", "g: x"}
	random := rand.New(rand.NewPCG(1, 2))
	var first *Plan
	for range 20 {
		random.Shuffle(len(entries), func(i, j int) { entries[i], entries[j] = entries[j], entries[i] })
		random.Shuffle(len(values), func(i, j int) { values[i], values[j] = values[j], values[i] })
		text := strings.Replace(base, "    version:", "    values: {"+strings.Join(values, ", ")+"}\n    version:", 1) + "  services:\n" + strings.Join(entries, "")
		p := of(t, loadText(t, text, ""))
		if first == nil {
			first = p
		}
		if diff := cmp.Diff(first, p); diff != "" {
			t.Fatalf("plan (-first +shuffled):\n%s", diff)
		}
	}
}
