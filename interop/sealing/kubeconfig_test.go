package sealing

import (
	"testing"

	"k8s.io/client-go/tools/clientcmd"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/seal"
	"github.com/isthmus-mesh/isthmus/generators/seal/sealtest"
	"github.com/isthmus-mesh/isthmus/generators/secrets"
)

// client-go makes of every kubeconfig a client with the server, the CA and the
// token that it was made of, and with nothing else.
func TestClientGoTakesTheKubeconfig(t *testing.T) {
	for _, dialect := range []mesh.Dialect{mesh.Dialect14, mesh.Dialect150, mesh.Dialect15, mesh.Dialect130} {
		for _, name := range []string{"west", "1", "no", "1e3", "a-b"} {
			for _, server := range []string{"https://10.2.0.10:6443", "https://api.example.com", "https://[fd00::1]:6443/k8s"} {
				c := secrets.Credential{Server: server, CA: sealtest.CA(), Token: seal.NewPlain([]byte(sealtest.Token(sealtest.Claims("s"))))}
				if !dialect.Old() { // older ones do not know it, and are refused
					c.TLSServerName = "kubernetes"
				}
				text, err := c.Kubeconfig(name, dialect)
				if err != nil {
					t.Fatal(err)
				}
				read, err := clientcmd.Load(text.Reveal())
				if err != nil {
					t.Fatal(err)
				}
				if err := clientcmd.Validate(*read); err != nil {
					t.Fatal(err)
				}
				if read.CurrentContext != name || len(read.Contexts) != 1 || len(read.Clusters) != 1 || len(read.AuthInfos) != 1 {
					t.Errorf("%s %s: %v", dialect, name, read)
				}
				config, err := clientcmd.NewDefaultClientConfig(*read, &clientcmd.ConfigOverrides{}).ClientConfig()
				if err != nil {
					t.Fatal(err)
				}
				if config.Host != server || config.BearerToken != string(c.Token.Reveal()) || string(config.CAData) != string(c.CA) || config.ServerName != c.TLSServerName || config.Insecure {
					t.Errorf("%s %s: %s", dialect, name, config.Host)
				}
			}
		}
	}
}
