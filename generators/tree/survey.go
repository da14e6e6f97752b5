package tree

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"sync"

	"github.com/isthmus-mesh/isthmus/generators/diag"
)

// A plan is the disk held against the tree.
type plan struct {
	tree    *Tree
	report  *Report
	targets []target
	ledgers []ledgerTarget
}

// A target is one path that the tree or a ledger names.
type target struct {
	path  string
	part  int // in report.Parts
	file  *file
	ours  []sum // what the ledgers say that isthmus wrote there
	state State
	sum   sum // what is there now
	mode  fs.FileMode
}

// A ledgerTarget is the ledger of the report's part of the same index.
type ledgerTarget struct {
	text [][]byte // wanted; nil where the part is dropped
	want sum
	sum  sum
	mode fs.FileMode
}

// Compare gives what a Write would find. It takes no lock and writes nothing.
// Errors are ErrInterrupted, a diag.Problem or diag.Problems of damaged ledgers
// and things in the way, or the disk's. Of the options, Partial counts, and
// with it Remove.
func (t *Tree) Compare(root *os.Root, o Options) (*Report, error) {
	w := newWalk(root)
	defer w.close()
	info, err := w.look(journalPath)
	if err != nil {
		return nil, err
	}
	if info != nil {
		return nil, ErrInterrupted
	}
	p, err := t.survey(root, o)
	if err != nil {
		return nil, err
	}
	return p.report, nil
}

// survey reads the ledgers and every file that they or the tree name.
func (t *Tree) survey(root *os.Root, o Options) (*plan, error) {
	p := &plan{tree: t, report: &Report{Format: t.format}}
	found, others, err := p.readLedgers(root, o)
	if err != nil {
		return nil, err
	}
	p.aim(found, others)
	if err := p.inspect(root); err != nil {
		return nil, err
	}
	p.report.Files = make([]Entry, 0, len(p.targets))
	p.targets = slices.DeleteFunc(p.targets, func(x target) bool { return x.file == nil && x.sum == absent })
	for _, x := range p.targets {
		part := &p.report.Parts[x.part]
		p.report.Files = append(p.report.Files, Entry{x.path, part.Name, x.state, x.file != nil, len(x.ours) > 0})
		*part.count(x.state)++
	}
	return p, nil
}

// count gives the number of files in a state.
func (p *PartReport) count(s State) *int {
	return [...]*int{&p.Unchanged, &p.Created, &p.Changed, &p.Stale, &p.Edited}[s]
}

// readLedgers reports the parts and gives their ledgers, nil for none, and the
// paths that ledgers out of the tree's scope list.
func (p *plan) readLedgers(root *os.Root, o Options) (found []*ledger, others map[string]bool, err error) {
	w := newWalk(root)
	defer w.close()
	onDisk, err := w.listLedgers()
	if err != nil {
		return nil, nil, err
	}
	inTree := map[string]bool{}
	for _, part := range p.tree.parts {
		inTree[part.name] = true
		p.report.Parts = append(p.report.Parts, PartReport{Name: part.name})
	}
	others = map[string]bool{}
	for _, name := range onDisk {
		switch {
		case inTree[name]:
		case o.Partial && !slices.Contains(o.Remove, name):
			// A damaged ledger is its own part's matter, not this one's.
			if l, _, err := w.readLedger(name); err == nil {
				for _, line := range l.lines {
					others[line.path] = true
				}
			}
		default:
			p.report.Parts = append(p.report.Parts, PartReport{Name: name, Dropped: true})
		}
	}
	p.ledgers = make([]ledgerTarget, len(p.report.Parts))
	found = make([]*ledger, len(p.report.Parts))
	var problems diag.Problems
	for i := range p.report.Parts {
		part := &p.report.Parts[i]
		l, at, err := w.readLedger(part.Name)
		if problem, ok := errors.AsType[*diag.Problem](err); ok {
			problems = append(problems, problem)
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		found[i], p.ledgers[i] = l, at
		if l != nil {
			part.Format, part.Retiring, part.Binding = l.format, l.retiring, l.binding
		}
	}
	if len(problems) > 0 {
		return nil, nil, problems
	}
	p.wantLedgers()
	return found, others, nil
}

// readLedger gives the ledger of a part, nil where it has none.
func (w *walk) readLedger(part string) (*ledger, ledgerTarget, error) {
	var at ledgerTarget
	name := LedgerPath(part)
	info, err := w.look(name)
	if info == nil || err != nil {
		return nil, at, err
	}
	dir, err := w.enter(path.Dir(name), nil)
	if dir == nil || err != nil {
		return nil, at, err
	}
	f, err := dir.Open(ledgerName)
	if err != nil {
		return nil, at, wrap(name, err)
	}
	defer f.Close()
	h := sha256.New()
	l, err := parseLedger(part, io.TeeReader(f, h)) // to the end, or it fails
	h.Sum(at.sum[:0])
	at.mode = info.Mode().Perm()
	return l, at, err
}

// wantLedgers makes the ledgers of the tree's parts and compares them.
func (p *plan) wantLedgers() {
	wanted := p.tree.ledgers()
	for i := range p.report.Parts {
		at := &p.ledgers[i]
		if i < len(wanted) {
			p.report.Parts[i].Wanted = wanted[i].binding
			at.text = wanted[i].encode()
			h := sha256.New()
			for _, segment := range at.text {
				h.Write(segment)
			}
			h.Sum(at.want[:0])
		}
		switch {
		case at.want == at.sum:
			p.report.Parts[i].Ledger = Unchanged
		case at.sum == absent:
			p.report.Parts[i].Ledger = Created
		case at.want == absent:
			p.report.Parts[i].Ledger = Stale
		default:
			p.report.Parts[i].Ledger = Changed
		}
	}
}

// aim lists the paths to look at. A path that has moved from one part to
// another is wanted, not stale, and what either ledger says is ours.
func (p *plan) aim(found []*ledger, others map[string]bool) {
	index := make(map[string]int, len(p.tree.files))
	p.targets = make([]target, len(p.tree.files))
	for i := range p.tree.files {
		f := &p.tree.files[i]
		p.targets[i] = target{path: f.Path, part: f.part, file: f}
		index[f.Path] = i
	}
	for part, l := range found {
		if l == nil {
			continue
		}
		for _, line := range l.lines {
			i, ok := index[line.path]
			if !ok && others[line.path] {
				continue
			}
			if !ok {
				i = len(p.targets)
				index[line.path] = i
				p.targets = append(p.targets, target{path: line.path, part: part})
			}
			p.targets[i].ours = append(p.targets[i].ours, line.sum)
		}
	}
	slices.SortFunc(p.targets, func(a, b target) int { return cmp.Compare(a.path, b.path) })
}

// inspect looks at every target, in parallel, and says what state it is in.
func (p *plan) inspect(root *os.Root) error {
	var mu sync.Mutex
	problems := map[string]*diag.Problem{} // one obstacle stands in the way of many
	var failed []error
	inParallel(len(p.targets), func(from, to int) {
		w := newWalk(root)
		defer w.close()
		for i := from; i < to; i++ {
			err := p.targets[i].inspect(w)
			if err == nil {
				continue
			}
			mu.Lock()
			problem, ok := errors.AsType[*diag.Problem](err)
			if ok {
				problems[problem.Pos.File] = problem
			} else {
				failed = append(failed, err)
			}
			mu.Unlock()
			if !ok {
				return
			}
		}
	})
	if len(failed) > 0 {
		return slices.MinFunc(failed, func(a, b error) int { return cmp.Compare(a.Error(), b.Error()) })
	}
	if len(problems) > 0 {
		var sorted diag.Problems
		for _, file := range slices.Sorted(maps.Keys(problems)) {
			sorted = append(sorted, problems[file])
		}
		return sorted
	}
	return nil
}

func (x *target) inspect(w *walk) error {
	info, err := w.look(x.path)
	if err != nil {
		return err
	}
	x.mode = 0o644
	if info != nil {
		x.mode = info.Mode().Perm()
		if x.sum, err = w.sum(x.path, info); err != nil {
			return err
		}
	}
	switch {
	case x.file != nil && x.sum == x.file.sum:
		x.state = Unchanged
	case x.sum == absent:
		x.state = Created // or nothing, where it is not wanted: survey leaves that out
	case !slices.Contains(x.ours, x.sum):
		x.state = Edited
	case x.file != nil:
		x.state = Changed
	default:
		x.state = Stale
	}
	return nil
}
