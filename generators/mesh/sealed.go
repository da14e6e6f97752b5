package mesh

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/rule"
	"github.com/isthmus-mesh/isthmus/generators/seal"
)

// sealed reads what is sealed beside mesh.yaml. It is copied into the overlays,
// so a Secret that is not sealed is refused here.
func (c *checker) sealed(src Source) {
	s := &c.mesh.Spec
	if src.FS == nil {
		c.inlinedLedger()
		return
	}
	if src.SkipSealed {
		return
	}
	files, problems := seal.Files(src.FS, src.Dir)
	var whole []seal.File
	broken := map[string]bool{} // clusters with a file that is none
	for _, f := range files {
		wrong := f.Check(src.Dir, s.Istio.Namespace)
		if len(wrong) == 0 {
			c.problems = append(c.problems, fileInClear(path.Join(src.Dir, f.Path()), f.Data)...)
		}
		problems = append(problems, wrong...)
		if len(wrong) == 0 {
			whole = append(whole, f)
		} else {
			broken[f.Cluster] = true
		}
	}
	ledger, err := seal.ReadLedger(src.FS, src.Dir)
	if p, ok := err.(*diag.Problem); ok {
		problems = append(problems, p)
	}
	for _, p := range problems {
		c.problems = append(c.problems, rule.NotSealed.Problem(p.Pos, p.Path, p.What, p.Why, p.Fix))
	}
	if src.Lists != nil {
		for _, p := range src.Lists.Check(src.FS, src.Dir, files) {
			if !broken[path.Base(path.Dir(p.Pos.File))] { // it lists that file, or does not
				c.problems = append(c.problems, rule.SealedList.Problem(p.Pos, p.Path, p.What, p.Why, p.Fix))
			}
		}
	}
	c.keysIn("sealing", src)
	c.sharedKeys(src)
	c.mesh.Sealed = files
	if ledger != nil {
		c.mesh.Tokens, c.mesh.Origins, c.mesh.Pins = ledger.Tokens, ledger.Origins, ledger.Pins
		c.mesh.Puts, c.mesh.Removed = ledger.Puts, ledger.Removed
		changed, unpinned := ledger.Check(src.FS, src.Dir, whole)
		for _, p := range changed {
			c.problems = append(c.problems, rule.ChangedSealed.Problem(p.Pos, p.Path, p.What, p.Why, p.Fix))
		}
		for _, p := range unpinned {
			c.problems = append(c.problems, rule.SealingKey.Problem(p.Pos, p.Path, p.What, p.Why, p.Fix))
		}
	}
	if !src.Now.IsZero() && s.Secrets.Backend != External { // what a store holds is not seen from here
		c.problems = append(c.problems, c.mesh.unread()...)
	}
	c.backend(src, files)
	for _, f := range files {
		at := diag.Position{File: path.Join(src.Dir, f.Path())}
		if cluster, what, why := s.stray(f); what != "" {
			c.problems = append(c.problems, rule.StraySealed.Problem(at, "", what, why, "remove it: isthmus secrets remove "+cluster))
		} else if keys, remote := f.Keys(), f.Remote(); remote != "" && len(keys) > 0 && !slices.Equal(keys, []string{remote}) {
			c.problems = append(c.problems, rule.RemoteSecretKey.Problem(at, "", fmt.Sprintf("its key is %s, not %q", join(keys), remote), "the key is the cluster's name to istiod, and the proxies there give another", "seal it again: isthmus secrets create "+remote))
		}
	}
}

// stray says of which cluster a sealed file is left over, and why: what is "" for
// one that has its use.
func (s *Spec) stray(f seal.File) (cluster, what, why string) {
	of := func(name string) *Cluster {
		i := slices.IndexFunc(s.Clusters, func(cl Cluster) bool { return cl.Name == name })
		if i < 0 {
			return nil
		}
		return &s.Clusters[i]
	}
	remote, opens := f.Remote(), of(f.Cluster)
	switch {
	case opens == nil:
		return f.Cluster, fmt.Sprintf("the mesh has no cluster %q", f.Cluster), "nothing there opens it any more, and the tags still speak of it"
	case remote != "" && of(remote) == nil:
		return remote, fmt.Sprintf("the mesh has no cluster %q", remote), "a control plane would go on reading what is gone"
	case remote != "" && opens.ControlPlane == nil:
		return f.Cluster, fmt.Sprintf("cluster %q has no control plane that reads %q", f.Cluster, remote), "its credential opens another cluster, and is applied for nobody"
	case remote == "" && !s.Signs(opens) && s.Security.Certificates != CertManager: // which has a rule of its own
		return f.Cluster, fmt.Sprintf("cluster %q does not sign, and has a key to sign with", f.Cluster), "who has it makes certificates that the mesh accepts"
	}
	return "", "", ""
}

// keysIn refuses private keys in a folder of public ones.
func (c *checker) keysIn(folder string, src Source) {
	entries, _ := fs.ReadDir(src.FS, folder) // one that is not there holds none
	for _, entry := range entries {
		name := folder + "/" + entry.Name()
		if data, err := readFile(src.FS, name, certificateLimit); err == nil && holdsKey(data) {
			c.problems = append(c.problems, rule.KeyInRepository.Problem(diag.Position{File: path.Join(src.Dir, name)}, "", "holds a private key", "everybody who reads the repository can open what is sealed for it", "move it out of the repository, and renew the cluster's sealing key"))
		}
	}
}

// sharedKeys warns of a sealing key that two clusters have.
func (c *checker) sharedKeys(src Source) {
	if c.mesh.Spec.Secrets.Backend != SealedSecrets {
		return
	}
	first := map[string]string{}
	for i := range c.mesh.Spec.Clusters {
		name := c.mesh.Spec.Clusters[i].Name
		file := path.Join(src.Dir, seal.CertificatePath(name))
		data, err := readFile(src.FS, seal.CertificatePath(name), certificateLimit)
		if err != nil {
			continue // who seals for the cluster says so
		}
		cert, wrong := seal.ParseCertificate(file, data)
		if wrong != nil {
			continue // likewise
		}
		if other := first[cert.Print]; other != "" {
			c.problems = append(c.problems, rule.SealingShared.Problem(diag.Position{File: file}, "", fmt.Sprintf("holds the sealing key of cluster %q", other), "each of the two opens what is sealed for the other", "fetch the certificate of cluster "+name+": kubeseal --fetch-cert; or silence the rule where they share a key on purpose"))
			continue
		}
		first[cert.Print] = name
	}
}

// Reads says whether the control plane of one cluster reads another: each reads
// all but its own.
func (s *Spec) Reads(reader, read *Cluster) bool {
	return reader.ControlPlane != nil && reader.Name != read.Name
}

// unread says which active clusters have no remote Secret for a control plane
// that reads them, all at once: a new mesh has none.
func (m *Mesh) unread() diag.Problems {
	there := map[string]bool{}
	for _, f := range m.Sealed {
		there[f.Path()] = true
	}
	var remotes []string
	first := 0
	for i := range m.Spec.Clusters {
		read := &m.Spec.Clusters[i]
		if read.State != Active || slices.Contains(remotes, read.Name) {
			continue
		}
		for j := range m.Spec.Clusters {
			reader := &m.Spec.Clusters[j]
			if m.Spec.Reads(reader, read) && !there[seal.Path(reader.Name, seal.RemotePrefix+read.Name)] {
				if len(remotes) == 0 {
					first = i
				}
				remotes = append(remotes, read.Name)
				break
			}
		}
	}
	if len(remotes) == 0 {
		return nil
	}
	what := fmt.Sprintf("cluster %q has no sealed remote Secret", remotes[0])
	why := "the control plane does not know its workloads, nor answers its proxies"
	fix := "isthmus secrets create " + remotes[0] + " --kubeconfig <file>; until it is there, write state: joining"
	if n := len(remotes); n > 5 {
		what = fmt.Sprintf("%d clusters have no sealed remote Secret: %s and %d more", n, strings.Join(remotes[:5], ", "), n-5)
		fix = "isthmus secrets create --all, or for each of them isthmus secrets create <cluster> --kubeconfig <file>; until it is there, write state: joining"
	} else if n > 1 {
		what = fmt.Sprintf("%d clusters have no sealed remote Secret: %s", n, strings.Join(remotes, ", "))
		fix = "isthmus secrets create --all, or for each of them isthmus secrets create <cluster> --kubeconfig <file>; until it is there, write state: joining"
	}
	if len(remotes) > 1 {
		why = "the control plane does not know their workloads, nor answers their proxies"
	}
	at := cluster(first) + ".name"
	return diag.Problems{rule.NoRemoteSecret.Problem(m.Pos(at), at, what, why, fix)}
}
