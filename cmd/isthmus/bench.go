package main

import (
	"errors"
	"fmt"
	"os"
	"path"
	"strings"

	"github.com/spf13/pflag"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/seal"
	"github.com/isthmus-mesh/isthmus/generators/secrets"
)

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

// run does work at the bench of each remote, and writes what it changed. What is
// wrong with one remote keeps none of the others.
func (o *sealer) run(c *cli, remotes []string, work func(*bench) error) error {
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
	if o.all {
		if remotes = secrets.Remotes(&m.Spec); len(remotes) == 0 {
			return &diag.Problem{Pos: m.Pos("spec.clusters"), What: "no cluster is read by the control plane of another", Why: "there is nothing to seal", Fix: "leave isthmus secrets create out"}
		}
	}
	benches := make([]*bench, len(remotes))
	for i, remote := range remotes {
		benches[i] = &bench{o: o, cli: c, mesh: m}
		if err := benches[i].choose(remote); err != nil {
			return err
		}
	}
	return o.holding(func(key seal.Key) error {
		var problems diag.Problems
		for _, b := range benches {
			err := b.do(key, func() error { return work(b) })
			more, are := asProblems(err)
			if !are {
				c.stderr.say(problems.Sorted()...)
				return err
			}
			problems = append(problems, more...)
			if told.Load() {
				break
			}
		}
		if len(problems) > 0 {
			return problems.Sorted()
		}
		return nil
	})
}

// asProblems gives the problems that an error is, none for no error.
func asProblems(err error) (diag.Problems, bool) {
	var p *diag.Problem
	var ps diag.Problems
	switch {
	case err == nil:
		return nil, true
	case errors.As(err, &ps):
		return ps, true
	case errors.As(err, &p):
		return diag.Problems{p}, true
	}
	return nil, false
}

// open gives a bench its store, and writes what the work changed in it.
func (o *sealer) open(b *bench, work func() error) error {
	return o.holding(func(key seal.Key) error { return b.do(key, work) })
}

// holding does work with the key of the tags, while nobody else writes.
func (o *sealer) holding(work func(seal.Key) error) error {
	key, err := o.key()
	if err != nil {
		return err
	}
	defer o.close()
	if err := o.hold(); err != nil {
		return err
	}
	return work(key)
}

// do works with a store of its own, so that all of the work is written or nothing.
func (b *bench) do(key seal.Key, work func() error) error {
	o := b.o
	var err error
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
