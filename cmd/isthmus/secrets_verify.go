package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/seal"
	"github.com/isthmus-mesh/isthmus/generators/secrets"
)

const secretsVerifyHelp = `verify says what is wrong with what is sealed, without a cluster: its structure,
its names, its keys, whether it fits the sealing certificate, and by the tags
whether it is what isthmus sealed. It cannot tell that a cluster has the key.

Usage:
  isthmus secrets verify [-f <mesh.yaml>] [--tag-key <file>]
                         [--private-key {<file> | -}]... [--open]

Flags:
  -f, --file <path>         the mesh (default mesh/mesh.yaml, else mesh.yaml)
      --tag-key <file>      the key of the tags (default: the file that
                            ISTHMUS_TAG_KEY_FILE names): tells too whether
                            somebody else wrote the tags
      --private-key <file>  private keys of sealed-secrets, in PEM or as kubectl
                            prints their Secrets; - is standard input. What they
                            open is checked in memory
      --open                have your sops open what it encrypted, and check that
                            in memory
      --allow-untested      take a newer release than the dialects were checked with

Example:
  isthmus secrets verify

` + exitStatuses + "\n"

func (c *cli) secretsVerify(stdin io.Reader) *cobra.Command {
	var in input
	s := &sealing{input: &in}
	var private []string
	var open bool
	cmd := &cobra.Command{Use: "verify", Long: secretsVerifyHelp, Args: noArgs}
	in.flags(cmd.Flags())
	cmd.Flags().StringVar(&s.tagKey, "tag-key", "", "")
	cmd.Flags().StringSliceVar(&private, "private-key", nil, "")
	cmd.Flags().BoolVar(&open, "open", false, "")
	cmd.RunE = func(*cobra.Command, []string) error {
		m, err := in.mending()
		if err != nil {
			return err
		}
		var key seal.Key
		if s.tagKey != "" || os.Getenv(tagKeyVariable) != "" {
			if key, err = s.key(); err != nil {
				return err
			}
		}
		if err := ownKeys(m, private); err != nil {
			return err
		}
		if open && m.Spec.Secrets.Backend != mesh.SOPS {
			return &usageError{"--open is for the backend sops, and mesh.yaml says " + string(m.Spec.Secrets.Backend), "give the keys that open with --private-key"}
		}
		if s.private, err = in.privateKeys(private, stdin); err != nil {
			return err
		}
		files, err := s.files()
		if err != nil {
			return err
		}
		defer files.Close()
		store, err := s.store(m, files.FS(), key)
		if err != nil {
			return err
		}
		problems := append(store.Verify(secrets.Shapes(&m.Spec)), store.VerifyPuts(secrets.Shapes(&m.Spec))...)
		clusters := map[string]bool{}
		for _, f := range store.Secrets() {
			if m.Spec.Secrets.Backend == mesh.SealedSecrets && !clusters[f.Cluster] {
				certificates := seal.Certificates{Files: files.FS(), Dir: s.dir(), Now: now()}
				_, err := certificates.Current(f.Cluster)
				var p *diag.Problem
				if errors.As(err, &p) {
					problems = append(problems, p)
				}
			}
			clusters[f.Cluster] = true
			remote := f.Remote()
			if record, known := store.Record(f.Cluster, f.Name); known && remote != "" && m.Spec.Secrets.Token != mesh.TokenRequest && secrets.Gone(store.Generations(remote), record.Origin) {
				problems = append(problems, &diag.Problem{
					Pos: diag.Position{File: s.shown(f.Path())}, What: fmt.Sprintf("holds the token of %s, which the cluster has no more", record.Origin),
					Why: "it ended when its Secret was pruned, or will", Fix: "isthmus secrets create " + remote,
				})
			}
			if open || len(s.private) > 0 {
				problems = append(problems, s.opened(m, store, f)...)
			}
		}
		if len(problems) > 0 {
			return problems
		}
		depth := "as far as that shows without the key of the tags"
		switch {
		case open || len(s.private) > 0:
			depth = "with what is in them"
		case !key.IsZero():
			depth = "with the tags"
		}
		looked := diag.Count(len(store.Secrets()), "sealed Secret")
		if len(m.Puts) > 0 {
			looked += " and " + diag.Count(len(m.Puts), "Secret") + " that isthmus put into a store"
		}
		fmt.Fprintf(c.stdout, "%s: nothing is wrong, %s\n", looked, depth)
		return nil
	}
	return cmd
}

// opened says what is wrong with what is in a sealed Secret.
func (s *sealing) opened(m *mesh.Mesh, store *seal.Store, f seal.File) diag.Problems {
	at := diag.Position{File: s.shown(f.Path())}
	secret, err := store.Open(f.Cluster, f.Name)
	if err != nil {
		p := s.locked(m, f)
		p.Why = "it was sealed for another cluster, under another name, or for a key that is not among them"
		if m.Spec.Secrets.Backend == mesh.SOPS {
			p.Why = "it is for others, or somebody changed it"
		}
		return diag.Problems{p}
	}
	remote, isRemote := strings.CutPrefix(f.Name, secrets.SecretName(""))
	if !isRemote {
		return nil
	}
	var problems diag.Problems
	for _, c := range m.Spec.Clusters {
		if c.Name == remote {
			problems = secrets.CheckContent(&m.Spec, &c, secret, now()).Errors()
		}
	}
	for _, p := range problems {
		p.Pos = at
	}
	return problems
}
