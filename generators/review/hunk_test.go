package review

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Whatever two texts are, undoing all hunks of the second gives the first, split
// or not, and lines that nobody changed are in no hunk.
func TestHunksRevert(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	pick := []string{"---\n", "- a\n", "- b\n", "  - c\n", "    d\n", "\n", "e\n", "f", "- a: 1\n", "g\n", "h\n", "i\n"}
	text := func() string {
		var b strings.Builder
		for range r.IntN(12) {
			b.WriteString(pick[r.IntN(len(pick))])
		}
		return b.String()
	}
	for range 20_000 {
		before, after := text(), text()
		found := hunks("m.yaml", []byte(before), []byte(after))
		var fine []Hunk
		for _, h := range found {
			fine = append(fine, h.split(lines([]byte(before)), lines([]byte(after)))...)
		}
		s := &study{in: &Inputs{Base: map[string][]byte{"m.yaml": []byte(before)}, Head: map[string][]byte{"m.yaml": []byte(after)}}}
		for _, some := range [][]Hunk{found, fine} {
			all := make([]int, len(some))
			for i := range all {
				all[i] = i
			}
			got, changed := s.revert(some, all)["m.yaml"]
			if changed != (before != after) || changed && string(got) != before {
				t.Fatalf("%q and %q: reverted to %q by %v", before, after, got, some)
			}
		}
	}
}

func TestHunks(t *testing.T) {
	for _, test := range []struct {
		name, before, after string
		want                []string
	}{
		{"a line", "a\nb\nc\n", "a\nx\nc\n", []string{"m:2"}},
		{"lines one by one", "a\nb\nc\nd\n", "a\nx\ny\nd\n", []string{"m:2", "m:3"}},
		{"an item that looks like the one before", "l:\n  - n: a\n    p: 1\n  - n: b\n    p: 1\n", "l:\n  - n: a\n    p: 1\n  - n: c\n    p: 1\n  - n: b\n    p: 1\n", []string{"m:4-5"}},
		{"two items", "l:\n", "l:\n  - a\n  - b\n", []string{"m:2", "m:3"}},
		{"an item that went", "l:\n  - a\n  - b\n", "l:\n  - b\n", []string{"m:2 (removed)"}},
		{"a document, whole", "a: 1\n", "a: 1\n---\nkind: X\nb: 2\n---\nc: 3\n", []string{"m:2-4", "m:5-6"}},
		{"an item, and what follows the list", "l:\n  - a\nz: 1\n", "l:\n  - a\n  - b\nk: 2\nz: 1\n", []string{"m:3-4"}},
		{"no text", "a", "\xff", []string{"m"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, h := range hunks("m", []byte(test.before), []byte(test.after)) {
				for _, part := range h.split(lines([]byte(test.before)), lines([]byte(test.after))) {
					got = append(got, part.String())
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Ten thousand lines of which each is there many times take no quadratic time to
// compare: this test would not end.
func TestHunksOfManyLines(t *testing.T) {
	var a, b strings.Builder
	for i := range 100_000 {
		a.WriteString([]string{"x\n", "y\n", "z\n"}[i%3])
		b.WriteString([]string{"y\n", "x\n", "w\n"}[i%3])
	}
	if n := len(hunks("m", []byte(a.String()), []byte(b.String()))); n == 0 {
		t.Error("no hunk")
	}
}
