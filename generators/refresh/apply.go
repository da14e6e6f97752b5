package refresh

import (
	"bytes"
	"cmp"
	"slices"
)

// An edit puts a text into the place of a span.
type edit struct {
	span
	with string
}

func (d *document) replace(s span, with string) { d.edits = append(d.edits, edit{s, with}) }

// remove takes out a span, which lies on one line.
func (d *document) remove(s span) { d.replace(s, "") }

// insertLine puts a line behind the one that holds an offset.
func (d *document) insertLine(at int, text string) {
	end := d.endOfLine(at)
	d.replace(span{end, end}, d.lineBreak(at)+text)
}

// applied gives the text with the edits made. A line of which nothing is left goes
// as a whole, and one of which only a comment is left keeps its indentation.
func (d *document) applied() []byte {
	edits := d.tidied()
	slices.SortStableFunc(edits, func(a, b edit) int { return cmp.Compare(a.from, b.from) })
	var out []byte
	at := 0
	for _, e := range edits {
		if e.from > at {
			out = append(out, d.text[at:e.from]...)
		}
		out = append(out, e.with...)
		at = max(at, e.to)
	}
	return append(out, d.text[at:]...)
}

// tidied replaces the edits of a line that only lose something by one that takes
// the blanks along.
func (d *document) tidied() []edit {
	gone := make([]bool, len(d.text))
	touched := map[int]bool{} // lines, true where something was put
	for _, e := range d.edits {
		if e.from == e.to && e.with == "" {
			continue
		}
		for at := e.from; at < e.to; at++ {
			gone[at] = true
		}
		line := d.lineOf(min(e.from, max(len(d.text)-1, 0)))
		touched[line] = touched[line] || e.with != "" && e.from < d.endOfLine(d.lines[line]) || e.with != "" && e.to > e.from
	}
	whole := map[int]edit{}
	for line, put := range touched {
		if put {
			continue
		}
		from := d.lines[line]
		end := d.endOfLine(from)
		rest := from
		for rest < end && (gone[rest] || bytes.IndexByte([]byte(" \t"), d.text[rest]) >= 0) {
			rest++
		}
		switch {
		case rest == end && slices.Contains(gone[from:end], true):
			whole[line] = edit{span{from, end + breakAt(d.text[end:])}, ""}
		case rest < end && d.text[rest] == '#':
			whole[line] = edit{span{d.blanks(from), rest}, ""}
		}
	}
	edits := slices.DeleteFunc(slices.Clone(d.edits), func(e edit) bool {
		w, is := whole[d.lineOf(min(e.from, max(len(d.text)-1, 0)))]
		return is && e.with == "" && e.from >= w.from && e.to <= w.to
	})
	for _, e := range whole {
		edits = append(edits, e)
	}
	return edits
}
