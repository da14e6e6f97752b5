package tree

import (
	"io/fs"
	"os"
)

// Write makes the disk hold the tree: all of it, or, where it fails before the
// commit, nothing of it; where it fails after the commit the next Write
// completes it first. The report tells what was found and, where the error is
// nil, what was changed.
//
// Errors are ErrLocked; a *DroppedError and an *EditedError, one of them or
// joined, with the report; a diag.Problem or diag.Problems of damaged ledgers
// and things in the way; or the disk's. An *EditedError names files that were
// edited while Write ran, too: then all else is written.
func (t *Tree) Write(root *os.Root, o Options) (*Report, error) {
	s, err := openScratch(root, o)
	if err != nil {
		return nil, err
	}
	defer s.close()
	if err := s.recover(); err != nil {
		return nil, err
	}
	p, err := t.survey(root, o)
	if err != nil {
		return nil, err
	}
	if err := p.refusal(o); err != nil {
		return p.report, err
	}
	records, content := p.records()
	if len(records) == 0 {
		return p.report, nil
	}
	if err := s.prepare(records, content); err != nil {
		s.clear() // or the next run does
		return nil, err
	}
	left, err := s.complete(records, true)
	if err != nil {
		return nil, err
	}
	if len(left) > 0 {
		return p.report, p.report.found(records, left)
	}
	return p.report, nil
}

// records gives what a commit has to do, files by path and then ledgers, and
// the content of each.
func (p *plan) records() ([]record, func(i int) ([][]byte, fs.FileMode)) {
	type content struct {
		segments [][]byte
		mode     fs.FileMode
	}
	var records []record
	var contents []content
	for _, x := range p.targets {
		if x.state == Unchanged {
			continue
		}
		r := record{old: x.sum, part: p.report.Parts[x.part].Name, path: x.path}
		var b content
		if x.file != nil {
			r.new, b = x.file.sum, content{x.file.Segments, x.mode}
		}
		records, contents = append(records, r), append(contents, b)
	}
	for i, at := range p.ledgers {
		if at.want == at.sum {
			continue
		}
		mode := at.mode
		if at.sum == absent {
			mode = 0o644
		}
		name := p.report.Parts[i].Name
		records = append(records, record{new: at.want, old: at.sum, part: name, path: LedgerPath(name)})
		contents = append(contents, content{at.text, mode})
	}
	return records, func(i int) ([][]byte, fs.FileMode) { return contents[i].segments, contents[i].mode }
}

// found moves the files that turned out to be edited to that state, and names
// them.
func (r *Report) found(records []record, left []int) *EditedError {
	edited := map[string]bool{}
	for _, i := range left {
		edited[records[i].path] = true
	}
	e := &EditedError{}
	for i := range r.Files {
		f := &r.Files[i]
		if !edited[f.Path] {
			continue
		}
		delete(edited, f.Path)
		for j := range r.Parts {
			if part := &r.Parts[j]; part.Name == f.Part {
				*part.count(f.State)--
				*part.count(Edited)++
			}
		}
		f.State = Edited
		e.Files = append(e.Files, *f)
	}
	for i := range r.Parts {
		if name := r.Parts[i].Name; edited[LedgerPath(name)] {
			r.Parts[i].Ledger = Edited
			e.Files = append(e.Files, Entry{Path: LedgerPath(name), Part: name, State: Edited, Wanted: !r.Parts[i].Dropped, Listed: true})
		}
	}
	return e
}
