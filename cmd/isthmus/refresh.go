package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/plan"
	"github.com/isthmus-mesh/isthmus/generators/refresh"
	"github.com/isthmus-mesh/isthmus/generators/render"
	"github.com/isthmus-mesh/isthmus/generators/tree"
)

const refreshHelp = `refresh changes where the control plane is reached: its addresses in mesh.yaml, of
which no other byte changes, and then the overlays, as render does. The addresses
are given, or read from the control plane's cluster with kubectl, which only gets.

Usage:
  isthmus refresh [-f <mesh.yaml>] [--cluster <name>] [<flags of render>]
                  {--address <ip>... | --hostname <name>}
                  [--policy-address <ip>...] [--telemetry-address <ip>...]
  isthmus refresh [-f <mesh.yaml>] [--cluster <name>] [<flags of render>]
                  {--kubeconfig <file> | --context <name>}
  isthmus refresh --check [-o {text | json}] ...

Flags:
  -f, --file <path>             the mesh (default mesh/mesh.yaml, else mesh.yaml)
      --cluster <name>          whose control plane, where there are several
      --address <ip>            all addresses that it has now; may be repeated
      --policy-address <ip>     those of istio-policy; may be repeated
      --telemetry-address <ip>  those of istio-telemetry; may be repeated
      --hostname <name>         a name in place of the addresses
      --kubeconfig <file>       read them from the cluster that this leads to
      --context <name>          by this context of the kubeconfig
      --check                   write nothing; exit 3 where mesh.yaml is stale
  -o, --output <form>           of --check: text or json (default text)
      --out, --force, --remove, --allow-untested
                                as for render

Example:
  isthmus refresh --kubeconfig east.kubeconfig && git diff

` + exitStatuses + "\n"

type refreshFlags struct {
	renderFlags
	kubectl
	cluster  string
	given    []given
	hostname string
	live     bool // ask the cluster
	check    bool
	output   string
}

// A given is a field of the control plane, and its addresses on the command line.
type given struct {
	flag, field string
	texts       []string
	addresses   []netip.Addr
	committed   func(*mesh.ControlPlane) []mesh.Address
}

func (c *cli) refresh() *cobra.Command {
	o := refreshFlags{given: []given{
		{flag: "address", field: "addresses", committed: func(cp *mesh.ControlPlane) []mesh.Address { return cp.Addresses }},
		{flag: "policy-address", field: "policyAddresses", committed: func(cp *mesh.ControlPlane) []mesh.Address { return cp.PolicyAddresses }},
		{flag: "telemetry-address", field: "telemetryAddresses", committed: func(cp *mesh.ControlPlane) []mesh.Address { return cp.TelemetryAddresses }},
	}}
	cmd := &cobra.Command{Use: "refresh", Long: refreshHelp, Args: noArgs}
	f := cmd.Flags()
	o.input.flags(f)
	f.StringVar(&o.cluster, "cluster", "", "")
	f.StringVar(&o.out, "out", "", "")
	f.BoolVar(&o.force, "force", false, "")
	f.StringSliceVar(&o.remove, "remove", nil, "")
	for i := range o.given {
		f.StringSliceVar(&o.given[i].texts, o.given[i].flag, nil, "")
	}
	f.StringVar(&o.hostname, "hostname", "", "")
	f.StringVar(&o.kubeconfig, "kubeconfig", "", "")
	f.StringVar(&o.context, "context", "", "")
	f.BoolVar(&o.check, "check", false, "")
	f.StringVarP(&o.output, "output", "o", "text", "")
	cmd.RunE = func(*cobra.Command, []string) error {
		if err := oneOf("output", o.output, "text", "json"); err != nil {
			return err
		}
		if f.Changed("output") && !o.check {
			return &usageError{"--output is for --check", "leave it out, or add --check"}
		}
		if err := o.complete(); err != nil {
			return err
		}
		return c.runRefresh(&o)
	}
	return cmd
}

// complete reads the addresses on the command line.
func (o *refreshFlags) complete() error {
	o.live = o.kubeconfig != "" || o.context != ""
	some := o.hostname != "" || slices.ContainsFunc(o.given, func(g given) bool { return len(g.texts) > 0 })
	switch {
	case some && o.live:
		return &usageError{"the addresses are given, and a cluster is to be asked for them", "leave out the one or the other"}
	case !some && !o.live:
		return &usageError{"no address is given, and no cluster to ask for one", "pass --address or --hostname, or --kubeconfig of the control plane's cluster"}
	case o.hostname != "" && len(o.given[0].texts) > 0:
		return &usageError{"a control plane has addresses or a hostname", "pass --address or --hostname"}
	}
	for i := range o.given {
		g := &o.given[i]
		for _, text := range g.texts {
			var a mesh.Address
			if err := a.UnmarshalText([]byte(text)); err != nil {
				var p *diag.Problem
				if errors.As(err, &p) {
					return &usageError{fmt.Sprintf("--%s: %s", g.flag, p.Error()), p.Fix}
				}
				return err
			}
			g.addresses = append(g.addresses, a.Addr)
		}
	}
	return nil
}

func (c *cli) runRefresh(o *refreshFlags) error {
	if o.path() == "-" {
		_, _, err := o.load() // says what is wrong with that
		return err
	}
	folder, err := o.open(o.path())
	if err != nil {
		return err
	}
	defer folder.Close()
	file, err := replacing(folder, o.path())
	if err != nil {
		return err
	}
	o.text = file.text
	m, problems, err := o.load()
	if err != nil {
		return err
	}
	if len(problems.Errors()) > 0 {
		return problems
	}
	i, err := o.controlPlane(m)
	if err != nil {
		return err
	}
	now, err := o.now(c, m, i)
	if err != nil {
		return err
	}
	if o.check {
		return c.compareAddresses(o, m, now)
	}
	change, asked := changeOf(&m.Spec.Clusters[i], now), m.Spec.Clusters[i].ControlPlane.Service.LoadBalancerIP
	if o.text, err = refresh.Edit(o.path(), file.text, change); err != nil {
		return err
	}
	// All that can be wrong with the new mesh, and with the overlays, is found
	// before a byte is written.
	if m, err = o.valid(c); err != nil {
		return err
	}
	objects, p, err := shape(m, nil)
	if err != nil {
		return err
	}
	if err := o.refused(c, p, objects); err != nil {
		return err
	}
	stale := slices.ContainsFunc(now, difference.stale)
	if stale {
		if err := file.with(o.text); err != nil {
			return err
		}
	}
	for _, d := range now {
		fmt.Fprintf(c.stdout, "%s: %s\n", o.path(), d.changed())
	}
	if change.LoadBalancerIP.IsValid() {
		fmt.Fprintf(c.stdout, "%s: spec.clusters[%d].controlPlane.service.loadBalancerIP: %s, before %s\n", o.path(), i, change.LoadBalancerIP, asked)
	}
	fmt.Fprintln(c.stdout)
	err = c.commit(&o.renderFlags, p, objects)
	if err != nil && stale {
		c.stderr.say(&diag.Problem{Severity: diag.Warning, Pos: diag.Position{File: o.path()}, What: "has the new addresses, and the overlays do not yet", Fix: "once the error is mended, run isthmus render"})
	}
	return err
}

// controlPlane gives the index of the cluster whose control plane is meant.
func (o *refreshFlags) controlPlane(m *mesh.Mesh) (int, error) {
	var names []string
	found := -1
	for i := range m.Spec.Clusters {
		cl := &m.Spec.Clusters[i]
		if cl.ControlPlane == nil {
			continue
		}
		names = append(names, cl.Name)
		if o.cluster == "" || cl.Name == o.cluster {
			found = i
		}
	}
	if o.cluster == "" && len(names) > 1 {
		return 0, &usageError{"the mesh has several control planes", "name the cluster of one with --cluster: " + strings.Join(names, ", ")}
	}
	if found >= 0 {
		return found, nil
	}
	if what, fix := noCluster(m, o.cluster); what != "" {
		return 0, &usageError{what, fix}
	}
	return 0, &usageError{fmt.Sprintf("cluster %q runs no control plane", o.cluster), "name one that does: " + strings.Join(names, ", ")}
}

// refused says what render would refuse, while the mesh is still as it was.
func (o *refreshFlags) refused(c *cli, p *plan.Plan, objects *render.Objects) error {
	t, root, err := o.tree(p, objects)
	if err != nil {
		return err
	}
	folder, err := os.OpenRoot(root)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // commit makes it
	}
	if err != nil {
		return err
	}
	defer folder.Close()
	var rebound diag.Problems
	options := o.options(&rebound)
	report, err := t.Compare(folder, options)
	if errors.Is(err, tree.ErrInterrupted) {
		return nil // commit completes it first
	}
	if err == nil {
		err = report.Refusal(options)
	}
	if len(rebound) > 0 {
		return rebound
	}
	if err != nil {
		return c.explain(err)
	}
	return nil
}
