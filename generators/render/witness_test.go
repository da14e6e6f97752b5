package render

import (
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"github.com/isthmus-mesh/isthmus/generators/krm"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/plan"
)

// checks are what a witness looks at; each has to have been there to be seen.
var checks = []string{
	"mesh ID", "injection path", "injection URL", "network label", "led by", "stub ports", "stub addresses", "old stub ports", "old stub addresses",
	"one label", "switched off", "once", "once on the hub", "substitution", "virtual service", "clusterIP", "dependency", "kustomization", "values file", "wave", "tag", "account", "gateway labels",
	"copies", "served ports", "old served ports", "trust domain", "one network", "one namespace", "headless",
}

// A witness reads what was rendered as somebody would who has the files alone,
// and holds them against the topology.
type witness struct {
	mesh     *mesh.Mesh
	meshIDs  map[string]string
	hub      map[string]string // objects on a hub, and whose they are
	shared   shared
	problems map[string]bool
	seen     map[string]int
}

// check records what is wrong where something does not hold.
func (w *witness) check(name string, holds bool, format string, args ...any) {
	w.seen[name]++
	if !slices.Contains(checks, name) {
		w.problems["no such check: "+name] = true
	}
	if !holds {
		w.problems[name+": "+fmt.Sprintf(format, args...)] = true
	}
}

// A doc is one YAML document, in a file.
type doc struct {
	cluster, stage, file string
	listed, hub          bool
	value                map[string]any
	text                 string
}

func (d doc) get(keys ...string) any { return lookup(d.value, keys) }

func (d doc) text1(keys ...string) string { s, _ := d.get(keys...).(string); return s }

func (d doc) kind() string { return d.text1("kind") }

func (d doc) name() string { return d.text1("metadata", "name") }

func (d doc) String() string {
	return fmt.Sprintf("%s %s/%s/%s", d.cluster, d.kind(), d.text1("metadata", "namespace"), d.name())
}

func read(objects []*krm.Object, d doc) []doc {
	var all []doc
	for _, o := range objects {
		d.value, d.text = nil, string(o.YAML)
		if err := yaml.Unmarshal(o.YAML, &d.value); err != nil {
			panic(err) // in a test: it was just written
		}
		all = append(all, d)
	}
	return all
}

func (w *witness) cluster(c *mesh.Cluster, planned plan.Cluster, made *Cluster) {
	var docs []doc
	folders, files := map[string]bool{}, map[string]bool{}
	for i, stage := range planned.Stages {
		for j, f := range stage.Files {
			files[path.Join("overlays", c.Name, stage.Name, f.Name)] = true
			folders[stage.Name] = folders[stage.Name] || f.Listed
			docs = append(docs, read(made.Stages[i][j], doc{cluster: c.Name, stage: stage.Name, file: f.Name, listed: f.Listed, hub: stage.Hub})...)
		}
	}
	var delivery []doc
	for i, f := range planned.Delivery {
		delivery = append(delivery, read(made.Delivery[i], doc{cluster: c.Name, file: f.Name})...)
	}
	w.once(docs)
	w.values(c, docs)
	w.namespaces(c, docs)
	w.stubs(c, docs)
	w.exposure(c, docs)
	w.share(c, docs)
	w.engines(c, docs)
	w.delivered(c, docs, delivery, folders, files)
}

// once: no two objects of a cluster are the same one, nor two on a hub.
func (w *witness) once(docs []doc) {
	if w.hub == nil {
		w.hub = map[string]string{}
	}
	seen := map[string]bool{}
	for _, d := range docs {
		group, _, _ := strings.Cut(d.text1("apiVersion"), "/")
		id := fmt.Sprintf("%s %s %s %s", group, d.kind(), d.text1("metadata", "namespace"), d.name())
		switch {
		case d.hub:
			w.check("once on the hub", w.hub[id] == "", "%s is that of %s too", d, w.hub[id])
			w.hub[id] = d.cluster
		case d.listed:
			w.check("once", !seen[id], "%s is there twice", d)
			seen[id] = true
		}
	}
}

// istiod gives the values that an installation hands to istiod, nil where a
// document is none.
func (d doc) istiod() map[string]any {
	var values any
	switch {
	case d.kind() == "HelmRelease" && lookup(d.value, []string{"spec", "chart", "spec", "chart"}) == "istiod", slices.Contains([]string{"Istio", "IstioOperator", "IstioControlPlane"}, d.kind()):
		values = d.get("spec", "values")
	case d.kind() == "" && strings.HasPrefix(d.file, "values-istiod"):
		values = d.value
	}
	m, _ := values.(map[string]any)
	return m
}

var injection = regexp.MustCompile(`/inject/cluster/([^/]+)/net/([^/]+)$`)

// values: the cluster's name, the network and the mesh's ID are the same
// wherever they stand.
func (w *witness) values(c *mesh.Cluster, docs []doc) {
	if w.meshIDs == nil {
		w.meshIDs = map[string]string{}
	}
	found := false
	for _, d := range docs {
		v := d.istiod()
		if v == nil {
			continue
		}
		found = true
		get := func(keys ...string) string { s, _ := lookup(v, keys).(string); return s }
		w.meshIDs[get("global", "meshID")] = d.String()
		w.check("mesh ID", get("global", "meshID") != "", "%s has none", d)
		if name := get("global", "multiCluster", "clusterName"); name != c.Name && !(c.Dialect() == mesh.Dialect14 && c.ControlPlane != nil) {
			w.check("mesh ID", false, "%s calls its cluster %q", d, name)
		}
		if c.Dialect().Old() {
			continue
		}
		remote := c.ControlPlane == nil
		for _, key := range []string{"injectionPath", "injectionURL"} {
			at := get("istiodRemote", key)
			if at == "" {
				continue
			}
			parts := injection.FindStringSubmatch(at)
			name := map[string]string{"injectionPath": "injection path", "injectionURL": "injection URL"}[key]
			w.check(name, remote && parts != nil && parts[1] == get("global", "multiCluster", "clusterName") && parts[2] == get("global", "network"), "%s: %s", d, at)
			if key == "injectionURL" {
				w.check(name, strings.HasPrefix(at, "https://"+w.mesh.Spec.Primary(c).ControlPlane.Hostname+":15017/"), "%s: %s", d, at)
			}
		}
		both := get("istiodRemote", "injectionPath") != "" && get("istiodRemote", "injectionURL") != ""
		w.check("injection path", !both && remote == (get("istiodRemote", "injectionPath")+get("istiodRemote", "injectionURL") != ""), "%s has %v", d, v["istiodRemote"])
		w.check("mesh ID", remote != (lookup(v, []string{"global", "externalIstiod"}) == true), "%s: externalIstiod", d)
		for _, n := range docs {
			if n.kind() == "Namespace" && n.stage == plan.StageNamespaces && n.name() == w.mesh.Spec.Istio.Namespace {
				w.check("network label", n.text1("metadata", "labels", "topology.istio.io/network") == get("global", "network"), "%s is labelled for another network than %s", n, d)
			}
		}
	}
	w.check("mesh ID", found, "nothing installs Istio in %s", c.Name)
}

// namespaces: who leads is a control plane, and no Namespace asks two injectors.
func (w *witness) namespaces(c *mesh.Cluster, docs []doc) {
	istio := &w.mesh.Spec.Istio
	known := append([]string{istio.Revision}, istio.RevisionTags...)
	for _, d := range docs {
		if d.kind() != "Namespace" {
			continue
		}
		labels, _ := d.get("metadata", "labels").(map[string]any)
		plain, _ := labels["istio-injection"].(string)
		rev, byRevision := labels["istio.io/rev"].(string)
		w.check("one label", !(plain != "" && byRevision), "%s has both labels", d)
		w.check("one label", !byRevision || slices.Contains(known, rev), "%s is of revision %q, which the mesh has not", d, rev)
		w.check("one label", d.stage == plan.StageNamespaces || !(plain == "enabled" || byRevision) || c.State == mesh.Active && *c.Injection, "%s is injected in a cluster that is not", d)
		if slices.Contains(w.mesh.Spec.Injection.Namespaces, d.name()) && c.State != mesh.Active {
			w.check("switched off", plain == "disabled", "%s may be injected, by a label of somebody else, in a cluster that comes or goes", d)
		}
		if d.stage == plan.StageNamespaces && d.name() == istio.Namespace && !c.Dialect().Old() {
			leads := d.text1("metadata", "annotations", "topology.istio.io/controlPlaneClusters")
			i := slices.IndexFunc(w.mesh.Spec.Clusters, func(o mesh.Cluster) bool { return o.Name == leads })
			if c.ControlPlane != nil {
				w.check("led by", leads == "", "%s runs a control plane and is led by %q", c.Name, leads)
				continue
			}
			w.check("led by", i >= 0 && w.mesh.Spec.Clusters[i].ControlPlane != nil && (c.RemoteOf == "" || c.RemoteOf == leads), "%s is led by %q", c.Name, leads)
		}
	}
}

// names gives the names of ports, each with the number that it leads to.
func names(ports any, target string) map[string]string {
	all := map[string]string{}
	list, _ := ports.([]any)
	for _, p := range list {
		port, _ := p.(map[string]any)
		number := port[target]
		if number == nil {
			number = port["port"]
		}
		all[fmt.Sprint(port["name"])] = fmt.Sprint(number)
	}
	return all
}

// stubs: a Service and its addresses are joined by their ports' names, and the
// addresses are those of the mesh.
func (w *witness) stubs(c *mesh.Cluster, docs []doc) {
	services := map[string]doc{}
	for _, d := range docs {
		if d.kind() == "Service" && d.stage == plan.StageControlPlane {
			services[d.name()] = d
		}
	}
	got := map[string][]string{}
	for _, d := range docs {
		switch d.kind() {
		case "EndpointSlice":
			service := d.text1("metadata", "labels", "kubernetes.io/service-name")
			w.check("stub ports", maps.Equal(names(services[service].get("spec", "ports"), "targetPort"), names(d.value["ports"], "port")), "%s: %v and %v", d, services[service].get("spec", "ports"), d.value["ports"])
			for _, e := range d.value["endpoints"].([]any) {
				for _, a := range e.(map[string]any)["addresses"].([]any) {
					got[service] = append(got[service], a.(string))
					w.check("stub addresses", strings.Contains(a.(string), ":") == (d.text1("addressType") == "IPv6"), "%s: %s", d, a)
				}
			}
		case "Endpoints":
			for _, s := range d.value["subsets"].([]any) {
				subset := s.(map[string]any)
				w.check("old stub ports", maps.Equal(names(services[d.name()].get("spec", "ports"), "targetPort"), names(subset["ports"], "port")), "%s: %v", d, subset["ports"])
				for _, a := range subset["addresses"].([]any) {
					got[d.name()] = append(got[d.name()], a.(map[string]any)["ip"].(string))
				}
			}
		}
	}
	for service, addresses := range got {
		var want []string
		cp := w.mesh.Spec.Primary(c).ControlPlane
		of := cp.Addresses
		switch service {
		case "istio-policy":
			of = cp.PolicyAddresses
		case "istio-telemetry":
			of = cp.TelemetryAddresses
		}
		for _, a := range of {
			want = append(want, a.String())
		}
		slices.Sort(want)
		slices.Sort(addresses)
		check := "stub addresses"
		if c.Dialect().Old() {
			check = "old stub addresses"
		}
		w.check(check, c.ControlPlane == nil && slices.Equal(want, addresses), "%s of %s has %v, the mesh %v", service, c.Name, addresses, want)
	}
}
