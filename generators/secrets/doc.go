// Package secrets makes the Secrets through which control planes read the other
// clusters of a mesh: what lies in them, what has to be right before one is
// sealed, which there should be, and how the token in one is replaced without an
// outage.
//
// A kubeconfig that somebody gives is never passed on. A new one is built from
// what was read of it, of which there is little: a server, its CA and a token.
// What else stands there is an error, because istiod would run or read it.
//
// No message holds anything of a token or of a kubeconfig's values.
package secrets
