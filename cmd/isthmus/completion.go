package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

const completionHelp = `completion prints a completion script for your shell.

Usage:
  isthmus completion {bash | zsh | fish | powershell}

Example:
  source <(isthmus completion bash)

` + exitStatuses + "\n"

// completion takes the place of cobra's own command, which prints help with 0
// for a shell that it does not know.
func (c *cli) completion(root *cobra.Command) *cobra.Command {
	cmd := &cobra.Command{Use: "completion", Long: completionHelp, Args: cobra.ArbitraryArgs}
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		shells := []string{"bash", "zsh", "fish", "powershell"}
		if len(args) != 1 {
			return &usageError{fmt.Sprintf("%s takes one shell, and got %d", cmd.CommandPath(), len(args)), "use one of " + strings.Join(shells, ", ")}
		}
		switch args[0] {
		case "bash":
			return root.GenBashCompletionV2(c.stdout, false)
		case "zsh":
			return root.GenZshCompletionNoDesc(c.stdout)
		case "fish":
			return root.GenFishCompletion(c.stdout, false)
		case "powershell":
			return root.GenPowerShellCompletion(c.stdout)
		}
		return &usageError{fmt.Sprintf("no completion for the shell %q", args[0]), "use one of " + strings.Join(shells, ", ")}
	}
	return cmd
}
