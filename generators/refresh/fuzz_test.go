package refresh

import (
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
)

// pool holds what a change is made of: both families, and texts that a reader of
// YAML could take for something else.
var pool = list("10.10.0.5", "10.10.0.9", "10.110.0.10", "10.1.255.10", "fd00::5", "2001:10:20:30:40:50:1:2", "fd00::", "::5:6")

// FuzzEdit holds, for any valid mesh and any addresses, that the result is a mesh
// with these addresses, in which every other line is the same and no comment is
// lost.
func FuzzEdit(f *testing.F) {
	seeds, err := filepath.Glob("../testdata/*/mesh/mesh.yaml")
	if err != nil || len(seeds) == 0 {
		f.Fatal("no seeds", err)
	}
	for _, file := range seeds {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data, byte(0b1), byte(0))
		f.Add([]byte(strings.ReplaceAll(string(data), "\n", "\r\n")), byte(0b10010), byte(1))
	}
	const head = "apiVersion: isthmus.dev/v1alpha1\nkind: Mesh\nmetadata: {name: pair}\nspec:\n  istio: {version: \"1.5.10\", stubs: overlay}\n  clusters:\n" +
		"    - {name: west, apiServer: \"https://10.2.0.10:6443\", podCIDRs: [10.20.0.0/16], serviceCIDRs: [10.120.0.0/16]}\n" +
		"    - name: east\n      apiServer: https://10.1.0.10:6443\n      podCIDRs: [10.10.0.0/16]\n      serviceCIDRs: [10.110.0.0/16]\n      controlPlane:\n"
	for _, plane := range []string{
		"        addresses: # all\n        # these\n        - 10.10.0.5 # one\n        -   \"10.10.0.9\"\n        # end\n",
		"        addresses: [ # all\n          '10.10.0.5' , # one\n        # two\n          10.10.0.9\n        , ] # end",
		"        {addresses: [10.10.0.5,10.10.0.9,], policyAddresses: [10.10.0.5], telemetryAddresses: []}\n",
		"        ? addresses\n        : - >-\n            10.10.0.5\n          -\n            10.10.0.9\r",
	} {
		for _, bits := range []byte{0b1, 0b11, 0b1000, 0b11110000, 0b10} {
			f.Add([]byte(head+plane), bits, bits>>1)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte, addresses, policy byte) {
		m, _ := load(data)
		if m == nil {
			return
		}
		c := Change{Addresses: chosen(addresses), PolicyAddresses: chosen(policy)}
		for _, cl := range m.Spec.Clusters {
			if cl.ControlPlane != nil && c.Cluster == "" {
				c.Cluster = cl.Name
				if cl.ControlPlane.Hostname != "" {
					c.PolicyAddresses = nil // today's releases have no Mixer
				}
			}
		}
		got, err := Edit("mesh.yaml", data, c)
		if err != nil {
			t.Fatalf("%v\n%s", err, data)
		}
		if len(c.Addresses)+len(c.PolicyAddresses) == 0 && string(got) != string(data) {
			t.Fatalf("nothing was to be changed in\n%s\ngot\n%s", data, got)
		}
		if again, err := Edit("mesh.yaml", got, c); err != nil || string(again) != string(got) {
			t.Fatalf("a second change is not the same, %v:\n%s\ngot\n%s", err, got, again)
		}
		if _, problems := load(got); problems != nil {
			for _, p := range problems.Errors() {
				if !ofAddresses(p) {
					t.Fatalf("%v\n%s\ngot\n%s", p, data, got)
				}
			}
		}
		sameElsewhere(t, c.Cluster, data, got)
	})
}

// ofAddresses says whether a rule is one that addresses can break.
func ofAddresses(p *diag.Problem) bool {
	return strings.Contains(p.Path, ".controlPlane") || p.Path == "spec.istio.stubs" || strings.HasPrefix(p.Path, "spec.delivery") ||
		strings.HasSuffix(p.Path, "].serviceCIDRs") && strings.Contains(p.What, "has no address family in common")
}

func load(data []byte) (*mesh.Mesh, diag.Problems) {
	return mesh.Load(mesh.Source{FS: fstest.MapFS{"mesh.yaml": {Data: data}}, Name: "mesh.yaml"})
}

func chosen(bits byte) []netip.Addr {
	var some []netip.Addr
	for i, a := range pool {
		if bits&(1<<i) != 0 {
			some = append(some, a)
		}
	}
	return some
}

// sameElsewhere compares the lines outside the lists, and the comments within.
func sameElsewhere(t *testing.T, cluster string, before, after []byte) {
	t.Helper()
	was, comments := elsewhere(t, cluster, before)
	is, now := elsewhere(t, cluster, after)
	if !slices.Equal(was, is) {
		t.Fatalf("other lines changed:\n%s\ngot\n%s", before, after)
	}
	if !slices.Equal(comments, now) {
		t.Fatalf("comments %q became %q:\n%s\ngot\n%s", comments, now, before, after)
	}
}

// elsewhere gives the lines of no list of addresses, and the comments on the
// others.
func elsewhere(t *testing.T, cluster string, text []byte) (lines, comments []string) {
	t.Helper()
	d, err := open("mesh.yaml", text, cluster)
	if err != nil {
		t.Fatal(err)
	}
	listed := map[int]bool{}
	for _, field := range []string{addresses, policyAddresses, telemetryAddresses} {
		key, value := d.field(field)
		if key == nil {
			continue
		}
		l, err := d.sequence(key, value)
		if err != nil {
			t.Fatal(err)
		}
		for line := d.lineOf(l.key.start()); line <= d.lineOf(l.end-1); line++ {
			listed[line] = true
		}
	}
	if key, _ := d.field(hostname); key != nil {
		listed[key.Line-1] = true
	}
	for i := range len(d.lines) - 1 {
		line := string(text[d.lines[i]:d.lines[i+1]])
		switch {
		case !listed[i]:
			lines = append(lines, strings.TrimRight(line, "\r\n"))
		case strings.TrimSpace(line) != "":
			if _, comment, found := strings.Cut(line, "#"); found {
				comments = append(comments, strings.TrimRight(comment, "\r\n"))
			}
		}
	}
	return lines, comments
}
