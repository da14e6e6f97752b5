package seal

import (
	"strings"
	"testing"
)

// A Secret may have one of several forms, and then has that form's keys.
func TestVerifyForms(t *testing.T) {
	key := NewKey()
	plugged := cacerts("east", "one")
	tls := plugged
	tls.Type = "kubernetes.io/tls"
	tls.Data = map[string]Plain{"tls.crt": NewPlain([]byte("a")), "tls.key": NewPlain([]byte("b"))}
	forms := []Shape{plugged.Shape(), tls.Shape()}
	mixed := tls
	mixed.Data = plugged.Data
	for _, test := range []struct {
		name   string
		secret Secret
		want   string
	}{
		{"the one", plugged, ""},
		{"the other", tls, ""},
		{"the keys of the one in the other", mixed, "spec.encryptedData: holds the keys ca-cert.pem, ca-key.pem, cert-chain.pem, root-cert.pem, not tls.crt, tls.key"},
	} {
		f := newFolder(t, "east")
		f.put(t, key, test.secret)
		got := f.store(t, key).Verify(forms)
		if test.want == "" && len(got) > 0 || !strings.Contains(got.Error(), test.want) {
			t.Errorf("%s: got %v, want %s", test.name, got, test.want)
		}
	}
}

// Without a pin, or with one that nobody with the key made, what is sealed is
// said to be for nobody's key.
func TestVerifyMissesThePin(t *testing.T) {
	key := NewKey()
	f := newFolder(t, "east")
	s := cacerts("east", "one")
	f.put(t, key, s)
	l, err := parseLock("", f.MapFS[LockPath].Data)
	if err != nil {
		t.Fatal(err)
	}
	l.pins = map[string]pin{}
	f.set(LockPath, l.encode())
	for _, k := range []Key{key, {}} {
		got := f.store(t, k).Verify([]Shape{s.Shape()})
		if want := "mesh/sealed/east/cacerts.yaml: is sealed for a key that is not the cluster's pinned one"; !strings.Contains(got.Error(), want) {
			t.Errorf("got %v, want %s", got, want)
		}
	}
}

// Only an odd exponent from 3 on hides anything.
func TestExponent(t *testing.T) {
	for e, want := range map[int]bool{1: false, 2: false, 3: true, 4: false, 65537: true, 65536: false} {
		if got := hides(e); got != want {
			t.Errorf("%d: %t", e, got)
		}
	}
}

// A file that was sealed anew, but whose line was not written, is taken up again
// by what it holds; one that holds anything else is not.
func TestResumed(t *testing.T) {
	key := NewKey()
	mine := cacerts("east", "one")
	mine.Origin = "token-2"
	for _, test := range []struct {
		name   string
		secret Secret
		want   bool
	}{{"the same", mine, true}, {"another", cacerts("east", "two"), false}} {
		f := newFolder(t, "east")
		f.put(t, key, mine)
		data, err := f.backend().Seal(&test.secret, nil)
		if err != nil {
			t.Fatal(err)
		}
		f.set(Path("east", "cacerts"), data)
		for _, k := range []Key{key, NewKey(), {}} {
			s, err := OpenStore(f, Options{Backend: f.backend(rsaKey(t, "east")), Key: k, Dir: "mesh", Kustomization: list})
			if err != nil {
				t.Fatal(err)
			}
			secret, got := s.Resumed("east", "cacerts")
			if want := test.want && same(string(k.bytes), string(key.bytes)); got != want {
				t.Errorf("%s: %t, want %t", test.name, got, want)
			} else if got && (secret.Origin != mine.Origin || !secret.NotAfter.Equal(mine.NotAfter)) {
				t.Errorf("%s: %+v", test.name, secret)
			}
		}
	}
}
