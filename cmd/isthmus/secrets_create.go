package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/seal"
	"github.com/isthmus-mesh/isthmus/generators/secrets"
)

const secretsCreateHelp = `create seals the remote Secret of a cluster, once for each control plane that
reads it: mesh/sealed/<control plane>/istio-remote-secret-<cluster>.yaml. What is
sealed already and did not change stays as it is; so does a token that was
requested, until it is due. The next one is for rotate.

The credential is read in the cluster with kubectl, which only gets; or it comes
with a kubeconfig on standard input, what istioctl create-remote-secret prints
included.

Usage:
  isthmus secrets create <cluster> [--kubeconfig <file>] [--context <name>]
                         [--create-token] [--lifetime <duration>] ...
  isthmus secrets create <cluster> --kubeconfig - < <kubeconfig>
  isthmus secrets create <cluster> ... -- <program> [<argument>]... {key} ...

With spec.secrets.backend external, the program after -- puts it into the store: it
gets a JSON object on standard input, and the entry's name for {key}.

Flags:
  -f, --file <path>          the mesh (default mesh/mesh.yaml, else mesh.yaml)
      --tag-key <file>       the key of the tags (default: the file that
                             ISTHMUS_TAG_KEY_FILE names)
      --kubeconfig <file>    leads to the cluster; - is standard input
      --context <name>       the context in it (default: the current one)
      --create-token         make the token Secret where the cluster has none
      --lifetime <duration>  of a requested token (default 2160h)
      --accept <key>         take this sealing key, or the recipients of this
                             fingerprint, in place of what is pinned
      --allow-untested       take a newer release than the dialects were checked with

Example:
  isthmus secrets create west --kubeconfig west.kubeconfig && isthmus render

` + exitStatuses + "\n"

// A sealer is what the commands that seal share.
type sealer struct {
	input
	sealing
	login
	putter
	command string // the command so far, where a putter is wanted; "" where none is
}

func (o *sealer) flags(f *pflag.FlagSet) {
	o.sealing.input = &o.input
	o.input.flags(f)
	o.sealing.flags(f)
}

func (c *cli) secretsCreate(stdin io.Reader) *cobra.Command {
	o := sealer{login: login{stdin: stdin}}
	cmd := &cobra.Command{Use: "create", Long: secretsCreateHelp, Args: oneArgAndPutter("a cluster")}
	o.flags(cmd.Flags())
	o.login.flags(cmd.Flags())
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		args = o.cut(cmd, args)
		o.command = "isthmus secrets create " + args[0] + " --kubeconfig <file>"
		return o.run(c, args[0], func(b *bench) error {
			generations := b.store.Generations(b.cluster.Name)
			return b.seal(generations[len(generations)-1], false)
		})
	}
	return cmd
}

// A bench is where a command seals: the mesh, the cluster that is read, and the
// open store.
type bench struct {
	o       *sealer
	cli     *cli
	mesh    *mesh.Mesh
	cluster *mesh.Cluster
	readers []*mesh.Cluster // the control planes
	files   *os.Root
	store   *seal.Store
	said    []string // for the end
	gone    []string // files beside mesh.yaml that go once all is written
}

// run does work at a bench, and writes what it changed.
func (o *sealer) run(c *cli, remote string, work func(*bench) error) error {
	m, err := o.mending()
	if err != nil {
		return err
	}
	if err := o.login.check(m); err != nil {
		return err
	}
	if o.command != "" {
		if err := o.putter.check(m, o.command); err != nil {
			return err
		}
	}
	b := &bench{o: o, cli: c, mesh: m}
	if err := b.choose(remote); err != nil {
		return err
	}
	return o.open(b, func() error { return work(b) })
}

// open gives a bench its store, and writes what the work changed in it.
func (o *sealer) open(b *bench, work func() error) error {
	key, err := o.key()
	if err != nil {
		return err
	}
	defer o.close()
	if err := o.hold(); err != nil {
		return err
	}
	if b.files, err = o.files(); err != nil {
		return err
	}
	defer b.files.Close()
	if b.store, err = o.store(b.mesh, b.files.FS(), key); err != nil {
		return err
	}
	if err := work(); err != nil {
		return err
	}
	if err := o.keep(b.store); err != nil {
		return err
	}
	for _, name := range b.gone {
		if err := o.held.Remove(path.Join(o.sealing.mesh, name)); err != nil {
			return err
		}
		kept()
	}
	for _, line := range b.said {
		fmt.Fprintln(b.cli.stdout, line)
	}
	return nil
}

// choose finds the cluster that is read, and who reads it.
func (b *bench) choose(remote string) error {
	if what, fix := noCluster(b.mesh, remote); what != "" {
		return &usageError{what, fix}
	}
	for i := range b.mesh.Spec.Clusters {
		if c := &b.mesh.Spec.Clusters[i]; c.Name == remote {
			b.cluster = c
		}
	}
	b.readers = secrets.Consumers(&b.mesh.Spec, remote)
	switch {
	case len(b.readers) == 0:
		return &diag.Problem{
			Pos: b.mesh.Pos("spec.clusters"), What: fmt.Sprintf("no other cluster reads %q", remote),
			Why: "its own control plane reads it without a Secret, and with one would take it for two clusters", Fix: "name a cluster that another one's control plane reads",
		}
	case b.cluster.State == mesh.Leaving:
		return &diag.Problem{What: fmt.Sprintf("cluster %q is leaving", remote), Why: "the control plane is to read it no more", Fix: "isthmus secrets remove " + remote}
	}
	return nil
}

// seal reads the credential of one generation and seals it for every control
// plane, all or none. Where a token is requested, those that have a good one keep
// it, unless it is to be made anew.
func (b *bench) seal(generation int, anew bool) error {
	read, warnings, err := b.o.credential(b.mesh, b.cluster, generation)
	if err != nil {
		return err
	}
	readers := b.readers
	if read.Token.Len() == 0 && b.o.kubeconfig != "-" {
		if readers, err = b.lacking(read, anew); err != nil || len(readers) == 0 {
			b.cli.stderr.say(warnings...)
			return err
		}
		if read.Token, err = b.o.request(b.mesh); err != nil {
			return err
		}
	}
	token, more, err := checked(b.mesh, b.cluster, read)
	if err != nil {
		return err
	}
	warnings = append(warnings, more...)
	if origin, all := token.Secret, b.store.Generations(b.cluster.Name); b.mesh.Spec.Secrets.Token != mesh.TokenRequest && secrets.Gone(all, origin) {
		return &diag.Problem{
			What: fmt.Sprintf("cluster %q: the token is that of %s, which the cluster has no more", b.cluster.Name, origin), Why: "it ended when its Secret was pruned, or will",
			Fix: "give the token of " + secrets.TokenSecret(all[len(all)-1]),
		}
	}
	b.cli.stderr.say(warnings...)
	if b.external() {
		return b.putEntry(read, token, generation, anew)
	}
	var problems diag.Problems
	for _, reader := range readers {
		secret, err := secrets.Remote(&b.mesh.Spec, reader, b.cluster.Name, read, token)
		if err != nil {
			return err
		}
		if err := b.put(secret); err != nil {
			var p *diag.Problem
			var ps diag.Problems
			switch {
			case errors.As(err, &ps):
				problems = append(problems, ps...)
			case errors.As(err, &p):
				problems = append(problems, p)
			default:
				return err
			}
		}
	}
	if len(problems) > 0 {
		return problems
	}
	return nil
}

// lacking gives the control planes for which a token has to be requested, the first
// for all where they share an entry of a store, and has said which keep theirs. What could not be sealed anyway is an error, before a
// token is made for nothing.
func (b *bench) lacking(read *secrets.Credential, anew bool) ([]*mesh.Cluster, error) {
	all, more := b.readers, ""
	if b.external() {
		all, more = b.readers[:1], " -- <program> {key}" // one entry for all
	}
	var some []*mesh.Cluster
	var problems diag.Problems
	for _, reader := range all {
		until, kept, err := secrets.Kept(b.store, &b.mesh.Spec, reader, b.cluster.Name, read, now())
		switch p, is := err.(*diag.Problem); {
		case is:
			problems = append(problems, p)
		case err != nil:
			return nil, err
		case kept && !anew:
			at := b.o.shown(seal.Path(reader.Name, secrets.SecretName(b.cluster.Name)))
			if b.external() {
				at = b.mesh.Spec.Place().Key(seal.Entry(reader.Name, secrets.SecretName(b.cluster.Name)))
			}
			b.say("%s: %s: its token is good until %s", at, seal.Unchanged, until.UTC().Format("2006-01-02 15:04 MST"))
		default:
			some = append(some, reader)
		}
	}
	if len(problems) > 0 {
		return nil, problems
	}
	if len(some) < len(all) && !anew {
		b.say("The next token: isthmus secrets rotate %s --kubeconfig <file>%s", b.cluster.Name, more)
	}
	return some, nil
}

// put seals one Secret, and has it said at the end.
func (b *bench) put(secret seal.Secret) error {
	pinned := b.store.Pinned(secret.Cluster)
	outcome, err := b.store.Put(secret)
	if err != nil {
		return err
	}
	if now := b.store.Pinned(secret.Cluster); now != pinned {
		b.said = append(b.said, b.o.pinned(secret.Cluster, now, b.store.Recipients(secret.Cluster, secret.Name)))
	}
	b.said = append(b.said, fmt.Sprintf("%s: %s", b.o.shown(seal.Path(secret.Cluster, secret.Name)), outcome))
	return nil
}

// pinned says that from now on a cluster's Secrets are sealed for this key alone,
// or for these recipients.
func (s *sealing) pinned(cluster, key string, recipients []string) string {
	if len(recipients) > 0 {
		return fmt.Sprintf("%s: pinned the recipients %s, by the fingerprint %s", s.shown(seal.Folder(cluster)), strings.Join(recipients, ", "), key)
	}
	return fmt.Sprintf("%s: pinned the key %s; compare it with the cluster's:\n  kubeseal --context %s --fetch-cert | openssl x509 -noout -pubkey | openssl pkey -pubin -outform der | sha256sum", s.shown(seal.CertificatePath(cluster)), key, cluster)
}

// shown gives a file below the folder of mesh.yaml as the user would.
func (s *sealing) shown(name string) string { return path.Join(s.dir(), name) }
