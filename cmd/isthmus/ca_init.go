package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/isthmus-mesh/isthmus/generators/ca"
	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
)

const caInitHelp = `init makes the root of the mesh. Its certificate goes to mesh/ca/root.pem; its key,
encrypted by age, to a file that you keep offline, outside of the repository.

Usage:
  isthmus ca init [-f <mesh.yaml>] --key <file>
                  {--recipient <age1…>... | --passphrase} [--algorithm <name>]
  isthmus ca init [-f <mesh.yaml>] --from <root-cert.pem>

Flags:
  -f, --file <path>             the mesh (default mesh/mesh.yaml, else mesh.yaml)
      --key <file>              where the key goes; one that is there is never
                                written over: with --identity or a passphrase the
                                root in it is taken
      --recipient <age1…>       encrypt it to this age recipient; may be repeated
      --recipients-file <file>  … and to those in a file
      --passphrase              encrypt it on a passphrase, asked for here
      --passphrase-file <file>  … or read from a file
      --identity <file>         opens a key that is there already
      --algorithm <name>        ecdsa-p256, ecdsa-p384 or rsa-4096 (default
                                ecdsa-p256)
      --days <n>                how long the root is good (default 3650)
      --from <file>             take the roots in this file, whose keys another CA
                                keeps
      --force-root-change       replace the roots that are there, at once: until
                                every cluster has a certificate under the new one,
                                clusters refuse each other's workloads
      --allow-untested          take a newer release than the dialects were checked
                                with

Example:
  isthmus ca init --key /media/usb/root.age --recipient age1…

` + exitStatuses + "\n"

type caInitFlags struct {
	authority
	nextRoot
	force bool
}

func (c *cli) caInit() *cobra.Command {
	var o caInitFlags
	cmd := &cobra.Command{Use: "init", Long: caInitHelp, Args: noArgs}
	f := cmd.Flags()
	o.input.flags(f)
	o.nextRoot.flags(f)
	f.BoolVar(&o.force, "force-root-change", false, "")
	cmd.RunE = func(*cobra.Command, []string) error {
		if err := o.nextRoot.check(); err != nil {
			return err
		}
		defer o.close()
		return c.runCAInit(&o)
	}
	return cmd
}

func (c *cli) runCAInit(o *caInitFlags) error {
	if err := o.open(); err != nil {
		return err
	}
	if len(o.certs.Roots) > 0 && !o.force {
		return &diag.Problem{Pos: diag.Position{File: o.shown(mesh.RootsPath)}, What: "the mesh has a root", Why: "to replace it at once parts its clusters from each other", Fix: "isthmus ca rotate goes from one root to the next without an outage"}
	}
	roots, said, err := c.root(&o.authority, &o.nextRoot)
	if err != nil {
		return err
	}
	if o.force {
		if err := ca.Transition(o.certs.Roots, roots, o.certs.Clusters); err != nil && len(o.certs.Roots) > 0 {
			c.stderr.say(&diag.Problem{Severity: diag.Warning, What: err.Error()})
		}
	}
	if err := o.write(mesh.RootsPath, ca.Encode(roots...)); err != nil {
		return err
	}
	fmt.Fprint(c.stdout, said)
	return nil
}
