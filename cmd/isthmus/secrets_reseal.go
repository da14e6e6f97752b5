package main

import (
	"io"
	"slices"

	"github.com/spf13/cobra"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/seal"
	"github.com/isthmus-mesh/isthmus/generators/secrets"
)

const secretsResealHelp = `reseal seals again, for all clusters, what is sealed for a key that is not the one
in mesh/sealing/<cluster>.pem any more. Nothing else changes. It opens what is
there with the clusters' private keys, in memory; without them, read the
credentials anew: isthmus secrets create --all. With the backend sops it is what
the recipients in .sops.yaml are not those of, and your sops opens it.

Usage:
  isthmus secrets reseal [--private-key {<file> | -}]... [--accept <key>]...
                         [--cluster <name>]... [--tag-key <file>]

Flags:
  -f, --file <path>         the mesh (default mesh/mesh.yaml, else mesh.yaml)
      --tag-key <file>      the key of the tags (default: the file that
                            ISTHMUS_TAG_KEY_FILE names)
      --private-key <file>  private keys of sealed-secrets, in PEM or as kubectl
                            prints their Secrets; - is standard input
      --accept <key>        take this sealing key, or the recipients of this
                            fingerprint, in place of what is pinned; may be
                            repeated
      --cluster <name>      what is sealed for this cluster only; may be repeated
      --allow-untested      take a newer release than the dialects were checked with

Example:
  kubectl -n kube-system get secret -l sealedsecrets.bitnami.com/sealed-secrets-key -o yaml |
    isthmus secrets reseal --private-key - --accept <key>

` + exitStatuses + "\n"

func (c *cli) secretsReseal(stdin io.Reader) *cobra.Command {
	var o sealer
	var private, clusters []string
	cmd := &cobra.Command{Use: "reseal", Long: secretsResealHelp, Args: noArgs}
	o.flags(cmd.Flags())
	cmd.Flags().StringSliceVar(&private, "private-key", nil, "")
	cmd.Flags().StringSliceVar(&clusters, "cluster", nil, "")
	cmd.RunE = func(*cobra.Command, []string) error {
		m, err := o.mending()
		if err != nil {
			return err
		}
		if err := knownClusters(m, clusters...); err != nil {
			return err
		}
		if m.Spec.Secrets.Backend == mesh.External {
			return &usageError{"spec.secrets.backend is external, and nothing is sealed to be sealed again", "put the credentials anew: isthmus secrets create --all -- <program> {key}"}
		}
		if m.Spec.Secrets.Backend == mesh.SealedSecrets && len(private) == 0 {
			return &usageError{"no private key is given to open what is sealed", "pass --private-key; or read the credentials anew with isthmus secrets create --all"}
		}
		if err := ownKeys(m, private); err != nil {
			return err
		}
		if o.private, err = o.privateKeys(private, stdin); err != nil {
			return err
		}
		b := &bench{o: &o, cli: c, mesh: m}
		return o.open(b, func() error { return b.reseal(clusters) })
	}
	return cmd
}

// resumed gives the Secret of a file that a run wrote which was then killed.
func (b *bench) resumed(f seal.File, known bool) (*seal.Secret, bool) {
	if known {
		return nil, false
	}
	return b.store.Resumed(f.Cluster, f.Name)
}

// reseal seals again what is sealed for a renewed key: all of it or, where
// anything cannot be opened, none.
func (b *bench) reseal(clusters []string) error {
	var problems diag.Problems
	stale := 0
	for _, f := range b.store.Secrets() {
		if len(clusters) > 0 && !slices.Contains(clusters, f.Cluster) {
			continue
		}
		_, known := b.store.Record(f.Cluster, f.Name)
		at := diag.Position{File: b.o.shown(f.Path())}
		if secret, resumed := b.resumed(f, known); resumed {
			stale++
			secrets.Framed(&b.mesh.Spec, secret)
			if err := b.put(*secret); err != nil {
				return err
			}
			continue
		}
		if !known {
			problems = append(problems, &diag.Problem{Pos: at, What: "is not what isthmus sealed", Why: "sealed again, it would look as if it were", Fix: "look at the file's history, and seal the right one: isthmus secrets create"})
			continue
		}
		_, changed, err := b.store.Stale(f.Cluster, f.Name)
		if p, ok := err.(*diag.Problem); ok {
			problems = append(problems, p)
			continue
		}
		if err != nil {
			return err
		}
		if !changed {
			continue
		}
		stale++
		secret, err := b.store.Open(f.Cluster, f.Name)
		if err != nil {
			problems = append(problems, b.o.locked(b.mesh, f))
			continue
		}
		secrets.Framed(&b.mesh.Spec, secret)
		if err := b.put(*secret); err != nil {
			if p, ok := err.(*diag.Problem); ok {
				problems = append(problems, p)
				continue
			}
			return err
		}
	}
	if len(problems) > 0 {
		return problems.Sorted()
	}
	if stale == 0 {
		where := b.o.shown("sealing")
		if b.mesh.Spec.Secrets.Backend == mesh.SOPS {
			where = ".sops.yaml"
		}
		b.say("everything is sealed for the keys in %s", where)
		return nil
	}
	b.say("Next: isthmus render, commit, once the clusters have the new keys")
	return nil
}
