// Package ca makes and checks the certificates of a mesh: one root, kept
// offline, and under it an intermediate for each cluster that signs, which goes
// there as the Secret cacerts.
//
// All is bytes in, bytes out: no file, no clock, no stream. Private keys are in
// memory only, print as [redacted], and leave the package in two ways: Lock
// gives a root's encrypted by age, and Bundle.Data the content of a Secret, to be
// sealed. An error never holds a byte of the PEM it is about.
//
// What istiod itself checks of a bundle is less than what makes its workloads
// verifiable. Check and CheckBundle look at the rest, and end by signing a
// throw-away workload certificate and verifying it as a peer would.
package ca
