package seal

import (
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
)

// A Ledger is what the lock says to those who have no key of the tags: what is
// rendered depends on it.
type Ledger struct {
	// Tokens are the generations of token Secrets that each cluster has, sorted.
	// A cluster that is not there has the first alone. They lie in the lock
	// because the overlays are rendered from them: a token is replaced by making
	// the next generation beside it.
	Tokens map[string][]int

	// Origins are the token Secrets, sorted, that what is sealed comes from, by
	// the cluster that is read.
	Origins map[string][]string
}

// ReadLedger reads it.
func ReadLedger(files fs.FS, dir string) (*Ledger, error) {
	l, _, err := readLock(files, dir)
	if err != nil {
		return nil, err
	}
	ledger := &Ledger{Tokens: map[string][]int{}, Origins: map[string][]string{}}
	for cluster, g := range l.tokens {
		ledger.Tokens[cluster] = g.all
	}
	for _, at := range slices.Sorted(maps.Keys(l.files)) {
		f := File{Name: strings.TrimSuffix(path.Base(at), extension)}
		origin, remote := l.files[at].origin, f.Remote()
		if origin != none && remote != "" && !slices.Contains(ledger.Origins[remote], origin) {
			ledger.Origins[remote] = append(ledger.Origins[remote], origin)
		}
	}
	for _, origins := range ledger.Origins {
		slices.Sort(origins)
	}
	return ledger, nil
}

// Generations gives those of a cluster.
func (s *Store) Generations(cluster string) []int {
	if g := s.lock.tokens[cluster]; len(g.all) > 0 {
		return slices.Clone(g.all)
	}
	return []int{1}
}

// SetGenerations says which token Secrets a cluster has from now on, in order.
func (s *Store) SetGenerations(cluster string, all ...int) {
	if len(all) == 1 && all[0] == 1 {
		delete(s.lock.tokens, cluster)
		return
	}
	g := generations{all: all}
	g.line = s.options.Key.lineTag("token", cluster, g.list())
	s.lock.tokens[cluster] = g
}

// ownTokens says that a holder of the key of the tags wrote the generations.
func (s *Store) ownTokens() error {
	for _, cluster := range slices.Sorted(maps.Keys(s.lock.tokens)) {
		g := s.lock.tokens[cluster]
		if !s.options.Key.IsZero() && !same(g.line, s.options.Key.lineTag("token", cluster, g.list())) {
			return s.foreign("the tokens of " + cluster)
		}
	}
	return nil
}
