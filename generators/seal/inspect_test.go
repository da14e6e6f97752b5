package seal

import (
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// sealed gives a folder with one sealed remote Secret, and its manifest.
func sealedRemote(t testing.TB, key Key) (folder, Secret, string) {
	t.Helper()
	f, s := newFolder(t, "east"), remote("east", "west", "a token")
	f.put(t, key, s)
	return f, s, string(f.MapFS[Path("east", s.Name)].Data)
}

// What a manifest lacks, or has that it should not, is found without opening it.
func TestInspect(t *testing.T) {
	f, s, good := sealedRemote(t, NewKey())
	value := f.backend().Values([]byte(good))["west"]
	raw, err := base64.StdEncoding.DecodeString(value)
	if err != nil {
		t.Fatal(err)
	}
	again := func(data []byte) string { return base64.StdEncoding.EncodeToString(data) }
	with := func(old, new string, n int) string {
		changed := strings.Replace(good, old, new, n)
		if changed == good {
			t.Fatalf("%q is not in\n%s", old, good)
		}
		return changed
	}
	last := func(old, new string) string {
		i := strings.LastIndex(good, old)
		return good[:i] + new + good[i+len(old):]
	}
	valued := func(v string) string { return with(value, v, 1) }
	short := func(n int) []byte { return append([]byte{byte(n >> 8), byte(n)}, raw[2:]...) }
	const label, annotation = "    istio/multiCluster: \"true\"\n", "    networking.istio.io/cluster: west\n"
	for _, test := range []struct{ name, text, want string }{
		{"as it is", good, ""},
		// What a re-encryption by the controller, or a person, takes away.
		{"no label on it", with("  labels:\n"+label, "", 1), `metadata.labels: istio/multiCluster is not "true"`},
		{"no label in the template", last("        istio/multiCluster: \"true\"\n", "        other: \"true\"\n"), `spec.template.metadata.labels: istio/multiCluster is not "true"`},
		{"another label", with(label, "    istio/multiCluster: \"false\"\n", 1), `metadata.labels: istio/multiCluster is not "true"`},
		{"no annotation on it", with(annotation, "    other: west\n", 1), `metadata.annotations: networking.istio.io/cluster is not "west"`},
		{"no annotation in the template", last("        networking.istio.io/cluster: west\n", "        other: west\n"), `spec.template.metadata.annotations: networking.istio.io/cluster is not "west"`},
		{"a label more on it", with("  labels:\n", "  labels:\n    more: x\n", 1), "metadata: its labels and annotations are not those of spec.template.metadata"},
		{"another type", good + "    type: kubernetes.io/tls\n", `spec.template.type: "kubernetes.io/tls" is not the type ""`},
		{"renamed", with("name: istio-remote-secret-west", "name: istio-remote-secret-north", 1), `metadata.name: "istio-remote-secret-north" is not the name "istio-remote-secret-west"`},
		{"renamed in the template", last("name: istio-remote-secret-west", "name: istio-remote-secret-north"), `spec.template.metadata.name: "istio-remote-secret-north" is not the name "istio-remote-secret-west"`},
		{"moved", with("namespace: istio-system", "namespace: default", 1), `metadata.namespace: "default" is not the namespace "istio-system"`},
		{"moved in the template", last("namespace: istio-system", "namespace: default"), `spec.template.metadata.namespace: "default" is not the namespace "istio-system"`},
		{"a wider scope", with("  annotations:\n", "  annotations:\n    sealedsecrets.bitnami.com/cluster-wide: \"true\"\n", 1), "sealedsecrets.bitnami.com/cluster-wide widens the scope"},
		{"a wider scope in the template", last("      annotations:\n", "      annotations:\n        sealedsecrets.bitnami.com/namespace-wide: \"true\"\n"), "sealedsecrets.bitnami.com/namespace-wide widens the scope"},
		{"the key of another cluster", with("    west: ", "    north: ", 1), "spec.encryptedData: holds the keys north, not west"},
		{"a key more", with("  encryptedData:\n", "  encryptedData:\n    more: "+value+"\n", 1), "spec.encryptedData: holds the keys more, west, not west"},
		{"another kind", with("kind: SealedSecret", "kind: Sealed", 1), `kind: "Sealed" is not "SealedSecret"`},
		{"another version", with("bitnami.com/v1alpha1", "bitnami.com/v1", 1), `apiVersion: "bitnami.com/v1" is not "bitnami.com/v1alpha1"`},
		{"plaintext", "apiVersion: v1\nkind: Secret\nmetadata: {name: a, namespace: b}\ndata: {a: YQ==}\n", "kind: is a Secret that nobody sealed"},
		// encryptedData that upstream takes for empty, or does not look at.
		{"a list", with("    west: "+value, "  - "+value, 1), "spec.encryptedData: "},
		{"null", with("    west: "+value+"\n", "", 1), "spec.encryptedData: "},
		{"text", with("\n    west: "+value, " text", 1), "spec.encryptedData: "},
		{"a number", valued("12"), "spec.encryptedData.west: "},
		{"nothing", valued(`""`), "spec.encryptedData.west: "},
		{"a map", valued("{a: b}"), "spec.encryptedData.west: "},
		{"null as a value", valued("null"), "spec.encryptedData.west: "},
		{"a bool", valued("true"), "spec.encryptedData.west: "},
		{"a data template", with("  template:\n", "  template:\n    data: {a: b}\n", 1), "spec.template.data: is not what isthmus writes there"},
		{"a field of another", with("spec:\n", "spec:\n  data: AgA=\n", 1), "spec.data: is not what isthmus writes there"},
		{"base64 of another alphabet", valued(strings.NewReplacer("+", "-", "/", "_").Replace(value)), "spec.encryptedData.west: is not base64"},
		{"no padding", valued(strings.TrimRight(again(raw[:len(raw)-len(raw)%3-2]), "=")), "spec.encryptedData.west: is not base64"},
		{"one byte", valued(again(raw[:1])), "spec.encryptedData.west: has 1 bytes"},
		{"the length alone", valued(again(raw[:2])), "spec.encryptedData.west: has 2 bytes, and its RSA part alone 256"},
		{"cut in the RSA part", valued(again(raw[:200])), "spec.encryptedData.west: has 200 bytes"},
		{"cut behind it", valued(again(raw[:258])), "spec.encryptedData.west: has 258 bytes"},
		{"no plaintext", valued(again(raw[:258+16])), "spec.encryptedData.west: has 274 bytes"},
		{"no RSA part", valued(again(short(0))), "spec.encryptedData.west: has an RSA part of 0 bytes"},
		{"a long RSA part", valued(again(short(65535))), "spec.encryptedData.west: has an RSA part of 65535 bytes"},
		{"for a longer key", valued(again(append(short(384), raw...))), "spec.encryptedData.west: is sealed for a key of 3072 bits, and the cluster's has 2048"},
		{"zeros", valued(again(append([]byte{1, 0}, make([]byte, 300)...))), "spec.encryptedData.west: holds nothing but zeros"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := f.backend().Inspect("mesh/a.yaml", []byte(test.text), s.Shape())
			if test.want == "" && len(got) > 0 || !strings.Contains(got.Error(), test.want) {
				t.Errorf("got  %v\nwant %s", got, test.want)
			}
		})
	}
}

// Whatever somebody without the key of the tags puts in the place of what is
// sealed, with the public certificate at hand, is found.
func TestVerifyFindsWhatSomebodyElseSealed(t *testing.T) {
	key := NewKey()
	f := newFolder(t, "east", "north")
	mine := []Secret{remote("east", "west", "a token"), remote("north", "west", "a token"), cacerts("east", "one")}
	f.put(t, key, mine...)
	want := []Shape{mine[0].Shape(), mine[1].Shape(), mine[2].Shape()}
	verify := func(f folder) int { return len(f.store(t, key).Verify(want).Errors()) }
	if got := verify(f); got > 0 {
		t.Fatalf("as it is: %v", f.store(t, key).Verify(want))
	}
	rng := rand.New(rand.NewPCG(1, 2))
	path := Path("east", mine[0].Name)
	sealed := string(f.MapFS[path].Data)
	lock := string(f.MapFS[LockPath].Data)
	change := func(what string, edit func(f folder)) {
		t.Helper()
		c := f.copy()
		edit(c)
		_, err := c.open(key)
		if err == nil && verify(c) == 0 {
			t.Errorf("%s: not found", what)
		}
	}
	for i := range 1000 {
		bit := rng.IntN(len(sealed) * 8)
		change(fmt.Sprintf("bit %d", bit), func(f folder) {
			data := []byte(sealed)
			data[bit/8] ^= 1 << (bit % 8)
			f.set(path, data)
		})
		_ = i
	}
	for i := range 100 {
		change(fmt.Sprintf("sealed by somebody else, %d", i), func(f folder) {
			theirs := remote("east", "west", fmt.Sprintf("a token of theirs, %d", i))
			if i%2 == 0 {
				theirs = mine[0] // the very plaintext
			}
			data, err := f.backend().Seal(&theirs, nil)
			if err != nil {
				t.Fatal(err)
			}
			f.set(path, data)
			if i%4 < 2 {
				return
			}
			// With tags of a key of their own.
			other := f.store(t, NewKey())
			other.lock.pins = map[string]pin{}
			other.lock.files = map[string]record{}
			other.sealed = map[string][]byte{}
			if _, err := other.Put(theirs); err != nil {
				t.Fatal(err)
			}
			forged := other.lock.files[path]
			merged, err := parseLock("", []byte(lock))
			if err != nil {
				t.Fatal(err)
			}
			merged.files[path] = forged
			f.set(path, other.sealed[path])
			f.set(LockPath, merged.encode())
		})
	}
	for i := range 100 {
		change(fmt.Sprintf("swapped between clusters, %d", i), func(f folder) {
			a, b := f.MapFS[path].Data, f.MapFS[Path("north", mine[1].Name)].Data
			f.set(path, b)
			if i%2 == 0 {
				f.set(Path("north", mine[1].Name), a)
			}
		})
	}
	names := []string{"ca-cert.pem", "ca-key.pem", "cert-chain.pem", "root-cert.pem"}
	for i := range 50 {
		change(fmt.Sprintf("keys renamed, %d", i), func(f folder) {
			at := Path("east", "cacerts")
			a, b := names[i%4], names[(i+1+i/4%3)%4]
			if a == b {
				b = "other.pem"
			}
			data := string(f.MapFS[at].Data)
			data = strings.NewReplacer(a+": ", b+": ", b+": ", a+": ").Replace(data)
			f.set(at, []byte(data))
		})
	}
	change("removed", func(f folder) { delete(f.MapFS, path) })
	change("removed with its tags", func(f folder) {
		delete(f.MapFS, path)
		l, err := parseLock("", []byte(lock))
		if err != nil {
			t.Fatal(err)
		}
		l.forget(path)
		f.set(LockPath, l.encode())
	})
	change("no tags", func(f folder) { delete(f.MapFS, LockPath) })
	change("a later expiry", func(f folder) {
		f.set(LockPath, []byte(strings.Replace(lock, "2028-", "2038-", 1)))
	})
	change("another key pinned", func(f folder) {
		f.set(CertificatePath("east"), current(t, "renewed"))
		c, _ := ParseCertificate("", current(t, "renewed"))
		was, _ := ParseCertificate("", current(t, "east"))
		f.set(LockPath, []byte(strings.ReplaceAll(lock, "pin sealing/east.pem "+was.Print, "pin sealing/east.pem "+c.Print)))
	})
}
