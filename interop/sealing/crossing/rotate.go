package crossing

import (
	"bytes"
	"maps"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// Rotates holds what the controller itself makes of a manifest when it encrypts
// again (kubeseal --re-encrypt). It takes the template's metadata from the object
// wherever the two differ, and drops the object's own: what isthmus seals outlives
// that once, with the label that istiod looks for, and verify tells that the file
// is not the same any more.
func Rotates(t *testing.T, u Upstream) {
	s, f := remote(), files("east")
	b := backend(f)
	manifest, err := b.Seal(&s, nil)
	if err != nil {
		t.Fatal(err)
	}
	old, renewed := keySecret("east", -30), keySecret("renewed", 0)
	rotate := func(manifest []byte) []byte {
		t.Helper()
		out, err := u.Rotate(t, manifest, old, renewed)
		if err != nil {
			t.Fatal(err)
		}
		// The controller answers without them, and kubeseal writes them.
		var o map[string]any
		if err := yaml.Unmarshal(out, &o); err != nil {
			t.Fatal(err)
		}
		o["apiVersion"], o["kind"] = "bitnami.com/v1alpha1", "SealedSecret"
		if out, err = yaml.Marshal(o); err != nil {
			t.Fatal(err)
		}
		return out
	}
	once := rotate(manifest)
	opened, err := u.Unseal(once, keys("renewed"))
	if err != nil {
		t.Fatal(err)
	}
	if !maps.Equal(opened.Labels, s.Labels) || !maps.Equal(opened.Annotations, s.Annotations) || !maps.EqualFunc(opened.Data, data(&s), bytes.Equal) {
		t.Errorf("encrypted again it opens as %v, %v, %d keys", opened.Labels, opened.Annotations, len(opened.Data))
	}
	if _, err := u.Unseal(once, keys("east")); err == nil {
		t.Error("it was not encrypted again: the old key still opens it")
	}
	if problems := b.Inspect("a.yaml", once, s.Shape()); !strings.Contains(problems.Error(), `metadata.labels: istio/multiCluster is not "true"`) {
		t.Errorf("what it lost is not reported: %v", problems)
	}
	// A second time loses the label, as does the first without the mirror: where
	// this fails the controller has changed, and the mirror may go.
	bare := strings.Replace(string(manifest), "  labels:\n    istio/multiCluster: \"true\"\n", "", 1)
	if bare == string(manifest) {
		t.Fatalf("no labels in\n%s", manifest)
	}
	for what, out := range map[string][]byte{"a second time": rotate(once), "without the mirror": rotate([]byte(bare))} {
		lost, err := u.Unseal(out, keys("renewed"))
		if err != nil || len(lost.Labels) > 0 {
			t.Errorf("%s: %v, %v", what, lost, err)
		}
	}
}
