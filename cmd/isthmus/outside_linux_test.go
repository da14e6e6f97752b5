package main

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestOutsideMounted: a folder of the repository under another name is the same.
func TestOutsideMounted(t *testing.T) {
	repository, usb := t.TempDir(), t.TempDir()
	mesh := filepath.Join(repository, "deploy")
	if err := errors.Join(os.Mkdir(filepath.Join(repository, ".git"), 0o755), os.Mkdir(mesh, 0o755)); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{repository, mesh} {
		if err := syscall.Mount(folder, usb, "", syscall.MS_BIND, ""); errors.Is(err, syscall.EPERM) {
			t.Skip("only root mounts")
		} else if err != nil {
			t.Fatal(err)
		}
		err := outside(mesh, filepath.Join(usb, "new/root.age"), "a root's key")
		if unmounted := syscall.Unmount(usb, 0); unmounted != nil {
			t.Fatal(unmounted)
		}
		if err == nil {
			t.Errorf("%s under another name is taken", folder)
		}
	}
	if err := outside(mesh, filepath.Join(usb, "new/root.age"), "a root's key"); err != nil {
		t.Errorf("with nothing mounted: %v", err)
	}
}
