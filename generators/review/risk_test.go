package review

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/isthmus-mesh/isthmus/generators/rule"
	"github.com/isthmus-mesh/isthmus/generators/tree"
)

// side gives one with the files of a cluster west.
func side(files map[string]string) *Side {
	part := tree.Part{Name: "west"}
	for name, text := range files {
		part.Files = append(part.Files, tree.File{Path: name, Segments: [][]byte{[]byte(text)}})
	}
	return &Side{Name: "it", Rendered: true, Parts: []tree.Part{part}}
}

// what gives the risks of a rule.
func what(c *Change, r *rule.Rule) []string {
	var all []string
	for _, risk := range c.Risks {
		if risk.Rule == r.Code {
			all = append(all, risk.What)
		}
	}
	return all
}

func TestDefinitionRemoved(t *testing.T) {
	const file = "overlays/west/control-plane/definitions.yaml"
	with := side(map[string]string{file: "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: gateways.example.com}\n"})
	without := side(nil)
	want := []string{"CustomResourceDefinition/gateways.example.com is no longer rendered"}
	if diff := cmp.Diff(want, what(Of(with, without, nil), rule.DefinitionRemoved)); diff != "" {
		t.Error(diff)
	}
	if got := what(Of(without, with, nil), rule.DefinitionRemoved); got != nil {
		t.Errorf("one that comes: %s", got)
	}
}

func TestRemoteSecretRemoved(t *testing.T) {
	for _, kind := range []string{"apiVersion: v1\nkind: Secret\n", "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\n"} {
		const file = "overlays/west/secrets/istio-remote-secret-east.yaml"
		with := side(map[string]string{file: kind + "metadata: {name: istio-remote-secret-east, namespace: istio-system}\n"})
		other := side(map[string]string{file: kind + "metadata: {name: istio-remote-secret-east, namespace: istio-system, labels: {a: b}}\n"})
		got := what(Of(with, side(nil), nil), rule.RemoteSecretRemoved)
		if len(got) != 1 {
			t.Errorf("%s: %q", kind, got)
		}
		if got := what(Of(with, other, nil), rule.RemoteSecretRemoved); got != nil {
			t.Errorf("%s that stays: %q", kind, got)
		}
	}
}

// The root is among the inputs; in the overlays it is sealed.
func TestRootMoves(t *testing.T) {
	with := side(map[string]string{"overlays/west/a.yaml": "a: 1\n"})
	other := side(map[string]string{"overlays/west/a.yaml": "a: 2\n"})
	in := func(root string) *Inputs {
		return &Inputs{
			Base: map[string][]byte{"mesh/ca/root.pem": []byte("one\n"), "mesh/ca/west.pem": []byte("one\n")},
			Head: map[string][]byte{"mesh/ca/root.pem": []byte(root), "mesh/ca/west.pem": []byte("two\n")}, Before: with, After: other,
			RenderEdited: func(map[string][]byte) (*Side, error) { return other, nil },
		}
	}
	want := []string{"mesh/ca/root.pem is another"}
	if diff := cmp.Diff(want, what(Of(with, other, in("two\n")), rule.RootMoves)); diff != "" {
		t.Error(diff)
	}
	for name, root := range map[string]string{"one that stays": "one\n", "one beside it": "one\ntwo\n"} {
		if got := what(Of(with, other, in(root)), rule.RootMoves); got != nil {
			t.Errorf("%s: %q", name, got)
		}
	}
}
