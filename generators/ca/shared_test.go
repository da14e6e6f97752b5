package ca

import (
	"crypto"
	"crypto/x509"
	"strings"
	"testing"
)

// TestSharedKeys: no two clusters sign with one key, and none with a root's, by
// whatever names, serial numbers and places the certificates have. Of each case the
// clusters are named that have to be issued for again.
func TestSharedKeys(t *testing.T) {
	f := forge{t}
	r, other := f.make("root", nil, f.key(), nil), f.make("other", nil, f.key(), nil)
	middle := f.make("middle", r, f.key(), nil)
	key, second := f.key(), f.key()
	east := f.of("east", f.make("one", r, key, nil), r)
	under := func(cluster string, key crypto.Signer, signers ...*entity) *Bundle {
		return f.of(cluster, append([]*entity{f.make(cluster, signers[0], key, nil)}, signers...)...)
	}
	named := func(cluster string, b *Bundle) *Bundle { is := *b; is.Cluster = cluster; return &is }
	for _, test := range []struct {
		name  string
		all   []*Bundle
		roots []*x509.Certificate
		want  string
	}{
		{"the same certificate", []*Bundle{east, named("west", east)}, nil, "west"},
		{"another certificate", []*Bundle{east, under("west", key, r)}, nil, "west"},
		{"under an intermediate", []*Bundle{east, under("west", key, middle, r)}, nil, "west"},
		{"under another root", []*Bundle{east, under("west", key, other)}, nil, "west"},
		{"of three, the first and the last", []*Bundle{east, under("north", second, r), under("west", key, r)}, nil, "west"},
		{"of three, all", []*Bundle{east, under("north", key, r), under("west", key, middle, r)}, nil, "north west"},
		{"two pairs", []*Bundle{east, under("north", second, r), under("west", key, r), under("south", second, r)}, nil, "west south"},
		{"its own root's", []*Bundle{f.of("east", f.make("one", r, r.key, nil), r)}, nil, "east"},
		{"the root itself", []*Bundle{f.of("east", r, r)}, nil, "east"},
		{"its root's, below an intermediate", []*Bundle{f.of("east", f.make("one", middle, r.key, nil), middle, r)}, nil, "east"},
		{"another cluster's root's", []*Bundle{f.of("east", f.make("one", r, other.key, nil), r), f.of("west", f.make("two", other, f.key(), nil), other)}, nil, "east"},
		{"a root's of the mesh, which the cluster does not have", []*Bundle{f.of("east", f.make("one", r, other.key, nil), r)}, []*x509.Certificate{r.cert, other.cert}, "east"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, finding := range Across(publics(test.all), test.roots) {
				if finding.Kind == SharedKey {
					if !finding.Stops() {
						t.Errorf("it does not stop: %s", finding.What)
					}
					got = append(got, finding.Cluster)
				}
			}
			if text := strings.Join(got, " "); text != test.want {
				t.Errorf("got %q, want %q", text, test.want)
			}
		})
	}
}
