package mesh

import (
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/isthmus-mesh/isthmus/generators/rule"
	"github.com/isthmus-mesh/isthmus/generators/seal"
)

// entryPrefix is what may stand before the name of an entry: it becomes an
// argument of the program that puts the entry, so it looks like no flag, and part
// of a path, so it leads nowhere else.
var entryPrefix = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9][-A-Za-z0-9_./]{0,199}$`) })

// external checks where an external store keeps credentials.
func (c *checker) external() {
	const at = "spec.secrets.external"
	s := &c.mesh.Spec.Secrets
	if s.Backend != External {
		if c.doc.Has(at) {
			c.report(rule.NotExternal, at, fmt.Sprintf("backend: %s asks no store for anything", s.Backend), "", "write backend: external, or remove it")
		}
		return
	}
	if s.External.Store.Name == "" {
		c.report(rule.Required, at+".store.name", "is missing", "the operator of external-secrets asks that store", "name the store that each cluster with a control plane has")
	} else {
		c.checkSubdomain(at+".store.name", s.External.Store.Name)
	}
	prefix := s.External.Prefix
	dots := strings.Contains("/"+prefix+"/", "/./") || strings.Contains("/"+prefix+"/", "/../") || strings.Contains(prefix, "//")
	if !entryPrefix().MatchString(prefix) || dots {
		c.report(rule.Malformed, at+".prefix", fmt.Sprintf("%q cannot stand before the name of an entry", prefix), `it is letters, digits, "-", "_", "." and single "/", with a letter or digit first`, `write it as "mesh/" or "mesh-"`)
	}
}

// Place gives where an external store keeps credentials, nil where the backend is
// another.
func (s *Spec) Place() *seal.Place {
	if s.Secrets.Backend != External {
		return nil
	}
	e := &s.Secrets.External
	return &seal.Place{Store: string(e.Store.Kind) + "/" + e.Store.Name, Prefix: e.Prefix}
}
