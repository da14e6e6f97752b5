package secrets

import (
	"fmt"
	"slices"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/seal"
)

// A token is replaced in steps of which each can be reviewed, and taken back
// until the last:
//
//  1. Begin: the next token Secret is made beside the one in use.
//  2. Its token is sealed in place of the old one, as any changed credential is.
//  3. Retire: the old token Secret goes, and with it its token.

// Begin records the next token Secret of a cluster.
func Begin(store *seal.Store, c *mesh.Cluster) (generation int, err error) {
	all := store.Generations(c.Name)
	newest := all[len(all)-1]
	if len(all) > 1 {
		return 0, &diag.Problem{
			What: fmt.Sprintf("the token of cluster %q is being replaced already: %s lies beside %s", c.Name, TokenSecret(newest), TokenSecret(all[0])),
			Fix:  "isthmus secrets rotate " + c.Name + " --kubeconfig <file> seals the new one, and --retire takes the old one away",
		}
	}
	store.SetGenerations(c.Name, append(all, newest+1)...)
	return newest + 1, nil
}

// Retire drops the token Secrets before the newest, and names them. It refuses
// while any control plane still has one of theirs.
func Retire(store *seal.Store, s *mesh.Spec, c *mesh.Cluster, restarted bool) ([]string, error) {
	all := store.Generations(c.Name)
	newest := all[len(all)-1]
	if len(all) == 1 {
		return nil, &diag.Problem{What: fmt.Sprintf("cluster %q has one token Secret, %s", c.Name, TokenSecret(newest)), Fix: "isthmus secrets rotate " + c.Name + " makes the next one first"}
	}
	var problems diag.Problems
	for _, consumer := range Consumers(s, c.Name) {
		record, known := store.Record(consumer.Name, SecretName(c.Name))
		at := store.Pos(consumer.Name, SecretName(c.Name))
		switch {
		case !known || record.Origin != TokenSecret(newest):
			problems = append(problems, &diag.Problem{
				Pos: at, What: "does not hold the token of " + TokenSecret(newest),
				Why: fmt.Sprintf("the control plane of %q would lose cluster %q", consumer.Name, c.Name), Fix: "isthmus secrets rotate " + c.Name + " --kubeconfig <file>",
			})
		case !swaps(consumer) && !restarted:
			control, why := "istiod", "it may never take a token that changed (istio/istio#60612)"
			if consumer.Dialect() == mesh.Dialect14 {
				control, why = "Pilot", "it reads a remote Secret once, and passes over one that changed"
			}
			problems = append(problems, &diag.Problem{
				Pos: at, What: fmt.Sprintf("%s of Istio %s in %q may still use the old token", control, consumer.Version, consumer.Name), Why: why,
				Fix: Restart(s, consumer) + ", and then pass --restarted",
			})
		}
	}
	if len(problems) > 0 {
		return nil, problems
	}
	var gone []string
	for _, generation := range slices.DeleteFunc(all, func(n int) bool { return n == newest }) {
		gone = append(gone, TokenSecret(generation))
	}
	store.SetGenerations(c.Name, newest)
	return gone, nil
}

// Restart gives the command that makes a control plane read its remote Secrets
// again.
func Restart(s *mesh.Spec, c *mesh.Cluster) string {
	deployment := "istiod"
	switch {
	case c.Dialect() == mesh.Dialect14:
		deployment = "istio-pilot"
	case !c.Dialect().Old() && s.Istio.Revision != "":
		deployment += "-" + s.Istio.Revision
	}
	return fmt.Sprintf("kubectl --context %s -n %s rollout restart deployment %s", c.Name, s.Istio.Namespace, deployment)
}

// swaps says whether a control plane reads with a new token before it lets go of
// the old one.
func swaps(c *mesh.Cluster) bool {
	return c.Version.Compare(mesh.Version{Major: 1, Minor: 30, Patch: -1}) >= 0
}

// Takes says what a release does with a remote Secret that changed (istio/istio,
// pkg/kube/secretcontroller and pkg/kube/multicluster).
func Takes(s *mesh.Spec, c *mesh.Cluster) string {
	switch {
	case c.Dialect() == mesh.Dialect14:
		return "Pilot passes over a Secret that changed: once it is applied, " + Restart(s, c)
	case !swaps(c):
		return "istiod stops reading with the old token before the new one has answered; where it does not take the new one (istio/istio#60612), " + Restart(s, c)
	default:
		return "istiod reads with the new token before it lets go of the old one"
	}
}
