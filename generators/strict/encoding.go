package strict

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"github.com/isthmus-mesh/isthmus/generators/rule"
)

// mostCharacters is how many refused characters are reported: of a file that
// is not text at all, more would say nothing.
const mostCharacters = 10

// checkEncoding reports what is not plain UTF-8 text, comments included, and
// says whether the text may be parsed.
func checkEncoding(r *report, data []byte) bool {
	before := len(r.problems)
	const fix = "save the file as UTF-8 without a byte order mark"
	switch {
	case looksUTF16(data):
		r.addAt(rule.Encoding, 1, 1, "the file is UTF-16, not UTF-8", "", fix)
		return false
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		r.addAt(rule.Encoding, 1, 1, "the file starts with a byte order mark", "", fix)
		data = data[3:]
	}
	line, column := 1, 1
	for i := 0; i < len(data) && len(r.problems)-before < mostCharacters; {
		c, size := rune(data[i]), 1
		if c >= utf8.RuneSelf {
			c, size = utf8.DecodeRune(data[i:])
		}
		switch {
		case c == '\n', c == '\r' && (i+1 == len(data) || data[i+1] != '\n'):
			line, column = line+1, 0 // the addition below makes it 1
		case c == utf8.RuneError && size == 1:
			r.addAt(rule.Encoding, line, column, fmt.Sprintf("the byte 0x%02x is not UTF-8", data[i]), "", "save the file as UTF-8")
		case c >= ' ' && c < 0x7f: // most text
		default:
			if what, why := forbidden(c); what != "" {
				r.addAt(rule.Encoding, line, column, what, why, "remove it")
			}
		}
		column++
		i += size
	}
	return len(r.problems) == before
}

// looksUTF16 knows UTF-16 and UTF-32 by their byte order marks and, since YAML
// starts with an ASCII character, by the zero beside it.
func looksUTF16(data []byte) bool {
	return len(data) >= 2 && (data[0] == 0xff && data[1] == 0xfe || data[0] == 0xfe && data[1] == 0xff ||
		(data[0] == 0) != (data[1] == 0) || data[0] == 0 && data[1] == 0 && len(data)%4 == 0 && len(data) > 2)
}

// forbidden says what is wrong with a character that no text may hold, whether
// it stands in the file or is made by an escape such as "\u202e".
func forbidden(c rune) (what, why string) {
	switch {
	case c == '\t' || c == '\n' || c == '\r':
		return "", ""
	case c < ' ' || c >= 0x7f && c < 0xa0:
		return fmt.Sprintf("the control character %U is not allowed", c), ""
	case c >= 0x202a && c <= 0x202e, c >= 0x2066 && c <= 0x2069, c == 0x200e, c == 0x200f, c == 0x061c:
		return fmt.Sprintf("the character %U is not allowed", c), "it changes the direction of text, so that what is shown is not what is read"
	case c == 0x2028 || c == 0x2029:
		return fmt.Sprintf("the character %U is not allowed", c), "some readers of YAML take it for a line break"
	case c == 0xfeff:
		return "the character U+FEFF is not allowed", "it is a byte order mark, and invisible"
	case c == 0xfffe || c == 0xffff:
		return fmt.Sprintf("the character %U is not allowed", c), "Unicode gives it no meaning"
	}
	return "", ""
}
