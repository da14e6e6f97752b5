package render

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/plan"
	"github.com/isthmus-mesh/isthmus/jsonnet"
)

// The objects have the shape that the releases take and make themselves.
func TestShape(t *testing.T) {
	for _, test := range []struct {
		name, folder, cluster, stage string
		want                         string
	}{
		{name: "1.4", folder: "guide-1.4", cluster: "remote0", stage: "control-plane", want: "remote-1.4.yaml"},
		{name: "1.5", folder: "overlay-1.5", cluster: "remote", stage: "control-plane", want: "remote-1.5.yaml"},
		{name: "a copy", folder: "overlay-1.5", cluster: "primary", stage: "services", want: "primary-services-1.5.yaml"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := planned(t, filepath.Join("../testdata", test.folder, "mesh"))
			objects, err := Of(jsonnet.Files, p)
			if err != nil {
				t.Fatal(err)
			}
			var got []map[string]any
			for _, c := range p.Clusters {
				for _, s := range c.Stages {
					for _, f := range s.Files {
						if c.Name != test.cluster || s.Name != test.stage {
							continue
						}
						file, err := objects.pick(f)
						if err != nil {
							t.Fatal(err)
						}
						for _, o := range file {
							got = append(got, o.Value)
						}
					}
				}
			}
			data, err := os.ReadFile(filepath.Join("testdata", test.want))
			if err != nil {
				t.Fatal(err)
			}
			var want []map[string]any
			for document := range strings.SplitSeq(string(data), "\n---\n") {
				var o map[string]any
				if err := yaml.Unmarshal([]byte(document), &o); err != nil {
					t.Fatal(err)
				}
				want = append(want, o)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("objects (-want +got):\n%s", diff)
			}
		})
	}
}

// What the user's values say stays, beside what isthmus decides in the same
// maps.
func TestValues(t *testing.T) {
	const text = `apiVersion: isthmus.dev/v1alpha1
kind: Mesh
metadata: {name: a}
spec:
  istio:
    version: "1.5.10"
    clusterDomain: corp.local
    values:
      global:
        mtls: {auto: true}
        multiCluster: {globalDomainSuffix: global}
        proxy: {logLevel: debug}
        tracer: {lightstep: {secure: true}, zipkin: {extra: 1}}
        sds: {enabled: true}
      security: {citadelHealthCheck: true}
      pilot: {traceSampling: 0.5}
  tracing: {zipkin: "zipkin.example.com:9411"}
  clusters:
    - name: b
      apiServer: https://b
      podCIDRs: [10.10.0.0/16]
      serviceCIDRs: [10.11.0.0/16]
      controlPlane: {addresses: [10.10.0.5]}
`
	m, problems := mesh.Load(mesh.Source{FS: fstest.MapFS{"mesh.yaml": {Data: []byte(text)}}, Name: "mesh.yaml"})
	if m == nil {
		t.Fatal(problems.Text())
	}
	p, err := plan.Of(m)
	if err != nil {
		t.Fatal(err)
	}
	objects, err := Of(jsonnet.Files, p)
	if err != nil {
		t.Fatal(err)
	}
	file, err := objects.pick(p.Clusters[0].Stages[1].Files[0])
	if err != nil {
		t.Fatal(err)
	}
	type values = map[string]any
	want := values{
		"global": values{
			"istioNamespace": "istio-system", "meshID": "a", "network": "network1", "trustDomain": "cluster.local",
			"mtls":         values{"auto": true, "enabled": true},
			"multiCluster": values{"globalDomainSuffix": "global", "clusterName": "b"},
			"proxy":        values{"logLevel": "debug", "clusterDomain": "corp.local"},
			"tracer":       values{"lightstep": values{"secure": true}, "zipkin": values{"extra": 1.0, "address": "zipkin.example.com:9411"}},
			"sds":          values{"enabled": true},
		},
		"security": values{"citadelHealthCheck": true, "selfSigned": false},
		"pilot":    values{"traceSampling": 0.5},
	}
	if diff := cmp.Diff(want, file[0].Value["spec"].(map[string]any)["values"]); diff != "" {
		t.Errorf("values (-want +got):\n%s", diff)
	}
}
