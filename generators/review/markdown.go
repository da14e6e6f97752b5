package review

import (
	"fmt"
	"html"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/diag"
)

// Markdown is the format for a comment: a table first, then what changed, folded.
// Everything that a user wrote stands in code, where it calls nobody and links to
// nothing.
type Markdown struct {
	Budget int // bytes of a page, at least LeastBudget
}

// Comment is what a page may have to be taken as a comment by GitHub. Its
// message speaks of 65,536 characters, and how it counts them has changed over
// time; as bytes they are few enough by every count.
const Comment = 65536

// LeastBudget is the least that a page can be made of.
const LeastBudget = 2048

// footing is kept free on each page for what stands at its end.
const footing = 400

// A page is one part of a comment.
type page struct {
	b       strings.Builder
	open    bool   // a block is
	close   string // what closes it
	rows    int    // of tables
	objects int    // whose hunks are here
}

// A piece is what no page cuts: a row of a table, or a hunk.
type piece struct {
	block   string // what has to be open around it
	again   string // the same on a page after the first
	close   string
	text    string
	row     bool
	objects int // that it shows
}

// Pages gives a change as pages. What is larger than any page is left out, and
// counted.
func (m Markdown) Pages(c *Change) []string {
	pages, large := m.lay(c)
	texts := make([]string, len(pages))
	for i, p := range pages {
		text := p.b.String()
		if len(pages) > 1 {
			text = fmt.Sprintf("**Part %d of %d.**\n\n", i+1, len(pages)) + text
		}
		if large > 0 && i == len(pages)-1 {
			text += fmt.Sprintf("\n**Not shown:** the hunks of %s, each larger than a part.\n", diag.Count(large, "object"))
		}
		texts[i] = text
	}
	return texts
}

// Page gives the first page alone, which says what is not on it.
func (m Markdown) Page(c *Change) string {
	pages, large := m.lay(c)
	text := pages[0].b.String()
	rows, objects := 0, large
	for _, p := range pages[1:] {
		rows, objects = rows+p.rows, objects+p.objects
	}
	if rows+objects == 0 {
		return text
	}
	text += fmt.Sprintf("\n**Left out here:** the hunks of %d of %s", objects, diag.Count(c.Objects.All(), "object"))
	if rows > 0 {
		text += ", and " + diag.Count(rows, "row") + " of the tables"
	}
	if len(pages) > 1 {
		return text + fmt.Sprintf(". All of it takes %s: `isthmus diff -o markdown --parts <folder>`.\n", diag.Count(len(pages), "part"))
	}
	return text + ". Each is larger than a comment: see `isthmus diff -o html`.\n"
}

// lay puts the pieces onto pages, and counts the objects whose hunks fit on none.
func (m Markdown) lay(c *Change) (pages []*page, large int) {
	first := &page{}
	first.b.WriteString("### isthmus: " + c.extent() + "\n\n" + code(c.Base.String()) + " → " + code(c.Head.String()) + "\n")
	pages = []*page{first}
	room, last := m.Budget-footing, ""
	for _, p := range m.pieces(c) {
		at := pages[len(pages)-1]
		opening := p.block
		if last == p.block {
			opening = p.again
			if at.open {
				opening = ""
			}
		} else {
			at.end()
		}
		if at.b.Len()+len(opening)+len(p.text)+len(p.close) > room {
			if opening = p.block; last == p.block {
				opening = p.again
			}
			if len(opening)+len(p.text)+len(p.close) > room {
				large += p.objects
				continue
			}
			at.end()
			at = &page{}
			pages = append(pages, at)
		}
		at.b.WriteString(opening + p.text)
		at.close, last = p.close, p.block
		at.open = true
		at.objects += p.objects
		if p.row {
			at.rows++
		}
	}
	pages[len(pages)-1].end()
	return pages, large
}

func (p *page) end() {
	if p.open {
		p.b.WriteString(p.close)
	}
	p.open, p.close = false, ""
}

// pieces gives all that there is to say, in order.
func (m Markdown) pieces(c *Change) []piece {
	var all []piece
	risks := "\n| risk | what | rule | clusters |\n|---|---|---|---|\n"
	for _, r := range c.Risks {
		all = append(all, piece{block: risks, again: risks, row: true, text: fmt.Sprintf("| %s | %s: %s | %s | %s |\n", level(r.Level), r.Title, code(r.What), r.Rule, cell(r.Clusters))})
	}
	sections := c.sections()
	table := "\n| change | objects | what | where | because of |\n|---|---:|---|---|---|\n"
	for _, s := range sections {
		g := s.first()
		cause := ""
		if !g.Object.derived() || g.Cause == CauseOverlays {
			cause = code(c.because(g))
		}
		what := code(s.names(3))
		if stays := s.stays(); stays != "" {
			what += " (" + stays + ")"
		}
		all = append(all, piece{block: table, again: table, row: true, text: fmt.Sprintf("| %s | %d | %s | %s | %s |\n", g.Change, s.objects(), what, cell(s.clusters()), cause)})
	}
	for _, s := range sections {
		all = append(all, m.details(c, s)...)
	}
	return all
}

// details gives the hunks of a section, folded.
func (m Markdown) details(c *Change, s *section) []piece {
	g := s.first()
	summary := fmt.Sprintf("%s <code>%s</code> in %s", g.Change, html.EscapeString(clean(s.names(3))), html.EscapeString(cell(s.clusters())))
	block := "\n<details><summary>" + summary + "</summary>\n"
	again := "\n<details><summary>" + summary + ", continued</summary>\n"
	closing := "\n</details>\n"
	var all []piece
	note := ""
	if names := s.clusters(); len(names) > 3 {
		note = "\n" + code(few(names, 60)) + "\n"
	}
	if !g.Object.derived() && len(g.Causes) > 0 {
		note += "\n" + fence("diff", c.causeLines(g))
	}
	if note != "" {
		all = append(all, piece{block: block, again: again, close: closing, text: note})
	}
	for _, h := range s.hunks() {
		all = append(all, piece{block: block, again: again, close: closing, text: "\n" + fence("diff", h.marks), objects: h.objects})
	}
	return all
}

// A hunk of a section is one object, or objects with one and the same change.
type sectionHunk struct {
	marks   []mark
	objects int
}

// together is how many objects of the same change share a hunk.
const together = 50

func (s *section) hunks() []sectionHunk {
	var all []sectionHunk
	g := s.first()
	if g.Object.derived() || g.Change != Changed && g.Change != Renamed {
		for _, g := range s.groups {
			all = append(all, sectionHunk{append([]mark{{" ", g.Object.String()}}, g.marks()...), len(g.Clusters)})
		}
		return all
	}
	for from := 0; from < len(s.groups); from += together {
		some := &section{s.groups[from:min(from+together, len(s.groups))]}
		all = append(all, sectionHunk{append([]mark{{" ", some.names(together)}}, g.marks()...), some.objects()})
	}
	return all
}

// causeMost is how many lines of the input are shown as a cause.
const causeMost = 12

// causeLines gives the lines of the input that brought a group about.
func (c *Change) causeLines(g *Group) []mark {
	var all []mark
	left := 0
	for _, i := range g.Causes {
		h := c.Inputs[i]
		if len(all) >= causeMost {
			left += len(h.Before) + len(h.After)
			continue
		}
		all = append(all, mark{" ", "# " + h.String()})
		for _, side := range []struct {
			sign  string
			lines []string
		}{{"-", h.Before}, {"+", h.After}} {
			for _, l := range side.lines {
				if len(all) >= causeMost {
					left++
				} else {
					all = append(all, mark{side.sign, l})
				}
			}
		}
	}
	if left > 0 {
		all = append(all, mark{" ", fmt.Sprintf("# and %s", diag.Count(left, "line"))})
	}
	return all
}

// level marks how bad a risk is, so that it is seen without being read.
func level(l Level) string {
	return map[Level]string{High: "🔴 high", Medium: "🟠 medium", Low: "🔵 low"}[l]
}

// cell names clusters in a table: few, or their number.
func cell(clusters []string) string {
	if len(clusters) > 3 {
		return diag.Count(len(clusters), "cluster")
	}
	return strings.Join(clusters, ", ")
}

// code writes a text as code that may stand in a table.
func code(text string) string {
	text = strings.NewReplacer("`", "'", "|", `\|`, "\n", " ").Replace(clean(text))
	if text == "" {
		return ""
	}
	return "`" + text + "`"
}

// fence writes lines as a block of code, which no line of theirs can end.
func fence(language string, marks []mark) string {
	longest := 2
	var b strings.Builder
	for _, l := range marks {
		text := clean(l.text)
		run := 0
		for _, r := range text {
			if r == '`' {
				run++
				longest = max(longest, run)
			} else {
				run = 0
			}
		}
		b.WriteString(strings.TrimRight(l.sign+" "+text, " ") + "\n")
	}
	ticks := strings.Repeat("`", longest+1)
	return ticks + language + "\n" + b.String() + ticks + "\n"
}
