package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/seal"
)

const secretsKeyHelp = `key makes the key of the tags, by which isthmus knows what it sealed. Make one for
a mesh and give it to all who seal, CI included; it opens nothing. It never lies
in the repository: with it a guess at a Secret could be confirmed.

Usage:
  isthmus secrets key <file> [-f <mesh.yaml>]

Flags:
  -f, --file <path>  the mesh (default mesh/mesh.yaml, else mesh.yaml)

Example:
  isthmus secrets key ~/.config/isthmus/bookinfo.tagkey
  export ISTHMUS_TAG_KEY_FILE=~/.config/isthmus/bookinfo.tagkey

` + exitStatuses + "\n"

func (c *cli) secretsKey() *cobra.Command {
	var in input
	cmd := &cobra.Command{Use: "key", Long: secretsKeyHelp, Args: oneArg("a file")}
	in.flags(cmd.Flags())
	cmd.RunE = func(_ *cobra.Command, args []string) error { return c.makeKey(&in, args[0]) }
	return cmd
}

// makeKey writes a new key to a file that nobody else can read, and that is in
// no repository.
func (c *cli) makeKey(in *input, file string) error {
	wrong := func(what, fix string) error {
		return &diag.Problem{Pos: diag.Position{File: file}, What: what, Fix: fix}
	}
	root, err := in.root()
	if err != nil {
		return err
	}
	if err := outside(root, file, "the key, with which a guess at what is sealed can be confirmed,"); err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	switch {
	case errors.Is(err, fs.ErrExist):
		return wrong("is there already", "use it, or name another file: what was sealed with a key has to be sealed again without it")
	case errors.Is(err, fs.ErrNotExist):
		return wrong("its folder does not exist", "mkdir -p "+filepath.Dir(file))
	case err != nil:
		return err
	}
	_, err = f.Write(seal.NewKey().Text())
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(file))
	}
	fmt.Fprintf(c.stdout, "%s: made. Keep a copy where you keep secrets, and name it in %s or by --tag-key.\n", file, tagKeyVariable)
	return nil
}

// oneArg refuses all but one argument.
func oneArg(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) != 1 {
			return &usageError{fmt.Sprintf("%s takes %s, and got %s", cmd.CommandPath(), what, diag.Count(len(args), "argument")), fmt.Sprintf("see %s --help", cmd.CommandPath())}
		}
		if args[0] == "" {
			return &usageError{fmt.Sprintf("%s takes %s, and got an empty one", cmd.CommandPath(), what), ""}
		}
		return nil
	}
}
