package tree

import (
	"io/fs"
	"os"
	"path"
)

// A Held is a root under its lock: until Close no other isthmus writes there.
// It writes what cannot be made again, file by file.
type Held struct{ scratch *scratch }

const keptName = "kept"

// Hold locks a root. The error is ErrLocked where another process has it.
func Hold(root *os.Root) (*Held, error) { return hold(root, Options{}) }

func hold(root *os.Root, o Options) (*Held, error) {
	s, err := openScratch(root, o)
	if err != nil {
		return nil, err
	}
	return &Held{s}, nil
}

// Close gives the lock back.
func (h *Held) Close() { h.scratch.close() }

// Write gives a file its content, which is on the disk when it returns. Killed
// at any moment it leaves the file as it was or as it will be; an error leaves
// it as it was, but for the last step, after which only a power failure could
// undo it. It keeps its mode, and a new one can be read by all. Folders that are
// missing are made. The path is from the root, with slashes.
func (h *Held) Write(p string, data []byte) error {
	if what := badPath(p); what != "" {
		return wrap(p, &fs.PathError{Op: "write", Path: p, Err: fs.ErrInvalid})
	}
	s := h.scratch
	mode := fs.FileMode(0o644)
	switch info, err := s.walk.look(p); {
	case err != nil:
		return err // a link or a folder is in the way
	case info != nil:
		mode = info.Mode().Perm()
	}
	dir, err := s.walk.enter(path.Dir(p), func(at *folder, name string) error {
		if err := s.mkdir(at, name, 0o755); err != nil {
			return err
		}
		return h.sync(at)
	})
	if err != nil {
		return err
	}
	if err := s.write(s.dir, keptName, [][]byte{data}, mode); err != nil {
		return err
	}
	const kept = scratchName + "/" + keptName
	if err := h.syncFile(kept); err != nil {
		return err
	}
	if err := s.rename(kept, p); err != nil {
		return err
	}
	return h.sync(dir)
}

// Remove takes a file away, which is so on the disk when it returns. One that is
// not there is no error.
func (h *Held) Remove(p string) error {
	s := h.scratch
	info, err := s.walk.look(p)
	if info == nil || err != nil {
		return err
	}
	dir, err := s.walk.enter(path.Dir(p), nil)
	if err != nil {
		return err
	}
	if err := s.remove(dir, path.Base(p)); err != nil {
		return err
	}
	return h.sync(dir)
}

// sync has the entries of a folder outlive a power failure.
func (h *Held) sync(dir *folder) error {
	if err := h.scratch.do("syncdir", dir.path); err != nil {
		return err
	}
	return settle(dir)
}

// syncFile has the content of a file outlive it.
func (h *Held) syncFile(p string) error {
	if err := h.scratch.do("sync", p); err != nil {
		return err
	}
	f, err := h.scratch.walk.root.OpenFile(p, os.O_WRONLY, 0)
	if err != nil {
		return wrap(p, err)
	}
	if err := f.Sync(); err != nil {
		f.Close()
		return wrap(p, err)
	}
	if err := f.Close(); err != nil {
		return wrap(p, err)
	}
	return nil
}
