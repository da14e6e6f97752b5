package seal

import (
	"errors"
	"maps"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/isthmus-mesh/isthmus/generators/diag"
)

func plaintexts(s *Secret) map[string]string {
	all := map[string]string{}
	for key, p := range s.Data {
		all[key] = string(p.Reveal())
	}
	return all
}

// What is sealed opens with the cluster's key and with no other.
func TestPutSealsForOneCluster(t *testing.T) {
	f, key := newFolder(t, "east", "west"), NewKey()
	want := remote("east", "west", "a token")
	f.put(t, key, want)
	data := f.MapFS[Path("east", want.Name)].Data
	got, err := f.backend(rsaKey(t, "east")).Open("east", data)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(plaintexts(&want), plaintexts(got)); diff != "" {
		t.Errorf("plaintext (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want.Shape(), got.Shape()); diff != "" {
		t.Errorf("shape (-want +got):\n%s", diff)
	}
	if _, err := f.backend(rsaKey(t, "west")).Open("east", data); !errors.Is(err, ErrLocked) {
		t.Errorf("with another cluster's key the error is %v", err)
	}
	moved := []byte(strings.ReplaceAll(string(data), "istio-remote-secret-west", "istio-remote-secret-north"))
	if _, err := f.backend(rsaKey(t, "east")).Open("east", moved); !errors.Is(err, ErrLocked) {
		t.Errorf("under another name the error is %v", err)
	}
}

// A hundred runs give no diff, and one changed key changes one value.
func TestPutSealsOnce(t *testing.T) {
	f, key := newFolder(t, "east", "west"), NewKey()
	all := []Secret{cacerts("east", "one"), remote("east", "west", "a"), cacerts("west", "two")}
	if diff := cmp.Diff([]Outcome{New, New, New}, f.put(t, key, all...)); diff != "" {
		t.Error(diff)
	}
	for range 100 {
		s := f.store(t, key)
		for _, secret := range all {
			if o, err := s.Put(secret); o != Unchanged || err != nil {
				t.Fatalf("%s: %s, %v", &secret, o, err)
			}
		}
		if changes := f.write(t, s); len(changes) > 0 {
			t.Fatalf("a run changed %v", changes)
		}
	}
	before := f.backend().Values(f.MapFS[Path("east", "cacerts")].Data)
	next := cacerts("east", "one")
	next.Data["ca-key.pem"] = NewPlain([]byte("another"))
	s := f.store(t, key)
	if o, err := s.Put(next); o != NewContent || err != nil {
		t.Errorf("%s, %v", o, err)
	}
	var paths []string
	for _, c := range f.write(t, s) {
		paths = append(paths, c.Path)
	}
	if diff := cmp.Diff([]string{"sealed/east/cacerts.yaml", LockPath}, paths); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	after := f.backend().Values(f.MapFS[Path("east", "cacerts")].Data)
	for name := range before {
		if changed := before[name] != after[name]; changed != (name == "ca-key.pem") {
			t.Errorf("%s: changed is %t", name, changed)
		}
	}
}

// What else can change is told apart, and sealed again.
func TestPutSealsAgain(t *testing.T) {
	key := NewKey()
	for _, test := range []struct {
		name   string
		change func(f folder, s *Secret)
		want   Outcome
	}{
		{"a label", func(_ folder, s *Secret) { s.Labels = map[string]string{"a": "b"} }, NewContent},
		{"an annotation", func(_ folder, s *Secret) { s.Annotations = map[string]string{"a": "b"} }, NewContent},
		{"the type", func(_ folder, s *Secret) { s.Type = "kubernetes.io/tls" }, NewContent},
		{"the expiry", func(_ folder, s *Secret) { s.NotAfter = today }, NewContent},
		{"the origin", func(_ folder, s *Secret) { s.Origin = "token-2" }, NewContent},
		{"a key more", func(_ folder, s *Secret) { s.Data["more"] = NewPlain([]byte("x")) }, NewContent},
		{"a key less", func(_ folder, s *Secret) { delete(s.Data, "ca-key.pem") }, NewContent},
		{"the file, by somebody else", func(f folder, s *Secret) {
			sealed, err := f.backend().Seal(s, nil)
			if err != nil {
				t.Fatal(err)
			}
			f.set(Path("east", "cacerts"), sealed)
		}, Replaced},
		{"the file is gone", func(f folder, _ *Secret) { delete(f.MapFS, Path("east", "cacerts")) }, New},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newFolder(t, "east")
			f.put(t, key, cacerts("east", "one"))
			s := cacerts("east", "one")
			test.change(f, &s)
			if got := f.put(t, key, s); got[0] != test.want {
				t.Errorf("%q, want %q", got[0], test.want)
			}
			if got := f.put(t, key, s); got[0] != Unchanged {
				t.Errorf("the next run: %q", got[0])
			}
			opened, err := f.backend(rsaKey(t, "east")).Open("east", f.MapFS[Path("east", "cacerts")].Data)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(plaintexts(&s), plaintexts(opened)); diff != "" {
				t.Errorf("plaintext (-want +got):\n%s", diff)
			}
		})
	}
}

// Another sealing key is taken only by name, and then everything is sealed anew.
func TestPutPinsTheSealingKey(t *testing.T) {
	f, key := newFolder(t, "east"), NewKey()
	f.put(t, key, cacerts("east", "one"))
	old := f.MapFS[Path("east", "cacerts")].Data
	f.set(CertificatePath("east"), current(t, "renewed"))
	_, err := f.store(t, key).Put(cacerts("east", "one"))
	c, _ := ParseCertificate("", current(t, "renewed"))
	was, _ := ParseCertificate("", current(t, "east"))
	want := "isthmus: error: mesh/sealing/east.pem: holds the key " + c.Print + ", and the pinned one is " + was.Print +
		"; who can change this file could have all that is sealed from now on sealed for himself\n" +
		"isthmus: fix: compare it with what the cluster gives (kubeseal --fetch-cert), and pass --accept " + c.Print + "\n"
	if diff := cmp.Diff(want, text(err)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	s := f.store(t, key, c.Print)
	if o, err := s.Put(cacerts("east", "one")); o != RenewedKey || err != nil {
		t.Errorf("%q, %v", o, err)
	}
	f.write(t, s)
	for name, was := range f.backend().Values(old) {
		if f.backend().Values(f.MapFS[Path("east", "cacerts")].Data)[name] == was {
			t.Errorf("%s is still sealed for the old key", name)
		}
	}
	if got := f.put(t, key, cacerts("east", "one")); got[0] != Unchanged {
		t.Errorf("the next run, which accepts nothing: %q", got[0])
	}
}

// A pin that was taken away is not one that never was: what is sealed stands for
// it, and another key is taken only by name.
func TestPutMissesThePin(t *testing.T) {
	key := NewKey()
	unpinned := func(lock []byte) []byte {
		var kept string
		for line := range strings.Lines(string(lock)) {
			if !strings.HasPrefix(line, "pin ") {
				kept += line
			}
		}
		return []byte(kept)
	}
	c, _ := ParseCertificate("", current(t, "renewed"))
	was, _ := ParseCertificate("", current(t, "east"))
	for _, test := range []struct {
		name    string
		change  func(f folder)
		refused bool
	}{
		{"the line, and the certificate", func(f folder) {
			f.set(LockPath, unpinned(f.MapFS[LockPath].Data))
			f.set(CertificatePath("east"), current(t, "renewed"))
		}, true},
		{"the line alone", func(f folder) { f.set(LockPath, unpinned(f.MapFS[LockPath].Data)) }, false},
		{"the lock, and the certificate", func(f folder) {
			delete(f.MapFS, LockPath)
			f.set(CertificatePath("east"), current(t, "renewed"))
		}, true},
		{"the lock alone", func(f folder) { delete(f.MapFS, LockPath) }, true},
		{"the line, the file and the certificate", func(f folder) {
			f.set(LockPath, unpinned(f.MapFS[LockPath].Data))
			delete(f.MapFS, Path("east", "cacerts"))
			f.set(CertificatePath("east"), current(t, "renewed"))
		}, true},
		{"the line, and the line of the file is forged", func(f folder) {
			f.set(LockPath, []byte(strings.ReplaceAll(string(unpinned(f.MapFS[LockPath].Data)), was.Print, c.Print)))
			f.set(CertificatePath("east"), current(t, "renewed"))
		}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newFolder(t, "east", "west")
			f.put(t, key, cacerts("east", "one"), cacerts("west", "one"))
			test.change(f)
			// Another Secret than the one that is there: nothing else tells.
			_, err := f.store(t, key).Put(remote("east", "west", "a"))
			now, _ := ParseCertificate("", f.MapFS[CertificatePath("east")].Data)
			want := ""
			if test.refused {
				want = "isthmus: error: mesh/sealing/east.pem: holds the key " + now.Print + ", and none of cluster \"east\" is pinned, though Secrets are sealed for it; " +
					"who can take the line of a pin away could have all that is sealed from now on sealed for himself\n" +
					"isthmus: fix: compare it with what the cluster gives (kubeseal --fetch-cert), and pass --accept " + now.Print + "\n"
			}
			if diff := cmp.Diff(want, text(err)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if _, err := f.store(t, key, now.Print).Put(remote("east", "west", "a")); err != nil {
				t.Errorf("accepted: %v", err)
			}
		})
	}
}

// Tags of another key are not written over.
func TestPutRefusesAnotherTagKey(t *testing.T) {
	f := newFolder(t, "east")
	f.put(t, NewKey(), cacerts("east", "one"))
	before := f.copy()
	s := f.store(t, NewKey())
	_, err := s.Put(cacerts("east", "one"))
	if !strings.Contains(text(err), "mesh/sealed/.tags.lock: the line of sealing/east.pem was not made with this key for tags") {
		t.Errorf("%v", err)
	}
	if !maps.EqualFunc(before.MapFS, f.MapFS, func(a, b *fstest.MapFile) bool { return string(a.Data) == string(b.Data) }) {
		t.Error("a refusal changed files")
	}
}

func text(err error) string {
	var problem *diag.Problem
	var problems diag.Problems
	switch {
	case err == nil:
		return ""
	case errors.As(err, &problem):
		return problem.Text()
	case errors.As(err, &problems):
		return problems.Text()
	}
	return err.Error()
}
