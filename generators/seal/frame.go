package seal

import (
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// A frame is what is known of a Secret, sealed or put into a store, that holds something which is made
// anew each time that it is asked for, as a requested token is: since when that is
// good, and a tag over the rest.
type frame struct{ notBefore, tag string }

// frameTag covers the rest and the sealed bytes, so that no line speaks for
// another file.
func (k Key) frameTag(s *Secret, scope, notBefore, sealedFor string, file sum) string {
	d := k.digest("frame1")
	d.text(s.Cluster, s.Namespace, s.Name, scope, s.Type)
	d.texts(s.Labels)
	d.texts(s.Annotations)
	d.text(s.items()...)
	d.field(s.Frame.bytes)
	d.text(notBefore, sealedFor)
	d.Write(file[:])
	return hex.EncodeToString(d.sum())
}

// putFrameTag covers the rest and the line of the entry.
func (k Key) putFrameTag(s *Secret, entry, notBefore string, p Put) string {
	d := k.digest("putframe1")
	d.text(s.items()...)
	d.field(s.Frame.bytes)
	d.text(notBefore)
	d.text(p.fields(entry)...)
	return hex.EncodeToString(d.sum())
}

// Holds says that what is sealed is this Secret but for what is in Data, of which
// the keys alone are looked at: that isthmus sealed it, in this frame, for those
// who open it now. The error is that which Put would give before it seals
// anything: so nothing need be made that could not be sealed then.
func (s *Store) Holds(secret Secret) (Record, bool, error) {
	name := secret.path()
	there := s.sealed[name]
	sealedFor, err := s.aim(secret.Cluster, secret.Name)
	if err != nil {
		return Record{}, false, err
	}
	if err := s.mayPin(secret.Cluster, sealedFor, nil); err != nil {
		return Record{}, false, err
	}
	r, known := s.lock.files[name]
	if known {
		if err := s.genuine(name, r); err != nil {
			return Record{}, false, err
		}
	}
	record, known := s.Record(secret.Cluster, secret.Name)
	if !known || r.sealedFor != sealedFor || r.origin != origin(secret.Origin) || secret.Frame.Len() == 0 {
		return Record{}, false, nil
	}
	f := s.lock.frames[name]
	if !same(f.tag, s.options.Key.frameTag(&secret, s.scope(), f.notBefore, sealedFor, sha256.Sum256(there))) {
		return Record{}, false, nil
	}
	record.NotBefore, _ = time.Parse(time.RFC3339, f.notBefore)
	return record, true, nil
}

// HoldsPut says the same of what isthmus put into the store, where Options.Place
// has it now: by the lock alone, for nobody sees what a store has.
func (s *Store) HoldsPut(secret Secret) (Record, bool, error) {
	entry := Entry(secret.Cluster, secret.Name)
	p, known := s.lock.puts[entry]
	if known && !same(p.line, s.options.Key.lineTag(p.fields(entry)...)) {
		return Record{}, false, s.foreign(entry)
	}
	if !known || !p.At(s.options.Place, entry) || p.Origin != secret.Origin || secret.Frame.Len() == 0 {
		return Record{}, false, nil
	}
	f := s.lock.frames[entry]
	if !same(f.tag, s.options.Key.putFrameTag(&secret, entry, f.notBefore, p.Put)) {
		return Record{}, false, nil
	}
	since, _ := time.Parse(time.RFC3339, f.notBefore)
	return Record{NotBefore: since, NotAfter: p.NotAfter, Origin: p.Origin}, true, nil
}
