package secrets

import (
	"slices"
	"strconv"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/seal"
)

// Account is the ServiceAccount through which a control plane reads a cluster,
// in every dialect.
const Account = "istio-reader-service-account"

// TokenSecret names the Secret that holds the account's token: istioctl's name
// for the first, and a number behind it for those that replace it.
func TokenSecret(generation int) string {
	const name = Account + "-istio-remote-secret-token"
	if generation <= 1 {
		return name
	}
	return name + "-" + strconv.Itoa(generation)
}

// generation gives the number of a token Secret, 0 for any other Secret.
func generation(name string) int {
	number, is := strings.CutPrefix(name, TokenSecret(1))
	switch n, err := strconv.Atoi(strings.TrimPrefix(number, "-")); {
	case is && number == "":
		return 1
	case is && err == nil && n > 1 && n < 1e6 && TokenSecret(n) == name:
		return n
	}
	return 0
}

// Used gives the generations of the token Secrets among these, sorted.
func Used(origins []string) []int {
	var all []int
	for _, name := range origins {
		if n := generation(name); n > 0 {
			all = append(all, n)
		}
	}
	slices.Sort(all)
	return all
}

// Gone says that the Secret that a token comes from is none that the cluster
// has: the token ended with it, or is about to.
func Gone(generations []int, origin string) bool {
	switch n := generation(origin); {
	case origin == "":
		return false // it was requested, and ends by itself
	case n == 0:
		return !slices.Contains(generations, 1) // before 1.24 the cluster named the first
	default:
		return !slices.Contains(generations, n)
	}
}

// SecretName names the remote Secret of a cluster.
func SecretName(remote string) string { return "istio-remote-secret-" + remote }

// Consumers gives the clusters whose control plane reads a cluster: all that run
// one, but never the cluster itself, which its own control plane reads without a
// Secret and would take for two with one.
func Consumers(s *mesh.Spec, remote string) []*mesh.Cluster {
	var all []*mesh.Cluster
	for i := range s.Clusters {
		if c := &s.Clusters[i]; c.ControlPlane != nil && c.Name != remote {
			all = append(all, c)
		}
	}
	return all
}

// Remotes names the clusters that a control plane of another is to read, in the
// order of the mesh.
func Remotes(s *mesh.Spec) []string {
	var all []string
	for i := range s.Clusters {
		if c := &s.Clusters[i]; c.State != mesh.Leaving && len(Consumers(s, c.Name)) > 0 {
			all = append(all, c.Name)
		}
	}
	return all
}

// shape gives the remote Secret that a control plane takes, without its content.
// The annotation has had its name since 1.7 (istio/istio#25281).
func shape(s *mesh.Spec, consumer *mesh.Cluster, remote string) seal.Secret {
	annotation := "networking.istio.io/cluster"
	if consumer.Dialect().Old() {
		annotation = "istio.io/clusterContext"
	}
	return seal.Secret{
		Cluster:     consumer.Name,
		Namespace:   s.Istio.Namespace,
		Name:        SecretName(remote),
		Labels:      map[string]string{"istio/multiCluster": "true"},
		Annotations: map[string]string{annotation: remote},
		Data:        map[string]seal.Plain{remote: {}},
	}
}

// Remote gives the remote Secret of a cluster for a control plane that reads it.
// Token is what the credential's token says of itself. With one that was requested
// the Secret has a frame.
func Remote(s *mesh.Spec, consumer *mesh.Cluster, remote string, c *Credential, token *Token) (seal.Secret, error) {
	secret := shape(s, consumer, remote)
	config, err := c.Kubeconfig(remote, consumer.Dialect())
	if err != nil {
		return secret, err
	}
	secret.Data[remote] = config
	secret.NotAfter, secret.Origin = token.Expires, token.Secret
	if token.Secret == "" {
		bare := *c
		bare.Token = seal.Plain{}
		secret.NotBefore = token.Starts
		secret.Frame, err = bare.Kubeconfig(remote, consumer.Dialect())
	}
	return secret, err
}

// Wanted gives the shapes of all remote Secrets of a mesh: one for each cluster
// and each control plane that reads it.
func Wanted(s *mesh.Spec) []seal.Shape {
	var all []seal.Shape
	for i := range s.Clusters {
		c := &s.Clusters[i]
		for _, consumer := range Consumers(s, c.Name) {
			secret := shape(s, consumer, c.Name)
			all = append(all, secret.Shape())
		}
	}
	slices.SortFunc(all, func(a, b seal.Shape) int {
		if a.Cluster != b.Cluster {
			return slices.Compare([]byte(a.Cluster), []byte(b.Cluster))
		}
		return slices.Compare([]byte(a.Name), []byte(b.Name))
	})
	return all
}
