package charts

import (
	"fmt"
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/interop/validate"
)

// Check renders every chart that a cluster's overlay asks for and returns how
// many there are, with everything wrong between them and the overlay. A cluster
// that asks for none, as on Istio 1.5, has no problems.
func (c Cluster) Check() (int, []error) {
	all, err := c.find()
	if err != nil {
		return 0, []error{err}
	}
	if len(all.releases) == 0 {
		return 0, nil
	}
	var problems []error
	var rendered []validate.Document
	owners := map[string]string{}
	own := func(document validate.Document, owner string) {
		group, _, _ := strings.Cut(document.APIVersion, "/")
		id := group + " " + document.String()
		if before, ok := owners[id]; ok {
			problems = append(problems, fmt.Errorf("%s: in %s and in %s", document, before, owner))
		}
		owners[id] = owner
	}
	for _, document := range all.objects {
		own(document, "the overlay")
	}
	for _, release := range all.releases {
		if !byTable(release) {
			problems = append(problems, release.problems(c.Given)...)
		}
		documents, err := release.Render()
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", release, err))
			continue
		}
		for _, document := range documents {
			own(document, release.String())
		}
		problems = append(problems, checkDrift(release, documents)...)
		rendered = append(rendered, documents...)
	}
	if len(rendered) == 0 {
		return len(all.releases), problems
	}
	for _, revision := range c.Revisions {
		if c.Remote {
			problems = append(problems, c.checkRemote(revision, all.objects, rendered)...)
		} else {
			problems = append(problems, c.checkPrimary(istiod(revision), rendered)...)
		}
	}
	if c.Remote {
		problems = append(problems, c.checkWebhooks(rendered)...)
	}
	problems = append(problems, c.checkSelectors(all.objects, rendered)...)
	problems = append(problems, checkRoutes(all.objects, rendered)...)
	return len(all.releases), problems
}

// byTable tells whether package validate holds the release's values to a list
// already, which here are values for several charts at once.
func byTable(release Release) bool {
	return strings.HasPrefix(release.From, "IstioOperator/") || strings.HasPrefix(release.From, "Istio/")
}

// istiod is the name of the Deployment and the Service of a revision.
func istiod(revision string) string {
	if revision == "" {
		return "istiod"
	}
	return "istiod-" + revision
}

func (c Cluster) checkRemote(revision string, objects, rendered []validate.Document) []error {
	var problems []error
	istiod := istiod(revision)
	stub := istiod
	if c.LocalInjector {
		stub += "-remote"
	}
	here, there := "overlay", "chart"
	if c.Stubs == "profile" {
		here, there = there, here
	}
	places := map[string][]validate.Document{"overlay": objects, "chart": rendered}
	if n := count(places[here], "Service", c.Namespace, stub); n != 1 {
		problems = append(problems, fmt.Errorf("Service/%s/%s: %d in the %s, want 1: it stands for the control plane", c.Namespace, stub, n, here))
	}
	if c.Stubs != "profile" && count(objects, "Service", c.Namespace, stub) == 1 {
		problems = append(problems, c.checkStub(revision, stub, objects)...)
	}
	if n := count(places[there], "Service", c.Namespace, stub); n != 0 {
		problems = append(problems, fmt.Errorf("Service/%s/%s: %d in the %s, want none: it is the %s's", c.Namespace, stub, n, there, here))
	}
	if !slices.ContainsFunc(slices.Concat(objects, rendered), bindsReader) {
		problems = append(problems, fmt.Errorf("ServiceAccount/%s/istio-reader-service-account: no ClusterRoleBinding names it, so the control plane could read nothing", c.Namespace))
	}
	if n := count(rendered, "Deployment", c.Namespace, istiod); (n > 0) != c.LocalInjector {
		problems = append(problems, fmt.Errorf("Deployment/%s/%s: %d, and localInjector is %t", c.Namespace, istiod, n, c.LocalInjector))
	}
	return problems
}

// checkWebhooks wants every webhook of a remote to ask for the right cluster.
func (c Cluster) checkWebhooks(rendered []validate.Document) []error {
	var problems []error
	webhooks := 0
	for _, document := range rendered {
		if document.Kind != "MutatingWebhookConfiguration" {
			continue
		}
		webhooks++
		if !c.LocalInjector {
			problems = append(problems, c.checkPath(document)...)
		}
	}
	if webhooks == 0 {
		problems = append(problems, fmt.Errorf("MutatingWebhookConfiguration: none, so nothing is injected"))
	}
	return problems
}

// checkPath holds the path of every webhook to the mesh's names: it tells the
// control plane which cluster a Pod is in
// (istio:pkg/kube/inject/webhook.go, parseInjectEnvs).
func (c Cluster) checkPath(document validate.Document) []error {
	escape := strings.NewReplacer("/", "--slash--")
	want := "/inject/cluster/" + escape.Replace(c.Name) + "/net/" + escape.Replace(c.Network)
	var problems []error
	webhooks, _ := document.Value["webhooks"].([]any)
	for i, item := range webhooks {
		webhook, _ := item.(map[string]any)
		if text(webhook, "clientConfig", "service", "path") == want || strings.HasSuffix(text(webhook, "clientConfig", "url"), want) {
			continue
		}
		problems = append(problems, fmt.Errorf("%s: webhooks[%d]: path or URL must end in %s, not %q", document, i, want,
			text(webhook, "clientConfig", "service", "path")+text(webhook, "clientConfig", "url")))
	}
	return problems
}

func bindsReader(document validate.Document) bool {
	if document.Kind != "ClusterRoleBinding" {
		return false
	}
	subjects, _ := document.Value["subjects"].([]any)
	return slices.ContainsFunc(subjects, func(item any) bool {
		subject, _ := item.(map[string]any)
		return subject["name"] == "istio-reader-service-account"
	})
}

func (c Cluster) checkPrimary(istiod string, rendered []validate.Document) []error {
	i := slices.IndexFunc(rendered, func(d validate.Document) bool {
		return d.Kind == "Deployment" && d.Name == istiod && d.Namespace == c.Namespace
	})
	if i < 0 {
		return []error{fmt.Errorf("Deployment/%s/%s: none, and this cluster runs the control plane", c.Namespace, istiod)}
	}
	have := environment(rendered[i])
	var problems []error
	for _, want := range []struct{ name, value string }{
		{"CLUSTER_ID", c.Name},
		// Without it istiod leads for no other cluster: it patches no webhook
		// there and hands out no root certificate (istio:pilot/pkg/serviceregistry/kube/controller/multicluster.go, checkShouldLead).
		{"EXTERNAL_ISTIOD", "true"},
	} {
		if have[want.name] != want.value {
			problems = append(problems, fmt.Errorf("%s: %s is %q, want %q", rendered[i], want.name, have[want.name], want.value))
		}
	}
	return problems
}

// environment reads the variables of a Deployment's first container.
func environment(document validate.Document) map[string]string {
	values := map[string]string{}
	containers, _ := object(document.Value, "spec", "template", "spec")["containers"].([]any)
	if len(containers) == 0 {
		return values
	}
	container, _ := containers[0].(map[string]any)
	items, _ := container["env"].([]any)
	for _, item := range items {
		variable, _ := item.(map[string]any)
		values[text(variable, "name")] = text(variable, "value")
	}
	return values
}

func count(documents []validate.Document, kind, namespace, name string) int {
	n := 0
	for _, document := range documents {
		if document.Kind == kind && document.Namespace == namespace && document.Name == name {
			n++
		}
	}
	return n
}
