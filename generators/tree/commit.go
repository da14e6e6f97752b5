package tree

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"

	"github.com/isthmus-mesh/isthmus/generators/diag"
)

// A commit carries out a journal. It may be the second that does: each record
// is found old, new, or half way between the two.
type commit struct {
	*scratch
	records []record
	fresh   bool            // staged by this very run, so the stage is as the journal says
	edited  map[int]bool    // records whose path somebody else wrote to: left as they are
	undone  map[int]bool    // records carried out before, whose path has its old bytes again
	kept    map[string]bool // parts with an edited record
}

const amendedName = "amended" // in the stage

// complete carries out the records and removes the journal. It gives the
// indexes of those that it left, because what lies there is somebody else's.
// An error leaves the journal for the next run.
func (s *scratch) complete(records []record, fresh bool) ([]int, error) {
	c := &commit{scratch: s, records: records, fresh: fresh, edited: map[int]bool{}, undone: map[int]bool{}, kept: map[string]bool{}}
	if fresh {
		if err := s.do("sync", journalPath); err != nil {
			return nil, err
		}
		if err := settle(s.dir); err != nil {
			return nil, err
		}
	}
	var removed []string
	for i, r := range records {
		var kept bool
		var err error
		switch {
		case r.ledger():
			kept, err = c.ledger(i, r)
		case r.new == absent:
			kept, err = c.discard(i, r)
		default:
			kept, err = c.place(i, r)
		}
		if err != nil {
			return nil, err
		}
		if kept {
			c.edited[i] = true
			c.kept[r.part] = true
		}
		if r.new == absent {
			removed = append(removed, r.path)
		}
	}
	if err := s.prune(removed); err != nil {
		return nil, err
	}
	if err := s.clear(); err != nil {
		return nil, err
	}
	if err := s.remove(s.dir, journalName); err != nil {
		return nil, err
	}
	return slices.Sorted(maps.Keys(c.edited)), nil
}

// place brings new bytes to a path. It gives true where somebody else has
// written to it, and then his bytes are there.
func (c *commit) place(i int, r record) (bool, error) {
	name := strconv.Itoa(i)
	staged := r.new
	var err error
	if !c.fresh {
		if staged, err = c.walk.holds(c.stage, name); err != nil {
			return false, err
		}
	}
	dir, err := c.walk.enter(path.Dir(r.path), func(at *folder, name string) error { return c.mkdir(at, name, 0o755) })
	if err != nil {
		return false, err
	}
	now, err := c.walk.holds(dir, path.Base(r.path))
	if err != nil {
		return false, err
	}
	switch {
	case staged != absent && staged != r.new && staged != r.old:
		if now != r.new {
			return false, c.lost(i, r)
		}
		// The bytes of somebody else came back in exchange, and the run ended
		// before it saw that.
		return true, c.swapBack(i, dir, r)
	case now != r.old || staged != r.new:
		// Done, or somebody else's, or undone since by a checkout of what was
		// there before.
		c.undone[i] = now == r.old && now != absent
		if staged != absent {
			err = c.remove(c.stage, name)
		}
		return now != r.old && now != r.new, err
	case now == absent:
		return c.create(i, dir, r)
	}
	return c.replace(i, dir, r)
}

// create renames a staged file to a path where nothing was.
func (c *commit) create(i int, dir *folder, r record) (bool, error) {
	name := strconv.Itoa(i)
	err := c.moveNew(c.stage, name, dir, path.Base(r.path))
	if !errors.Is(err, fs.ErrExist) {
		return false, err
	}
	now, err := c.walk.holds(dir, path.Base(r.path))
	if err != nil {
		return false, err
	}
	return now != r.new, c.remove(c.stage, name)
}

// replace exchanges a staged file with the one in its place, and looks at what
// it got: somebody may have written to it after the last look.
func (c *commit) replace(i int, dir *folder, r record) (bool, error) {
	name := strconv.Itoa(i)
	if err := c.do("exchange", r.path); err != nil {
		return false, err
	}
	err := errors.ErrUnsupported
	if !c.plain {
		err = exchange(c.stage, name, dir, path.Base(r.path))
	}
	if errors.Is(err, errors.ErrUnsupported) {
		if now, err := c.walk.holds(dir, path.Base(r.path)); err != nil {
			return false, err
		} else if now != r.old {
			return true, c.remove(c.stage, name)
		}
		if err := c.walk.root.Rename(path.Join(c.stage.path, name), r.path); err != nil {
			return false, wrap(r.path, err)
		}
		return false, nil
	}
	if err != nil {
		return false, wrap(r.path, err)
	}
	back, err := c.walk.holds(c.stage, name)
	if err != nil {
		return false, err
	}
	if back != r.old {
		return true, c.swapBack(i, dir, r)
	}
	return false, c.remove(c.stage, name)
}

// swapBack puts what came to the stage in exchange back to its place.
func (c *commit) swapBack(i int, dir *folder, r record) error {
	name := strconv.Itoa(i)
	if err := c.do("exchange", r.path); err != nil {
		return err
	}
	if err := exchange(c.stage, name, dir, path.Base(r.path)); err != nil {
		return wrap(r.path, err)
	}
	if staged, err := c.walk.holds(c.stage, name); err != nil || staged != r.new {
		return errors.Join(c.lost(i, r), err)
	}
	return c.remove(c.stage, name)
}

// discard removes a file by way of the stage, where it is looked at once more.
// It gives true where somebody else has written to it, and then it is there.
func (c *commit) discard(i int, r record) (bool, error) {
	name := strconv.Itoa(i)
	dir, err := c.walk.enter(path.Dir(r.path), nil)
	if err != nil {
		return false, err
	}
	if !c.fresh {
		staged, err := c.walk.holds(c.stage, name)
		if err != nil {
			return false, err
		}
		if staged != absent {
			// An earlier run came as far as this. The path may have the old
			// bytes again, so it is looked at in any case.
			kept, err := c.judge(i, dir, r, staged)
			if err != nil || kept {
				return kept, err
			}
		}
	}
	if dir == nil {
		return false, nil
	}
	now, err := c.walk.holds(dir, path.Base(r.path))
	if err != nil || now == absent {
		return false, err
	}
	if now != r.old {
		return true, nil
	}
	if err := c.moveNew(dir, path.Base(r.path), c.stage, name); err != nil {
		return false, err
	}
	staged, err := c.walk.holds(c.stage, name)
	if err != nil {
		return false, err
	}
	return c.judge(i, dir, r, staged)
}

// judge removes from the stage what discard has moved there, or brings it back
// where somebody else wrote to it first.
func (c *commit) judge(i int, dir *folder, r record, staged sum) (bool, error) {
	name := strconv.Itoa(i)
	if staged == r.old {
		return false, c.remove(c.stage, name)
	}
	if dir == nil {
		return false, c.lost(i, r)
	}
	err := c.moveNew(c.stage, name, dir, path.Base(r.path))
	if errors.Is(err, fs.ErrExist) {
		err = c.lost(i, r)
	}
	return err == nil, err
}

// ledger writes or removes a ledger, which must not deny what was left: a file
// that was edited when it was to be removed stays listed, one that has its old
// bytes again is listed with them, and a dropped part with an edited file stays.
func (c *commit) ledger(i int, r record) (bool, error) {
	if r.new == absent {
		staged, err := c.walk.holds(c.stage, strconv.Itoa(i))
		if err != nil || c.kept[r.part] && staged == absent {
			return false, err
		}
		return c.discard(i, r)
	}
	var left []record
	for j, other := range c.records[:i] {
		if other.part == r.part && (c.undone[j] || c.edited[j] && other.new == absent) {
			left = append(left, other)
		}
	}
	if len(left) > 0 {
		if amended, err := c.amend(i, r, left); err != nil || amended {
			return false, err
		}
	}
	return c.place(i, r)
}

// amend puts a ledger into place that has the old sums of the records left.
func (c *commit) amend(i int, r record, left []record) (bool, error) {
	name := strconv.Itoa(i)
	dir, err := c.walk.enter(path.Dir(r.path), nil)
	if dir == nil || err != nil {
		return false, err
	}
	staged, err := c.walk.holds(c.stage, name)
	if err != nil {
		return false, err
	}
	now, err := c.walk.holds(dir, path.Base(r.path))
	if err != nil || staged != r.new || now != r.old {
		return false, err
	}
	f, err := c.stage.Open(name)
	if err != nil {
		return false, wrap(r.path, err)
	}
	l, err := parseLedger(r.part, f)
	f.Close()
	if err != nil {
		return false, err
	}
	for _, old := range left {
		l.set(old.old, old.path)
	}
	if err := c.write(c.stage, amendedName, l.encode(), 0o644); err != nil {
		return false, err
	}
	if err := c.rename(path.Join(c.stage.path, amendedName), r.path); err != nil {
		return false, err
	}
	return true, c.remove(c.stage, name)
}

// moveNew renames a file to a path where nothing is, or fails with fs.ErrExist.
func (c *commit) moveNew(from *folder, name string, to *folder, target string) error {
	source, full := path.Join(from.path, name), path.Join(to.path, target)
	if err := c.do("rename", full); err != nil {
		return err
	}
	err := errors.ErrUnsupported
	if !c.plain {
		err = moveNew(from, name, to, target)
	}
	if errors.Is(err, errors.ErrUnsupported) {
		if _, err = to.Lstat(target); err == nil {
			err = fs.ErrExist
		} else if errors.Is(err, fs.ErrNotExist) {
			err = c.walk.root.Rename(source, full)
		}
	}
	if err != nil {
		return wrap(full, err)
	}
	return nil
}

// lost says that the stage is not what the journal tells.
func (c *commit) lost(i int, r record) error {
	return &diag.Problem{
		Pos:  diag.Position{File: path.Join(c.stage.path, strconv.Itoa(i))},
		What: fmt.Sprintf("does not hold the bytes that an interrupted render has left for %s", r.path),
		Why:  "it may hold somebody's edit of that file",
		Fix:  fmt.Sprintf("keep what you need of it, delete %s and run isthmus render", scratchName),
	}
}
