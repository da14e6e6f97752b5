package secrets

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/isthmus-mesh/isthmus/generators/ca"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/seal"
)

// A State is what a Secret is at the moment.
type State string

// The states of a Secret.
const (
	Sealed  State = "sealed"
	Missing State = "missing"
	Changed State = "changed"  // by something else than isthmus
	Stale   State = "stale"    // sealed for a key that was renewed
	Put     State = "put"      // into an external store, by isthmus
	Store   State = "external" // what a store has, if it has it, isthmus did not put there
)

// A Status is what there is to know of one Secret.
type Status struct {
	Cluster    string    // that opens it
	Name       string    // of the Secret
	Path       string    // from the folder of mesh.yaml
	State      State     //
	Entry      string    // in an external store, "" where it lies sealed
	SealedFor  string    // the fingerprint of the key, "" where it is not known
	KeyExpires time.Time // the certificate of that key; zero where it is not known
	Expires    time.Time // what is in the Secret; zero where it does not, or is not known
	Due        []string  // what somebody has to do, and why
}

// CACerts names the Secret that holds a cluster's signing certificate.
const CACerts = "cacerts"

// Shapes gives what may be sealed for a mesh: the remote Secrets, and what
// clusters sign with, in both its forms.
func Shapes(s *mesh.Spec) []seal.Shape {
	all := Wanted(s)
	for i := range s.Clusters {
		if !s.Signs(&s.Clusters[i]) {
			continue
		}
		for _, form := range []ca.Shape{ca.Plugged, ca.TLS} {
			all = append(all, seal.Shape{
				Cluster: s.Clusters[i].Name, Namespace: s.Istio.Namespace, Name: CACerts,
				Type: string(form), Items: slices.Sorted(slices.Values(form.Keys())),
			})
		}
	}
	return all
}

// Look gives the status of every Secret of a mesh, by cluster and name. Due is
// what ends within the window.
func Look(s *mesh.Spec, store *seal.Store, certificate func(cluster string) (*seal.Certificate, error), now time.Time, window time.Duration) []Status {
	var all []Status
	for _, want := range Shapes(s) {
		if want.Type == string(ca.TLS) {
			continue // the other form of one that is there
		}
		// A cluster that is leaving is read until somebody takes its Secret away.
		remote := strings.TrimPrefix(want.Name, SecretName(""))
		switch there := store.Has(want.Cluster, want.Name); {
		case s.Secrets.Backend == mesh.External && !there:
			if s.Security.Certificates != mesh.Plugged && want.Name == CACerts || store.Removed(remote) {
				continue
			}
		case (want.Name == CACerts || leaving(s, want.Name)) && !there:
			continue
		}
		all = append(all, look(s, store, want, certificate, now, window))
	}
	slices.SortFunc(all, func(a, b Status) int {
		return cmp.Or(strings.Compare(a.Cluster, b.Cluster), strings.Compare(a.Name, b.Name))
	})
	return all
}

// leaving says whether a Secret is that of a cluster that leaves.
func leaving(s *mesh.Spec, name string) bool {
	return slices.ContainsFunc(s.Clusters, func(c mesh.Cluster) bool {
		return c.State == mesh.Leaving && SecretName(c.Name) == name
	})
}

func look(s *mesh.Spec, store *seal.Store, want seal.Shape, certificate func(string) (*seal.Certificate, error), now time.Time, window time.Duration) Status {
	st := Status{Cluster: want.Cluster, Name: want.Name, Path: seal.Path(want.Cluster, want.Name), State: Sealed}
	due := func(format string, args ...any) { st.Due = append(st.Due, fmt.Sprintf(format, args...)) }
	remote := strings.TrimPrefix(want.Name, SecretName(""))
	isRemote := remote != want.Name
	again := "isthmus secrets create " + remote
	if !isRemote {
		again = "isthmus ca issue " + want.Cluster
	}
	record, known := store.Record(want.Cluster, want.Name)
	external := s.Secrets.Backend == mesh.External
	switch {
	case external && !store.Has(want.Cluster, want.Name):
		st.State, st.Entry = Put, s.Place().Key(seal.Entry(want.Cluster, want.Name))
		if put, was := store.Kept(want.Cluster, want.Name); was && !known {
			due("isthmus put it into %s as %s, and mesh.yaml says %s, %s: %s", put.Store, put.Key, s.Place().Store, st.Entry, again)
		}
		if !known {
			st.State = Store
			return st
		}
	case !store.Has(want.Cluster, want.Name):
		st.State = Missing
		due("it is missing: %s", again)
		return st
	case !known:
		st.State = Changed
		due("it is not what isthmus sealed: look at its history, then %s", again)
		return st
	}
	st.SealedFor, st.Expires = record.SealedFor, record.NotAfter
	if external && st.Entry == "" {
		due("it is still sealed, and the store is not asked: %s … -- <program> {key}, then isthmus secrets remove %s", again, cmp.Or(seal.File{Name: want.Name}.Remote(), want.Cluster))
	}
	ends := func(what string, at time.Time, fix string) {
		switch {
		case at.IsZero():
		case !now.Before(at):
			due("%s expired on %s: %s", what, at.UTC().Format(time.DateOnly), fix)
		case at.Sub(now) <= window:
			due("%s expires on %s: %s", what, at.UTC().Format(time.DateOnly), fix)
		}
	}
	if isRemote {
		ends("its token", st.Expires, "isthmus secrets rotate "+remote)
		all := store.Generations(remote)
		switch request := s.Secrets.Token == mesh.TokenRequest; {
		case request && generation(record.Origin) > 0:
			due("its token is that of %s, and spec.secrets.token is request: isthmus secrets rotate %s --kubeconfig <file>", record.Origin, remote)
		case !request && Gone(all, record.Origin):
			due("its token is that of %s, which the cluster has no more: isthmus secrets create %s", record.Origin, remote)
		case len(all) > 1:
			if record.Origin == TokenSecret(all[len(all)-1]) {
				due("the token before it is still good: isthmus secrets rotate %s --retire", remote)
			} else {
				due("a new token is made beside its own: isthmus secrets rotate %s --kubeconfig <file>", remote)
			}
		}
	} else {
		ends("its certificate", st.Expires, again)
	}
	if external {
		return st
	}
	if certificate == nil {
		switch whom, stale, _ := store.Stale(want.Cluster, want.Name); {
		case stale && whom != "" && whom != store.Pinned(want.Cluster):
			st.State = Stale
			due("the recipients in .sops.yaml changed: look who each of them is, then isthmus secrets reseal --accept %s", whom)
		case stale:
			st.State = Stale
			due("the recipients changed: isthmus secrets reseal")
		}
		return st
	}
	c, err := certificate(want.Cluster)
	switch {
	case err != nil:
		due("its sealing certificate cannot be read: isthmus secrets verify")
	case c.Print != record.SealedFor:
		st.State = Stale
		due("its sealing certificate holds another key, made on %s: compare it with the cluster's (kubeseal --fetch-cert), then isthmus secrets reseal --accept %s", c.NotBefore.UTC().Format(time.DateOnly), c.Print)
	default:
		st.KeyExpires = c.NotAfter
		ends("its sealing certificate", c.NotAfter, "fetch the next one, then isthmus secrets reseal")
	}
	return st
}
