// Package istiod holds what isthmus makes to istiod's own checks, those of the
// one istio.io/istio module that can be had. It is a module of its own because of
// its weight.
package istiod
