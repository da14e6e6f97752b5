package refresh

import (
	"net/netip"
	"slices"

	"go.yaml.in/yaml/v3"
)

// A sequence is a list of addresses as it stands in the text.
type sequence struct {
	*document
	key   scalar
	colon int    // after the key
	flow  bool   // in brackets
	quote string // of the last item, or of the key where there is none
	open  int    // the bracket; in a block, the first dash
	end   int    // after the closing bracket, or after the last item
	items []item
}

// An item is an address in a list.
type item struct {
	scalar
	address netip.Addr
	dash    int // in a block
	comma   int // after it, in brackets; -1 where there is none
}

// sequence finds a list in the text.
func (d *document) sequence(key, n *yaml.Node) (*sequence, error) {
	name, err := d.scalar(key)
	if err != nil {
		return nil, err
	}
	l := &sequence{document: d, key: name, colon: d.skip(name.end()), open: d.offset(n), flow: n.Style&yaml.FlowStyle != 0, quote: name.quote}
	lost := d.refuse(n, "is a list written in a way that isthmus does not change")
	is := func(at int, c byte) bool { return at < len(d.text) && d.text[at] == c }
	if n.Kind != yaml.SequenceNode || !is(l.colon, ':') || l.flow && !is(l.open, '[') {
		return nil, lost
	}
	at := l.open
	if l.flow {
		at++
	}
	for _, c := range n.Content {
		it := item{comma: -1}
		if it.scalar, err = d.scalar(c); err != nil {
			return nil, err
		}
		if it.address, err = netip.ParseAddr(c.Value); err != nil {
			return nil, lost
		}
		at = d.skip(at)
		if !l.flow {
			if it.dash = at; !is(at, '-') {
				return nil, lost
			}
			at = d.skip(at + 1)
		}
		if at != it.start() {
			return nil, lost
		}
		at = it.end()
		if next := d.skip(at); l.flow && is(next, ',') {
			it.comma, at = next, next+1
		}
		l.quote = it.quote
		l.items = append(l.items, it)
		l.end = it.end()
	}
	if l.flow {
		if l.end = d.skip(at) + 1; !is(l.end-1, ']') {
			return nil, lost
		}
	}
	return l, nil
}

// remove takes items out, with what joins them to the others.
func (l *sequence) remove(gone []int) {
	kept := -1
	for i := range l.items {
		if !slices.Contains(gone, i) {
			kept = i
		}
	}
	for _, i := range gone {
		it := l.items[i]
		for _, piece := range it.pieces {
			l.document.remove(piece)
		}
		switch {
		case !l.flow:
			l.dropBefore(it.dash, it.start())
		case i < kept:
			if l.blanks(it.end()) == it.comma {
				l.document.remove(span{it.end(), it.comma})
			}
			l.document.remove(span{it.comma, l.gap(it.comma + 1)})
		case i > 0:
			l.dropBefore(l.items[i-1].comma, it.start())
		}
	}
}

// dropBefore takes out the dash or comma at a place, and the blanks between it
// and an item.
func (l *sequence) dropBefore(at, start int) {
	l.document.remove(span{at, min(l.gap(at+1), start)})
}

// gap passes over blanks, but for those before a comment: what stands there must
// not touch it.
func (d *document) gap(at int) int {
	if end := d.blanks(at); end == len(d.text) || d.text[end] != '#' {
		return end
	}
	return at
}

// add puts addresses behind the last item.
func (l *sequence) add(list []netip.Addr) {
	if len(list) == 0 {
		return
	}
	if len(l.items) == 0 {
		text := flow(list, l.quote)
		l.replace(span{l.open + 1, l.open + 1}, text[1:len(text)-1])
		return
	}
	last := l.items[len(l.items)-1]
	text := ""
	switch closed := l.lineOf(l.end-1) == l.lineOf(max(last.end(), last.comma)); {
	case !l.flow:
		lead := l.lead(last.dash) + "-" + l.between(last.dash+1, last.start())
		for _, a := range list {
			l.insertLine(last.end(), lead+address(a, l.quote))
		}
	case closed || !l.starts(last.start()):
		for _, a := range list {
			text += ", " + address(a, l.quote)
		}
		l.replace(span{last.end(), last.end()}, text)
	default: // one a line
		if last.comma < 0 {
			l.replace(span{last.end(), last.end()}, ",")
		}
		for i, a := range list {
			text := l.lead(last.start()) + address(a, l.quote)
			if i+1 < len(list) || last.comma >= 0 {
				text += ","
			}
			l.insertLine(max(last.end(), last.comma), text)
		}
	}
}

// empty leaves a list without items.
func (l *sequence) empty() {
	if !l.flow {
		l.replace(span{l.colon + 1, l.colon + 1}, " []")
	}
	l.clear()
}

// become puts a value in the place of the list.
func (l *sequence) become(value string) {
	if l.flow {
		l.replace(span{l.open, l.open + 1}, value)
		l.document.remove(span{l.end - 1, l.end})
	} else {
		l.replace(span{l.colon + 1, l.colon + 1}, " "+value)
	}
	l.clear()
}

// clear takes out all items.
func (l *sequence) clear() {
	for _, it := range l.items {
		for _, piece := range it.pieces {
			l.document.remove(piece)
		}
		if !l.flow {
			l.dropBefore(it.dash, it.start())
		} else if it.comma >= 0 {
			l.document.remove(span{it.comma, l.gap(it.comma + 1)})
		}
	}
}

// lead gives what stands before an offset on its line, which a new line of the
// same depth starts with.
func (d *document) lead(at int) string {
	line := d.lines[d.lineOf(at)]
	lead := []rune(string(d.text[line:at]))
	for i, c := range lead {
		if c != '\t' {
			lead[i] = ' '
		}
	}
	return string(lead)
}

// between gives the blanks between a dash and its item, one where something else
// stands there too.
func (d *document) between(from, to int) string {
	if d.blanks(from) == to {
		return string(d.text[from:to])
	}
	return " "
}

// insert adds a field behind the addresses.
func (d *document) insert(field string, to []netip.Addr) error {
	key, value := d.field(addresses)
	if key == nil {
		return d.refuse(d.plane, "the control plane has no "+field)
	}
	l, err := d.sequence(key, value)
	if err != nil {
		return err
	}
	text := l.key.quote + field + l.key.quote + ": " + flow(to, l.quote)
	if d.plane.Style&yaml.FlowStyle != 0 {
		d.replace(span{l.end, l.end}, ", "+text)
	} else {
		d.insertLine(l.end, d.lead(d.offset(d.plane))+text)
	}
	return nil
}
