package main

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/ca"
	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
)

// bundles makes the bundles, or takes the one that is given.
func (o *caIssueFlags) bundles(c *cli, targets []*mesh.Cluster) ([]*ca.Bundle, ca.Shape, error) {
	old := o.mesh.Spec.Old()
	shape := ca.Plugged
	if o.tls {
		shape = ca.TLS
	}
	if o.tls && old {
		return nil, "", &usageError{"--tls: 1.4 and 1.5 take only a cacerts of four keys", "leave it out"}
	}
	if o.from != "" {
		b, its, err := o.take(targets[0].Name)
		if err != nil {
			return nil, "", err
		}
		if its == ca.TLS && !old {
			shape = ca.TLS
		}
		return []*ca.Bundle{b}, shape, nil
	}
	top, err := o.input.root()
	if err != nil {
		return nil, "", err
	}
	if err := o.root.outside(top); err != nil {
		return nil, "", err
	}
	root, err := o.root.open(c.stderr)
	if err != nil {
		return nil, "", err
	}
	if !slices.ContainsFunc(o.certs.Roots, root.Certificate.Equal) {
		return nil, "", &diag.Problem{Pos: diag.Position{File: o.root.file}, What: fmt.Sprintf("its root, %q, is not one that the mesh trusts", root.Certificate.Subject), Fix: "name the key of a root in " + o.shown(mesh.RootsPath)}
	}
	algorithm := ca.Algorithm(o.how.algorithm)
	if old && !o.set.Changed("algorithm") {
		algorithm = ca.RSA4096 // what those releases' own tools make
	}
	var all []*ca.Bundle
	spec := &o.mesh.Spec
	for _, cl := range targets {
		b, err := root.Issue(ca.Cluster{Name: cl.Name, Namespace: spec.Istio.Namespace, TrustDomain: spec.TrustDomain, Old: old}, o.certs.Roots, algorithm, o.how.lifetime(), now())
		var outlives *ca.OutlivesError
		if errors.As(err, &outlives) {
			return nil, "", &diag.Problem{What: fmt.Sprintf("the certificate of cluster %q: %s", cl.Name, outlives), Why: "what ends with its root is of no use for longer", Fix: "make it shorter with --days, or the next root: isthmus ca rotate"}
		}
		if err != nil {
			return nil, "", err
		}
		all = append(all, b)
	}
	return all, shape, nil
}

// take reads the bundle of a cluster from a folder.
func (o *caIssueFlags) take(cluster string) (*ca.Bundle, ca.Shape, error) {
	root, err := o.input.root()
	if err != nil {
		return nil, "", err
	}
	if err := outside(root, o.from, "private keys"); err != nil {
		return nil, "", err
	}
	b, shape, err := readBundle(cluster, o.from)
	if err != nil {
		return nil, "", err
	}
	if !sameRoots(b.Roots, o.certs.Roots) {
		return nil, "", &diag.Problem{Pos: diag.Position{File: o.from}, What: "its roots are not those of " + o.shown(mesh.RootsPath), Why: "all clusters trust the same roots", Fix: "put the same roots into both; isthmus ca rotate says how to go from one root to the next"}
	}
	b.Roots = o.certs.Roots // in one order everywhere
	return b, shape, nil
}

func sameRoots(a, b []*x509.Certificate) bool {
	has := func(all, some []*x509.Certificate) bool {
		return !slices.ContainsFunc(some, func(one *x509.Certificate) bool { return !slices.ContainsFunc(all, one.Equal) })
	}
	return has(a, b) && has(b, a)
}

// readBundle reads the files of a cacerts from a folder.
func readBundle(cluster, folder string) (*ca.Bundle, ca.Shape, error) {
	files := map[string][]byte{}
	for _, shape := range []ca.Shape{ca.Plugged, ca.TLS} {
		for _, key := range shape.Keys() {
			name := filepath.Join(folder, key)
			var data []byte
			_, err := os.Stat(name)
			switch {
			case errors.Is(err, fs.ErrNotExist):
				continue
			case strings.Contains(key, "key"):
				data, err = readPrivate(name, keyFileLimit)
			default:
				if data, err = os.ReadFile(name); err != nil {
					err = &diag.Problem{Pos: diag.Position{File: name}, What: "cannot be read"}
				}
			}
			if err != nil {
				return nil, "", err
			}
			files[key] = data
		}
	}
	b, shape, err := ca.ParseBundle(cluster, folder, files)
	return b, shape, wrong(err)
}
