package ca

import (
	"crypto/x509"
	"fmt"
)

// A Kind is a sort of thing that can be wrong with certificates.
type Kind int

// The kinds. Those up to SharedKey keep workloads from being verified, now or at
// a known time; the others are for people to weigh.
const (
	BrokenChain    Kind = iota // does not lead from the intermediate to a root
	NoAuthority                // may not sign what it has to sign
	Weak                       // a key or a hash that is no longer taken
	OutlivesIssuer             // ends after what signed it
	OtherRoots                 // a cluster does not trust what another signs under
	SharedKey                  // one key in two places
	WrongKey                   // the private key is another's
	Sample                     // Istio's samples: everybody has the key
	Ended                      // over, or nearly; or not good yet
	Ending                     // due for renewal
	LongLived                  // good for longer than anybody remembers
	RootsBehind                // trusts other roots than the mesh does, and is accepted
)

// A Finding is one thing wrong with the certificates of a cluster, "" for the
// roots of the mesh.
type Finding struct {
	Kind    Kind
	Cluster string
	What    string
	Why     string
	Fix     string
}

// Stops says whether a bundle with this finding must not go out.
func (f Finding) Stops() bool { return f.Kind < Ending }

func reissue(cluster string) string {
	return "issue it again: isthmus ca issue " + cluster
}

// subject calls a certificate by its subject.
func subject(cert *x509.Certificate) string {
	if name := cert.Subject.String(); name != "" {
		return fmt.Sprintf("%q", name)
	}
	return "the certificate " + Fingerprint(cert)[:16]
}

// comesNext is the fix where the roots of clusters differ.
const comesNext = "isthmus ca rotate says what comes next"
