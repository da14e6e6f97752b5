package tree

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/isthmus-mesh/isthmus/generators/diag"
)

// A folder is an open folder, and its path from the root.
type folder struct {
	*os.Root
	path   string
	handle *os.File // opened when first needed
}

// descriptor gives the folder's file descriptor, for what os.Root has no
// method for. It is good until the folder is closed.
func (f *folder) descriptor() (int, error) {
	if f.handle == nil {
		handle, err := f.Open(".")
		if err != nil {
			return -1, wrap(f.path, err)
		}
		f.handle = handle
	}
	return int(f.handle.Fd()), nil
}

func (f *folder) close() {
	if f.handle != nil {
		f.handle.Close()
	}
	f.Root.Close()
}

// A walk goes from path to path, keeping the folders open that lead to the last
// one. Names are looked up in open folders and each folder is known to be a
// real one, so no symbolic link is followed, were it exchanged meanwhile.
type walk struct {
	root *folder
	open []*folder // below the root
	h    hash.Hash
	buf  []byte
}

func newWalk(root *os.Root) *walk {
	return &walk{root: &folder{Root: root, path: "."}, h: sha256.New(), buf: make([]byte, 32<<10)}
}

// close leaves the root as it is: that one is the caller's.
func (w *walk) close() {
	w.leave(0)
	if w.root.handle != nil {
		w.root.handle.Close()
		w.root.handle = nil
	}
}

func (w *walk) leave(depth int) {
	for len(w.open) > depth {
		w.open[len(w.open)-1].close()
		w.open = w.open[:len(w.open)-1]
	}
}

// enter opens the folder dir, which stays open until another is entered. It
// gives nil where dir or a folder above it is missing, unless make makes it.
func (w *walk) enter(dir string, make func(at *folder, name string) error) (*folder, error) {
	at, depth := w.root, 0
	if dir == "." {
		return at, nil
	}
	for from, end := 0, 0; end < len(dir); from, depth = end+1, depth+1 {
		end = len(dir)
		if i := strings.IndexByte(dir[from:], '/'); i >= 0 {
			end = from + i
		}
		name, full := dir[from:end], dir[:end]
		if depth < len(w.open) && w.open[depth].path == full {
			at = w.open[depth]
			continue
		}
		w.leave(depth)
		next, err := openFolder(at, name, full)
		if errors.Is(err, fs.ErrNotExist) {
			if make == nil {
				return nil, nil
			}
			if err := make(at, name); err != nil {
				return nil, err
			}
			next, err = openFolder(at, name, full)
		}
		if err != nil {
			return nil, err
		}
		w.open = append(w.open, next)
		at = next
	}
	return at, nil
}

func openFolder(at *folder, name, full string) (*folder, error) {
	info, err := at.Lstat(name)
	if err != nil {
		return nil, wrap(full, err)
	}
	if !info.IsDir() {
		return nil, obstacle(full, info)
	}
	root, err := at.OpenRoot(name)
	if err != nil {
		return nil, wrap(full, err)
	}
	if opened, err := root.Stat("."); err != nil || !os.SameFile(info, opened) {
		root.Close()
		return nil, wrap(full, errors.Join(errMoved, err))
	}
	return &folder{Root: root, path: full}, nil
}

// look gives what lies at p, nil where nothing does. Anything but a regular
// file with one link is in the way: a *diag.Problem.
func (w *walk) look(p string) (fs.FileInfo, error) {
	dir, err := w.enter(path.Dir(p), nil)
	if dir == nil || err != nil {
		return nil, err
	}
	info, err := dir.Lstat(path.Base(p))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, wrap(p, err)
	}
	if !info.Mode().IsRegular() || links(info) > 1 {
		return nil, obstacle(p, info)
	}
	return info, nil
}

// sum reads the file at p, which look has given info of.
func (w *walk) sum(p string, info fs.FileInfo) (sum, error) {
	dir, err := w.enter(path.Dir(p), nil)
	if dir == nil || err != nil {
		return absent, err
	}
	return w.sumOf(dir, path.Base(p), info)
}

func (w *walk) sumOf(dir *folder, name string, info fs.FileInfo) (sum, error) {
	full := path.Join(dir.path, name)
	f, err := dir.Open(name)
	if err != nil {
		return absent, wrap(full, err)
	}
	defer f.Close()
	if opened, err := f.Stat(); err != nil || !os.SameFile(info, opened) {
		return absent, wrap(full, errors.Join(errMoved, err))
	}
	w.h.Reset()
	for {
		n, err := f.Read(w.buf)
		w.h.Write(w.buf[:n])
		if err == io.EOF {
			var s sum
			w.h.Sum(s[:0])
			return s, nil
		}
		if err != nil {
			return absent, wrap(full, err)
		}
	}
}

// holds gives the sum of what lies in dir under name: absent for nothing,
// foreign for what is not a regular file.
func (w *walk) holds(dir *folder, name string) (sum, error) {
	info, err := dir.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return absent, nil
	case err != nil:
		return absent, wrap(path.Join(dir.path, name), err)
	case !info.Mode().IsRegular():
		return foreign, nil
	}
	return w.sumOf(dir, name, info)
}

var errMoved = errors.New("was exchanged for something else while it was read")

// obstacle words what is in the way at p.
func obstacle(p string, info fs.FileInfo) *diag.Problem {
	what, fix := "is not a regular file", "remove it"
	switch mode := info.Mode(); {
	case mode.IsDir():
		what = "is a folder, where a file is rendered"
	case mode&fs.ModeSymlink != 0:
		what = "is a symbolic link"
	case mode.IsRegular() && links(info) > 1:
		what, fix = fmt.Sprintf("has %d hard links", links(info)), "replace it by a copy"
	case mode.IsRegular():
		what = "is a file, where a folder is rendered"
	}
	return &diag.Problem{
		Pos:  diag.Position{File: p},
		What: what,
		Why:  "isthmus reads and writes single regular files in real folders, so that nothing else changes with them",
		Fix:  fix + " and run isthmus render again",
	}
}

// wrap names the path, once, in front of the error of a file operation.
func wrap(p string, err error) error {
	if pathError, ok := errors.AsType[*fs.PathError](err); ok {
		err = pathError.Err
	} else if linkError, ok := errors.AsType[*os.LinkError](err); ok {
		err = linkError.Err
	}
	return fmt.Errorf("%s: %w", p, err)
}

// inParallel calls do for ranges that together are 0 to n, from as many
// goroutines as there are processors.
func inParallel(n int, do func(from, to int)) {
	var wg sync.WaitGroup
	workers := min(runtime.GOMAXPROCS(0), n)
	for i := range workers {
		wg.Go(func() { do(i*n/workers, (i+1)*n/workers) })
	}
	wg.Wait()
}

// listLedgers gives the names of the parts that have a ledger on disk.
func (w *walk) listLedgers() ([]string, error) {
	dir, err := w.enter(overlays, nil)
	if dir == nil || err != nil {
		return nil, err
	}
	list, err := dir.Open(".")
	if err != nil {
		return nil, wrap(overlays, err)
	}
	defer list.Close()
	entries, err := list.ReadDir(-1)
	if err != nil {
		return nil, wrap(overlays, err)
	}
	var names []string
	for _, e := range entries {
		if !e.IsDir() || badPart(e.Name()) != "" {
			continue // somebody else's: no part has such a name
		}
		if _, err := dir.Lstat(e.Name() + "/" + ledgerName); err == nil {
			names = append(names, e.Name())
		} else if !errors.Is(err, fs.ErrNotExist) {
			return nil, wrap(LedgerPath(e.Name()), err)
		}
	}
	slices.Sort(names)
	return names, nil
}
