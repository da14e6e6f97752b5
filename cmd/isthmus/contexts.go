package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/secrets"
)

// The contexts of a kubeconfig, as kubectl merged it.
type contexts struct {
	names   []string
	servers map[string]string // by context; none for one whose cluster is not there
	current string            // "" for none
	from    string            // the kubeconfig, as a person knows it
}

// contexts has kubectl list them, and with them no credential.
func (l *login) contexts() (*contexts, error) {
	bare := kubectl{kubeconfig: l.kubeconfig}
	out, err := bare.ask(asked{what: "the kubeconfig", without: orPipe}, []string{"config", "view", "--output=json"})
	if err != nil {
		return nil, err
	}
	var config struct {
		Contexts []struct {
			Name    string
			Context struct{ Cluster string }
		}
		Clusters []struct {
			Name    string
			Cluster struct{ Server string }
		}
		Current string `json:"current-context"`
	}
	if json.Unmarshal(out, &config) != nil { // the cause may quote what it read
		return nil, &diag.Problem{What: "the kubeconfig: kubectl gave what is no JSON"}
	}
	servers := map[string]string{}
	for _, c := range config.Clusters {
		servers[c.Name] = c.Cluster.Server
	}
	all := &contexts{servers: map[string]string{}, current: config.Current, from: bare.source()}
	for _, c := range config.Contexts {
		all.names = append(all.names, c.Name)
		if server := servers[c.Context.Cluster]; server != "" {
			all.servers[c.Name] = server
		}
	}
	slices.Sort(all.names)
	return all, nil
}

// at chooses the context that leads to a cluster: the one that is given, the one of
// its name, or the current one where that leads to its API server. What it says of
// a choice is a warning.
func (l login) at(all *contexts, m *mesh.Mesh, c *mesh.Cluster) (*login, diag.Problems, error) {
	l.cluster = c.Name
	switch {
	case l.context != "":
		if !slices.Contains(all.names, l.context) {
			return nil, nil, noContext(all.from, l.context, all.names, func(names []string) string { return choose(l.context, names) })
		}
	case slices.Contains(all.names, c.Name):
		l.context = c.Name
	case slices.Contains(all.names, all.current) && secrets.CheckServer(all.servers[all.current], c.APIServer) == nil:
		l.context = all.current
	default:
		return nil, nil, l.unchosen(all, c)
	}
	elsewhere, err := l.leads(all, m, c)
	return &l, elsewhere, err
}

// unchosen says that no context of a kubeconfig is that of a cluster.
func (l *login) unchosen(all *contexts, c *mesh.Cluster) error {
	if len(all.names) == 0 {
		return noContext(all.from, c.Name, nil, nil)
	}
	p := &diag.Problem{What: fmt.Sprintf("%s has no context %q, and no current one", all.from, c.Name), Why: "isthmus takes no other by itself"}
	if all.current != "" {
		p.What = fmt.Sprintf("%s has no context %q, and the current one, %q, does not lead to %s", all.from, c.Name, all.current, c.APIServer)
	}
	var list []string
	for _, name := range all.names {
		if secrets.CheckServer(all.servers[name], c.APIServer) == nil {
			name += " (leads to " + c.APIServer + ")"
		}
		list = append(list, name)
	}
	p.Fix = "choose one with --context: "
	if l.all {
		p.Fix = "give one the cluster's name, kubectl config rename-context <name> " + c.Name + ", out of: "
	}
	p.Fix += strings.Join(list, ", ")
	return p
}

// leads refuses a context that leads to another cluster of the mesh. One that leads
// where the mesh does not know may be another way to the same, and is said.
func (l *login) leads(all *contexts, m *mesh.Mesh, c *mesh.Cluster) (diag.Problems, error) {
	server := all.servers[l.context]
	if server == "" {
		return nil, &diag.Problem{What: fmt.Sprintf("the context %q of %s leads to no API server", l.context, all.from), Fix: "correct it, or " + l.another(c)}
	}
	if secrets.CheckServer(server, c.APIServer) == nil {
		return nil, nil
	}
	i := slices.IndexFunc(m.Spec.Clusters, func(other mesh.Cluster) bool {
		return secrets.CheckServer(server, other.APIServer) == nil
	})
	if i < 0 {
		return diag.Problems{{
			Severity: diag.Warning, What: fmt.Sprintf("the context %q leads to an API server that the mesh does not know", l.context),
			Why: "its token is sealed for " + c.APIServer + ", and good there only if both are the same cluster",
			Fix: "see that they are, or " + l.another(c),
		}}, nil
	}
	return nil, &diag.Problem{
		What: fmt.Sprintf("the context %q leads to cluster %q, and the Secret is that of %q", l.context, m.Spec.Clusters[i].Name, c.Name),
		Why:  "the control plane would be refused in the one with a token of the other", Fix: l.another(c),
	}
}

// another says how to have another context chosen.
func (l *login) another(c *mesh.Cluster) string {
	if l.all {
		return "give its name to the context of " + c.Name + ": kubectl config rename-context <name> " + c.Name
	}
	return "choose the context of " + c.Name + " with --context"
}
