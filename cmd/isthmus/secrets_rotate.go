package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/secrets"
)

const secretsRotateHelp = `rotate replaces the token with which control planes read a cluster. No control
plane is ever without one that is good: each step is a commit that is synced
before the next.

  1. isthmus secrets rotate <cluster>
     renders a second token Secret beside the one in use
  2. isthmus secrets rotate <cluster> --kubeconfig <file>
     seals the new token in place of the old
  3. isthmus secrets rotate <cluster> --retire
     takes the old token Secret away, and with it its token

With --create-token, step 2 does step 1 too, by kubectl. With spec.secrets.token
request, step 2 is all: the old token ends by itself.

Usage:
  isthmus secrets rotate <cluster> [--kubeconfig <file> | --retire [--restarted]] ...
  isthmus secrets rotate <cluster> --kubeconfig <file> ... -- <program> ... {key} ...

Flags:
  -f, --file <path>          the mesh (default mesh/mesh.yaml, else mesh.yaml)
      --tag-key <file>       the key of the tags (default: the file that
                             ISTHMUS_TAG_KEY_FILE names)
      --kubeconfig <file>    leads to the cluster; - is standard input
      --context <name>       the context in it (default: the one of the cluster's name,
                             else the current one if it leads to its apiServer)
      --create-token         make the token Secret where the cluster has none
      --lifetime <duration>  of a requested token (default 2160h)
      --retire               take the old token Secret away
      --restarted            with --retire before 1.30: the control planes were
                             restarted since
      --accept <key>         take this sealing key, or the recipients of this
                             fingerprint, in place of what is pinned
      --allow-untested       take a newer release than the dialects were checked with

Example:
  isthmus secrets rotate west && isthmus render && git commit -am "Begin a new token for west"

` + exitStatuses + "\n"

func (c *cli) secretsRotate(stdin io.Reader) *cobra.Command {
	o := sealer{login: login{stdin: stdin}}
	var retire, restarted bool
	cmd := &cobra.Command{Use: "rotate", Long: secretsRotateHelp, Args: oneArgAndPutter("a cluster")}
	f := cmd.Flags()
	o.flags(f)
	o.login.flags(f)
	f.BoolVar(&retire, "retire", false, "")
	f.BoolVar(&restarted, "restarted", false, "")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		args = o.cut(cmd, args)
		reads := o.kubeconfig != "" || o.context != ""
		if reads {
			o.command = "isthmus secrets rotate " + args[0] + " --kubeconfig <file>"
		}
		switch {
		case o.argv != nil && !reads:
			return &usageError{"a program after -- puts a token, and none is read in this step", "pass --kubeconfig or --context, or leave it out"}
		case retire && (reads || o.create):
			return &usageError{"--retire reads no cluster", "leave --kubeconfig, --context and --create-token out"}
		case restarted && !retire:
			return &usageError{"--restarted goes with --retire", "leave it out, or add --retire"}
		case o.create && !reads:
			return &usageError{"--create-token asks a cluster, and none is given", "pass --kubeconfig or --context"}
		}
		return o.run(c, args, func(b *bench) error {
			request := b.mesh.Spec.Secrets.Token == mesh.TokenRequest
			switch {
			case retire && request:
				return &diag.Problem{What: "spec.secrets.token is request: there is no token Secret to retire", Why: "a requested token ends by itself, at the time that it was requested for", Fix: "to end it sooner, delete and make anew ServiceAccount/" + b.mesh.Spec.Istio.Namespace + "/" + secrets.Account + " once the new one is in use"}
			case retire:
				return b.retire(restarted)
			case reads:
				return b.replace(request)
			case request:
				return &usageError{"no cluster is given to request a token in", "pass --kubeconfig or --context"}
			}
			return b.begin()
		})
	}
	return cmd
}

// begin is the first step.
func (b *bench) begin() error {
	if b.cluster.Dialect().Old() {
		return &usageError{fmt.Sprintf("the overlay of a cluster with Istio %s holds no token Secret", b.cluster.Version), "have it made by kubectl: pass --kubeconfig and --create-token"}
	}
	generation, err := secrets.Begin(b.store, b.cluster)
	if err != nil {
		return err
	}
	b.say("%s: %s is rendered beside the token Secret in use", b.cluster.Name, secrets.TokenSecret(generation))
	b.say("Next: isthmus render, commit, and once it is synced isthmus secrets rotate %s --kubeconfig <file>", b.cluster.Name)
	return nil
}

// replace is the second step.
func (b *bench) replace(request bool) error {
	generation := 1
	if !request {
		all := b.store.Generations(b.cluster.Name)
		generation = all[len(all)-1]
		if len(all) == 1 {
			if !b.o.create && b.o.kubeconfig != "-" {
				return &diag.Problem{
					What: fmt.Sprintf("cluster %q has one token Secret, %s", b.cluster.Name, secrets.TokenSecret(generation)), Why: "its token is the one that is sealed",
					Fix: "begin with isthmus secrets rotate " + b.cluster.Name + ", or pass --create-token",
				}
			}
			var err error
			if generation, err = secrets.Begin(b.store, b.cluster); err != nil {
				return err
			}
		}
	}
	old := map[string]string{}
	for _, reader := range b.readers {
		if record, known := b.store.Record(reader.Name, secrets.SecretName(b.cluster.Name)); known && !record.NotAfter.IsZero() {
			old[reader.Name] = record.NotAfter.UTC().Format("2006-01-02 15:04 MST")
		}
	}
	if err := b.seal(generation, true); err != nil {
		return err
	}
	for _, reader := range b.readers {
		if record, _ := b.store.Record(reader.Name, secrets.SecretName(b.cluster.Name)); !request && record.Origin != secrets.TokenSecret(generation) {
			return &diag.Problem{What: fmt.Sprintf("the token is not that of %s", secrets.TokenSecret(generation)), Why: "the old one is to be retired, and would take this one with it", Fix: "give the token of that Secret"}
		}
	}
	b.say("")
	for _, reader := range b.readers {
		b.say("%s, Istio %s: %s.", reader.Name, reader.Version, secrets.Takes(&b.mesh.Spec, reader))
	}
	if request {
		for _, reader := range b.readers {
			if day := old[reader.Name]; day != "" {
				b.say("The token that %s had is good until %s.", reader.Name, day)
			}
		}
		b.say("Next: isthmus render, commit, and have it synced before the old token ends")
		return nil
	}
	reads := fmt.Sprintf("every control plane reads %s with it", b.cluster.Name)
	if b.external() {
		reads = b.taken()
	}
	b.say("Next: isthmus render, commit, and once it is synced and %s, isthmus secrets rotate %s --retire", reads, b.cluster.Name)
	return nil
}

// retire is the last step.
func (b *bench) retire(restarted bool) error {
	gone, err := secrets.Retire(b.store, &b.mesh.Spec, b.cluster, restarted)
	if err != nil {
		return err
	}
	if b.external() { // the old token ends with the next commit, and until then nothing is lost
		b.say("Before you go on see that %s", b.taken())
	}
	if b.cluster.Dialect().Old() {
		newest := b.store.Generations(b.cluster.Name)[0]
		b.say("Next: delete the token Secrets of %s but %s: kubectl --context %s -n %s get secret --field-selector type=kubernetes.io/service-account-token", secrets.Account, secrets.TokenSecret(newest), b.cluster.Name, b.mesh.Spec.Istio.Namespace)
		return nil
	}
	b.say("%s: %s is rendered no more; its token ends when it is pruned", b.cluster.Name, strings.Join(gone, ", "))
	b.say("Next: isthmus render, commit; without pruning, kubectl --context %s -n %s delete secret %s", b.cluster.Name, b.mesh.Spec.Istio.Namespace, strings.Join(gone, " "))
	return nil
}

// taken says what shows that the operators have brought the new token to all who
// read the cluster: what was put is in no cluster yet.
func (b *bench) taken() string {
	return fmt.Sprintf("isthmus verify passes ExternalSecret/%s/%s in %s", b.mesh.Spec.Istio.Namespace, secrets.SecretName(b.cluster.Name), names(b.readers))
}

// say has a line printed once all is written.
func (b *bench) say(format string, args ...any) {
	b.said = append(b.said, fmt.Sprintf(format, args...))
}
