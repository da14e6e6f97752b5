package mesh_test

import (
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
)

// external asks for an external store, with the fields given, and whatever else
// is changed.
func external(fields string, more ...string) []string {
	return append([]string{"  clusters:\n", "  secrets: {backend: external, external: {" + fields + "}}\n  clusters:\n"}, more...)
}

// TestExternal: what a mesh says of the store that keeps its credentials.
func TestExternal(t *testing.T) {
	note := method(15)
	prefixed := func(prefix string) string {
		return `isthmus: error: mesh/mesh.yaml:8:73: spec.secrets.external.prefix: "` + prefix + `" cannot stand before the name of an entry; it is letters, digits, "-", "_", "." and single "/", with a letter or digit first (IST014)
isthmus: fix: write it as "mesh/" or "mesh-"
` + note
	}
	cases := []rejection{
		{name: "good", mesh: today, edit: external("store: {name: vault}"), want: note},
		{name: "a store of one namespace", mesh: today, edit: external("store: {kind: SecretStore, name: a.b}, prefix: a_B.c/d-"), want: note},
		{name: "no store", mesh: today, edit: external(""), want: `isthmus: error: mesh/mesh.yaml:8:42: spec.secrets.external.store.name: is missing; the operator of external-secrets asks that store (IST009)
isthmus: fix: name the store that each cluster with a control plane has
` + note},
		{name: "misspelt", mesh: today, edit: external("store: {kind: secretStore, name: Vault_1}, path: x"), want: `isthmus: error: mesh/mesh.yaml:8:57: spec.secrets.external.store.kind: "secretStore" is not one of ClusterSecretStore, SecretStore (IST012)
isthmus: fix: did you mean "SecretStore"?
isthmus: error: mesh/mesh.yaml:8:86: spec.secrets.external.path: unknown field "path" (IST008)
isthmus: fix: the fields here are store, prefix
` + note},
		{name: "a name of no object", mesh: today, edit: external("store: {name: Vault_1}"), want: `isthmus: error: mesh/mesh.yaml:8:57: spec.secrets.external.store.name: "Vault_1" is not a domain name (IST021)
isthmus: fix: write DNS labels joined by dots, as in "cluster.local"
` + note},
		{name: "of another backend", mesh: today, edit: external("store: {name: vault}", "backend: external", "backend: sops"), want: `isthmus: error: mesh/mesh.yaml:8:38: spec.secrets.external: backend: sops asks no store for anything (IST529)
isthmus: fix: write backend: external, or remove it
` + note},
		{name: "still sealed", mesh: today, edit: external("store: {name: vault}"), files: map[string]string{"sealed/east/cacerts.yaml": sealedCACerts}, want: note + `isthmus: error: mesh/sealed/.tags.lock: does not exist, and 1 sealed Secret is there; somebody else may have sealed it: whoever has the cluster's certificate can (IST537)
isthmus: fix: bring the file back from Git; where the key of the tags is lost, look at the history of what is sealed, and seal it all again: isthmus secrets create and isthmus ca issue, with --accept for each sealing key
isthmus: warning: mesh/sealed/east/cacerts.yaml: is still sealed, and spec.secrets.backend is external; the cluster opens this file, and asks the store for nothing, until it is removed (IST535)
isthmus: fix: put it into the store: isthmus ca issue east … -- <program> {key}; then take the file away: isthmus secrets remove east
`},
	}
	for _, prefix := range []string{"-mesh", "/mesh", "mesh/../db/", "./a", "a//b", "mesh {key}", strings.Repeat("a", 201)} {
		cases = append(cases, rejection{name: "prefix " + prefix, mesh: today, edit: external(`store: {name: vault}, prefix: "` + prefix + `"`), want: prefixed(prefix)})
	}
	rejected(t, cases)
}

// TestExternalDefaults: a store of the whole cluster, and entries that no other
// mesh has.
func TestExternalDefaults(t *testing.T) {
	m, problems := load(edited(t, today, external("store: {name: vault}")...), nil)
	if m == nil {
		t.Fatal(problems.Text())
	}
	want := mesh.Entries{Store: mesh.StoreRef{Kind: mesh.ClusterSecretStore, Name: "vault"}, Prefix: m.Metadata.Name + "-"}
	if diff := gocmp.Diff(want, m.Spec.Secrets.External); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
}
