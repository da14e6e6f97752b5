package secrets

import (
	"encoding/base64"
	"fmt"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/seal"
)

// A Credential is what lets a control plane read a cluster.
type Credential struct {
	Server        string // https URL of the API server
	CA            []byte // PEM
	Token         seal.Plain
	TLSServerName string // the name in the API server's certificate, where it is not the URL's host
}

// Kubeconfig gives the file that istioctl of the dialect puts into a remote
// Secret (istio/istio 1.30.3 and 1.5.10, istioctl/pkg/multicluster/remote_secret.go),
// with the cluster's name for its context in every dialect. The same credential
// gives the same bytes: istiod starts its informers anew when they change.
func (c *Credential) Kubeconfig(cluster string, dialect mesh.Dialect) (seal.Plain, error) {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	server, err := scalar(c.Server)
	if err != nil {
		return seal.Plain{}, err
	}
	line("apiVersion: v1")
	line("clusters:")
	line("- cluster:")
	line("    certificate-authority-data: %s", base64.StdEncoding.EncodeToString(c.CA))
	line("    server: %s", server)
	if c.TLSServerName != "" && dialect.Old() {
		return seal.Plain{}, &diag.Problem{
			What: fmt.Sprintf("the kubeconfig of %q has a tls-server-name, and istiod of 1.4 and 1.5 does not know the field", cluster), Why: "it would look for the name of the URL in the API server's certificate",
			Fix: "give a kubeconfig without it, for a server whose certificate has the name in clusters[].apiServer",
		}
	}
	if c.TLSServerName != "" {
		name, err := scalar(c.TLSServerName)
		if err != nil {
			return seal.Plain{}, err
		}
		line("    tls-server-name: %s", name)
	}
	name, err := scalar(cluster)
	if err != nil {
		return seal.Plain{}, err
	}
	line("  name: %s", name)
	line("contexts:")
	line("- context:")
	line("    cluster: %s", name)
	line("    user: %s", name)
	line("  name: %s", name)
	line("current-context: %s", name)
	line("kind: Config")
	if dialect.Old() {
		line("preferences: {}")
	}
	line("users:")
	line("- name: %s", name)
	line("  user:")
	b.WriteString("    token: ")
	b.Write(c.Token.Reveal()) // three parts of base64url, by Check
	b.WriteString("\n")
	return seal.NewPlain([]byte(b.String())), nil
}

// scalar writes a text so that it is read back as that text: a cluster may be
// called "1" or "no".
func scalar(text string) (string, error) {
	data, err := yaml.Marshal(text)
	return strings.TrimSuffix(string(data), "\n"), err
}
