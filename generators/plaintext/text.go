// Package plaintext finds secrets that lie in the clear: private keys, tokens
// and Secrets with their content, in whatever object, text or base64 they lie.
// What it finds it names, and never quotes. It knows forms: a password that
// stands somewhere else than in a Secret looks like any other text.
//
// It takes time in proportion to the text, whatever that holds, and refuses
// texts with more YAML in them than it reads.
package plaintext

import (
	"bytes"
	"encoding/base64"
	"regexp"
	"strings"
	"unicode/utf8"
)

// A Finding is a secret in the clear.
type Finding struct {
	Line, Column int    // where it starts, from 1
	What         string // as in "a private key"
}

// depth is how many times a text is decoded, or read as a document of its own.
const depth = 3

// Text finds private keys and tokens in a text, in base64 too.
func Text(text []byte) []Finding { return newLook().scan(text, depth) }

// marks are how keys begin, and what follows where it is one and not only named.
var marks = []struct {
	mark, start string // what stands in front of the mark, if anything
	form        *regexp.Regexp
	what        string
}{
	{"PRIVATE KEY", "-----BEGIN ", regexp.MustCompile(`^-----BEGIN [A-Z0-9 ]{0,32}PRIVATE KEY(?: BLOCK)?-----`), aKey},
	{"AGE-SECRET-KEY-", "", ageIdentity, anIdentity},
	{"age-secret-key-", "", ageIdentity, anIdentity},
	{"ISTHMUS-TAG-KEY-", "", regexp.MustCompile(`^ISTHMUS-TAG-KEY-[0-9]+ [A-Za-z0-9+/]{16}`), "a key of tags"},
}

var ageIdentity = regexp.MustCompile(`(?i)^AGE-SECRET-KEY-(?:PQ-)?1[A-Z0-9]{20}`)

const (
	inBase64   = ", in base64"
	anIdentity = "an identity of age"
	aKey       = "a private key"
)

// window is how much of a text is looked at around a mark.
const window = 256

func (l *look) scan(text []byte, left int) []Finding {
	var found []Finding
	for _, m := range marks {
		for place := 0; ; place++ {
			next := bytes.Index(text[place:], []byte(m.mark))
			if next < 0 {
				break
			}
			place += next
			before := max(0, place-window)
			start := before + bytes.LastIndex(text[before:place], []byte(m.start))
			if start < before {
				continue
			}
			form := m.form.FindIndex(text[start:min(len(text), place+window)])
			if form != nil && (m.what != aKey || armored(text[start+form[1]:])) {
				found = append(found, at(text, start, m.what))
				break // one of a kind is enough to refuse a text
			}
		}
	}
	if place := token(text); place >= 0 {
		found = append(found, at(text, place, "a token"))
	}
	if left > 0 {
		runs(text, func(start int, run []byte) bool {
			what := l.encoded(run, left)
			switch what {
			case "":
				return true
			case TooMuch:
			default:
				what = strings.TrimSuffix(what, inBase64) + inBase64
			}
			found = append(found, at(text, start, what))
			return false
		})
	}
	return found
}

// at gives what starts at a byte of a text.
func at(text []byte, start int, what string) Finding {
	before := text[:start]
	return Finding{1 + bytes.Count(before, []byte("\n")), 1 + utf8.RuneCount(before[1+bytes.LastIndexByte(before, '\n'):]), what}
}

var alphabet, urlAlphabet = letters("+/-_"), letters("-_")

func letters(more string) (set [256]bool) {
	for _, c := range "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + more {
		set[c] = true
	}
	return set
}

// shortest is the least that is decoded: shorter than any key in base64.
const shortest = 40

// runs visits what may be base64, until it is told to stop. It is often written
// in lines, which count as one run.
func runs(text []byte, visit func(start int, run []byte) bool) {
	word := func(from int) int {
		for from < len(text) && alphabet[text[from]] {
			from++
		}
		return from
	}
	for start := 0; start < len(text); start++ {
		end := word(start)
		if end-start < shortest {
			start = end
			continue
		}
		run := text[start:end:end]
		for line := end - start; line >= shortest; {
			next := end
			for next < len(text) && (text[next] == ' ' || text[next] == '\n' || text[next] == '\r') {
				next++
			}
			line = word(next) - next
			if line == 0 || !bytes.Contains(text[end:next], []byte("\n")) {
				break
			}
			end = next + line
			run = append(run, text[next:end]...)
		}
		if !visit(start, run) {
			return
		}
		start = end
	}
}

// encoded says what lies in base64, "" where nothing does. Where the encoded text
// starts in the run is not known.
func (l *look) encoded(run []byte, left int) string {
	standard := bytes.Map(func(r rune) rune {
		switch r {
		case '-':
			return '+'
		case '_':
			return '/'
		}
		return r
	}, run)
	for offset := range 4 {
		part := standard[offset:]
		if len(part)%4 == 1 {
			part = part[:len(part)-1] // no byte is whole in it
		}
		decoded := make([]byte, base64.RawStdEncoding.DecodedLen(len(part)))
		if _, err := base64.RawStdEncoding.Decode(decoded, part); err != nil {
			continue
		}
		if offset == 0 && binaryKey(decoded) {
			return aKey
		}
		for _, f := range l.scan(decoded, left-1) {
			return f.What
		}
		if utf8.Valid(decoded[:min(len(decoded), 64)]) {
			for _, f := range l.documents(decoded, left-1) {
				return f.What
			}
		}
	}
	return ""
}
