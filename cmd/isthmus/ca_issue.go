package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/isthmus-mesh/isthmus/generators/ca"
	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
)

const caIssueHelp = `issue makes an intermediate for each cluster named, with a key of its own, checks it
against all other clusters, and seals it as the Secret cacerts. The certificate goes to
mesh/ca/<cluster>.pem; the key exists only sealed. With --from it takes the files of a
cacerts that another CA made.

Usage:
  isthmus ca issue [-f <mesh.yaml>] {<cluster>... | --all} --key <file>
                   [--identity <file> | --passphrase-file <file>]
  isthmus ca issue [-f <mesh.yaml>] <cluster> --from <folder>
  isthmus ca issue {<cluster>... | --all} ... -- <program> [<argument>]... {key} ...

With spec.secrets.backend external, the program after -- puts each into the store: it
gets a JSON object on standard input, and the entry's name for {key}.

Flags:
  -f, --file <path>             the mesh (default mesh/mesh.yaml, else mesh.yaml)
      --all                     every cluster that signs
      --key <file>              the root's key, as ca init wrote it
      --identity <file>         opens it: an age identity
      --passphrase-file <file>  … or a passphrase, which is asked for otherwise
      --algorithm <name>        ecdsa-p256, ecdsa-p384 or rsa-4096 (default
                                ecdsa-p256, with 1.4 and 1.5 rsa-4096)
      --days <n>                how long it is good (default 730)
      --from <folder>           take ca-cert.pem, ca-key.pem, cert-chain.pem and
                                root-cert.pem; or tls.crt, tls.key and ca.crt
      --tls                     make a Secret of type kubernetes.io/tls (1.24 on); one
                                that was put into a store keeps its type
      --tag-key <file>          the key of the tags of sealed files (default: the
                                file that ISTHMUS_TAG_KEY_FILE names)
      --accept <fingerprint>    seal for this key, or for these recipients of sops,
                                in place of what is pinned
      --restarted               under the next root within 24 hours of the last
                                certificate under the old: all workloads have
                                renewed theirs since
      --force-root-change       seal it though clusters refuse each other's
                                workloads until all have theirs
      --allow-untested          take a newer release than the dialects were checked
                                with

Example:
  isthmus ca issue east --key /media/usb/root.age --identity ~/age.key

` + exitStatuses + "\n"

type caIssueFlags struct {
	authority
	root  rootKey
	how   maker
	from  string
	all   bool
	tls   bool
	force bool

	restarted bool

	clusters []string
	set      *pflag.FlagSet
	putter
}

func (c *cli) caIssue() *cobra.Command {
	var o caIssueFlags
	cmd := &cobra.Command{Use: "issue", Long: caIssueHelp, Args: cobra.ArbitraryArgs}
	f := cmd.Flags()
	o.input.flags(f)
	o.sealing.flags(f)
	o.root.flags(f)
	o.how.flags(f, ca.IntermediateLifetime)
	f.StringVar(&o.from, "from", "", "")
	f.BoolVar(&o.all, "all", false, "")
	f.BoolVar(&o.tls, "tls", false, "")
	f.BoolVar(&o.force, "force-root-change", false, "")
	f.BoolVar(&o.restarted, "restarted", false, "")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		o.clusters, o.set = o.cut(cmd, args), f
		if err := o.check(); err != nil {
			return err
		}
		defer o.close()
		return c.runCAIssue(&o)
	}
	return cmd
}

// check refuses what says nothing together.
func (o *caIssueFlags) check() error {
	switch {
	case o.all && len(o.clusters) > 0:
		return &usageError{"--all issues for every cluster that signs", "leave it out, or the clusters"}
	case !o.all && len(o.clusters) == 0:
		return &usageError{"no cluster is named", "name those to issue for, or pass --all"}
	case o.from != "" && o.root.file != "":
		return &usageError{"--from takes a certificate, and --key makes one", "leave the one or the other out"}
	case o.from == "" && o.root.file == "":
		return &usageError{"nothing says what signs", "name the root's key with --key, or files to take with --from"}
	case o.from != "" && (o.all || len(o.clusters) > 1):
		return &usageError{"--from holds the certificate of one cluster", "name that cluster alone"}
	case o.from != "":
		return unused(o.set, "--from", "what it names is taken as it is", "algorithm", "days", "identity", "passphrase-file")
	}
	return o.how.check()
}

func (c *cli) runCAIssue(o *caIssueFlags) error {
	if err := o.open(); err != nil {
		return err
	}
	command := "isthmus ca issue " + strings.Join(o.clusters, " ")
	if o.all {
		command += "--all"
	}
	if err := o.putter.check(o.mesh, command+" …"); err != nil {
		return err
	}
	targets, err := o.targets()
	if err != nil {
		return err
	}
	if len(o.certs.Roots) == 0 {
		return &diag.Problem{Pos: diag.Position{File: o.shown(mesh.RootsPath)}, What: "does not exist", Why: "a certificate is issued under a root of the mesh", Fix: "isthmus ca init makes one, or takes one with --from"}
	}
	tags, err := o.key()
	if err != nil {
		return err
	}
	bundles, shape, err := o.bundles(c, targets)
	if err != nil {
		return err
	}
	if err := o.accepted(c, bundles); err != nil {
		return err
	}
	if err := o.trusted(bundles); err != nil {
		return err
	}
	files, err := o.files()
	if err != nil {
		return err
	}
	defer files.Close()
	store, err := o.store(o.mesh, files.FS(), tags)
	if err != nil {
		return err
	}
	if o.mesh.Spec.Secrets.Backend == mesh.External {
		if err := o.putAll(bundles, shape, store); err != nil {
			return err
		}
		o.issued(c, bundles)
		return nil
	}
	// All is sealed before anything is written.
	var pins []string
	for _, b := range bundles {
		secret, err := o.secret(b, shape)
		if err != nil {
			return err
		}
		before := store.Pinned(b.Cluster)
		if _, err := store.Put(secret); err != nil {
			return err
		}
		if key := store.Pinned(b.Cluster); key != before {
			pins = append(pins, o.pinned(b.Cluster, key, store.Recipients(secret.Cluster, secret.Name))+"\n")
		}
	}
	if err := o.keep(store); err != nil {
		return err
	}
	for _, b := range bundles {
		if err := o.write(mesh.CertificatePath(b.Cluster), b.PEM()); err != nil {
			return err
		}
	}
	if len(pins) > 0 {
		fmt.Fprintln(c.stdout, strings.Join(pins, ""))
	}
	o.issued(c, bundles)
	return nil
}

// issued lists what was made.
func (o *caIssueFlags) issued(c *cli, bundles []*ca.Bundle) {
	table := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "CLUSTER\tENDS\tUNDER\tSHA-256")
	for _, b := range bundles {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", b.Cluster, ends(b.Chain[0]), b.Root().Subject.CommonName, ca.Fingerprint(b.Chain[0]))
	}
	table.Flush()
	fmt.Fprintln(c.stdout, "\nNext: isthmus render, and commit all that changed together")
}

// targets gives the clusters to issue for: they sign.
func (o *caIssueFlags) targets() ([]*mesh.Cluster, error) {
	m := o.mesh
	if err := knownClusters(m, o.clusters...); err != nil {
		return nil, err
	}
	var some []*mesh.Cluster
	for i := range m.Spec.Clusters {
		cl := &m.Spec.Clusters[i]
		named := slices.Contains(o.clusters, cl.Name)
		switch {
		case m.Spec.Signs(cl) && (named || o.all):
			some = append(some, cl)
		case named:
			return nil, &usageError{fmt.Sprintf("cluster %q does not sign", cl.Name), fmt.Sprintf("its workloads have their certificates from %s", m.Spec.Primary(cl).Name)}
		}
	}
	return some, nil
}

// accepted checks the bundles, each against the other clusters as they are and
// as they will be: a rollout reaches one cluster after the other.
func (o *caIssueFlags) accepted(c *cli, bundles []*ca.Bundle) error {
	terms := o.mesh.Spec.Terms()
	var problems diag.Problems
	for _, b := range bundles {
		var others []*ca.Public
		for _, p := range o.certs.Clusters {
			if p.Cluster != b.Cluster {
				others = append(others, p)
			}
		}
		there := append([]*ca.Public{&b.Public}, others...)
		for _, other := range bundles {
			if other != b {
				others = append(others, &other.Public)
			}
		}
		if itself := o.certs.Of(b.Cluster); itself != nil {
			others = append(others, itself)
		}
		found := slices.Concat(b.CheckBundle(terms, others, now()), b.Expiry(now()), o.among(there))
		for _, f := range found {
			if !f.Stops() && f.Kind != ca.LongLived {
				continue
			}
			p := mesh.CertificateProblem(f, o.dir())
			if o.from != "" && f.Cluster == b.Cluster {
				p.Pos.File = filepath.ToSlash(o.from)
			}
			if p.Severity = diag.Error; !f.Stops() || f.Kind == ca.OtherRoots && o.force {
				p.Severity = diag.Warning
			}
			problems = append(problems, p)
		}
	}
	problems = problems.Sorted()
	if err := problems.Errors(); len(err) > 0 {
		return problems
	}
	c.stderr.say(problems...)
	return nil
}

// trusted refuses to sign under the next root while workloads may not trust it yet:
// they take the roots of their cluster when they renew their certificates.
func (o *caIssueFlags) trusted(bundles []*ca.Bundle) error {
	roots := o.certs.Roots
	next := roots[len(roots)-1]
	under := func(b *ca.Bundle) bool { return b.Root().Equal(next) }
	at := ca.Trusted(next, o.certs.Clusters)
	if len(roots) < 2 || o.restarted || o.force || !now().Before(at) || !slices.ContainsFunc(bundles, under) {
		return nil
	}
	return &diag.Problem{
		Pos: diag.Position{File: o.shown(mesh.RootsPath)}, What: fmt.Sprintf("workloads may not trust %s until %s", next.Subject.CommonName, at.UTC().Format("2006-01-02 15:04 MST")),
		Why: "they take the roots of their cluster with a new certificate, and theirs are good for 24 hours, unless you set another time", Fix: "wait until then; or restart every workload, and pass --restarted",
	}
}

// among finds what is wrong between a new certificate, the first, and the others
// that are there. Whether it is accepted by them its leaf has shown.
func (o *caIssueFlags) among(there []*ca.Public) []ca.Finding {
	before := ca.Across(there[1:], nil)
	return slices.DeleteFunc(ca.Across(there, nil), func(f ca.Finding) bool {
		return slices.Contains(before, f) || f.Kind == ca.OtherRoots && f.Cluster == there[0].Cluster
	})
}
