package tree

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Each case renders before, changes the disk by hand, then compares and writes
// after. The report is the one of both.
var states = []struct {
	name    string
	before  []Part
	byHand  contents
	after   []Part
	options Options
	report  Report
	err     string   // of Write
	disk    contents // after Write
}{
	{
		name:  "first render",
		after: []Part{of("west", contents{"overlays/west/a": "1", "clusters/west/isthmus.yaml": "2"})},
		report: Report{
			Parts: []PartReport{{Name: "west", Ledger: Created, Created: 2}},
			Files: []Entry{
				{"clusters/west/isthmus.yaml", "west", Created, true, false},
				{"overlays/west/a", "west", Created, true, false},
			},
		},
		disk: contents{
			"overlays/west/a":             "1",
			"clusters/west/isthmus.yaml":  "2",
			"overlays/west/.isthmus.lock": "isthmus-ledger 1 format 3, clusters/west/isthmus.yaml, overlays/west/a",
		},
	},
	{
		name:   "nothing to do",
		before: []Part{of("west", contents{"overlays/west/a": "1"})},
		after:  []Part{of("west", contents{"overlays/west/a": "1"})},
		report: Report{
			Parts: []PartReport{{Name: "west", Format: 3, Unchanged: 1}},
			Files: []Entry{{"overlays/west/a", "west", Unchanged, true, true}},
		},
		disk: contents{"overlays/west/a": "1", "overlays/west/.isthmus.lock": "isthmus-ledger 1 format 3, overlays/west/a"},
	},
	{
		name:   "changed, created, stale and deleted by hand; a folder goes when it is empty, one with a user's file stays",
		before: []Part{of("west", contents{"overlays/west/a": "1", "overlays/west/b/x": "2", "overlays/west/c/x": "3", "overlays/west/d": "4", "overlays/west/e": "5"})},
		byHand: contents{"overlays/west/c/mine": "keep", "overlays/west/d": "", "overlays/west/e": ""},
		after:  []Part{of("west", contents{"overlays/west/a": "10", "overlays/west/d": "4", "overlays/west/f": "6"})},
		report: Report{
			Parts: []PartReport{{Name: "west", Ledger: Changed, Format: 3, Changed: 1, Created: 2, Stale: 2}},
			Files: []Entry{
				{"overlays/west/a", "west", Changed, true, true},
				{"overlays/west/b/x", "west", Stale, false, true},
				{"overlays/west/c/x", "west", Stale, false, true},
				{"overlays/west/d", "west", Created, true, true},
				{"overlays/west/f", "west", Created, true, false},
			},
		},
		disk: contents{
			"overlays/west/a": "10", "overlays/west/c/mine": "keep", "overlays/west/d": "4", "overlays/west/f": "6",
			"overlays/west/.isthmus.lock": "isthmus-ledger 1 format 3, overlays/west/a, overlays/west/d, overlays/west/f",
		},
	},
	{
		name:   "files that are equal are adopted without a ledger, and nothing else is",
		before: []Part{of("west", contents{"overlays/west/a": "1", "overlays/west/b": "2"})},
		byHand: contents{"overlays/west/.isthmus.lock": ""},
		after:  []Part{of("west", contents{"overlays/west/a": "1"})},
		report: Report{
			Parts: []PartReport{{Name: "west", Ledger: Created, Unchanged: 1}},
			Files: []Entry{{"overlays/west/a", "west", Unchanged, true, false}},
		},
		disk: contents{"overlays/west/a": "1", "overlays/west/b": "2", "overlays/west/.isthmus.lock": "isthmus-ledger 1 format 3, overlays/west/a"},
	},
	{
		name:   "edited, edited into what is wanted, somebody else's, and stale but edited",
		before: []Part{of("west", contents{"overlays/west/a": "1", "overlays/west/b": "2", "overlays/west/d": "4"})},
		byHand: contents{"overlays/west/a": "mine", "overlays/west/b": "20", "overlays/west/c": "mine", "overlays/west/d": "mine"},
		after:  []Part{of("west", contents{"overlays/west/a": "10", "overlays/west/b": "20", "overlays/west/c": "30"})},
		report: Report{
			Parts: []PartReport{{Name: "west", Ledger: Changed, Format: 3, Unchanged: 1, Edited: 3}},
			Files: []Entry{
				{"overlays/west/a", "west", Edited, true, true},
				{"overlays/west/b", "west", Unchanged, true, true},
				{"overlays/west/c", "west", Edited, true, false},
				{"overlays/west/d", "west", Edited, false, true},
			},
		},
		err: "not as isthmus wrote them: overlays/west/a, overlays/west/c, overlays/west/d",
		disk: contents{
			"overlays/west/a": "mine", "overlays/west/b": "20", "overlays/west/c": "mine", "overlays/west/d": "mine",
			"overlays/west/.isthmus.lock": "isthmus-ledger 1 format 3, overlays/west/a, overlays/west/b, overlays/west/d",
		},
	},
	{
		name:    "force overwrites and removes what was edited",
		before:  []Part{of("west", contents{"overlays/west/a": "1", "overlays/west/d": "4"})},
		byHand:  contents{"overlays/west/a": "mine", "overlays/west/c": "mine", "overlays/west/d": "mine", "overlays/west/other": "mine"},
		after:   []Part{of("west", contents{"overlays/west/a": "10", "overlays/west/c": "30"})},
		options: Options{Force: true},
		report: Report{
			Parts: []PartReport{{Name: "west", Ledger: Changed, Format: 3, Edited: 3}},
			Files: []Entry{
				{"overlays/west/a", "west", Edited, true, true},
				{"overlays/west/c", "west", Edited, true, false},
				{"overlays/west/d", "west", Edited, false, true},
			},
		},
		disk: contents{
			"overlays/west/a": "10", "overlays/west/c": "30", "overlays/west/other": "mine",
			"overlays/west/.isthmus.lock": "isthmus-ledger 1 format 3, overlays/west/a, overlays/west/c",
		},
	},
	{
		name: "a part dropped while it was not retiring is refused, its edited files unnamed",
		before: []Part{
			of("west", contents{"overlays/west/a": "1"}),
			of("east", contents{"overlays/east/a": "1", "overlays/east/b": "2", "clusters/east/isthmus.yaml": "3"}),
		},
		byHand: contents{"overlays/east/b": "mine", "overlays/west/a": "mine"},
		after:  []Part{of("west", contents{"overlays/west/a": "10"})},
		report: Report{
			Parts: []PartReport{
				{Name: "west", Ledger: Changed, Format: 3, Edited: 1},
				{Name: "east", Ledger: Stale, Format: 3, Dropped: true, Stale: 2, Edited: 1},
			},
			Files: []Entry{
				{"clusters/east/isthmus.yaml", "east", Stale, false, true},
				{"overlays/east/a", "east", Stale, false, true},
				{"overlays/east/b", "east", Edited, false, true},
				{"overlays/west/a", "west", Edited, true, true},
			},
		},
		err: "no longer rendered, and not retiring: east\nnot as isthmus wrote them: overlays/west/a",
		disk: contents{
			"overlays/west/a": "mine", "overlays/east/a": "1", "overlays/east/b": "mine", "clusters/east/isthmus.yaml": "3",
			"overlays/west/.isthmus.lock": "isthmus-ledger 1 format 3, overlays/west/a",
			"overlays/east/.isthmus.lock": "isthmus-ledger 1 format 3, clusters/east/isthmus.yaml, overlays/east/a, overlays/east/b",
		},
	},
	{
		name: "a retiring part is dropped, and one that is named; the files of others stay",
		before: []Part{
			of("west", contents{"overlays/west/a": "1"}),
			retiring(of("east", contents{"overlays/east/a": "1", "clusters/east/isthmus.yaml": "3"})),
			of("south", contents{"overlays/south/x/a": "1", "clusters/south/isthmus.yaml": "4"}),
		},
		byHand:  contents{"clusters/south/flux-system/gotk.yaml": "flux"},
		after:   []Part{of("west", contents{"overlays/west/a": "1"})},
		options: Options{Remove: []string{"south", "nobody"}},
		report: Report{
			Parts: []PartReport{
				{Name: "west", Format: 3, Unchanged: 1},
				{Name: "east", Ledger: Stale, Format: 3, Retiring: true, Dropped: true, Stale: 2},
				{Name: "south", Ledger: Stale, Format: 3, Dropped: true, Stale: 2},
			},
			Files: []Entry{
				{"clusters/east/isthmus.yaml", "east", Stale, false, true},
				{"clusters/south/isthmus.yaml", "south", Stale, false, true},
				{"overlays/east/a", "east", Stale, false, true},
				{"overlays/south/x/a", "south", Stale, false, true},
				{"overlays/west/a", "west", Unchanged, true, true},
			},
		},
		disk: contents{
			"overlays/west/a": "1", "clusters/south/flux-system/gotk.yaml": "flux",
			"overlays/west/.isthmus.lock": "isthmus-ledger 1 format 3, overlays/west/a",
		},
	},
	{
		name: "the last part is dropped, and its folders with it",
		before: []Part{
			of("west", contents{"overlays/west/a": "1", "clusters/west/isthmus.yaml": "2"}),
		},
		options: Options{Remove: []string{"west"}},
		report: Report{
			Parts: []PartReport{{Name: "west", Ledger: Stale, Format: 3, Dropped: true, Stale: 2}},
			Files: []Entry{
				{"clusters/west/isthmus.yaml", "west", Stale, false, true},
				{"overlays/west/a", "west", Stale, false, true},
			},
		},
		disk: contents{},
	},
	{
		name: "a partial tree says nothing of other parts, damaged or dropped, and removes nothing that one of them lists",
		before: []Part{
			of("west", contents{"overlays/west/a": "1"}),
			of("east", contents{"clusters/hub/isthmus-east.yaml": "3"}),
		},
		byHand: contents{
			"overlays/west/.isthmus.lock":  "# isthmus-ledger 1 format 3\n" + sumText("3") + "  clusters/hub/isthmus-west.yaml\n",
			"overlays/north/.isthmus.lock": "damaged\n",
		},
		after:   []Part{of("west", contents{"overlays/west/a": "1"})},
		options: Options{Partial: true},
		report: Report{
			Parts: []PartReport{{Name: "west", Ledger: Changed, Format: 3, Unchanged: 1}},
			Files: []Entry{{"overlays/west/a", "west", Unchanged, true, false}},
		},
		disk: contents{
			"overlays/west/a": "1", "clusters/hub/isthmus-east.yaml": "3",
			"overlays/west/.isthmus.lock":  "isthmus-ledger 1 format 3, overlays/west/a",
			"overlays/east/.isthmus.lock":  "isthmus-ledger 1 format 3, clusters/hub/isthmus-east.yaml",
			"overlays/north/.isthmus.lock": "damaged",
		},
	},
	{
		name:   "another version of isthmus, and a part that begins to retire",
		before: []Part{of("west", contents{"overlays/west/a": "1"})},
		byHand: contents{"overlays/west/.isthmus.lock": "# isthmus-ledger 1 format 2\n" + sumText("1") + "  overlays/west/a\n"},
		after:  []Part{retiring(of("west", contents{"overlays/west/a": "1"}))},
		report: Report{
			Parts: []PartReport{{Name: "west", Ledger: Changed, Format: 2, Unchanged: 1}},
			Files: []Entry{{"overlays/west/a", "west", Unchanged, true, true}},
		},
		disk: contents{"overlays/west/a": "1", "overlays/west/.isthmus.lock": "isthmus-ledger 1 format 3, retiring, overlays/west/a"},
	},
}

func TestStates(t *testing.T) {
	for _, test := range states {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			mustWrite(t, dir, Options{}, test.before...)
			put(t, dir, test.byHand)
			root, tree := openRoot(t, dir), mustOf(t, test.after...)
			test.report.Format = 3

			before := snapshot(t, dir)
			report, err := tree.Compare(root, test.options)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(&test.report, report); diff != "" {
				t.Errorf("Compare (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(before, snapshot(t, dir)); diff != "" {
				t.Errorf("Compare changed the disk (-before +after):\n%s", diff)
			}

			report, err = tree.Write(root, test.options)
			if diff := cmp.Diff(test.err, errorText(err)); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(&test.report, report); diff != "" {
				t.Errorf("Write (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.disk, snapshot(t, dir)); diff != "" {
				t.Errorf("disk (-want +got):\n%s", diff)
			}
			if left := leftovers(t, dir); left != nil {
				t.Errorf("left in %s: %q", scratchName, left)
			}
			if test.err != "" {
				return
			}
			again, err := tree.Compare(root, test.options)
			if err != nil || !again.Clean() || again.OtherFormat() != nil {
				t.Errorf("after Write, Compare gives %+v, %v", again, err)
			}
		})
	}
}

// The answers that are read off a report.
func TestReport(t *testing.T) {
	dir := t.TempDir()
	old, err := Of(2, []Part{of("west", contents{"overlays/west/a": "1"})})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := old.Write(openRoot(t, dir), Options{}); err != nil {
		t.Fatal(err)
	}
	tree := mustOf(t, of("west", contents{"overlays/west/a": "1"}), of("east", contents{"overlays/east/a": "1"}))
	report, err := tree.Compare(openRoot(t, dir), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(report.OtherFormat(), " "); got != "west" {
		t.Errorf("OtherFormat is %q, want west", got)
	}
	if got := report.In(Created); len(got) != 1 || got[0].Path != "overlays/east/a" {
		t.Errorf("In(Created) is %v, want overlays/east/a", got)
	}
	if report.Clean() {
		t.Error("Clean, although a file is missing")
	}
}
