package tree

import (
	"io/fs"
	"os"

	"golang.org/x/sys/windows"
)

// links is not told by os.FileInfo here; a file with more links than one is
// replaced, which leaves the others as they are.
func links(fs.FileInfo) uint64 { return 1 }

func flock(f *os.File) error {
	err := windows.LockFileEx(windows.Handle(f.Fd()),
		windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &windows.Overlapped{})
	if err == windows.ERROR_LOCK_VIOLATION {
		return ErrLocked
	}
	return err
}
