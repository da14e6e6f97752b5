package ca

import (
	"crypto/x509"
	"fmt"
	"slices"
	"strings"
)

func sorted(names []string) []string {
	slices.Sort(names)
	return names
}

// Across holds the certificates of all clusters against each other, and against
// the roots of the mesh; these may be nil where nobody keeps them here.
func Across(all []*Public, roots []*x509.Certificate) []Finding {
	return slices.Concat(acceptance(all), keys(all, roots), behind(all, roots))
}

// acceptance finds clusters that do not trust what others sign under. A chain is
// verified once for each set of roots.
func acceptance(all []*Public) []Finding {
	var found []Finding
	groups := byRoots(all)
	for _, p := range all {
		path, broken := p.path()
		if broken != "" {
			continue // said by Check
		}
		root := path[len(path)-1]
		for _, group := range groups {
			if !slices.ContainsFunc(group[0].Roots, root.Equal) {
				found = append(found, Finding{
					OtherRoots, p.Cluster,
					fmt.Sprintf("%s, under which it signs, is not trusted in %s", subject(root), clusters(group)),
					"its workloads cannot reach theirs by mutual TLS",
					fmt.Sprintf("give all clusters one set of roots: isthmus ca issue %s; isthmus ca rotate says how to go from one root to another", group[0].Cluster),
				})
			}
		}
	}
	return found
}

// keys finds keys that are in two places, and certificates that cannot be told
// apart.
func keys(all []*Public, roots []*x509.Certificate) []Finding {
	var found []Finding
	owner := map[string]string{}
	for _, root := range roots {
		owner[spki(root)] = ""
	}
	for _, p := range all {
		for _, root := range p.Roots {
			owner[spki(root)] = ""
		}
	}
	serials := map[string]*Public{}
	for _, p := range all {
		cert := p.Chain[0]
		other, taken := owner[spki(cert)]
		switch {
		case taken && other == "":
			found = append(found, Finding{SharedKey, p.Cluster, "it signs with the key of a root", "a root's key stays offline: whoever has it is every cluster", reissue(p.Cluster)})
		case taken:
			found = append(found, Finding{SharedKey, p.Cluster, fmt.Sprintf("it signs with the key of cluster %s", other), "who takes it from one has both, and neither can be replaced alone", reissue(p.Cluster)})
		default:
			owner[spki(cert)] = p.Cluster
			serial := cert.SerialNumber.String() + " " + string(cert.RawIssuer)
			if same := serials[serial]; same != nil {
				found = append(found, Finding{SharedKey, p.Cluster, fmt.Sprintf("its certificate has the serial number of that of cluster %s", same.Cluster), "an issuer numbers each certificate once, and revokes by number", reissue(p.Cluster)})
			}
			serials[serial] = p
		}
	}
	return found
}

// behind finds clusters whose roots are not those of the mesh: in the midst of a
// rotation, or forgotten by one.
func behind(all []*Public, roots []*x509.Certificate) []Finding {
	var found []Finding
	if roots == nil {
		return nil
	}
	for _, p := range all {
		if sameSet(p.Roots, roots) {
			continue
		}
		var differs []string
		for _, root := range roots {
			if !slices.ContainsFunc(p.Roots, root.Equal) {
				differs = append(differs, "does not trust "+subject(root))
			}
		}
		for _, root := range p.Roots {
			if !slices.ContainsFunc(roots, root.Equal) {
				differs = append(differs, "still trusts "+subject(root))
			}
		}
		found = append(found, Finding{
			RootsBehind, p.Cluster,
			"it " + strings.Join(differs, ", and ") + ", unlike the mesh",
			"", comesNext,
		})
	}
	return found
}
