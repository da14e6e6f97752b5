package tree

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A State is what the disk holds at a path, against what is wanted there.
type State int

const (
	Unchanged State = iota // the wanted bytes, whoever put them there
	Created                // wanted, and missing
	Changed                // wanted, and holds other bytes that isthmus wrote
	Stale                  // no longer wanted, and holds the bytes that isthmus wrote
	Edited                 // holds bytes that isthmus neither wants nor wrote
)

// String gives the word for it.
func (s State) String() string {
	return [...]string{"unchanged", "created", "changed", "stale", "edited"}[s]
}

// An Entry is one file of a Report.
type Entry struct {
	Path   string
	Part   string
	State  State
	Wanted bool // the tree has the file; it does not have a stale one
	Listed bool // a ledger lists the file: without that, an Edited one may be somebody else's
}

// A PartReport is what one ledger and its files need.
type PartReport struct {
	Name     string
	Ledger   State  // of the ledger itself: Unchanged, Created, Changed, or Stale where the part is dropped
	Format   int    // the render format's number in the ledger on disk, 0 without one
	Retiring bool   // the ledger on disk says that the part may be dropped
	Binding  string // what the ledger on disk says that the part is bound to
	Wanted   string // what the tree binds it to
	Dropped  bool   // a ledger lies on disk whose part is not in the tree

	Unchanged, Created, Changed, Stale, Edited int // files in each State
}

// A Report is the disk against the tree; after a Write, it is what the Write
// found and has changed.
type Report struct {
	Format int          // the tree's own
	Parts  []PartReport // those of the tree by name, then the dropped ones by name
	Files  []Entry      // by path, the unchanged ones included
}

// Clean says that a Write would change nothing.
func (r *Report) Clean() bool {
	for _, p := range r.Parts {
		if p.Ledger != Unchanged || p.Created+p.Changed+p.Stale+p.Edited > 0 {
			return false
		}
	}
	return true
}

// In gives the files in a state.
func (r *Report) In(s State) []Entry {
	var some []Entry
	for _, f := range r.Files {
		if f.State == s {
			some = append(some, f)
		}
	}
	return some
}

// OtherFormat names the parts that another version of isthmus has rendered.
func (r *Report) OtherFormat() []string {
	var names []string
	for _, p := range r.Parts {
		if p.Ledger != Created && p.Format != r.Format {
			names = append(names, p.Name)
		}
	}
	return names
}

// Errors of Write and Compare that a caller tells apart. Others are a
// diag.Problem or diag.Problems where a file or ledger is at fault, or come
// from the disk.
var (
	// ErrLocked says that another process is writing under the same root.
	ErrLocked = errors.New("another isthmus is writing to this folder")
	// ErrInterrupted says that a render was cut short and must be completed by
	// another, which it is before anything else.
	ErrInterrupted = errors.New("an earlier isthmus render was interrupted, and the next completes it")
)

// An EditedError names the files that somebody has changed, or put where
// isthmus wants to write. They are as he left them.
type EditedError struct {
	Files []Entry
}

// Error names the files.
func (e *EditedError) Error() string {
	paths := make([]string, len(e.Files))
	for i, f := range e.Files {
		paths[i] = f.Path
	}
	return fmt.Sprintf("not as isthmus wrote them: %s", strings.Join(paths, ", "))
}

// A DroppedError names the parts that are no longer in the tree, were not
// retiring and may not be removed. Nothing was written.
type DroppedError struct {
	Parts []string
}

// Error names the parts.
func (e *DroppedError) Error() string {
	return fmt.Sprintf("no longer rendered, and not retiring: %s", strings.Join(e.Parts, ", "))
}

// refusal says why the plan may not be carried out, nil where it may. A part
// that may not be dropped is named; its files are not.
func (p *plan) refusal(o Options) error { return p.report.Refusal(o) }

// Refusal says why a Write would change nothing, by what Compare found: a
// *DroppedError, an *EditedError, what Rebind says, all joined, or nil.
func (r *Report) Refusal(o Options) error {
	var dropped DroppedError
	for _, part := range r.Parts {
		if part.Dropped && !part.Retiring && !slices.Contains(o.Remove, part.Name) {
			dropped.Parts = append(dropped.Parts, part.Name)
		}
	}
	var edited EditedError
	for _, f := range r.Files {
		if f.State == Edited && !o.Force && !slices.Contains(dropped.Parts, f.Part) {
			edited.Files = append(edited.Files, f)
		}
	}
	var errs []error
	for _, part := range r.Parts {
		if part.Dropped || part.Ledger == Created || o.Rebind == nil || part.Binding == part.Wanted {
			continue
		}
		if err := o.Rebind(part.Name, part.Binding, part.Wanted); err != nil {
			errs = append(errs, err)
		}
	}
	if len(dropped.Parts) > 0 {
		errs = append(errs, &dropped)
	}
	if len(edited.Files) > 0 {
		errs = append(errs, &edited)
	}
	return errors.Join(errs...)
}
