// Package plan decides what each cluster of a mesh needs. It is the only place
// that does: Jsonnet shapes what is decided here, and nothing after it chooses.
// Of is a pure function of the Mesh.
//
// A plan names units: evaluations of the Jsonnet library whose results any
// number of clusters share. No unit that is shared names the cluster that it
// goes to, so the work grows with the services plus the clusters, not with
// their product.
package plan

import (
	"fmt"
	"slices"

	"github.com/fluxcd/pkg/apis/kustomize"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/seal"
)

// A Plan is what all its clusters need.
type Plan struct {
	Mesh     string // the mesh's name
	Units    []Unit
	Clusters []Cluster
}

// A Unit is one evaluation of the Jsonnet library: an entry point and its
// argument. It makes objects under keys; under a key that starts with "values"
// it makes the values of a chart, which are no Kubernetes object.
type Unit struct {
	Entry string // the file's name in the library
	Args  map[string]any
}

// A Role is what a cluster is to the control plane.
type Role string

const (
	Primary Role = "primary" // runs the control plane
	Remote  Role = "remote"
)

// A Cluster is one cluster's overlay: its stages in the order in which they are
// applied.
type Cluster struct {
	Name     string
	Role     Role
	Retiring bool // the cluster is leaving: its overlay may be dropped next
	Binding  Binding
	Stages   []Stage
	Delivery []File // what makes an engine sync the stages; named from the root
	Patches  []Patch
	Decided  map[string]string // keys of values that no patch may change, with the field that decides each
}

// A Patch changes objects of one cluster, by the rules of kustomize.
type Patch struct {
	kustomize.Patch
	Pos  diag.Position // in mesh.yaml
	Path string
}

// The stages, in order. Each becomes one kustomization, because whoever applies
// them must wait between two of them.
const (
	StageNamespaces   = "namespaces"
	StageSecrets      = "secrets"
	StageControlPlane = "control-plane"
	StageReleases     = "releases"     // HelmReleases that a hub's Flux applies to itself
	StageIstioConfig  = "istio-config" // what needs the CRDs of the control plane
	StageServices     = "services"
	StageRemotes      = "remotes" // what is asked of an external store for the control plane, which may not be there yet
)

// A Stage is what is applied together.
type Stage struct {
	Name  string
	Hub   bool // applied to the hub, and so no part of the cluster's own kustomization
	Files []File
}

// Listed says whether any file of the stage is listed in its kustomization.
func (s Stage) Listed() bool {
	return slices.ContainsFunc(s.Files, func(f File) bool { return f.Listed })
}

// A File is one file of a stage.
type File struct {
	Name     string
	Listed   bool              // false for a file that istioctl or Helm reads, which no kustomization lists
	Use      string            // the command that takes a file that is not listed, up to the file's path; "" where an engine does
	Sealed   *seal.File        // the file is a copy of this one, and has no picks
	Annotate map[string]string // is set on the sealed object
	InOrder  bool              // the objects stay in the order of the picks, where installing has no order
	Picks    []Pick
}

// A Pick chooses objects of a unit by their keys.
type Pick struct {
	Unit int
	Keys []string
}

// Objects counts the objects of the file.
func (f File) Objects() int {
	if f.Sealed != nil {
		return 1
	}
	n := 0
	for _, p := range f.Picks {
		n += len(p.Keys)
	}
	return n
}

// Of plans the named clusters of a mesh, or all where none is named. A name
// that the mesh does not have is an error.
func Of(m *mesh.Mesh, names ...string) (*Plan, error) {
	b := &builder{mesh: m, plan: &Plan{Mesh: m.Metadata.Name}, units: map[string]int{}}
	for _, name := range names {
		if !slices.ContainsFunc(m.Spec.Clusters, func(c mesh.Cluster) bool { return c.Name == name }) {
			return nil, fmt.Errorf("the mesh has no cluster %q", name)
		}
	}
	services, decided := b.group(), m.Spec.Decided()
	for i := range m.Spec.Clusters {
		c := &m.Spec.Clusters[i]
		if len(names) > 0 && !slices.Contains(names, c.Name) {
			continue
		}
		role := Remote
		if c.ControlPlane != nil {
			role = Primary
		}
		stages := slices.Concat(
			[]Stage{b.istioNamespace(c)},
			b.secrets(c),
			b.controlPlane(c),
			b.istioConfig(c),
			b.services(c, services),
			b.remotes(c),
		)
		b.plan.Clusters = append(b.plan.Clusters, Cluster{
			Name: c.Name, Role: role, Retiring: c.State == mesh.Leaving, Binding: b.binding(c),
			Stages: stages, Delivery: b.delivery(c, stages), Patches: b.patches(i), Decided: decided,
		})
	}
	return b.plan, distinct(b.plan)
}

// A builder gathers units while clusters are planned.
type builder struct {
	mesh  *mesh.Mesh
	plan  *Plan
	units map[string]int
}

// unit gives the index of a unit, the same for equal arguments.
func (b *builder) unit(entry string, args map[string]any) int {
	// fmt prints maps in the order of their keys.
	return b.shared(fmt.Sprintf("%s %#v", entry, args), entry, func() map[string]any { return args })
}

// shared gives the index of the unit known under key, whose arguments are made
// only once.
func (b *builder) shared(key, entry string, args func() map[string]any) int {
	if i, known := b.units[key]; known {
		return i
	}
	b.plan.Units = append(b.plan.Units, Unit{entry, args()})
	b.units[key] = len(b.plan.Units) - 1
	return b.units[key]
}

// patches gives the patches of a cluster, each with where it was written.
func (b *builder) patches(cluster int) []Patch {
	var all []Patch
	for i, p := range b.mesh.Spec.Clusters[cluster].Patches {
		path := fmt.Sprintf("spec.clusters[%d].patches[%d]", cluster, i)
		patch := Patch{Patch: kustomize.Patch{Patch: p.Patch}, Pos: b.mesh.Pos(path), Path: path}
		if t := p.Target; t != nil {
			patch.Target = &kustomize.Selector{
				Group: t.Group, Version: t.Version, Kind: t.Kind, Namespace: t.Namespace, Name: t.Name,
				AnnotationSelector: t.AnnotationSelector, LabelSelector: t.LabelSelector,
			}
		}
		all = append(all, patch)
	}
	return all
}
