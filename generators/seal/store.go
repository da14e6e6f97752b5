package seal

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"time"

	"github.com/isthmus-mesh/isthmus/generators/diag"
)

// Options say how a Store seals.
type Options struct {
	Backend       Backend
	Place         *Place                      // where a store keeps what is not sealed; nil where there is none
	Key           Key                         // of the tags; the zero Key makes a Store that can only be looked at
	Dir           string                      // the folder of mesh.yaml as the user calls it, put before names in positions
	Accept        []string                    // fingerprints that may take the place of pinned ones
	Kustomization Lister                      // of what is sealed
	Bound         func(cluster string) string // the fingerprint that was pinned when the cluster's overlay was rendered, "" for none; nil where that is not known
}

// A Store is what is sealed in a repository, and what a run adds to it.
type Store struct {
	files   fs.FS
	options Options
	sealed  map[string][]byte // by path, as it will be
	lock    *lock
	before  []byte // the lock as it was read
	changed []Change
	touched map[string]bool // clusters whose folder holds other files than before
}

// A Change is a file to be written, or removed where Data is nil. The path is
// from the folder of mesh.yaml.
type Change struct {
	Path string
	Data []byte
}

// OpenStore reads what is sealed. Files is the folder of mesh.yaml.
func OpenStore(files fs.FS, o Options) (*Store, error) {
	s := &Store{files: files, options: o, sealed: map[string][]byte{}, lock: newLock(), touched: map[string]bool{}}
	all, problems := Files(files, o.Dir)
	if len(problems) > 0 {
		return nil, problems
	}
	for _, f := range all {
		s.sealed[f.Path()] = f.Data
	}
	var err error
	if s.lock, s.before, err = readLock(files, o.Dir); err != nil {
		return nil, err
	}
	return s, s.ownTokens()
}

// readLock reads the lock, which is empty where there is none.
func readLock(files fs.FS, dir string) (*lock, []byte, error) {
	data, err := read(files, LockPath, 64<<20)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return newLock(), nil, nil
	case err != nil:
		return nil, nil, &diag.Problem{Pos: diag.Position{File: path.Join(dir, LockPath)}, What: err.Error()}
	}
	l, err := parseLock(path.Join(dir, LockPath), data)
	return l, data, err
}

func (s *Store) pos(name string) diag.Position {
	return diag.Position{File: path.Join(s.options.Dir, name)}
}

// An Outcome is what Put did.
type Outcome string

// Put did one of these.
const (
	Unchanged    Outcome = "unchanged"
	New          Outcome = "sealed"
	NewContent   Outcome = "sealed again: its content changed"
	RenewedKey   Outcome = "sealed again: the sealing key changed"
	NewRecipient Outcome = "sealed again: the recipients changed"
	Replaced     Outcome = "sealed again: the file was not the one that isthmus sealed"
)

// Put seals a Secret, unless what lies there is that Secret, sealed for those
// who open it now. It takes over the values that are still right.
func (s *Store) Put(secret Secret) (Outcome, error) {
	if err := secret.check(); err != nil {
		return "", err
	}
	if s.options.Key.IsZero() {
		return "", errors.New("sealing needs the key of the tags")
	}
	name := secret.path()
	there := s.sealed[name]
	sealedFor, err := s.aim(secret.Cluster, secret.Name)
	if err != nil {
		return "", err
	}
	if err := s.mayPin(secret.Cluster, sealedFor, nil); err != nil {
		return "", err
	}
	outcome, err := s.compare(&secret, name, there, sealedFor)
	if err != nil {
		return "", err
	}
	if outcome == Unchanged {
		return outcome, s.pinned(secret.Cluster, sealedFor, nil)
	}
	kept := map[string]string{}
	for key, ciphertext := range s.options.Backend.Values(there) {
		if _, wanted := secret.Data[key]; wanted && same(s.lock.items[name][key], s.options.Key.itemTag(&secret, s.scope(), key, sealedFor, ciphertext)) {
			kept[key] = ciphertext
		}
	}
	manifest, err := s.options.Backend.Seal(&secret, kept)
	if p, ok := err.(*diag.Problem); ok && p.Pos.File == "" {
		p.Pos = s.pos(name)
	}
	if err != nil {
		return "", err
	}
	if problems := s.options.Backend.Inspect(path.Join(s.options.Dir, name), manifest, secret.Shape()); len(problems) > 0 {
		for _, p := range problems { // what a user's own program sealed may be anything
			p.What, p.Fix = "what came of sealing cannot be kept: "+p.What, "nothing was written: see how the program that seals is configured"
		}
		return "", problems
	}
	if sealedFor, err = s.options.Backend.SealedFor(secret.Cluster, manifest); err != nil {
		return "", err
	}
	if err := s.pinned(secret.Cluster, sealedFor, manifest); err != nil {
		return "", err
	}
	s.record(&secret, name, manifest, sealedFor)
	return outcome, nil
}

func (s *Store) scope() string { return s.options.Backend.Scope() }

// compare says what a sealed file is to a Secret.
func (s *Store) compare(secret *Secret, name string, there []byte, sealedFor string) (Outcome, error) {
	r, known := s.lock.files[name]
	if known {
		if err := s.genuine(name, r); err != nil {
			return "", err
		}
	}
	sum := sum(sha256.Sum256(there))
	switch {
	case there == nil:
		return New, nil
	case !known || r.sum != sum.String():
		return Replaced, nil
	case r.sealedFor != sealedFor:
		return s.options.Backend.Renewed(), nil
	case !same(r.tag, s.options.Key.tag(s.options.Key.plainHash(secret, s.scope()), sealedFor, sum)):
		return NewContent, nil
	case r.notAfter != expiry(secret.NotAfter) || r.origin != origin(secret.Origin):
		return NewContent, nil
	}
	return Unchanged, nil
}

// genuine says that a line of the lock was made with another key, or by nobody
// who had one.
func (s *Store) genuine(name string, r record) error {
	if same(r.line, s.options.Key.lineTag(r.fields(name)...)) {
		return nil
	}
	return s.foreign(name)
}

func (s *Store) foreign(name string) error {
	return &diag.Problem{
		Pos:  s.pos(LockPath),
		What: fmt.Sprintf("the line of %s was not made with this key for tags", name),
		Why:  "either another key was used, or somebody changed the line",
		Fix:  "give the key that the others use; where it is lost, or the line forged, remove the line, look at the file's history, and seal it again",
	}
}

// record takes a sealed file in.
func (s *Store) record(secret *Secret, name string, manifest []byte, sealedFor string) {
	k := s.options.Key
	sum := sum(sha256.Sum256(manifest))
	r := record{
		sum: sum.String(), sealedFor: sealedFor, notAfter: expiry(secret.NotAfter), origin: origin(secret.Origin),
		tag: k.tag(k.plainHash(secret, s.scope()), sealedFor, sum),
	}
	r.line = k.lineTag(r.fields(name)...)
	s.lock.forget(name)
	s.Forget(secret.Cluster, secret.Name) // a store is asked for it no more
	s.lock.files[name] = r
	if secret.Frame.Len() > 0 {
		since := expiry(secret.NotBefore)
		s.lock.frames[name] = frame{since, k.frameTag(secret, s.scope(), since, sealedFor, sum)}
	}
	for key, ciphertext := range s.options.Backend.Values(manifest) {
		if s.lock.items[name] == nil {
			s.lock.items[name] = map[string]string{}
		}
		s.lock.items[name][key] = k.itemTag(secret, s.scope(), key, sealedFor, ciphertext)
	}
	s.put(name, manifest)
}

// put changes a file, or removes it.
func (s *Store) put(name string, data []byte) {
	if data == nil {
		delete(s.sealed, name)
	} else {
		s.sealed[name] = data
	}
	s.changed = slices.DeleteFunc(s.changed, func(c Change) bool { return c.Path == name })
	s.changed = append(s.changed, Change{name, data})
	s.touched[path.Base(path.Dir(name))] = true
}

// Remove drops a sealed Secret, and its line.
func (s *Store) Remove(cluster, name string) {
	at := Path(cluster, name)
	if s.sealed[at] != nil {
		s.put(at, nil)
	}
	s.lock.forget(at)
}

// Changes gives the files to write, in the order in which to write them: new pins
// in the lock as it was, what is new before what lists it, what lists it before
// it goes, the tags last. Between two steps a folder may lack a line for a file,
// and running the command again completes it.
func (s *Store) Changes() ([]Change, error) {
	var first, last []Change
	for _, c := range s.changed {
		if c.Data == nil {
			last = append(last, c)
		} else {
			first = append(first, c)
		}
	}
	clusters := map[string][]string{}
	for name := range s.sealed {
		cluster := path.Base(path.Dir(name))
		base := path.Base(name)
		clusters[cluster] = append(clusters[cluster], base[:len(base)-len(extension)])
	}
	for _, cluster := range slices.Sorted(maps.Keys(clusters)) {
		data, err := s.options.Kustomization.list(clusters[cluster])
		if err != nil {
			return nil, err
		}
		if !bytes.Equal(data, Listed(s.files, cluster)) {
			first = append(first, Change{path.Join(Folder(cluster), kustomizationFile), data})
		}
	}
	for _, cluster := range slices.Sorted(maps.Keys(s.touched)) {
		if len(clusters[cluster]) == 0 && Listed(s.files, cluster) != nil {
			first = append(first, Change{path.Join(Folder(cluster), kustomizationFile), nil})
		}
	}
	pins, err := s.pinsFirst()
	if err != nil {
		return nil, err
	}
	all := slices.Concat(pins, first, last)
	if data := s.lock.encode(); !bytes.Equal(data, s.before) && (s.before != nil || !s.lock.empty()) {
		if _, err := parseLock(s.pos(LockPath).File, data); err != nil {
			return nil, err // what nobody could read again is not written
		}
		all = append(all, Change{LockPath, data})
	}
	return all, nil
}

func expiry(t time.Time) string {
	if t.IsZero() {
		return none
	}
	return t.UTC().Format(time.RFC3339)
}

func origin(name string) string {
	if name == "" {
		return none
	}
	return name
}
