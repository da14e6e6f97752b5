package ca

import (
	"bytes"
	"crypto/x509"
	"fmt"
	"slices"
	"strings"
	"time"
)

// CheckBundle holds a cluster's bundle to all that Check looks at, and to what
// only its key shows: that it is the certificate's, no root's, and that what it
// signs is accepted in the cluster itself and wherever else in the mesh. Among the
// others may be the cluster as it is now: its workloads trust the roots of before
// until each has renewed its certificate.
func (b *Bundle) CheckBundle(t Terms, others []*Public, now time.Time) []Finding {
	found := b.Check(t)
	add := func(kind Kind, what, why, fix string) {
		found = append(found, Finding{kind, b.Cluster, what, why, fix})
	}
	for _, root := range b.Roots {
		if b.key.is(root) {
			add(SharedKey, fmt.Sprintf("the private key is that of %s", subject(root)), "a root's key stays offline: whoever has it is every cluster", reissue(b.Cluster))
			return found
		}
	}
	if !b.key.is(b.Chain[0]) {
		add(WrongKey, fmt.Sprintf("the private key is not that of %s", subject(b.Chain[0])), "the control plane would not start", "give the two that were made together")
		return found
	}
	if len(found) > 0 {
		return found
	}
	for _, p := range others {
		if p.Cluster != b.Cluster {
			continue
		}
		if path, broken := p.path(); broken == "" && !slices.ContainsFunc(b.Roots, path[len(path)-1].Equal) {
			add(OtherRoots, fmt.Sprintf("%s, under which its workloads have their certificates, would not be trusted any more", subject(path[len(path)-1])), "those that have renewed theirs would refuse the others", comesNext)
		}
	}
	everywhere := append([]*Public{&b.Public}, others...)
	for _, leaf := range leaves(t, now) {
		signed, err := sign(leaf, b.Chain[0], b.key.signer)
		if err != nil {
			add(WrongKey, fmt.Sprintf("nothing can be signed with the key of %s", subject(b.Chain[0])), "", reissue(b.Cluster))
			return found
		}
		for i, group := range byRoots(everywhere) {
			err := accepted(signed, b.Chain, group[0].Roots, now)
			if err == nil {
				continue
			}
			what := fmt.Sprintf("a workload's certificate from here is refused in %s: %s", clusters(group), strings.TrimPrefix(err.Error(), "x509: "))
			if i == 0 { // with the bundle's own roots
				add(NoAuthority, what, "", reissue(b.Cluster))
			} else {
				add(OtherRoots, what, "workloads there trust the roots that they have", comesNext)
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	return found
}

// byRoots groups clusters by the roots that they trust, in the order in which
// they are given: what is signed somewhere is verified once for each group.
func byRoots(all []*Public) [][]*Public {
	var groups [][]*Public
	at := map[string]int{}
	for _, p := range all {
		key := rootsKey(p.Roots)
		if i, known := at[key]; known {
			groups[i] = append(groups[i], p)
			continue
		}
		at[key] = len(groups)
		groups = append(groups, []*Public{p})
	}
	return groups
}

// rootsKey is the same for the same roots in any order.
func rootsKey(roots []*x509.Certificate) string {
	prints := make([]string, len(roots))
	for i, root := range roots {
		prints[i] = Fingerprint(root)
	}
	return strings.Join(sorted(prints), " ")
}

// spki tells keys apart.
func spki(cert *x509.Certificate) string { return string(bytes.Clone(cert.RawSubjectPublicKeyInfo)) }

// clusters names those of a group: all of a few, and how many more.
func clusters(group []*Public) string {
	var names []string
	for _, p := range group {
		names = append(names, p.Cluster)
	}
	if len(names) > 3 {
		return fmt.Sprintf("%s and %d more clusters", strings.Join(names[:3], ", "), len(names)-3)
	}
	if len(names) == 1 {
		return "cluster " + names[0]
	}
	return "clusters " + strings.Join(names, ", ")
}
