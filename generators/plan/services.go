package plan

import (
	"fmt"
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
				f.Picks = append(f.Picks, Pick{b.copies(app, c), g.keys})
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
		return []Stage{{Name: StageServices, Files: files}}
	}
	// Named for their namespace alone, so that a namespace that comes or goes
	// leaves the others' stages where they are.
	var stages []Stage
	for _, f := range files {
		stages = append(stages, Stage{Name: StageServices + "-" + strings.TrimSuffix(strings.TrimPrefix(f.Name, "ns-"), ".yaml"), Files: []File{f}})
	}
	return stages
}

// copies gives the unit that makes the copies of an application's Services for
// a version of Kubernetes: one for all versions that know the same of the
// fields in use.
func (b *builder) copies(app *application, c *mesh.Cluster) int {
	unknown := []string{}
	for _, f := range fieldsSince {
		if app.needs[f.field] && !f.knownTo(c.KubernetesVersion) {
			unknown = append(unknown, f.field)
		}
	}
	annotations := b.wave(c, StageServices)
	key := fmt.Sprint("services ", app.namespace, " without ", unknown, " with ", annotations)
	return b.shared(key, "services.jsonnet", func() map[string]any {
		services := map[string]any{}
		for _, s := range app.services {
			services[s.Name] = portable(s, unknown, annotations)
		}
		return map[string]any{"namespace": app.namespace, "services": services}
	})
}
