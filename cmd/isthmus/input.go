package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/pflag"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
)

// An input is where the mesh is read from.
type input struct {
	file     string // as the user calls it; "" looks in the usual places
	untested bool
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

// load reads the mesh. What it may read lies in the folder of mesh.yaml, where
// links lead no further.
func (in *input) load() (*mesh.Mesh, diag.Problems, error) {
	file := in.path()
	folder, err := os.OpenRoot(filepath.Dir(file))
	if err != nil {
		return nil, nil, diag.Problems{{
			Pos:  diag.Position{File: file},
			What: "cannot be read: no such folder",
			Fix:  "name the file with -f, or run isthmus where mesh/mesh.yaml or mesh.yaml lies",
		}}
	}
	defer folder.Close()
	dir := filepath.ToSlash(filepath.Dir(file))
	if dir == "." {
		dir = ""
	}
	m, problems := mesh.Load(mesh.Source{FS: folder.FS(), Name: filepath.Base(file), Dir: dir, AllowUntested: in.untested})
	return m, problems, nil
}

// valid reads the mesh and says what is wrong with it: warnings at once, errors
// as the error.
func (in *input) valid(c *cli) (*mesh.Mesh, error) {
	m, problems, err := in.load()
	if err != nil {
		return nil, err
	}
	if len(problems.Errors()) > 0 {
		return nil, problems
	}
	fmt.Fprint(c.stderr, problems.Text())
	return m, nil
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
	if real, err := filepath.EvalSymlinks(root); err == nil {
		root = real
	}
	if real, err := filepath.EvalSymlinks(file); err == nil {
		file = real
	}
	rel, err := filepath.Rel(root, file)
	return filepath.ToSlash(rel), err
}
