package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/spf13/pflag"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/seal"
	"github.com/isthmus-mesh/isthmus/generators/secrets"
)

// A login is where the credential of a remote comes from: its cluster, by the
// user's kubectl, or a kubeconfig on standard input.
type login struct {
	kubectl
	cluster  string // that the context leads to, once that is chosen
	all      bool   // every cluster is read, each by a context of its own
	create   bool   // make the token Secret where there is none
	lifetime time.Duration
	known    func() (*contexts, error) // those of the kubeconfig, listed once
	stdin    io.Reader
	set      *pflag.FlagSet
}

func (l *login) flags(f *pflag.FlagSet) {
	f.StringVar(&l.kubeconfig, "kubeconfig", "", "")
	f.StringVar(&l.context, "context", "", "")
	f.BoolVar(&l.create, "create-token", false, "")
	f.DurationVar(&l.lifetime, "lifetime", 90*24*time.Hour, "")
	l.set, l.known = f, sync.OnceValues(l.contexts)
}

// check refuses flags that say nothing together.
func (l *login) check(m *mesh.Mesh) error {
	switch request := m.Spec.Secrets.Token == mesh.TokenRequest; {
	case l.create && request:
		return &usageError{"--create-token makes a token Secret, and spec.secrets.token is request", "leave it out: a token is requested anyway"}
	case l.all && l.context != "":
		return &usageError{"--context leads to one cluster, and --all reads every one", "leave the one or the other out"}
	case l.all && l.kubeconfig == "-":
		return &usageError{"--kubeconfig - brings the credential of one cluster, and --all reads every one", "leave the one or the other out"}
	case l.create && l.kubeconfig == "-":
		return &usageError{"--create-token asks a cluster, and --kubeconfig - brings the token", "leave the one or the other out"}
	case l.lifetime < 10*time.Minute:
		return &usageError{"--lifetime is shorter than ten minutes", "API servers give no token that is"}
	case l.kubeconfig == "-":
		return unused(l.set, "--kubeconfig -", "the token comes with it", "lifetime")
	case !request:
		return unused(l.set, "spec.secrets.token: secret", "its token does not end", "lifetime")
	}
	return nil
}

// credential reads the credential of a remote, without its token where that is yet
// to be requested. Generation is which of its token Secrets is meant, 0 for the one
// that the token itself names.
func (l *login) credential(m *mesh.Mesh, c *mesh.Cluster, generation int) (*secrets.Credential, error) {
	switch {
	case l.kubeconfig == "-":
		return l.given()
	case m.Spec.Secrets.Token == mesh.TokenRequest:
		return l.unasked(m, c)
	}
	return l.asked(m, c, generation)
}

// checked gives what the token of a credential says, where nothing is wrong with
// the two.
func checked(m *mesh.Mesh, c *mesh.Cluster, read *secrets.Credential) (*secrets.Token, diag.Problems, error) {
	token, problems := read.Check(c.APIServer, now())
	if token != nil {
		problems = append(problems, token.Check(&m.Spec, now())...)
	}
	ofCluster(c, problems)
	if len(problems.Errors()) > 0 {
		return nil, nil, problems.Errors()
	}
	return token, problems, nil
}

// ofCluster puts the cluster before what is said of its credential.
func ofCluster(c *mesh.Cluster, problems diag.Problems) diag.Problems {
	for _, p := range problems {
		p.What = fmt.Sprintf("cluster %q: %s", c.Name, p.What)
	}
	return problems
}

// given reads a kubeconfig from standard input.
func (l *login) given() (*secrets.Credential, error) {
	text, err := io.ReadAll(io.LimitReader(l.stdin, 2<<20))
	if err != nil {
		return nil, errors.New("standard input cannot be read")
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, &diag.Problem{What: "standard input is empty", Fix: "pipe the kubeconfig into isthmus, or name another with --kubeconfig"}
	}
	read, problems := secrets.ReadKubeconfig("standard input", text, l.context)
	if len(problems) > 0 {
		return nil, problems
	}
	return read, nil
}

// unasked gives the credential into which a requested token goes.
func (l *login) unasked(m *mesh.Mesh, c *mesh.Cluster) (*secrets.Credential, error) {
	var ca struct{ Data map[string]string }
	if err := l.get(m.Spec.Istio.Namespace, "configmap", "kube-root-ca.crt", &ca); err != nil {
		return nil, err
	}
	read := &secrets.Credential{Server: c.APIServer, CA: []byte(ca.Data["ca.crt"])}
	if p := secrets.CheckCA(read.CA, now()); p != nil { // before a token is made for nothing
		return nil, ofCluster(c, diag.Problems{p})
	}
	return read, nil
}

// request has kubectl request a token.
func (l *login) request(m *mesh.Mesh) (seal.Plain, error) {
	ns := m.Spec.Istio.Namespace
	out, err := l.askFor("a token of ServiceAccount/"+ns+"/"+secrets.Account, ns, "create", "serviceaccounts/token", secrets.Account, nil,
		"create", "token", secrets.Account, fmt.Sprintf("--duration=%s", l.lifetime))
	return seal.NewPlain(out), err
}

// asked has kubectl read the token in the cluster, or make its Secret.
func (l *login) asked(m *mesh.Mesh, c *mesh.Cluster, generation int) (*secrets.Credential, error) {
	read := &secrets.Credential{Server: c.APIServer}
	ns := m.Spec.Istio.Namespace
	var secret struct{ Data map[string][]byte }
	name := secrets.TokenSecret(generation)
	if err := l.get(ns, "secret", name, &secret); err != nil {
		return nil, err
	}
	if secret.Data == nil && generation <= 1 && !l.create && c.Dialect().Old() {
		// Kubernetes before 1.24 makes one for every account; later releases of
		// Istio run on none of these.
		var account struct{ Secrets []struct{ Name string } }
		if err := l.get(ns, "serviceaccount", secrets.Account, &account); err != nil {
			return nil, err
		}
		if len(account.Secrets) == 1 {
			if err := l.get(ns, "secret", account.Secrets[0].Name, &secret); err != nil {
				return nil, err
			}
		}
	}
	if secret.Data == nil && l.create {
		if err := l.createToken(ns, name); err != nil {
			return nil, err
		}
		for range 10 { // the token controller fills it in
			if err := l.get(ns, "secret", name, &secret); err != nil {
				return nil, err
			}
			if len(secret.Data["token"]) > 0 {
				break
			}
			time.Sleep(500 * time.Millisecond)
		}
	}
	if len(secret.Data["token"]) == 0 {
		return nil, &diag.Problem{
			What: fmt.Sprintf("cluster %q has no token in Secret/%s/%s", c.Name, ns, name),
			Why:  "the overlay of the cluster makes it, once the control plane's profile has made " + secrets.Account,
			Fix:  "run isthmus render and have overlays/" + c.Name + " applied first, or pass --create-token",
		}
	}
	read.Token, read.CA = seal.NewPlain(secret.Data["token"]), secret.Data["ca.crt"]
	return read, nil
}

// orPipe is what can be done where there is no kubectl.
const orPipe = ", or pipe a kubeconfig with a token into --kubeconfig -"

// askFor has kubectl do something in a namespace, for which a login needs a verb
// on a resource.
func (l *login) askFor(what, ns, verb, resource, name string, input []byte, args ...string) ([]byte, error) {
	role := fmt.Sprintf("kubectl -n %s create role isthmus-secrets --verb=%s --resource=%s", ns, verb, resource)
	if name != "" {
		role += " --resource-name=" + name
	}
	return l.ask(asked{
		what: fmt.Sprintf("cluster %q: %s", l.cluster, what), let: "let it: " + role + ", and bind that role to it",
		without: orPipe,
		input:   input,
	}, append([]string{"--namespace=" + ns}, args...))
}

// get reads one object; out stays empty for one that is not there.
func (l *login) get(ns, resource, name string, out any) error {
	what := fmt.Sprintf("%s/%s/%s", resource, ns, name)
	data, err := l.askFor(what, ns, "get", resource, name, nil, "get", resource, name, "--ignore-not-found", "--output=json")
	if err != nil || len(data) == 0 {
		return err
	}
	if json.Unmarshal(data, out) != nil { // the cause may quote what it read
		return &diag.Problem{What: fmt.Sprintf("cluster %q: %s: kubectl gave what is no JSON", l.cluster, what)}
	}
	return nil
}

// createToken makes an empty token Secret, which the cluster fills in.
func (l *login) createToken(ns, name string) error {
	object, err := json.Marshal(map[string]any{
		"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/service-account-token",
		"metadata": map[string]any{"name": name, "namespace": ns, "annotations": map[string]string{"kubernetes.io/service-account.name": secrets.Account}},
	})
	if err != nil {
		return err
	}
	_, err = l.askFor("making Secret/"+ns+"/"+name, ns, "create", "secrets", "", object, "create", "--filename=-")
	return err
}
