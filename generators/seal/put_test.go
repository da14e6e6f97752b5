package seal

import (
	"strings"
	"testing"
)

// in opens a Store beside an external one.
func in(t *testing.T, f folder, key Key, place Place) *Store {
	t.Helper()
	s, err := OpenStore(f, Options{Backend: f.backend(), Place: &place, Key: key, Dir: "mesh", Kustomization: list})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// What was put is known again without what is made anew, where the mesh looks for
// it, and by nothing else than a line that a holder of the key made for it.
func TestHoldsPut(t *testing.T) {
	key := NewKey()
	place := Place{Store: "ClusterSecretStore/vault", Prefix: "mesh/"}
	for _, test := range []struct {
		name    string
		change  func(f folder, p *Place, s *Secret)
		want    bool
		refused string
	}{
		{"nothing", func(folder, *Place, *Secret) {}, true, ""},
		{"who reads it", func(_ folder, _ *Place, s *Secret) { s.Cluster = "north" }, true, ""},
		{"the token, and when it ends", func(_ folder, _ *Place, s *Secret) {
			s.Data["west"] = NewPlain([]byte("anything"))
			s.NotBefore, s.NotAfter = today.AddDate(1, 0, 0), today.AddDate(2, 0, 0)
		}, true, ""},
		{"the frame", func(_ folder, _ *Place, s *Secret) { s.Frame = NewPlain([]byte("kubeconfig of another")) }, false, ""},
		{"no frame", func(_ folder, _ *Place, s *Secret) { s.Frame = Plain{} }, false, ""},
		{"the key", func(_ folder, _ *Place, s *Secret) { s.Data = map[string]Plain{"other": {}} }, false, ""},
		{"the origin", func(_ folder, _ *Place, s *Secret) { s.Origin = "a-token-secret" }, false, ""},
		{"the store", func(_ folder, p *Place, _ *Secret) { p.Store = "SecretStore/vault" }, false, ""},
		{"the prefix", func(_ folder, p *Place, _ *Secret) { p.Prefix = "other-" }, false, ""},
		{"no line of the entry", func(f folder, _ *Place, _ *Secret) { edit(f, "put istio-remote-secret-west ", "") }, false, ""},
		{"no line of the frame", func(f folder, _ *Place, _ *Secret) { edit(f, "frame istio-remote-secret-west ", "") }, false, ""},
		{"another frame's line", func(f folder, _ *Place, _ *Secret) {
			_, rest, _ := strings.Cut(string(f.MapFS[LockPath].Data), "frame istio-remote-secret-south ")
			tag, _, _ := strings.Cut(rest, "\n")
			edit(f, "frame istio-remote-secret-west ", "frame istio-remote-secret-west "+tag+"\n")
		}, false, ""},
		{"since when it is good", func(f folder, _ *Place, _ *Secret) {
			f.set(LockPath, []byte(strings.ReplaceAll(string(f.MapFS[LockPath].Data), " 2026-11-22T12:00:00Z ", " 2026-11-21T12:00:00Z ")))
		}, false, ""},
		{"a forged line of the entry", func(f folder, _ *Place, _ *Secret) {
			f.set(LockPath, []byte(strings.ReplaceAll(string(f.MapFS[LockPath].Data), " 2027-02-20T12:00:00Z ", " 2028-02-20T12:00:00Z ")))
		}, false, "was not made with this key for tags"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f, at := newFolder(t, "east"), place
			s := in(t, f, key, place)
			for _, of := range []string{"west", "south"} {
				put := framed("east", of, "one")
				s.Keep(&put)
			}
			f.write(t, s)
			secret := framed("east", "west", "another")
			test.change(f, &at, &secret)
			record, got, err := in(t, f, key, at).HoldsPut(secret)
			if got != test.want || (test.refused == "") != (err == nil) || !strings.Contains(text(err), test.refused) {
				t.Errorf("%t, %v", got, err)
			}
			if got && (!record.NotBefore.Equal(today) || !record.NotAfter.Equal(today.AddDate(0, 0, 90))) {
				t.Errorf("it is good from %s to %s", record.NotBefore, record.NotAfter)
			}
		})
	}
}

// The line of a frame goes with that of its entry, and with its frame.
func TestPutFrameGoes(t *testing.T) {
	f, key := newFolder(t, "east"), NewKey()
	s := in(t, f, key, Place{Store: "ClusterSecretStore/vault"})
	framed, unframed := framed("east", "west", "one"), remote("east", "west", "kubeconfig")
	s.Keep(&framed)
	if len(s.lock.frames) != 1 {
		t.Errorf("%d frames of what has one", len(s.lock.frames))
	}
	s.Keep(&unframed)
	if len(s.lock.frames) != 0 {
		t.Error("the line of a frame stays with an entry that has none")
	}
	s.Keep(&framed)
	if s.Forget("east", framed.Name); len(s.lock.frames) != 0 {
		t.Error("the line of a frame stays without its entry")
	}
}

// What any cluster's entry is called stands in the lock, which is read again; and
// what could not be read again is not written.
func TestEntryNames(t *testing.T) {
	long := strings.Repeat("a", 63)
	for _, test := range []struct {
		cluster, name string
		want          string
	}{
		{"east", "istio-remote-secret-" + long, ""},
		{long, "cacerts", ""},
		{"east", "istio-remote-secret-" + long + "a", "mesh/sealed/.tags.lock:4:1: is no line that isthmus writes"},
		{long + "a", "cacerts", "mesh/sealed/.tags.lock:4:1: is no line that isthmus writes"},
		{"east", "other", "mesh/sealed/.tags.lock:4:1: is no line that isthmus writes"},
	} {
		f, key := newFolder(t, "east"), NewKey()
		s := in(t, f, key, Place{Store: "ClusterSecretStore/vault", Prefix: "mesh/"})
		secret := remote("east", "west", "kubeconfig")
		secret.Cluster, secret.Name = test.cluster, test.name
		s.Keep(&secret)
		changes, err := s.Changes()
		if (test.want == "") != (err == nil) || !strings.Contains(text(err), test.want) {
			t.Errorf("%s of %s: %v", test.name, test.cluster, err)
		}
		if err != nil {
			continue
		}
		f.set(LockPath, changes[len(changes)-1].Data)
		if _, known := in(t, f, key, Place{Store: "ClusterSecretStore/vault", Prefix: "mesh/"}).Kept(test.cluster, test.name); !known {
			t.Errorf("%s of %s: is not known again", test.name, test.cluster)
		}
	}
}
