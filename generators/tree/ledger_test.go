package tree

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/isthmus-mesh/isthmus/generators/diag"
)

const head = "# isthmus-ledger 1 format 3\n"

// A damaged or forged ledger is an error that names its line, and nothing is
// written or removed on its word: neither by Compare, nor by Write with Force.
func TestBadLedger(t *testing.T) {
	one := sumText("1")
	for _, test := range []struct {
		name   string
		ledger string
		line   int
		what   string
	}{
		{"no head", one + "  overlays/west/a\n", 1, `does not begin with "# isthmus-ledger 1 format " and a number`},
		{"newer", "# isthmus-ledger 2 format 3\n", 1, `does not begin with "# isthmus-ledger 1 format " and a number`},
		{"no number", "# isthmus-ledger 1 format x\n", 1, `does not begin with "# isthmus-ledger 1 format " and a number`},
		{"odd number", "# isthmus-ledger 1 format 03\n", 1, `does not begin with "# isthmus-ledger 1 format " and a number`},
		{"negative number", "# isthmus-ledger 1 format -3\n", 1, `does not begin with "# isthmus-ledger 1 format " and a number`},
		{"cut off", head + one + "  overlays/west/a", 2, "is cut off"},
		{"retiring late", head + one + "  overlays/west/a\n# retiring\n", 3, "is not a SHA-256 sum, two spaces and a path"},
		{"short sum", head + one[1:] + "  overlays/west/a\n", 2, "is not a SHA-256 sum, two spaces and a path"},
		{"capital sum", head + strings.ToUpper(one) + "  overlays/west/a\n", 2, "is not a SHA-256 sum, two spaces and a path"},
		{"sum of nothing", head + strings.Repeat("0", 64) + "  overlays/west/a\n", 2, "is not a SHA-256 sum, two spaces and a path"},
		{"one space", head + one + " overlays/west/a\n", 2, "is not a SHA-256 sum, two spaces and a path"},
		{"empty line", head + "\n", 2, "is not a SHA-256 sum, two spaces and a path"},
		{"no path", head + one + "  \n", 2, `names "", which cluster "west" cannot own: it is empty`},
		{"absolute", head + one + "  /etc/passwd\n", 2, `names "/etc/passwd", which cluster "west" cannot own: it is absolute`},
		{"up", head + one + "  overlays/west/../../../victim\n", 2, `names "overlays/west/../../../victim", which cluster "west" cannot own: it leaves its folder`},
		{"Git", head + one + "  clusters/.git/config\n", 2, `names "clusters/.git/config", which cluster "west" cannot own: it lies in a repository of Git`},
		{"inputs", head + one + "  mesh/mesh.yaml\n", 2, `names "mesh/mesh.yaml", which cluster "west" cannot own: it is neither under overlays/west/ nor that cluster's isthmus.yaml under clusters/`},
		{"other part", head + one + "  overlays/east/a\n", 2, `names "overlays/east/a", which cluster "west" cannot own: it is neither under overlays/west/ nor that cluster's isthmus.yaml under clusters/`},
		{"other ledger", head + one + "  clusters/.isthmus.lock\n", 2, `names "clusters/.isthmus.lock", which cluster "west" cannot own: it is the name of a ledger`},
		{"twice", head + one + "  overlays/west/a\n" + one + "  overlays/west/a\n", 3, `names "overlays/west/a" after "overlays/west/a"; the lines are sorted by path and each path is there once`},
		{"unsorted", head + one + "  overlays/west/b\n" + one + "  overlays/west/a\n", 3, `names "overlays/west/a" after "overlays/west/b"; the lines are sorted by path and each path is there once`},
		{"merge", head + "<<<<<<< HEAD\n" + one + "  overlays/west/a\n=======\n>>>>>>> x\n", 2, "holds an unresolved merge"},
		{"merge at the top", "<<<<<<< HEAD\n" + head + "=======\n>>>>>>> x\n", 1, "holds an unresolved merge"},
		{"line endings", strings.ReplaceAll(head+one+"  overlays/west/a\n", "\n", "\r\n"), 1, "ends in a carriage return: Git or an editor has changed the line endings"},
		{"long", head + strings.Repeat("x", 1<<20), 2, "is longer than any line that isthmus writes"},
		{"binary", "\x00\x01", 1, "is cut off"},
		{"empty", "", 1, `does not begin with "# isthmus-ledger 1 format " and a number`},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			mustWrite(t, dir, Options{}, of("west", contents{"overlays/west/a": "1", "clusters/west/isthmus.yaml": "1"}))
			put(t, dir, contents{"victim": "1", "mesh/mesh.yaml": "1", "overlays/east/a": "1", "clusters/.git/config": "1"})
			if err := os.WriteFile(filepath.Join(dir, LedgerPath("west")), []byte(test.ledger), 0o644); err != nil {
				t.Fatal(err)
			}
			before := snapshot(t, dir)
			tree, root := mustOf(t, of("west", contents{"overlays/west/a": "2"})), openRoot(t, dir)
			want := diag.Problems{{
				Pos:  diag.Position{File: "overlays/west/.isthmus.lock", Line: test.line, Column: 1},
				What: "the line " + test.what,
				Why:  "nothing is deleted on its word",
				Fix:  "delete overlays/west/.isthmus.lock and run isthmus render: it takes over the files that are as rendered and deletes none",
			}}
			_, err := tree.Compare(root, Options{})
			if diff := cmp.Diff(error(want), err); diff != "" {
				t.Errorf("Compare (-want +got):\n%s", diff)
			}
			_, err = tree.Write(root, Options{Force: true, Remove: []string{"west"}})
			if diff := cmp.Diff(error(want), err); diff != "" {
				t.Errorf("Write (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(before, snapshot(t, dir)); diff != "" {
				t.Errorf("disk (-before +after):\n%s", diff)
			}
		})
	}
}

// The ledgers of two parts are at fault: both are named.
func TestBadLedgersInOneRun(t *testing.T) {
	dir := t.TempDir()
	put(t, dir, contents{"overlays/west/.isthmus.lock": "x\n", "overlays/gone/.isthmus.lock": "y\n"})
	_, err := mustOf(t, of("west", nil)).Compare(openRoot(t, dir), Options{})
	want := "overlays/west/.isthmus.lock:1:1: the line does not begin with \"# isthmus-ledger 1 format \" and a number; nothing is deleted on its word\n" +
		"overlays/gone/.isthmus.lock:1:1: the line does not begin with \"# isthmus-ledger 1 format \" and a number; nothing is deleted on its word"
	if diff := cmp.Diff(want, errorText(err)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What the fix of a bad ledger says is so: without it, equal files are adopted.
func TestLedgerIsTheSameAfterItWasLost(t *testing.T) {
	dir, part := t.TempDir(), of("west", contents{"overlays/west/a": "1", "overlays/west/b/c": "2", "clusters/west/isthmus.yaml": "3"})
	mustWrite(t, dir, Options{}, part)
	ledgerFile := filepath.Join(dir, LedgerPath("west"))
	before, err := os.ReadFile(ledgerFile)
	if err != nil {
		t.Fatal(err)
	}
	want := head + sumText("3") + "  clusters/west/isthmus.yaml\n" + sumText("1") + "  overlays/west/a\n" + sumText("2") + "  overlays/west/b/c\n"
	if diff := cmp.Diff(want, string(before)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := os.Remove(ledgerFile); err != nil {
		t.Fatal(err)
	}
	mustWrite(t, dir, Options{}, part)
	after, err := os.ReadFile(ledgerFile)
	if err != nil || string(after) != string(before) {
		t.Errorf("ledger is %q, was %q (%v)", after, before, err)
	}
}

func FuzzLedger(f *testing.F) {
	f.Add(head + sumText("1") + "  overlays/west/a\n")
	f.Add(head + "# retiring\n" + sumText("1") + "  clusters/a\n" + sumText("2") + "  overlays/west/a\n")
	f.Fuzz(func(t *testing.T, text string) {
		l, err := parseLedger("west", strings.NewReader(text))
		if err != nil {
			return
		}
		var again strings.Builder
		for _, segment := range l.encode() {
			again.Write(segment)
		}
		if again.String() != text {
			t.Errorf("%q was read, and written again as %q", text, again.String())
		}
	})
}
