// Package e2e holds the proof against a real Kubernetes API server: the rendered
// stages of every cluster, applied in the order of their delivery by the library
// that Flux applies with. It has no code but tests, and is a module of its own
// so that what it needs stays out of the others. README.md says how to run it.
package e2e
