package ca

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"fmt"
	"time"
)

// Lifetimes where nobody names one.
const (
	RootLifetime         = 10 * 365 * 24 * time.Hour
	IntermediateLifetime = 2 * 365 * 24 * time.Hour
)

// skew is how far the clock of a cluster may be behind the clock here.
const skew = time.Hour

// A Root is the certificate that a mesh trusts, and its key.
type Root struct {
	Certificate *x509.Certificate
	key         privateKey
}

// NewRoot makes a root that is good from now on.
func NewRoot(algorithm Algorithm, lifetime time.Duration, now time.Time) (*Root, error) {
	key, err := algorithm.generate()
	if err != nil {
		return nil, err
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(public)
	template := &x509.Certificate{
		// A name of its own: while one root takes over from another, both are
		// trusted, and a verifier finds the issuer by its name.
		Subject:               pkix.Name{Organization: []string{"Istio"}, CommonName: "Root CA " + hex.EncodeToString(sum[:8])},
		NotBefore:             now.Add(-skew),
		NotAfter:              now.Add(lifetime),
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              usage(key),
	}
	// A serial number of 20 random bytes and the two key identifiers are
	// CreateCertificate's own doing.
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	return &Root{cert, privateKey{key}}, err
}

// A Cluster is what an intermediate is made for.
type Cluster struct {
	Name        string
	Namespace   string // Istio's
	TrustDomain string
	Old         bool // 1.4 and 1.5
}

// An OutlivesError says that an intermediate would be good for longer than its
// root is.
type OutlivesError struct {
	Root   time.Time // its last moment
	Wanted time.Time
}

func (e *OutlivesError) Error() string {
	return fmt.Sprintf("it would end on %s, and its root ends on %s", day(e.Wanted), day(e.Root))
}

// Issue makes an intermediate for a cluster, with a key of its own, and gives
// the bundle that the cluster signs with. Roots are those that the mesh trusts,
// this one among them.
func (r *Root) Issue(c Cluster, roots []*x509.Certificate, algorithm Algorithm, lifetime time.Duration, now time.Time) (*Bundle, error) {
	if !contains(roots, []*x509.Certificate{r.Certificate}) {
		return nil, fmt.Errorf("the mesh does not trust this root")
	}
	if ends := now.Add(lifetime); ends.After(r.Certificate.NotAfter) {
		return nil, &OutlivesError{r.Certificate.NotAfter, ends}
	}
	key, err := algorithm.generate()
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		Subject:               pkix.Name{Organization: []string{"Istio"}, CommonName: "Intermediate CA", Locality: []string{c.Name}},
		NotBefore:             now.Add(-skew),
		NotAfter:              now.Add(lifetime),
		IsCA:                  true,
		BasicConstraintsValid: true,
		MaxPathLenZero:        true, // it signs workloads, and no further CA
		KeyUsage:              usage(key),
	}
	c.name(template)
	der, err := x509.CreateCertificate(rand.Reader, template, r.Certificate, key.Public(), r.key.signer)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, err
	}
	b := &Bundle{Public: Public{Cluster: c.Name, Chain: []*x509.Certificate{cert, r.Certificate}, Roots: roots}, key: privateKey{key}}
	return b, nil
}
