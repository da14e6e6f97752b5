package plan

import (
	"maps"
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/ca"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/seal"
	"github.com/isthmus-mesh/isthmus/generators/secrets"
)

// externalEntry is the entry point that makes ExternalSecrets.
const externalEntry = "external.jsonnet"

// externalCACerts plans what the control plane of a cluster signs with, where an
// external store holds it.
func (b *builder) externalCACerts(c *mesh.Cluster) []File {
	s := &b.mesh.Spec
	if s.Security.Certificates != mesh.Plugged || !s.Signs(c) || !b.asked(c.Name, mesh.CACerts) {
		return nil
	}
	form := ca.Plugged
	if b.put(c.Name, mesh.CACerts).Type == string(ca.TLS) {
		form = ca.TLS
	}
	return []File{b.externalSecret(c, StageSecrets, seal.Shape{
		Cluster: c.Name, Namespace: s.Istio.Namespace, Name: mesh.CACerts, Type: string(form), Items: slices.Sorted(slices.Values(form.Keys())),
	})}
}

// remotes plans what a control plane reads the other clusters with, where an
// external store holds it. It comes last: an entry is there only after the cluster
// that is read has made its token, and of two control planes each would wait for
// the other's. A control plane looks for these Secrets all the time.
func (b *builder) remotes(c *mesh.Cluster) []Stage {
	var files []File
	for _, want := range secrets.Wanted(&b.mesh.Spec) {
		remote := strings.TrimPrefix(want.Name, seal.RemotePrefix)
		if want.Cluster == c.Name && b.asked(c.Name, want.Name) && !b.removed(remote) {
			want.Type = "Opaque"
			files = append(files, b.externalSecret(c, StageRemotes, want))
		}
	}
	if len(files) == 0 {
		return nil
	}
	return []Stage{{Name: StageRemotes, Files: files}}
}

// removed says whether nobody is to read a cluster any more: one that is active
// again is read again.
func (b *builder) removed(remote string) bool {
	return b.mesh.Removed[remote] && slices.ContainsFunc(b.mesh.Spec.Clusters, func(c mesh.Cluster) bool { return c.Name == remote && c.State == mesh.Leaving })
}

// asked says whether a store is asked for a Secret: not while it lies sealed, for
// two objects would fight over one Secret.
func (b *builder) asked(cluster, name string) bool {
	return b.mesh.Spec.Secrets.Backend == mesh.External && !slices.ContainsFunc(b.mesh.Sealed, func(f seal.File) bool { return f.Cluster == cluster && f.Name == name })
}

// put gives what is known of an entry, nothing where it lies elsewhere now.
func (b *builder) put(cluster, name string) seal.Put {
	entry := seal.Entry(cluster, name)
	if p := b.mesh.Puts[entry]; p.At(b.mesh.Spec.Place(), entry) {
		return p
	}
	return seal.Put{}
}

// PutAnnotation is where a Secret that is made of an entry says what was put there
// when it was made. The operator writes it together with what the store gave it
// (external-secrets 1.3.2, externalsecret_controller_template.go).
const PutAnnotation = "isthmus.dev/put"

// externalSecret plans the ExternalSecret that makes a Secret. Where it is known
// what was put, that stands in it, so that another content is asked for at once and
// not with the next refresh, and in the Secret once it is taken.
func (b *builder) externalSecret(c *mesh.Cluster, stage string, want seal.Shape) File {
	store := b.mesh.Spec.Secrets.External.Store
	annotations := maps.Clone(want.Annotations)
	if p := b.put(want.Cluster, want.Name); p.Tag != "" {
		if annotations == nil {
			annotations = map[string]string{}
		}
		annotations[PutAnnotation] = p.Tag[:min(16, len(p.Tag))]
	}
	unit := b.unit(externalEntry, map[string]any{
		"name": want.Name, "namespace": want.Namespace, "annotations": b.wave(c, stage),
		"store":  map[string]any{"kind": string(store.Kind), "name": store.Name},
		"entry":  b.mesh.Spec.Place().Key(seal.Entry(want.Cluster, want.Name)),
		"items":  anyList(want.Items),
		"secret": map[string]any{"type": want.Type, "labels": anyMap(want.Labels), "annotations": anyMap(annotations)},
	})
	return File{Name: want.Name + ".yaml", Listed: true, Picks: []Pick{{unit, []string{want.Name}}}}
}

// asksStore says whether a stage has ExternalSecrets.
func (b *builder) asksStore(stage Stage) bool {
	return slices.ContainsFunc(stage.Files, func(f File) bool {
		return slices.ContainsFunc(f.Picks, func(p Pick) bool { return b.plan.Units[p.Unit].Entry == externalEntry })
	})
}
