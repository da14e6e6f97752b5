package mesh_test

import "testing"

// TestUnbuilt: fields that nothing renders yet.
func TestUnbuilt(t *testing.T) {
	rejected(t, []rejection{
		{
			name: "local injector",
			edit: []string{
				`serviceCIDRs: [10.120.0.0/16]
`, `serviceCIDRs: [10.120.0.0/16]
      localInjector: true
`,
			},
			want: `isthmus: error: mesh/mesh.yaml:21:22: spec.clusters[1].localInjector: a local injector is not built; this version of isthmus would ignore it (IST016)
isthmus: fix: remove it
`,
		},
		{
			name: "a local injector on a release that has it",
			mesh: today,
			edit: []string{
				`serviceCIDRs: [10.120.0.0/16]
`, `serviceCIDRs: [10.120.0.0/16]
      localInjector: true
`,
			},
			want: method(14) + `isthmus: error: mesh/mesh.yaml:20:22: spec.clusters[1].localInjector: a local injector is not built; this version of isthmus would ignore it (IST016)
isthmus: fix: remove it
`,
		},
		{
			name: "an exposure of a release that has no dialect",
			edit: []string{"expose: clusterIP", "expose: loadBalancer", "1.5.10", "1.6.0"},
			want: `isthmus: error: mesh/mesh.yaml:7:14: spec.istio.version: no dialect covers Istio 1.6.0 (IST201)
isthmus: fix: the versions that work are 1.4.0 to 1.4.10, 1.5.0 to 1.5.10 and 1.24.0 to 1.30.3
`,
		},
		{
			name:  "overrides",
			files: map[string]string{"overrides.jsonnet": "{}"},
			want: `isthmus: error: mesh/overrides.jsonnet: overrides are not built; this version of isthmus would ignore them (IST016)
isthmus: fix: write patches for the clusters in mesh.yaml, and move the file away
`,
		},
	})
}
