package main

import (
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"
)

const rootHelp = `isthmus renders the overlays of an Istio mesh over several clusters from one
mesh.yaml.

Usage:
  isthmus <command> [flags]
  isthmus < resource-list.yaml

Commands:
  validate    say what is wrong with mesh.yaml
  render      write the overlays
  check       say whether the overlays are what mesh.yaml says
  diff        say what a change does to the overlays
  live        print a kustomization that renders on the fly
  refresh     change the addresses of the control plane
  uninstall   print what takes a cluster out of the mesh
  verify      ask the clusters whether they are as the mesh says
  graph       draw the mesh
  explain     say where a rendered field comes from
  secrets     keep the credentials of the remotes, sealed
  ca          make and check the certificates of the mesh
  version     print the version
  completion  print a completion script for your shell
  help        print the help of a command

Without arguments and with a ResourceList on stdin, isthmus is a KRM function.

Example:
  isthmus render && git diff --stat

` + exitStatuses + "\n"

// A cli is what all commands share.
type cli struct {
	stdout io.Writer
	stderr *messages
}

// newRoot builds the commands anew, so that no flag outlives a run.
func newRoot(stdin io.Reader, stdout io.Writer, stderr *messages) *cobra.Command {
	c := &cli{stdout, stderr}
	root := &cobra.Command{
		Use:           "isthmus",
		Long:          rootHelp,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
	}
	var version bool
	root.Flags().BoolVar(&version, "version", false, "") // what many try first
	root.RunE = func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) > 0:
			return unknownCommand(root, args[0])
		case version:
			return c.printVersion()
		}
		return cmd.Help()
	}
	root.PersistentPreRunE = noEmptyFlags
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.SetFlagErrorFunc(badFlag)
	// Each command's Long is its whole help: usage, flags, an example and the
	// exit statuses, on one screen.
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { fmt.Fprint(stdout, cmd.Long) })
	root.CompletionOptions.DisableDefaultCmd = true
	root.AddCommand(c.validate(), c.render(), c.check(), c.live(), c.refresh(), c.uninstall(), c.verify(), c.diff(), c.graph(), c.explainCommand(), c.secrets(stdin), c.ca(), c.version(), c.completion(root))
	root.SetHelpCommand(help(root))
	return root
}

// help prints the help of a command, and knows no command twice.
func help(root *cobra.Command) *cobra.Command {
	cmd := &cobra.Command{Use: "help", Long: rootHelp, Args: cobra.ArbitraryArgs}
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		target := root
		for _, name := range args {
			i := slices.IndexFunc(target.Commands(), func(sub *cobra.Command) bool { return sub.Name() == name })
			switch {
			case i < 0 && !target.HasSubCommands():
				return &usageError{fmt.Sprintf("%s has no commands, and %q is none", target.CommandPath(), name), fmt.Sprintf("see %s --help", target.CommandPath())}
			case i < 0:
				return unknownCommand(target, name)
			}
			target = target.Commands()[i]
		}
		return target.Help()
	}
	return cmd
}
