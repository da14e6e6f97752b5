package main

import (
	"io"

	"github.com/spf13/cobra"
)

const secretsHelp = `secrets keeps the credentials with which control planes read the other clusters:
sealed in Git, their plaintext in memory alone.

Usage:
  isthmus secrets <command> [flags]

Commands:
  key       make the key of the tags, once for all who seal
  create    seal the remote Secret of a cluster for each control plane
  status    list all Secrets, and what is due
  verify    say what is wrong with what is sealed, offline
  rotate    replace the token of a cluster, in steps
  reseal    seal again what is sealed for a key that was renewed
  remove    take the remote Secret of a cluster away

Example:
  isthmus secrets create west --kubeconfig west.kubeconfig && isthmus render

` + exitStatuses + "\n"

func (c *cli) secrets(stdin io.Reader) *cobra.Command {
	cmd := &cobra.Command{Use: "secrets", Long: secretsHelp, Args: cobra.ArbitraryArgs}
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if len(args) > 0 {
			return unknownCommand(cmd, args[0])
		}
		return cmd.Help()
	}
	cmd.AddCommand(c.secretsKey(), c.secretsCreate(stdin), c.secretsStatus(), c.secretsVerify(stdin), c.secretsRotate(stdin), c.secretsReseal(stdin), c.secretsRemove())
	return cmd
}
