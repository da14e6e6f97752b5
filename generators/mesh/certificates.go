package mesh

import (
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/ca"
	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/rule"
)

// The folder of public certificates, beside mesh.yaml: the roots of the mesh,
// and a file for each cluster that signs.
const (
	caFolder  = "ca"
	RootsPath = caFolder + "/root.pem"
)

// CertificatePath gives the file of a cluster's public certificates, from the
// folder of mesh.yaml.
func CertificatePath(cluster string) string { return caFolder + "/" + cluster + ".pem" }

// certificateLimit bounds one file of certificates, in bytes.
const certificateLimit = 1 << 20

// Authorities are the public certificates of a mesh.
type Authorities struct {
	Roots    []*x509.Certificate // of the mesh, in the order of the file; none where there is no file
	Clusters []*ca.Public        // those of clusters that sign, in the order of mesh.yaml
}

// Of gives the certificates of a cluster, nil where there are none.
func (c *Authorities) Of(cluster string) *ca.Public {
	for _, p := range c.Clusters {
		if p.Cluster == cluster {
			return p
		}
	}
	return nil
}

// Signs says whether the control plane of a cluster signs for its workloads:
// every cluster's does on 1.4 and 1.5, from 1.24 on those that have one, and none
// where cert-manager signs.
func (s *Spec) Signs(c *Cluster) bool {
	return s.Security.Certificates != CertManager && (s.Old() || c.ControlPlane != nil)
}

// Terms are what the certificates of the mesh are held to.
func (s *Spec) Terms() ca.Terms {
	return ca.Terms{TrustDomain: s.TrustDomain, Namespace: s.Istio.Namespace, AllowSamples: s.Security.AllowSampleCertificates}
}

// ReadCertificates reads the public certificates that lie beside mesh.yaml, and
// says what is wrong with the files. Dir is put before their names.
func (m *Mesh) ReadCertificates(files fs.FS, dir string) (Authorities, diag.Problems) {
	var all Authorities
	var problems diag.Problems
	at := func(name string) diag.Position { return diag.Position{File: path.Join(dir, name)} }
	report := func(r *rule.Rule, name, what, why, fix string) {
		problems = append(problems, r.Problem(at(name), "", what, why, fix))
	}
	entries, err := fs.ReadDir(files, caFolder)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			report(rule.CertificateFile, caFolder, reason(err), "", "make it a folder of certificates")
		}
		return all, problems
	}
	for _, entry := range entries {
		name := caFolder + "/" + entry.Name()
		data, err := readFile(files, name, certificateLimit)
		if err != nil {
			if strings.HasSuffix(name, ".pem") {
				report(rule.CertificateFile, name, reason(err), "", "make it a file of certificates")
			}
			continue
		}
		if ca.Locked(data) || holdsKey(data) {
			report(rule.KeyInRepository, name, "holds a private key", "everybody who reads the repository can copy it", "move it out of the repository; unless it is encrypted, count it as known to others, and issue again")
			continue
		}
		owner, is := strings.CutSuffix(entry.Name(), ".pem")
		if !is {
			continue
		}
		if name == RootsPath {
			all.Roots, err = ca.Roots(at(name).File, data)
		} else if i := slices.IndexFunc(m.Spec.Clusters, func(c Cluster) bool { return c.Name == owner }); i < 0 || !m.Spec.Signs(&m.Spec.Clusters[i]) {
			what := fmt.Sprintf("the mesh has no cluster %q", owner)
			switch {
			case i >= 0 && m.Spec.Security.Certificates == CertManager:
				what = fmt.Sprintf("the control plane of cluster %q does not sign: cert-manager does", owner)
			case i >= 0:
				what = fmt.Sprintf("cluster %q does not sign: its control plane is another cluster's", owner)
			}
			report(rule.StrayCertificate, name, what, "", "remove it: isthmus secrets remove "+owner)
		} else {
			var p *ca.Public
			if p, err = ca.ParsePublic(owner, at(name).File, data); err == nil {
				all.Clusters = append(all.Clusters, p)
			}
		}
		var wrong *ca.FileError
		if errors.As(err, &wrong) {
			problems = append(problems, rule.CertificateFile.Problem(FilePosition(wrong), "", wrong.What, "", wrong.Fix))
		}
	}
	order := map[string]int{}
	for i, c := range m.Spec.Clusters {
		order[c.Name] = i
	}
	slices.SortFunc(all.Clusters, func(a, b *ca.Public) int { return order[a.Cluster] - order[b.Cluster] })
	if len(all.Clusters) > 0 && all.Roots == nil && len(problems.Errors()) == 0 {
		report(rule.CertificateFile, RootsPath, "does not exist", "the certificates of the clusters have nothing to be held against", "write the roots of the mesh into it: isthmus ca init --from <its root-cert.pem>")
	}
	return all, problems
}

// FilePosition gives the place of an error in a file of certificates.
func FilePosition(e *ca.FileError) diag.Position {
	return diag.Position{File: e.Name, Line: e.Line, Column: min(e.Line, 1)}
}

// Check holds the certificates to what the mesh needs of them, at any time. A
// flaw of one certificate is said once, however many clusters have it.
func (c *Authorities) Check(t ca.Terms) []ca.Finding {
	found := ca.CheckRoots(c.Roots, t)
	for _, p := range c.Clusters {
		found = append(found, p.Check(t)...)
	}
	type flaw struct {
		kind ca.Kind
		what string
	}
	seen := map[flaw]bool{}
	found = slices.DeleteFunc(found, func(f ca.Finding) bool {
		again := seen[flaw{f.Kind, f.What}]
		seen[flaw{f.Kind, f.What}] = true
		return again
	})
	return append(found, ca.Across(c.Clusters, c.Roots)...)
}

// ruleOf gives the rule for each kind of finding.
var ruleOf = map[ca.Kind]*rule.Rule{
	ca.BrokenChain:    rule.BrokenChain,
	ca.NoAuthority:    rule.NoAuthority,
	ca.Weak:           rule.WeakCertificate,
	ca.OutlivesIssuer: rule.OutlivesIssuer,
	ca.OtherRoots:     rule.OtherRoots,
	ca.SharedKey:      rule.SharedKey,
	ca.WrongKey:       rule.WrongKey,
	ca.Sample:         rule.SampleCertificates,
	ca.Ended:          rule.CertificateOver,
	ca.Ending:         rule.CertificateDue,
	ca.LongLived:      rule.CertificateLong,
	ca.RootsBehind:    rule.RootsBehind,
}

// CertificateProblem words a finding about the public certificates, at their
// file.
func CertificateProblem(f ca.Finding, dir string) *diag.Problem {
	name := RootsPath
	if f.Cluster != "" {
		name = CertificatePath(f.Cluster)
	}
	return ruleOf[f.Kind].Problem(diag.Position{File: path.Join(dir, name)}, "", f.What, f.Why, f.Fix)
}

// CheckCertificates says what is wrong with the public certificates beside
// mesh.yaml: at any time, and where src names a time, then.
func (m *Mesh) CheckCertificates(src Source) (Authorities, diag.Problems) {
	for i := range m.Spec.Clusters {
		if cl := &m.Spec.Clusters[i]; CertificatePath(cl.Name) == RootsPath && m.Spec.Signs(cl) {
			at := cluster(i) + ".name"
			return Authorities{}, diag.Problems{rule.CertificateFile.Problem(m.Pos(at), at, fmt.Sprintf("the certificate of a cluster %q would lie where the roots of the mesh do, in %s", cl.Name, RootsPath), "", "call the cluster otherwise")}
		}
	}
	all, problems := m.ReadCertificates(src.FS, src.Dir)
	if len(problems.Errors()) > 0 {
		return all, problems
	}
	for _, f := range all.Check(m.Spec.Terms()) {
		problems = append(problems, CertificateProblem(f, src.Dir))
	}
	if !src.Now.IsZero() && len(problems.Errors()) == 0 {
		problems = append(problems, m.standing(src, &all)...)
	}
	return all, problems
}

// certificates checks the public certificates, where the mesh is plugged with
// them.
func (c *checker) certificates(src Source) {
	if src.SkipCertificates || c.mesh.Spec.Security.Certificates == SelfSigned {
		return
	}
	defer c.certManager(src)
	if src.FS == nil {
		c.inlinedRoots()
		return
	}
	all, problems := c.mesh.CheckCertificates(src)
	c.mesh.Authorities = all
	c.problems = append(c.problems, problems...)
}

// inlinedRoots reads the roots of a mesh that reads no other file.
func (c *checker) inlinedRoots() {
	text, is := c.mesh.Metadata.Annotations[RootsAnnotation]
	if !is {
		return
	}
	delete(c.mesh.Metadata.Annotations, RootsAnnotation) // not the user's own
	var err error
	if c.mesh.Authorities.Roots, err = ca.Roots("", []byte(text)); err != nil {
		at := "metadata.annotations." + RootsAnnotation
		var wrong *ca.FileError
		errors.As(err, &wrong)
		c.report(rule.CertificateFile, at, wrong.What, "", "inline the mesh again: isthmus live --mode container")
	}
}
