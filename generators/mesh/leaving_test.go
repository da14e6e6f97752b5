package mesh_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestLeaving: a Service that runs where everybody leaves is named before the
// clusters do.
func TestLeaving(t *testing.T) {
	const (
		leaves = "podCIDRs: [10.20"
		gone   = "state: leaving\n      podCIDRs: [10.20"
	)
	third := []string{"  services:", `    - name: south
      apiServer: https://10.3.0.10:6443
      podCIDRs: [10.30.0.0/16]
      serviceCIDRs: [10.130.0.0/16]
  services:`}
	for _, test := range []struct {
		name  string
		edit  []string
		files map[string]string
		want  string
	}{
		{name: "runs elsewhere", edit: []string{leaves, gone}},
		{name: "one home stays", edit: []string{leaves, gone, "clusters: [east]", "clusters: [west, south]"}},
		{name: "nobody calls it", edit: []string{leaves, gone, "clusters: [east]", "clusters: [west]\n      clients: []"}},
		{name: "its callers leave too", edit: []string{leaves, gone, "podCIDRs: [10.30", "state: leaving\n      podCIDRs: [10.30", "clusters: [east]", "clusters: [west]\n      clients: [south]"}},
		{
			name: "joins",
			edit: []string{leaves, "state: joining\n      podCIDRs: [10.20", "clusters: [east]", "clusters: [west]"},
		},
		{
			name: "only home",
			edit: []string{leaves, gone, "clusters: [east]", "clusters: [west]"},
			want: `isthmus: warning: mesh/mesh.yaml:30:17: spec.services[0].clusters: the only home of bookinfo/reviews, "west", is leaving; a copy answers for the name, and no endpoint answers the call (IST421)
isthmus: fix: run it in another cluster and name that here, or remove the entry
`,
		},
		{
			name: "all homes",
			edit: []string{leaves, gone, "podCIDRs: [10.30", "state: leaving\n      podCIDRs: [10.30", "clusters: [east]", "clusters: [west, south]"},
			want: `isthmus: warning: mesh/mesh.yaml:31:17: spec.services[0].clusters: the only homes of bookinfo/reviews, "west" and "south", are leaving; a copy answers for the name, and no endpoint answers the call (IST421)
isthmus: fix: run it in another cluster and name that here, or remove the entry
`,
		},
		{
			name: "without a copy",
			edit: []string{
				leaves, gone, "clusters: [east]", "clusters: [west]\n      duplicate: false",
				`version: "1.5.10"`, `version: "1.30.3"`, "    - name: east", "    - name: east\n      # no copy",
				"  clusters:", "  dns: {capture: true}\n  clusters:",
			},
			want: `isthmus: note: mesh/mesh.yaml:17:17: spec.clusters[0].controlPlane.expose: the remotes depend on routes to the Service addresses of this cluster; where a route is missing they keep their configuration and get no change, and injection fails (IST318)
isthmus: warning: mesh/mesh.yaml:32:17: spec.services[0].clusters: the only home of bookinfo/reviews, "west", is leaving; a copy answers for the name, and no endpoint answers the call (IST421)
isthmus: fix: run it in another cluster and name that here, or remove the entry
`,
		},
		{
			name: "a file of them",
			edit: []string{leaves, gone, `    - name: reviews
      namespace: bookinfo
      ports: [{name: http, port: 9080}]
      clusters: [east]
`, `    - file: services/shop.yaml
      namespace: shop
      clusters: [west]
`},
			files: map[string]string{"services/shop.yaml": service("a") + service("b") + service("c") + service("d") + service("e")},
			want: `isthmus: warning: mesh/mesh.yaml:29:17: spec.services[0].clusters: the only home of shop/a, shop/b, shop/c and 2 more, "west", is leaving; a copy answers for the name, and no endpoint answers the call (IST421)
isthmus: fix: run it in another cluster and name that here, or remove the entry
`,
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, warnings := accepted(t, edited(t, base, append(third[:2:2], test.edit...)...), test.files)
			if diff := cmp.Diff(test.want, warnings); diff != "" {
				t.Errorf("warnings (-want +got):\n%s", diff)
			}
		})
	}
}

// service gives the manifest of a Service.
func service(name string) string {
	return "---\napiVersion: v1\nkind: Service\nmetadata: {name: " + name + "}\nspec: {ports: [{port: 80}]}\n"
}
