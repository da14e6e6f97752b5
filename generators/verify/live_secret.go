package verify

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/plan"
)

const (
	account     = "istio-reader-service-account"
	tokenSecret = "kubernetes.io/service-account-token"
	multi       = "istio/multiCluster"
)

// reader asks for the account through which a control plane reads the cluster,
// and for its token.
func (l *looker) reader() {
	readers := others(l.spec, l.Cluster.Name, func(c *mesh.Cluster) bool { return c.ControlPlane != nil })
	if len(readers) == 0 {
		return
	}
	check := "ServiceAccount/" + l.page.Namespace + "/" + account
	found, err := l.objects("serviceaccounts", l.page.Namespace, account)
	switch {
	case err != nil:
		l.unanswered(check, err)
	case found[account] == nil:
		l.fail(check, "there is none", fmt.Sprintf("the control plane of %s reads the cluster by it", strings.Join(readers, ", ")), "install Istio in the cluster first: its base chart makes it")
	case l.spec.Old() && len(found[account].Secrets) == 0:
		l.fail(check, "it has no token", "Kubernetes makes one for every account, up to 1.23", fmt.Sprintf("see what its controller says: %s-n %s describe serviceaccount %s", l.kubectl(), l.page.Namespace, account))
	default:
		l.pass(check)
	}
	for _, o := range l.made("Secret", plan.StageIstioConfig) {
		if o.Value["type"] != tokenSecret {
			continue
		}
		check := fmt.Sprintf("%s holds the reader's token", o)
		found, err := l.secrets(Question{Names: []string{o.Name}})
		token := found[o.Name]
		switch {
		case err != nil:
			l.unanswered(check, err)
		case token == nil:
			l.fail(check, "there is none", "Kubernetes deletes one whose account is not there yet", l.apply())
		case token.kind != tokenSecret:
			l.fail(check, fmt.Sprintf("it is of type %s", token.kind), "Kubernetes writes tokens into those of type "+tokenSecret+" alone", "delete it, and let it be applied again")
		case !slices.Contains(token.keys, "token") || !slices.Contains(token.keys, "ca.crt"):
			l.fail(check, "it holds "+list(token.keys)+", not ca.crt, token", "Kubernetes has not filled it", "delete it, and let it be applied again once the account is there")
		default:
			l.pass(check)
		}
	}
}

// others gives the names of the other clusters that are so.
func others(s *mesh.Spec, name string, so func(*mesh.Cluster) bool) []string {
	var all []string
	for i := range s.Clusters {
		if c := &s.Clusters[i]; c.Name != name && so(c) {
			all = append(all, c.Name)
		}
	}
	return all
}

// remoteSecrets asks a control plane's cluster for the Secret of every other
// cluster, and for those that should not be there.
func (l *looker) remoteSecrets() {
	if l.Cluster.ControlPlane == nil {
		return
	}
	labelled, err := l.secrets(Question{Labels: multi + "=true"})
	if err != nil {
		l.unanswered("remote Secrets", err)
		return
	}
	of := map[string][]string{} // by key: the Secrets that have it
	for _, name := range slices.Sorted(maps.Keys(labelled)) {
		for _, key := range labelled[name].keys {
			of[key] = append(of[key], name)
		}
	}
	known := map[string]bool{}
	for i := range l.spec.Clusters {
		c := &l.spec.Clusters[i]
		known[c.Name] = true
		if c.Name != l.Cluster.Name {
			l.remoteSecret(c, of[c.Name], labelled)
		}
	}
	const own = "no remote Secret of the cluster itself"
	if names := of[l.Cluster.Name]; len(names) > 0 {
		l.fail(own, fmt.Sprintf("Secret/%s/%s is one", l.page.Namespace, names[0]), "Istio knows its own cluster, and releases up to 1.5 would read it twice", fmt.Sprintf("delete it: %s-n %s delete secret %s", l.kubectl(), l.page.Namespace, names[0]))
	} else {
		l.pass(own)
	}
	var extra []string
	for _, key := range slices.Sorted(maps.Keys(of)) {
		if name, is := strings.CutPrefix(of[key][0], "istio-remote-secret-"); is && known[name] {
			continue // said of that cluster
		}
		if !known[key] {
			extra = append(extra, fmt.Sprintf("%q of Secret/%s/%s", key, l.page.Namespace, of[key][0]))
		}
	}
	const stray = "no remote Secret of a cluster that mesh.yaml has not"
	if len(extra) > 0 {
		l.fail(stray, strings.Join(extra, ", "), "the control plane still reads that cluster, or another mesh's", "delete the Secret, or give its cluster to the mesh")
		return
	}
	l.pass(stray)
}

// remoteSecret looks at the Secret through which this control plane reads a
// cluster: its key is the name that the cluster's sidecars give as their own.
func (l *looker) remoteSecret(c *mesh.Cluster, names []string, labelled map[string]*secret) {
	usual := "istio-remote-secret-" + c.Name
	check := fmt.Sprintf("Secret/%s/%s lets it read %s", l.page.Namespace, usual, c.Name)
	make := fmt.Sprintf("seal it, render, and let it be applied here: isthmus secrets create %s", c.Name)
	switch {
	case len(names) > 1:
		l.fail(check, fmt.Sprintf("%s hold the key %q", strings.Join(names, " and "), c.Name), "Istio takes the first that it sees", "delete all but one")
	case len(names) == 1 && labelled[names[0]].copied:
		l.fail(check, fmt.Sprintf("kubectl left a copy of Secret/%s/%s in an annotation of it", l.page.Namespace, names[0]), "the token stays there when it is rotated", l.uncopy(names[0]))
	case len(names) == 1:
		l.pass(check)
	case labelled[usual] != nil:
		l.fail(check, fmt.Sprintf("its key is %s, not %q", list(labelled[usual].keys), c.Name), "sidecars of that cluster give their cluster's name, and istiod would not know it", make)
	case c.State == mesh.Joining:
		l.skip(check, "the cluster is joining")
	case c.State == mesh.Leaving:
		l.skip(check, "the cluster is leaving")
	default:
		found, err := l.secrets(Question{Names: []string{usual}})
		switch {
		case err != nil:
			l.unanswered(check, err)
		case found[usual] != nil:
			l.fail(check, "it lacks the label "+multi+": \"true\"", "istiod watches those that have it", fmt.Sprintf("label it: %s-n %s label secret %s %s=true", l.kubectl(), l.page.Namespace, usual, multi))
		default:
			l.fail(check, "there is none", "the control plane does not know the endpoints of that cluster, nor its sidecars", make)
		}
	}
}

// The keys of a Secret cacerts, in the two shapes that istiod takes; 1.4 and 1.5
// take the first.
var (
	caKeys  = []string{"ca-cert.pem", "ca-key.pem", "cert-chain.pem", "root-cert.pem"}
	tlsKeys = []string{"ca.crt", "tls.crt", "tls.key"}
)

// cacerts asks a cluster that signs for the names of its certificates.
func (l *looker) cacerts() {
	if !l.spec.Old() && l.Cluster.ControlPlane == nil {
		return
	}
	check := "Secret/" + l.page.Namespace + "/cacerts"
	found, err := l.secrets(Question{Names: []string{"cacerts"}})
	keys, is, copied := []string(nil), found["cacerts"] != nil, false
	if is {
		keys, copied = found["cacerts"].keys, found["cacerts"].copied
	}
	has := func(all []string) bool {
		return !slices.ContainsFunc(all, func(key string) bool { return !slices.Contains(keys, key) })
	}
	plugged := l.spec.Security.Certificates == mesh.Plugged
	switch {
	case err != nil:
		l.unanswered(check, err)
	case plugged && !is:
		l.fail(check, "there is none", "istiod makes a root of its own, which no other cluster trusts", "issue it, and let it be applied before istiod starts: isthmus ca issue "+l.Cluster.Name)
	case plugged && !has(caKeys) && (l.spec.Old() || !has(tlsKeys)):
		l.fail(check, "it holds "+list(keys)+", not "+strings.Join(caKeys, ", "), "an incomplete one is not taken, or stops istiod", "issue it again: isthmus ca issue "+l.Cluster.Name)
	case l.spec.Security.Certificates == mesh.SelfSigned && is:
		l.fail(check, "it is there, and mesh.yaml says certificates: selfSigned", "istiod takes it instead of signing for itself", "write certificates: plugged, or delete it")
	case copied:
		l.fail(check, "kubectl left a copy of it in an annotation", "the CA's key stays there when it is changed", l.uncopy("cacerts"))
	case !plugged:
		return
	default:
		l.pass(check)
	}
}

// uncopy is the fix where kubectl apply has copied a Secret into its annotation.
func (l *looker) uncopy(name string) string {
	return fmt.Sprintf("take it off: %s-n %s annotate secret %s kubectl.kubernetes.io/last-applied-configuration-; and apply Secrets with --server-side", l.kubectl(), l.page.Namespace, name)
}
