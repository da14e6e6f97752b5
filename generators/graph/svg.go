package graph

import (
	"encoding/xml"
	"fmt"
	"strings"
)

// SVG gives the picture as an SVG that stands alone: no script, no font and no
// file from elsewhere, light or dark as its reader has it.
func (g *Graph) SVG() []byte {
	p := g.layout()
	s := &svg{}
	s.line(`<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" role="img" aria-labelledby="isthmus-title isthmus-desc">`, p.w, p.h, p.w, p.h)
	s.line(`<title id="isthmus-title">%s</title>`, text(g.Title))
	s.line(`<desc id="isthmus-desc">%s</desc>`, text(g.Sentence()))
	s.line("<style>\n%s</style>", style())
	s.line(`<defs>`)
	for _, c := range []Change{Same, Added, Removed, Changed} {
		s.line(`<marker id="isthmus-head%d" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto"><path class="head%s" d="M0 0L8 4L0 8z"/></marker>`, c, class(c))
	}
	s.line(`</defs>`)
	s.line(`<rect class="page" width="%d" height="%d"/>`, p.w, p.h)
	s.line(`<text class="mesh" x="%d" y="%d">%s</text>`, margin, margin+16, text(fitted(g.Title, p.w-2*margin, 18, true)))
	s.line(`<text class="facts" x="%d" y="%d">%s</text>`, margin, margin+38, text(g.facts()))
	s.others(p)
	for _, f := range p.frames {
		s.frame(f)
	}
	s.legend(p)
	s.line(`</svg>`)
	return []byte(s.String())
}

// facts gives the line below the title.
func (g *Graph) facts() string {
	words := make([]string, len(g.Facts))
	for i, l := range g.Facts {
		words[i] = l.Marked()
	}
	return fitted(strings.Join(words, ", "), across, textSize, false)
}

type svg struct{ strings.Builder }

func (s *svg) line(format string, args ...any) { fmt.Fprintf(&s.Builder, format+"\n", args...) }

func text(t string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(t)) // a Builder takes all that is written
	return b.String()
}

// class gives the class of a change, after a space.
func class(c Change) string {
	if c == Same {
		return ""
	}
	return " " + c.String()
}

// frame draws a control plane with its remotes, lines first.
func (s *svg) frame(f frame) {
	s.line(`<rect class="frame" x="%d" y="%d" width="%d" height="%d" rx="8"/>`, f.x, f.y, f.w, f.h)
	if f.plane != nil {
		s.relations(f)
		s.box(*f.plane)
	}
	for _, row := range f.rows {
		for _, b := range row {
			s.box(b)
		}
	}
}

// relations draws the lines of a frame: each of the two kinds once down its side
// and once along each row, and from there to each remote. A line that is common
// to several remotes is marked where all of them are.
func (s *svg) relations(f frame) {
	all := func(of func(box) Change) Change {
		first := of(f.rows[0][0])
		for _, row := range f.rows {
			for _, b := range row {
				if of(b) != first {
					return Same
				}
			}
		}
		return first
	}
	for _, kind := range []struct {
		class string
		lane  int
		shift int
		down  bool // the arrow leads to the remotes
		of    func(box) Change
	}{
		{"configuration", laneC, -shift, false, func(b box) Change { return b.configuration }},
		{"reads", laneR, shift, true, func(b box) Change { return b.read }},
	} {
		common := all(kind.of)
		x := f.x + lanes - kind.lane
		from := f.plane.y + f.plane.h/2 + kind.shift
		last := f.rows[len(f.rows)-1]
		mark := ""
		if !kind.down {
			mark = fmt.Sprintf(` marker-end="url(#isthmus-head%d)"`, common)
		}
		s.line(`<path class="%s%s" d="M%d %dV%dH%d"%s/>`, kind.class, class(common), x, last[0].y-kind.lane, from, f.plane.x, mark)
		for _, row := range f.rows {
			y := row[0].y - kind.lane
			end := row[len(row)-1]
			s.line(`<path class="%s%s" d="M%d %dH%d"/>`, kind.class, class(common), x, y, end.x+end.w/2+kind.shift)
			for _, b := range row {
				change := kind.of(b)
				mark := ""
				if kind.down {
					mark = fmt.Sprintf(` marker-end="url(#isthmus-head%d)"`, change)
				}
				s.line(`<path class="%s%s" d="M%d %dV%d"%s/>`, kind.class, class(change), b.x+b.w/2+kind.shift, y, b.y, mark)
			}
		}
	}
}

// others draws that control planes read the clusters of other frames.
func (s *svg) others(p *picture) {
	if len(p.frames) < 2 {
		return
	}
	first, last := p.frames[0], p.frames[len(p.frames)-1]
	s.line(`<path class="reads" d="M%d %dV%d"/>`, margin+4, first.y+margin, last.y+margin)
	for _, f := range p.frames {
		s.line(`<path class="reads" d="M%d %dH%d" marker-end="url(#isthmus-head0)"/>`, margin+4, f.y+margin, f.x)
	}
}

// box draws a node.
func (s *svg) box(b box) {
	s.line(`<g class="node%s">`, class(b.node.Change))
	s.line(`<title>%s</title>`, text(strings.Join(append(b.node.all(), b.node.Names...), "\n")))
	s.line(`<rect x="%d" y="%d" width="%d" height="%d" rx="6"/>`, b.x, b.y, b.w, b.h)
	room := b.w - 2*padding
	title := room
	if b.node.Change != Same {
		word := b.node.Change.String()
		title -= between + textWidth(word, textSize, true)
		s.line(`<text class="word" x="%d" y="%d" text-anchor="end">%s</text>`, b.x+b.w-padding, b.y+padding+12, word)
	}
	s.line(`<text class="name" x="%d" y="%d">%s</text>`, b.x+padding, b.y+padding+12, text(fitted(b.node.Title(), title, titleSize, true)))
	y := b.y + padding + 12 + titleLine
	for _, l := range b.node.broken() {
		s.line(`<text class="line%s" x="%d" y="%d">%s</text>`, class(l.Change), b.x+padding, y, text(l.Text))
		y += textLine
	}
	s.line(`</g>`)
}
