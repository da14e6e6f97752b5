package verify

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/plan"
)

// server asks the API server how it is and which version it has, and says
// whether anything else can be asked.
func (l *looker) server() bool {
	const check = "API server is ready"
	health := "/readyz"
	if l.Cluster.KubernetesVersion.MinorVersion().Compare(readyz) < 0 {
		health = "/healthz"
	}
	answer, err := l.ask(Question{Path: health})
	if err == nil && strings.TrimSpace(string(answer)) != "ok" {
		err = &diag.Problem{What: fmt.Sprintf("%s says %q", health, strings.TrimSpace(string(answer))), Fix: "see what is wrong: " + l.kubectl() + "get --raw '" + health + "?verbose'"}
	}
	if err != nil {
		l.unanswered(check, err)
		l.skip("all else", "the API server does not answer")
		return false
	}
	l.pass(check)
	l.version()
	return true
}

// version holds the Kubernetes of the cluster against the one that mesh.yaml
// names; where it names none, any will do that has the fields that are rendered.
func (l *looker) version() {
	const check = "Kubernetes is the version of mesh.yaml"
	at := fmt.Sprintf("spec.clusters[%d].kubernetesVersion", slices.IndexFunc(l.spec.Clusters, func(c mesh.Cluster) bool { return c.Name == l.Cluster.Name }))
	if !l.Mesh.Has(at) && !l.Mesh.Has("spec.kubernetesVersion") {
		l.skip(check, "mesh.yaml names none")
		return
	}
	answer, err := l.ask(Question{Path: "/version"})
	var version struct{ GitVersion string }
	if err == nil {
		err = json.Unmarshal(answer, &version)
	}
	if err != nil {
		l.unanswered(check, err)
		return
	}
	minor := strings.TrimPrefix(version.GitVersion, "v")
	if parts := strings.SplitN(minor, ".", 3); len(parts) == 3 {
		minor = parts[0] + "." + parts[1]
	}
	if want := l.Cluster.KubernetesVersion.MinorVersion().String(); minor != want {
		l.fail(check, fmt.Sprintf("it is %s, and mesh.yaml says %s", version.GitVersion, l.Cluster.KubernetesVersion), "it decides which Istio may run, and which fields of a Service are rendered", fmt.Sprintf("write kubernetesVersion: %q for the cluster, and render", minor))
		return
	}
	l.pass(check)
}

// namespaces holds the Namespaces against what is rendered: their labels and
// annotations, and no injection where there is to be none.
func (l *looker) namespaces() {
	want := map[string]map[string]map[string]string{} // name, field, key
	var names []string
	add := func(name string, labels, annotations map[string]string) {
		want[name] = map[string]map[string]string{"label": labels, "annotation": annotations}
		names = append(names, name)
	}
	for _, o := range l.made("Namespace", "") {
		meta := o.Value["metadata"].(map[string]any)
		add(o.Name, texts(meta["labels"]), texts(meta["annotations"]))
	}
	if l.spec.Namespaces == mesh.SkipNamespaces {
		key, value := plan.InjectionLabel(l.Mesh, l.Cluster)
		for _, name := range l.spec.Injection.Namespaces {
			if want[name] != nil {
				continue
			}
			labels := map[string]string{}
			if *l.Cluster.Injection && l.Cluster.State == mesh.Active {
				labels[key] = value
			}
			add(name, labels, nil)
		}
	}
	found, err := l.objects("namespaces", "", names...)
	if err != nil {
		l.unanswered("Namespaces are as rendered", err)
		return
	}
	for _, name := range names {
		check := "Namespace/" + name + " is as rendered"
		ns := found[name]
		if ns == nil {
			l.fail(check, "there is none", "", l.apply())
			continue
		}
		if ns.Status.Phase == "Terminating" {
			l.fail(check, "it is being deleted", "all that is in it goes, and nothing new is made in it", fmt.Sprintf("see what it waits for: %sdescribe namespace %s; once it is gone, %s", l.kubectl(), name, l.apply()))
			continue
		}
		var wrong []string
		for _, field := range []struct {
			name string
			has  map[string]string
		}{{"label", ns.Metadata.Labels}, {"annotation", ns.Metadata.Annotations}} {
			for _, key := range slices.Sorted(maps.Keys(want[name][field.name])) {
				value := want[name][field.name][key]
				if has, is := field.has[key]; !is {
					wrong = append(wrong, fmt.Sprintf("the %s %s: %s is missing", field.name, key, value))
				} else if has != value {
					wrong = append(wrong, fmt.Sprintf("the %s %s is %q, not %q", field.name, key, has, value))
				}
			}
		}
		injects, keys := slices.Contains(l.spec.Injection.Namespaces, name), []string{"istio-injection", "istio.io/rev"}
		gets := slices.ContainsFunc(keys, func(key string) bool {
			value, is := want[name]["label"][key]
			return is && value != "disabled"
		})
		for _, key := range keys {
			value, is := ns.Metadata.Labels[key]
			_, wanted := want[name]["label"][key]
			// Disabled it wins over istio.io/rev, be it there or asked for.
			if injects && is && !wanted && (gets || ns.Metadata.Labels["istio-injection"] != "disabled") {
				wrong = append(wrong, fmt.Sprintf("the label %s: %s is there, and is not rendered", key, value))
			}
		}
		if len(wrong) > 0 {
			l.fail(check, strings.Join(wrong, "; "), "the injector and the control plane go by these", l.apply())
			continue
		}
		l.pass(check)
	}
}

// texts gives a map of text as it is rendered.
func texts(value any) map[string]string {
	all := map[string]string{}
	m, _ := value.(map[string]any)
	for key, text := range m {
		all[key], _ = text.(string)
	}
	return all
}

// programs are the images whose tag is the release, by the last part of their
// names; a gateway's pod has the proxy's, which the injector chooses.
var programs = []string{"pilot", "galley", "citadel", "sidecar_injector"}

// deployments asks whether what runs Istio is available, in the release that
// mesh.yaml says.
func (l *looker) deployments() {
	wanted := l.page.deployments(l.Cluster)
	byNamespace := map[string][]string{}
	for _, d := range wanted {
		byNamespace[d.Namespace] = append(byNamespace[d.Namespace], d.Name)
	}
	found, failed := map[deployment]*live{}, map[string]error{}
	for namespace, names := range byNamespace {
		objects, err := l.objects("deployments", namespace, names...)
		failed[namespace] = err
		for name, o := range objects {
			found[deployment{namespace, name}] = o
		}
	}
	for _, d := range wanted {
		check := fmt.Sprintf("Deployment/%s/%s is available", d.Namespace, d.Name)
		if err := failed[d.Namespace]; err != nil {
			l.unanswered(check, err)
			continue
		}
		o := found[d]
		if o == nil {
			l.fail(check, "there is none", "", l.apply())
			continue
		}
		l.available(check, d, o)
	}
}

// state says why a Deployment does not run what its spec asks for, "" where it
// does. The condition Available alone says nothing of that: pods of before a
// change that cannot start keep it true, and so do no pods where none are asked
// for.
func (o *live) state() string {
	available := false
	for _, c := range o.Status.Conditions {
		switch {
		case c.Type == "Available" && c.Status != "True":
			return c.Message
		case c.Type == "Available":
			available = true
		case c.Type == "Progressing" && c.Reason == "ProgressDeadlineExceeded":
			return "its pods do not come up: " + c.Message
		}
	}
	s := o.Status
	switch {
	case !available || s.ObservedGeneration != o.Metadata.Generation:
		return "its controller has not looked at it yet"
	case s.Replicas == 0:
		return "it has no pods"
	case s.UpdatedReplicas != s.Replicas:
		return fmt.Sprintf("%d of its %d pods are as its spec says", s.UpdatedReplicas, s.Replicas)
	}
	return ""
}

func (l *looker) available(check string, d deployment, o *live) {
	if state := o.state(); state != "" {
		l.fail(check, state, "", fmt.Sprintf("see why not: %s-n %s describe deployment %s", l.kubectl(), d.Namespace, d.Name))
		return
	}
	want := l.Cluster.Version.String()
	if canary := l.spec.Istio.Canary; canary != nil && d.Name == suffixed("istiod", canary.Revision) {
		want = canary.Version.String()
	}
	if l.spec.Istio.Tag != "" {
		want = l.spec.Istio.Tag
	}
	for _, image := range images(o) {
		repository, tag, _ := strings.Cut(path.Base(image), ":")
		if !slices.Contains(programs, repository) || tag == "" || strings.Contains(image, "@") {
			continue
		}
		if tag != want && !strings.HasPrefix(tag, want+"-") {
			l.fail(check, fmt.Sprintf("it runs %s, and mesh.yaml says %s", image, want), "the overlays are made for that release", "see that the installer has taken the overlay, or name the release that runs")
			return
		}
	}
	l.pass(check)
}

// images gives the images of a Deployment's containers.
func images(o *live) []string {
	template, _ := o.Spec["template"].(map[string]any)
	spec, _ := template["spec"].(map[string]any)
	containers, _ := spec["containers"].([]any)
	var all []string
	for _, c := range containers {
		container, _ := c.(map[string]any)
		if image, is := container["image"].(string); is {
			all = append(all, image)
		}
	}
	return all
}

// webhooks asks whether the injectors of the cluster call who serves it, under its
// own name, and trust somebody.
func (l *looker) webhooks() {
	injectors := l.page.webhooks(l.Cluster)
	var names []string
	for _, in := range injectors {
		names = append(names, in.Name)
	}
	found, err := l.objects("mutatingwebhookconfigurations", "", names...)
	for _, in := range injectors {
		name, check := in.Name, "MutatingWebhookConfiguration/"+in.Name+" calls the injector"
		if err != nil {
			l.unanswered(check, err)
			continue
		}
		if found[name] == nil {
			l.fail(check, "there is none", "no pod gets a sidecar", "install Istio in the cluster first")
			continue
		}
		if problem := l.webhook(in.service, found[name].Webhooks); problem != nil {
			l.unanswered(check, problem)
			continue
		}
		l.pass(check)
	}
}

// webhook says what is wrong with the webhooks of a configuration: the service and
// path, or the URL, are those that the profile was given. Today's remotes are
// injected by the istiod of another cluster.
func (l *looker) webhook(service string, webhooks []webhook) error {
	at, url := "/inject", ""
	if !l.Cluster.Dialect().Old() && l.Cluster.ControlPlane == nil {
		at += "/cluster/" + l.Cluster.Name + "/net/" + l.spec.Network
		if host := l.spec.Primary(l.Cluster).ControlPlane.Hostname; host != "" {
			url = "https://" + host + ":15017" + at
		}
	}
	if len(webhooks) == 0 {
		return errors.New("it holds no webhook")
	}
	for _, w := range webhooks {
		config := w.ClientConfig
		var is, want string
		switch {
		case config.Service != nil:
			is = config.Service.Namespace + "/" + config.Service.Name + config.Service.Path
		default:
			is = config.URL
		}
		if want = url; want == "" {
			want = l.page.Namespace + "/" + service + at
		}
		switch {
		case is != want:
			return &diag.Problem{What: fmt.Sprintf("%s calls %s, not %s", w.Name, is, want), Why: "the path names the cluster and its network to every sidecar", Fix: "install Istio again from the overlay"}
		case config.CABundle == "" && l.Cluster.State != mesh.Joining: // istiod writes it once it reads the cluster
			return &diag.Problem{What: w.Name + " has no caBundle", Why: "the API server trusts no injector, and refuses pods", Fix: "see that istiod runs and, for a remote, that the control plane has its remote Secret"}
		}
	}
	return nil
}
