//go:build !linux

package main

// noDumps is for Linux.
func noDumps() {}
