//go:build unix

package tree

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/isthmus-mesh/isthmus/generators/diag"
)

// A damaged or forged journal is an error that names its line, whatever it asks
// for, and nothing is changed.
func TestBadJournal(t *testing.T) {
	one, two, none := sumText("1"), sumText("2"), strings.Repeat("0", 64)
	ended := func(lines ...string) string {
		text := journalHead + "\n" + strings.Join(lines, "")
		return text + fmt.Sprintf("# end %x\n", sha256.Sum256([]byte(text)))
	}
	cannot := `, which cluster "west" cannot own: `
	for _, test := range []struct {
		name    string
		journal string
		line    int
		what    string
	}{
		{"empty", "", 1, `does not read "# isthmus-journal 1"`},
		{"newer", "# isthmus-journal 2\n", 1, `does not read "# isthmus-journal 1"`},
		{"no end", journalHead + "\n" + none + " " + one + " west overlays/west/a\n", 2, "is not the end of the journal"},
		{"cut off", journalHead + "\n" + none + " " + one + " west overlays", 2, "is cut off"},
		{"wrong end", journalHead + "\n" + none + " " + one + " west overlays/west/a\n# end " + one + "\n", 3, "is not the sum of the lines above"},
		{"more after the end", ended() + "\n", 3, "is not the last"},
		{"few fields", ended(none + " " + one + " west\n"), 2, "is not two SHA-256 sums, a name and a path"},
		{"bad sum", ended("x " + one + " west overlays/west/a\n"), 2, "is not two SHA-256 sums, a name and a path"},
		{"no change", ended(one + " " + one + " west overlays/west/a\n"), 2, "is not two SHA-256 sums, a name and a path"},
		{"not a file", ended(none + " " + foreign.String() + " west overlays/west/a\n"), 2, "is not two SHA-256 sums, a name and a path"},
		{"up", ended(none + " " + one + " west overlays/west/../../victim\n"), 2, `names "overlays/west/../../victim"` + cannot + "it leaves its folder"},
		{"absolute", ended(none + " " + one + " west /victim\n"), 2, `names "/victim"` + cannot + "it is absolute"},
		{"inputs", ended(none + " " + one + " west mesh/mesh.yaml\n"), 2, `names "mesh/mesh.yaml"` + cannot + "it is neither under overlays/west/ nor that cluster's isthmus.yaml under clusters/"},
		{"Git", ended(two + " " + one + " west clusters/.git/config\n"), 2, `names "clusters/.git/config"` + cannot + "it lies in a repository of Git"},
		{"other ledger", ended(none + " " + one + " west overlays/east/.isthmus.lock\n"), 2, `names "overlays/east/.isthmus.lock"` + cannot + "it is the name of a ledger"},
		{"bad part", ended(none + " " + one + " .. overlays/../a\n"), 2, `names "overlays/../a", which cluster ".." cannot own: it leaves its folder`},
		{"twice", ended(none+" "+one+" west overlays/west/a\n", none+" "+one+" west overlays/west/a\n"), 3, `names "overlays/west/a" again`},
		{"ledger first", ended(none+" "+one+" west overlays/west/.isthmus.lock\n", none+" "+one+" west overlays/west/a\n"), 3, `names "overlays/west/a" after a ledger`},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			part := of("west", contents{"overlays/west/a": "1"})
			mustWrite(t, dir, Options{}, part)
			put(t, dir, contents{"victim": "1", "mesh/mesh.yaml": "1", "clusters/.git/config": "1"})
			if err := os.WriteFile(filepath.Join(dir, journalPath), []byte(test.journal), 0o600); err != nil {
				t.Fatal(err)
			}
			before := snapshot(t, dir)
			_, err := mustOf(t, part).Write(openRoot(t, dir), Options{Force: true})
			want := &diag.Problem{
				Pos:  diag.Position{File: journalPath, Line: test.line, Column: 1},
				What: "the line " + test.what,
				Why:  "nothing is deleted on its word",
				Fix:  "delete .isthmus/journal and run isthmus render: it completes what is half done",
			}
			if diff := cmp.Diff(error(want), err); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(before, snapshot(t, dir)); diff != "" {
				t.Errorf("disk (-before +after):\n%s", diff)
			}
			if _, err := mustOf(t, part).Compare(openRoot(t, dir), Options{}); !errors.Is(err, ErrInterrupted) {
				t.Errorf("Compare gives %v", err)
			}
			// What the fix says is so.
			if err := os.Remove(filepath.Join(dir, journalPath)); err != nil {
				t.Fatal(err)
			}
			mustWrite(t, dir, Options{}, part)
		})
	}
}

// A forged journal in the right form reaches what a render could have written,
// and no file whose bytes are not those that it names.
func TestForgedJournal(t *testing.T) {
	dir := t.TempDir()
	part := of("west", contents{"overlays/west/a": "1"})
	mustWrite(t, dir, Options{}, part)
	put(t, dir, contents{"clusters/west/isthmus.yaml": "flux"})
	journal := encodeJournal([]record{
		{absent, sum(sha256.Sum256([]byte("other"))), "west", "clusters/west/isthmus.yaml"},
		{sum(sha256.Sum256([]byte("2"))), sum(sha256.Sum256([]byte("1"))), "west", "overlays/west/a"}, // nothing is staged
	})
	if err := os.WriteFile(filepath.Join(dir, journalPath), journal, 0o600); err != nil {
		t.Fatal(err)
	}
	before := snapshot(t, dir)
	mustWrite(t, dir, Options{}, part)
	if diff := cmp.Diff(before, snapshot(t, dir)); diff != "" {
		t.Errorf("disk (-before +after):\n%s", diff)
	}
}

// interrupted gives a disk on which the scene's render has stopped at the
// operation, which comes after the commit.
func (s scene) interrupted(t *testing.T, op, path string) string {
	t.Helper()
	dir := s.start(t)
	met := false
	_, err := mustOf(t, s.after...).Write(openRoot(t, dir), Options{step: func(o, p string) error {
		if met = met || o == op && p == path; met {
			return syscall.EIO
		}
		return nil
	}})
	if !errors.Is(err, syscall.EIO) {
		t.Fatalf("no operation %s %s: %v", op, path, err)
	}
	if _, err := os.Stat(filepath.Join(dir, journalPath)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// After an interrupted render people put files back as they were, with Git.
// That is no edit, and the next render writes them without force.
func TestCheckedOutAfterInterruption(t *testing.T) {
	s := change(1)
	for _, at := range []struct{ op, path string }{
		{"remove", ".isthmus/stage/4"}, // before the old bytes of a changed file are gone
		{"remove", ".isthmus/stage/5"}, // and those of a stale one
		{"exchange", "overlays/c0/.isthmus.lock"},
		{"clear", ".isthmus/stage"},
		{"remove", ".isthmus/journal"},
	} {
		for _, some := range []contents{
			{"overlays/c0/profile.yaml": "old"},
			{"overlays/c0/profile.yaml": "old", "clusters/c0/isthmus.yaml": "old", "overlays/c0/services/gone.yaml": "old"},
			wanted(s.before),
		} {
			for _, ledgers := range []bool{false, true} {
				dir := s.interrupted(t, at.op, at.path)
				put(t, dir, some)
				if ledgers {
					old := s.start(t)
					text, err := os.ReadFile(filepath.Join(old, LedgerPath("c0")))
					if err != nil {
						t.Fatal(err)
					}
					put(t, dir, contents{LedgerPath("c0"): string(text)})
				}
				_, err := mustOf(t, s.after...).Write(openRoot(t, dir), Options{})
				if !ledgers && (at.op == "clear" || at.path == journalPath) {
					// The new ledger stayed in place, and the old bytes are not
					// in it: they could be anybody's.
					if _, ok := errors.AsType[*EditedError](err); !ok {
						t.Errorf("at %v, %d files put back: Write gives %v", at, len(some), err)
					}
					_, err = mustOf(t, s.after...).Write(openRoot(t, dir), Options{Force: true})
				}
				if err != nil {
					t.Fatalf("at %v, %d files put back, ledgers %v: Write gives %v", at, len(some), ledgers, err)
				}
				if diff := cmp.Diff(s.end(t), snapshot(t, dir)); diff != "" {
					t.Errorf("at %v, %d files put back, ledgers %v (-want +got):\n%s", at, len(some), ledgers, diff)
				}
			}
		}
	}
}

// A render that was interrupted is completed as it was planned, and then the
// next tree is written, which need not be the same.
func TestOtherTreeAfterInterruption(t *testing.T) {
	s := change(1)
	other := change(1)
	other.after = append(s.before[:1:1], of("added", contents{"overlays/added/adopted": "adopted"}))
	dir := s.interrupted(t, "exchange", "overlays/c0/profile.yaml")
	mustWrite(t, dir, Options{}, other.after...)
	if diff := cmp.Diff(other.end(t), snapshot(t, dir)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What is in the stage in somebody's place is not thrown away unnamed.
func TestStageHoldsSomethingElse(t *testing.T) {
	s := change(1)
	dir := s.interrupted(t, "exchange", "overlays/c0/profile.yaml")
	put(t, dir, contents{".isthmus/stage/4": "mine"})
	_, err := mustOf(t, s.after...).Write(openRoot(t, dir), Options{Force: true})
	want := ".isthmus/stage/4: does not hold the bytes that an interrupted render has left for overlays/c0/profile.yaml; it may hold somebody's edit of that file"
	if errorText(err) != want {
		t.Errorf("error is %v, want %s", err, want)
	}
	if text, err := os.ReadFile(filepath.Join(dir, ".isthmus/stage/4")); string(text) != "mine" {
		t.Errorf("it holds %q (%v)", text, err)
	}
	put(t, dir, contents{".isthmus": ""})
	mustWrite(t, dir, Options{Force: true}, s.after...)
}

func FuzzJournal(f *testing.F) {
	f.Add(encodeJournal([]record{{absent, sum{1}, "west", "overlays/west/a"}, {sum{1}, absent, "west", "overlays/west/.isthmus.lock"}}))
	f.Fuzz(func(t *testing.T, text []byte) {
		// A fuzzer does not find sums: the end is made to fit.
		body := text[:strings.LastIndex(string(text), "\n# end")+1]
		text = fmt.Appendf(nil, "%s# end %x\n", body, sha256.Sum256(body))
		records, err := parseJournal(strings.NewReader(string(text)))
		if err != nil {
			return
		}
		for _, r := range records {
			if badPath(r.path) != "" || !strings.HasPrefix(r.path, "overlays/"+r.part+"/") && !strings.HasSuffix(r.path, "/isthmus.yaml") && !strings.HasSuffix(r.path, "/isthmus-"+r.part+".yaml") {
				t.Errorf("reaches %q", r.path)
			}
		}
		if again := encodeJournal(records); string(again) != string(text) {
			t.Errorf("%q was read, and written again as %q", text, again)
		}
	})
}
