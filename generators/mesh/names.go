package mesh

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/rule"
)

var (
	label     = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$`) // RFC 1123, as istioctl asks of --name
	subdomain = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$`)
	qualified = regexp.MustCompile(`^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$`)
)

const labelRule = "a DNS label has lower-case letters, digits and \"-\", at most 63, and starts and ends with a letter or digit"

const keyRule = "write a name of at most 63 letters, digits, \"-\", \"_\" and \".\", after an optional domain and \"/\""

// reserved are names that mean something as a folder: to kustomize's users, or
// to a file system somewhere.
var reserved = []string{"base", "components", "common", "kustomization", "con", "prn", "aux", "nul"}

var device = regexp.MustCompile(`^(com|lpt)[1-9]$`)

// names checks what becomes a name elsewhere: of folders, objects, registries.
func (c *checker) names() {
	m, s := c.mesh, &c.mesh.Spec
	c.checkLabel("metadata.name", m.Metadata.Name, "it names the mesh and is its ID where none is given")
	c.checkLabel("spec.istio.namespace", s.Istio.Namespace, "")
	c.checkOwn("spec.istio.namespace", s.Istio.Namespace)
	c.checkSubdomain("spec.istio.clusterDomain", s.Istio.ClusterDomain)
	c.checkSubdomain("spec.trustDomain", s.TrustDomain)
	c.checkLabel("spec.network", s.Network, "")
	if s.MeshID != m.Metadata.Name {
		c.checkLabel("spec.meshID", s.MeshID, "")
	}
	first := map[string]int{}
	for i := range s.Clusters {
		name, at := s.Clusters[i].Name, cluster(i)+".name"
		c.checkMeta(cluster(i)+".labels", s.Clusters[i].Labels)
		if name == "" {
			continue
		}
		switch {
		case name == "Kubernetes":
			c.report(rule.ClusterName, at, `"Kubernetes" is the name that Istio 1.4 and 1.5 give to the cluster of the control plane itself`, "a remote of that name would be taken for it", "name the cluster after its place or purpose")
			continue
		case slices.Contains(reserved, name) || device.MatchString(name):
			c.report(rule.ClusterName, at, fmt.Sprintf("%q cannot name a cluster", name), "the name becomes a folder, and this one means something to kustomize or to a file system", "choose another name")
		default:
			c.checkLabel(at, name, "the name becomes a folder, the key of the remote Secret and the cluster's ID in Istio")
		}
		if j, twice := first[name]; twice {
			c.report(rule.ClusterTwice, at, fmt.Sprintf("a second cluster is named %q", name), "the first is "+c.where(place{doc: c.doc}, cluster(j)+".name"), "give each cluster a name of its own")
			continue
		}
		first[name] = i
	}
}

// checkOwn refuses a namespace that is there before isthmus: what isthmus makes
// of it would change what runs in it.
func (c *checker) checkOwn(at, namespace string) {
	if namespace == "default" || strings.HasPrefix(namespace, "kube-") {
		c.report(rule.OwnNamespace, at, fmt.Sprintf("%q is a namespace of Kubernetes", namespace), "the mesh needs one of its own", `choose another, as in "istio-system"`)
	}
}

func (c *checker) checkLabel(at, name, why string) {
	if name == "" || label.MatchString(name) {
		return // an empty one is a default, or a problem of decoding
	}
	if why != "" {
		why += "; "
	}
	c.report(rule.Label, at, fmt.Sprintf("%q is not a DNS label", name), why+labelRule, suggest(name))
}

// suggest gives the label nearest to a name.
func suggest(name string) string {
	near := strings.Trim(strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r == '-':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		default:
			return '-'
		}
	}, name), "-")
	if label.MatchString(near) {
		return fmt.Sprintf("write %q", near)
	}
	return ""
}

func (c *checker) checkSubdomain(at, name string) {
	if len(name) > 253 || !subdomain.MatchString(name) {
		c.report(rule.Domain, at, fmt.Sprintf("%q is not a domain name", name), "", `write DNS labels joined by dots, as in "cluster.local"`)
	}
}

// checkMeta checks labels.
func (c *checker) checkMeta(at string, pairs map[string]string) {
	for _, key := range sortedKeys(pairs) {
		if what, fix := badLabel(key, pairs[key]); what != "" {
			c.report(rule.Meta, at, what, "", fix)
		}
	}
}

// badLabel says what keeps a pair from being a label, and what mends it.
func badLabel(key, value string) (what, fix string) {
	switch {
	case !metaKey(key):
		return fmt.Sprintf("%q is not the key of a label", key), keyRule
	case value != "" && !qualified.MatchString(value):
		return fmt.Sprintf("%q is not the value of a label", value), "write at most 63 letters, digits, \"-\", \"_\" and \".\", a letter or digit at both ends"
	default:
		return "", ""
	}
}

func metaKey(key string) bool {
	if domain, name, found := strings.Cut(key, "/"); found {
		return len(domain) <= 253 && subdomain.MatchString(domain) && qualified.MatchString(name)
	}
	return qualified.MatchString(key)
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
