package ca

import (
	"crypto/x509"
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// lines gives findings as a person reads them, subjects of roots cut to R<n>.
func lines(found []Finding, roots ...*Root) []string {
	var all []string
	for _, f := range found {
		text := f.Cluster + ": " + f.What
		if f.Why != "" {
			text += "; " + f.Why
		}
		if f.Fix != "" {
			text += " | " + f.Fix
		}
		for i, r := range roots {
			text = strings.ReplaceAll(text, subject(r.Certificate), fmt.Sprintf("R%d", i))
		}
		all = append(all, text)
	}
	return all
}

// TestAcross: what is wrong between clusters is found and said in these words.
func TestAcross(t *testing.T) {
	f := forge{t}
	a, of := issued(t, P256, "east", "west", "north", "south", "middle")
	b, other := issued(t, P256, "west")
	both := []*x509.Certificate{a.Certificate, b.Certificate}
	r := f.make("root", nil, f.key(), nil)
	key := f.key()
	one, two := f.of("east", f.make("one", r, key, nil), r), f.of("west", f.make("two", r, key, nil), r)
	rooted := f.of("east", f.make("one", r, r.key, nil), r)
	numbered := func(cluster string) *Bundle {
		return f.of(cluster, f.make("one", r, f.key(), func(c *x509.Certificate) { c.SerialNumber = big.NewInt(7) }), r)
	}
	middle := f.make("middle", r, f.key(), nil)
	const stolen = "; who takes it from one has both, and neither can be replaced alone"
	const offline = "; a root's key stays offline: whoever has it is every cluster"
	const again = " | issue it again: isthmus ca issue "
	const unreachable = "; its workloads cannot reach theirs by mutual TLS | give all clusters one set of roots: isthmus ca issue "
	const rotate = "; isthmus ca rotate says how to go from one root to another"
	for _, tt := range []struct {
		name  string
		all   []*Bundle
		roots []*x509.Certificate
		want  []string
	}{
		{"one root", of, both[:1], nil},
		{"no roots of the mesh", of, nil, nil},
		{"two roots", []*Bundle{of[0], other[0]}, nil, []string{
			"east: R0, under which it signs, is not trusted in cluster west" + unreachable + "west" + rotate,
			"west: R1, under which it signs, is not trusted in cluster east" + unreachable + "east" + rotate,
		}},
		{"one against many", []*Bundle{of[0], of[2], of[3], of[4], other[0]}, nil, []string{
			"east: R0, under which it signs, is not trusted in cluster west" + unreachable + "west" + rotate,
			"north: R0, under which it signs, is not trusted in cluster west" + unreachable + "west" + rotate,
			"south: R0, under which it signs, is not trusted in cluster west" + unreachable + "west" + rotate,
			"middle: R0, under which it signs, is not trusted in cluster west" + unreachable + "west" + rotate,
			"west: R1, under which it signs, is not trusted in east, north, south and 1 more clusters" + unreachable + "east" + rotate,
		}},
		{"one way", []*Bundle{of[0], issue(t, b, "west", both...)}, nil, []string{
			"west: R1, under which it signs, is not trusted in cluster east" + unreachable + "east" + rotate,
		}},
		{"behind the mesh", []*Bundle{of[0], issue(t, a, "west", both...)}, both, []string{
			"east: it does not trust R1, unlike the mesh | isthmus ca rotate says what comes next",
		}},
		{"before the mesh", []*Bundle{issue(t, b, "east", both...)}, both[1:], []string{
			"east: it still trusts R0, unlike the mesh | isthmus ca rotate says what comes next",
		}},
		{"beside the mesh", []*Bundle{of[0]}, both[1:], []string{
			"east: it does not trust R1, and still trusts R0, unlike the mesh | isthmus ca rotate says what comes next",
		}},
		{"a shared key", []*Bundle{one, two}, nil, []string{"west: it signs with the key of cluster east" + stolen + again + "west"}},
		{"one intermediate for two", []*Bundle{one, func() *Bundle { b := *one; b.Cluster = "west"; return &b }()}, nil, []string{
			"west: it signs with the key of cluster east" + stolen + again + "west",
		}},
		{"one key for three", []*Bundle{one, two, func() *Bundle { b := *one; b.Cluster = "north"; return &b }()}, nil, []string{
			"west: it signs with the key of cluster east" + stolen + again + "west",
			"north: it signs with the key of cluster east" + stolen + again + "north",
		}},
		{"a root's key", []*Bundle{rooted}, nil, []string{"east: it signs with the key of a root" + offline + again + "east"}},
		{"the key of a root of the mesh", []*Bundle{f.of("east", f.make("one", r, middle.key, nil), r)}, []*x509.Certificate{f.make("x", nil, middle.key, nil).cert, r.cert}, []string{
			"east: it signs with the key of a root" + offline + again + "east",
			`east: it does not trust "CN=x,O=Test", unlike the mesh | isthmus ca rotate says what comes next`,
		}},
		{"the key of another's root", []*Bundle{
			f.of("east", f.make("one", r, f.key(), nil), r),
			f.of("west", f.make("two", middle, r.key, nil), middle, r),
		}, nil, []string{"west: it signs with the key of a root" + offline + again + "west"}},
		{"a serial number twice", []*Bundle{numbered("east"), numbered("west")}, nil, []string{
			"west: its certificate has the serial number of that of cluster east; an issuer numbers each certificate once, and revokes by number" + again + "west",
		}},
		{"a shared parent", []*Bundle{f.of("east", f.make("one", middle, f.key(), nil), middle, r), f.of("west", f.make("two", middle, f.key(), nil), middle, r)}, nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, lines(Across(publics(tt.all), tt.roots), a, b)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

// TestRefusedElsewhere: the leaf that a bundle signs is verified in the other
// clusters.
func TestRefusedElsewhere(t *testing.T) {
	a, of := issued(t, P256, "east", "west")
	b, other := issued(t, P256, "north", "south")
	got := lines(of[0].CheckBundle(terms, append(publics(of[1:]), publics(other)...), now), a, b)
	want := []string{"east: a workload's certificate from here is refused in clusters north, south: certificate signed by unknown authority; workloads there trust the roots that they have | isthmus ca rotate says what comes next"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}

// TestExpiry: the windows, to the second.
func TestExpiry(t *testing.T) {
	const day = 24 * time.Hour
	f := forge{t}
	const over, gone = "; no peer accepts what is under it", "; with it ends all that is under it"
	for _, tt := range []struct {
		left  time.Duration
		state State
		stops bool
		says  string
	}{
		{-day, Over, true, " ended on 2026-05-31" + over},
		{-time.Second, Over, true, " ended on 2026-06-01" + over},
		{0, Urgent, true, " ends on 2026-06-01, in 0 days" + gone},
		{day, Urgent, true, " ends on 2026-06-02, in 1 day" + gone},
		{29 * day, Urgent, true, " ends on 2026-06-30, in 29 days" + gone},
		{30*day - time.Second, Urgent, true, " ends on 2026-07-01, in 29 days" + gone},
		{30 * day, Urgent, true, " ends on 2026-07-01, in 30 days" + gone},
		{30*day + time.Second, Due, false, " ends on 2026-07-01, in 30 days"},
		{89 * day, Due, false, " ends on 2026-08-29, in 89 days"},
		{90*day - time.Second, Due, false, " ends on 2026-08-30, in 89 days"},
		{90 * day, Due, false, " ends on 2026-08-30, in 90 days"},
		{90*day + time.Second, Good, false, ""},
		{1000 * day, Good, false, ""},
	} {
		t.Run(tt.left.String(), func(t *testing.T) {
			ends := func(c *x509.Certificate) { c.NotBefore, c.NotAfter = now.Add(-2*day), now.Add(tt.left) }
			b := f.bundle("east", ends, ends)
			if got := StateOf(b.Chain[0], now); got != tt.state {
				t.Errorf("state %q, want %q", got, tt.state)
			}
			var own, root []string
			if tt.says != "" {
				own = []string{`east: "CN=intermediate east,O=Test"` + tt.says + " | issue it again: isthmus ca issue east"}
				root = []string{`: "CN=root,O=Test"` + tt.says + " | make the next one: isthmus ca rotate says how"}
			}
			found := b.Expiry(now)
			if tt.left == 1000*day {
				own = []string{`east: "CN=intermediate east,O=Test" is good for 2 years; a key that is in a cluster for longer than two years is one that nobody has practised to replace | issue it again: isthmus ca issue east`}
			}
			if diff := cmp.Diff(own, lines(found)); diff != "" {
				t.Errorf("of the intermediate (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(root, lines(RootExpiry(b.Roots, now))); diff != "" {
				t.Errorf("of the root (-want +got):\n%s", diff)
			}
			if len(found) > 0 && found[0].Stops() != tt.stops {
				t.Errorf("stops: %t, want %t", found[0].Stops(), tt.stops)
			}
		})
	}
	early := f.bundle("east", nil, func(c *x509.Certificate) { c.NotBefore = now.Add(time.Second) })
	want := []string{`east: "CN=intermediate east,O=Test" is good from 2026-06-01T12:00:01Z on; until then no peer accepts what is under it | see that the clock here is right, or wait`}
	if diff := cmp.Diff(want, lines(early.Expiry(now))); diff != "" || StateOf(early.Chain[0], now) != NotYet {
		t.Errorf("not yet good (-want +got):\n%s", diff)
	}
}
