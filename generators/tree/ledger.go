package tree

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/diag"
)

// A ledger is a text that people review and `sha256sum --check` reads:
//
//	# isthmus-ledger 1 format 3
//	# retiring
//	# bound to flux
//	<sha256>  overlays/west/kustomization.yaml
//
// The second line is there only where the part is retiring, the third where it
// is bound to anything. Lines are sorted by path and each path is there once. Reading is strict: what a merge or a slip
// has damaged must not decide what is deleted.
type ledger struct {
	format   int
	retiring bool
	binding  string
	lines    []line
}

type line struct {
	sum  sum
	path string
}

const (
	ledgerHead   = "# isthmus-ledger 1 format "
	retiringMark = "# retiring"
	bindingMark  = "# bound to "
	lineLimit    = 1024 // bytes, above the longest line of a ledger or journal
)

// encode gives the text, each line a segment.
func (l *ledger) encode() [][]byte {
	head := ledgerHead + strconv.Itoa(l.format) + "\n"
	if l.retiring {
		head += retiringMark + "\n"
	}
	if l.binding != "" {
		head += bindingMark + l.binding + "\n"
	}
	text := make([][]byte, 0, len(l.lines)+1)
	text = append(text, []byte(head))
	for _, line := range l.lines {
		text = append(text, []byte(line.sum.String()+"  "+line.path+"\n"))
	}
	return text
}

// parseLedger reads the ledger of a part. The error is a *diag.Problem that
// names the first bad line, or one of reading.
func parseLedger(part string, r io.Reader) (*ledger, error) {
	l := &ledger{}
	lines := newLines(LedgerPath(part), r)
	text, err := lines.next()
	if err != nil && err != io.EOF {
		return nil, err
	}
	number, found := strings.CutPrefix(text, ledgerHead)
	l.format, err = strconv.Atoi(number)
	if !found || err != nil || l.format < 0 || strconv.Itoa(l.format) != number {
		return nil, lines.problem("does not begin with %q and a number", ledgerHead)
	}
	for {
		text, err := lines.next()
		if err == io.EOF {
			return l, nil
		}
		if err != nil {
			return nil, err
		}
		if text == retiringMark && lines.number == 2 {
			l.retiring = true
			continue
		}
		if binding, found := strings.CutPrefix(text, bindingMark); found && binding != "" && l.binding == "" && len(l.lines) == 0 {
			l.binding = binding
			continue
		}
		hexSum, p, found := strings.Cut(text, "  ")
		s, ok := parseSum(hexSum)
		if !found || !ok || s == absent {
			return nil, lines.problem("is not a SHA-256 sum, two spaces and a path")
		}
		if why := badFile(part, p); why != "" {
			return nil, lines.problem("names %q, which cluster %q cannot own: %s", p, part, why)
		}
		if n := len(l.lines); n > 0 && l.lines[n-1].path >= p {
			return nil, lines.problem("names %q after %q; the lines are sorted by path and each path is there once", p, l.lines[n-1].path)
		}
		l.lines = append(l.lines, line{s, p})
	}
}

// set gives the path its line, and that the sum.
func (l *ledger) set(s sum, p string) {
	i, found := slices.BinarySearchFunc(l.lines, p, func(l line, p string) int { return strings.Compare(l.path, p) })
	if !found {
		l.lines = slices.Insert(l.lines, i, line{path: p})
	}
	l.lines[i].sum = s
}

// lines reads a file of isthmus's own line by line, refusing what no such file
// holds.
type lines struct {
	file   string
	fix    string
	number int
	r      *bufio.Reader
}

func newLines(file string, r io.Reader) *lines {
	return &lines{
		file: file,
		fix:  fmt.Sprintf("delete %s and run isthmus render: it takes over the files that are as rendered and deletes none", file),
		r:    bufio.NewReaderSize(r, lineLimit),
	}
}

// next gives a line without its end, and io.EOF after the last.
func (l *lines) next() (string, error) {
	data, err := l.r.ReadSlice('\n')
	if err == io.EOF && len(data) == 0 {
		return "", io.EOF
	}
	l.number++
	if err == bufio.ErrBufferFull {
		return "", l.problem("is longer than any line that isthmus writes")
	}
	if err == io.EOF {
		return "", l.problem("is cut off")
	}
	if err != nil {
		return "", wrap(l.file, err)
	}
	text := string(data[:len(data)-1])
	for _, mark := range []string{"<<<<<<<", "|||||||", "=======", ">>>>>>>"} {
		if strings.HasPrefix(text, mark) {
			return "", l.problem("holds an unresolved merge")
		}
	}
	if strings.HasSuffix(text, "\r") {
		return "", l.problem("ends in a carriage return: Git or an editor has changed the line endings")
	}
	return text, nil
}

func (l *lines) problem(format string, args ...any) error {
	return &diag.Problem{
		Pos:  diag.Position{File: l.file, Line: max(l.number, 1), Column: 1},
		What: "the line " + fmt.Sprintf(format, args...),
		Why:  "nothing is deleted on its word",
		Fix:  l.fix,
	}
}

// A sum is the SHA-256 of a file's bytes.
type sum [32]byte

var (
	absent  = sum{}                                   // no file; no bytes have this sum that anybody knows of
	foreign = sum([]byte(strings.Repeat("\xff", 32))) // something that is not a regular file
)

// String gives the sum as sha256sum prints it.
func (s sum) String() string { return hex.EncodeToString(s[:]) }

func parseSum(text string) (sum, bool) {
	var s sum
	if len(text) != 2*len(s) || strings.ToLower(text) != text {
		return s, false
	}
	_, err := hex.Decode(s[:], []byte(text))
	return s, err == nil
}
