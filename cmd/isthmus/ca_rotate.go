package main

import (
	"crypto/x509"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/isthmus-mesh/isthmus/generators/ca"
	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
)

const caRotateHelp = `rotate goes from the root of the mesh to the next, without a moment at which one cluster
refuses another's workloads: first all trust both, then all sign under the new one, then
all trust only that. Without --start and --finish it says where the mesh stands, and which
command comes next.

Usage:
  isthmus ca rotate [-f <mesh.yaml>]
  isthmus ca rotate [-f <mesh.yaml>] --start {--key <file> … | --from <file>}
  isthmus ca rotate [-f <mesh.yaml>] --finish [--restarted]

Flags:
  -f, --file <path>             the mesh (default mesh/mesh.yaml, else mesh.yaml)
      --start                   add the next root beside the one that is there
      --finish                  drop the old root, under which nobody signs any more;
                                not within 24 hours of the last certificate
      --restarted               … unless all workloads have renewed theirs since: they
                                were restarted, or theirs are good for less
      --key <file>              where the next root's key goes
      --recipient <age1…>       encrypt it to this age recipient; may be repeated
      --recipients-file <file>  … and to those in a file
      --passphrase              encrypt it on a passphrase, asked for here
      --passphrase-file <file>  … or read from a file
      --identity <file>         opens a key that is there already
      --algorithm <name>        ecdsa-p256, ecdsa-p384 or rsa-4096 (default
                                ecdsa-p256)
      --days <n>                how long the next root is good (default 3650)
      --from <file>             take the root in this file, whose key another CA
                                keeps
      --allow-untested          take a newer release than the dialects were checked
                                with

Example:
  isthmus ca rotate --start --key /media/usb/next.age --recipient age1…

` + exitStatuses + "\n"

type caRotateFlags struct {
	authority
	nextRoot
	start, finish, restarted bool
}

func (c *cli) caRotate() *cobra.Command {
	var o caRotateFlags
	cmd := &cobra.Command{Use: "rotate", Long: caRotateHelp, Args: noArgs}
	f := cmd.Flags()
	o.input.flags(f)
	o.nextRoot.flags(f)
	f.BoolVar(&o.start, "start", false, "")
	f.BoolVar(&o.finish, "finish", false, "")
	f.BoolVar(&o.restarted, "restarted", false, "")
	cmd.RunE = func(*cobra.Command, []string) error {
		switch {
		case o.start && o.finish:
			return &usageError{"--start and --finish are two steps", "leave out the one or the other"}
		case o.restarted && !o.finish:
			return &usageError{"--restarted goes with --finish", "leave it out, or add --finish"}
		case !o.start && (o.key.file != "" || o.from != ""):
			return &usageError{"a root is added by --start", "add it, or leave the root out"}
		case o.start:
			if err := o.nextRoot.check(); err != nil {
				return err
			}
		}
		defer o.close()
		return c.runCARotate(&o)
	}
	return cmd
}

func (c *cli) runCARotate(o *caRotateFlags) error {
	open := o.look // only looks, where no step is asked for
	if o.start || o.finish {
		open = o.open
	}
	if err := open(); err != nil {
		return err
	}
	if len(o.certs.Roots) == 0 {
		return &diag.Problem{Pos: diag.Position{File: o.shown(mesh.RootsPath)}, What: "does not exist", Fix: "isthmus ca init makes the first root"}
	}
	var missing []string
	for i := range o.mesh.Spec.Clusters {
		if cl := &o.mesh.Spec.Clusters[i]; o.mesh.Spec.Signs(cl) && cl.State != mesh.Leaving && o.certs.Of(cl.Name) == nil {
			missing = append(missing, cl.Name)
		}
	}
	if len(missing) > 0 {
		return &diag.Problem{Pos: diag.Position{File: o.shown(mesh.CertificatePath(missing[0]))}, What: "does not exist", Why: "a rotation counts on every cluster that signs", Fix: "isthmus ca issue " + strings.Join(missing, " ") + " --key <file> --identity <file>"}
	}
	phase, left := ca.PhaseOf(o.certs.Roots, o.certs.Clusters)
	switch {
	case o.start:
		return c.startRotation(o, phase)
	case o.finish:
		return c.finishRotation(o, phase)
	}
	o.next(c.stdout, phase, left)
	if phase != ca.Steady {
		return status(exitDiffers)
	}
	return nil
}

func (c *cli) startRotation(o *caRotateFlags, phase ca.Phase) error {
	if phase != ca.Steady {
		return &diag.Problem{Pos: diag.Position{File: o.shown(mesh.RootsPath)}, What: "a rotation is under way", Fix: "isthmus ca rotate says what comes next"}
	}
	roots, said, err := c.root(&o.authority, &o.nextRoot)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(roots, o.certs.Roots[0].Equal) || len(roots) > 1 {
		return &diag.Problem{Pos: diag.Position{File: o.from + o.key.file}, What: "is not one new root", Fix: "name another"}
	}
	roots = append(slices.Clone(o.certs.Roots), roots...)
	if err := o.write(mesh.RootsPath, ca.Encode(roots...)); err != nil {
		return err
	}
	said, _, _ = strings.Cut(said, "\nNext")
	fmt.Fprintln(c.stdout, said)
	o.certs.Roots = roots
	phase, left := ca.PhaseOf(roots, o.certs.Clusters)
	o.next(c.stdout, phase, left)
	return nil
}

func (c *cli) finishRotation(o *caRotateFlags, phase ca.Phase) error {
	at := diag.Position{File: o.shown(mesh.RootsPath)}
	if len(o.certs.Roots) < 2 {
		return &diag.Problem{Pos: at, What: "holds one root, and no rotation is under way", Fix: "isthmus ca rotate says what comes next"}
	}
	roots := o.certs.Roots[len(o.certs.Roots)-1:]
	if err := ca.Transition(o.certs.Roots, roots, o.certs.Clusters); err != nil || phase != ca.Signed {
		what := "not every cluster trusts the roots of the mesh and signs under the new one"
		if err != nil {
			what = err.Error()
		}
		return &diag.Problem{Pos: at, What: what, Why: "their workloads would be refused", Fix: "isthmus ca rotate says what comes next"}
	}
	if at := ca.Renewed(o.certs.Clusters); now().Before(at) && !o.restarted {
		return &diag.Problem{
			Pos: diag.Position{File: o.shown(mesh.RootsPath)}, What: "workloads may have certificates under the old root until " + at.UTC().Format("2006-01-02 15:04 MST"),
			Why: "they are good for 24 hours, unless you set another time", Fix: "wait until then; or restart every workload, and pass --restarted",
		}
	}
	if err := o.write(mesh.RootsPath, ca.Encode(roots...)); err != nil {
		return err
	}
	fmt.Fprintf(c.stdout, "%s: drops %s\n\n", at.File, o.certs.Roots[0].Subject)
	o.certs.Roots = roots
	phase, left := ca.PhaseOf(roots, o.certs.Clusters)
	o.next(c.stdout, phase, left)
	return nil
}

// next says where the mesh stands, and what comes next.
func (o *caRotateFlags) next(w io.Writer, phase ca.Phase, left []string) {
	roots := o.certs.Roots
	first, last := roots[0], roots[len(roots)-1]
	issue := func(first string, root *x509.Certificate) {
		fmt.Fprintf(w, "%sisthmus ca issue %s --key <file of %s> --identity <file>\n", first, strings.Join(left, " "), root.Subject.CommonName)
		fmt.Fprintln(w, "      then render, commit, and restart the control planes once they have it: docs/ca.md")
	}
	const renewed = "Next: wait until every workload has renewed its certificate since (24 hours, unless you set another time),"
	switch phase {
	case ca.Steady:
		fmt.Fprintf(w, "The mesh has one root, %s, good until %s, and every cluster signs under it.\n", first.Subject.CommonName, ends(first))
	case ca.Spreading:
		fmt.Fprintf(w, "Step 1 of 3: %s is not trusted yet in %s.\n", last.Subject.CommonName, strings.Join(left, ", "))
		issue("Next: ", first)
	case ca.Signing:
		fmt.Fprintf(w, "Step 2 of 3: all trust both roots; %s does not sign yet in %s.\n", last.Subject.CommonName, strings.Join(left, ", "))
		fmt.Fprintln(w, renewed)
		issue("      then ", last)
	case ca.Signed:
		fmt.Fprintf(w, "Step 3 of 3: all sign under %s.\n", last.Subject.CommonName)
		fmt.Fprintln(w, renewed)
		fmt.Fprintln(w, "      then isthmus ca rotate --finish")
	case ca.Dropping:
		fmt.Fprintf(w, "Step 3 of 3: a root that the mesh has dropped is still trusted in %s.\n", strings.Join(left, ", "))
		issue("Next: ", last)
	}
}
