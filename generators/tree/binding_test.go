package tree

import (
	"errors"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A change of what a part is bound to is asked for before anything is written, and
// so is one whose ledger has lost the line; a new part, and one that is bound to
// the same, are not asked for.
func TestRebind(t *testing.T) {
	bound := func(to, content string) Part {
		p := of("west", contents{"overlays/west/a": content})
		p.Binding = to
		return p
	}
	dir := t.TempDir()
	refused := errors.New("not that")
	var asked []string
	o := Options{Rebind: func(part, was, is string) error {
		asked = append(asked, part+": "+was+" to "+is)
		return refused
	}}
	mustWrite(t, dir, o, bound("flux", "1"))
	mustWrite(t, dir, o, bound("flux", "2"))
	if asked != nil {
		t.Fatalf("asked for %q", asked)
	}
	mustWrite(t, dir, Options{}, bound("", "2"))
	if _, err := mustOf(t, bound("flux", "2")).Write(openRoot(t, dir), o); !errors.Is(err, refused) || len(asked) != 1 || asked[0] != "west:  to flux" {
		t.Fatalf("error %v, asked for %q", err, asked)
	}
	asked = nil
	mustWrite(t, dir, Options{}, bound("flux", "2"))
	before := snapshot(t, dir)
	if _, err := mustOf(t, bound("argocd", "3")).Write(openRoot(t, dir), o); !errors.Is(err, refused) {
		t.Errorf("error %v, want %v", err, refused)
	}
	if diff := cmp.Diff([]string{"west: flux to argocd"}, asked); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(before, snapshot(t, dir)); diff != "" {
		t.Errorf("disk (-before +after):\n%s", diff)
	}
	mustWrite(t, dir, Options{}, bound("argocd", "3"))
	text, err := os.ReadFile(dir + "/overlays/west/.isthmus.lock")
	if err != nil {
		t.Fatal(err)
	}
	want := "# isthmus-ledger 1 format 3\n# bound to argocd\n" + sumText("3") + "  overlays/west/a\n"
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Errorf("ledger (-want +got):\n%s", diff)
	}
}
