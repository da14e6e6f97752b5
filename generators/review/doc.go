// Package review says what a change does to what is rendered: which objects of
// which clusters, by which lines of the input, and at what risk.
//
// It compares two sets of overlays, rendered or committed, and reads no cluster,
// no disk and no Git. Objects are matched by their identity and lists by the
// keys by which Kubernetes merges them. What is the same in many clusters is
// said once. The same two sides give the same bytes in every format.
//
// No format holds a plaintext secret or a ciphertext: of both it is said what
// became of them. Work grows with the bytes that changed; what two clusters
// share is parsed and compared once.
package review
