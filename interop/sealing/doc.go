// Package sealing holds what isthmus seals to the programs that open it: the
// code of the sealed-secrets controller, and client-go for the kubeconfig inside.
// It is a module of its own, because it is the only proof that imports isthmus
// itself: thousands of Secrets are sealed here, not only those in the fixtures.
package sealing
