//go:build !linux

package tree

import "errors"

// flushesAtOnce says that staged files are written out one by one.
const flushesAtOnce = false

func flush(*folder) error  { return nil }
func settle(*folder) error { return nil }

// exchange and moveNew are for Linux alone: elsewhere a file is looked at right
// before it is renamed.
func exchange(_ *folder, _ string, _ *folder, _ string) error { return errors.ErrUnsupported }
func moveNew(_ *folder, _ string, _ *folder, _ string) error  { return errors.ErrUnsupported }
