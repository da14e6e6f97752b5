// Package generators maps the packages that turn a mesh.yaml into overlays, in
// the order in which data passes through them. None of them is an API for
// other programs: they change together with the command.
//
//	diag      how anything wrong with the input is said
//	rule      the static checks by name: code, severity, reason, example, page
//	strict    YAML read into Go values, every problem with its position
//	plaintext secrets that lie in the clear, wherever they hide
//	mesh      the Mesh: loaded, defaulted and checked, or not at all
//	plan      what each cluster needs, decided here and only here
//	render    Jsonnet shapes what the plan decided
//	krm       objects: identity, order, encoding; the KRM function's wire format
//	delivery  kustomizations, and which file of an overlay holds what
//	tree      a set of files: compared, committed, pruned
//	seal      Secrets kept sealed, and never sealed twice
//	secrets   the credentials with which control planes read the others
//	ca        the certificates of a mesh: made, checked, walked from one root to the next
//	revision  folders of a Git revision, without a checkout
//	review    what a change does: compared, grouped, explained, and written
//	sarif     what was found, for code hosts
//	uninstall the inverse of what is rendered for a cluster
//	verify    the checks that need clusters: asked of API servers, or as a script
//	graph     the mesh, or a change of it, as a picture
//	explain   where a rendered field comes from, and what a line reaches
//	cluster   where a control plane is reached, by what its own cluster says
//	refresh   the addresses of a control plane changed in the text of a mesh.yaml
package generators
