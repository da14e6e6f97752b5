package secrets

import (
	"time"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/seal"
)

// A token that is requested is another one each time. So what is sealed, or was put
// into a store, is known again by its frame, the kubeconfig without the token, and kept while its token
// is good.

// Kept says until when the token is good in the remote Secret that a control plane
// has of a cluster, where that Secret is to be kept: it is what Remote would give
// for this credential, but for the token, and the token is not due yet. The
// credential needs no token.
func Kept(store *seal.Store, s *mesh.Spec, consumer *mesh.Cluster, remote string, c *Credential, now time.Time) (until time.Time, kept bool, err error) {
	secret, err := Remote(s, consumer, remote, c, &Token{})
	if err != nil {
		return time.Time{}, false, err
	}
	holds := store.Holds
	if s.Secrets.Backend == mesh.External {
		holds = store.HoldsPut
	}
	record, held, err := holds(secret)
	return record.NotAfter, held && now.Before(renewal(record.NotBefore, record.NotAfter)), err
}

// renewal is when a requested token is replaced: as soon as status says by default
// that it is due, or, where it was given for a shorter time than that takes, when
// half of its time is over.
func renewal(from, to time.Time) time.Time {
	if half := to.Sub(from) / 2; !from.IsZero() && half < soon {
		return to.Add(-half)
	}
	return to.Add(-soon)
}

// Framed gives a remote Secret that was opened what Remote gave it and no lock
// has: its frame, and since when its token is good. Any other Secret stays as it
// is.
func Framed(s *mesh.Spec, secret *seal.Secret) {
	remote := seal.File{Name: secret.Name}.Remote()
	kubeconfig, there := secret.Data[remote]
	if !there || secret.Origin != "" {
		return
	}
	credential, problems := ReadKubeconfig("", kubeconfig.Reveal(), remote)
	if len(problems) > 0 {
		return
	}
	token, err := ParseToken(credential.Token)
	if err != nil {
		return
	}
	for i := range s.Clusters {
		if consumer := &s.Clusters[i]; consumer.Name == secret.Cluster {
			if made, err := Remote(s, consumer, remote, credential, token); err == nil {
				secret.Frame, secret.NotBefore = made.Frame, made.NotBefore
			}
		}
	}
}
