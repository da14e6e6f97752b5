package seal

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/isthmus-mesh/isthmus/generators/diag"
)

// A Record is what the tags say of a sealed Secret.
type Record struct {
	SealedFor string    // the fingerprint of the key that it was sealed for
	NotBefore time.Time // since when what it holds is good; of Holds alone, zero where it is not known
	NotAfter  time.Time // when what it holds expires; zero where it does not
	Origin    string    // the object that its credential comes from, "" for none
}

// Record gives what the tags say of a sealed Secret, false where they say
// nothing, or of another file than lies there; and where none is sealed, of what
// was put into the store.
func (s *Store) Record(cluster, name string) (Record, bool) {
	at := Path(cluster, name)
	r, known := s.lock.files[at]
	sum := sum(sha256.Sum256(s.sealed[at]))
	if s.sealed[at] == nil {
		p, put := s.Kept(cluster, name)
		return Record{NotAfter: p.NotAfter, Origin: p.Origin}, put && p.At(s.options.Place, Entry(cluster, name))
	}
	if !known || r.sum != sum.String() {
		return Record{}, false
	}
	record := Record{SealedFor: r.sealedFor}
	if r.origin != none {
		record.Origin = r.origin
	}
	record.NotAfter, _ = time.Parse(time.RFC3339, r.notAfter)
	return record, true
}

// Stale says that a sealed Secret would be sealed for others now than it is, and
// gives their fingerprint, "" where only the program that seals knows it.
func (s *Store) Stale(cluster, name string) (string, bool, error) {
	record, known := s.Record(cluster, name)
	sealedFor, err := s.aim(cluster, name)
	return sealedFor, known && err == nil && record.SealedFor != sealedFor, err
}

// Pos is where a sealed Secret lies, for what is wrong with it.
func (s *Store) Pos(cluster, name string) diag.Position { return s.pos(Path(cluster, name)) }

// Has says whether a Secret is sealed, whatever the tags say.
func (s *Store) Has(cluster, name string) bool { return s.sealed[Path(cluster, name)] != nil }

// Pinned gives the fingerprint that a cluster is known to have with this backend,
// "" for none.
func (s *Store) Pinned(cluster string) string {
	return s.lock.pins[s.options.Backend.Pin(cluster)].print
}

// Recipients names those who can open a sealed Secret, where that stands in it.
func (s *Store) Recipients(cluster, name string) []string {
	all, _ := sopsRecipients(s.sealed[Path(cluster, name)])
	return all
}

// Secrets lists what is sealed, by cluster and name.
func (s *Store) Secrets() []File {
	var all []File
	for _, at := range slices.Sorted(maps.Keys(s.sealed)) {
		all = append(all, File{path.Base(path.Dir(at)), strings.TrimSuffix(path.Base(at), extension), s.sealed[at]})
	}
	return all
}

// Known lists what is sealed, and what the tags know though it is gone.
func (s *Store) Known() []File {
	all := s.Secrets()
	for _, at := range slices.Sorted(maps.Keys(s.lock.files)) {
		if s.sealed[at] == nil {
			all = append(all, File{Cluster: path.Base(path.Dir(at)), Name: strings.TrimSuffix(path.Base(at), extension)})
		}
	}
	return all
}

// Open gives the Secret in a sealed file, in memory, where the backend has the
// keys.
func (s *Store) Open(cluster, name string) (*Secret, error) {
	secret, err := s.options.Backend.Open(cluster, s.sealed[Path(cluster, name)])
	if err != nil {
		return nil, &diag.Problem{Pos: s.pos(Path(cluster, name)), What: err.Error()}
	}
	if r, known := s.Record(cluster, name); known {
		secret.NotAfter, secret.Origin = r.NotAfter, r.Origin
	}
	return secret, nil
}

// Resumed gives the Secret in a file that its line does not know, where it is the
// one that the line is of: a run was killed between the two. Anything else that
// the file holds gives false.
func (s *Store) Resumed(cluster, name string) (*Secret, bool) {
	at := Path(cluster, name)
	r, known := s.lock.files[at]
	if !known || s.options.Key.IsZero() || s.genuine(at, r) != nil {
		return nil, false
	}
	secret, err := s.options.Backend.Open(cluster, s.sealed[at])
	if err != nil {
		return nil, false
	}
	var was sum
	data, err := hex.DecodeString(r.sum)
	if err != nil || copy(was[:], data) != len(was) || secret.Cluster != cluster || secret.Name != name ||
		!same(r.tag, s.options.Key.tag(s.options.Key.plainHash(secret, s.scope()), r.sealedFor, was)) {
		return nil, false
	}
	secret.NotAfter, _ = time.Parse(time.RFC3339, r.notAfter)
	if r.origin != none {
		secret.Origin = r.origin
	}
	return secret, true
}

// Verify says what is wrong with all that is sealed, by what is wanted, which for
// one Secret may be one of several types, and
// without opening anything. With the key of the tags it also tells whether each
// file is the one that a holder of the key sealed.
func (s *Store) Verify(want []Shape) diag.Problems {
	var problems diag.Problems
	shapes := map[string][]Shape{}
	for _, w := range want {
		at := Path(w.Cluster, w.Name)
		shapes[at] = append(shapes[at], w)
	}
	wrong := func(name, what, why, fix string) {
		problems = append(problems, &diag.Problem{Pos: s.pos(name), What: what, Why: why, Fix: fix})
	}
	clusters := map[string]bool{}
	for _, f := range s.Secrets() {
		at := f.Path()
		clusters[f.Cluster] = true
		forms := shapes[at]
		if len(forms) == 0 {
			wrong(at, "nobody reads it", "the mesh has no such cluster, or it has no control plane, or does not sign", "isthmus secrets remove "+f.Cluster)
			continue
		}
		problems = append(problems, s.options.Backend.Inspect(path.Join(s.options.Dir, at), f.Data, f.formed(forms))...)
		problems = append(problems, s.tagged(f)...)
	}
	for _, cluster := range slices.Sorted(maps.Keys(clusters)) {
		pinned := s.Pinned(cluster)
		if print, err := s.options.Backend.SealedFor(cluster, nil); err == nil && print != "" && pinned != "" && print != pinned {
			problems = append(problems, s.unlike(cluster, print, nil, "the pinned one is "+pinned, "", resealed+print))
		}
	}
	problems = append(problems, s.options.Kustomization.Check(s.files, s.options.Dir, s.Secrets())...)
	for _, at := range slices.Sorted(maps.Keys(s.lock.files)) {
		if s.sealed[at] == nil {
			wrong(at, "is gone, and the tags know it", "the control plane would lose what it holds", "bring the file back from Git, or seal it again")
		}
	}
	return problems
}

// tagged holds a file against its line in the lock.
func (s *Store) tagged(f File) diag.Problems {
	at := f.Path()
	r, known := s.lock.files[at]
	sum := sum(sha256.Sum256(f.Data))
	theirs := anybody
	if f.SOPS() {
		theirs = "somebody else may have sealed it: that takes the public recipients alone"
	}
	p := &diag.Problem{Pos: s.pos(at), Fix: "look at the file's history, and seal it again: isthmus secrets create"}
	switch {
	case !known:
		p.What, p.Why = "the tags do not know it", theirs
	case r.sum != sum.String():
		p.What, p.Why = "is not the file that isthmus sealed", theirs
	case !s.options.Key.IsZero() && s.genuine(at, r) != nil:
		return diag.Problems{s.foreign(at).(*diag.Problem)}
	case s.pinBroken(f.Cluster, r):
		whom, one := "key", "one is"
		p.What, p.Why = "is sealed for a key that is not the cluster's pinned one", "only who has that key opens it"
		if f.SOPS() {
			whom, one = "recipients", "ones are"
			p.What, p.Why = "is sealed for recipients that are not the cluster's pinned ones", "only they open it"
		}
		if pinned := s.Pinned(f.Cluster); pinned != "" {
			p.What = fmt.Sprintf("is sealed for the %s %.16s…, and the cluster's pinned %s %.16s…", whom, r.sealedFor, one, pinned)
		}
		p.Fix = "seal it again: isthmus secrets reseal, or without private keys isthmus secrets create or isthmus ca issue"
	default:
		return nil
	}
	return diag.Problems{p}
}

// pinBroken says that a file was sealed for another key than the pinned one, or
// that the pin is nobody's.
func (s *Store) pinBroken(cluster string, r record) bool {
	name, p, known := s.known(cluster)
	if !known {
		return true
	}
	if !s.options.Key.IsZero() && !same(p.line, s.options.Key.lineTag("pin", name, p.print)) {
		return true
	}
	return p.print != r.sealedFor
}
