package main

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"

	"github.com/isthmus-mesh/isthmus/generators/ca"
	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/seal"
)

// putAll has the user's program put each bundle into the store. What is public of
// it is written before, so that a run that is killed is seen by it, and taken back
// where the program fails.
func (o *caIssueFlags) putAll(bundles []*ca.Bundle, shape ca.Shape, store *seal.Store) error {
	place := o.mesh.Spec.Place()
	shapes := make([]ca.Shape, len(bundles))
	for i, b := range bundles {
		var err error
		if shapes[i], err = o.lasting(b.Cluster, shape, store); err != nil {
			return err
		}
	}
	for i, b := range bundles {
		secret, err := o.secret(b, shapes[i])
		if err != nil {
			return err
		}
		secret.Origin = ca.Fingerprint(b.Chain[0])
		at := path.Join(o.sealing.mesh, mesh.CertificatePath(b.Cluster))
		was, err := o.sealing.root.ReadFile(at)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err := o.write(mesh.CertificatePath(b.Cluster), b.PEM()); err != nil {
			return err
		}
		if err := o.putter.put(&secret, place.Key(seal.Entry(secret.Cluster, secret.Name))); err != nil {
			back := func() error { return o.held.Write(at, was) }
			if was == nil {
				back = func() error { return o.held.Remove(at) }
			}
			if failed := back(); failed != nil {
				return errors.Join(err, failed)
			}
			var p *diag.Problem
			if errors.As(err, &p) && i > 0 {
				p.Fix = "the certificates before it are put and written: see why, and issue for " + b.Cluster + " and those after it"
			}
			return err
		}
		store.Keep(&secret)
		if err := o.keep(store); err != nil {
			return err
		}
	}
	return nil
}

// lasting gives the shape that the cacerts of a cluster has and keeps, else the one
// that is asked for: Kubernetes changes the type of no Secret, and external-secrets
// deletes none.
func (o *caIssueFlags) lasting(cluster string, asked ca.Shape, store *seal.Store) (ca.Shape, error) {
	is := asked
	if put, known := store.Kept(cluster, mesh.CACerts); known && put.At(o.mesh.Spec.Place(), seal.Entry(cluster, mesh.CACerts)) {
		is = ca.Shape(put.Type)
	}
	for _, f := range store.Secrets() {
		switch {
		case f.Cluster != cluster || f.Name != mesh.CACerts:
		case slices.Contains(f.Keys(), "tls.key"):
			is = ca.TLS
		default:
			is = ca.Plugged
		}
	}
	if o.tls && is != ca.TLS {
		return "", &diag.Problem{
			What: fmt.Sprintf("the Secret %s of cluster %q has the type %s, and --tls would make it %s", mesh.CACerts, cluster, is, ca.TLS),
			Why:  "Kubernetes changes the type of no Secret", Fix: "leave --tls out",
		}
	}
	return is, nil
}
