package istiod

import (
	"strings"
	"testing"

	"istio.io/istio/pkg/kube"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/seal"
	"github.com/isthmus-mesh/isthmus/generators/seal/sealtest"
	"github.com/isthmus-mesh/isthmus/generators/secrets"
)

// istiod's sanitiser takes every kubeconfig that is sealed, and makes the client
// of it that was meant.
func TestSanitiserTakesTheKubeconfig(t *testing.T) {
	for _, dialect := range []mesh.Dialect{mesh.Dialect14, mesh.Dialect150, mesh.Dialect15, mesh.Dialect130} {
		for _, name := range []string{"west", "1", "no", "a-b"} {
			c := secrets.Credential{Server: "https://10.2.0.10:6443", CA: sealtest.CA(), Token: seal.NewPlain([]byte(sealtest.Token(sealtest.Claims("s"))))}
			text, err := c.Kubeconfig(name, dialect)
			if err != nil {
				t.Fatal(err)
			}
			config, err := kube.NewUntrustedRestConfig(text.Reveal())
			if err != nil {
				t.Fatalf("%s %s: %v", dialect, name, err)
			}
			if config.Host != c.Server || config.BearerToken != string(c.Token.Reveal()) || string(config.CAData) != string(c.CA) {
				t.Errorf("%s %s: a client of %s", dialect, name, config.Host)
			}
		}
	}
}

// What the sanitiser refuses, isthmus refuses before it is sealed.
func TestIsthmusRefusesWhatTheSanitiserDoes(t *testing.T) {
	base := string(sealtest.Kubeconfig("west", "https://10.2.0.10:6443", "a.b.c"))
	for _, lines := range []string{
		"    exec: {apiVersion: client.authentication.k8s.io/v1, command: sh, interactiveMode: Never}\n",
		"    auth-provider: {name: gcp}\n",
		"    client-key: /etc/key\n",
		"    client-certificate: /etc/cert\n",
		"    tokenFile: /etc/token\n",
	} {
		text := base + lines
		if strings.Contains(lines, "client-") {
			text += "    client-certificate-data: YQ==\n"
		}
		if _, err := kube.NewUntrustedRestConfig([]byte(text)); err == nil {
			t.Errorf("istiod takes %s", lines)
		}
		if _, problems := secrets.ReadKubeconfig("standard input", []byte(text), ""); len(problems) == 0 {
			t.Errorf("isthmus takes %s", lines)
		}
	}
}
