package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/secrets"
)

const secretsRemoveHelp = `remove takes the remote Secret of a cluster away from every control plane, so that
none reads it any more. The token itself stays good until its token Secret goes.

Usage:
  isthmus secrets remove <cluster> [-f <mesh.yaml>] [--tag-key <file>]

Flags:
  -f, --file <path>     the mesh (default mesh/mesh.yaml, else mesh.yaml)
      --tag-key <file>  the key of the tags (default: the file that
                        ISTHMUS_TAG_KEY_FILE names)
      --allow-untested  take a newer release than the dialects were checked with

Example:
  isthmus secrets remove west && isthmus render

` + exitStatuses + "\n"

func (c *cli) secretsRemove() *cobra.Command {
	var o sealer
	cmd := &cobra.Command{Use: "remove", Long: secretsRemoveHelp, Args: oneArg("a cluster")}
	o.sealing.input = &o.input
	o.input.flags(cmd.Flags())
	cmd.Flags().StringVar(&o.tagKey, "tag-key", "", "")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		m, err := o.mending()
		if err != nil {
			return err
		}
		b := &bench{o: &o, cli: c, mesh: m}
		return o.open(b, func() error { return b.remove(args[0]) })
	}
	return cmd
}

// remove drops the remote Secret of a cluster, which may be gone from the mesh.
func (b *bench) remove(remote string) error {
	name := secrets.SecretName(remote)
	for _, f := range b.store.Secrets() {
		if f.Name == name && b.store.Remove(f.Cluster, name) {
			b.say("%s: removed", b.o.shown(f.Path()))
		}
	}
	if len(b.said) == 0 {
		return &diag.Problem{What: fmt.Sprintf("no remote Secret of a cluster %q is sealed", remote), Fix: "isthmus secrets status lists those that are"}
	}
	b.store.SetGenerations(remote, 1)
	for _, c := range b.mesh.Spec.Clusters {
		if c.Name == remote && c.State == mesh.Active {
			b.say("Cluster %q is active: its proxies would run on without their control plane knowing their cluster.", remote)
		}
	}
	b.say("Next: isthmus render, commit")
	return nil
}
