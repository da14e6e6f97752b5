// Package plaintext finds secrets that lie in the clear: private keys, tokens
// and Secrets with their content, in whatever object, text or base64 they lie.
// What it finds it names, and never quotes.
//
// It takes time in proportion to the text, whatever that holds.
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
func Text(text []byte) []Finding { return scan(text, depth) }

// marks are how keys begin, and what follows where it is one and not only named.
var marks = []struct {
	mark, start string // what stands in front of the mark, if anything
	form        *regexp.Regexp
	what        string
}{
	{"PRIVATE KEY", "-----BEGIN ", regexp.MustCompile(`^-----BEGIN [A-Z0-9 ]{0,32}PRIVATE KEY(?: BLOCK)?-----(?:[\s#"'+,]|\\+[nrt]?)*(?:Proc-Type|Version|Comment|[A-Za-z0-9+/=]{16})`), "a private key"},
	{"AGE-SECRET-KEY-", "", ageIdentity, anIdentity},
	{"age-secret-key-", "", ageIdentity, anIdentity},
	{"ISTHMUS-TAG-KEY-", "", regexp.MustCompile(`^ISTHMUS-TAG-KEY-[0-9]+ [A-Za-z0-9+/]{16}`), "a key of tags"},
}

var ageIdentity = regexp.MustCompile(`(?i)^AGE-SECRET-KEY-(?:PQ-)?1[A-Z0-9]{20}`)

const (
	inBase64   = ", in base64"
	anIdentity = "an identity of age"
)

// window is how much of a text is looked at around a mark.
const window = 256

func scan(text []byte, left int) []Finding {
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
			if start >= before && m.form.Match(text[start:min(len(text), place+window)]) {
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
			what := encoded(run, left)
			if what != "" {
				found = append(found, at(text, start, strings.TrimSuffix(what, inBase64)+inBase64))
			}
			return what == ""
		})
	}
	return found
}

// at gives what starts at a byte of a text.
func at(text []byte, start int, what string) Finding {
	before := text[:start]
	return Finding{1 + bytes.Count(before, []byte("\n")), 1 + utf8.RuneCount(before[1+bytes.LastIndexByte(before, '\n'):]), what}
}

// token gives where a JWT lies, -1 where there is none. Each byte is passed over
// once or twice: a part that does not end in a dot holds no start of another.
func token(text []byte) int {
	part := func(at int) int {
		for at < len(text) && urlAlphabet[text[at]] {
			at++
		}
		return at
	}
	for at := 0; ; {
		next := bytes.Index(text[at:], []byte("eyJ"))
		if next < 0 {
			return -1
		}
		at += next
		head := part(at)
		if head-at < 12 || head >= len(text) || text[head] != '.' || !bytes.HasPrefix(text[head+1:], []byte("eyJ")) {
			at = max(head, at+3)
			continue
		}
		body := part(head + 1)
		if body < len(text) && text[body] == '.' && part(body+1)-body > 16 {
			return at
		}
		at = body
	}
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
func encoded(run []byte, left int) string {
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
		part = part[:len(part)/4*4]
		decoded := make([]byte, base64.StdEncoding.DecodedLen(len(part)))
		if _, err := base64.StdEncoding.Decode(decoded, part); err != nil {
			continue
		}
		for _, f := range scan(decoded, left-1) {
			return f.What
		}
		if utf8.Valid(decoded[:min(len(decoded), 64)]) {
			for _, f := range documents(decoded, left-1) {
				return f.What
			}
		}
	}
	return ""
}
