package ca

import (
	"crypto/x509"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestRotation walks from one root to the next, cluster by cluster, as isthmus
// ca rotate does. After each single change every cluster's workloads are
// accepted by every other, nothing that is found would stop a bundle, and the
// phase is the next one.
func TestRotation(t *testing.T) {
	names := []string{"east", "west", "north"}
	a, all := issued(t, P256, names...)
	b, err := NewRoot(P384, RootLifetime, now)
	if err != nil {
		t.Fatal(err)
	}
	roots := []*x509.Certificate{a.Certificate}
	var walked []string
	look := func() {
		t.Helper()
		for i, from := range all {
			others := publics(slices.Concat(all[:i], all[i+1:]))
			for _, f := range from.CheckBundle(terms, others, now) {
				t.Errorf("%s: %s", f.Cluster, f.What)
			}
		}
		for _, f := range Across(publics(all), roots) {
			if f.Stops() {
				t.Errorf("%s: %s", f.Cluster, f.What)
			}
		}
		phase, left := PhaseOf(roots, publics(all))
		walked = append(walked, fmt.Sprint(phase, left))
	}
	to := func(next ...*x509.Certificate) {
		t.Helper()
		if err := Transition(roots, next, publics(all)); err != nil {
			t.Fatal(err)
		}
		roots = next
		look()
	}
	issueAll := func(root *Root) {
		t.Helper()
		for i, name := range names {
			next := issue(t, root, name, roots...)
			// Its workloads take the new roots one after the other.
			for _, f := range next.CheckBundle(terms, publics(all), now) {
				t.Errorf("%s, with those of before: %s", f.Cluster, f.What)
			}
			all[i] = next
			look()
		}
	}
	look()
	to(a.Certificate, b.Certificate)
	issueAll(a)
	issueAll(b)
	to(b.Certificate)
	issueAll(b)
	want := []string{
		"steady[]",
		"spreading[east west north]", "spreading[west north]", "spreading[north]", "signing[east west north]",
		"signing[west north]", "signing[north]", "signed[]",
		"dropping[east west north]", "dropping[west north]", "dropping[north]", "steady[]",
	}
	if diff := cmp.Diff(want, walked); diff != "" {
		t.Errorf("phases (-want +got):\n%s", diff)
	}
}

// TestTrusted: the next root waits for the workloads of those that sign under the
// old one, and not for those that waited themselves.
func TestTrusted(t *testing.T) {
	old, _ := issued(t, P256)
	next, err := NewRoot(P256, RootLifetime, now)
	if err != nil {
		t.Fatal(err)
	}
	made := func(root *Root, name string, ago time.Duration) *Bundle {
		b, err := root.Issue(Cluster{Name: name, Namespace: "istio-system", TrustDomain: "cluster.local"}, []*x509.Certificate{old.Certificate, next.Certificate}, P256, IntermediateLifetime, now.Add(-ago))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for _, test := range []struct {
		name string
		all  []*Bundle
		want time.Duration // from now on
	}{
		{"the last under the old root", []*Bundle{made(old, "east", 30*time.Hour), made(old, "west", 23*time.Hour)}, time.Hour},
		{"one that waited", []*Bundle{made(old, "east", 25*time.Hour), made(next, "west", 0)}, -time.Hour},
	} {
		if got := Trusted(next.Certificate, publics(test.all)); !got.Equal(now.Add(test.want)) {
			t.Errorf("%s: %s, want %s", test.name, got, now.Add(test.want))
		}
	}
	if at := Trusted(next.Certificate, publics([]*Bundle{made(next, "east", 0)})); now.Before(at) {
		t.Errorf("nobody is left to wait for, until %s", at)
	}
}

// TestTransition: roots come before they are signed under, and go after.
func TestTransition(t *testing.T) {
	a, under := issued(t, P256, "east", "west", "north", "south", "middle")
	b, after := issued(t, P256, "east", "west")
	c, _ := issued(t, P256)
	A, B, C := a.Certificate, b.Certificate, c.Certificate
	set := func(some ...*x509.Certificate) []*x509.Certificate { return some }
	const swap = "a root would be replaced in one step: until every cluster has the new one, clusters with it and without refuse each other's workloads"
	for _, tt := range []struct {
		name     string
		from, to []*x509.Certificate
		all      []*Bundle
		want     string
	}{
		{"the first", nil, set(A), nil, ""},
		{"none left", set(A), nil, under, "no root would be left"},
		{"the same", set(A, B), set(B, A), under, ""},
		{"added", set(A), set(A, B), under, ""},
		{"the old goes", set(A, B), set(B), after, ""},
		{"the new goes again", set(A, B), set(A), under, ""},
		{"replaced", set(A), set(B), under, swap},
		{"replaced before anybody signs", set(A), set(B), nil, swap},
		{"one for another", set(A, B), set(B, C), after, swap},
		{"too early for one", set(A, B), set(B), append(under[2:3:3], after...), "cluster north still signs under a root that would go"},
		{"too early for all", set(A, B), set(B), under, "east, west, north and 2 more clusters still sign under a root that would go"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			if err := Transition(tt.from, tt.to, publics(tt.all)); err != nil {
				got = err.Error()
			}
			if got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

// TestItself: what a cluster signs under next is held against the roots that its
// own workloads have, also where no other cluster signs.
func TestItself(t *testing.T) {
	_, all := issued(t, P256, "east")
	b, err := NewRoot(P256, RootLifetime, now)
	if err != nil {
		t.Fatal(err)
	}
	next := issue(t, b, "east", all[0].Roots[0], b.Certificate)
	found := next.CheckBundle(terms, publics(all), now)
	if len(found) != 1 || found[0].Kind != OtherRoots || found[0].Fix != "isthmus ca rotate says what comes next" {
		t.Errorf("found %+v", found)
	}
	only := issue(t, b, "east", b.Certificate)
	both := &Public{Cluster: "east", Chain: all[0].Chain, Roots: next.Roots}
	found = only.CheckBundle(terms, []*Public{both}, now)
	if len(found) != 1 || found[0].Kind != OtherRoots || found[0].Fix != "isthmus ca rotate says what comes next" {
		t.Errorf("a root goes too early: found %+v", found)
	}
	again := issue(t, b, "east", b.Certificate)
	if found := again.CheckBundle(terms, publics([]*Bundle{next}), now); len(found) > 0 {
		t.Errorf("under a root that it trusts: %+v", found)
	}
}

// TestRenewed: the last certificate counts, and a day from when it was made.
func TestRenewed(t *testing.T) {
	f := forge{t}
	made := func(at time.Time) *Bundle {
		return f.bundle("east", nil, func(c *x509.Certificate) { c.NotBefore = at.Add(-time.Hour) })
	}
	all := publics([]*Bundle{made(now.AddDate(0, 0, -3)), made(now), made(now.AddDate(0, 0, -2))})
	if got, want := Renewed(all), now.Add(24*time.Hour); !got.Equal(want) {
		t.Errorf("got %s, want %s", got, want)
	}
}
