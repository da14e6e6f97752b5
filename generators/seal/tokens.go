package seal

import (
	"io/fs"
	"slices"
)

// Tokens gives the generations of token Secrets that each cluster has, sorted. A
// cluster that is not there has the first alone. They lie in the lock because
// the overlays are rendered from them: a token is replaced by making the next
// generation beside it.
func Tokens(files fs.FS, dir string) (map[string][]int, error) {
	l, _, err := readLock(files, dir)
	if err != nil {
		return nil, err
	}
	if len(l.tokens) == 0 {
		return nil, nil
	}
	return l.tokens, nil
}

// Generations gives those of a cluster.
func (s *Store) Generations(cluster string) []int {
	if all := s.lock.tokens[cluster]; len(all) > 0 {
		return slices.Clone(all)
	}
	return []int{1}
}

// SetGenerations says which token Secrets a cluster has from now on.
func (s *Store) SetGenerations(cluster string, all ...int) {
	s.lock.tokens[cluster] = all
	if len(all) == 1 && all[0] == 1 {
		delete(s.lock.tokens, cluster)
	}
}
