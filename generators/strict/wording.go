package strict

import (
	"bytes"
	"regexp"
	"strings"
	"unicode/utf8"
)

// wording puts a message of yaml.v3 in the form of the others, with a fix where
// one mistake makes most of its occurrences.
func wording(message string, text []byte) (what, fix string) {
	tab := bytes.ContainsRune(indentation(text), '\t')
	switch {
	case message == trailing:
		return "text follows the end of the document", "check the brackets and the indentation before it"
	case message == tabIndent, message == noToken && tab:
		return "a tab indents this line", "indent with spaces"
	case message == noToken:
		fix = "quote the value that starts with this character"
	case message == notMapping:
		return `a colon and a space are not allowed in this place`, "quote the text that holds them, or check the indentation"
	case message == endOfStream:
		return "the file ends inside the text that starts here", "close its quotes"
	case strings.HasPrefix(message, "did not find expected ',' or '"):
		fix = "close the bracket that opens here, or separate what is in it by commas"
	case strings.HasPrefix(message, "did not find expected '-'"), message == "did not find expected key":
		fix = "indent this line as those beside it"
	case message == "found undefined tag handle":
		fix = "remove the tag"
	case message == "could not find expected ':'":
		fix = "write a colon and a value after the name"
	}
	return "not valid YAML: " + cut(message), fix
}

// errorColumn points at what is wrong on a line as well as the message allows:
// yaml.v3 keeps its columns to itself. Mostly it is where the text starts.
func errorColumn(message string, text []byte) int {
	start := len(indentation(text))
	at := -1
	switch {
	case message == tabIndent || message == noToken && bytes.ContainsRune(text[:start], '\t'):
		at = bytes.IndexByte(text, '\t')
	case message == noToken:
		at = submatch(`(?:^|[\s\[{,])([@%|>`+"`"+`\t])`, text)
	case message == notMapping:
		if all := colon.FindAllIndex(text, 2); len(all) == 2 {
			at = all[1][0]
		}
	case message == endOfStream || strings.Contains(message, "escape"):
		at = submatch(`(?:^|[\s\[{,])(["'])`, text)
	case strings.HasPrefix(message, "did not find expected ',' or ']'"):
		at = bytes.LastIndexByte(text, '[')
	case strings.HasPrefix(message, "did not find expected ',' or '}'"):
		at = bytes.LastIndexByte(text, '{')
	}
	if at < 0 {
		at = start
	}
	return utf8.RuneCount(text[:at]) + 1
}

func submatch(pattern string, text []byte) int {
	if m := regexp.MustCompile(pattern).FindSubmatchIndex(text); m != nil {
		return m[2]
	}
	return -1
}

func indentation(text []byte) []byte {
	return text[:len(text)-len(bytes.TrimLeft(text, " \t"))]
}

// line gives a line of a text, counted from 1, without its break.
func line(text []byte, number int) []byte {
	for ; number > 1 && len(text) > 0; number-- {
		_, next := nextLine(text)
		text = text[next:]
	}
	first, _ := nextLine(text)
	return first
}

// search gives the position of the first group of a pattern, 1:1 where it is not
// found.
func (p piece) search(pattern string) (number, column int) {
	at := submatch(pattern, p.text)
	if at < 0 {
		return 1, 1
	}
	return position(p.text, at)
}

// position gives the line and column of an offset in a text.
func position(text []byte, at int) (number, column int) {
	before := lines(text[:at])
	return bytes.Count(before, []byte("\n")) + 1, utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
}

// deepest gives the place where brackets are nested deeper than the limit,
// counted roughly, or else the line that yaml.v3 gave. It serves where yaml.v3
// itself stops, at a depth of 10,000 (scannerc.go, max_flow_level and
// max_indents): that input never reaches the check of Limits.Depth.
func (p piece) deepest(number, depth int) (int, int) {
	open := 0
	for i, c := range p.text {
		switch c {
		case '[', '{':
			open++
		case ']', '}':
			open--
		}
		if open > depth {
			return position(p.text, i)
		}
	}
	return number, len(indentation(line(p.text, number))) + 1
}
