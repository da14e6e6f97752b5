package seal

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/diag"
)

// The names of what lies in the folder of mesh.yaml.
const (
	sealedFolder      = "sealed"
	kustomizationName = "kustomization"
	kustomizationFile = kustomizationName + ".yaml"
	extension         = ".yaml"
)

// Path is where a sealed Secret lies, from the folder of mesh.yaml.
func Path(cluster, name string) string {
	return path.Join(sealedFolder, cluster, name+extension)
}

// Folder is where the sealed Secrets of a cluster lie, from the folder of
// mesh.yaml.
func Folder(cluster string) string { return path.Join(sealedFolder, cluster) }

// A File is a sealed Secret as it lies in the repository.
type File struct {
	Cluster string // whose folder it lies in
	Name    string // of the Secret, by the file's
	Data    []byte
}

// Path is where the file lies, from the folder of mesh.yaml.
func (f File) Path() string { return Path(f.Cluster, f.Name) }

// Files reads the sealed Secrets of all clusters, sorted by cluster and name.
// Dir is put before names in positions. Anything else that lies there is a
// problem: what no kustomization lists would look like a Secret that is in
// place.
func Files(files fs.FS, dir string) ([]File, diag.Problems) {
	var all []File
	var problems diag.Problems
	wrong := func(name, what, fix string) {
		problems = append(problems, &diag.Problem{Pos: diag.Position{File: path.Join(dir, name)}, What: what, Fix: fix})
	}
	clusters, err := fs.ReadDir(files, sealedFolder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		wrong(sealedFolder, "cannot be read", "")
	}
	for _, c := range clusters {
		at := path.Join(sealedFolder, c.Name())
		if at == LockPath {
			continue
		}
		if !c.IsDir() || !label.MatchString(c.Name()) {
			wrong(at, "is not the folder of a cluster", "move it away: isthmus secrets and isthmus ca alone write there")
			continue
		}
		entries, err := fs.ReadDir(files, at)
		if err != nil {
			wrong(at, "cannot be read", "")
		}
		for _, e := range entries {
			in := path.Join(at, e.Name())
			if e.Name() == kustomizationFile {
				continue
			}
			name, isYAML := strings.CutSuffix(e.Name(), extension)
			if !isYAML || !label.MatchString(name) || !e.Type().IsRegular() {
				wrong(in, "is not a sealed Secret", "move it away: isthmus secrets and isthmus ca alone write there")
				continue
			}
			data, err := read(files, in, sealedLimit)
			if err != nil {
				wrong(in, err.Error(), "")
				continue
			}
			all = append(all, File{c.Name(), name, data})
		}
	}
	return all, problems
}

// read gives a regular file of a bounded size.
func read(files fs.FS, name string, limit int64) ([]byte, error) {
	info, err := fs.Stat(files, name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("is not a regular file")
	}
	f, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, errors.New("cannot be read")
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("is larger than %d bytes", limit)
	}
	return data, nil
}
