package seal

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/diag"
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

	// Pins are the fingerprints that clusters are known to have: of the sealing key,
	// or of those for whom sops seals.
	Pins map[string]string

	// Puts are what was put into an external store, by entry, and Removed the
	// clusters that nobody is to read though a store may have their entry.
	Puts    map[string]Put
	Removed map[string]bool

	lock *lock
}

// Check holds the sealed files against their lines, and the sealing certificates
// against their pins: as far as that goes without the key. Certificates that cannot
// be read are left to those who seal with them.
func (l *Ledger) Check(files fs.FS, dir string, sealed []File) (changed, unpinned diag.Problems) {
	if l.lock == nil {
		if len(sealed) > 0 {
			changed = diag.Problems{{
				Pos:  diag.Position{File: path.Join(dir, LockPath)},
				What: fmt.Sprintf("does not exist, and %s there", diag.Count(len(sealed), "sealed Secret")+" "+map[bool]string{true: "is", false: "are"}[len(sealed) == 1]), Why: anybody,
				Fix: "bring the file back from Git; where the key of the tags is lost, look at the history of what is sealed, and seal it all again: isthmus secrets create and isthmus ca issue, with --accept for each sealing key",
			}}
		}
		return changed, nil
	}
	for _, f := range sealed {
		p := &diag.Problem{Pos: diag.Position{File: path.Join(dir, f.Path())}, Fix: "look at the file's history, and " + f.again()}
		r, known := l.lock.files[f.Path()]
		sum := sum(sha256.Sum256(f.Data))
		switch {
		case !known:
			p.What, p.Why = "the tags do not know it", anybody
		case r.sum != sum.String():
			p.What, p.Why = "is not the file that isthmus sealed", anybody
		default:
			continue
		}
		changed = append(changed, p)
	}
	for _, name := range slices.Sorted(maps.Keys(l.lock.pins)) {
		cluster := strings.TrimSuffix(path.Base(name), ".pem")
		if name != CertificatePath(cluster) {
			continue // of sops, whose rules are not in this folder alone
		}
		data, err := read(files, name, certificateLimit)
		if err != nil {
			continue
		}
		file := path.Join(dir, name)
		if c, _ := ParseCertificate(file, data); c != nil && c.Print != l.lock.pins[name].print {
			p := SealedSecrets{}.Unlike(cluster, c.Print, nil)
			p.Pos.File, p.What, p.Fix = file, p.What+", and the pinned one is "+l.lock.pins[name].print, p.Fix+resealed+c.Print
			unpinned = append(unpinned, p)
		}
	}
	return changed, unpinned
}

// again says how to seal a file once more.
func (f File) again() string { return "seal it again: " + f.command() }

// command gives the command that seals a file.
func (f File) command() string {
	if remote := f.Remote(); remote != "" {
		return "isthmus secrets create " + remote
	}
	return "isthmus ca issue " + f.Cluster
}

const anybody = "somebody else may have sealed it: whoever has the cluster's certificate can"

// resealed ends the fix of one whose fingerprint is not the pinned one.
const resealed = "; where that is right, isthmus secrets reseal --accept "

// ReadLedger reads it.
func ReadLedger(files fs.FS, dir string) (*Ledger, error) {
	l, there, err := readLock(files, dir)
	if err != nil {
		return nil, err
	}
	ledger := &Ledger{}
	if there != nil {
		ledger.lock = l
	}
	for cluster, g := range l.tokens {
		if ledger.Tokens == nil {
			ledger.Tokens = map[string][]int{}
		}
		ledger.Tokens[cluster] = g.all
	}
	for _, name := range slices.Sorted(maps.Keys(l.pins)) {
		if ledger.Pins == nil {
			ledger.Pins = map[string]string{}
		}
		ledger.Pins[strings.TrimSuffix(path.Base(name), ".pem")] = l.pins[name].print
	}
	for _, at := range slices.Sorted(maps.Keys(l.files)) {
		f := File{Name: strings.TrimSuffix(path.Base(at), extension)}
		ledger.origin(f.Remote(), l.files[at].origin)
	}
	ledger.Puts = map[string]Put{}
	for _, entry := range slices.Sorted(maps.Keys(l.puts)) {
		ledger.Puts[entry] = l.puts[entry].Put
		ledger.origin(File{Name: entry}.Remote(), origin(l.puts[entry].Origin))
	}
	ledger.Removed = map[string]bool{}
	for cluster := range l.removed {
		ledger.Removed[cluster] = true
	}
	for _, origins := range ledger.Origins {
		slices.Sort(origins)
	}
	return ledger, nil
}

// origin adds the token Secret that the credential of a cluster comes from.
func (l *Ledger) origin(remote, name string) {
	if name == none || remote == "" || slices.Contains(l.Origins[remote], name) {
		return
	}
	if l.Origins == nil {
		l.Origins = map[string][]string{}
	}
	l.Origins[remote] = append(l.Origins[remote], name)
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
