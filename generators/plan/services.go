package plan

import (
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
)

// stageLimit is how many objects the services stage holds before it is split:
// one kustomize build takes 1.3 s for 1,000 Services and 40 s for 4,000.
const stageLimit = 1000

// A group is the Services of one namespace that run and are called in the same
// clusters.
type group struct {
	placement *mesh.Placement
	clients   map[string]bool
	keys      []string // names of the Services, sorted
}

// An application is a namespace of applications, with its Services.
type application struct {
	namespace string
	services  []*mesh.Service
	groups    []*group
	needs     map[string]bool // the fields that only newer Kubernetes know
}

// group sorts the Services by namespace and placement, so that choosing those
// of a cluster costs no look at each Service. Namespaces that are only labelled
// are applications without Services.
func (b *builder) group() []*application {
	var all []*application
	byName := map[string]*application{}
	get := func(namespace string) *application {
		if byName[namespace] == nil {
			byName[namespace] = &application{namespace: namespace, needs: map[string]bool{}}
			all = append(all, byName[namespace])
		}
		return byName[namespace]
	}
	groups := map[string]map[*mesh.Placement]*group{}
	for _, ns := range b.mesh.Spec.Injection.Namespaces {
		get(ns)
	}
	for i := range b.mesh.Services {
		s := &b.mesh.Services[i]
		app := get(s.Namespace)
		if len(s.Placement.Clients) == 0 {
			continue // the namespace is the mesh's, the Service stays at home
		}
		app.services = append(app.services, s)
		for field := range newFields(s) {
			app.needs[field] = true
		}
		if groups[s.Namespace] == nil {
			groups[s.Namespace] = map[*mesh.Placement]*group{}
		}
		g := groups[s.Namespace][s.Placement]
		if g == nil {
			g = &group{placement: s.Placement, clients: map[string]bool{}}
			for _, client := range s.Placement.Clients {
				g.clients[client] = true
			}
			groups[s.Namespace][s.Placement] = g
			app.groups = append(app.groups, g)
		}
		g.keys = append(g.keys, s.Name)
	}
	slices.SortFunc(all, func(a, b *application) int { return strings.Compare(a.namespace, b.namespace) })
	return all
}

// services plans the application Namespaces of a cluster and the Services that
// are called there and run elsewhere, a file a namespace.
func (b *builder) services(c *mesh.Cluster, apps []*application) []Stage {
	var files []File
	total := 0
	for _, app := range apps {
		f := File{Name: "ns-" + app.namespace + ".yaml", Listed: true}
		// Istio's own Namespace has a stage of its own.
		if b.mesh.Spec.Namespaces != mesh.SkipNamespaces && app.namespace != b.mesh.Spec.Istio.Namespace {
			f.Picks = append(f.Picks, Pick{b.namespaces(c, apps), []string{app.namespace}})
		}
		for _, g := range app.groups {
			if g.clients[c.Name] {
				f.Picks = append(f.Picks, Pick{b.copies(app, c.KubernetesVersion), g.keys})
			}
		}
		if len(f.Picks) > 0 {
			files = append(files, f)
			total += f.Objects()
		}
	}
	if len(files) == 0 {
		return nil
	}
	if total <= stageLimit {
		return []Stage{{StageServices, files}}
	}
	// Named for their namespace alone, so that a namespace that comes or goes
	// leaves the others' stages where they are.
	var stages []Stage
	for _, f := range files {
		stages = append(stages, Stage{StageServices + "-" + strings.TrimSuffix(strings.TrimPrefix(f.Name, "ns-"), ".yaml"), []File{f}})
	}
	return stages
}

// namespaces gives the unit of the application Namespaces: one for clusters
// whose workloads get sidecars, one for the others. A cluster that is joining
// has no labels yet, because its webhook fails closed until the control plane
// has its Secret; one that is leaving has none any more.
func (b *builder) namespaces(c *mesh.Cluster, apps []*application) int {
	inject := *c.Injection && c.State == mesh.Active
	key := "namespaces"
	if inject {
		key = "namespaces, injected"
	}
	return b.shared(key, "namespaces.jsonnet", func() map[string]any {
		all := map[string]any{}
		for _, app := range apps {
			labels := map[string]any{}
			if inject && slices.Contains(b.mesh.Spec.Injection.Namespaces, app.namespace) {
				labels["istio-injection"] = "enabled"
			}
			all[app.namespace] = map[string]any{"labels": labels}
		}
		return map[string]any{"namespaces": all}
	})
}

// copies gives the unit that makes the copies of an application's Services for
// a version of Kubernetes: one for all versions that know the same of the
// fields in use.
func (b *builder) copies(app *application, kubernetes mesh.Version) int {
	unknown := []string{}
	for _, f := range fieldsSince {
		if app.needs[f.field] && !f.knownTo(kubernetes) {
			unknown = append(unknown, f.field)
		}
	}
	key := "services " + app.namespace + " without " + strings.Join(unknown, ",")
	return b.shared(key, "services.jsonnet", func() map[string]any {
		services := map[string]any{}
		for _, s := range app.services {
			services[s.Name] = portable(s, unknown)
		}
		return map[string]any{"namespace": app.namespace, "services": services}
	})
}
