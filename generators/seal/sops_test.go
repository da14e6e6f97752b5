package seal

import (
	_ "embed"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/isthmus-mesh/isthmus/generators/diag"
)

// realSOPS is what sops 3.13.3 made of a remote Secret.
//
//go:embed testdata/sops.yaml
var realSOPS string

// printing gives a sops that prints this, and counts.
func printing(text string, runs *int) func([]string, []byte) ([]byte, error) {
	return func([]string, []byte) ([]byte, error) {
		*runs++
		return []byte(text), nil
	}
}

// What sops left undone, or somebody did to its file, is found without opening
// it, by Inspect and by what copies it.
func TestInspectSOPS(t *testing.T) {
	const value = "ENC[AES256_GCM,data:"
	s := remote("east", "west", "a token")
	with := func(old, new string) string {
		changed := strings.Replace(realSOPS, old, new, 1)
		if changed == realSOPS {
			t.Fatalf("%q is not in\n%s", old, realSOPS)
		}
		return changed
	}
	without := func(from, to string) string {
		i := strings.Index(realSOPS, from)
		return realSOPS[:i] + realSOPS[i+strings.Index(realSOPS[i:], to):]
	}
	for _, test := range []struct {
		name, text, want string
		copied           bool // render takes it
	}{
		{name: "as it is", text: realSOPS, copied: true},
		{name: "a value left plain", text: with("west: "+value, "more: aGVsbG8=\n    west: "+value), want: "data.more: is not encrypted"},
		{name: "a value in other words", text: with(value, "ENC[AES128_GCM,data:"), want: "data.west: is not encrypted"},
		{name: "a value that only looks so", text: with("    west: ENC", "    more: ENC[AES256_GCM,data:aGVsbG8=,iv:,tag:,type:str]\n    west: ENC"), want: "data.more: is not encrypted"},
		{name: "plain text beside it", text: with("kind: Secret", "stringData:\n    west: hunter2\nkind: Secret"), want: "stringData.west: is not encrypted"},
		{name: "no values", text: without("    west:", "kind:"), want: "data"},
		{name: "a name that is encrypted", text: with("name: istio-remote-secret-west", "name: ENC[AES256_GCM,data:x]"), want: "metadata.name: is encrypted"},
		{name: "a label that is encrypted", text: with(`"true"`, `"ENC[AES256_GCM,data:x]"`), want: "metadata.labels: is encrypted"},
		{name: "a kind that is encrypted", text: with("kind: Secret", `kind: "ENC[AES256_GCM,data:x]"`), want: "kind"},
		{name: "no mac", text: without("    mac:", "    version:"), want: "sops.mac: is no code over the file"},
		{name: "a mac that is none", text: with("mac: ENC", "mac: x"), want: "sops.mac: is no code over the file"},
		{name: "no time", text: without("    lastmodified:", "    mac:"), want: "sops.lastmodified: is no time"},
		{name: "another regex", text: with("^(data|stringData)$", "data|stringData"), want: "sops.encrypted_regex: is not ^(data|stringData)$"},
		{name: "no regex", text: without("    encrypted_regex:", "    lastmodified:"), want: "sops.encrypted_regex: is not ^(data|stringData)$"},
		{name: "a suffix too", text: realSOPS + "    unencrypted_suffix: _plain\n", want: "sops: says in more than one way what is encrypted"},
		{name: "nobody", text: without("    age:", "    encrypted_regex:"), want: "sops: names nobody who could open it"},
		{name: "a field that sops does not write", text: realSOPS + "    more: x\n", want: "is not what isthmus writes there"},
		{name: "what kubectl applied", text: with("annotations:\n", "annotations:\n        kubectl.kubernetes.io/last-applied-configuration: '{}'\n"), want: "metadata.annotations: hold what kubectl applied"},
		{name: "no sops at all", text: without("sops:", "    age:")[:strings.Index(realSOPS, "sops:")], want: "kind: is a Secret that nobody sealed"},
		{name: "two documents", text: realSOPS + "---\nkind: Secret\n", want: "is not what isthmus writes there"},
		{name: "a SealedSecret", text: with("kind: Secret", "kind: SealedSecret"), want: `kind: "SealedSecret" is not "Secret"`},
		{name: "renamed", text: with("name: istio-remote-secret-west", "name: istio-remote-secret-north"), want: `metadata.name: "istio-remote-secret-north" is not the name "istio-remote-secret-west"; Flux`},
		{name: "moved", text: with("namespace: istio-system", "namespace: default"), want: `metadata.namespace: "default" is not the namespace "istio-system"; Flux`},
		{name: "another key", text: with("    west: ENC", "    north: ENC"), want: "data: holds the keys north, not west", copied: true},
		{name: "another type", text: with("kind: Secret", "kind: Secret\ntype: kubernetes.io/tls"), want: `type: "kubernetes.io/tls" is not the type ""`, copied: true},
		{name: "no label", text: with(`istio/multiCluster: "true"`, "other: x"), want: `metadata.labels: istio/multiCluster is not "true"`, copied: true},
		{name: "another version", text: with("apiVersion: v1", "apiVersion: v2"), want: `apiVersion: "v2" is not "v1"`, copied: true},
	} {
		t.Run(test.name, func(t *testing.T) {
			problems := SOPS{}.Inspect("a.yaml", []byte(test.text), s.Shape())
			if (test.want == "") != (len(problems) == 0) || !strings.Contains(problems.Text(), test.want) {
				t.Errorf("Inspect: got\n%s\nwant %q", problems.Text(), test.want)
			}
			checked := File{Cluster: "east", Name: s.Name, Data: []byte(test.text)}.Check("mesh", "istio-system")
			if (len(checked) == 0) != test.copied {
				t.Errorf("Check: %v", checked)
			}
		})
	}
}

// sops runs where something is to be sealed, and otherwise not.
func TestSOPSOnce(t *testing.T) {
	f, key, runs := newFolder(t), NewKey(), 0
	s := remote("east", "west", "a token")
	backend := SOPS{Run: printing(realSOPS, &runs)}
	var accept []string
	put := func(b Backend, s Secret) (Outcome, error) {
		store, err := OpenStore(f, Options{Backend: b, Key: key, Dir: "mesh", Accept: accept, Kustomization: list})
		if err != nil {
			t.Fatal(err)
		}
		o, err := store.Put(s)
		if err == nil {
			f.write(t, store)
		}
		return o, err
	}
	for i, want := range []Outcome{New, Unchanged, Unchanged} {
		if o, err := put(backend, s); o != want || err != nil || runs != 1 {
			t.Fatalf("run %d: %q, %v, sops ran %d times", i, o, err, runs)
		}
	}
	if o, err := put(backend, remote("east", "west", "another token")); o != NewContent || err != nil || runs != 2 {
		t.Errorf("%q, %v, sops ran %d times", o, err, runs)
	}
	const recipient = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
	same := ParseSOPSRules([]byte("creation_rules: [{age: "+recipient+"}]"), "mesh")
	if o, err := put(SOPS{Run: backend.Run, Rules: same}, remote("east", "west", "another token")); o != Unchanged || err != nil || runs != 2 {
		t.Errorf("with its rule: %q, %v, sops ran %d times", o, err, runs)
	}
	other := ParseSOPSRules([]byte("creation_rules: [{age: age1other}]"), "mesh")
	accept = []string{recipientsPrint([]string{"age age1other"})}
	_, err := put(SOPS{Run: backend.Run, Rules: other}, remote("east", "west", "another token"))
	var p *diag.Problem
	if !errors.As(err, &p) || p.What != "sops sealed it for age "+recipient+", and .sops.yaml says age age1other" || runs != 3 {
		t.Errorf("with another rule: %v, sops ran %d times", err, runs)
	}
}

// Rules that are not age alone say nothing of who can open.
func TestSOPSRules(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"none", "", ""},
		{"not YAML", "creation_rules: [", ""},
		{"one", "creation_rules: [{age: 'age1b, age1a'}]", "age age1a age age1b"},
		{"a list", "creation_rules: [{age: [age1b, age1b]}]", "age age1b"},
		{"the first that has the path", "creation_rules: [{path_regex: ^sealed, age: age1c}, {path_regex: ^mesh/sealed/east/, age: age1a}, {age: age1b}]", "age age1a"},
		{"another cluster's", "creation_rules: [{path_regex: west/, age: age1a}]", ""},
		{"files apart", "creation_rules: [{path_regex: cacerts, age: age1a}, {age: age1b}]", ""},
		{"KMS too", "creation_rules: [{age: age1a, kms: arn}]", ""},
		{"groups", "creation_rules: [{key_groups: [{age: [age1a]}]}]", ""},
		{"what hides itself", `creation_rules: [{age: "age1a,age1mallory\e[1A\e[2K"}]`, ""},
		{"an SSH key", "creation_rules: [{age: ssh-ed25519 AAAA}]", ""},
		{"a path that is none", "creation_rules: [{path_regex: '(', age: age1a}]", ""},
	} {
		got, known := ParseSOPSRules([]byte(test.text), "mesh").recipients("east")
		if strings.Join(got, " ") != test.want && known || known != (test.want != "") {
			t.Errorf("%s: got %q, %t", test.name, got, known)
		}
	}
}

// A recipient of a file is named so that a terminal shows all of it.
func TestSOPSRecipientsShow(t *testing.T) {
	got, err := sopsRecipients([]byte("sops: {kms: [{arn: \"a\\e[2K\", context: {b: c}}, {arn: d}]}\n"))
	if diff := cmp.Diff([]string{`"kms a\x1b[2K b=c"`, "kms d"}, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}
