package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/verify"
)

const verifyHelp = `verify asks the clusters, through kubectl, whether they are as the mesh says: API
servers, Namespaces, control planes, stubs, webhooks, Services, and that Secrets
are there. It only gets, and reads no Secret's value. With --print it prints a
script instead, for what takes pods: it makes short-lived ones.

Usage:
  isthmus verify [-f <mesh.yaml>] [--cluster <name>...] [--kubeconfig <file>]
                 [--context <cluster>=<context>...] [-o {text | json}]
  isthmus verify --print [-f <mesh.yaml>] [--image <image>]

Flags:
  -f, --file <path>     the mesh (default mesh/mesh.yaml, else mesh.yaml)
      --cluster <name>  ask this cluster alone; may be repeated
      --context <cluster>=<context>
                        the context of a cluster (default: the one of its name)
      --kubeconfig <file>
                        with the contexts (default: as kubectl finds it)
  -o, --output <form>   text or json (default text)
      --print           print the script
      --image <image>   what its pods run; needs sh, curl and openssl (default: the
                        proxy's image of each cluster)
      --allow-untested  take a newer release than the dialects were checked with

Example:
  isthmus verify --context west=admin@west
  isthmus verify --print > verify.sh && CONTEXT_west=admin@west sh verify.sh

` + exitStatuses + "\n"

type verifyFlags struct {
	input
	kubeconfig string
	clusters   []string
	contexts   []string
	output     string
	print      bool
	image      string
}

func (c *cli) verify() *cobra.Command {
	var o verifyFlags
	cmd := &cobra.Command{Use: "verify", Long: verifyHelp, Args: noArgs}
	f := cmd.Flags()
	o.input.flags(f)
	f.StringSliceVar(&o.clusters, "cluster", nil, "")
	f.StringArrayVar(&o.contexts, "context", nil, "")
	f.StringVar(&o.kubeconfig, "kubeconfig", "", "")
	f.StringVarP(&o.output, "output", "o", "text", "")
	f.BoolVar(&o.print, "print", false, "")
	f.StringVar(&o.image, "image", "", "")
	cmd.RunE = func(*cobra.Command, []string) error {
		if err := oneOf("output", o.output, "text", "json"); err != nil {
			return err
		}
		for _, flag := range []struct {
			name  string
			print bool
		}{{"image", true}, {"cluster", false}, {"context", false}, {"kubeconfig", false}, {"output", false}} {
			if f.Changed(flag.name) && flag.print != o.print {
				return &usageError{fmt.Sprintf("--%s does not go %s --print", flag.name, map[bool]string{true: "without", false: "with"}[flag.print]), "see isthmus verify --help"}
			}
		}
		if o.print {
			return c.printScript(&o)
		}
		return c.askClusters(&o)
	}
	return cmd
}

func (c *cli) printScript(o *verifyFlags) error {
	m, err := o.valid(c)
	if err != nil {
		return err
	}
	script, err := verify.Script(m, o.image)
	if err != nil {
		return err
	}
	_, err = c.stdout.Write(script)
	return err
}

// askClusters asks each cluster, all at the same time, and prints what they said
// in the order of the mesh.
func (c *cli) askClusters(o *verifyFlags) error {
	m, _, err := o.quiet()
	if err != nil {
		return err
	}
	if err := knownClusters(m, o.clusters...); err != nil {
		return err
	}
	contexts, err := o.contextsOf(m)
	if err != nil {
		return err
	}
	if o.kubeconfig != "" {
		if _, err := os.Stat(o.kubeconfig); err != nil {
			return &diag.Problem{Pos: diag.Position{File: o.kubeconfig}, What: "there is no such kubeconfig", Fix: "correct --kubeconfig"}
		}
	}
	sites, err := sites(m, o.clusters)
	if err != nil {
		return err
	}
	answers := make([][]verify.Finding, len(sites))
	done := make(chan struct{})
	slots := make(chan struct{}, atOnce)
	for i := range sites {
		sites[i].Context = contexts[sites[i].Cluster.Name]
		go func() {
			slots <- struct{}{}
			answers[i] = verify.Live(sites[i], func(q verify.Question) ([]byte, error) {
				return kubectl{o.kubeconfig, sites[i].Context}.question(sites[i].Cluster.Name, q)
			})
			<-slots
			done <- struct{}{}
		}()
	}
	for range sites {
		<-done
	}
	return c.report(slices.Concat(answers...), o.output)
}

// atOnce is how many clusters are asked at the same time: each takes a kubectl,
// and its login.
const atOnce = 8

// question asks what verify wants to know of a cluster.
func (k kubectl) question(cluster string, q verify.Question) ([]byte, error) {
	let := fmt.Sprintf("let it get and list %s", q)
	if q.Path != "" {
		let = fmt.Sprintf("let it get the path %s", q)
	}
	return k.ask(asked{what: q.String(), let: let, noKind: verify.ErrNoKind, choose: func(names []string) string {
		return fmt.Sprintf("name the context of the cluster with --context %s=<context>: %s", cluster, strings.Join(names, ", "))
	}}, q.Args())
}

// contextsOf gives the context of each cluster.
func (o *verifyFlags) contextsOf(m *mesh.Mesh) (map[string]string, error) {
	contexts := map[string]string{}
	for i := range m.Spec.Clusters {
		contexts[m.Spec.Clusters[i].Name] = m.Spec.Clusters[i].Name
	}
	for _, text := range o.contexts {
		name, context, is := strings.Cut(text, "=")
		if !is || context == "" {
			return nil, &usageError{fmt.Sprintf("--context %q names no context", text), "write <cluster>=<context>, as in --context west=admin@west"}
		}
		if err := knownClusters(m, name); err != nil {
			return nil, err
		}
		contexts[name] = context
	}
	return contexts, nil
}

// sites gives the clusters as they should be. Where a chart makes the stubs, they
// are looked for as an overlay would make them: they are the same.
func sites(m *mesh.Mesh, names []string) ([]verify.Site, error) {
	shown := *m
	if m.Spec.Istio.Stubs == mesh.StubsProfile {
		shown.Spec.Istio.Stubs = mesh.StubsOverlay
	}
	objects, p, err := shape(&shown, names)
	if err != nil {
		return nil, err
	}
	var all []verify.Site
	for _, planned := range p.Clusters {
		made, err := objects.Cluster(planned)
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(m.Spec.Clusters, func(c mesh.Cluster) bool { return c.Name == planned.Name })
		all = append(all, verify.Site{Mesh: m, Cluster: &m.Spec.Clusters[i], Plan: planned, Made: made})
	}
	return all, nil
}

// report prints findings, and gives the exit status that they deserve: what is
// wrong goes to standard error with its fix, or is part of the JSON.
func (c *cli) report(findings []verify.Finding, output string) error {
	failed := slices.ContainsFunc(findings, func(f verify.Finding) bool { return f.Result == verify.Fail })
	if output == "json" {
		if err := writeJSON(c.stdout, findings); err != nil {
			return err
		}
	} else {
		c.table(findings)
	}
	if failed {
		return status(exitDiffers)
	}
	return nil
}

func (c *cli) table(findings []verify.Finding) {
	counts := map[verify.Result]int{}
	table := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "RESULT\tCLUSTER\tCHECK")
	for _, f := range findings {
		counts[f.Result]++
		check := f.Check
		if f.Result == verify.Skip {
			check += ": " + f.What
		}
		fmt.Fprintf(table, "%s\t%s\t%s\n", f.Result, f.Cluster, check)
	}
	table.Flush()
	fmt.Fprintf(c.stdout, "\n%d passed, %d failed, %d skipped\n", counts[verify.Pass], counts[verify.Fail], counts[verify.Skip])
	for _, f := range findings {
		if f.Result == verify.Fail {
			c.stderr.say(f.Problem())
		}
	}
}
