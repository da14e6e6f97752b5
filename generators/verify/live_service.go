package verify

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/krm"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/plan"
)

// rendered asks for the stub of the control plane, or for the Service by which
// remotes reach it, and for what lies behind a stub.
func (l *looker) rendered() {
	services := l.made("Service", plan.StageControlPlane)
	byNamespace := map[string][]string{}
	for _, s := range services {
		byNamespace[s.Namespace] = append(byNamespace[s.Namespace], s.Name)
	}
	for _, namespace := range slices.Sorted(maps.Keys(byNamespace)) {
		found, err := l.objects("services", namespace, byNamespace[namespace]...)
		for _, s := range services {
			if s.Namespace != namespace {
				continue
			}
			check := fmt.Sprintf("%s is as rendered", s)
			switch {
			case err != nil:
				l.unanswered(check, err)
			case found[s.Name] == nil:
				l.fail(check, "there is none", "nothing in the cluster finds the control plane", l.apply())
			default:
				l.same(check, specOf(s.Value["spec"]), specOf(found[s.Name].Spec), "sidecars and API servers find the control plane by these ports", l.apply())
			}
		}
	}
	l.endpoints()
	l.slices()
}

// A shape is what must be equal in two Services of one name.
type shape struct {
	kind     string // its type
	headless bool
	external string
	ports    []string
}

// specOf gives the shape of a Service's spec, with the defaults of Kubernetes.
func specOf(value any) shape {
	spec, _ := value.(map[string]any)
	s := shape{kind: "ClusterIP"}
	if kind, is := spec["type"].(string); is {
		s.kind = kind
	}
	s.headless = spec["clusterIP"] == "None"
	s.external, _ = spec["externalName"].(string)
	ports, _ := spec["ports"].([]any)
	for _, p := range ports {
		s.ports = append(s.ports, portOf(p, s.kind != "ExternalName"))
	}
	return s
}

// portOf words a port of a Service.
func portOf(value any, targets bool) string {
	p, _ := value.(map[string]any)
	text := func(key, otherwise string) string {
		if v, is := p[key]; is && v != nil {
			return fmt.Sprint(v)
		}
		return otherwise
	}
	number := text("port", "")
	words := []string{strings.TrimSpace(text("name", "") + " " + number + "/" + text("protocol", "TCP"))}
	if target := text("targetPort", number); targets && target != number {
		words = append(words, "to "+target)
	}
	if protocol := text("appProtocol", ""); protocol != "" {
		words = append(words, "as "+protocol)
	}
	return strings.Join(words, " ")
}

// same records whether two Services are one and the same to a client.
func (l *looker) same(check string, want, is shape, why, fix string) {
	var wrong []string
	if want.kind != is.kind {
		wrong = append(wrong, fmt.Sprintf("it is of type %s, not %s", is.kind, want.kind))
	}
	if want.headless != is.headless {
		wrong = append(wrong, map[bool]string{true: "it is headless", false: "it is not headless"}[is.headless])
	}
	if want.external != is.external {
		wrong = append(wrong, fmt.Sprintf("it stands for %q, not %q", is.external, want.external))
	}
	if !equal(want.ports, is.ports) {
		wrong = append(wrong, fmt.Sprintf("its ports are %s, not %s", strings.Join(is.ports, ", "), strings.Join(want.ports, ", ")))
	}
	if len(wrong) > 0 {
		l.fail(check, strings.Join(wrong, "; "), why, fix)
		return
	}
	l.pass(check)
}

// equal compares lists whose order says nothing.
func equal(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// endpoints asks for what lies behind the stubs of 1.4 and 1.5.
func (l *looker) endpoints() {
	made := l.made("Endpoints", plan.StageControlPlane)
	var names []string
	for _, o := range made {
		names = append(names, o.Name)
	}
	found, err := l.objects("endpoints", l.page.Namespace, names...)
	for _, o := range made {
		check := fmt.Sprintf("%s is as rendered", o)
		if err != nil {
			l.unanswered(check, err)
			continue
		}
		if found[o.Name] == nil {
			l.fail(check, "there is none", "the stub leads nowhere", l.apply())
			continue
		}
		subsets, _ := o.Value["subsets"].([]any)
		var wanted []map[string]any
		for _, s := range subsets {
			wanted = append(wanted, s.(map[string]any))
		}
		l.leads(check, subsetsOf(wanted), subsetsOf(found[o.Name].Subsets))
	}
}

// A lead is where a stub leads to.
type lead struct{ addresses, ports []string }

func subsetsOf(subsets []map[string]any) lead {
	var all lead
	for _, s := range subsets {
		addresses, _ := s["addresses"].([]any)
		for _, a := range addresses {
			address, _ := a.(map[string]any)
			all.addresses = append(all.addresses, fmt.Sprint(address["ip"]))
		}
		ports, _ := s["ports"].([]any)
		for _, p := range ports {
			all.ports = append(all.ports, portOf(p, false))
		}
	}
	return all
}

// leads compares where stubs lead.
func (l *looker) leads(check string, want, is lead) {
	const why = "the sidecars of this cluster call these for their configuration"
	switch {
	case !equal(want.addresses, is.addresses):
		l.fail(check, fmt.Sprintf("it leads to %s, not %s", list(is.addresses), list(want.addresses)), why, l.apply()+"; where the control plane has moved, run isthmus refresh")
	case !equal(want.ports, is.ports):
		l.fail(check, fmt.Sprintf("its ports are %s, not %s", list(is.ports), list(want.ports)), why, l.apply())
	default:
		l.pass(check)
	}
}

func list(texts []string) string {
	if len(texts) == 0 {
		return "none"
	}
	return strings.Join(texts, ", ")
}

// slices asks for what lies behind the stubs of today's releases: whoever made
// the slices, together they have to lead where the rendered ones do.
func (l *looker) slices() {
	want := map[string]*lead{}
	var services []string
	for _, o := range l.made("EndpointSlice", plan.StageControlPlane) {
		service := texts(o.Value["metadata"].(map[string]any)["labels"])["kubernetes.io/service-name"]
		if want[service] == nil {
			want[service] = &lead{}
			services = append(services, service)
		}
		endpoints, _ := o.Value["endpoints"].([]any)
		for _, e := range endpoints {
			want[service].add(e, o.Value["ports"])
		}
	}
	for _, service := range services {
		check := fmt.Sprintf("EndpointSlices of %s/%s are as rendered", l.page.Namespace, service)
		q := Question{Resource: "endpointslices", Namespace: l.page.Namespace, Labels: "kubernetes.io/service-name=" + service}
		answer, err := l.ask(q)
		if err != nil {
			l.unanswered(check, err)
			continue
		}
		found, err := q.objects(answer)
		if err != nil {
			l.unanswered(check, err)
			continue
		}
		is := lead{}
		for _, o := range found {
			for _, e := range o.Endpoints {
				is.add(e, o.Ports)
			}
		}
		l.leads(check, *want[service], is)
	}
}

// add notes an endpoint of a slice, and the slice's ports once.
func (a *lead) add(endpoint, ports any) {
	e, _ := endpoint.(map[string]any)
	addresses, _ := e["addresses"].([]any)
	conditions, _ := e["conditions"].(map[string]any)
	for _, address := range addresses {
		text := fmt.Sprint(address)
		if conditions["ready"] == false { // left out, it is ready
			text += " (not ready)"
		}
		a.addresses = append(a.addresses, text)
	}
	list, _ := ports.([]any)
	for _, p := range list {
		if text := portOf(p, false); !slices.Contains(a.ports, text) {
			a.ports = append(a.ports, text)
		}
	}
}

// services holds the Services of the mesh against mesh.yaml: copies, and the
// originals of which they are copies.
func (l *looker) services() {
	type wanted struct {
		shape shape
		copy  string // the annotation of a copy, "" for an original
	}
	want := map[string]map[string]wanted{}
	add := func(namespace, name string, w wanted) {
		if want[namespace] == nil {
			want[namespace] = map[string]wanted{}
		}
		want[namespace][name] = w
	}
	for i := range l.Plan.Stages {
		if name := l.Plan.Stages[i].Name; name != plan.StageServices && !strings.HasPrefix(name, plan.StageServices+"-") {
			continue
		}
		for _, o := range l.made("Service", l.Plan.Stages[i].Name) {
			add(o.Namespace, o.Name, wanted{specOf(o.Value["spec"]), copied(o)})
		}
	}
	for i := range l.Mesh.Services {
		if s := &l.Mesh.Services[i]; slices.Contains(s.Placement.Homes, l.Cluster.Name) {
			add(s.Namespace, s.Name, wanted{shape: declared(s)})
		}
	}
	for _, namespace := range slices.Sorted(maps.Keys(want)) {
		names := slices.Sorted(maps.Keys(want[namespace]))
		found, err := l.objects("services", namespace, names...)
		for _, name := range names {
			w, id := want[namespace][name], "Service/"+namespace+"/"+name
			check, fix := id+" is as in mesh.yaml", "write it into mesh.yaml as it is, or change it where it runs"
			if w.copy != "" {
				check, fix = id+" is the copy of "+w.copy+"'s", l.apply()
			}
			var old string
			if found[name] != nil {
				old = found[name].Metadata.Annotations[copyOf]
			}
			switch {
			case err != nil:
				l.unanswered(check, err)
			case found[name] == nil && w.copy == "":
				l.fail(check, "there is none", "the copies in other clusters answer for a name behind which nothing runs", "start what it belongs to, or take it out of mesh.yaml")
			case found[name] == nil:
				l.fail(check, "there is none", "no client in the cluster resolves the name", l.apply())
			case w.copy != "" && old != "" && old != w.copy:
				l.fail(check, "it is an old copy, of "+old+"'s", "its homes in mesh.yaml have changed since, and it may be as the Service was then", fix)
			case w.copy != "" && old == "":
				l.fail(check, "it is another Service of that name", "a call would stay in the cluster, or go to both", "rename the one, or name this cluster under clusters of the Service")
			default:
				is := specOf(found[name].Spec)
				if w.copy == "" && w.shape.kind == "ClusterIP" && is.kind != "ExternalName" {
					w.shape.kind = is.kind // how it is reached from outside is its home's own
				}
				l.same(check, w.shape, is, "Istio merges the Services of one name from all clusters, and takes them for equal", fix)
			}
		}
	}
}

// copyOf is the annotation of a copy: the clusters that it runs in.
const copyOf = "isthmus.dev/duplicated-from"

func copied(o *krm.Object) string {
	return texts(o.Value["metadata"].(map[string]any)["annotations"])[copyOf]
}

// declared gives the shape of a Service as mesh.yaml says it.
func declared(s *mesh.Service) shape {
	f := &s.Fields
	all := shape{kind: "ClusterIP", headless: f.Headless(), external: f.ExternalName}
	if f.Type != "" {
		all.kind = f.Type
	}
	for _, p := range f.Ports {
		port := map[string]any{"port": p.Port}
		for key, text := range map[string]string{"name": p.Name, "protocol": p.Protocol, "targetPort": p.TargetPort.String(), "appProtocol": p.AppProtocol} {
			if text != "" {
				port[key] = text
			}
		}
		all.ports = append(all.ports, portOf(port, all.kind != "ExternalName"))
	}
	return all
}
