package plan

import (
	"fmt"
	"slices"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/secrets"
)

// secrets plans what a control plane needs to be there when it starts, for it
// looks for it once: the copies of what is sealed for the cluster, the certificate
// that cert-manager makes, and what an external store holds of it.
func (b *builder) secrets(c *mesh.Cluster) []Stage {
	files := append(b.certificates(c), b.externalCACerts(c)...)
	annotations := map[string]string{}
	for key, value := range b.wave(c, StageSecrets) {
		annotations[key] = value.(string)
	}
	for i := range b.mesh.Sealed {
		if f := &b.mesh.Sealed[i]; f.Cluster == c.Name {
			files = append(files, File{Name: f.Name + ".yaml", Listed: true, Sealed: f, Annotate: annotations})
		}
	}
	if len(files) == 0 {
		return nil
	}
	return []Stage{{Name: StageSecrets, Files: files}}
}

// tokens gives the token Secrets of a cluster's reader by their keys: one and,
// while it is replaced, the next beside it. A token that is requested lies in
// none. One whose token is sealed stays whatever else is said: pruned, it would
// take the token with it that a control plane reads with.
func (b *builder) tokens(c *mesh.Cluster) (keys []string, names map[string]any) {
	names = map[string]any{}
	for _, n := range b.generations(c) {
		key := "token"
		if n > 1 {
			key = fmt.Sprintf("token-%d", n)
		}
		keys, names[key] = append(keys, key), secrets.TokenSecret(n)
	}
	return keys, names
}

// generations gives the numbers of these token Secrets, sorted.
func (b *builder) generations(c *mesh.Cluster) []int {
	generations := secrets.Used(b.mesh.Origins[c.Name])
	if b.mesh.Spec.Secrets.Token != mesh.TokenRequest {
		all := b.mesh.Tokens[c.Name]
		if len(all) == 0 {
			all = []int{1}
		}
		generations = append(generations, all...)
		slices.Sort(generations)
		generations = slices.Compact(generations)
	}
	return generations
}
