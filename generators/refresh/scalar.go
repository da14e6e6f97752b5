package refresh

import (
	"bytes"
	"strings"

	"go.yaml.in/yaml/v3"
)

// A span is a part of the text.
type span struct{ from, to int }

// A scalar is where a value without blanks stands in the text.
type scalar struct {
	pieces []span // all of it, a piece for each line
	inner  span   // what stands for the value: without quotes, or the line of a block
	quote  string // "" where there is none
	plain  bool
}

func (s scalar) start() int { return s.pieces[0].from }
func (s scalar) end() int   { return s.pieces[len(s.pieces)-1].to }

// scalar finds the value of a node in the text.
func (d *document) scalar(n *yaml.Node) (scalar, error) {
	at := d.offset(n)
	rest := d.text[at:]
	lost := d.refuse(n, "is written in a way that isthmus does not change")
	if n.Kind != yaml.ScalarNode || len(rest) == 0 {
		return scalar{}, lost
	}
	switch c := rest[0]; {
	case n.Style&yaml.DoubleQuotedStyle != 0 && c == '"', n.Style&yaml.SingleQuotedStyle != 0 && c == '\'':
		end := closing(rest)
		if end < 0 {
			return scalar{}, lost
		}
		return scalar{pieces: d.divide(at, at+end+1), inner: span{at + 1, at + end}, quote: string(c)}, nil
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 && (c == '|' || c == '>'):
		// A value without blanks stands alone on the line after the header.
		header := at + 1 + len(rest[1:]) - len(bytes.TrimLeft(rest[1:], "+-0123456789"))
		from := d.endOfLine(header)
		from = d.blanks(from + breakAt(d.text[from:]))
		if n.Value == "" || !bytes.HasPrefix(d.text[from:], []byte(n.Value)) {
			return scalar{}, lost
		}
		inner := span{from, from + len(n.Value)}
		return scalar{pieces: []span{{at, header}, inner}, inner: inner}, nil
	case n.Style&^yaml.FlowStyle == 0 && n.Value != "" && bytes.HasPrefix(rest, []byte(n.Value)) && !strings.ContainsAny(n.Value, " \t\r\n"):
		all := span{at, at + len(n.Value)}
		return scalar{pieces: []span{all}, inner: all, plain: true}, nil
	}
	return scalar{}, lost
}

// closing gives the place of the quote that ends the text, -1 where none does.
func closing(text []byte) int {
	quote := text[0]
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '\\' && quote == '"':
			i++
		case text[i] != quote:
		case quote == '\'' && i+1 < len(text) && text[i+1] == quote:
			i++
		default:
			return i
		}
	}
	return -1
}

// divide cuts a span into its parts by line, without the breaks.
func (d *document) divide(from, to int) []span {
	var parts []span
	for from < to {
		end := min(d.endOfLine(from), to)
		parts = append(parts, span{from, end})
		from = d.blanks(end + breakAt(d.text[end:]))
	}
	return parts
}
