package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

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

With --all every cluster is read anew that a control plane of another reads, each by
the context of its name. What is wrong with one keeps none of the others: all of a
cluster's Secrets are written, or none. After sealing certificates were renewed it
seals for the new keys what reseal has no private keys to open.

Usage:
  isthmus secrets create <cluster> [--kubeconfig <file>] [--context <name>]
                         [--create-token] [--lifetime <duration>] ...
  isthmus secrets create <cluster> --kubeconfig - < <kubeconfig>
  isthmus secrets create --all [--kubeconfig <file>] [--create-token] ...
  isthmus secrets create {<cluster> | --all} ... -- <program> [<argument>]... {key} ...

With spec.secrets.backend external, the program after -- puts it into the store: it
gets a JSON object on standard input, and the entry's name for {key}.

Flags:
  -f, --file <path>          the mesh (default mesh/mesh.yaml, else mesh.yaml)
      --tag-key <file>       the key of the tags (default: the file that
                             ISTHMUS_TAG_KEY_FILE names)
      --all                  every cluster that a control plane of another reads
      --kubeconfig <file>    leads to the cluster; - is standard input
      --context <name>       the context in it (default: the one of the cluster's name,
                             else the current one if it leads to its apiServer)
      --create-token         make the token Secret where the cluster has none
      --lifetime <duration>  of a requested token (default 2160h)
      --accept <key>         take this sealing key, or the recipients of this
                             fingerprint, in place of what is pinned
      --allow-untested       take a newer release than the dialects were checked with

Example:
  isthmus secrets create west --kubeconfig west.kubeconfig && isthmus render
  isthmus secrets create --all --accept <key>

` + exitStatuses + "\n"

func (c *cli) secretsCreate(stdin io.Reader) *cobra.Command {
	o := sealer{login: login{stdin: stdin}}
	cmd := &cobra.Command{Use: "create", Long: secretsCreateHelp, Args: cobra.ArbitraryArgs}
	o.flags(cmd.Flags())
	o.login.flags(cmd.Flags())
	cmd.Flags().BoolVar(&o.all, "all", false, "")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		args = o.cut(cmd, args)
		if o.all {
			if len(args) > 0 {
				return &usageError{"--all reads every cluster", "leave it out, or " + strings.Join(args, " ")}
			}
			o.command = "isthmus secrets create --all"
		} else {
			if err := oneArg("a cluster or --all")(cmd, args); err != nil {
				return err
			}
			o.command = "isthmus secrets create " + args[0] + " --kubeconfig <file>"
		}
		return o.run(c, args, func(b *bench) error {
			generations := b.store.Generations(b.cluster.Name)
			return b.seal(generations[len(generations)-1], false)
		})
	}
	return cmd
}

// seal reads the credential of one generation and seals it for every control
// plane, all or none. Where a token is requested, those that have a good one keep
// it, unless it is to be made anew.
func (b *bench) seal(generation int, anew bool) error {
	login, warnings, err := b.reach()
	if err != nil {
		return err
	}
	read, err := login.credential(b.mesh, b.cluster, generation)
	if err != nil {
		return err
	}
	readers := b.readers
	if read.Token.Len() == 0 && b.o.kubeconfig != "-" {
		if readers, err = b.lacking(read, anew); err != nil || len(readers) == 0 {
			b.cli.stderr.say(warnings...)
			return err
		}
		if read.Token, err = login.request(b.mesh); err != nil {
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
			more, are := asProblems(err)
			if !are {
				return err
			}
			problems = append(problems, more...)
		}
	}
	if len(problems) > 0 {
		return problems
	}
	return nil
}

// reach gives the login that leads to the cluster, and says by which context where
// that was not given.
func (b *bench) reach() (*login, diag.Problems, error) {
	l := &b.o.login
	if l.kubeconfig == "-" {
		return l, nil, nil
	}
	all, err := l.known()
	if err != nil {
		return nil, nil, err
	}
	chosen, elsewhere, err := l.at(all, b.mesh, b.cluster)
	if err != nil {
		return nil, nil, err
	}
	if l.context == "" {
		b.say("%s: read with the context %q", b.cluster.Name, chosen.context)
	}
	return chosen, ofCluster(b.cluster, elsewhere), nil
}

// lacking gives the control planes for which a token has to be requested, the first
// for all where they share an entry of a store, and has said which keep theirs. What
// could not be sealed anyway is an error, before a token is made for nothing.
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
	if len(some) < len(all) && !anew && !b.o.all {
		b.say("The next token: isthmus secrets rotate %s --kubeconfig <file>%s", b.cluster.Name, more)
	}
	return some, nil
}
