package tree

import (
	"bytes"
	"errors"
	"io/fs"
	"path"

	"github.com/isthmus-mesh/isthmus/generators/diag"
)

// ledgers makes the ledger of each part.
func (t *Tree) ledgers() []ledger {
	all := make([]ledger, len(t.parts))
	for i, p := range t.parts {
		all[i].format, all[i].retiring, all[i].binding = t.format, p.retiring, p.binding
	}
	for _, f := range t.files {
		all[f.part].lines = append(all[f.part].lines, line{f.sum, f.Path})
	}
	return all
}

// Parts gives what a Write would leave: the parts, by name, each with its ledger
// as the last of its files.
func (t *Tree) Parts() []Part {
	parts := make([]Part, len(t.parts))
	for i, p := range t.parts {
		parts[i] = Part{Name: p.name, Retiring: p.retiring, Binding: p.binding}
	}
	for _, f := range t.files {
		parts[f.part].Files = append(parts[f.part].Files, f.File)
	}
	for i, l := range t.ledgers() {
		parts[i].Files = append(parts[i].Files, File{Path: LedgerPath(parts[i].Name), Segments: l.encode()})
	}
	return parts
}

// Bound gives what the ledger of a part says that the part is bound to, "" where
// it says nothing or cannot be read, which a render reports.
func Bound(files fs.FS, name string) string {
	text, err := fs.ReadFile(files, LedgerPath(name))
	if err != nil {
		return ""
	}
	l, err := parseLedger(name, bytes.NewReader(text))
	if err != nil {
		return ""
	}
	return l.binding
}

// Committed gives the parts that lie in files, a folder with overlays/ in it, as
// their ledgers list them, whatever the files hold now; a listed file that is
// not there is left out. Each part has its ledger as the last of its files. A
// ledger that cannot be read is a diag.Problem of the error, which is a
// diag.Problems, or one of reading.
func Committed(files fs.FS) ([]Part, error) {
	found, err := fs.ReadDir(files, overlays)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var parts []Part
	var problems diag.Problems
	for _, entry := range found {
		name := entry.Name()
		if badPart(name) != "" || !entry.IsDir() {
			continue
		}
		text, err := fs.ReadFile(files, LedgerPath(name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		l, err := parseLedger(name, bytes.NewReader(text))
		var problem *diag.Problem
		if errors.As(err, &problem) {
			problems = append(problems, problem)
			continue
		}
		if err != nil {
			return nil, err
		}
		part := Part{Name: name, Retiring: l.retiring, Binding: l.binding}
		for _, line := range l.lines {
			data, err := fs.ReadFile(files, line.path)
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if err != nil {
				return nil, err
			}
			part.Files = append(part.Files, File{Path: path.Clean(line.path), Segments: [][]byte{data}})
		}
		part.Files = append(part.Files, File{Path: LedgerPath(name), Segments: [][]byte{text}})
		parts = append(parts, part)
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return parts, nil
}
