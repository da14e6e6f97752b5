package review

import (
	"fmt"
	"path"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/rule"
)

// group reports what is risky about a group, in those of its clusters that both
// sides have.
func (w *watch) group(g *Group, members []delta, clusters []string) {
	o := g.Object
	say := func(r *rule.Rule, format string, args ...any) {
		w.report(r, fmt.Sprintf(format, args...), clusters, g.ID)
	}
	stub := strings.HasPrefix(path.Base(g.File), "stubs") && path.Base(path.Dir(g.File)) == "control-plane"
	if g.Change == Removed {
		switch {
		case o.Kind == "Namespace":
			say(rule.NamespaceRemoved, "Namespace %s is no longer rendered", o.Name)
		case o.Kind == "CustomResourceDefinition":
			say(rule.DefinitionRemoved, "CustomResourceDefinition %s is no longer rendered", o.Name)
		case strings.HasSuffix(o.Kind, "Secret") && strings.HasPrefix(o.Name, "istio-remote-secret-"):
			say(rule.RemoteSecretRemoved, "%s is no longer rendered", o)
		case stub:
			say(rule.StubRemoved, "%s is no longer rendered", o)
		case o.Kind == "Service":
			say(rule.ServiceRemoved, "%s is no longer rendered", o)
		}
		return
	}
	if g.Change != Changed {
		return
	}
	restarts, how := workload(o)
	if stub && addresses(members[0].before.value) > 0 && addresses(members[0].after.value) == 0 {
		say(rule.StubEmptied, "%s has no address left", o)
		return
	}
	for _, f := range g.Fields {
		key := f.Path[strings.LastIndexAny(f.Path, ".]")+1:]
		switch {
		case stub && address(o, f) || remoteAddress[key]:
			say(rule.ControlPlaneMoves, "%s: %s", o, f.line())
		case key == "failurePolicy" || key == "validationFailurePolicy":
			say(rule.WebhookPolicy, "%s: %s", o, f.line())
		case o.Kind == "Namespace" && (f.Path == "metadata.labels.istio-injection" || f.Path == `metadata.labels["istio.io/rev"]`):
			say(rule.InjectionSwitches, "%s: %s", o, f.line())
		case o.Kind == "Service" && strings.HasPrefix(f.Path, "spec.selector"):
			say(rule.SelectorChanges, "%s: %s", o, f.line())
		case o.Kind == "Service" && strings.HasPrefix(f.Path, "spec.ports[") && key == "name" && f.Change == "changed":
			say(rule.PortRenamed, "%s: %s", o, f.line())
		case o.Kind == "Service" && strings.HasPrefix(f.Path, "spec.ports[") && strings.HasSuffix(f.Path, "]") && f.Change == "removed":
			say(rule.PortRemoved, "%s: %s", o, f.line())
		case o.Kind == "Service" && strings.HasPrefix(f.Path, "spec.ports[") && key == "port" && f.Change == "changed":
			say(rule.PortRemoved, "%s: %s", o, f.line())
		}
		if restarts && strings.HasPrefix(f.Path, how) {
			say(rule.Restarts, "the pods of %s restart", o)
		}
	}
}

// remoteAddress are the values of profiles and charts that say where a remote
// finds its control plane.
var remoteAddress = map[string]bool{
	"remotePilotAddress": true, "remotePolicyAddress": true, "remoteTelemetryAddress": true,
	"discoveryAddress": true, "injectionURL": true, "externalName": true,
}

// address says whether a field of a stub is where it leads.
func address(o Object, f Field) bool {
	switch o.Kind {
	case "Endpoints":
		return strings.HasPrefix(f.Path, "subsets") && strings.Contains(f.Path, "ddresses")
	case "EndpointSlice":
		return strings.HasPrefix(f.Path, "endpoints")
	default:
		return f.Path == "spec.externalName"
	}
}

// addresses counts where a stub leads: the addresses of Endpoints and of an
// EndpointSlice, and the name of an ExternalName.
func addresses(stub map[string]any) int {
	n := 0
	list := func(in any, field string) []any {
		m, _ := in.(map[string]any)
		l, _ := m[field].([]any)
		return l
	}
	for _, subset := range list(stub, "subsets") {
		n += len(list(subset, "addresses"))
	}
	for _, endpoint := range list(stub, "endpoints") {
		n += len(list(endpoint, "addresses"))
	}
	if spec, ok := stub["spec"].(map[string]any); ok && spec["externalName"] != nil {
		n++
	}
	return n
}

// workload says whether a change of an object restarts pods, its own or those of
// what is installed by it, and of which of its fields.
func workload(o Object) (restarts bool, field string) {
	switch o.Kind {
	case "Deployment", "DaemonSet", "StatefulSet":
		return true, "spec.template"
	case "HelmRelease":
		return o.Name != "istio-base", "spec.values"
	case "IstioOperator", "IstioControlPlane", "Istio", "IstioCNI":
		return true, "spec"
	default:
		values := path.Base(o.File) // of a chart
		return strings.HasPrefix(values, "values-") && values != "values-base.yaml", ""
	}
}
