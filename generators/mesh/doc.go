// Package mesh holds the Mesh: the topology that one mesh.yaml describes. Load
// is the only way to get one, and a Mesh that Load returned is valid: its fields
// have their defaults, its addresses and prefixes are parsed, and every rule
// over several clusters holds. Nothing downstream checks again.
package mesh
