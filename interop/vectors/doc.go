// Package vectors runs published test vectors through the code with which isthmus
// seals and opens: Wycheproof's through sealed-secrets' encryption, CCTV's of age
// through what opens a root's key. A module of its own, because the vectors are
// large and of no use to anybody else here.
package vectors
