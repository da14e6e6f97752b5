package mesh

import (
	"fmt"
	"path"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/rule"
	"github.com/isthmus-mesh/isthmus/generators/seal"
)

// backend checks that what is sealed can be opened where it goes.
func (c *checker) backend(src Source, files []seal.File) {
	s := &c.mesh.Spec
	engines := map[string]Engine{}
	for i := range s.Clusters {
		cl := &s.Clusters[i]
		engines[cl.Name] = cl.Delivery.Engine
		if s.Secrets.Backend == SOPS && cl.Delivery.Engine == EngineArgoCD && (cl.ControlPlane != nil || s.Signs(cl)) {
			c.report(rule.SOPSArgoCD, "spec.secrets.backend", fmt.Sprintf("Argo CD delivers cluster %q, and does not decrypt", cl.Name), "what is sealed for it would be applied as it is", "write sealedSecrets")
		}
	}
	for _, f := range files {
		at := diag.Position{File: path.Join(src.Dir, f.Path())}
		switch {
		case f.SOPS() && s.Secrets.Backend != SOPS && engines[f.Cluster] == EngineArgoCD:
			c.problems = append(c.problems, rule.SOPSArgoCD.Problem(at, "", fmt.Sprintf("Argo CD delivers cluster %q, and does not decrypt what sops encrypted", f.Cluster), "", "remove the file, and seal it again"))
		case s.Secrets.Backend == External:
			c.problems = append(c.problems, rule.SealedBackend.Problem(at, "", "is still sealed, and spec.secrets.backend is external", "the cluster opens this file, and asks the store for nothing, until it is removed", putIt(f)))
		case f.SOPS() != (s.Secrets.Backend == SOPS):
			c.problems = append(c.problems, rule.SealedBackend.Problem(at, "", fmt.Sprintf("is not sealed by %s", s.Secrets.Backend), "spec.secrets.backend says that it is", sealAgain(f)))
		}
	}
}

// sealAgain gives the command that seals a file.
func sealAgain(f seal.File) string {
	if remote := f.Remote(); remote != "" {
		return "seal it again: isthmus secrets create " + remote
	}
	return "seal it again: isthmus ca issue " + f.Cluster
}

// putIt gives the commands that bring a Secret from its sealed file into a store.
func putIt(f seal.File) string {
	if remote := f.Remote(); remote != "" {
		return "put it into the store: isthmus secrets create " + remote + " … -- <program> {key}; then take the file away: isthmus secrets remove " + remote + ""
	}
	return "put it into the store: isthmus ca issue " + f.Cluster + " … -- <program> {key}; then take the file away: isthmus secrets remove " + f.Cluster + ""
}
