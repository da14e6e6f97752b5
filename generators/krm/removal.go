package krm

import "slices"

// The phases of a removal, in order. What can refuse other objects goes first:
// a webhook that outlives what it points at refuses every pod of the namespaces
// that it selects. Custom resources go while the ones who act on them are still
// there, and CRDs and Namespaces go last, because they take with them whatever
// is left in them.
const (
	removeAdmission = iota
	removeCustom
	removeNamespaced
	removeClusterScoped
	removeDefinitions
	removeNamespaces
)

// SortRemoval puts objects that stand in the order of their installation into
// the order in which they can be deleted: webhooks, custom resources, what lies
// in a namespace, what lies in none, CRDs, Namespaces. Within each the last
// installed goes first.
func SortRemoval(objects []*Object) {
	slices.Reverse(objects)
	slices.SortStableFunc(objects, func(a, b *Object) int { return a.removal() - b.removal() })
}

// removal gives the phase in which an object is deleted.
func (id Identity) removal() int {
	switch rank := id.rank(); {
	case rank > len(installOrder):
		return removeAdmission
	case rank == len(installOrder):
		return removeCustom
	case id.Kind == "Namespace" && id.group() == "":
		return removeNamespaces
	case id.Kind == "CustomResourceDefinition":
		return removeDefinitions
	case id.Namespace == "":
		return removeClusterScoped
	default:
		return removeNamespaced
	}
}
