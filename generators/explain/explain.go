// Package explain says where a field of a rendered file comes from, and what a
// line of the input reaches.
//
// It guesses nothing. An input is named as the cause of a field because another
// valid value in its place, or its absence, was tried and the field came out
// differently; the value that was tried is part of the answer. A line of Jsonnet
// is named because the field held whatever was put into that line. A field that
// no input changes is a constant, and the line that holds it is named.
//
// Nothing of a mesh is written, and what is tried exists in memory alone.
package explain

import (
	"fmt"
	"io/fs"
	"path"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
)

// A Source is a mesh and what renders it.
type Source struct {
	mesh.Source        // FS is not nil
	Path        string // of mesh.yaml from the root, with slashes
	Library     fs.FS  // the Jsonnet library
}

// An Explainer answers questions about one mesh.
type Explainer struct {
	src   Source
	mesh  *mesh.Mesh
	files []*file // mesh.yaml, then those of Services
	tree  *branch // what is in them
	loads int     // variants that were loaded: the cost of an answer
}

// Open reads the mesh. What is wrong with it is the error.
func Open(src Source) (*Explainer, error) {
	m, problems := mesh.Load(src.Source)
	if errs := problems.Errors(); len(errs) > 0 {
		return nil, errs
	}
	e := &Explainer{src: src, mesh: m}
	if err := e.read(); err != nil {
		return nil, err
	}
	e.tree = e.inputs()
	// What is tried is written anew: that alone must change nothing.
	again, err := e.load(e.files...)
	if err != nil {
		return nil, fmt.Errorf("the mesh written anew has errors: %w", err)
	}
	if !sameMesh(m, again) {
		return nil, fmt.Errorf("the mesh written anew is another one")
	}
	return e, nil
}

// Loads says how many variants of the mesh were tried so far.
func (e *Explainer) Loads() int { return e.loads }

// load gives the mesh with some files as they are now; it is an error if it is
// not valid.
func (e *Explainer) load(changed ...*file) (*mesh.Mesh, error) {
	e.loads++
	edited := overlay{FS: e.src.FS, files: map[string][]byte{}}
	for _, f := range changed {
		data, err := f.encode()
		if err != nil {
			return nil, err
		}
		edited.files[f.name] = data
	}
	src := e.src.Source
	src.FS = edited
	m, problems := mesh.Load(src)
	if errs := problems.Errors(); len(errs) > 0 {
		return nil, errs
	}
	return m, nil
}

// An overlay is a folder in which some files hold another text.
type overlay struct {
	fs.FS
	files map[string][]byte
}

// ReadFile gives the other text where there is one.
func (o overlay) ReadFile(name string) ([]byte, error) {
	if data, edited := o.files[name]; edited {
		return data, nil
	}
	return fs.ReadFile(o.FS, name)
}

// Stat asks the folder: the file is there in any case.
func (o overlay) Stat(name string) (fs.FileInfo, error) { return fs.Stat(o.FS, name) }

// shown gives the name of an input file as the user calls it.
func (e *Explainer) shown(name string) string { return path.Join(e.src.Dir, name) }

// unknown says that what was asked for is not there.
func unknown(what, fix string) error { return &diag.Problem{What: what, Fix: fix} }
