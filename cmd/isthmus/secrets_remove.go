package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/revision"
	"github.com/isthmus-mesh/isthmus/generators/seal"
	"github.com/isthmus-mesh/isthmus/generators/secrets"
)

const secretsRemoveHelp = `remove takes away what is kept of a cluster and no longer wanted. Of one that is
leaving that is its remote Secret, in every control plane; of one that left, or that
lost its control plane, also what it opened itself, its lines among the tags, and
its public certificates. Where an external store keeps them, that is what is still
sealed, once it is put, and no control plane asks for a cluster that is leaving. What
history alone could bring back has to be committed. The token itself stays good until its token Secret goes.

Usage:
  isthmus secrets remove <cluster> [-f <mesh.yaml>] [--tag-key <file>]

Flags:
  -f, --file <path>     the mesh (default mesh/mesh.yaml, else mesh.yaml)
      --tag-key <file>  the key of the tags (default: the file that
                        ISTHMUS_TAG_KEY_FILE names)
      --allow-untested  take a newer release than the dialects were checked with

Example:
  isthmus secrets remove west && isthmus render

` + exitStatuses + "\n"

func (c *cli) secretsRemove() *cobra.Command {
	var o sealer
	cmd := &cobra.Command{Use: "remove", Long: secretsRemoveHelp, Args: oneArg("a cluster")}
	o.sealing.input = &o.input
	o.input.flags(cmd.Flags())
	cmd.Flags().StringVar(&o.tagKey, "tag-key", "", "")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		o.input.skipCertificates = true // those of the cluster may be what is wrong
		m, err := o.mending()
		if err != nil {
			return err
		}
		b := &bench{o: &o, cli: c, mesh: m}
		return o.open(b, func() error { return b.remove(args[0]) })
	}
	return cmd
}

// remove drops what is kept of a cluster, which may be gone from the mesh.
func (b *bench) remove(cluster string) error {
	spec := &b.mesh.Spec
	files := secrets.Leftover(spec, b.store.Known(), cluster)
	if err := b.stored(files); err != nil {
		return err
	}
	var single []string // what could not be made again
	for _, f := range files {
		if f.Remote() == "" && f.Data != nil {
			single = append(single, f.Path())
		}
	}
	b.gone = b.certificates(cluster)
	single = append(single, b.gone...)
	if err := b.kept(single); err != nil {
		return err
	}
	for _, f := range files {
		b.store.Remove(f.Cluster, f.Name)
		b.say("%s: removed", b.o.shown(f.Path()))
	}
	i := slices.IndexFunc(spec.Clusters, func(c mesh.Cluster) bool { return c.Name == cluster })
	b.unput(cluster, i >= 0 && spec.Clusters[i].State == mesh.Leaving)
	if i < 0 { // one that leaves keeps the token Secret that it has
		if first := b.store.Generations(cluster); !slices.Equal(first, []int{1}) {
			b.store.SetGenerations(cluster, 1)
			b.say("%s: the token Secrets of %s: removed", b.o.shown(seal.LockPath), cluster)
		}
	}
	next := "isthmus render"
	if !secrets.Opens(spec, cluster) && b.store.Unpin(cluster) {
		b.say("%s: the pinned key of %s: removed", b.o.shown(seal.LockPath), cluster)
		if i >= 0 {
			next += " --rebind" // the overlay is bound to the pin
		}
	}
	for _, name := range b.gone {
		b.say("%s: removed", b.o.shown(name))
	}
	switch {
	case len(b.said) == 0 && i < 0:
		return &diag.Problem{What: fmt.Sprintf("nothing is kept of a cluster %q", cluster), Fix: "isthmus secrets status lists what is sealed"}
	case len(b.said) == 0 && spec.Clusters[i].State == mesh.Leaving:
		return &diag.Problem{What: fmt.Sprintf("cluster %q has no remote Secret any more, and what else is kept of it goes last", cluster), Fix: "once it is dropped from mesh.yaml, isthmus secrets remove " + cluster}
	case len(b.said) == 0:
		return &diag.Problem{
			What: fmt.Sprintf("all that is kept of cluster %q is wanted: it is %s", cluster, spec.Clusters[i].State), Why: "without its remote Secret its proxies would run on, and their control plane would not know their cluster",
			Fix: "write state: leaving first (docs/leaving.md); for another token, isthmus secrets rotate " + cluster,
		}
	case len(single) > 0:
		b.say("What exists nowhere else is in the last commit")
	}
	b.say("Next: %s, commit", next)
	return nil
}

// stored refuses sealed files that the mesh wants while nothing is known to be in
// the store in their place.
func (b *bench) stored(files []seal.File) error {
	if !b.external() {
		return nil
	}
	var problems diag.Problems
	for _, f := range secrets.Unput(&b.mesh.Spec, b.store, files) {
		put := "isthmus ca issue " + f.Cluster
		if remote := f.Remote(); remote != "" {
			put = "isthmus secrets create " + remote
		}
		problems = append(problems, &diag.Problem{
			Pos: diag.Position{File: b.o.shown(f.Path())}, What: "is wanted, and isthmus put nothing into the store in its place",
			Why: "the control plane would have only what the store may hold", Fix: "put it first: " + put + " … -- <program> {key}",
		})
	}
	if len(problems) > 0 {
		return problems
	}
	return nil
}

// unput drops what the lock says of the entries of a cluster that are not wanted, and has no control
// plane ask for the remote Secret of one that is leaving. What a store has stays.
func (b *bench) unput(cluster string, leaving bool) {
	if external := b.external(); external && leaving && !b.store.Removed(cluster) {
		b.store.SetRemoved(cluster)
		b.say("%s: no control plane asks for the remote Secret of %s any more", b.o.shown(seal.LockPath), cluster)
	}
	for _, name := range []string{secrets.SecretName(cluster), secrets.CACerts} {
		entry := seal.Entry(cluster, name)
		wanted := slices.ContainsFunc(secrets.Shapes(&b.mesh.Spec), func(w seal.Shape) bool { return seal.Entry(w.Cluster, w.Name) == entry })
		if wanted && (!leaving || name == secrets.CACerts) {
			continue
		}
		if put, was := b.store.Kept(cluster, name); was && b.store.Forget(cluster, name) {
			b.say("%s: the line of %s: removed; the entry itself stays in %s until you delete it", b.o.shown(seal.LockPath), put.Key, put.Store)
		}
	}
}

// certificates gives the public certificates of a cluster that lie beside
// mesh.yaml for nobody: nothing is sealed for it any more, or it does not sign.
func (b *bench) certificates(cluster string) []string {
	spec := &b.mesh.Spec
	signs := slices.ContainsFunc(spec.Clusters, func(c mesh.Cluster) bool { return c.Name == cluster && spec.Signs(&c) })
	var some []string
	for name, used := range map[string]bool{seal.CertificatePath(cluster): secrets.Opens(spec, cluster), mesh.CertificatePath(cluster): signs || mesh.CertificatePath(cluster) == mesh.RootsPath} {
		entries, _ := fs.ReadDir(b.files.FS(), path.Dir(name)) // one that is not there holds none
		if !used && slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return path.Dir(name)+"/"+e.Name() == name }) {
			some = append(some, name)
		}
	}
	slices.Sort(some)
	return some
}

// kept refuses files that the last commit does not have as they lie there: nothing
// could bring them back. No commit is asked for where there are no files.
func (b *bench) kept(names []string) error {
	if len(names) == 0 {
		return nil
	}
	folder, err := filepath.Abs(filepath.Dir(b.o.path()))
	if err != nil {
		return err
	}
	g := &git{}
	defer g.Close()
	at, err := revision.Find(g, folder, "HEAD")
	var history fs.FS
	if err == nil {
		history, err = at.FS(".")
	}
	var problems diag.Problems
	for _, name := range names {
		is, readErr := fs.ReadFile(b.files.FS(), name)
		if readErr != nil {
			return readErr
		}
		if err == nil {
			if was, err := fs.ReadFile(history, name); err == nil && bytes.Equal(was, is) {
				continue
			}
		}
		p := &diag.Problem{
			Pos: diag.Position{File: b.o.shown(name)}, What: "is not in the last commit as it lies here", Why: "removed, it could not be brought back",
			Fix: "commit it first, or move it away yourself",
		}
		var cause *diag.Problem
		if errors.As(err, &cause) {
			p.Why += ": " + cause.What
		}
		problems = append(problems, p)
	}
	if len(problems) > 0 {
		return problems
	}
	return nil
}
