// Package uninstall works out what takes a cluster out of its mesh: the inverse
// of what is rendered for it. Of is a pure function of the same plan and objects
// that are rendered, so what is deleted is what was applied; the Namespaces and
// CRDs, which take with them what others put there, are deleted on request only.
//
// What a release's own installer made is not known object by object. Its
// webhooks are deleted by name, because they refuse pods when what they point at
// is gone; the rest is a command of that installer, with the same profile.
package uninstall

import (
	"slices"

	"github.com/isthmus-mesh/isthmus/generators/krm"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/plan"
	"github.com/isthmus-mesh/isthmus/generators/render"
)

// The parts of a removal, in the order in which they are deleted. Each lies in
// clusters of its own, and one kubectl delete reaches one cluster.
const (
	PartControlPlane = "control-plane" // the remote Secret, where the control plane is
	PartCluster      = "cluster"       // what lies in the cluster itself
	PartHub          = "hub"           // the releases that the hub's Flux has of it
)

// Options say what is deleted besides.
type Options struct {
	Namespaces bool // the Namespaces, with all that is in them
	CRDs       bool // the CRDs of the release, with all of their objects in the cluster
	Sealed     bool // a remote Secret of the cluster lies in Git, sealed
}

// A Removal is what takes one cluster out of its mesh.
type Removal struct {
	Cluster string
	Parts   []Part // those that there are, in order
	Steps   []Step // what a person does, the parts among it, in order
}

// A Part is what is deleted in one cluster, or alike in several.
type Part struct {
	Name     string
	Clusters []string
	Objects  []*krm.Object // in the order of removal; each is its identity alone
}

// Of works out the removal of a cluster: c is its plan, made its objects.
func Of(m *mesh.Mesh, c plan.Cluster, made *render.Cluster, o Options) (*Removal, error) {
	r := &remover{spec: &m.Spec, plan: c, made: made, options: o}
	for i := range m.Spec.Clusters {
		if cl := &m.Spec.Clusters[i]; cl.Name == c.Name {
			r.cluster = cl
		} else if cl.ControlPlane != nil {
			r.readers = append(r.readers, cl.Name)
		}
	}
	all := &Removal{Cluster: c.Name}
	add := func(name string, clusters []string, ids []krm.Identity) error {
		if len(ids) == 0 || len(clusters) == 0 {
			return nil
		}
		objects, err := named(ids)
		all.Parts = append(all.Parts, Part{name, clusters, objects})
		return err
	}
	if err := add(PartControlPlane, r.readers, []krm.Identity{remoteSecret(m.Spec.Istio.Namespace, c.Name)}); err != nil {
		return nil, err
	}
	if err := add(PartCluster, []string{c.Name}, r.own()); err != nil {
		return nil, err
	}
	if err := add(PartHub, []string{m.Spec.Delivery.Flux.Hub.Cluster}, r.onHub()); err != nil {
		return nil, err
	}
	all.Steps = r.steps(all.Parts)
	return all, nil
}

// A remover gathers what is known of a cluster that goes.
type remover struct {
	spec    *mesh.Spec
	cluster *mesh.Cluster
	plan    plan.Cluster
	made    *render.Cluster
	options Options
	readers []string // the clusters whose control plane reads this one
}

// remoteSecret gives the Secret through which a control plane reads a cluster,
// under the name that istioctl gives it.
func remoteSecret(namespace, cluster string) krm.Identity {
	return krm.Identity{APIVersion: "v1", Kind: "Secret", Namespace: namespace, Name: "istio-remote-secret-" + cluster}
}

// own lists what lies in the cluster, in the order of installation: the CRDs,
// what is rendered, the webhooks.
func (r *remover) own() []krm.Identity {
	var ids []krm.Identity
	if r.options.CRDs {
		ids = r.definitions()
	}
	for _, o := range r.made.Listed() {
		if o.Kind == "Namespace" && !r.deletes(o.Name) {
			continue
		}
		ids = append(ids, o.Identity)
	}
	return append(ids, r.webhooks()...)
}

// deletes says whether a Namespace goes. Kubernetes keeps default for ever, and
// refuses the request.
func (r *remover) deletes(namespace string) bool {
	return r.options.Namespaces && namespace != "default"
}

// onHub lists what the hub's Flux applies to itself.
func (r *remover) onHub() []krm.Identity {
	var ids []krm.Identity
	for i, stage := range r.plan.Stages {
		for j, f := range stage.Files {
			if !stage.Hub || !f.Listed {
				continue
			}
			for _, o := range r.made.Stages[i][j] {
				ids = append(ids, o.Identity)
			}
		}
	}
	return ids
}

// named gives objects that say no more than which ones are meant, sorted for
// removal.
func named(ids []krm.Identity) ([]*krm.Object, error) {
	var objects []*krm.Object
	for _, id := range ids {
		meta := map[string]any{"name": id.Name}
		if id.Namespace != "" {
			meta["namespace"] = id.Namespace
		}
		o, err := krm.NewObject(map[string]any{"apiVersion": id.APIVersion, "kind": id.Kind, "metadata": meta})
		if err != nil {
			return nil, err
		}
		objects = append(objects, o)
	}
	krm.SortRemoval(objects)
	return slices.Clip(objects), nil
}
