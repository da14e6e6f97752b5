package seal

import (
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/isthmus-mesh/isthmus/generators/diag"
)

// A Place is where an external store keeps Secrets: isthmus writes none of them
// itself, and knows of them what the lock says.
type Place struct {
	Store  string // kind and name, joined by a slash
	Prefix string // before the name of each entry
}

// Key is the name of an entry in the store.
func (p Place) Key(entry string) string { return p.Prefix + entry }

// Entry names what a store holds for a Secret, without the prefix. A remote Secret
// is the same for all who read it, and everything else is one cluster's.
func Entry(cluster, name string) string {
	if strings.HasPrefix(name, RemotePrefix) {
		return name
	}
	return name + "-" + cluster
}

// isEntry says whether a text names an entry of a cluster: what a store calls it is
// longer than a label.
func isEntry(text string) bool {
	for _, before := range []string{RemotePrefix, "cacerts-"} {
		if cluster, is := strings.CutPrefix(text, before); is {
			return label.MatchString(cluster)
		}
	}
	return false
}

// A Put is what was put into a store, as the lock has it.
type Put struct {
	Store    string
	Key      string
	NotAfter time.Time // when what it holds expires; zero where it does not
	Origin   string    // the object that its credential comes from, "" for none
	Type     string    // of the Secret that is made of it
	Tag      string    // changes with the content, and tells nothing of it
}

// A putLine is a Put with the tag of its line.
type putLine struct {
	Put
	line string
}

// At says whether an entry lies where the mesh looks for it now.
func (p Put) At(place *Place, entry string) bool {
	return place != nil && p.Store == place.Store && p.Key == place.Key(entry)
}

// fields are what the tag of the line covers.
func (p Put) fields(entry string) []string {
	return []string{"put", entry, p.Store, p.Key, expiry(p.NotAfter), origin(p.Origin), p.Type, p.Tag}
}

// addPut reads a line of an entry.
func (l *lock) addPut(f []string) bool {
	p := putLine{Put{Store: f[2], Key: f[3], Origin: f[5], Type: f[6], Tag: f[7]}, f[8]}
	if p.Origin == none {
		p.Origin = ""
	}
	var err error
	if f[4] != none {
		p.NotAfter, err = time.Parse(time.RFC3339, f[4])
	}
	l.puts[f[1]] = p
	return err == nil && isEntry(f[1]) && token.MatchString(p.Store) && place().MatchString(p.Key) &&
		token.MatchString(p.Origin) && token.MatchString(p.Type) && isHex(p.Tag) && isHex(p.line)
}

// encodePuts gives the lines of entries, and of clusters that nobody reads.
func (l *lock) encodePuts(b *strings.Builder) {
	for _, entry := range slices.Sorted(maps.Keys(l.puts)) {
		p := l.puts[entry]
		fmt.Fprintln(b, strings.Join(append(p.fields(entry), p.line), " "))
	}
	for _, cluster := range slices.Sorted(maps.Keys(l.removed)) {
		fmt.Fprintln(b, "removed", cluster, l.removed[cluster])
	}
}

// Keep records that a Secret was put into the store, where Options.Place has it.
func (s *Store) Keep(secret *Secret) {
	k, entry := s.options.Key, Entry(secret.Cluster, secret.Name)
	p := Put{
		Store: s.options.Place.Store, Key: s.options.Place.Key(entry),
		NotAfter: secret.NotAfter.UTC(), Origin: secret.Origin, Type: typed(secret.Type), Tag: k.putTag(secret, entry),
	}
	s.lock.puts[entry] = putLine{p, k.lineTag(p.fields(entry)...)}
	delete(s.lock.frames, entry)
	if secret.Frame.Len() > 0 {
		since := expiry(secret.NotBefore)
		s.lock.frames[entry] = frame{since, k.putFrameTag(secret, entry, since, p)}
	}
}

// typed gives the type of a Secret that says none.
func typed(is string) string {
	if is == "" {
		return "Opaque"
	}
	return is
}

// putTag covers the content of an entry.
func (k Key) putTag(s *Secret, entry string) string {
	d := k.digest("put1")
	d.text(entry)
	for _, name := range s.items() {
		d.text(name)
		d.field(s.Data[name].bytes)
	}
	return hex.EncodeToString(d.sum())
}

// Kept gives what the lock says of the entry of a Secret, false where it says
// nothing.
func (s *Store) Kept(cluster, name string) (Put, bool) {
	p, known := s.lock.puts[Entry(cluster, name)]
	return p.Put, known
}

// Forget drops what the lock says of the entry of a Secret, and says whether it
// said anything.
func (s *Store) Forget(cluster, name string) bool {
	entry := Entry(cluster, name)
	_, known := s.lock.puts[entry]
	delete(s.lock.puts, entry)
	delete(s.lock.frames, entry)
	return known
}

// Removed says whether the remote Secret of a cluster was taken away from all who
// read it, though a store may have its entry.
func (s *Store) Removed(cluster string) bool { return s.lock.removed[cluster] != "" }

// KeepRemoved takes back all that Removed says of clusters other than these.
func (s *Store) KeepRemoved(leaving func(cluster string) bool) {
	maps.DeleteFunc(s.lock.removed, func(cluster, _ string) bool { return !leaving(cluster) })
}

// SetRemoved says so.
func (s *Store) SetRemoved(cluster string) {
	s.lock.removed[cluster] = s.options.Key.lineTag("removed", cluster)
}

// VerifyPuts says what is wrong with the lines of entries: that no holder of the
// key of the tags wrote them, that nobody asks for the entry, or that who asks does
// so elsewhere.
func (s *Store) VerifyPuts(want []Shape) diag.Problems {
	var problems diag.Problems
	for _, entry := range slices.Sorted(maps.Keys(s.lock.puts)) {
		p := s.lock.puts[entry]
		reads := func(w Shape) bool { return Entry(w.Cluster, w.Name) == entry }
		switch {
		case !s.options.Key.IsZero() && !same(p.line, s.options.Key.lineTag(p.fields(entry)...)):
			problems = append(problems, s.foreign(entry).(*diag.Problem))
		case s.options.Place != nil && !slices.ContainsFunc(want, reads):
			problems = append(problems, &diag.Problem{
				Pos: s.pos(LockPath), What: fmt.Sprintf("isthmus put %s into %s, and nobody reads it", p.Key, p.Store),
				Why: "the mesh has no such cluster, or it does not sign, or no other reads it", Fix: "delete the entry, and then: isthmus secrets remove " + strings.TrimPrefix(strings.TrimPrefix(entry, RemotePrefix), "cacerts-"),
			})
		case s.options.Place != nil && !p.At(s.options.Place, entry) && slices.ContainsFunc(want, func(w Shape) bool { return reads(w) && !s.Has(w.Cluster, w.Name) }):
			again := "isthmus ca issue " + strings.TrimPrefix(entry, "cacerts-")
			if remote := (File{Name: entry}).Remote(); remote != "" {
				again = "isthmus secrets create " + remote
			}
			problems = append(problems, &diag.Problem{
				Pos: s.pos(LockPath), What: fmt.Sprintf("isthmus put %s into %s, and mesh.yaml says %s, %s", p.Key, p.Store, s.options.Place.Store, s.options.Place.Key(entry)),
				Why: "nobody knows what the entry that is read holds", Fix: again + " … -- <program> {key}; or bring the fields of spec.secrets.external back",
			})
		}
	}
	for _, cluster := range slices.Sorted(maps.Keys(s.lock.removed)) {
		if !s.options.Key.IsZero() && !same(s.lock.removed[cluster], s.options.Key.lineTag("removed", cluster)) {
			problems = append(problems, s.foreign("the removal of "+cluster).(*diag.Problem))
		}
	}
	return problems
}
