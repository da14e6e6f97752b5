// Package verify makes the checks that need clusters: what no look at mesh.yaml
// can tell. What an API server can answer, Live asks it, through whoever calls
// it; what needs pods, Script writes as a shell script, a pure function of the
// Mesh, which a person runs with that person's kubectl.
//
// The script's method is the same for all releases. A pod in Istio's namespace of each
// cluster stands for the control plane's own: it answers at a port, calls the
// pods of other clusters and the API servers, and asks for certificates. A
// second pod with a sidecar, in a namespace that gets them, calls the Services of
// other clusters. Both run the proxy's image, which every cluster of the mesh can
// pull already and which has a shell, curl and openssl; the distroless one has
// not.
package verify

import (
	"bytes"
	_ "embed"
	"fmt"
	"strings"
	"text/template"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
)

//go:embed script.tmpl
var text string

var script = template.Must(template.New("script").Funcs(template.FuncMap{"quote": quote}).Parse(text))

// quote makes a word of the shell of any text.
func quote(text string) string {
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// listen is the port at which the pods answer.
const listen = 8443

// Script gives the script of a mesh. Its pods run image, that of each cluster's
// proxy where it is "".
func Script(m *mesh.Mesh, image string) ([]byte, error) {
	data, err := gather(m, image)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := script.Execute(&out, data); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// A page is what the script says, in its order.
type page struct {
	Mesh      string
	Namespace string // Istio's
	Old       bool
	Port      int
	Minutes   int    // after which the pods end
	Revision  string // of the sidecars
	Revisions []revision
	Manifests []pod
	Clusters  []*cluster
	Pairs     []pair // every two clusters, both ways
	Readers   []pair // a control plane and what it reads
	Remotes   []pair // a remote and its control plane
	Names     []name
	Calls     []call
}

// A revision is one control plane of the mesh.
type revision struct {
	Name  string
	Title string // what is added to the name of a check, "" where there is one revision
	tags  []string
}

// revisionsOf lists the control planes of a mesh.
func revisionsOf(s *mesh.Spec) []revision {
	canary := s.Istio.Canary
	if canary == nil {
		return []revision{{Name: s.Istio.Revision, tags: s.Istio.RevisionTags}}
	}
	return []revision{{s.Istio.Revision, " by " + s.Istio.Revision, s.Istio.RevisionTags}, {canary.Revision, " by " + canary.Revision, canary.RevisionTags}}
}

// A cluster is one cluster of the mesh.
type cluster struct {
	Name        string
	Var         string // ends the names of its variables
	Health      string // the URL at which its API server says how it is
	Deployments []deployment
	Webhooks    []injector
	Pod         string // the name of the manifest of the pod in Istio's namespace
	Sidecar     string // that of the pod with a sidecar
	Injected    string // the namespace of the latter, "" where none gets sidecars
	NotInjected string // why

	mesh *mesh.Cluster
}

type deployment struct{ Namespace, Name string }

// An injector is a webhook configuration, and the Service that it calls.
type injector struct{ Name, service string }

type pair struct{ From, To *cluster }

// readyz is the first Kubernetes whose API server serves /readyz.
var readyz = mesh.Version{Major: 1, Minor: 16, Patch: -1}

func gather(m *mesh.Mesh, image string) (*page, error) {
	s := &m.Spec
	p := &page{Mesh: m.Metadata.Name, Namespace: s.Istio.Namespace, Old: s.Old(), Port: listen, Revision: s.Istio.Revision}
	p.Revisions = revisionsOf(s)
	byName := map[string]*cluster{}
	for i := range s.Clusters {
		c := p.cluster(s, &s.Clusters[i])
		p.Clusters = append(p.Clusters, c)
		byName[c.Name] = c
	}
	for _, from := range p.Clusters {
		for _, to := range p.Clusters {
			if from == to {
				continue
			}
			p.Pairs = append(p.Pairs, pair{from, to})
			if from.mesh.ControlPlane != nil {
				p.Readers = append(p.Readers, pair{from, to})
			}
		}
		if from.mesh.ControlPlane == nil {
			p.Remotes = append(p.Remotes, pair{from, byName[s.Primary(from.mesh).Name]})
			p.names(s, from)
		}
	}
	for i := range m.Services {
		p.calls(s, &m.Services[i], byName)
	}
	return p, p.pods(s, image)
}

// cluster gives what the script says of one cluster.
func (p *page) cluster(s *mesh.Spec, c *mesh.Cluster) *cluster {
	out := &cluster{Name: c.Name, Var: strings.ReplaceAll(c.Name, "-", "_"), mesh: c}
	health := "/readyz"
	if c.KubernetesVersion.MinorVersion().Compare(readyz) < 0 {
		health = "/healthz"
	}
	out.Health = strings.TrimSuffix(c.APIServer, "/") + health
	out.Deployments = p.deployments(c)
	out.Webhooks = p.webhooks(c)
	switch {
	case len(s.Injection.Namespaces) == 0:
		out.NotInjected = "the mesh names no namespace that gets them"
	case !*c.Injection:
		out.NotInjected = "injection is off in the cluster"
	case c.State != mesh.Active:
		out.NotInjected = fmt.Sprintf("the cluster is %s, and its namespaces get none", c.State)
	default:
		out.Injected = s.Injection.Namespaces[0]
	}
	return out
}

// deployments lists what has to be available: on 1.4 and 1.5 each cluster runs
// parts of the control plane, since then those that have one.
func (p *page) deployments(c *mesh.Cluster) []deployment {
	var all []deployment
	add := func(namespace string, names ...string) {
		for _, name := range names {
			all = append(all, deployment{namespace, name})
		}
	}
	switch dialect := c.Dialect(); {
	case dialect == mesh.Dialect14:
		if c.ControlPlane != nil {
			add(p.Namespace, "istio-pilot", "istio-galley")
		}
		add(p.Namespace, "istio-citadel")
		if *c.Injection {
			add(p.Namespace, "istio-sidecar-injector")
		}
	case dialect.Old():
		add(p.Namespace, "istiod")
	case c.ControlPlane != nil:
		for _, r := range p.Revisions {
			add(p.Namespace, suffixed("istiod", r.Name))
		}
	}
	if cp := c.ControlPlane; cp != nil && cp.Expose == mesh.ExposeDedicatedGateway {
		add(cp.Gateway.Namespace, cp.Gateway.Name)
	}
	return all
}

// webhooks lists the injectors that call a CA their own. 1.4 has a program that
// injects, since 1.5 istiod does. Each tag of a revision has a configuration of
// its own, which leads to the istiod of the revision (istio/istio 1.30.3,
// istio-discovery/templates/mutatingwebhook.yaml and revision-tags-mwc.yaml).
func (p *page) webhooks(c *mesh.Cluster) []injector {
	const name = "istio-sidecar-injector"
	switch dialect := c.Dialect(); {
	case dialect == mesh.Dialect14 && !*c.Injection:
		return nil
	case dialect == mesh.Dialect14:
		return []injector{{name, name}}
	case dialect.Old():
		return []injector{{name, "istiod"}}
	}
	var of string // ends the names outside the usual namespace
	if p.Namespace != "istio-system" {
		of = "-" + p.Namespace
	}
	var all []injector
	for _, r := range p.Revisions {
		istiod := suffixed("istiod", r.Name)
		all = append(all, injector{suffixed(name, r.Name) + of, istiod})
		for _, tag := range r.tags {
			all = append(all, injector{"istio-revision-tag-" + tag + of, istiod})
		}
	}
	return all
}

func suffixed(name, revision string) string {
	if revision == "" {
		return name
	}
	return name + "-" + revision
}
