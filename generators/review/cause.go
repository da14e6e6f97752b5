package review

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/seal"
)

// Inputs are what both sides were rendered from, for finding out which lines
// brought a change about.
type Inputs struct {
	Base, Head   map[string][]byte // the files that were read, by path as the user calls them
	Before       *Side             // rendered from Base
	After        *Side             // rendered from Head
	RenderEdited func(files map[string][]byte) (*Side, error)
}

// trialLimit is how many meshes are rendered to find causes; fewer of a large
// mesh, so that all of them cost no more than rendering it.
const trialLimit = 48

// Of gives what differs between two sides, the lines that brought it about, and
// what is risky about it. A cause is never guessed: a line is one where the
// head, rendered without it, is another. Without inputs there are no causes.
func Of(base, head *Side, in *Inputs) *Change {
	known := newLibrary()
	change, members := compare(known, base, head)
	if in != nil && (!change.Empty() || !maps.Equal(in.Before.Servers, in.After.Servers)) {
		change.explain(known, members, in)
	}
	change.Risks = risks(change, members, base, head)
	return change
}

// A spot is an object of a cluster.
type spot struct {
	cluster string
	key     Object
}

// A study finds the causes of what the inputs made of a mesh.
type study struct {
	in      *Inputs
	known   *library
	causes  map[spot][]int
	among   map[spot]bool  // of the causes several were tried as one
	aside   map[spot][]int // causes of how an object that came looks, where others made it come
	between map[spot]delta // what rendering both sides gives
	tried   map[string]map[spot]bool
}

func (c *Change) explain(known *library, members [][]delta, in *Inputs) {
	s := &study{in: in, known: known, causes: map[spot][]int{}, among: map[spot]bool{}, aside: map[spot][]int{}, between: map[spot]delta{}, tried: map[string]map[spot]bool{}}
	var coarse, fine []Hunk
	for _, file := range slices.Sorted(maps.Keys(both(in.Base, in.Head))) {
		before, was := in.Base[file]
		after, is := in.Head[file]
		found := hunks(file, before, after)
		if !was || !is {
			for i := range found {
				found[i].whole = true
			}
		}
		coarse = append(coarse, found...)
		for _, h := range found {
			fine = append(fine, h.split(lines(before), lines(after))...)
		}
	}
	for _, d := range s.deltas(in.Before, in.After) {
		s.between[spot{d.cluster, d.key}] = d
	}
	c.Inputs = fine
	limit := max(2, min(trialLimit, 60_000/max(1, documents(in.After))))
	if len(fine) > limit {
		c.Inputs = coarse
	}
	if c.Inputs == nil {
		c.Inputs = []Hunk{}
	}
	s.try(c.Inputs, limit)
	for at, set := range s.causes {
		s.causes[at] = besideLock(c.Inputs, set)
	}
	c.bound = s.causes
	for i := range c.Groups {
		g := &c.Groups[i]
		causes := map[int]bool{}
		overlays, among := false, false
		for _, d := range members[i] {
			at := spot{d.cluster, d.key}
			if !equalDelta(d, s.between[at]) {
				overlays = true
			}
			for _, cause := range s.causes[at] {
				causes[cause] = true
			}
			among = among || s.among[at]
		}
		switch {
		case overlays || len(members[i]) == 0:
			g.Cause = CauseOverlays
		case len(causes) > 0:
			g.Cause, g.Causes = CauseLines, slices.Sorted(maps.Keys(causes))
			if among {
				g.Cause = CauseAmong
			}
		}
	}
}

// besideLock leaves the lock of tags out of causes that hold something else: it
// follows what is sealed, and a mesh with one of the two is none.
func besideLock(all []Hunk, set []int) []int {
	others := slices.DeleteFunc(slices.Clone(set), func(i int) bool {
		return strings.HasSuffix("/"+all[i].File, "/"+seal.LockPath)
	})
	if len(others) == 0 {
		return set
	}
	return others
}

// equalDelta says whether what was committed changed as the inputs have it.
func equalDelta(a, b delta) bool {
	same := func(a, b *document) bool {
		return a == nil && b == nil || a != nil && b != nil && bytes.Equal(a.data, b.data)
	}
	return same(a.before, b.before) && same(a.after, b.after)
}

func both(a, b map[string][]byte) map[string]bool {
	all := map[string]bool{}
	for name := range a {
		all[name] = true
	}
	for name := range b {
		all[name] = true
	}
	return all
}

func documents(s *Side) int {
	n := 0
	for _, p := range s.Parts {
		for _, f := range p.Files {
			n += 1 + len(f.Segments)/2
		}
	}
	return n
}

// deltas compares two sides without grouping.
func (s *study) deltas(base, head *Side) []delta {
	var contrasts []contrast
	var all []delta
	for _, p := range pairs(base, head) {
		contrasts = append(contrasts, s.known.contrast(p, base, head))
		all = append(all, p.bonds(base, head)...)
	}
	s.known.readAll()
	for i := range contrasts {
		all = append(all, contrasts[i].deltas()...)
	}
	return all
}

// try renders the head without some of the hunks, in turn, and records which
// objects are others without them.
func (s *study) try(all []Hunk, limit int) {
	if len(all) == 1 {
		for at := range s.between { // nothing else changed
			s.causes[at] = []int{0}
		}
		return
	}
	sets := portions(len(all), limit)
	for _, set := range sets {
		for at, absent := range s.without(all, set) {
			if s.between[at].before == nil && !absent {
				s.aside[at] = append(s.aside[at], set...)
				continue
			}
			s.causes[at] = append(s.causes[at], set...)
			s.among[at] = s.among[at] || len(set) > 1
		}
	}
	for at, set := range s.aside {
		if len(s.causes[at]) == 0 {
			s.causes[at], s.among[at] = set, len(sets) < len(all)
		}
	}
	// What none of them brings about alone, some do together: as a cluster that
	// has another name, and the lines that name it.
	for range togetherMost {
		if len(sets) > togetherMost || !s.together(all, sets) {
			return
		}
	}
}

// togetherMost is up to how many hunks it is looked for which of them act
// together, and how often.
const togetherMost = 12

// together takes an object that has no cause and finds hunks of which none can be
// spared: without all of them it is another, and without any fewer it is not, or
// there is no valid mesh. It gives false where there is nothing to find.
func (s *study) together(all []Hunk, sets [][]int) bool {
	at, found := s.unexplained()
	if !found {
		return false
	}
	left := sets
	for i := range sets {
		fewer := slices.DeleteFunc(slices.Clone(left), func(set []int) bool { return set[0] == sets[i][0] })
		if _, changed := s.without(all, slices.Concat(fewer...))[at]; changed {
			left = fewer
		}
	}
	set := slices.Concat(left...)
	for also := range s.without(all, set) {
		if len(s.causes[also]) == 0 {
			s.causes[also], s.among[also] = set, slices.ContainsFunc(left, func(set []int) bool { return len(set) > 1 })
		}
	}
	return len(s.causes[at]) > 0
}

// unexplained gives the first object, in the order of their names, that has no
// cause yet.
func (s *study) unexplained() (spot, bool) {
	var first spot
	found := false
	for at := range s.between {
		if len(s.causes[at]) == 0 && (!found || at.compare(first) < 0) {
			first, found = at, true
		}
	}
	return first, found
}

func (s spot) compare(other spot) int {
	return cmp.Or(strings.Compare(s.cluster, other.cluster), compareObjects(s.key, other.key))
}

// portions cuts n hunks into at most limit sets of neighbours.
func portions(n, limit int) [][]int {
	var sets [][]int
	for i := range n {
		if k := i * min(n, limit) / n; k == len(sets) {
			sets = append(sets, nil)
		}
		sets[len(sets)-1] = append(sets[len(sets)-1], i)
	}
	return sets
}

// without renders the head without a set of hunks, and gives the objects that
// change and are others then, with whether they are not there at all: none where
// that is no valid mesh.
func (s *study) without(all []Hunk, set []int) map[spot]bool {
	key := fmt.Sprint(set)
	if known, tried := s.tried[key]; tried {
		return known
	}
	others := map[spot]bool{}
	s.tried[key] = others
	side, err := s.in.RenderEdited(s.revert(all, set))
	if err != nil {
		return others
	}
	for _, d := range s.deltas(side, s.in.After) {
		at := spot{d.cluster, d.key}
		if _, changed := s.between[at]; changed {
			others[at] = d.before == nil
		}
	}
	return others
}

// revert gives the files of the head with a set of hunks undone; nil for a file
// that is not there.
func (s *study) revert(all []Hunk, set []int) map[string][]byte {
	edited := map[string][]byte{}
	byFile := map[string][]Hunk{}
	for _, i := range set {
		byFile[all[i].File] = append(byFile[all[i].File], all[i])
	}
	for file, undone := range byFile {
		before, was := s.in.Base[file]
		if undone[0].whole || undone[0].head[1] == 0 && undone[0].base[1] == 0 {
			edited[file] = nil
			if was {
				edited[file] = before
			}
			continue
		}
		a, b := lines(before), lines(s.in.Head[file])
		var text strings.Builder
		from := 0
		slices.SortFunc(undone, func(x, y Hunk) int { return x.head[0] - y.head[0] })
		for _, h := range undone {
			text.WriteString(strings.Join(b[from:h.head[0]], ""))
			text.WriteString(strings.Join(a[h.base[0]:h.base[1]], ""))
			from = h.head[1]
		}
		text.WriteString(strings.Join(b[from:], ""))
		edited[file] = []byte(text.String())
	}
	return edited
}

// split cuts a hunk into parts that may stand alone: lines one by one where as
// many came as went, items of a list where they only came or went.
func (h Hunk) split(before, after []string) []Hunk {
	n, m := h.base[1]-h.base[0], h.head[1]-h.head[0]
	part := func(b0, b1, h0, h1 int) Hunk {
		p := Hunk{File: h.File, BaseFrom: b0 + 1, BaseTo: b1, HeadFrom: h0 + 1, HeadTo: h1, base: [2]int{b0, b1}, head: [2]int{h0, h1}}
		if h.Before != nil || h.After != nil {
			p.Before, p.After = shown(before[b0:b1]), shown(after[h0:h1])
		}
		return p
	}
	var parts []Hunk
	switch {
	case h.whole, n+m == 0:
	case n == m && n > 1:
		for i := range n {
			parts = append(parts, part(h.base[0]+i, h.base[0]+i+1, h.head[0]+i, h.head[0]+i+1))
		}
	case n == 0:
		for _, span := range items(after[h.head[0]:h.head[1]]) {
			parts = append(parts, part(h.base[0], h.base[0], h.head[0]+span[0], h.head[0]+span[1]))
		}
	case m == 0:
		for _, span := range items(before[h.base[0]:h.base[1]]) {
			parts = append(parts, part(h.base[0]+span[0], h.base[0]+span[1], h.head[0], h.head[0]))
		}
	}
	if len(parts) < 2 {
		return []Hunk{h}
	}
	return parts
}

// items cuts lines before each item of the list that they begin with, or before
// each document: what is less may be valid alone, and mean something else.
func items(lines []string) [][2]int {
	indent := func(l string) int { return len(l) - len(strings.TrimLeft(l, " ")) }
	first := lines[0]
	list := strings.HasPrefix(strings.TrimLeft(first, " "), "- ")
	if !list && !strings.HasPrefix(first, "---") {
		return [][2]int{{0, len(lines)}}
	}
	var spans [][2]int
	for i, l := range lines {
		switch {
		case i == 0, list && indent(l) == indent(first) && strings.HasPrefix(l[indent(l):], "- "), !list && strings.HasPrefix(l, "---"):
			spans = append(spans, [2]int{i, i})
		case list && indent(l) < indent(first) && strings.TrimSpace(l) != "":
			return [][2]int{{0, len(lines)}} // the lines go on after the list
		}
		spans[len(spans)-1][1] = i + 1
	}
	return spans
}
