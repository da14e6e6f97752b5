package render

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

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
						file, err := objects.File(f)
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
