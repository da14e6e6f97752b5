// Package interop holds the proofs that need other projects' own code: that
// every object isthmus renders is one that Kubernetes, Istio and the engines of
// delivery would take, and that Flux and Helm make of it what is meant. It is a
// module of its own so that the product depends on none of that code, and
// nothing in the product imports it. README.md says what each proof shows.
package interop
