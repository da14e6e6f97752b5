package strict

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/isthmus-mesh/isthmus/generators/rule"
)

// padding is the number of empty lines put before a text that yaml.v3 parses.
// Its errors take line 0 for "not known", so that an error whose context starts
// on the first line is given the line of something else (decode.go, fail).
const padding = 1

// parse gives the root of a piece, nil where it is empty or where it is not
// YAML, which is reported: once, since what follows the first error is a guess.
func (p piece) parse(r *report, depth int) *yaml.Node {
	root, err := decode(bytes.NewReader(p.padded()))
	if err != nil {
		p.reportSyntax(r, err, depth)
	}
	return root
}

func (p piece) padded() []byte {
	return append(bytes.Repeat([]byte("\n"), padding), p.text...)
}

var errTrailing = errors.New("yaml: " + trailing)

// decode reads one document and requires that nothing follows it: Unmarshal
// would drop the rest. The decoder is never asked for anything but nodes, so it
// expands no alias and compares no keys (which takes it quadratic time).
func decode(in io.Reader) (root *yaml.Node, err error) {
	defer func() { // yaml.v3 recovers from its own errors only
		if p := recover(); p != nil {
			root, err = nil, fmt.Errorf("yaml: %v", p)
		}
	}()
	var document, more yaml.Node
	decoder := yaml.NewDecoder(in)
	switch err := decoder.Decode(&document); {
	case err == io.EOF:
		return nil, nil
	case err != nil:
		return nil, err
	}
	switch err := decoder.Decode(&more); {
	case err == nil:
		return nil, errTrailing
	case err != io.EOF:
		return nil, err
	}
	if len(document.Content) != 1 {
		return nil, nil
	}
	return document.Content[0], nil
}

// Messages of yaml.v3 that are treated by name.
const (
	trailing    = "did not find expected <document start>"
	tabIndent   = "found a tab character that violates indentation"
	noToken     = "found character that cannot start any token"
	endOfStream = "found unexpected end of stream"
	notMapping  = "mapping values are not allowed in this context"
	depthLimit  = "exceeded max depth of"
)

// The messages of yaml.v3's parser, as against its scanner. To the line of a
// scanner error yaml.v3 adds the 1 that makes it count from 1; to that of a
// parser error it does not, and where the parser knows the start of the
// collection that it was in, it gives that instead of the place of the error.
var parserErrors = regexp.MustCompile(`^(?:did not find expected (?:<stream-start>|<document start>|node content|key|'-' indicator|',' or '[]}]')|found undefined tag handle|found duplicate|found incompatible)`)

var (
	lineOfError  = regexp.MustCompile(`^line ([0-9]+): `)
	colon        = regexp.MustCompile(`:(?:\s|$)`)
	unknownAlias = regexp.MustCompile(`^unknown anchor '(.*)' referenced$`)
)

// reportSyntax reports an error of yaml.v3 on the line where it is.
func (p piece) reportSyntax(r *report, err error, depth int) {
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	number := 1
	if m := lineOfError.FindStringSubmatch(message); m != nil {
		number, _ = strconv.Atoi(m[1])
		message = message[len(m[0]):]
		if !parserErrors.MatchString(message) {
			number -= padding
		}
	}
	switch {
	case strings.HasPrefix(message, depthLimit):
		number, column := p.deepest(number, depth)
		r.addAt(rule.Size, p.line-1+number, column, tooDeep(depth), "", "")
		return
	case unknownAlias.MatchString(message):
		name := unknownAlias.FindStringSubmatch(message)[1]
		number, column := p.search(`(?:^|[\s\[\]{},:?-])(\*` + regexp.QuoteMeta(name) + `)(?:[\s\]},]|$)`)
		r.addAt(rule.PlainYAML, p.line-1+number, column, "the alias *"+cut(name)+" is not allowed", "", "write the value out here")
		return
	case message == tabIndent:
		// The error has the line on which the scalar before the tab starts.
		for n := number; n <= number+longestTabSearch; n++ {
			if text := line(p.text, n); bytes.ContainsRune(indentation(text), '\t') {
				number = n
				break
			}
		}
	case parserErrors.MatchString(message) && !strings.HasPrefix(message, "did not find expected ','"):
		number = p.failingLine(err, number)
	}
	text := line(p.text, number)
	what, fix := wording(message, text)
	r.addAt(rule.Syntax, p.line-1+number, errorColumn(message, text), what, "", fix)
}

// longestTabSearch bounds, in lines, the way from a scalar to the tab that is
// wrong after it.
const longestTabSearch = 100

// failingLine finds the line on which a parser error lies: the last one of the
// shortest beginning of the text that fails in the same way. What the parser had
// read when it failed bounds it from above, by its few lines of lookahead.
func (p piece) failingLine(err error, context int) int {
	in := &byteReader{data: p.padded()}
	decode(in)
	last := max(1, bytes.Count(lines(in.data[:in.read]), []byte("\n"))+1-padding)
	if bytes.HasSuffix(lines(in.data[:in.read]), []byte("\n")) && last > 1 {
		last--
	}
	const mostBytes, mostLines = 128 << 10, 64 // the search parses up to 7 times
	if in.read > mostBytes {
		return last
	}
	fails := func(number int) bool {
		end := 0
		for range number {
			_, next := nextLine(p.text[end:])
			end += next
		}
		_, got := decode(bytes.NewReader(piece{1, p.text[:end]}.padded()))
		return got != nil && messageOf(got) == messageOf(err)
	}
	low, high := max(1, min(context, last), last-mostLines), last
	for low < high {
		if middle := (low + high) / 2; fails(middle) {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return low
}

func messageOf(err error) string {
	return lineOfError.ReplaceAllString(strings.TrimPrefix(err.Error(), "yaml: "), "")
}

// lines makes every line break a newline.
func lines(text []byte) []byte {
	if !bytes.ContainsRune(text, '\r') {
		return text
	}
	return bytes.ReplaceAll(bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n")), []byte("\r"), []byte("\n"))
}

// A byteReader gives a byte at a time, so that what it gave is what was needed.
type byteReader struct {
	data []byte
	read int
}

func (b *byteReader) Read(out []byte) (int, error) {
	if b.read == len(b.data) {
		return 0, io.EOF
	}
	out[0] = b.data[b.read]
	b.read++
	return 1, nil
}
