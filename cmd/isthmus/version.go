package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/isthmus-mesh/isthmus/generators/delivery"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
)

const versionHelp = `version prints the version of isthmus, and what it renders.

Usage:
  isthmus version

Example:
  isthmus version

` + exitStatuses + "\n"

func (c *cli) version() *cobra.Command {
	cmd := &cobra.Command{Use: "version", Long: versionHelp, Args: noArgs}
	cmd.RunE = func(*cobra.Command, []string) error { return c.printVersion() }
	return cmd
}

// programVersion gives the version that the program was built as.
func programVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

func (c *cli) printVersion() error {
	_, err := fmt.Fprintf(c.stdout, "isthmus %s, %s %s/%s\nrenders Istio %s, format %d\n", programVersion(), runtime.Version(), runtime.GOOS, runtime.GOARCH, mesh.Supported, delivery.Format)
	return err
}
