package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/pflag"

	"github.com/isthmus-mesh/isthmus/generators/delivery"
	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
)

// An input is where the mesh is read from.
type input struct {
	file     string // as the user calls it; "" looks in the usual places
	fix      string // what to do where there is no such file; "" names -f
	untested bool
	timeless bool // say nothing that is true on a day only

	skipCertificates bool // they are looked at, and mended, by the command itself
	skipSealed       bool // likewise

	text []byte // read in place of what the file holds, where not nil
}

func (in *input) flags(f *pflag.FlagSet) {
	f.StringVarP(&in.file, "file", "f", "", "")
	f.BoolVar(&in.untested, "allow-untested", false, "")
}

// path gives the file's path: what -f says, else mesh/mesh.yaml, else
// mesh.yaml.
func (in *input) path() string {
	if in.file != "" {
		return in.file
	}
	if _, err := os.Stat("mesh.yaml"); err == nil {
		if _, err := os.Stat("mesh/mesh.yaml"); err != nil {
			return "mesh.yaml"
		}
	}
	return "mesh/mesh.yaml"
}

// root gives the folder that overlays/ lies in: the one above mesh/, or the one
// that holds mesh.yaml.
func (in *input) root() (string, error) {
	file, err := filepath.Abs(in.path())
	if err != nil {
		return "", err
	}
	folder := filepath.Dir(file)
	if filepath.Base(folder) == "mesh" {
		folder = filepath.Dir(folder)
	}
	return folder, nil
}

// load reads the mesh.
func (in *input) load() (*mesh.Mesh, diag.Problems, error) {
	source, closing, err := in.source()
	if err != nil {
		return nil, nil, err
	}
	defer closing()
	m, problems := mesh.Load(source)
	return m, problems, nil
}

// source says where the mesh is read from. What it may read lies in the folder of
// mesh.yaml, where links lead no further.
func (in *input) source() (src mesh.Source, closing func() error, err error) {
	file := in.path()
	if file == "-" {
		return src, nil, &usageError{"-f - would be standard input, and a mesh is read from a file", "name the file: the Services that it names lie beside it"}
	}
	folder, err := in.open(file)
	if err != nil {
		return src, nil, err
	}
	dir := filepath.ToSlash(filepath.Dir(file))
	if dir == "." {
		dir = ""
	}
	files, name := folder.FS(), filepath.Base(file)
	if in.text != nil {
		files = edited{files, name, in.text}
	}
	src = mesh.Source{FS: files, Name: name, Dir: dir, AllowUntested: in.untested, SkipCertificates: in.skipCertificates, SkipSealed: in.skipSealed, Lists: delivery.Kustomization}
	if !in.timeless {
		src.Now = now()
	}
	return src, folder.Close, nil
}

// open gives the folder that holds the mesh, once it is sure that a file is
// there: what mesh.Load says of one that is not names a flag, and a function has
// none.
func (in *input) open(file string) (*os.Root, error) {
	p := &diag.Problem{Pos: diag.Position{File: file}, Fix: in.fix}
	if p.Fix == "" {
		p.Fix = "name the file with -f, or run isthmus where mesh/mesh.yaml or mesh.yaml lies"
	}
	info, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist) && in.file == "":
		p.Pos, p.What = diag.Position{}, "no mesh.yaml here, and none in mesh/"
	case errors.Is(err, fs.ErrNotExist):
		p.What = "there is no such file"
	case err == nil && info.IsDir():
		p.What = "is a folder, and not the mesh.yaml in it"
	default:
		folder, err := os.OpenRoot(filepath.Dir(file))
		var cause *fs.PathError
		if !errors.As(err, &cause) {
			return folder, err
		}
		p.What = "cannot be read: " + cause.Err.Error()
	}
	return nil, p
}

// valid reads the mesh and says what is wrong with it: warnings at once, errors
// as the error.
func (in *input) valid(c *cli) (*mesh.Mesh, error) {
	m, warnings, err := in.quiet()
	c.stderr.say(warnings...)
	return m, err
}

// quiet reads the mesh for a command that changes nothing: validate and render
// have said the warnings, which it only gives.
func (in *input) quiet() (*mesh.Mesh, diag.Problems, error) {
	m, problems, err := in.load()
	if err != nil {
		return nil, nil, err
	}
	if len(problems.Errors()) > 0 {
		return nil, nil, problems
	}
	return m, problems, nil
}

// mending reads the mesh for a command that seals, or that looks at what is
// sealed: it says itself what is wrong there, and may be what mends it.
func (in *input) mending() (*mesh.Mesh, error) {
	in.skipSealed = true
	m, _, err := in.quiet()
	return m, err
}

// relative gives the path of mesh.yaml from a root, with slashes.
func (in *input) relative(root string) (string, error) {
	file, err := filepath.Abs(in.path())
	if err != nil {
		return "", err
	}
	if root, err = filepath.Abs(root); err != nil {
		return "", err
	}
	// The live kustomization climbs from where its folder really is.
	rel, err := filepath.Rel(resolved(root), resolved(file))
	return filepath.ToSlash(rel), err
}

// placed gives what names a file as code hosts do, by its path from the folder of
// the repository.
func (in *input) placed() (func(file string) string, error) {
	root, err := in.root()
	if err != nil {
		return nil, err
	}
	top := hosted(root)
	return func(file string) string {
		path, err := filepath.Abs(filepath.FromSlash(file))
		if err != nil {
			return file
		}
		if path, err = filepath.Rel(top, resolved(path)); err != nil {
			return file
		}
		return filepath.ToSlash(path)
	}, nil
}

// hosted gives the folder from which code hosts count the paths of files: the
// repository's, that of the checkout where Git is not to be seen, or the root
// itself where there is neither.
func hosted(root string) string {
	root = resolved(root)
	if top := repository(root); top != "" {
		return top
	}
	if workspace := os.Getenv("GITHUB_WORKSPACE"); filepath.IsAbs(workspace) && within(resolved(workspace), root) {
		return resolved(workspace)
	}
	return root
}

// resolved gives a path without links, also where its last parts are still to be
// made: before the first render and after it the answer must be the same.
func resolved(path string) string {
	if found, err := filepath.EvalSymlinks(path); err == nil {
		return found
	}
	parent := filepath.Dir(path)
	if parent == path {
		return path
	}
	return filepath.Join(resolved(parent), filepath.Base(path))
}
