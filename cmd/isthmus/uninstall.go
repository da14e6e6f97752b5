package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/krm"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/rule"
	"github.com/isthmus-mesh/isthmus/generators/seal"
	"github.com/isthmus-mesh/isthmus/generators/secrets"
	"github.com/isthmus-mesh/isthmus/generators/uninstall"
)

const uninstallHelp = `uninstall prints the inverse of what is rendered for a cluster, as a manifest for
kubectl delete, in an order that leaves no webhook behind. What no manifest can
do goes to standard error, step by step. It deletes nothing itself, and prints
nothing for a cluster that is still needed.

Usage:
  isthmus uninstall <cluster> [-f <mesh.yaml>] [--namespaces] [--crds] [--force]
                    [--part {control-plane | cluster | hub}]

Flags:
  -f, --file <path>     the mesh (default mesh/mesh.yaml, else mesh.yaml)
      --part <part>     print this part alone, without the steps:
                        control-plane: the remote Secret, where the control plane
                          runs
                        cluster: what lies in the cluster (the default)
                        hub: the releases that the hub's Flux has of it
      --namespaces      delete the Namespaces too, with all that is in them
      --crds            delete the CRDs too, with all of their objects
      --force           print it for a cluster that is active, or that runs the
                        control plane of others, all the same
      --allow-untested  take a newer release than the dialects were checked with

Example:
  isthmus uninstall west | kubectl --context west delete --ignore-not-found -f -

` + exitStatuses + "\n"

type uninstallFlags struct {
	input
	part  string
	force bool
	uninstall.Options
}

func (c *cli) uninstall() *cobra.Command {
	var o uninstallFlags
	cmd := &cobra.Command{Use: "uninstall", Long: uninstallHelp, Args: oneCluster}
	o.input.flags(cmd.Flags())
	cmd.Flags().StringVar(&o.part, "part", uninstall.PartCluster, "")
	cmd.Flags().BoolVar(&o.Namespaces, "namespaces", false, "")
	cmd.Flags().BoolVar(&o.CRDs, "crds", false, "")
	cmd.Flags().BoolVar(&o.force, "force", false, "")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if err := oneOf("part", o.part, uninstall.PartControlPlane, uninstall.PartCluster, uninstall.PartHub); err != nil {
			return err
		}
		m, problems, err := o.load()
		if err != nil {
			return err
		}
		if len(problems.Errors()) > 0 {
			return problems
		}
		if err := knownClusters(m, args[0]); err != nil {
			return err
		}
		return c.runUninstall(&o, m, args[0], !cmd.Flags().Changed("part"))
	}
	return cmd
}

// oneCluster wants the name of a cluster as the only argument.
func oneCluster(cmd *cobra.Command, args []string) error {
	fix := fmt.Sprintf("see %s --help", cmd.CommandPath())
	switch {
	case len(args) == 0:
		return &usageError{cmd.CommandPath() + " takes the name of a cluster, and got none", fix}
	case len(args) > 1:
		return &usageError{fmt.Sprintf("%s takes one cluster, and got %d", cmd.CommandPath(), len(args)), fix}
	case args[0] == "":
		return &usageError{"the name of the cluster is empty", fix}
	}
	return nil
}

// runUninstall prints one part, and with steps all that there is to do.
func (c *cli) runUninstall(o *uninstallFlags, m *mesh.Mesh, name string, steps bool) error {
	needed := stillNeeded(m, name)
	if len(needed) > 0 && !o.force {
		return needed
	}
	objects, p, err := shape(m, []string{name})
	if err != nil {
		return err
	}
	made, err := objects.Cluster(p.Clusters[0])
	if err != nil {
		return err
	}
	o.Sealed = o.sealed(m, name)
	removal, err := uninstall.Of(m, p.Clusters[0], made, o.Options)
	if err != nil {
		return err
	}
	part := removal.Part(o.part)
	if part == nil && o.part == uninstall.PartHub {
		return &usageError{fmt.Sprintf("no hub has releases of cluster %q", name), "leave --part out"}
	}
	if part == nil {
		return &usageError{fmt.Sprintf("no control plane reads cluster %q", name), "leave --part out"}
	}
	if steps {
		for _, p := range needed {
			p.Severity = diag.Warning
		}
		c.stderr.say(append(needed, takenAlong(o.Namespaces, part.Objects)...)...)
		o.explain(c, removal)
	}
	fmt.Fprintf(c.stdout, "# What is deleted %s to take %q out of the mesh, in order:\n", where(part.Clusters), name)
	for _, cluster := range part.Clusters {
		fmt.Fprintf(c.stdout, "# %s\n", o.command(name, part.Name, cluster, true))
	}
	_, err = c.stdout.Write(krm.Stream(part.Objects))
	return err
}

// sealed says whether a remote Secret of a cluster lies beside mesh.yaml, from
// where it comes back.
func (o *uninstallFlags) sealed(m *mesh.Mesh, name string) bool {
	if m.Spec.Secrets.Backend == mesh.External && len(secrets.Consumers(&m.Spec, name)) > 0 && !m.Removed[name] {
		return true
	}
	return slices.ContainsFunc(m.Spec.Clusters, func(c mesh.Cluster) bool {
		file := filepath.FromSlash(seal.Path(c.Name, secrets.SecretName(name)))
		_, err := os.Stat(filepath.Join(filepath.Dir(o.path()), file))
		return err == nil
	})
}

func where(clusters []string) string {
	if len(clusters) == 1 {
		return "in cluster " + clusters[0]
	}
	return "in clusters " + strings.Join(clusters, ", ")
}

// explain prints the steps. Those that a manifest does are commands too.
func (o *uninstallFlags) explain(c *cli, r *uninstall.Removal) {
	fmt.Fprintf(c.stderr, "Cluster %q leaves the mesh by these steps, in order; contexts are called like clusters:\n", r.Cluster)
	for i, step := range r.Steps {
		fmt.Fprintf(c.stderr, "%d. %s\n", i+1, step.Do)
		for _, cluster := range step.Clusters {
			fmt.Fprintf(c.stderr, "     %s\n", o.command(r.Cluster, step.Part, cluster, step.Last))
		}
		for _, command := range step.Commands {
			fmt.Fprintf(c.stderr, "     %s\n", command)
		}
	}
	fmt.Fprintf(c.stderr, "%d. drop the cluster from %s, then isthmus render\n", len(r.Steps)+1, o.path())
}

// command gives the command that deletes a part in a cluster; whole is with what
// is asked for besides.
func (o *uninstallFlags) command(name, part, in string, whole bool) string {
	whole = whole && part == uninstall.PartCluster
	words := []string{"isthmus uninstall", name}
	for _, flag := range []struct {
		is   bool
		text string
	}{
		{o.file != "", "-f " + quoted(o.file)},
		{o.untested, "--allow-untested"},
		{o.Namespaces && whole, "--namespaces"},
		{o.CRDs && whole, "--crds"},
		{o.force, "--force"},
		{true, "--part " + part},
	} {
		if flag.is {
			words = append(words, flag.text)
		}
	}
	return strings.Join(words, " ") + " | kubectl --context " + in + " delete --ignore-not-found -f -"
}

var plain = regexp.MustCompile(`^[\w./@:+-]+$`)

// quoted gives a word of a shell's command line.
func quoted(word string) string {
	if plain.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// stillNeeded says who would miss a cluster.
func stillNeeded(m *mesh.Mesh, name string) diag.Problems {
	var problems diag.Problems
	i := slices.IndexFunc(m.Spec.Clusters, func(c mesh.Cluster) bool { return c.Name == name })
	cluster, pos := &m.Spec.Clusters[i], m.Pos(fmt.Sprintf("spec.clusters[%d]", i))
	var remotes []string
	for j := range m.Spec.Clusters {
		if other := &m.Spec.Clusters[j]; other.ControlPlane == nil && cluster.ControlPlane != nil && m.Spec.Primary(other).Name == name {
			remotes = append(remotes, fmt.Sprintf("%q", other.Name))
		}
	}
	if len(remotes) > 0 {
		problems = append(problems, rule.RemovalPrimary.Problem(pos, "", fmt.Sprintf("cluster %q runs the control plane of %s", name, strings.Join(remotes, ", ")), "their sidecars keep their configuration and get no change, and injection fails", "take the remotes out of the mesh first, or move them to another control plane; --force prints it all the same"))
	}
	const busy = "its Namespaces are still labelled, and other clusters still call what runs there"
	switch what := fmt.Sprintf("cluster %q is active", name); {
	case cluster.State != mesh.Active || len(remotes) > 0 || len(m.Spec.Clusters) == 1:
	case cluster.ControlPlane == nil:
		problems = append(problems, rule.RemovalActive.Problem(pos, "", what, busy, "give it state: leaving, render and sync first; --force prints it all the same"))
	default:
		problems = append(problems, rule.RemovalActive.Problem(pos, "", what+", and has a control plane", busy, "make it a remote of another cluster first (remoteOf in place of controlPlane), then give it state: leaving, and render and sync both; --force prints it all the same"))
	}
	return problems
}

// takenAlong says what else a removal deletes.
func takenAlong(namespaces bool, objects []*krm.Object) diag.Problems {
	var gone []string
	for _, o := range objects {
		if o.Kind == "Namespace" {
			gone = append(gone, fmt.Sprintf("%q", o.Name))
		}
	}
	if !namespaces || len(gone) == 0 {
		return nil
	}
	return diag.Problems{rule.RemovalNamespaces.Problem(diag.Position{}, "", "--namespaces deletes all that is in "+strings.Join(gone, ", "), "workloads, Secrets and volume claims that isthmus did not make are among it", "leave --namespaces out if any of it is wanted")}
}
