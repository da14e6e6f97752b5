package main

import (
	"io/fs"
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

// Stat and ReadDir lead past Open, which does not record.
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

// Stat implements fs.StatFS.
func (r replaced) Stat(name string) (fs.FileInfo, error) {
	data, is := r.with[name]
	switch {
	case !is:
		return fs.Stat(r.FS, name)
	case data == nil:
		return nil, &fs.PathError{Op: "stat", Path: name, Err: fs.ErrNotExist}
	}
	return plainFile{name, int64(len(data))}, nil
}

// A plainFile describes a file of a replaced folder.
type plainFile struct {
	name string
	size int64
}

func (f plainFile) Name() string       { return f.name }
func (f plainFile) Size() int64        { return f.size }
func (f plainFile) Mode() fs.FileMode  { return 0o444 }
func (f plainFile) ModTime() time.Time { return time.Time{} }
func (f plainFile) IsDir() bool        { return false }
func (f plainFile) Sys() any           { return nil }
