// Package cluster says where a control plane is reached by what its own cluster
// tells: which objects to ask for, by the release and by how the mesh exposes it,
// and what the answers mean.
//
// It promises to ask for objects by name or label and for nothing else, so that
// get and list on pods and Services are all that it needs; and to give no address
// that mesh.yaml could not hold. It opens no connection: whoever calls it brings
// the way to ask.
package cluster
