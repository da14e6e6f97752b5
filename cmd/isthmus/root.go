package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/isthmus-mesh/isthmus/generators/diag"
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
  live        print a kustomization that renders on the fly
  version     print the version
  completion  print a completion script for your shell
  help        print the help of a command

Without arguments and with a ResourceList on stdin, isthmus is a KRM function.

Example:
  isthmus render && git diff --stat

` + exitStatuses + "\n"

// A cli is what all commands share.
type cli struct {
	stdout, stderr io.Writer
}

// newRoot builds the commands anew, so that no flag outlives a run.
func newRoot(stdout, stderr io.Writer) *cobra.Command {
	c := &cli{stdout, stderr}
	root := &cobra.Command{
		Use:           "isthmus",
		Long:          rootHelp,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.ArbitraryArgs,
	}
	root.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return cmd.Help()
		}
		return unknown(root, args[0])
	}
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return &usageError{err.Error(), fmt.Sprintf("see %s --help", cmd.CommandPath())}
	})
	// Each command's Long is its whole help: usage, flags, an example and the
	// exit statuses, on one screen.
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { fmt.Fprint(stdout, cmd.Long) })
	root.AddCommand(c.validate(), c.render(), c.check(), c.live(), c.version())
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		switch cmd.Name() {
		case "help":
			cmd.RunE = func(_ *cobra.Command, args []string) error {
				target, rest, err := root.Find(args)
				if err != nil || len(rest) > 0 || target == nil {
					return unknown(root, args[0])
				}
				return target.Help()
			}
			cmd.Run = nil
		case "completion":
			cmd.Long = completionHelp
		}
	}
	return root
}

const completionHelp = `completion prints a completion script for your shell.

Usage:
  isthmus completion {bash | zsh | fish | powershell}

Example:
  source <(isthmus completion bash)

` + exitStatuses + "\n"

// unknown is the error for a command that does not exist.
func unknown(root *cobra.Command, name string) error {
	var names []string
	for _, cmd := range root.Commands() {
		names = append(names, cmd.Name())
	}
	fix := "the commands are " + strings.Join(names, ", ")
	if near := diag.Nearest(name, names); near != "" {
		fix = fmt.Sprintf("did you mean %q?", near)
	}
	return &usageError{fmt.Sprintf("unknown command %q", name), fix}
}

// noArgs refuses arguments: every command takes flags alone.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return &usageError{fmt.Sprintf("%s takes no argument, and got %q", cmd.CommandPath(), args[0]), fmt.Sprintf("see %s --help", cmd.CommandPath())}
	}
	return nil
}

// oneOf checks a flag whose values are a closed list.
func oneOf(flag, value string, choices ...string) error {
	for _, c := range choices {
		if value == c {
			return nil
		}
	}
	return &usageError{fmt.Sprintf("--%s %q is not one of %s", flag, value, strings.Join(choices, ", ")), ""}
}
