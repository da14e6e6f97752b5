package seal

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A run that is killed between any two files leaves each Secret old or new and
// openable, and the next run completes it, with nothing sealed twice but the file
// whose tag was not written yet.
func TestKilledBetweenFiles(t *testing.T) {
	key := NewKey()
	before := []Secret{cacerts("east", "one"), remote("east", "west", "old"), remote("north", "west", "old")}
	after := []Secret{cacerts("east", "two"), remote("east", "west", "new"), remote("north", "west", "new"), remote("east", "south", "new")}
	for n, fresh := 0, false; ; n++ {
		f := newFolder(t, "east", "north")
		if !fresh { // and then on a first run
			f.put(t, key, before...)
		}
		s := f.store(t, key)
		for _, secret := range after {
			if _, err := s.Put(secret); err != nil {
				t.Fatal(err)
			}
		}
		if n%2 == 1 {
			s.Remove("east", "istio-remote-secret-west")
		}
		changes, err := s.Changes()
		if err != nil {
			t.Fatal(err)
		}
		if n > len(changes) {
			if fresh {
				break
			}
			n, fresh = -1, true
			continue
		}
		for _, c := range changes[:n] {
			if c.Data == nil {
				delete(f.MapFS, c.Path)
			} else {
				f.set(c.Path, c.Data)
			}
		}
		for _, file := range f.store(t, key).Secrets() {
			secret, err := f.backend(rsaKey(t, "east"), rsaKey(t, "north")).Open(file.Cluster, file.Data)
			if err != nil {
				t.Fatalf("killed after %d files, %s: %v", n, file.Path(), err)
			}
			got := fmt.Sprint(plaintexts(secret))
			if olds, news := fmt.Sprint(plaintextsOf(before, file)), fmt.Sprint(plaintextsOf(after, file)); got != olds && got != news {
				t.Errorf("killed after %d files: %s holds neither the old nor the new", n, file.Path())
			}
		}
		f.put(t, key, after...)
		if got := f.put(t, key, after...); !cmp.Equal(got, []Outcome{Unchanged, Unchanged, Unchanged, Unchanged}) {
			t.Errorf("killed after %d files: the second run after it says %q", n, got)
		}
		var want []Shape
		for _, secret := range after {
			want = append(want, secret.Shape())
		}
		if problems := f.store(t, key).Verify(want); len(problems) > 0 {
			t.Errorf("killed after %d files: %v", n, problems)
		}
	}
}

func plaintextsOf(all []Secret, f File) map[string]string {
	for _, s := range all {
		if s.Cluster == f.Cluster && s.Name == f.Name {
			return plaintexts(&s)
		}
	}
	return nil
}
