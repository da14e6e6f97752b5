//go:build unix

package mesh_test

import (
	"syscall"
	"testing"
)

// fifo makes a file that a reader waits for.
func fifo(t *testing.T, path string) { must(t, syscall.Mkfifo(path, 0o644)) }
