// Package e2e holds the proofs against real Kubernetes API servers: the rendered
// stages of every cluster, applied in the order of their delivery by the library
// that Flux applies with, and the way of the Secrets with the real kubectl and
// controllers. It has no code but tests, and is a module of its own
// so that what it needs stays out of the others. README.md says how to run it.
package e2e
