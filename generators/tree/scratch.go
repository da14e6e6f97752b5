package tree

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
)

const (
	scratchName = ".isthmus"
	stageName   = "stage"
	journalName = "journal"
	lockName    = "lock"
	journalPath = scratchName + "/" + journalName
)

// A scratch is the folder .isthmus, held under its lock. Everything that
// changes the disk goes through it.
//
//	lock        held by the process that writes; never removed
//	.gitignore  keeps all of this out of Git
//	stage/      the new bytes of files, until they are renamed into place
//	journal     there from the moment that a commit can only be completed
type scratch struct {
	walk  *walk // of the root
	dir   *folder
	stage *folder // nil while there is none
	lock  *os.File
	buf   *bufio.Writer
	plain bool
	step  func(op, path string) error
}

// openScratch makes the folder where it is missing and locks it.
func openScratch(root *os.Root, o Options) (*scratch, error) {
	s := &scratch{walk: newWalk(root), buf: bufio.NewWriterSize(nil, 64<<10), plain: o.plain, step: o.step}
	if err := s.open(); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *scratch) open() (err error) {
	if s.dir, err = s.folder(s.walk.root, scratchName); err != nil {
		return err
	}
	const name = scratchName + "/" + lockName
	info, err := s.walk.look(name)
	if err != nil {
		return err
	}
	if info == nil {
		if err := s.do("create", name); err != nil {
			return err
		}
	}
	if s.lock, err = s.dir.OpenFile(lockName, os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return wrap(name, err)
	}
	if err := flock(s.lock); err != nil {
		return wrap(name, err)
	}
	// Somebody may have removed the folder between the opening and the lock.
	held, err := s.lock.Stat()
	if err != nil {
		return wrap(name, err)
	}
	if info, err := s.walk.root.Lstat(name); err != nil || !os.SameFile(info, held) {
		return wrap(name, ErrLocked)
	}
	if _, err := s.dir.Lstat(".gitignore"); errors.Is(err, fs.ErrNotExist) {
		if err := s.write(s.dir, ".gitignore.new", [][]byte{[]byte("*\n")}, 0o644); err != nil {
			return err
		}
		return s.rename(".isthmus/.gitignore.new", ".isthmus/.gitignore")
	}
	return nil
}

// folder opens a folder of the scratch, made where it is missing.
func (s *scratch) folder(at *folder, name string) (*folder, error) {
	full := path.Join(at.path, name)
	opened, err := openFolder(at, name, full)
	if errors.Is(err, fs.ErrNotExist) {
		if err := s.mkdir(at, name, 0o700); err != nil {
			return nil, err
		}
		opened, err = openFolder(at, name, full)
	}
	return opened, err
}

// close gives the lock back.
func (s *scratch) close() {
	if s.lock != nil {
		s.lock.Close()
	}
	if s.stage != nil {
		s.stage.close()
	}
	if s.dir != nil {
		s.dir.close()
	}
	s.walk.close()
}

// do comes before every operation that changes the disk.
func (s *scratch) do(op, p string) error {
	if s.step == nil {
		return nil
	}
	if err := s.step(op, p); err != nil {
		return wrap(p, err)
	}
	return nil
}

func (s *scratch) mkdir(at *folder, name string, mode fs.FileMode) error {
	full := path.Join(at.path, name)
	if err := s.do("mkdir", full); err != nil {
		return err
	}
	// A second process may have made it since.
	if err := at.Mkdir(name, mode); err != nil && !errors.Is(err, fs.ErrExist) {
		return wrap(full, err)
	}
	return nil
}

// write makes a file that holds the segments, or replaces one of the scratch.
func (s *scratch) write(at *folder, name string, segments [][]byte, mode fs.FileMode) (err error) {
	full := path.Join(at.path, name)
	if err := s.do("create", full); err != nil {
		return err
	}
	f, err := at.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return wrap(full, err)
	}
	defer func() {
		if closed := f.Close(); closed != nil && err == nil {
			err = wrap(full, closed)
		}
	}()
	if err := s.do("write", full); err != nil {
		return err
	}
	s.buf.Reset(f)
	for _, segment := range segments {
		s.buf.Write(segment) // the error stays until Flush
	}
	if err := s.buf.Flush(); err != nil {
		return wrap(full, err)
	}
	if err := s.do("chmod", full); err != nil {
		return err
	}
	if err := f.Chmod(mode); err != nil {
		return wrap(full, err)
	}
	if !flushesAtOnce {
		if err := s.do("sync", full); err != nil {
			return err
		}
		if err := f.Sync(); err != nil {
			return wrap(full, err)
		}
	}
	return nil
}

// rename is a plain one, by paths from the root.
func (s *scratch) rename(from, to string) error {
	if err := s.do("rename", to); err != nil {
		return err
	}
	if err := s.walk.root.Rename(from, to); err != nil {
		return wrap(to, err)
	}
	return nil
}

func (s *scratch) remove(at *folder, name string) error {
	full := path.Join(at.path, name)
	if err := s.do("remove", full); err != nil {
		return err
	}
	if err := at.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return wrap(full, err)
	}
	return nil
}

// clear removes the stage and what is left in it.
func (s *scratch) clear() error {
	if s.stage != nil {
		s.stage.close()
		s.stage = nil
	}
	if _, err := s.dir.Lstat(stageName); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err := s.do("clear", scratchName+"/"+stageName); err != nil {
		return err
	}
	if err := s.dir.RemoveAll(stageName); err != nil {
		return wrap(scratchName+"/"+stageName, err)
	}
	return nil
}

// prepare stages the new bytes of the records and writes the journal. When it
// succeeds the commit has happened, and when it fails nothing has.
func (s *scratch) prepare(records []record, content func(i int) ([][]byte, fs.FileMode)) (err error) {
	if s.stage, err = s.folder(s.dir, stageName); err != nil {
		return err
	}
	for i, r := range records {
		if r.new == absent {
			continue
		}
		segments, mode := content(i)
		if err := s.write(s.stage, strconv.Itoa(i), segments, mode); err != nil {
			return fmt.Errorf("staging %s: %w", r.path, err)
		}
	}
	if err := s.write(s.stage, journalName, [][]byte{encodeJournal(records)}, 0o600); err != nil {
		return err
	}
	// Once for all files: the journal must not outlive what it tells of.
	if err := s.do("flush", scratchName); err != nil {
		return err
	}
	if err := flush(s.dir); err != nil {
		return err
	}
	return s.rename(scratchName+"/"+stageName+"/"+journalName, journalPath)
}

// recover completes the commit that an earlier run has left, if any, and
// removes what one that never came so far has staged.
func (s *scratch) recover() error {
	info, err := s.walk.look(journalPath)
	if err != nil {
		return err
	}
	if info == nil {
		return s.clear()
	}
	f, err := s.dir.Open(journalName)
	if err != nil {
		return wrap(journalPath, err)
	}
	records, err := parseJournal(f)
	f.Close()
	if err != nil {
		return err
	}
	if s.stage, err = s.folder(s.dir, stageName); err != nil {
		return err
	}
	_, err = s.complete(records, false)
	return err
}

// prune removes the folders that have become empty, up to the root.
func (s *scratch) prune(emptied []string) error {
	folders := map[string]bool{}
	for _, p := range emptied {
		for dir := path.Dir(p); dir != "."; dir = path.Dir(dir) {
			folders[dir] = true
		}
	}
	deepestFirst := make([]string, 0, len(folders))
	for dir := range folders {
		deepestFirst = append(deepestFirst, dir)
	}
	slices.SortFunc(deepestFirst, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return slices.Compare([]byte(a), []byte(b))
	})
	for _, dir := range deepestFirst {
		empty, err := s.empty(dir)
		if err != nil {
			return err
		}
		if !empty {
			continue
		}
		above, err := s.walk.enter(path.Dir(dir), nil)
		if above == nil || err != nil {
			return err
		}
		s.walk.leave(strings.Count(dir, "/")) // dir itself
		if err := s.remove(above, path.Base(dir)); err != nil {
			if empty, again := s.empty(dir); empty || again != nil {
				return err
			}
			// Somebody has put a file there since.
		}
	}
	return nil
}

func (s *scratch) empty(dir string) (bool, error) {
	at, err := s.walk.enter(dir, nil)
	if at == nil || err != nil {
		return false, err
	}
	list, err := at.Open(".")
	if err != nil {
		return false, wrap(dir, err)
	}
	defer list.Close()
	names, _ := list.Readdirnames(1)
	return len(names) == 0, nil
}
