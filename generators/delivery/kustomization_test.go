package delivery

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestKustomization(t *testing.T) {
	for _, test := range []struct {
		name      string
		resources []string
		want      string
		err       string
	}{
		{
			name:      "in the order given",
			resources: []string{"namespaces", "control-plane", "services/ns-boutique.yaml"},
			want: `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
- namespaces
- control-plane
- services/ns-boutique.yaml
sortOptions:
  order: fifo
`,
		},
		{name: "nothing", err: "a kustomization needs at least one resource"},
		{name: "an empty entry", resources: []string{"a", ""}, err: "resources[1] is empty"},
		{name: "an entry twice", resources: []string{"a", "b", "a"}, err: `resources[2]: "a" is there twice`},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := Kustomization(test.resources)
			if text(err) != test.err {
				t.Errorf("error is %q, want %q", text(err), test.err)
			}
			if diff := cmp.Diff(test.want, string(got)); diff != "" {
				t.Errorf("kustomization (-want +got):\n%s", diff)
			}
		})
	}
}

// text gives the text of an error, "" for none.
func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}
