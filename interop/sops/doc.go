// Package sops holds what isthmus seals through sops to the real sops, the
// program and its library, which kustomize-controller opens Secrets with. It is a
// module of its own, because sops brings the clients of every cloud.
package sops
