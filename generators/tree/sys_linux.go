package tree

import (
	"errors"
	"io/fs"
	"os"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// flushesAtOnce says that flush writes all files of a filesystem out.
const flushesAtOnce = true

// flush has the filesystem write out all that was written to it.
func flush(f *folder) error {
	fd, err := f.descriptor()
	if err != nil {
		return err
	}
	if err := unix.Syncfs(fd); err != nil {
		return wrap(f.path, err)
	}
	return nil
}

// settle has what was renamed into the folder outlive a power failure.
func settle(f *folder) error {
	if _, err := f.descriptor(); err != nil {
		return err
	}
	if err := f.handle.Sync(); err != nil {
		return wrap(f.path, err)
	}
	return nil
}

// exchange swaps two files in one step, so that none is lost whatever either
// became since it was last looked at.
func exchange(from *folder, name string, to *folder, target string) error {
	return rename(from, name, to, target, unix.RENAME_EXCHANGE)
}

// moveNew renames a file, and fails with fs.ErrExist where the target exists.
func moveNew(from *folder, name string, to *folder, target string) error {
	return rename(from, name, to, target, unix.RENAME_NOREPLACE)
}

// rename gives errors.ErrUnsupported where the filesystem cannot do it: NFS and
// some overlays know plain renames alone.
func rename(from *folder, name string, to *folder, target string, flags uint) error {
	a, err := from.descriptor()
	if err != nil {
		return err
	}
	b, err := to.descriptor()
	if err != nil {
		return err
	}
	for {
		err = unix.Renameat2(a, name, b, target, flags)
		if err != unix.EINTR {
			break
		}
	}
	runtime.KeepAlive(from)
	runtime.KeepAlive(to)
	if err == unix.EINVAL || err == unix.ENOSYS || err == unix.ENOTSUP {
		return errors.ErrUnsupported
	}
	return err
}

func links(info fs.FileInfo) uint64 {
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return uint64(stat.Nlink)
	}
	return 1
}

func flock(f *os.File) error {
	err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if err == unix.EWOULDBLOCK {
		return ErrLocked
	}
	return err
}
