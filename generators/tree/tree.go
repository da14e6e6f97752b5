// Package tree keeps a set of files equal to what was rendered, without
// knowing what is in them.
//
// It promises that a render which fails or is killed at any moment leaves every
// file old or new, never half, and that the next one completes it; that files
// which are already right are not touched; and that it overwrites and removes
// only what a ledger says it wrote and nobody has changed since. What somebody
// edited, or put there himself, is named and left alone unless he forces it.
//
// All of it goes through an os.Root and real folders: a symbolic link is never
// followed. What was rendered can be rendered again, so files are flushed once
// for all, not one by one: a power failure during a render may cost a second
// render, but no file that isthmus does not own.
package tree

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/diag"
)

// A File is one file to be written. Its content is its segments joined; they
// may be shared between files and are never copied into one buffer, so they
// must not change while the Tree is in use.
type File struct {
	Path     string // from the root, with slashes: overlays/west/services/ns-bookinfo.yaml
	Segments [][]byte
}

// A Part is the files owned through one ledger: those of a cluster. They lie
// under overlays/<name>/ or clusters/.
type Part struct {
	Name     string // west: its ledger is LedgerPath("west")
	Retiring bool   // recorded in the ledger: the part may be dropped later without being named
	Binding  string // recorded in the ledger, one line: see Options.Rebind
	Files    []File
}

// A Tree is a checked set of files. It does not change after Of returned it.
type Tree struct {
	format int
	parts  []part
	files  []file // of all parts, by path
}

type part struct {
	name     string
	retiring bool
	binding  string
}

type file struct {
	File
	part int // in Tree.parts
	sum  sum
}

// Of gives the Tree of the parts, sorted, whatever order they came in. Format
// is the number of the render format, which ledgers carry: it is raised when
// the same mesh.yaml renders other bytes. The error is a diag.Problems that
// names each path and part name that no Tree can have.
func Of(format int, parts []Part) (*Tree, error) {
	parts = slices.Clone(parts)
	slices.SortFunc(parts, func(a, b Part) int { return cmp.Compare(a.Name, b.Name) })
	t := &Tree{format: format}
	var problems diag.Problems
	for i, p := range parts {
		if why := badPart(p.Name); why != "" {
			problems = append(problems, &diag.Problem{What: fmt.Sprintf("a cluster's files cannot be kept under the name %q", p.Name), Why: why})
		}
		if strings.ContainsFunc(p.Binding, func(c rune) bool { return c < ' ' || c > '~' }) || len(p.Binding) > lineLimit/2 {
			problems = append(problems, &diag.Problem{What: fmt.Sprintf("cluster %q cannot be bound to %q", p.Name, p.Binding)})
		}
		if i > 0 && strings.EqualFold(parts[i-1].Name, p.Name) {
			problems = append(problems, &diag.Problem{What: fmt.Sprintf("the name %q stands for two clusters", p.Name)})
		}
		t.parts = append(t.parts, part{p.Name, p.Retiring, p.Binding})
		for _, f := range p.Files {
			if why := badFile(p.Name, f.Path); why != "" {
				problems = append(problems, &diag.Problem{What: fmt.Sprintf("cluster %q cannot own a file %q", p.Name, f.Path), Why: why})
			}
			t.files = append(t.files, file{File: f, part: i})
		}
	}
	slices.SortStableFunc(t.files, func(a, b file) int { return cmp.Compare(a.Path, b.Path) })
	problems = append(problems, collisions(t.files)...)
	if len(problems) > 0 {
		return nil, problems
	}
	inParallel(len(t.files), func(from, to int) {
		h := sha256.New()
		for i := from; i < to; i++ {
			h.Reset()
			for _, segment := range t.files[i].Segments {
				h.Write(segment)
			}
			h.Sum(t.files[i].sum[:0])
		}
	})
	return t, nil
}

// Options say what a Write may do.
type Options struct {
	Force  bool     // overwrite and remove what was edited by hand too; the report names it
	Remove []string // names of parts that may be dropped although they were not retiring
	// Rebind is asked before the binding that a part's ledger records changes, from
	// none too, and an error keeps all from being written; nil allows any change.
	Rebind func(part, was, is string) error

	Partial bool // the tree holds some parts only: say nothing about the ledgers of others

	step  func(op, path string) error // called before each operation that changes the disk; a test fails or dies in it
	plain bool                        // do as where files cannot be exchanged
}
