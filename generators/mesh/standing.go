package mesh

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/isthmus-mesh/isthmus/generators/ca"
	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/rule"
	"github.com/isthmus-mesh/isthmus/generators/seal"
)

// CertificateAnnotation is that of a sealed cacerts: the SHA-256 of the
// certificate in it, which is public, so that the two can be told to belong
// together without a key.
const CertificateAnnotation = "isthmus.dev/certificate"

// CACerts is the name of the Secret that a control plane signs with.
const CACerts = "cacerts"

// standing says what is true of the certificates on a day: which end, and which
// are not there yet. Nothing that is rendered depends on it.
func (m *Mesh) standing(src Source, all *Authorities) diag.Problems {
	found := ca.RootExpiry(all.Roots, src.Now)
	for _, p := range all.Clusters {
		found = append(found, p.Expiry(src.Now)...)
	}
	var problems diag.Problems
	for _, f := range found {
		problems = append(problems, CertificateProblem(f, src.Dir))
	}
	report := func(r *rule.Rule, name, what, why, cluster string) {
		problems = append(problems, r.Problem(diag.Position{File: path.Join(src.Dir, name)}, "", what, why, "issue it again: isthmus ca issue "+cluster))
	}
	var missing []string
	for i := range m.Spec.Clusters {
		cl := &m.Spec.Clusters[i]
		if !m.Spec.Signs(cl) || cl.State == Leaving || slices.Contains(missing, cl.Name) {
			continue
		}
		there, certificate := sealedFor(src.FS, cl.Name)
		p := all.Of(cl.Name)
		if m.Spec.Secrets.Backend == External && !there {
			// The store may hold what somebody else put there, whose certificate is here then.
			put, known := m.Puts[seal.Entry(cl.Name, CACerts)]
			switch {
			case p == nil && !(known && put.At(m.Spec.Place(), seal.Entry(cl.Name, CACerts))):
				missing = append(missing, cl.Name)
			case known && (p == nil || put.Origin != ca.Fingerprint(p.Chain[0])):
				report(rule.SealedOther, CertificatePath(cl.Name), "is not the certificate that isthmus put into the store", "what is checked is not what the cluster signs with", cl.Name)
			}
			continue
		}
		switch {
		case p == nil && !there:
			missing = append(missing, cl.Name)
		case p == nil:
			report(rule.SealedOther, seal.Path(cl.Name, CACerts), "there is no "+path.Join(src.Dir, CertificatePath(cl.Name))+" to it", "what the cluster signs with cannot be checked", cl.Name)
		case !there:
			report(rule.NoCertificate, CertificatePath(cl.Name), fmt.Sprintf("cluster %q has no sealed cacerts with this certificate", cl.Name), "its control plane would sign under a root of its own", cl.Name)
		case certificate != "" && certificate != ca.Fingerprint(p.Chain[0]):
			report(rule.SealedOther, seal.Path(cl.Name, CACerts), "holds another certificate than "+path.Join(src.Dir, CertificatePath(cl.Name)), "what is checked is not what the cluster signs with", cl.Name)
		}
	}
	if len(missing) > 0 {
		problems = append(problems, m.missing(missing, all))
	}
	return problems
}

// missing says which clusters have nothing to sign with, all at once: a new mesh
// has none.
func (m *Mesh) missing(clusters []string, all *Authorities) *diag.Problem {
	what := fmt.Sprintf("cluster %q signs, and has no cacerts here", clusters[0])
	fix := "isthmus ca issue " + strings.Join(clusters, " ")
	if n := len(clusters); n > 5 {
		what = fmt.Sprintf("%d clusters sign, and have no cacerts here: %s and %d more", n, strings.Join(clusters[:5], ", "), n-5)
		fix = "isthmus ca issue --all"
	} else if n > 1 {
		what = fmt.Sprintf("%d clusters sign, and have no cacerts here: %s", n, strings.Join(clusters, ", "))
	}
	fix += " --key <file> --identity <file>"
	if len(all.Roots) == 0 {
		fix = "isthmus ca init --key <file> --recipient <age1…>, then " + fix
	}
	why := "without one a control plane signs under a root of its own, and other clusters refuse its workloads"
	if m.Spec.Secrets.Backend == External {
		why = "what asks the store for one waits, and what is delivered after it too"
		fix += " -- <program> {key}; where another CA fills the store, put its certificates into mesh/ca"
	}
	const at = "spec.security.certificates"
	return rule.NoCertificate.Problem(m.Pos(at), at, what, why, fix)
}

// sealedFor says whether a cluster has a sealed cacerts, and the certificate that
// it says it holds.
func sealedFor(files fs.FS, cluster string) (there bool, certificate string) {
	data, err := readFile(files, seal.Path(cluster, CACerts), certificateLimit)
	if errors.Is(err, fs.ErrNotExist) {
		return false, ""
	}
	var object struct {
		Metadata struct {
			Annotations map[string]string `yaml:"annotations"`
		} `yaml:"metadata"`
	}
	if err != nil || yaml.Unmarshal(data, &object) != nil {
		return true, "" // what is wrong with it is for those who look at sealed files
	}
	return true, object.Metadata.Annotations[CertificateAnnotation]
}
