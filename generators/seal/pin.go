package seal

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/diag"
)

// pinned holds a sealing key against the one that the cluster is known to have,
// and pins the first. Where the pin is gone, what is sealed for the cluster
// stands for it: whoever can take a line away must not choose the next key.
func (s *Store) pinned(cluster, print string) error {
	if err := s.mayPin(cluster, print); err != nil || !s.options.Backend.Pins() {
		return err
	}
	name := CertificatePath(cluster)
	if s.lock.pins[name].print != print {
		s.lock.pins[name] = pin{print, s.options.Key.lineTag("pin", name, print)}
	}
	return nil
}

// mayPin says why a key may not be the one that is pinned for a cluster.
func (s *Store) mayPin(cluster, print string) error {
	if !s.options.Backend.Pins() {
		return nil // its own program chooses whom it seals for
	}
	name := CertificatePath(cluster)
	p, known := s.lock.pins[name]
	if known && !same(p.line, s.options.Key.lineTag("pin", name, p.print)) {
		return s.foreign(name)
	}
	accepted := slices.Contains(s.options.Accept, print)
	wrong := func(what, why string) error {
		return &diag.Problem{
			Pos: s.pos(name), What: what, Why: why,
			Fix: "compare it with what the cluster gives (kubeseal --fetch-cert), and pass --accept " + print,
		}
	}
	switch {
	case known && p.print != print && !accepted:
		return wrong(fmt.Sprintf("holds the key %s, and the pinned one is %s", print, p.print), "who can change this file could have all that is sealed from now on sealed for himself")
	case !known && !accepted && !slices.Contains([]string{"", print}, s.bound(cluster)):
		return wrong(fmt.Sprintf("holds the key %s, and no key of cluster %q is pinned; its overlay was rendered when %s was", print, cluster, s.bound(cluster)), "who can take all that is sealed and its pin away could have all that is sealed from now on sealed for himself")
	case !known && !accepted && !s.sealedAllFor(cluster, print):
		return wrong(fmt.Sprintf("holds the key %s, and no key of cluster %q is pinned, though Secrets are sealed for it", print, cluster), "who can take the line of a pin away could have all that is sealed from now on sealed for himself")
	}
	return nil
}

func (s *Store) bound(cluster string) string {
	if s.options.Bound == nil {
		return ""
	}
	return s.options.Bound(cluster)
}

// Unpin drops the key that a cluster is known to have, and says whether there was
// one. It is for a cluster for which nothing is sealed any more.
func (s *Store) Unpin(cluster string) bool {
	name := CertificatePath(cluster)
	_, known := s.lock.pins[name]
	delete(s.lock.pins, name)
	return known
}

// sealedAllFor says that all that is sealed for a cluster is so for one key, by
// lines that a holder of the key of the tags made; or that nothing is.
func (s *Store) sealedAllFor(cluster, print string) bool {
	below := Folder(cluster) + "/"
	for at := range s.sealed {
		if _, known := s.lock.files[at]; strings.HasPrefix(at, below) && !known {
			return false
		}
	}
	for at, r := range s.lock.files {
		if strings.HasPrefix(at, below) && (r.sealedFor != print || s.genuine(at, r) != nil) {
			return false
		}
	}
	return true
}

// pinsFirst gives the lock as it was with the pins as they will be, where they
// change: a file without a pin looks like one whose pin was taken away, and a run
// that is killed must leave none.
func (s *Store) pinsFirst() ([]Change, error) {
	was := newLock()
	if s.before != nil {
		var err error
		if was, err = parseLock("", s.before); err != nil {
			return nil, err
		}
	}
	if maps.Equal(was.pins, s.lock.pins) {
		return nil, nil
	}
	was.pins = s.lock.pins
	return []Change{{LockPath, was.encode()}}, nil
}
