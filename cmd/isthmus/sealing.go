package main

import (
	"crypto/rsa"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/pflag"

	"github.com/isthmus-mesh/isthmus/generators/delivery"
	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/plan"
	"github.com/isthmus-mesh/isthmus/generators/seal"
	"github.com/isthmus-mesh/isthmus/generators/tree"
)

// tagKeyVariable names the file that holds the key of the tags. The key itself
// is in no variable and no argument, where others on the machine can read it.
const tagKeyVariable = "ISTHMUS_TAG_KEY_FILE"

// now is the clock, which the tests set.
var now = time.Now

// kept is called after each file that cannot be made again is on the disk: there
// the tests end the run.
var kept = func() {}

// A sealing is how commands come from their flags to a Store, and from what that
// changed to the disk.
type sealing struct {
	input   *input
	tagKey  string
	accept  []string
	private []*rsa.PrivateKey // that open what is sealed

	root *os.Root // above mesh/
	held *tree.Held
	mesh string // the folder of mesh.yaml, from the root
}

func (s *sealing) flags(f *pflag.FlagSet) {
	f.StringVar(&s.tagKey, "tag-key", "", "")
	f.StringSliceVar(&s.accept, "accept", nil, "")
}

// aKey is the fingerprint of a sealing key or of recipients, as errors print it.
var aKey = regexp.MustCompile(`^[0-9a-f]{64}$`)

// key reads the key of the tags.
func (s *sealing) key() (seal.Key, error) {
	for _, print := range s.accept {
		if !aKey.MatchString(print) {
			return seal.Key{}, &usageError{fmt.Sprintf("--accept %q is not a fingerprint", print), "give the 64 digits that the error named"}
		}
	}
	file := s.tagKey
	if file == "" {
		file = os.Getenv(tagKeyVariable)
	}
	if file == "" {
		return seal.Key{}, &usageError{"no key for tags is given", fmt.Sprintf("name its file with --tag-key or in %s; make one once with isthmus secrets key <file>", tagKeyVariable)}
	}
	if isSecret(file) {
		return seal.Key{}, &usageError{tagKeyVariable + " holds a key itself, and not the name of its file", "write the key to a file that you alone can read, and name that"}
	}
	root, err := s.input.root()
	if err != nil {
		return seal.Key{}, err
	}
	if err := outside(root, file, "the key of the tags"); err != nil {
		return seal.Key{}, err
	}
	wrong := func(what, fix string) (seal.Key, error) {
		return seal.Key{}, &diag.Problem{Pos: diag.Position{File: file}, What: what, Fix: fix}
	}
	info, err := os.Stat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return wrong("there is no such file", "make one once with isthmus secrets key "+file+", and give it to all who seal")
	case err != nil || !info.Mode().IsRegular():
		return wrong("is not a file that can be read", "")
	case runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0:
		return wrong("others on this machine can read it", "chmod 600 "+file)
	case info.Size() > 1024:
		return wrong(seal.ErrNotAKey.Error(), "name the file that isthmus secrets key made")
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return wrong("is not a file that can be read", "")
	}
	key, err := seal.ParseKey(text)
	if err != nil {
		return wrong(err.Error(), "name the file that isthmus secrets key made")
	}
	return key, nil
}

// hold opens the root under its lock, so that what is read stays so until it is
// written.
func (s *sealing) hold() error {
	root, err := s.input.root()
	if err != nil {
		return err
	}
	if s.mesh, err = s.input.relative(root); err != nil {
		return err
	}
	s.mesh = path.Dir(s.mesh)
	if s.root, err = os.OpenRoot(root); err != nil {
		return err
	}
	if s.held, err = tree.Hold(s.root); errors.Is(err, tree.ErrLocked) {
		return &diag.Problem{What: err.Error(), Fix: "wait until it is done"}
	}
	return err
}

// close gives the lock back.
func (s *sealing) close() {
	if s.held != nil {
		s.held.Close()
	}
	if s.root != nil {
		s.root.Close()
	}
}

// dir is the folder of mesh.yaml as the user calls it.
func (s *sealing) dir() string {
	if dir := filepath.ToSlash(filepath.Dir(s.input.path())); dir != "." {
		return dir
	}
	return ""
}

// files is the folder of mesh.yaml, where links lead no further.
func (s *sealing) files() (*os.Root, error) { return os.OpenRoot(filepath.Dir(s.input.path())) }

// store opens what is sealed. Without the key of the tags it can only be looked
// at.
func (s *sealing) store(m *mesh.Mesh, files fs.FS, key seal.Key) (*seal.Store, error) {
	store, err := seal.OpenStore(files, seal.Options{
		Backend: s.backend(m, files), Place: m.Spec.Place(), Key: key, Dir: s.dir(), Accept: s.accept, Kustomization: delivery.Kustomization,
		Bound: s.bound,
	})
	if err != nil {
		return nil, err
	}
	store.KeepRemoved(func(cluster string) bool {
		return slices.ContainsFunc(m.Spec.Clusters, func(c mesh.Cluster) bool { return c.Name == cluster && c.State == mesh.Leaving })
	})
	return store, nil
}

// bound gives the sealing key that was pinned when the overlay of a cluster was
// rendered.
func (s *sealing) bound(cluster string) string {
	if s.root == nil {
		return "" // nothing is sealed
	}
	return plan.ParseBinding(tree.Bound(s.root.FS(), cluster)).SealingKey
}

// backend gives the backend that mesh.yaml chose.
func (s *sealing) backend(m *mesh.Mesh, files fs.FS) seal.Backend {
	if m.Spec.Secrets.Backend == mesh.SOPS || m.Spec.Secrets.Backend == mesh.External && allSOPS(files) {
		return s.sops()
	}
	certificates := seal.Certificates{Files: files, Dir: s.dir(), Now: now()}
	opens := map[string]*rsa.PrivateKey{}
	for i, key := range s.private {
		opens[strconv.Itoa(i)] = key
	}
	return seal.SealedSecrets{Certificate: certificates.Current, Private: opens}
}

// allSOPS says whether what is left sealed, while a store takes its place, was
// sealed by sops.
func allSOPS(files fs.FS) bool {
	all, _ := seal.Files(files, "")
	return len(all) > 0 && !slices.ContainsFunc(all, func(f seal.File) bool { return !f.SOPS() })
}

// ownKeys refuses the keys of a backend that the mesh does not have.
func ownKeys(m *mesh.Mesh, private []string) error {
	if m.Spec.Secrets.Backend == mesh.SOPS && len(private) > 0 {
		return &usageError{"--private-key is for the backend sealedSecrets, and mesh.yaml says sops", "leave it out: your sops finds its own keys"}
	}
	return nil
}

// locked says that a sealed file cannot be opened.
func (s *sealing) locked(m *mesh.Mesh, f seal.File) *diag.Problem {
	p := &diag.Problem{
		Pos: diag.Position{File: s.shown(f.Path())}, What: "none of the private keys opens it",
		Fix: "give all keys that cluster " + f.Cluster + " had when it was sealed, or read the credential anew: isthmus secrets create",
	}
	if m.Spec.Secrets.Backend == mesh.SOPS {
		p.What, p.Fix = "sops does not open it", "give your sops a key that opens it, or read the credential anew: isthmus secrets create"
	}
	return p
}

// keep writes what a store changed.
func (s *sealing) keep(store *seal.Store) error {
	changes, err := store.Changes()
	if err != nil {
		return err
	}
	for _, change := range changes {
		at := path.Join(s.mesh, change.Path)
		if change.Data == nil {
			err = s.held.Remove(at)
		} else {
			err = s.held.Write(at, change.Data)
		}
		if err != nil {
			return err
		}
		kept()
	}
	return nil
}
