package review

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/isthmus-mesh/isthmus/generators/rule"
)

// What an external store holds is not in Git; from where it is taken, and that it
// was put anew, is.
func TestExternalRisks(t *testing.T) {
	external := func(name, put string) string {
		return fmt.Sprintf(`apiVersion: external-secrets.io/v1
kind: ExternalSecret
metadata: {name: %s, namespace: i}
spec:
  secretStoreRef: {kind: SecretStore, name: vault}
  target: {name: %[1]s, template: {metadata: {annotations: {isthmus.dev/put: %q}}}}
  data:
  - {secretKey: a, remoteRef: {key: mesh/e, property: a}}
  - {secretKey: b, remoteRef: {key: mesh/e, property: b}}
`, name, put)
	}
	const remote = "istio-remote-secret-west"
	for _, test := range []struct {
		name, object string
		edit         []string // of the text afterwards
		want         []string
	}{
		{"the store", remote, []string{"name: vault", "name: other"}, []string{"IST938 ExternalSecret/i/istio-remote-secret-west: it is taken from SecretStore/other mesh/e, and not from SecretStore/vault mesh/e"}},
		{"its kind", remote, []string{"kind: SecretStore", "kind: ClusterSecretStore"}, []string{"IST938 ExternalSecret/i/istio-remote-secret-west: it is taken from ClusterSecretStore/vault mesh/e, and not from SecretStore/vault mesh/e"}},
		{"the prefix", remote, []string{"mesh/", "other-"}, []string{"IST938 ExternalSecret/i/istio-remote-secret-west: it is taken from SecretStore/vault other-e, and not from SecretStore/vault mesh/e"}},
		{"one key", "cacerts", []string{"key: mesh/e, property: b", "key: mesh/f, property: b"}, []string{"IST938 ExternalSecret/i/cacerts: it is taken from SecretStore/vault mesh/e mesh/f, and not from SecretStore/vault mesh/e"}},
		{"a property", "cacerts", []string{"property: b", "property: c"}, []string{"IST938 ExternalSecret/i/cacerts: what is made of SecretStore/vault mesh/e changes"}},
		{"a template of its own", remote, []string{"template: {", "template: {data: {west: x}, "}, []string{"IST938 ExternalSecret/i/istio-remote-secret-west: what is made of SecretStore/vault mesh/e changes"}},
		{"all of another entry", remote, []string{"  data:", "  dataFrom: [{extract: {key: mine}}]\n  data:"}, []string{"IST938 ExternalSecret/i/istio-remote-secret-west: what is made of SecretStore/vault mesh/e changes"}},
		{"a credential put anew", remote, []string{`put: "1"`, `put: "2"`}, nil},
		{"cacerts put anew", "cacerts", []string{`put: "1"`, `put: "2"`}, []string{"IST932 ExternalSecret/i/cacerts is another, or was put into its store anew"}},
		{"no longer there", remote, nil, []string{"IST906 ExternalSecret/i/istio-remote-secret-west is no longer rendered"}},
		{"cacerts no longer there", "cacerts", nil, []string{"IST931 ExternalSecret/i/cacerts is no longer rendered"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			before, after := external(test.object, "1"), ""
			if test.edit != nil {
				after = strings.NewReplacer(test.edit...).Replace(before)
			}
			var got []string
			for _, r := range between("remotes/"+test.object+".yaml", before, after).Risks {
				got = append(got, r.Rule+" "+r.What)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("risks (-want +got):\n%s", diff)
			}
		})
	}
	if rule.EntryChanges.Severity != rule.SealingKeyChanges.Severity {
		t.Error("another entry is as grave as another sealing key")
	}
}
