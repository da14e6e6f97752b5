package ca

import (
	"crypto/x509"
	"slices"
	"time"
)

// A Phase is where a mesh stands on the way from one root to another. On that
// way every cluster accepts every other's workloads at each step, also while
// some clusters have taken it and others have not:
//
//	Steady      one root, trusted by all, signing for all
//	Spreading   a second root; clusters come to trust it, and sign under the old
//	Signing     all trust both; clusters come to sign under the new
//	Signed      all sign under the new, and wait until old workload certificates end
//	Dropping    one root again; clusters cease to trust the old
type Phase string

// The phases, in order.
const (
	Steady    Phase = "steady"
	Spreading Phase = "spreading"
	Signing   Phase = "signing"
	Signed    Phase = "signed"
	Dropping  Phase = "dropping"
)

// PhaseOf gives the phase, and the clusters that have not taken its step. The
// last of the roots is the one that the mesh is on the way to.
func PhaseOf(roots []*x509.Certificate, all []*Public) (Phase, []string) {
	var behind, stale []string
	next := roots[len(roots)-1]
	for _, p := range all {
		if !contains(p.Roots, roots) {
			behind = append(behind, p.Cluster)
		}
		if !sameSet(p.Roots, roots) || !p.under(next) {
			stale = append(stale, p.Cluster)
		}
	}
	switch {
	case len(roots) == 1 && len(stale) == 0:
		return Steady, nil
	case len(roots) == 1:
		return Dropping, stale
	case len(behind) > 0:
		return Spreading, behind
	case len(stale) > 0:
		return Signing, stale
	}
	return Signed, nil
}

// workloadLife is how long the certificate of a workload is good where nobody
// sets another time.
const workloadLife = 24 * time.Hour

// Renewed gives the moment at which every workload has a certificate from what
// the clusters sign with now.
func Renewed(all []*Public) time.Time {
	var last time.Time
	for _, p := range all {
		if made := p.Chain[0].NotBefore.Add(skew); made.After(last) {
			last = made
		}
	}
	return last.Add(workloadLife)
}

// Trusted gives the moment at which every workload trusts the next root, where the
// clusters do: it has renewed its certificate since its cluster had both roots
// beside it. A cluster that signs under the next one waited for that then.
func Trusted(next *x509.Certificate, all []*Public) time.Time {
	return Renewed(slices.DeleteFunc(slices.Clone(all), func(p *Public) bool { return p.under(next) }))
}

// under says whether a cluster signs under a root.
func (p *Public) under(root *x509.Certificate) bool {
	path, broken := p.path()
	return broken == "" && path[len(path)-1].Equal(root)
}

// A TransitionError says why a set of roots cannot follow another without an
// outage.
type TransitionError struct {
	What string
	Fix  string
}

func (e *TransitionError) Error() string { return e.What }

// Transition says whether the roots of a mesh may become others: each step adds
// roots or takes some away, and takes away none that a cluster signs under.
func Transition(from, to []*x509.Certificate, all []*Public) error {
	switch {
	case len(to) == 0:
		return &TransitionError{"no root would be left", "leave the one that the clusters sign under"}
	case contains(to, from):
		return nil
	case !contains(from, to):
		return &TransitionError{"a root would be replaced in one step: until every cluster has the new one, clusters with it and without refuse each other's workloads", "add the new root first, beside the old: isthmus ca rotate --start"}
	}
	var under []*Public
	for _, p := range all {
		if !slices.ContainsFunc(to, p.under) {
			under = append(under, p)
		}
	}
	if len(under) > 0 {
		verb := "signs"
		if len(under) > 1 {
			verb = "sign"
		}
		return &TransitionError{clusters(under) + " still " + verb + " under a root that would go", "issue them under the root that stays: isthmus ca issue"}
	}
	return nil
}
