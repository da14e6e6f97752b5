package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/isthmus-mesh/isthmus/generators/ca"
	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/rule"
)

const caVerifyHelp = `verify checks the certificates of the mesh: chains, what each may sign, keys, dates,
that all clusters trust each other. With --bundle it checks private keys as well, and has
each sign a workload's certificate, in memory, that every other cluster must accept.

Usage:
  isthmus ca verify [-f <mesh.yaml>] [--bundle <cluster>=<folder>]...
                    [-o {text | json}]

Flags:
  -f, --file <path>                the mesh (default mesh/mesh.yaml, else mesh.yaml)
      --bundle <cluster>=<folder>  the files of the cluster's cacerts; may be repeated
  -o, --output <form>              text or json (default text)
      --allow-untested             take a newer release than the dialects were checked
                                   with

Something is due (3) where a certificate ends within 90 days, is missing, or is behind a
rotation; within 30 days it is an error (1).

Example:
  isthmus ca verify --bundle east=/media/usb/east

` + exitStatuses + "\n"

type caVerifyFlags struct {
	authority
	bundles []string
	output  string
}

func (c *cli) caVerify() *cobra.Command {
	var o caVerifyFlags
	cmd := &cobra.Command{Use: "verify", Long: caVerifyHelp, Args: noArgs}
	f := cmd.Flags()
	o.input.flags(f)
	f.StringArrayVar(&o.bundles, "bundle", nil, "")
	f.StringVarP(&o.output, "output", "o", "text", "")
	cmd.RunE = func(*cobra.Command, []string) error {
		if err := oneOf("output", o.output, "text", "json"); err != nil {
			return err
		}
		return c.runCAVerify(&o)
	}
	return cmd
}

func (c *cli) runCAVerify(o *caVerifyFlags) error {
	if err := o.look(); err != nil {
		return err
	}
	files, err := o.files()
	if err != nil {
		return err
	}
	defer files.Close()
	var problems diag.Problems
	o.certs, problems = o.mesh.CheckCertificates(mesh.Source{FS: files.FS(), Dir: o.dir(), Now: now()})
	for _, text := range o.bundles {
		some, err := o.private(text)
		if err != nil {
			return err
		}
		problems = append(problems, some...)
	}
	problems = problems.Sorted()
	if o.output == "json" {
		err = o.json(c, problems)
	} else {
		c.stderr.say(problems...)
		err = o.table(c)
	}
	if err != nil {
		return err
	}
	return verdict(problems)
}

// verdict gives the exit status: what ends within 30 days does not wait.
func verdict(problems diag.Problems) error {
	outcome := exitDone
	for _, p := range problems {
		switch {
		case p.Severity == diag.Error || p.Rule == rule.CertificateOver.Code:
			return status(exitFailed)
		case p.Rule == rule.CertificateLong.Code || p.Rule == rule.StrayCertificate.Code:
		default:
			outcome = exitDiffers
		}
	}
	if outcome != exitDone {
		return status(outcome)
	}
	return nil
}

// private checks a bundle: <cluster>=<folder>.
func (o *caVerifyFlags) private(text string) (diag.Problems, error) {
	cluster, folder, ok := strings.Cut(text, "=")
	if !ok || folder == "" {
		return nil, &usageError{fmt.Sprintf("--bundle %q names no folder", text), "write it as east=/media/usb/east"}
	}
	if err := knownClusters(o.mesh, cluster); err != nil {
		return nil, err
	}
	root, err := o.input.root()
	if err != nil {
		return nil, err
	}
	if err := outside(root, folder, "private keys"); err != nil {
		return nil, err
	}
	b, _, err := readBundle(cluster, folder)
	if err != nil {
		return nil, err
	}
	var problems diag.Problems
	say := func(f ca.Finding) {
		p := mesh.CertificateProblem(f, "")
		p.Pos = diag.Position{File: filepath.ToSlash(folder)}
		problems = append(problems, p)
	}
	var others []*ca.Public
	for _, p := range o.certs.Clusters {
		if p.Cluster != cluster {
			others = append(others, p)
		}
	}
	for _, f := range slices.Concat(b.CheckBundle(o.mesh.Spec.Terms(), others, now()), b.Expiry(now()), ca.Across([]*ca.Public{&b.Public}, o.certs.Roots)) {
		say(f)
	}
	if p := o.certs.Of(cluster); p != nil && !p.Chain[0].Equal(b.Chain[0]) {
		problems = append(problems, rule.SealedOther.Problem(diag.Position{File: filepath.ToSlash(folder)}, "",
			"holds another certificate than "+o.shown(mesh.CertificatePath(cluster)), "", "issue it again: isthmus ca issue "+cluster+" --from "+folder))
	}
	return problems, nil
}

// A standing is what verify says of one certificate.
type standing struct {
	Cluster     string   `json:"cluster"` // "" for a root of the mesh
	Subject     string   `json:"subject"`
	Ends        string   `json:"ends"`
	State       ca.State `json:"state"`
	Under       string   `json:"under,omitempty"` // the root that it leads to
	Fingerprint string   `json:"sha256"`
}

func (o *caVerifyFlags) standings() []standing {
	all := []standing{}
	for _, root := range o.certs.Roots {
		all = append(all, standing{"", root.Subject.String(), ends(root), ca.StateOf(root, now()), "", ca.Fingerprint(root)})
	}
	for _, p := range o.certs.Clusters {
		cert := p.Chain[0]
		all = append(all, standing{p.Cluster, cert.Subject.String(), ends(cert), ca.StateOf(cert, now()), p.Root().Subject.CommonName, ca.Fingerprint(cert)})
	}
	return all
}

func (o *caVerifyFlags) table(c *cli) error {
	table := tabwriter.NewWriter(c.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "CLUSTER\tENDS\tSTATE\tUNDER\tSHA-256")
	for _, s := range o.standings() {
		if s.Cluster == "" {
			s.Cluster, s.Under = "(root)", "-"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", s.Cluster, s.Ends, s.State, s.Under, s.Fingerprint)
	}
	return table.Flush()
}

func (o *caVerifyFlags) json(c *cli, problems diag.Problems) error {
	return writeJSON(c.stdout, struct {
		Certificates []standing    `json:"certificates"`
		Problems     []problemJSON `json:"problems"`
	}{o.standings(), reports(problems)})
}
