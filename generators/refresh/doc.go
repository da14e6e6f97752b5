// Package refresh changes where a control plane is reached, in the text of a
// mesh.yaml, and nothing else there.
//
// It promises that every line without an address of that control plane keeps its
// bytes, its line ending included; that a list stays what it was, flow or block,
// and a value quoted as it was; that an address which stays keeps its place; and
// that no comment is lost, not even that of an address which goes. What it gives
// means what was there before but for the addresses: it is read back, and
// compared, before it is given.
package refresh
