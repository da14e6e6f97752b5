package seal

import (
	"github.com/isthmus-mesh/isthmus/generators/diag"
)

// A Backend is a way to keep a Secret in a repository: what is written of it,
// and how that is read without opening it.
type Backend interface {
	// Scope says to what a sealed value is bound. It goes into the tags.
	Scope() string

	// SealedFor names, by a fingerprint, those who can open a manifest, and where
	// that is nil those who will be able to open what Seal gives for a cluster: ""
	// where only the program that seals knows.
	SealedFor(cluster string, sealed []byte) (string, error)

	// Pin is the name under which the lock keeps the fingerprint of those for whom
	// a cluster's Secrets are sealed, and they have to stay the ones of the first time.
	Pin(cluster string) string

	// Unlike says of those whom SealedFor names, that they are not those whom the
	// lock knows: who chose them, and how to see whether they are right. What the
	// lock knows is for the caller to add. Sealed is as there.
	Unlike(cluster, print string, sealed []byte) *diag.Problem

	// Renewed is the outcome where others than before are sealed for.
	Renewed() Outcome

	// Seal gives the manifest of a Secret. Kept are values that are sealed
	// already; a backend that seals each for itself takes them over.
	Seal(s *Secret, kept map[string]string) ([]byte, error)

	// Values gives the ciphertext of each key of a manifest, nil where they are
	// not sealed one by one.
	Values(manifest []byte) map[string]string

	// Inspect says what is wrong with a manifest, as far as that can be told
	// without opening it.
	Inspect(file string, manifest []byte, want Shape) diag.Problems

	// Open gives the Secret in a manifest, where the backend has the keys.
	Open(cluster string, manifest []byte) (*Secret, error)
}

// A Shape is what is known of a sealed Secret beforehand. Items that are nil,
// and Labels or Annotations that are, say nothing.
type Shape struct {
	Cluster     string
	Namespace   string
	Name        string
	Type        string
	Labels      map[string]string
	Annotations map[string]string
	Items       []string // sorted
}

// Shape gives what a sealed manifest of the Secret has to show.
func (s *Secret) Shape() Shape {
	return Shape{
		Cluster: s.Cluster, Namespace: s.Namespace, Name: s.Name, Type: s.Type,
		Labels: s.Labels, Annotations: s.Annotations, Items: s.items(),
	}
}
