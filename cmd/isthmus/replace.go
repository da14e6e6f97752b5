package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"

	"github.com/isthmus-mesh/isthmus/generators/diag"
)

// An edited is a folder in which one file holds another text than on the disk.
type edited struct {
	fs.FS
	name string
	text []byte
}

// ReadFile gives the other text for the one file.
func (e edited) ReadFile(name string) ([]byte, error) {
	if name == e.name {
		return e.text, nil
	}
	return fs.ReadFile(e.FS, name)
}

// Stat asks the disk: to open a pipe for it would wait for ever.
func (e edited) Stat(name string) (fs.FileInfo, error) { return fs.Stat(e.FS, name) }

// A replacement is a file that a person wrote, read to be written again.
type replacement struct {
	folder *os.Root
	shown  string // as the user calls it
	name   string // in the folder, links followed
	text   []byte
	info   fs.FileInfo
}

// replacing reads a file of a folder. A link is followed within the folder: what
// is written again is the file that it leads to.
func replacing(folder *os.Root, shown string) (*replacement, error) {
	r := &replacement{folder: folder, shown: shown, name: filepath.Base(shown)}
	for range 10 {
		info, err := folder.Lstat(r.name)
		if err != nil {
			return nil, r.wrap(err)
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			break
		}
		to, err := folder.Readlink(r.name)
		if err != nil {
			return nil, r.wrap(err)
		}
		if r.name = filepath.Join(filepath.Dir(r.name), to); filepath.IsAbs(to) || !filepath.IsLocal(r.name) {
			return nil, &diag.Problem{Pos: diag.Position{File: shown}, What: fmt.Sprintf("is a link to %q, outside of its folder", to), Why: "isthmus changes no file there", Fix: "put the file itself into the folder"}
		}
	}
	var err error
	if r.info, err = folder.Lstat(r.name); err != nil {
		return nil, r.wrap(err)
	}
	if !r.info.Mode().IsRegular() {
		return nil, &diag.Problem{Pos: diag.Position{File: shown}, What: "is not a regular file"}
	}
	if r.text, err = folder.ReadFile(r.name); err != nil {
		return nil, r.wrap(err)
	}
	return r, nil
}

// with gives the file another text, on the disk when it returns: all of it or, on
// an error, nothing. A file that is not as it was read is left alone.
func (r *replacement) with(text []byte) (err error) {
	// A rename would pass over the permissions of the file itself.
	if f, err := r.folder.OpenFile(r.name, os.O_WRONLY, 0); err != nil {
		return r.wrap(err)
	} else if err := f.Close(); err != nil {
		return r.wrap(err)
	}
	beside := filepath.Join(filepath.Dir(r.name), fmt.Sprintf(".%s.%08x", filepath.Base(r.name), rand.Uint32()))
	f, err := r.folder.OpenFile(beside, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return r.wrap(err)
	}
	defer func() {
		if err != nil {
			f.Close() // again, where it was the rename that failed
			r.folder.Remove(beside)
			err = r.wrap(err)
		}
	}()
	if _, err = f.Write(text); err != nil {
		return err
	}
	if err = f.Chmod(r.info.Mode().Perm()); err != nil {
		return err
	}
	if err = f.Sync(); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	now, err := r.folder.Lstat(r.name)
	if err != nil {
		return err
	}
	held, err := r.folder.ReadFile(r.name)
	if err != nil {
		return err
	}
	if !os.SameFile(now, r.info) || !bytes.Equal(held, r.text) {
		return &diag.Problem{Pos: diag.Position{File: r.shown}, What: "somebody else has changed the file meanwhile", Fix: "run isthmus refresh again"}
	}
	if err = r.folder.Rename(beside, r.name); err != nil {
		return err
	}
	return r.settle()
}

// settle brings the folder's new entry to the disk, where that can be asked for.
func (r *replacement) settle() error {
	if runtime.GOOS == "windows" {
		return nil
	}
	dir, err := r.folder.Open(filepath.Dir(r.name))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// wrap names the file as the user does.
func (r *replacement) wrap(err error) error {
	var failed *fs.PathError
	if errors.As(err, &failed) {
		return &diag.Problem{Pos: diag.Position{File: r.shown}, What: fmt.Sprintf("cannot be written again: %v", failed.Err)}
	}
	return err
}
