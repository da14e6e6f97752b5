package plan

import (
	"fmt"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/secrets"
)

// sealed plans the copies of what is sealed for a cluster. They come before the
// control plane, which looks for cacerts once, when it starts.
func (b *builder) sealed(c *mesh.Cluster) []Stage {
	var files []File
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
// none.
func (b *builder) tokens(c *mesh.Cluster) (keys []string, names map[string]any) {
	names = map[string]any{}
	if b.mesh.Spec.Secrets.Token == mesh.TokenRequest {
		return nil, names
	}
	generations := b.mesh.Tokens[c.Name]
	if len(generations) == 0 {
		generations = []int{1}
	}
	for _, n := range generations {
		key := "token"
		if n > 1 {
			key = fmt.Sprintf("token-%d", n)
		}
		keys, names[key] = append(keys, key), secrets.TokenSecret(n)
	}
	return keys, names
}
