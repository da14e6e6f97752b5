package tree

import (
	"crypto/sha256"
	"fmt"
	"io"
	"path"
	"strings"
)

// A journal says what a commit does, one record a line, so that a run that was
// cut short can be completed by another that knows nothing else:
//
//	# isthmus-journal 1
//	<new sha256> <old sha256> <part> <path>
//	# end <sha256 of all lines above>
//
// A sum of zeros stands for no file. The record of line n+2 has its new bytes
// staged under the name n. Ledgers come last.
type record struct {
	new, old sum
	part     string
	path     string
}

const (
	journalHead = "# isthmus-journal 1"
	journalEnd  = "# end "
)

func (r record) ledger() bool { return path.Base(r.path) == ledgerName }

func (r record) String() string {
	return fmt.Sprintf("%s %s %s %s", r.new, r.old, r.part, r.path)
}

func encodeJournal(records []record) []byte {
	var b strings.Builder
	b.WriteString(journalHead + "\n")
	for _, r := range records {
		b.WriteString(r.String() + "\n")
	}
	return fmt.Appendf(nil, "%s%s%s\n", b.String(), journalEnd, sum(sha256.Sum256([]byte(b.String()))))
}

// parseJournal reads a journal, which may be damaged or forged: it names no
// path that a ledger could not name.
func parseJournal(r io.Reader) ([]record, error) {
	lines := newLines(journalPath, r)
	lines.fix = fmt.Sprintf("delete %s and run isthmus render: it completes what is half done", journalPath)
	text, err := lines.next()
	if err != nil && err != io.EOF {
		return nil, err
	}
	if text != journalHead {
		return nil, lines.problem("does not read %q", journalHead)
	}
	h := sha256.New()
	io.WriteString(h, text+"\n")
	var records []record
	seen := map[string]bool{}
	for {
		text, err := lines.next()
		if err == io.EOF {
			return nil, lines.problem("is not the end of the journal")
		}
		if err != nil {
			return nil, err
		}
		if end, ok := strings.CutPrefix(text, journalEnd); ok {
			if end != (sum(h.Sum(nil))).String() {
				return nil, lines.problem("is not the sum of the lines above")
			}
			if _, err := lines.next(); err != io.EOF {
				return nil, lines.problem("is not the last")
			}
			return records, nil
		}
		io.WriteString(h, text+"\n")
		fields := strings.SplitN(text, " ", 4)
		if len(fields) < 4 {
			return nil, lines.problem("is not two SHA-256 sums, a name and a path")
		}
		one := record{part: fields[2], path: fields[3]}
		var ok1, ok2 bool
		one.new, ok1 = parseSum(fields[0])
		one.old, ok2 = parseSum(fields[1])
		if !ok1 || !ok2 || one.new == one.old || one.new == foreign || one.old == foreign {
			return nil, lines.problem("is not two SHA-256 sums, a name and a path")
		}
		why := badPart(one.part)
		if why == "" && one.path != LedgerPath(one.part) {
			why = badFile(one.part, one.path)
		}
		if why != "" {
			return nil, lines.problem("names %q, which cluster %q cannot own: %s", one.path, one.part, why)
		}
		if seen[one.path] {
			return nil, lines.problem("names %q again", one.path)
		}
		if n := len(records); n > 0 && records[n-1].ledger() && !one.ledger() {
			return nil, lines.problem("names %q after a ledger", one.path)
		}
		seen[one.path] = true
		records = append(records, one)
	}
}
