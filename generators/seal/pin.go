package seal

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/diag"
)

// pinNames are the names under which the lock may have the pin of a cluster, one
// for each backend. It has one at most: another backend is another key.
func pinNames(cluster string) []string {
	return []string{SealedSecrets{}.Pin(cluster), SOPS{}.Pin(cluster)}
}

// known gives the pin of a cluster, its own backend's first, and its name.
func (s *Store) known(cluster string) (string, pin, bool) {
	for _, name := range append([]string{s.options.Backend.Pin(cluster)}, pinNames(cluster)...) {
		if p, known := s.lock.pins[name]; known {
			return name, p, true
		}
	}
	return "", pin{}, false
}

// aim gives whom the next Put of a Secret seals for, as far as that is known
// before: whom the repository names, or whom the pin does, or where neither says
// it whom the file that is there was sealed for. "" is not known.
func (s *Store) aim(cluster, name string) (string, error) {
	at := Path(cluster, name)
	print, err := s.options.Backend.SealedFor(cluster, nil)
	if err != nil || print != "" {
		return print, err
	}
	if print = s.Pinned(cluster); print != "" || s.sealed[at] == nil {
		return print, nil
	}
	if print, err = s.options.Backend.SealedFor(cluster, s.sealed[at]); err != nil || print != s.lock.files[at].sealedFor {
		return "", nil // it is sealed anew, and looked at then
	}
	return print, nil
}

// pinned holds those for whom a cluster's Secrets are sealed against those whom it
// is known to have, and pins the first. Where the pin is gone, what is sealed for
// the cluster stands for it: whoever can take a line away must not choose the next
// key. Sealed is the manifest that was made, nil before.
func (s *Store) pinned(cluster, print string, sealed []byte) error {
	if err := s.mayPin(cluster, print, sealed); err != nil {
		return err
	}
	name := s.options.Backend.Pin(cluster)
	if s.lock.pins[name].print != print {
		s.Unpin(cluster)
		s.lock.pins[name] = pin{print, s.options.Key.lineTag("pin", name, print)}
	}
	return nil
}

// mayPin says why nothing may be sealed for those of a fingerprint: they are not
// those who are pinned for the cluster.
func (s *Store) mayPin(cluster, print string, sealed []byte) error {
	if print == "" {
		return nil // the program that seals chooses them
	}
	name, p, known := s.known(cluster)
	if known && !same(p.line, s.options.Key.lineTag("pin", name, p.print)) {
		return s.foreign(name)
	}
	accepted := slices.Contains(s.options.Accept, print)
	wrong := func(but, why string) error {
		return s.unlike(cluster, print, sealed, but, why, ", and pass --accept "+print)
	}
	switch {
	case known && p.print != print && !accepted:
		return wrong("the pinned one is "+p.print, "")
	case !known && !accepted && !slices.Contains([]string{"", print}, s.bound(cluster)):
		return wrong(fmt.Sprintf("none of cluster %q is pinned; its overlay was rendered when %s was", cluster, s.bound(cluster)), "who can take all that is sealed and its pin away could have all that is sealed from now on sealed for himself")
	case !known && !accepted && !s.sealedAllFor(cluster, print):
		return wrong(fmt.Sprintf("none of cluster %q is pinned, though Secrets are sealed for it", cluster), "who can take the line of a pin away could have all that is sealed from now on sealed for himself")
	}
	return nil
}

// unlike says that those for whom is sealed are not those whom the lock knows. The
// reason is the backend's where none is given.
func (s *Store) unlike(cluster, print string, sealed []byte, but, why, fix string) *diag.Problem {
	p := s.options.Backend.Unlike(cluster, print, sealed)
	p.Pos = s.pos(p.Pos.File)
	p.What += ", and " + but
	p.Fix += fix
	if why != "" {
		p.Why = why
	}
	return p
}

func (s *Store) bound(cluster string) string {
	if s.options.Bound == nil {
		return ""
	}
	return s.options.Bound(cluster)
}

// Unpin drops what a cluster is known to have, and says whether there was
// anything. By itself it is for a cluster for which nothing is sealed any more.
func (s *Store) Unpin(cluster string) bool {
	_, _, known := s.known(cluster)
	for _, name := range pinNames(cluster) {
		delete(s.lock.pins, name)
	}
	return known
}

// sealedAllFor says that all that is sealed for a cluster is so for one, by
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
