package review

import (
	"bytes"
	"fmt"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/isthmus-mesh/isthmus/generators/seal"
)

// A Hunk is lines of an input file that changed. Lines count from 1; where a side
// has none, its From is the line before which they would stand, and its To is
// one less.
type Hunk struct {
	File     string   `json:"file"`
	BaseFrom int      `json:"baseFrom"`
	BaseTo   int      `json:"baseTo"`
	HeadFrom int      `json:"headFrom"`
	HeadTo   int      `json:"headTo"`
	Before   []string `json:"before,omitempty"` // the lines, left out where they are no text for people
	After    []string `json:"after,omitempty"`

	base, head [2]int // the lines as indexes into the file's
	whole      bool   // the file came or went
}

// String says where the lines are: in the head, or, where they went, in the base.
func (h Hunk) String() string {
	span := func(from, to int) string {
		if from == to {
			return fmt.Sprintf("%s:%d", h.File, from)
		}
		return fmt.Sprintf("%s:%d-%d", h.File, from, to)
	}
	switch {
	case h.HeadTo == 0 && h.BaseTo == 0:
		return h.File
	case h.HeadTo < h.HeadFrom:
		return span(h.BaseFrom, h.BaseTo) + " (removed)"
	default:
		return span(h.HeadFrom, h.HeadTo)
	}
}

// hunks gives what changed between two texts of a file. One that holds ciphertext,
// or no text at all, is one hunk without lines.
func hunks(file string, before, after []byte) []Hunk {
	if bytes.Equal(before, after) {
		return nil
	}
	if !utf8.Valid(before) || !utf8.Valid(after) || sealed(file) {
		return []Hunk{{File: file}}
	}
	a, b := lines(before), lines(after)
	var all []Hunk
	for _, e := range edits(a, b) {
		h := Hunk{File: file, BaseFrom: e.a0 + 1, BaseTo: e.a1, HeadFrom: e.b0 + 1, HeadTo: e.b1, base: [2]int{e.a0, e.a1}, head: [2]int{e.b0, e.b1}}
		h.Before, h.After = shown(a[e.a0:e.a1]), shown(b[e.b0:e.b1])
		all = append(all, h)
	}
	return all
}

// sealed says whether a file holds ciphertext, of which no part means anything.
func sealed(file string) bool { return strings.Contains("/"+file, "/"+seal.Folder("")+"/") }

// shown gives lines without their ends, keys and ciphertext left out.
func shown(lines []string) []string {
	var all []string
	for _, l := range lines {
		l = strings.TrimRight(l, "\r\n")
		if what := opaque(strings.TrimSpace(l)); what != "" {
			l = "(" + what + ")"
		}
		all = append(all, l)
	}
	return all
}

// lines cuts a text after its line ends.
func lines(text []byte) []string {
	var all []string
	for line := range bytes.Lines(text) {
		all = append(all, string(line))
	}
	return all
}

// An edit replaces lines a0 to a1 of one text by b0 to b1 of another.
type edit struct{ a0, a1, b0, b1 int }

// edits compares two texts: lines that stand in both only once hold them
// together, and between those the same again. It takes n log n.
func edits(a, b []string) []edit {
	var all []edit
	var compare func(a0, a1, b0, b1 int)
	compare = func(a0, a1, b0, b1 int) {
		for a0 < a1 && b0 < b1 && a[a0] == b[b0] {
			a0, b0 = a0+1, b0+1
		}
		for a0 < a1 && b0 < b1 && a[a1-1] == b[b1-1] {
			a1, b1 = a1-1, b1-1
		}
		if a0 == a1 && b0 == b1 {
			return
		}
		held := anchors(a[a0:a1], b[b0:b1])
		if len(held) == 0 {
			all = append(all, edit{a0, a1, b0, b1})
			return
		}
		i, j := a0, b0
		for _, at := range held {
			compare(i, a0+at[0], j, b0+at[1])
			i, j = a0+at[0], b0+at[1]
			// The run of equal lines is trimmed by the next call.
		}
		compare(i, a1, j, b1)
	}
	compare(0, len(a), 0, len(b))
	for i, e := range all {
		floor := 0
		if i > 0 {
			floor = all[i-1].b1
		}
		switch {
		case e.a0 == e.a1:
			n := slide(b, e.b0, e.b1, floor)
			all[i] = edit{e.a0 - n, e.a1 - n, e.b0 - n, e.b1 - n}
		case e.b0 == e.b1:
			if i > 0 {
				floor = all[i-1].a1
			}
			n := slide(a, e.a0, e.a1, floor)
			all[i] = edit{e.a0 - n, e.a1 - n, e.b0 - n, e.b1 - n}
		}
	}
	return all
}

// slide says by how many lines a block can be taken further up, so that it begins
// as a document or an item of a list does: the same lines above it and at its end
// leave that open.
func slide(lines []string, from, to, floor int) int {
	rank := func(l string) int {
		text := strings.TrimLeft(l, " ")
		switch {
		case strings.HasPrefix(l, "---"):
			return 0
		case strings.HasPrefix(text, "- "):
			return 1 + len(l) - len(text)
		default:
			return 1000
		}
	}
	best, least := 0, rank(lines[from])
	for n := 1; from-n >= floor && lines[from-n] == lines[to-n]; n++ {
		if r := rank(lines[from-n]); r < least {
			best, least = n, r
		}
	}
	return best
}

// anchors gives the longest rising run of lines that each text has only once.
func anchors(a, b []string) [][2]int {
	type place struct{ in, at int }
	times := func(lines []string) map[string]place {
		m := map[string]place{}
		for i, l := range lines {
			m[l] = place{m[l].in + 1, i}
		}
		return m
	}
	inB := times(b)
	var matches [][2]int
	seen := times(a)
	for i, l := range a {
		if seen[l].in == 1 && inB[l].in == 1 {
			matches = append(matches, [2]int{i, inB[l].at})
		}
	}
	// Patience: the top of each pile is the smallest end of a run of its length.
	var piles []int
	back := make([]int, len(matches))
	for i, m := range matches {
		p := sort.Search(len(piles), func(p int) bool { return matches[piles[p]][1] >= m[1] })
		back[i] = -1
		if p > 0 {
			back[i] = piles[p-1]
		}
		if p == len(piles) {
			piles = append(piles, i)
		} else {
			piles[p] = i
		}
	}
	if len(piles) == 0 {
		return nil
	}
	var run [][2]int
	for i := piles[len(piles)-1]; i >= 0; i = back[i] {
		run = append(run, matches[i])
	}
	slices.Reverse(run)
	return run
}
