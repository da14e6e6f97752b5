package seal

import (
	"strings"
	"testing"
)

// framed is a remote Secret whose token was requested.
func framed(cluster, of, token string) Secret {
	s := remote(cluster, of, "kubeconfig of "+of+" with "+token)
	s.NotBefore, s.NotAfter = today, today.AddDate(0, 0, 90)
	s.Frame = NewPlain([]byte("kubeconfig of " + of))
	return s
}

// What is sealed is known again without what is made anew, and by nothing else
// than a line that a holder of the key made for this file.
func TestHolds(t *testing.T) {
	key := NewKey()
	for _, test := range []struct {
		name    string
		change  func(f folder, s *Secret)
		want    bool
		refused string
	}{
		{"nothing", func(folder, *Secret) {}, true, ""},
		{"the token, and when it ends", func(_ folder, s *Secret) {
			s.Data["west"] = NewPlain([]byte("anything"))
			s.NotBefore, s.NotAfter = today.AddDate(1, 0, 0), today.AddDate(2, 0, 0)
		}, true, ""},
		{"the frame", func(_ folder, s *Secret) { s.Frame = NewPlain([]byte("kubeconfig of another")) }, false, ""},
		{"no frame", func(_ folder, s *Secret) { s.Frame = Plain{} }, false, ""},
		{"a label", func(_ folder, s *Secret) { s.Labels = map[string]string{"a": "b"} }, false, ""},
		{"an annotation", func(_ folder, s *Secret) { s.Annotations = nil }, false, ""},
		{"the key", func(_ folder, s *Secret) { s.Data = map[string]Plain{"other": {}} }, false, ""},
		{"the origin", func(_ folder, s *Secret) { s.Origin = "a-token-secret" }, false, ""},
		{"the file is gone", func(f folder, _ *Secret) { delete(f.MapFS, Path("east", "istio-remote-secret-west")) }, false, ""},
		{"the file is another", func(f folder, _ *Secret) {
			f.set(Path("east", "istio-remote-secret-west"), f.MapFS[Path("east", "istio-remote-secret-south")].Data)
		}, false, ""},
		{"no line of the frame", func(f folder, _ *Secret) { edit(f, "frame sealed/east/istio-remote-secret-west", "") }, false, ""},
		{"another frame's line", func(f folder, _ *Secret) {
			_, rest, _ := strings.Cut(string(f.MapFS[LockPath].Data), "frame sealed/east/istio-remote-secret-south.yaml ")
			tag, _, _ := strings.Cut(rest, "\n")
			edit(f, "frame sealed/east/istio-remote-secret-west", "frame sealed/east/istio-remote-secret-west.yaml "+tag+"\n")
		}, false, ""},
		{"since when it is good", func(f folder, _ *Secret) {
			f.set(LockPath, []byte(strings.ReplaceAll(string(f.MapFS[LockPath].Data), " 2026-11-22T12:00:00Z ", " 2026-11-21T12:00:00Z ")))
		}, false, ""},
		{"a forged line of the file", func(f folder, _ *Secret) {
			f.set(LockPath, []byte(strings.ReplaceAll(string(f.MapFS[LockPath].Data), " 2027-02-20T12:00:00Z ", " 2028-02-20T12:00:00Z ")))
		}, false, "was not made with this key for tags"},
		{"the sealing key", func(f folder, _ *Secret) { f.set(CertificatePath("east"), current(t, "renewed")) }, false, "and the pinned one is"},
		{"no sealing key", func(f folder, _ *Secret) { delete(f.MapFS, CertificatePath("east")) }, false, "does not exist"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newFolder(t, "east")
			f.put(t, key, framed("east", "west", "one"), framed("east", "south", "one"))
			s := framed("east", "west", "another")
			test.change(f, &s)
			record, got, err := f.store(t, key).Holds(s)
			if got != test.want || (test.refused == "") != (err == nil) || !strings.Contains(text(err), test.refused) {
				t.Errorf("%t, %v", got, err)
			}
			if got && (!record.NotBefore.Equal(today) || !record.NotAfter.Equal(today.AddDate(0, 0, 90))) {
				t.Errorf("it is good from %s to %s", record.NotBefore, record.NotAfter)
			}
		})
	}
}

// A first use is none for who only asks, and what is sealed again has a line again.
func TestHoldsPinsNothing(t *testing.T) {
	f, key := newFolder(t, "east"), NewKey()
	s := f.store(t, key)
	if _, held, err := s.Holds(framed("east", "west", "one")); held || err != nil || s.Pinned("east") != "" {
		t.Errorf("%t, %v, pinned %q", held, err, s.Pinned("east"))
	}
	f.put(t, key, framed("east", "west", "one"))
	f.put(t, key, framed("east", "west", "two"))
	if n := strings.Count(string(f.MapFS[LockPath].Data), "\nframe "); n != 1 {
		t.Errorf("%d lines of a frame", n)
	}
	unframed := framed("east", "west", "three")
	unframed.Frame = Plain{}
	f.put(t, key, unframed)
	if strings.Contains(string(f.MapFS[LockPath].Data), "\nframe ") {
		t.Error("the line of a frame stays with a Secret that has none")
	}
}

// edit puts a text in place of the line that starts with another.
func edit(f folder, start, line string) {
	var b strings.Builder
	for text := range strings.Lines(string(f.MapFS[LockPath].Data)) {
		if strings.HasPrefix(text, start) {
			text = line
		}
		b.WriteString(text)
	}
	f.set(LockPath, []byte(b.String()))
}
