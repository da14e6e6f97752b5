package main

import (
	"crypto/x509"
	"fmt"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"github.com/isthmus-mesh/isthmus/generators/ca"
	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
)

const caInitHelp = `init makes the root of the mesh. Its certificate goes to mesh/ca/root.pem; its key,
encrypted by age, to a file that you keep offline, outside of the repository.

Usage:
  isthmus ca init [-f <mesh.yaml>] --key <file>
                  {--recipient <age1…>... | --passphrase} [--algorithm <name>]
  isthmus ca init [-f <mesh.yaml>] --from <root-cert.pem>

Flags:
  -f, --file <path>             the mesh (default mesh/mesh.yaml, else mesh.yaml)
      --key <file>              where the key goes; one that is there is never
                                written over: with --identity or a passphrase the
                                root in it is taken
      --recipient <age1…>       encrypt it to this age recipient; may be repeated
      --recipients-file <file>  … and to those in a file
      --passphrase              encrypt it on a passphrase, asked for here
      --passphrase-file <file>  … or read from a file
      --identity <file>         opens a key that is there already
      --algorithm <name>        ecdsa-p256, ecdsa-p384 or rsa-4096 (default
                                ecdsa-p256)
      --days <n>                how long the root is good (default 3650)
      --from <file>             take the roots in this file, whose keys another CA
                                keeps
      --force-root-change       replace the roots that are there, at once: until
                                every cluster has a certificate under the new one,
                                clusters refuse each other's workloads
      --allow-untested          take a newer release than the dialects were checked
                                with

Example:
  isthmus ca init --key /media/usb/root.age --recipient age1…

` + exitStatuses + "\n"

type caInitFlags struct {
	authority
	root  rootKey
	how   maker
	from  string
	force bool
}

func (c *cli) caInit() *cobra.Command {
	var o caInitFlags
	cmd := &cobra.Command{Use: "init", Long: caInitHelp, Args: noArgs}
	f := cmd.Flags()
	o.input.flags(f)
	o.root.newFlags(f)
	o.how.flags(f, ca.RootLifetime)
	f.StringVar(&o.from, "from", "", "")
	f.BoolVar(&o.force, "force-root-change", false, "")
	cmd.RunE = func(*cobra.Command, []string) error {
		if err := oneRoot(o.from, o.root.file); err != nil {
			return err
		}
		if err := o.how.check(); err != nil {
			return err
		}
		defer o.close()
		return c.runCAInit(&o)
	}
	return cmd
}

// oneRoot checks that a root is made or taken.
func oneRoot(from, key string) error {
	switch {
	case from == "" && key == "":
		return &usageError{"nothing says where the root's key goes", "name a file with --key, outside of the repository; or take roots with --from"}
	case from != "" && key != "":
		return &usageError{"--from takes a root, and --key makes one", "leave the one or the other out"}
	}
	return nil
}

func (c *cli) runCAInit(o *caInitFlags) error {
	if err := o.open(); err != nil {
		return err
	}
	if len(o.certs.Roots) > 0 && !o.force {
		return &diag.Problem{Pos: diag.Position{File: o.shown(mesh.RootsPath)}, What: "the mesh has a root", Why: "to replace it at once parts its clusters from each other", Fix: "isthmus ca rotate goes from one root to the next without an outage"}
	}
	roots, said, err := c.root(&o.authority, &o.root, &o.how, o.from)
	if err != nil {
		return err
	}
	if o.force {
		if err := ca.Transition(o.certs.Roots, roots, o.certs.Clusters); err != nil && len(o.certs.Roots) > 0 {
			fmt.Fprintf(c.stderr, "isthmus: warning: %s\n", err)
		}
	}
	if err := o.write(mesh.RootsPath, ca.Encode(roots...)); err != nil {
		return err
	}
	fmt.Fprint(c.stdout, said)
	return nil
}

// root makes the new root or takes some, checked, and what there is to say of
// it. A root that is made has its key on the disk.
func (c *cli) root(a *authority, key *rootKey, how *maker, from string) ([]*x509.Certificate, string, error) {
	root, err := a.input.root()
	if err != nil {
		return nil, "", err
	}
	if from != "" {
		roots, err := a.take(from)
		if err != nil {
			return nil, "", err
		}
		said := ""
		for _, cert := range roots {
			said += fmt.Sprintf("%s: takes %s, good until %s, SHA-256 %s\n", a.shown(mesh.RootsPath), cert.Subject, ends(cert), ca.Fingerprint(cert))
		}
		return roots, said + "\nNext, for each cluster: isthmus ca issue <cluster> --from <folder of its cacerts>\n", nil
	}
	if err := outside(root, key.file, "a root's key"); err != nil {
		return nil, "", err
	}
	made, fresh, err := key.make(how, c.stderr)
	if err != nil {
		return nil, "", err
	}
	verb := "makes"
	if !fresh {
		verb = "takes"
	}
	said := fmt.Sprintf("%s: %s %s, good until %s, SHA-256 %s\n", a.shown(mesh.RootsPath), verb, made.Certificate.Subject, ends(made.Certificate), ca.Fingerprint(made.Certificate))
	said += fmt.Sprintf("%s: its key, encrypted; keep copies of it offline, and apart from what opens it\n", key.file)
	return []*x509.Certificate{made.Certificate}, said + "\nNext: isthmus ca issue --all --key " + key.file + "\n", nil
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
