package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/delivery"
	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/plan"
	"github.com/isthmus-mesh/isthmus/generators/render"
	"github.com/isthmus-mesh/isthmus/generators/review"
	"github.com/isthmus-mesh/isthmus/generators/revision"
	"github.com/isthmus-mesh/isthmus/generators/tree"
	"github.com/isthmus-mesh/isthmus/jsonnet"
)

// sides renders the same mesh as several revisions have it.
type sides struct {
	git      *git
	memory   *render.Memory
	name     string // of the file that holds the mesh
	dir      string // its folder as the user calls it, with slashes
	relative string // its path from the root, with slashes
	top      string // a folder on disk from which git finds the repository
	folder   string // the mesh's own folder, from top
	root     string // where overlays/ lies, from top
	untested bool
}

func (o *diffFlags) sides(g *git) (*sides, error) {
	root, err := o.root()
	if err != nil {
		return nil, err
	}
	file, err := filepath.Abs(o.path())
	if err != nil {
		return nil, err
	}
	top := root
	for {
		if info, err := os.Stat(top); err == nil && info.IsDir() || filepath.Dir(top) == top {
			break
		}
		top = filepath.Dir(top)
	}
	s := &sides{git: g, memory: render.NewMemory(jsonnet.Files), name: filepath.Base(file), dir: filepath.ToSlash(filepath.Dir(o.path())), top: filepath.ToSlash(top), untested: o.untested}
	if s.dir == "." {
		s.dir = ""
	}
	if s.relative, err = o.relative(root); err != nil {
		return nil, err
	}
	for _, x := range []struct {
		to   *string
		from string
	}{{&s.folder, filepath.Dir(file)}, {&s.root, root}} {
		rel, err := filepath.Rel(top, x.from)
		if err != nil {
			return nil, err
		}
		*x.to = filepath.ToSlash(rel)
	}
	return s, nil
}

// A version is the inputs of a mesh at one time, and what they render.
type version struct {
	name   string
	commit *revision.Commit // nil for the working tree
	files  fs.FS            // the mesh's folder
	read   map[string][]byte
	mesh   *mesh.Mesh   // nil where there is none, or none that is valid
	side   *review.Side // nil where mesh is, and before it is rendered
}

// load reads the mesh of a commit; nil stands for the working tree.
func (s *sides) load(commit *revision.Commit) (*version, diag.Problems, error) {
	v := &version{commit: commit, name: "the working tree", read: map[string][]byte{}}
	dir := s.dir
	if commit == nil {
		folder, err := os.OpenRoot(filepath.FromSlash(path.Join(s.top, s.folder)))
		if err != nil {
			return nil, nil, err
		}
		v.files = folder.FS()
	} else {
		v.name = commit.Name
		dir = commit.Name + ":" + dir
		var err error
		if v.files, err = commit.FS(s.folder); err != nil {
			return nil, nil, err
		}
		if _, err := fs.Stat(v.files, s.name); errors.Is(err, fs.ErrNotExist) {
			return v, nil, nil // a revision from before the mesh, or after it
		}
	}
	var problems diag.Problems
	v.mesh, problems = mesh.Load(mesh.Source{FS: recorder{v.files, v.read}, Name: s.name, Dir: dir, AllowUntested: s.untested})
	return v, problems, nil
}

// at renders the mesh of a commit; nil stands for the working tree.
func (s *sides) at(commit *revision.Commit) (*version, diag.Problems, error) {
	v, problems, err := s.load(commit)
	if err != nil || v.mesh == nil {
		return v, problems, err
	}
	hash := ""
	if commit != nil {
		hash = commit.Hash
	}
	side, err := s.render(v.mesh)
	if err != nil {
		return v, nil, named(v.name, err)
	}
	t, err := tree.Of(delivery.Format, side.Parts)
	if err != nil {
		return v, nil, named(v.name, err)
	}
	side.Name, side.Revision, side.Parts, side.Values = v.name, hash, t.Parts(), s.memory.Values()
	v.side = side
	return v, problems, nil
}

// named says in which revision an error is.
func named(name string, err error) error {
	var p *diag.Problem
	var ps diag.Problems
	if errors.As(err, &p) || errors.As(err, &ps) {
		return err
	}
	return fmt.Errorf("%s: %w", name, err)
}

// render gives the overlays of a mesh, without ledgers.
func (s *sides) render(m *mesh.Mesh) (*review.Side, error) {
	p, err := plan.Of(m)
	if err != nil {
		return nil, err
	}
	objects, err := s.memory.Of(p)
	if err != nil {
		return nil, err
	}
	parts, err := delivery.Overlays(p, objects, s.relative)
	if err != nil {
		return nil, err
	}
	side := &review.Side{Rendered: true, Parts: parts, Servers: map[string]string{}, Joining: map[string]bool{}}
	for i := range m.Spec.Clusters {
		c := &m.Spec.Clusters[i]
		side.Servers[c.Name], side.Joining[c.Name] = c.APIServer, c.State == mesh.Joining
	}
	return side, nil
}

// committed gives the overlays as a commit has them. The API servers are those
// of its mesh, where that can be read.
func (s *sides) committed(commit *revision.Commit, v *version) (*review.Side, error) {
	files, err := commit.FS(s.root)
	if err != nil {
		return nil, err
	}
	parts, err := tree.Committed(files)
	var problems diag.Problems
	if errors.As(err, &problems) {
		for _, p := range problems {
			p.Pos.File = commit.Name + ":" + p.Pos.File
		}
		return nil, problems
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", commit.Name, err)
	}
	side := &review.Side{Name: commit.Name, Revision: commit.Hash, Parts: parts}
	if v != nil && v.side != nil {
		side.Servers, side.Joining = v.side.Servers, v.side.Joining
	}
	return side, nil
}

// inputs gives what the causes of a change are found by, nil where one of the
// versions has no mesh that can be rendered.
func (s *sides) inputs(base, head *version) *review.Inputs {
	if base.side == nil || head.side == nil {
		return nil
	}
	in := &review.Inputs{Base: map[string][]byte{}, Head: map[string][]byte{}, Before: base.side, After: head.side}
	for name := range union(base.read, head.read) {
		for _, v := range []struct {
			to      map[string][]byte
			version *version
		}{{in.Base, base}, {in.Head, head}} {
			data, read := v.version.read[name]
			if !read {
				var err error
				if data, err = fs.ReadFile(v.version.files, name); err != nil {
					continue
				}
			}
			v.to[path.Join(s.dir, name)] = data
		}
	}
	in.RenderEdited = func(files map[string][]byte) (*review.Side, error) {
		edited := map[string][]byte{}
		for name, data := range files {
			edited[strings.TrimPrefix(strings.TrimPrefix(name, s.dir), "/")] = data
		}
		m, problems := mesh.Load(mesh.Source{FS: replaced{head.files, edited}, Name: s.name, Dir: s.dir, AllowUntested: s.untested})
		if len(problems.Errors()) > 0 {
			return nil, problems
		}
		return s.render(m)
	}
	return in
}

func union(a, b map[string][]byte) map[string][]byte {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}
