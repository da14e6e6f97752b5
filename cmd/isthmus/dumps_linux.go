package main

import "golang.org/x/sys/unix"

// noDumps keeps the memory of this process, which may hold plaintext, out of core
// files, and from other processes of the same user. The programs that it runs
// write no core files either. Where a system refuses that, nothing is lost.
func noDumps() {
	_ = unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{})
	_ = unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0)
}
