// Package jsonnet is the library that gives every mesh object its shape. Its
// files decide nothing: each entry point is a function of one argument, and
// what that holds was decided by package plan.
package jsonnet

import "embed"

// Files are the library: the entry points, istio/<dialect>.libsonnet, install/<form>.libsonnet and lib/.
//
//go:embed *.jsonnet install istio lib
var Files embed.FS
