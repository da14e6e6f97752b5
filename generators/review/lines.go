package review

import (
	"strings"
	"unicode"
)

// A mark is a line of a hunk, with what became of it: "-", "+" or " ".
type mark struct {
	sign string
	text string
}

// marks gives a field as lines: what it was and what it is. A text of several
// lines is compared line by line.
func (f Field) marks() []mark {
	before, was := f.Before.(string)
	after, is := f.After.(string)
	if was && is && strings.Contains(before+after, "\n") {
		all := []mark{{" ", f.Path + ":"}}
		a, b := strings.SplitAfter(before, "\n"), strings.SplitAfter(after, "\n")
		for _, e := range edits(a, b) {
			for _, l := range a[e.a0:e.a1] {
				all = append(all, mark{"-", "  " + strings.TrimRight(l, "\n")})
			}
			for _, l := range b[e.b0:e.b1] {
				all = append(all, mark{"+", "  " + strings.TrimRight(l, "\n")})
			}
		}
		return all
	}
	var all []mark
	if f.Change == "reordered" || f.Change == "changed" && inline(f.Before) == inline(f.After) {
		return []mark{{" ", f.line()}}
	}
	if f.Change != "added" {
		all = append(all, mark{"-", f.Path + ": " + inline(f.Before)})
	}
	if f.Change != "removed" {
		all = append(all, mark{"+", f.Path + ": " + inline(f.After)})
	}
	return all
}

// marks gives what became of a group's object as lines.
func (g *Group) marks() []mark {
	sign := map[string]string{Added: "+", Removed: "-"}[g.Change]
	switch {
	case g.Change == Moved:
		return []mark{{"-", g.From}, {"+", g.File}}
	case g.Change == Reworded:
		return []mark{{" ", "comments, quotes or order alone"}}
	case g.Change == Renamed:
		return []mark{{" ", "the same but for the cluster's name"}}
	case sign != "" && g.Manifest != "":
		var all []mark
		for line := range strings.Lines(g.Manifest) {
			all = append(all, mark{sign, strings.TrimRight(line, "\n")})
		}
		return all
	case len(g.Fields) == 0:
		return []mark{{" ", "it cannot be read as YAML, so it is not shown"}}
	}
	var all []mark
	for _, f := range g.Fields {
		all = append(all, f.marks()...)
	}
	return all
}

// clean leaves out of a text what could move a terminal's cursor or turn the
// order of letters around.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
			return '\uFFFD'
		}
		return r
	}, text)
}
