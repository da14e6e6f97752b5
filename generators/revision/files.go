package revision

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
)

// files is a folder of a commit, or several joined by submodules.
type files struct {
	git     Git
	entries map[string]*entry // by path from the folder
}

// An entry is a file, a link or a folder.
type entry struct {
	mode    fs.FileMode
	folder  string // of the repository that has the blob
	hash    string
	missing string   // why it cannot be read
	names   []string // of a folder

	once sync.Once
	data []byte
	err  error
}

// add puts an entry where no other is.
func (f *files) add(name string, e *entry) {
	f.entries[name] = e
	parent := path.Dir(name)
	if f.entries[parent] == nil {
		f.add(parent, &entry{mode: fs.ModeDir})
	}
	f.entries[parent].names = append(f.entries[parent].names, path.Base(name))
}

// read gives the content of a file or link, asking git for it once.
func (f *files) read(e *entry) ([]byte, error) {
	e.once.Do(func() {
		if e.missing != "" {
			e.err = errors.New(e.missing)
			return
		}
		e.data, e.err = f.git.Blob(e.folder, e.hash)
		if errors.Is(e.err, fs.ErrNotExist) {
			e.err = errors.New("is not in this clone, and nothing is fetched: run git fetch")
		}
	})
	return e.data, e.err
}

// linkLimit is how many links a path may go through, as on Linux.
const linkLimit = 40

// resolve follows the links of a path. Those that lead out of the folder lead
// nowhere, as they do for an os.Root.
func (f *files) resolve(name string) (string, *entry, error) {
	at, left := ".", name
	for links := 0; left != "."; {
		var step string
		step, left, _ = strings.Cut(left, "/")
		if left == "" {
			left = "."
		}
		at = path.Join(at, step)
		if at == ".." || strings.HasPrefix(at, "../") {
			return "", nil, errors.New("a link leads out of the folder")
		}
		e := f.entries[at]
		if e == nil {
			return "", nil, fs.ErrNotExist
		}
		if e.mode&fs.ModeSymlink == 0 {
			continue
		}
		if links++; links > linkLimit {
			return "", nil, errors.New("there are too many links")
		}
		target, err := f.read(e)
		if err != nil {
			return "", nil, err
		}
		if path.IsAbs(string(target)) {
			return "", nil, errors.New("a link leads out of the folder")
		}
		at, left = path.Dir(at), path.Join(string(target), left)
		for strings.HasPrefix(left, "../") || left == ".." {
			if at == "." {
				return "", nil, errors.New("a link leads out of the folder")
			}
			at, left = path.Dir(at), strings.TrimPrefix(strings.TrimPrefix(left, ".."), "/")
			if left == "" {
				left = "."
			}
		}
	}
	return at, f.entries[at], nil
}

// Open implements fs.FS.
func (f *files) Open(name string) (fs.File, error) {
	fail := func(err error) (fs.File, error) { return nil, &fs.PathError{Op: "open", Path: name, Err: err} }
	if !fs.ValidPath(name) {
		return fail(fs.ErrInvalid)
	}
	at, e, err := f.resolve(name)
	if err != nil {
		return fail(err)
	}
	if e.mode.IsDir() {
		names := slices.Sorted(slices.Values(e.names))
		return &folder{info: info{path.Base(name), e, 0}, files: f, at: at, names: names}, nil
	}
	data, err := f.read(e)
	if err != nil {
		return fail(err)
	}
	return &file{info{path.Base(name), e, int64(len(data))}, bytes.NewReader(data)}, nil
}

// An info describes a file. Git keeps no times.
type info struct {
	name string
	*entry
	size int64
}

func (i info) Name() string       { return i.name }
func (i info) Size() int64        { return i.size }
func (i info) Mode() fs.FileMode  { return i.mode | 0o444 }
func (i info) ModTime() time.Time { return time.Time{} }
func (i info) IsDir() bool        { return i.mode.IsDir() }
func (i info) Sys() any           { return nil }

type file struct {
	info
	*bytes.Reader
}

func (f *file) Size() int64                { return f.info.size }
func (f *file) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *file) Close() error               { return nil }

type folder struct {
	info
	files *files
	at    string
	names []string
}

func (f *folder) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *folder) Close() error               { return nil }
func (f *folder) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: f.name, Err: errors.New("is a directory")}
}

// ReadDir implements fs.ReadDirFile.
func (f *folder) ReadDir(n int) ([]fs.DirEntry, error) {
	if n > 0 && len(f.names) == 0 {
		return nil, io.EOF
	}
	if n <= 0 || n > len(f.names) {
		n = len(f.names)
	}
	all := make([]fs.DirEntry, n)
	for i, name := range f.names[:n] {
		all[i] = listed{f.files, path.Join(f.at, name)}
	}
	f.names = f.names[n:]
	return all, nil
}

// A listed is an entry of a folder, of which the content is not asked for.
type listed struct {
	files *files
	at    string
}

func (l listed) Name() string               { return path.Base(l.at) }
func (l listed) IsDir() bool                { return l.Type().IsDir() }
func (l listed) Type() fs.FileMode          { return l.files.entries[l.at].mode.Type() }
func (l listed) Info() (fs.FileInfo, error) { return l.files.info(l.at) }

func (f *files) info(at string) (fs.FileInfo, error) {
	e := f.entries[at]
	if e.mode.IsDir() {
		return info{path.Base(at), e, 0}, nil
	}
	data, err := f.read(e)
	return info{path.Base(at), e, int64(len(data))}, err
}
