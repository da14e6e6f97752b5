package strict

import (
	"strings"
	"testing"
)

func TestOne(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"empty", "", "1:1: the file holds no document (IST003)"},
		{"blank", " \n\t\n\n", "1:1: the file holds no document (IST003)"},
		{"comments only", "# a\n  # b\n", "1:1: the file holds no document (IST003)"},
		{"marker only", "---\n# a\n", "1:1: the file holds no document (IST003)"},
		{"second", "name: a\n---\nname: b\n", "2:1: a second document starts here; the file holds exactly one (IST003) -> move it into a file of its own, or remove it"},
		{"second, empty", "name: a\n---\n", "2:1: a second document starts here; the file holds exactly one (IST003) -> move it into a file of its own, or remove it"},
		{"second after an empty one", "---\n---\nname: a\n", "2:1: a second document starts here; the file holds exactly one (IST003) -> move it into a file of its own, or remove it"},
		{"second in one line", "--- {name: a}\n--- {name: b}\n", "2:1: a second document starts here; the file holds exactly one (IST003) -> move it into a file of its own, or remove it"},
		{"second and more", "nmae: a\n---\nname: b\n", "1:1: nmae: unknown field \"nmae\" (IST008) -> did you mean \"name\"?\n2:1: a second document starts here; the file holds exactly one (IST003) -> move it into a file of its own, or remove it"},
		{"text after the end", "name: a\n...\n\n# c\n  foo\nbar\n%baz\n", `5:3: text follows the end of the document; "..." ends it (IST001) -> remove the line with "...", or the text`},
		{"text beside the end", "name: a\n... foo\n", `2:5: text follows the end of the document; "..." ends it (IST001) -> remove the line with "...", or the text`},
		{"comment beside the end", "name: a\n... # foo\n...\n", ""},
		{"directive", "%YAML 1.2\n---\nname: a\n", `1:1: the directive "%YAML 1.2" is not allowed (IST004) -> remove this line`},
		{"directives", "# c\n%TAG ! !foo\n%YAML 1.1 # c\n---\nname: a\n", "2:1: the directive \"%TAG ! !foo\" is not allowed (IST004) -> remove this line\n3:1: the directive \"%YAML 1.1 # c\" is not allowed (IST004) -> remove this line"},
		{"text after a document in brackets", "{name: a}\n# c\n\n[d]\n", "4:1: text follows the end of the document (IST001) -> check the brackets and the indentation before it"},
		{"no marker", "name: ---\nnote: a...\n", ""},
		{"no marker either", "name: |\n  ---\n  ...\n  %a\n", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, problems := decoded[sample](test.in, Limits{})
			compare(t, test.want, problems)
		})
	}
}

func TestAll(t *testing.T) {
	in := "# c\n---\n---\nname: a\n---\nname: [\n---\n# empty\n---\nname: b\nname: c\n...\n---\nnmae: d\n"
	documents, problems := All("f.yaml", []byte(in), Limits{})
	compare(t, "6:1: not valid YAML: did not find expected node content (IST001)\n11:1: name: the key \"name\" is set on line 10 already (IST005) -> remove one of the two", problems)
	var names []string
	for _, document := range documents {
		var out sample
		problems = append(problems, document.Decode(&out)...)
		names = append(names, out.Name)
	}
	if got := strings.Join(names, ","); got != "a,b," {
		t.Errorf("names %s", got)
	}
	compare(t, "14:1: nmae: unknown field \"nmae\" (IST008) -> did you mean \"name\"?", problems[2:])
}

func TestAllOfNothing(t *testing.T) {
	for _, in := range []string{"", "\n", "---\n---\n", "# c\n", "...\n"} {
		if documents, problems := All("f.yaml", []byte(in), Limits{}); len(documents) != 0 || problems != nil {
			t.Errorf("%q: %d documents, %v", in, len(documents), problems)
		}
	}
}

func TestEncoding(t *testing.T) {
	const save, mark = " -> save the file as UTF-8 without a byte order mark", "the file starts with a byte order mark (IST002)"
	control := func(c string) string { return "the control character " + c + " is not allowed (IST002) -> remove it" }
	direction := func(c string) string {
		return "the character " + c + " is not allowed; it changes the direction of text, so that what is shown is not what is read (IST002) -> remove it"
	}
	tests := []struct{ name, in, want string }{
		{"UTF-16 with mark, little", "\xff\xfen\x00a\x00", "1:1: the file is UTF-16, not UTF-8 (IST002)" + save},
		{"UTF-16 with mark, big", "\xfe\xff\x00n\x00a", "1:1: the file is UTF-16, not UTF-8 (IST002)" + save},
		{"UTF-16, little", "n\x00a\x00", "1:1: the file is UTF-16, not UTF-8 (IST002)" + save},
		{"UTF-16, big", "\x00n\x00a", "1:1: the file is UTF-16, not UTF-8 (IST002)" + save},
		{"byte order mark", "\xef\xbb\xbfname: a\n", "1:1: " + mark + save},
		{"byte order mark and more", "\xef\xbb\xbfname: \x01\n", "1:1: " + mark + save + "\n1:7: " + control("U+0001")},
		{"byte order mark inside", "name: a\ufeff\n", "1:8: the character U+FEFF is not allowed; it is a byte order mark, and invisible (IST002) -> remove it"},
		{"NUL", "name: a\n# b\x00\n", "2:4: " + control("U+0000")},
		{"C0", "name: \x1b[1m\n", "1:7: " + control("U+001B")},
		{"DEL", "name: é\x7f\n", "1:8: " + control("U+007F")},
		{"C1", "name: a\u0085note: b\u009f\n", "1:8: " + control("U+0085") + "\n1:16: " + control("U+009F")},
		{"not UTF-8", "name: é\xe9\r\nnote: \xc0\x80\r\n", "1:8: the byte 0xe9 is not UTF-8 (IST002) -> save the file as UTF-8\n2:7: the byte 0xc0 is not UTF-8 (IST002) -> save the file as UTF-8\n2:8: the byte 0x80 is not UTF-8 (IST002) -> save the file as UTF-8"},
		{"lone surrogate", "name: \xed\xa0\x80\n", "1:7: the byte 0xed is not UTF-8 (IST002) -> save the file as UTF-8\n1:8: the byte 0xa0 is not UTF-8 (IST002) -> save the file as UTF-8\n1:9: the byte 0x80 is not UTF-8 (IST002) -> save the file as UTF-8"},
		{"cut off", "name: \xe6\x97", "1:7: the byte 0xe6 is not UTF-8 (IST002) -> save the file as UTF-8\n1:8: the byte 0x97 is not UTF-8 (IST002) -> save the file as UTF-8"},
		{"direction in a value", "a: 1\rname: \u202eb\n", "2:7: " + direction("U+202E")},
		{"direction in a comment", "name: a # \u2066b\u2069\n", "1:11: " + direction("U+2066") + "\n1:13: " + direction("U+2069")},
		{"marks of direction", "\u200ename: a\u200f\n\u061c", "1:1: " + direction("U+200E") + "\n1:9: " + direction("U+200F") + "\n2:1: " + direction("U+061C")},
		{"line separators", "name: \"a\u2028b\u2029\"\n", "1:9: the character U+2028 is not allowed; some readers of YAML take it for a line break (IST002) -> remove it\n1:11: the character U+2029 is not allowed; some readers of YAML take it for a line break (IST002) -> remove it"},
		{"not a character", "name: \uffff\n", "1:7: the character U+FFFF is not allowed; Unicode gives it no meaning (IST002) -> remove it"},
		{"text of the world", "name: \"日本 é \U0001d11e \U0001f468\u200d\U0001f469 \ufffd\u00a0\"\n", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, problems := decoded[sample](test.in, Limits{})
			compare(t, test.want, problems)
		})
	}
	t.Run("not text at all", func(t *testing.T) {
		_, problems := decoded[sample](strings.Repeat("\x01", 100), Limits{})
		if len(problems) != mostCharacters {
			t.Errorf("%d problems", len(problems))
		}
	})
}
