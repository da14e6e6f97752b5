package seal

import (
	"strings"
	"testing"
)

// Nothing but what isthmus seals is copied into an overlay: no plaintext under
// another kind, in a template, or for another namespace.
func TestCheck(t *testing.T) {
	_, s, good := sealedRemote(t, NewKey())
	with := func(old, new string) string {
		changed := strings.Replace(good, old, new, 1)
		if changed == good {
			t.Fatalf("%q is not in\n%s", old, good)
		}
		return changed
	}
	value := SealedSecrets{}.Values([]byte(good))["west"]
	const meta = "metadata: {name: istio-remote-secret-west, namespace: istio-system}\n"
	for _, test := range []struct{ name, text, want string }{
		{"as it is", good, ""},
		{"a Secret", "apiVersion: v1\nkind: Secret\n" + meta + "stringData: {west: hunter2}\n", "kind: is a Secret that nobody sealed"},
		{"a Secret in lower case", "apiVersion: v1\nkind: secret\n" + meta + "stringData: {west: hunter2}\n", "kind: is a Secret that nobody sealed"},
		{"an ExternalSecret", "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\n" + meta + "spec: {target: {template: {data: {west: hunter2}}}}\n", "kind: is not a kind of sealed Secret"},
		{"a template with data", with("  template:\n", "  template:\n    data: {west: hunter2}\n"), "spec.template.data: is not what isthmus writes there"},
		{"a value that is not sealed", with(value, "aHVudGVyMg=="), "spec.encryptedData.west: has an RSA part of"},
		{"a value that is text", with(value, "hunter2"), "spec.encryptedData.west: is not base64"},
		{"beside the values", with("spec:\n", "stringData: {west: hunter2}\nspec:\n"), "stringData: is not what isthmus writes there"},
		{"another namespace", strings.ReplaceAll(good, "namespace: istio-system", "namespace: kube-system"), `metadata.namespace: is not the mesh's namespace "istio-system"`},
		{"another namespace in the template", good[:strings.LastIndex(good, "istio-system")] + "kube-system" + good[strings.LastIndex(good, "istio-system")+len("istio-system"):], "spec.template.metadata.namespace: "},
		{"another name", strings.ReplaceAll(good, "name: istio-remote-secret-west", "name: west"), "metadata.name: is not the name that the file has"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := File{Cluster: "east", Name: s.Name, Data: []byte(test.text)}.Check("mesh", "istio-system")
			if test.want == "" && len(got) > 0 || !strings.Contains(got.Error(), test.want) {
				t.Errorf("got  %v\nwant %s", got, test.want)
			}
			if strings.Contains(got.Text(), "hunter2") {
				t.Errorf("quotes the plaintext: %v", got)
			}
		})
	}
}
