package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
)

// choose is the fix for a word that is not among the good ones: the one that
// was meant, where that can be told, else all.
func choose(word string, good []string) string {
	if near := diag.Nearest(word, good); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return "use one of " + strings.Join(good, ", ")
}

// oneOf checks a flag whose values are a closed list.
func oneOf(flag, value string, good ...string) error {
	if slices.Contains(good, value) {
		return nil
	}
	return &usageError{fmt.Sprintf("--%s %q is unknown", flag, value), "use one of " + strings.Join(good, ", ")}
}

// unknownCommand is the error for a command that does not exist.
func unknownCommand(root *cobra.Command, name string) error {
	var names []string
	for _, cmd := range root.Commands() {
		names = append(names, cmd.Name())
	}
	return &usageError{fmt.Sprintf("unknown command %q", name), choose(name, names)}
}

// badFlag words what pflag says of a command line.
func badFlag(cmd *cobra.Command, err error) error {
	fix := fmt.Sprintf("see %s --help", cmd.CommandPath())
	var invalid *pflag.InvalidValueError
	if errors.As(err, &invalid) && invalid.GetFlag().Name == passphraseFlag {
		return noPassphrase
	}
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		if near := diag.Nearest(unknown.GetSpecifiedName(), names); near != "" {
			fix = fmt.Sprintf("did you mean --%s?", near)
		}
	}
	return &usageError{err.Error(), fix}
}

// passphraseFlag takes no value, and people give it one: no message repeats that.
const passphraseFlag = "passphrase"

var noPassphrase = &usageError{"--passphrase takes no value: it asks for the passphrase", "count what was written there as known, and choose another"}

// noArgs refuses arguments: most commands take flags alone.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 && cmd.Flags().Changed(passphraseFlag) {
		return noPassphrase
	}
	if len(args) > 0 {
		return &usageError{fmt.Sprintf("%s takes no argument, and got %q", cmd.CommandPath(), args[0]), fmt.Sprintf("see %s --help", cmd.CommandPath())}
	}
	return nil
}

// noEmptyFlags refuses a flag without a value: `--cluster "$CLUSTER"` where the
// variable is not set must not mean all clusters.
func noEmptyFlags(cmd *cobra.Command, _ []string) error {
	var err error
	cmd.Flags().Visit(func(f *pflag.Flag) {
		values := []string{f.Value.String()}
		if list, ok := f.Value.(pflag.SliceValue); ok {
			if values = list.GetSlice(); len(values) == 0 {
				values = []string{""}
			}
		}
		if err == nil && slices.Contains(values, "") {
			err = &usageError{fmt.Sprintf("--%s is empty", f.Name), "give it a value, or leave it out"}
		}
	})
	return err
}

// noCluster says that a mesh has no cluster of a name, and gives the fix; the
// fix is "" where it has one.
func noCluster(m *mesh.Mesh, name string) (what, fix string) {
	var names []string
	for _, c := range m.Spec.Clusters {
		names = append(names, c.Name)
	}
	if slices.Contains(names, name) {
		return "", ""
	}
	return fmt.Sprintf("the mesh has no cluster %q", name), choose(name, names)
}

// knownClusters checks the values of --cluster.
func knownClusters(m *mesh.Mesh, names ...string) error {
	for _, name := range names {
		if what, fix := noCluster(m, name); what != "" {
			return &usageError{what, fix}
		}
	}
	return nil
}

// goneClusters checks the values of --remove.
func goneClusters(m *mesh.Mesh, names ...string) error {
	for _, name := range names {
		if what, _ := noCluster(m, name); what == "" {
			return &usageError{fmt.Sprintf("--remove %q: the mesh still has that cluster", name), "take it out of mesh.yaml first"}
		}
	}
	return nil
}

// unused refuses flags that say nothing beside another.
func unused(f *pflag.FlagSet, beside, why string, names ...string) error {
	for _, name := range names {
		if f.Changed(name) {
			return &usageError{fmt.Sprintf("--%s says nothing beside %s: %s", name, beside, why), "leave the one or the other out"}
		}
	}
	return nil
}
