package uninstall

import (
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
)

// A Step is one thing that a person does, in order. The commands take the
// clusters' names for the names of their contexts.
type Step struct {
	Do       string
	Part     string   // the part that the step deletes, "" where it is none
	Clusters []string // where the part is deleted
	Last     bool     // with the Namespaces and CRDs that are asked for
	Commands []string
}

// steps gives the order in which nothing is left that points at what is gone:
// no sync that puts things back, no registry of the control plane, no sidecar, no
// webhook; then all else.
func (r *remover) steps(parts []Part) []Step {
	var steps []Step
	add := func(do string, commands ...string) {
		if len(commands) > 0 {
			steps = append(steps, Step{Do: do, Commands: commands})
		}
	}
	add("stop the sync, which would put back what is deleted", r.unsync()...)
	if r.options.Sealed {
		add("take the remote Secret out of Git, commit, and wait until the control plane's cluster has synced", "isthmus secrets remove "+r.cluster.Name+" && isthmus render")
	}
	deleted := map[string]string{
		PartControlPlane: "delete the remote Secret, so that the control plane no longer reads the cluster",
		PartCluster:      "delete what was rendered, webhooks first",
		PartHub:          "delete the releases on the hub, whose Flux then uninstalls the charts",
	}
	for _, p := range parts {
		if p.Name == PartCluster {
			add("take the injection labels off, and restart what has sidecars", r.unlabel()...)
		}
		steps = append(steps, Step{Do: deleted[p.Name], Part: p.Name, Clusters: p.Clusters})
	}
	add("take back what was installed from files", r.installers()...)
	add("delete what the engine installed from charts", r.unchart()...)
	if r.options.Namespaces || r.options.CRDs {
		// Not before: what uninstalls a release reads its own records from the
		// Namespace, and does so after kubectl has asked for the next deletion.
		steps = append(steps, Step{Do: "once all that is done, delete the Namespaces and CRDs that are asked for", Part: PartCluster, Clusters: []string{r.cluster.Name}, Last: true})
	}
	add("look at what Istio itself wrote and nobody deletes", r.left()...)
	return steps
}

// of starts a command for a cluster.
func of(cluster string) string { return "kubectl --context " + cluster + " " }

// unsync gives the commands that keep the engine from what is deleted. Flux
// prunes nothing through a Kustomization that is suspended, also when that is
// deleted later.
func (r *remover) unsync() []string {
	switch r.cluster.Delivery.Engine {
	case mesh.EngineFlux:
		at := r.cluster.Name
		if hub := r.spec.Delivery.Flux.Hub.Cluster; hub != "" {
			at = hub
		}
		return []string{"flux --context " + at + " suspend kustomization -n " + r.spec.Delivery.Flux.Namespace + " " + strings.Join(r.delivery("Kustomization"), " ")}
	case mesh.EngineArgoCD:
		return []string{of(r.spec.Delivery.ArgoCD.Cluster) + "-n " + r.spec.Delivery.ArgoCD.Namespace + " patch application " + strings.Join(r.delivery("Application"), " ") +
			` --type merge -p '{"spec":{"syncPolicy":{"automated":null}}}'`}
	default:
		return nil
	}
}

// delivery names the engine's objects of a kind.
func (r *remover) delivery(kind string) []string {
	var names []string
	for _, objects := range r.made.Delivery {
		for _, o := range objects {
			if o.Kind == kind {
				names = append(names, o.Name)
			}
		}
	}
	return names
}

// unchart gives the commands by which Argo CD deletes the objects of charts: it
// does so with an Application that has a finalizer, and these have none. The
// Namespaces are kept from it by their annotations.
func (r *remover) unchart() []string {
	if r.cluster.Delivery.Engine != mesh.EngineArgoCD || r.spec.Istio.Install != mesh.InstallHelm {
		return nil
	}
	application := "-n " + r.spec.Delivery.ArgoCD.Namespace + " %s application " + strings.Join(r.delivery("Application"), " ")
	at := of(r.spec.Delivery.ArgoCD.Cluster)
	return []string{
		at + strings.Replace(application, "%s", "patch", 1) + ` --type merge -p '{"metadata":{"finalizers":["resources-finalizer.argocd.argoproj.io"]}}'`,
		at + strings.Replace(application, "%s", "delete", 1),
	}
}

// unlabel gives the commands that end injection in the Namespaces that stay.
func (r *remover) unlabel() []string {
	keys := "istio-injection-"
	if !r.cluster.Dialect().Old() {
		keys += " istio.io/rev-"
	}
	var labels, restarts []string
	for _, ns := range r.spec.Injection.Namespaces {
		if r.deletes(ns) && r.renders(ns) {
			continue
		}
		labels = append(labels, of(r.cluster.Name)+"label namespace "+ns+" "+keys)
		restarts = append(restarts, of(r.cluster.Name)+"-n "+ns+" rollout restart deployment,statefulset,daemonset")
	}
	return append(labels, restarts...)
}

// renders says whether a Namespace is among the rendered objects.
func (r *remover) renders(namespace string) bool {
	for _, o := range r.made.Listed() {
		if o.Kind == "Namespace" && o.Name == namespace {
			return true
		}
	}
	return false
}

// left gives the commands that show or delete what the control plane and its
// users wrote at run time.
func (r *remover) left() []string {
	var commands []string
	at := of(r.cluster.Name)
	if r.spec.Signs(r.cluster) && r.spec.Security.Certificates == mesh.Plugged && !r.deletes(r.spec.Istio.Namespace) {
		commands = append(commands, at+"-n "+r.spec.Istio.Namespace+" delete secret cacerts --ignore-not-found")
	}
	if r.cluster.Dialect() == mesh.Dialect14 {
		return append(commands, at+"get secret --all-namespaces --field-selector type=istio.io/key-and-cert")
	}
	return append(commands, at+"get configmap --all-namespaces --field-selector metadata.name=istio-ca-root-cert")
}

// Part gives a part by its name, nil where the removal has none of that name.
func (r *Removal) Part(name string) *Part {
	i := slices.IndexFunc(r.Parts, func(p Part) bool { return p.Name == name })
	if i < 0 {
		return nil
	}
	return &r.Parts[i]
}
