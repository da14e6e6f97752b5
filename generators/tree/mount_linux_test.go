package tree

import (
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// mountReadOnly says whether dir is now really read-only.
func mountReadOnly(t *testing.T, dir string) bool {
	if unix.Mount(dir, dir, "", syscall.MS_BIND, "") != nil {
		return false
	}
	t.Cleanup(func() { unix.Unmount(dir, unix.MNT_DETACH) })
	return unix.Mount("", dir, "", syscall.MS_BIND|syscall.MS_REMOUNT|syscall.MS_RDONLY, "") == nil
}
