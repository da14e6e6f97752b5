package main

import (
	"crypto/x509"
	"fmt"
	"os"
	"slices"

	"github.com/spf13/pflag"

	"github.com/isthmus-mesh/isthmus/generators/ca"
	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
)

// A nextRoot is a root that a command makes, or takes from another CA.
type nextRoot struct {
	key  rootKey
	how  maker
	from string
	set  *pflag.FlagSet
}

func (o *nextRoot) flags(f *pflag.FlagSet) {
	o.key.newFlags(f)
	o.how.flags(f, ca.RootLifetime)
	f.StringVar(&o.from, "from", "", "")
	o.set = f
}

func (o *nextRoot) check() error {
	switch {
	case o.from == "" && o.key.file == "":
		return &usageError{"nothing says where the root's key goes", "name a file with --key, outside of the repository; or take roots with --from"}
	case o.from != "" && o.key.file != "":
		return &usageError{"--from takes a root, and --key makes one", "leave the one or the other out"}
	case o.from != "":
		return unused(o.set, "--from", "what it names is taken as it is", "algorithm", "days", "recipient", "recipients-file", passphraseFlag, "passphrase-file", "identity")
	}
	return o.how.check()
}

// root makes the new root or takes some, checked, and what there is to say of
// it. A root that is made has its key on the disk.
func (c *cli) root(a *authority, o *nextRoot) ([]*x509.Certificate, string, error) {
	root, err := a.input.root()
	if err != nil {
		return nil, "", err
	}
	if o.from != "" {
		roots, err := a.take(o.from)
		if err != nil {
			return nil, "", err
		}
		said := ""
		for _, cert := range roots {
			said += fmt.Sprintf("%s: takes %s, good until %s, SHA-256 %s\n", a.shown(mesh.RootsPath), cert.Subject, ends(cert), ca.Fingerprint(cert))
		}
		return roots, said + "\nNext, for each cluster: isthmus ca issue <cluster> --from <folder of its cacerts>\n", nil
	}
	if err := o.key.outside(root); err != nil {
		return nil, "", err
	}
	made, fresh, err := o.key.make(&o.how, c.stderr)
	if err != nil {
		return nil, "", err
	}
	verb := "makes"
	if !fresh {
		if err := unused(o.set, "a key that is there already", "the root in it is taken as it is", "algorithm", "days", "recipient", "recipients-file"); err != nil {
			return nil, "", err
		}
		if slices.ContainsFunc(a.certs.Roots, made.Certificate.Equal) {
			return nil, "", &diag.Problem{Pos: diag.Position{File: o.key.file}, What: "holds a root that the mesh has", Why: "the next one has a key of its own", Fix: "name a file that is not there yet"}
		}
		verb = "takes"
	}
	said := fmt.Sprintf("%s: %s %s, good until %s, SHA-256 %s\n", a.shown(mesh.RootsPath), verb, made.Certificate.Subject, ends(made.Certificate), ca.Fingerprint(made.Certificate))
	said += fmt.Sprintf("%s: its key, encrypted; keep copies of it offline, and apart from what opens it\n", o.key.file)
	return []*x509.Certificate{made.Certificate}, said + "\nNext: isthmus ca issue --all --key " + quoted(o.key.file) + o.key.opener() + "\n", nil
}

// take reads roots that another CA keeps.
func (a *authority) take(from string) ([]*x509.Certificate, error) {
	data, err := os.ReadFile(from)
	if err != nil {
		return nil, &diag.Problem{Pos: diag.Position{File: from}, What: "cannot be read"}
	}
	roots, err := ca.Roots(from, data)
	if err != nil {
		return nil, wrong(err)
	}
	found := slices.Concat(ca.CheckRoots(roots, a.mesh.Spec.Terms()), ca.RootExpiry(roots, now()))
	return roots, stopping(found, from)
}

// stopping gives the findings that stop the work, at a file.
func stopping(found []ca.Finding, file string) error {
	var problems diag.Problems
	for _, f := range found {
		if f.Stops() {
			p := mesh.CertificateProblem(f, "")
			p.Severity, p.Pos = diag.Error, diag.Position{File: file}
			problems = append(problems, p)
		}
	}
	if len(problems) > 0 {
		return problems
	}
	return nil
}
