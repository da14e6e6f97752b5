// Package sealing holds what isthmus seals to the programs that open it: client-go
// for the kubeconfig inside, and in v036 and v040 the code of the sealed-secrets
// controller. It is a module of its own, because it imports isthmus itself:
// thousands of Secrets are sealed here, not only those in the fixtures.
package sealing
