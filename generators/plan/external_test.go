package plan

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/seal"
)

// TestExternalSecrets: one object owns a Secret, which a sealed file goes on doing;
// and what was put elsewhere is nothing to the entry that is asked for now.
func TestExternalSecrets(t *testing.T) {
	const west = "istio-remote-secret-west"
	put := seal.Put{Store: "ClusterSecretStore/vault", Key: "shop-" + west, Type: "Opaque", Tag: strings.Repeat("0123456789abcdef", 4)}
	elsewhere := put
	elsewhere.Key = "mesh/" + west
	cacerts := seal.Put{Store: "ClusterSecretStore/vault", Key: "shop-cacerts-east", Type: "kubernetes.io/tls", Tag: put.Tag}
	for _, test := range []struct {
		name             string
		given            func(*mesh.Mesh)
		state            mesh.State
		secrets, remotes []string
		annotation       string
	}{
		{name: "nothing put", given: func(*mesh.Mesh) {}, secrets: []string{"cacerts.yaml cacerts"}, remotes: []string{west + ".yaml " + west}},
		{name: "put", given: func(m *mesh.Mesh) { m.Puts = map[string]seal.Put{west: put} }, secrets: []string{"cacerts.yaml cacerts"}, remotes: []string{west + ".yaml " + west}, annotation: "0123456789abcdef"},
		{name: "put elsewhere", given: func(m *mesh.Mesh) { m.Puts = map[string]seal.Put{west: elsewhere} }, secrets: []string{"cacerts.yaml cacerts"}, remotes: []string{west + ".yaml " + west}},
		{name: "removed", given: func(m *mesh.Mesh) { m.Removed = map[string]bool{"west": true} }, state: mesh.Leaving, secrets: []string{"cacerts.yaml cacerts"}},
		{name: "removed, and active again", given: func(m *mesh.Mesh) { m.Removed = map[string]bool{"west": true} }, secrets: []string{"cacerts.yaml cacerts"}, remotes: []string{west + ".yaml " + west}},
		{name: "sealed too", given: func(m *mesh.Mesh) {
			m.Sealed = []seal.File{{Cluster: "east", Name: "cacerts"}, {Cluster: "east", Name: west}}
		}, secrets: []string{"cacerts.yaml", west + ".yaml"}},
		{name: "of three keys", given: func(m *mesh.Mesh) { m.Puts = map[string]seal.Put{"cacerts-east": cacerts} }, secrets: []string{"cacerts.yaml cacerts"}, remotes: []string{west + ".yaml " + west}},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := edited(t, today, "  clusters:\n", "  secrets: {backend: external, external: {store: {name: vault}}}\n  clusters:\n")
			m, problems := mesh.Load(mesh.Source{FS: fstest.MapFS{"mesh.yaml": {Data: []byte(text)}}, Name: "mesh.yaml"})
			if m == nil {
				t.Fatal(problems.Text())
			}
			test.given(m)
			for i := range m.Spec.Clusters {
				if c := &m.Spec.Clusters[i]; c.Name == "west" && test.state != "" {
					c.State = test.state
				}
			}
			p := of(t, m)
			east := p.cluster(t, "east")
			if diff := cmp.Diff(test.secrets, files(east, StageSecrets)); diff != "" {
				t.Errorf("before the control plane (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.remotes, files(east, StageRemotes)); diff != "" {
				t.Errorf("last (-want +got):\n%s", diff)
			}
			for _, u := range p.Units {
				secret, _ := u.Args["secret"].(map[string]any)
				annotations, _ := secret["annotations"].(map[string]any)
				switch {
				case u.Entry == externalEntry && u.Args["name"] == west:
					if got, _ := annotations[PutAnnotation].(string); got != test.annotation {
						t.Errorf("the annotation is %q, not %q", got, test.annotation)
					}
				case u.Entry == externalEntry && len(m.Puts) > 0 && m.Puts["cacerts-east"].Type != "":
					if diff := cmp.Diff([]any{"ca.crt", "tls.crt", "tls.key"}, u.Args["items"]); diff != "" {
						t.Errorf("keys (-want +got):\n%s", diff)
					}
				}
			}
		})
	}
}
