package crossing

import (
	"bytes"
	"maps"
	"testing"

	"sigs.k8s.io/yaml"

	"github.com/isthmus-mesh/isthmus/generators/seal"
	"github.com/isthmus-mesh/isthmus/generators/seal/sealtest"
)

const (
	namespaceWide = "sealedsecrets.bitnami.com/namespace-wide"
	clusterWide   = "sealedsecrets.bitnami.com/cluster-wide"
)

// Scopes holds what is sealed in each scope against each way to put it elsewhere.
// isthmus seals in the scope strict alone, of which upstream opens none; of the
// wider ones it opens some, and isthmus reports all, without a key.
func Scopes(t *testing.T, u Upstream) {
	b := backend(files("east"))
	s := seal.Secret{Cluster: "east", Namespace: "istio-system", Name: "cacerts", Data: map[string]seal.Plain{"a": seal.NewPlain([]byte("plaintext"))}}
	type object = map[string]any
	on := func(o object, edit func(meta object)) {
		edit(o["metadata"].(object))
		edit(o["spec"].(object)["template"].(object)["metadata"].(object))
	}
	set := func(key, value string) func(object) { return func(meta object) { meta[key] = value } }
	for scope, opens := range map[string]map[string]bool{
		"":            {},
		namespaceWide: {"renamed": true},
		clusterWide:   {"renamed": true, "moved": true, "both": true},
	} {
		plain := secret(&s)
		other := map[string]string{"": clusterWide, namespaceWide: clusterWide, clusterWide: namespaceWide}[scope]
		if scope != "" {
			plain.Annotations = map[string]string{scope: "true"}
		}
		sealed, err := u.Seal(plain, &sealtest.Key("east").PublicKey)
		if err != nil {
			t.Fatal(err)
		}
		if scope == "" {
			if problems := b.Inspect("a.yaml", sealed, s.Shape()); len(problems) > 0 {
				t.Fatalf("as it is: %v", problems)
			}
		}
		if opened, err := u.Unseal(sealed, keys("east")); err != nil || !maps.EqualFunc(opened.Data, data(&s), bytes.Equal) {
			t.Fatalf("%s: as it is: %v", scope, err)
		}
		for change, edit := range map[string]func(object){
			"renamed":       set("name", "other"),
			"moved":         set("namespace", "default"),
			"both":          func(meta object) { meta["name"], meta["namespace"] = "other", "default" },
			"another scope": func(meta object) { meta["annotations"] = object{other: "true"} },
		} {
			var o object
			if err := yaml.Unmarshal(sealed, &o); err != nil {
				t.Fatal(err)
			}
			on(o, edit)
			text, err := yaml.Marshal(o)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := u.Unseal(text, keys("east")); (err == nil) != opens[change] {
				t.Errorf("scope %q, %s: upstream opens it: %t, %v", scope, change, err == nil, err)
			}
			if problems := b.Inspect("a.yaml", text, s.Shape()); len(problems) == 0 {
				t.Errorf("scope %q, %s: not reported", scope, change)
			}
		}
	}
}
