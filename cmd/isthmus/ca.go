package main

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/isthmus-mesh/isthmus/generators/ca"
	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/seal"
)

const caHelp = `ca makes and checks the certificates of the mesh: one root, whose key stays
offline, and under it an intermediate for each cluster that signs. Public
certificates lie in mesh/ca, and each cluster's key, sealed, in its Secret
cacerts in mesh/sealed.

Usage:
  isthmus ca <command> [flags]

Commands:
  init    make the root, or take one that another CA keeps
  issue   make a cluster's intermediate and seal it as cacerts
  verify  check all certificates, private keys too where they are given
  rotate  go from one root to the next, step by step

Example:
  isthmus ca init --key /media/usb/root.age --recipient age1…
  isthmus ca issue --all --key /media/usb/root.age --identity ~/age.key

` + exitStatuses + "\n"

func (c *cli) ca() *cobra.Command {
	cmd := &cobra.Command{Use: "ca", Long: caHelp, Args: cobra.ArbitraryArgs}
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if len(args) > 0 {
			return unknownCommand(cmd, args[0])
		}
		return cmd.Help()
	}
	cmd.AddCommand(c.caInit(), c.caIssue(), c.caVerify(), c.caRotate())
	return cmd
}

// An authority is what the commands of ca share: the mesh under its lock, and
// the certificates that lie beside it.
type authority struct {
	input
	sealing
	mesh  *mesh.Mesh
	certs mesh.Authorities
}

// open loads the mesh, locks its root and reads its certificates. What is wrong
// with them is not an error here: these commands mend it.
func (a *authority) open() error {
	if err := a.load(); err != nil {
		return err
	}
	if err := a.hold(); err != nil {
		return err
	}
	return a.read()
}

// look is open for a command that writes nothing.
func (a *authority) look() error {
	if err := a.load(); err != nil {
		return err
	}
	return a.read()
}

func (a *authority) load() (err error) {
	a.sealing.input = &a.input
	a.input.skipCertificates = true
	if a.mesh, err = a.input.mending(); err != nil {
		return err
	}
	if is := a.mesh.Spec.Security.Certificates; is != mesh.Plugged {
		const at = "spec.security.certificates"
		return &diag.Problem{Pos: a.mesh.Pos(at), Path: at, What: fmt.Sprintf("is %s, and certificates are for a mesh that is plugged with them", is), Fix: "write plugged"}
	}
	return nil
}

// read reads the certificates.
func (a *authority) read() error {
	files, err := a.files()
	if err != nil {
		return err
	}
	defer files.Close()
	certs, problems := a.mesh.ReadCertificates(files.FS(), a.dir())
	a.certs = certs
	_, err = files.Lstat(mesh.RootsPath)
	missing := errors.Is(err, fs.ErrNotExist) // init mends that, and the others say it
	stops := slices.DeleteFunc(problems.Errors(), func(p *diag.Problem) bool { return missing && p.Pos.File == a.shown(mesh.RootsPath) })
	if len(stops) > 0 {
		return stops
	}
	return nil
}

// shown names a file beside mesh.yaml as the user would.
func (a *authority) shown(name string) string {
	if dir := a.dir(); dir != "" {
		return dir + "/" + name
	}
	return name
}

// wrong gives an error of package ca as a Problem.
func wrong(err error) error {
	var file *ca.FileError
	if errors.As(err, &file) {
		return &diag.Problem{Pos: mesh.FilePosition(file), What: file.What, Fix: file.Fix}
	}
	return err
}

// write puts a public file beside mesh.yaml.
func (a *authority) write(name string, data []byte) error {
	if err := a.held.Write(path.Join(a.sealing.mesh, name), data); err != nil {
		return err
	}
	kept()
	return nil
}

// A maker says how keys and certificates are made.
type maker struct {
	algorithm string
	days      int
}

func (m *maker) flags(f *pflag.FlagSet, lifetime time.Duration) {
	f.StringVar(&m.algorithm, "algorithm", string(ca.P256), "")
	f.IntVar(&m.days, "days", int(lifetime/(24*time.Hour)), "")
}

func (m *maker) check() error {
	if m.days < 1 {
		return &usageError{fmt.Sprintf("--days %d is no lifetime", m.days), "give at least 1"}
	}
	return oneOf("algorithm", m.algorithm, ca.Algorithms()...)
}

func (m *maker) lifetime() time.Duration { return time.Duration(m.days) * 24 * time.Hour }

// ends words when a certificate ends.
func ends(cert *x509.Certificate) string { return cert.NotAfter.UTC().Format(time.DateOnly) }

// secret gives a bundle as the Secret to seal.
func (a *authority) secret(b *ca.Bundle, shape ca.Shape) (seal.Secret, error) {
	data, err := b.Data(shape)
	if err != nil {
		return seal.Secret{}, err
	}
	s := seal.Secret{
		Cluster: b.Cluster, Namespace: a.mesh.Spec.Istio.Namespace, Name: mesh.CACerts,
		Annotations: map[string]string{mesh.CertificateAnnotation: ca.Fingerprint(b.Chain[0])},
		Data:        map[string]seal.Plain{}, NotAfter: b.Ends(),
	}
	if shape != ca.Plugged {
		s.Type = string(shape)
	}
	for key, value := range data {
		s.Data[key] = seal.NewPlain(value)
	}
	return s, nil
}
