package graph

import (
	"fmt"
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
)

// The keys of lines by which the rest of the package finds them.
const (
	keyRole    = "role"
	keyPlane   = "plane"
	keyReached = "reached"
	keyRuns    = "runs/"
	keyCopies  = "copies/"
)

// A subject is what there is to say of a mesh.
type subject struct {
	lines    []Line
	clusters []*cluster
}

// A cluster is what there is to say of one.
type cluster struct {
	name, plane string // the same where it runs the control plane
	lines       []Line
	change      Change
}

func (c *cluster) node() Node { return Node{Names: []string{c.name}, Lines: c.lines, Change: c.change} }

func (c *cluster) say(key, text string) { c.lines = append(c.lines, Line{Key: key, Text: text}) }

// facts gathers what a picture of the mesh says, nothing of none.
func facts(m *mesh.Mesh) *subject {
	if m == nil {
		return &subject{}
	}
	s := &m.Spec
	all := &subject{lines: []Line{{Key: "network", Text: "network " + s.Network}, {Key: "trust", Text: "trust domain " + s.TrustDomain}}}
	if s.MeshID != m.Metadata.Name {
		all.lines = append(all.lines, Line{Key: "id", Text: "mesh ID " + s.MeshID})
	}
	placed := services(m)
	for i := range s.Clusters {
		cl := &s.Clusters[i]
		c := &cluster{name: cl.Name, plane: s.Primary(cl).Name}
		all.clusters = append(all.clusters, c)
		role := "remote"
		if cl.ControlPlane != nil {
			role = "control plane"
		}
		if cl.State != mesh.Active {
			role += ", " + string(cl.State)
		}
		c.say(keyRole, role)
		c.revisions(&s.Istio, cl)
		c.reached(cl)
		if region := region(cl); region != "" {
			c.say("region", "region "+region)
		}
		c.lines = append(c.lines, placed[cl.Name]...)
	}
	return all
}

// revisions says what runs, or what the cluster's proxies are of.
func (c *cluster) revisions(istio *mesh.Istio, cl *mesh.Cluster) {
	text := "Istio " + cl.Version.String()
	if istio.Revision != "" && !cl.Dialect().Old() {
		text += ", revision " + istio.Revision + tagged(istio.RevisionTags)
	}
	c.say("release", text)
	if canary := istio.Canary; canary != nil {
		c.say("canary", "canary "+canary.Version.String()+", revision "+canary.Revision+tagged(canary.RevisionTags))
	}
}

func tagged(tags []string) string {
	if len(tags) == 0 {
		return ""
	}
	return " (" + strings.Join(tags, ", ") + ")"
}

// reached says how remotes reach the control plane of a cluster.
func (c *cluster) reached(cl *mesh.Cluster) {
	cp := cl.ControlPlane
	if cp == nil {
		return
	}
	at := join(cp.Addresses)
	if cp.Hostname != "" {
		at = cp.Hostname
	}
	if at != "" {
		c.say(keyReached, fmt.Sprintf("%s at %s", cp.Expose, at))
	}
	if policy := join(cp.PolicyAddresses); policy != "" && policy != at {
		c.say("policy", "policy at "+policy)
	}
	if telemetry := join(cp.TelemetryAddresses); telemetry != "" && telemetry != at {
		c.say("telemetry", "telemetry at "+telemetry)
	}
}

func join(addresses []mesh.Address) string {
	var all []string
	for _, a := range addresses {
		all = append(all, a.String())
	}
	return strings.Join(all, ", ")
}

// region gives where a cluster is, by the labels that are usual for it.
func region(cl *mesh.Cluster) string {
	for _, key := range []string{"region", "topology.kubernetes.io/region"} {
		if r := cl.Labels[key]; r != "" {
			return r
		}
	}
	return ""
}

// A placed is the Services of a namespace that run and are copied in the same
// clusters.
type placed struct {
	namespace, from string
	placement       *mesh.Placement
	names           []string
}

// services gives, by cluster, what runs there and what is copied there: a line a
// namespace, and for copies one for each set of clusters that they come from.
// Services of one placement are looked at together, so that the work does not
// grow with Services times clusters.
func services(m *mesh.Mesh) map[string][]Line {
	var groups []*placed
	last := map[*mesh.Placement]*placed{}
	for i := range m.Services { // sorted by namespace
		s := &m.Services[i]
		g := last[s.Placement]
		if g == nil || g.namespace != s.Namespace {
			from := strings.Join(s.Placement.Homes, " and ")
			if len(s.Placement.Homes) > 2 {
				from = diag.Count(len(s.Placement.Homes), "cluster")
			}
			g = &placed{namespace: s.Namespace, from: from, placement: s.Placement}
			last[s.Placement] = g
			groups = append(groups, g)
		}
		g.names = append(g.names, s.Name)
	}
	type said struct {
		key, head string
		groups    []*placed
	}
	all := map[string][]*said{}
	known := map[[2]string]*said{}
	add := func(cluster, key, head string, g *placed) {
		s := known[[2]string{cluster, key}]
		if s == nil {
			s = &said{key: key, head: head}
			known[[2]string{cluster, key}] = s
			all[cluster] = append(all[cluster], s)
		}
		s.groups = append(s.groups, g)
	}
	for _, g := range groups {
		for _, home := range g.placement.Homes {
			add(home, keyRuns+g.namespace, "runs "+g.namespace, g)
		}
	}
	for _, g := range groups {
		for _, client := range g.placement.Clients {
			add(client, keyCopies+g.namespace+"/"+g.from, "copies "+g.namespace+" of "+g.from, g)
		}
	}
	lines := map[string][]Line{}
	for name, list := range all {
		for _, s := range list {
			lines[name] = append(lines[name], Line{Key: s.key, Text: s.head + ": " + listed(s.groups)})
		}
	}
	return lines
}

// listed names a few Services, and counts many.
func listed(groups []*placed) string {
	var names []string
	total := 0
	for _, g := range groups {
		total += len(g.names)
		if total <= 3 {
			names = append(names, g.names...)
		}
	}
	if total > 3 {
		return diag.Count(total, "Service")
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}
