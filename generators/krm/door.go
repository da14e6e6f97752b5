package krm

import (
	"path/filepath"
	"strings"
)

// A Door is one of the ways into the program.
type Door int

// DoorCLI is a person's command line, DoorFunction a ResourceList on standard
// input, DoorLegacy the config file of a legacy exec plugin in args[1].
const (
	DoorCLI Door = iota
	DoorFunction
	DoorLegacy
)

// DoorOf tells how the program was started, args[0] being its own name. No flag
// says so, because exec.args needs kustomize 5.7. A DoorFunction whose input is
// empty (Serve gives ErrEmpty) was a command without arguments away from a
// terminal.
func DoorOf(args []string, env func(string) string, stdinIsTTY bool) Door {
	if len(args) == 0 {
		return DoorCLI
	}
	if len(args) > 1 {
		// kustomize runs .../plugin/isthmus.dev/v1alpha1/mesh/Mesh, a link to
		// the program; a script in that place runs it under its own name. The
		// variable alone does not tell: such a script may also run commands.
		name := strings.TrimSuffix(filepath.Base(args[0]), ".exe")
		isPath := !strings.HasPrefix(args[1], "-") && filepath.Base(args[1]) != args[1]
		if name == Kind || isPath && env("KUSTOMIZE_PLUGIN_CONFIG_ROOT") != "" {
			return DoorLegacy
		}
		return DoorCLI
	}
	if stdinIsTTY {
		return DoorCLI
	}
	return DoorFunction
}
