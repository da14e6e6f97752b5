package main

import (
	"bytes"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// A recorder remembers the files that are read through it.
type recorder struct {
	fs.FS
	read map[string][]byte
}

// ReadFile implements fs.ReadFileFS.
func (r recorder) ReadFile(name string) ([]byte, error) {
	data, err := fs.ReadFile(r.FS, name)
	if err == nil {
		r.read[name] = data
	}
	return data, err
}

// Open implements fs.FS.
func (r recorder) Open(name string) (fs.File, error) {
	info, err := fs.Stat(r.FS, name)
	if err != nil || !info.Mode().IsRegular() || info.Size() > blobLimit {
		return r.FS.Open(name)
	}
	data, err := r.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return openFile{plainFile{path.Base(name), int64(len(data)), false}, bytes.NewReader(data)}, nil
}

// Stat implements fs.StatFS.
func (r recorder) Stat(name string) (fs.FileInfo, error) { return fs.Stat(r.FS, name) }

// ReadDir implements fs.ReadDirFS.
func (r recorder) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(r.FS, name) }

// replaced is a folder of which some files hold something else, or, where that
// is nil, are not there.
type replaced struct {
	fs.FS
	with map[string][]byte
}

// ReadFile implements fs.ReadFileFS.
func (r replaced) ReadFile(name string) ([]byte, error) {
	data, is := r.with[name]
	switch {
	case !is:
		return fs.ReadFile(r.FS, name)
	case data == nil:
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return data, nil
}

// Open implements fs.FS.
func (r replaced) Open(name string) (fs.File, error) {
	data, is := r.with[name]
	switch {
	case !is:
		return r.FS.Open(name)
	case data == nil:
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return openFile{plainFile{path.Base(name), int64(len(data)), false}, bytes.NewReader(data)}, nil
}

// Stat implements fs.StatFS.
func (r replaced) Stat(name string) (fs.FileInfo, error) {
	data, is := r.with[name]
	switch {
	case !is:
		return fs.Stat(r.FS, name)
	case data == nil:
		return nil, &fs.PathError{Op: "stat", Path: name, Err: fs.ErrNotExist}
	}
	return plainFile{path.Base(name), int64(len(data)), false}, nil
}

// ReadDir implements fs.ReadDirFS.
func (r replaced) ReadDir(name string) ([]fs.DirEntry, error) {
	listed, err := fs.ReadDir(r.FS, name)
	there := map[string]bool{}
	var all []fs.DirEntry
	for _, e := range listed {
		there[e.Name()] = true
		if data, is := r.with[path.Join(name, e.Name())]; !is || data != nil {
			all = append(all, e)
		}
	}
	for at, data := range r.with {
		rest, below := strings.CutPrefix(at, name+"/")
		if name == "." {
			rest, below = at, true
		}
		first, _, deeper := strings.Cut(rest, "/")
		if !below || data == nil || there[first] {
			continue
		}
		there[first], err = true, nil
		all = append(all, fs.FileInfoToDirEntry(plainFile{first, int64(len(data)), deeper}))
	}
	slices.SortFunc(all, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return all, err
}

// An openFile is a file of which the content is in memory.
type openFile struct {
	plainFile
	*bytes.Reader
}

func (f openFile) Size() int64                { return f.plainFile.size }
func (f openFile) Stat() (fs.FileInfo, error) { return f.plainFile, nil }
func (f openFile) Close() error               { return nil }

// A plainFile describes a file of a replaced folder.
type plainFile struct {
	name   string
	size   int64
	folder bool
}

func (f plainFile) Name() string { return f.name }
func (f plainFile) Size() int64  { return f.size }
func (f plainFile) Mode() fs.FileMode {
	if f.folder {
		return 0o555 | fs.ModeDir
	}
	return 0o444
}
func (f plainFile) ModTime() time.Time { return time.Time{} }
func (f plainFile) IsDir() bool        { return f.folder }
func (f plainFile) Sys() any           { return nil }
