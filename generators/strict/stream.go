package strict

import (
	"bytes"
	"unicode/utf8"

	"github.com/isthmus-mesh/isthmus/generators/rule"
)

// A piece is the text of one document with the line of the file on which it
// starts. It has no directives and no end marker, and at most one start marker,
// in front.
type piece struct {
	line int
	text []byte
}

// blank says whether a piece holds nothing but a marker and comments.
func (p piece) blank() bool {
	rest := bytes.TrimPrefix(p.text, []byte("---"))
	for len(rest) > 0 {
		text, next := nextLine(rest)
		if bare := bytes.TrimLeft(text, " \t"); len(bare) > 0 && bare[0] != '#' {
			return false
		}
		rest = rest[next:]
	}
	return true
}

// divide cuts a stream into its documents. Doing it here rather than in the
// parser keeps a broken document from hiding those after it, and sees
// what the parser drops: directives, and text after "...".
//
// It needs no knowledge of the text between: for yaml.v3, "---" or "..." at the
// start of a line, followed by a blank or the line's end, is a marker wherever
// it stands (scannerc.go: checked before any token and within plain and quoted
// scalars; the lines of a block scalar are indented by one at least).
func divide(r *report, data []byte) []piece {
	var pieces []piece
	const (
		between = iota // before a document, where directives may stand
		inside
		after // an end marker: only comments, or the start of a document
		skipped
	)
	state, start, first := between, 0, 0
	end := func(offset int) {
		if state == inside {
			pieces = append(pieces, piece{first, data[start:offset]})
		}
	}
	offset := 0
	for number := 1; offset < len(data); number++ {
		text, next := nextLine(data[offset:])
		bare := bytes.TrimLeft(text, " \t")
		switch {
		case marker(text, "---"):
			end(offset)
			state, start, first = inside, offset, number
		case marker(text, "..."):
			end(offset)
			state = after
			rest := bytes.TrimLeft(text[3:], " \t")
			if len(rest) > 0 && rest[0] != '#' {
				reportAfter(r, number, text, rest)
				state = skipped
			}
		case state == inside || state == skipped || len(bare) == 0 || bare[0] == '#':
		case text[0] == '%':
			r.addAt(rule.PlainYAML, number, 1, "the directive "+quoted(string(text))+" is not allowed", "", "remove this line")
		case state == after:
			reportAfter(r, number, text, bare)
			state = skipped
		default:
			state, start, first = inside, offset, number
		}
		offset += next
	}
	end(len(data))
	return pieces
}

func reportAfter(r *report, line int, text, rest []byte) {
	column := utf8.RuneCount(text[:len(text)-len(rest)]) + 1
	r.addAt(rule.Syntax, line, column, "text follows the end of the document", `"..." ends it`, `remove the line with "...", or the text`)
}

func marker(line []byte, mark string) bool {
	return bytes.HasPrefix(line, []byte(mark)) && (len(line) == 3 || line[3] == ' ' || line[3] == '\t')
}

// nextLine gives the first line without its break, and where the next starts. A
// carriage return alone ends a line, as it does in YAML.
func nextLine(data []byte) (text []byte, next int) {
	i := bytes.IndexAny(data, "\r\n")
	switch {
	case i < 0:
		return data, len(data)
	case data[i] == '\r' && i+1 < len(data) && data[i+1] == '\n':
		return data[:i], i + 2
	}
	return data[:i], i + 1
}
