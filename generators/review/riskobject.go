package review

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/rule"
)

// group reports what is risky about a group, in those of its clusters that both
// sides have.
func (w *watch) group(g *Group, members []delta, clusters []string) {
	say := func(r *rule.Rule, form string) { w.tell(r, g.Object, form, clusters, g.ID) }
	switch g.Change {
	case Removed:
		w.removed(g, members, clusters, say)
	case Changed:
		w.changed(g, members, clusters, say)
	}
}

// The folders of an overlay that hold Istio itself.
func isIstio(file string) bool {
	return slices.Contains([]string{"control-plane", "istio-config"}, path.Base(path.Dir(file)))
}

// parts are the kinds that install Istio or lead to its control plane.
var parts = []string{
	"HelmRelease", "IstioOperator", "IstioControlPlane", "Istio", "IstioRevision", "IstioRevisionTag", "IstioCNI",
	"Deployment", "DaemonSet", "StatefulSet", "Gateway", "VirtualService", "DestinationRule",
	"MutatingWebhookConfiguration", "ValidatingWebhookConfiguration",
}

func (w *watch) removed(g *Group, members []delta, clusters []string, say func(*rule.Rule, string)) {
	o := g.Object
	switch {
	case o.Kind == "Namespace":
		say(rule.NamespaceRemoved, "%s is no longer rendered")
	case o.Kind == "CustomResourceDefinition":
		say(rule.DefinitionRemoved, "%s is no longer rendered")
	case strings.HasSuffix(o.Kind, "Secret") && strings.HasPrefix(o.Name, "istio-remote-secret-"):
		say(rule.RemoteSecretRemoved, "%s is no longer rendered")
	case strings.HasSuffix(o.Kind, "Secret") && o.Name == "cacerts":
		say(rule.CACertsRemoved, "%s is no longer rendered")
	case policies[o.Kind]:
		say(rule.PolicyWeaker, "%s is no longer rendered")
	case isStub(g.File):
		_, kept := w.stub(members, clusters)
		if len(kept) > 0 && o.Kind != "Service" {
			w.tell(rule.ControlPlaneMoves, o, "%s is no longer rendered: the stub leads elsewhere", kept, g.ID)
		}
		if left := without(clusters, kept); len(left) > 0 && o.Kind != "Service" {
			w.tell(rule.StubRemoved, o, "%s is no longer rendered", left, g.ID)
		} else if o.Kind == "Service" {
			say(rule.StubRemoved, "%s is no longer rendered")
		}
	case isIstio(g.File) && (slices.Contains(parts, o.Kind) || o.Name == "" && strings.HasPrefix(path.Base(o.File), "values-")):
		say(rule.PartRemoved, "%s is no longer rendered")
	case o.Kind == "Service":
		say(rule.ServiceRemoved, "%s is no longer rendered")
	}
}

// without gives the words that are not among others.
func without(words, others []string) []string {
	return slices.DeleteFunc(slices.Clone(words), func(word string) bool { return slices.Contains(others, word) })
}

func (w *watch) changed(g *Group, members []delta, clusters []string, say func(*rule.Rule, string)) {
	o := g.Object
	stub := isStub(g.File)
	if stub {
		emptied, _ := w.stub(slices.DeleteFunc(slices.Clone(members), func(d delta) bool { return len(addresses(d.before.value)) == 0 }), clusters)
		if len(emptied) > 0 {
			w.tell(rule.StubEmptied, o, "%s has no address left", emptied, g.ID)
			if clusters = without(clusters, emptied); len(clusters) == 0 {
				return
			}
		}
	}
	if o.Kind == "Namespace" {
		w.each(g, members, clusters, rule.InjectionSwitches, func(before, after map[string]any) string {
			if was, is := injection(before), injection(after); was != is {
				return "%s: the injection of pods changes from " + was + " to " + is
			}
			return ""
		})
	}
	widened, secret := false, false
	for _, f := range g.Fields {
		key := last(f.Path)
		line := "%s: " + f.line()
		switch {
		case f.Change == "reordered":
			continue
		case stub && address(o, f) || isIstio(g.File) && remoteAddress[key]:
			say(rule.ControlPlaneMoves, line)
		case stub && stubPort(o, f):
			say(rule.StubPort, line)
		case weaker(o, f):
			say(rule.PolicyWeaker, line)
		case isIstio(g.File) && (o.Kind == "Gateway" || o.Kind == "VirtualService") && strings.HasPrefix(f.Path, "spec"):
			say(rule.ExposureChanges, line)
		case key == "failurePolicy" || key == "validationFailurePolicy":
			say(rule.WebhookPolicy, line)
		case o.Kind == "Service" && strings.HasPrefix(f.Path, "spec.selector"):
			say(rule.SelectorChanges, line)
		case o.Kind == "Service" && strings.HasPrefix(f.Path, "spec.ports[") && key == "name" && f.Change == "changed":
			say(rule.PortRenamed, line)
		case o.Kind == "Service" && strings.HasPrefix(f.Path, "spec.ports[") && strings.HasSuffix(f.Path, "]") && f.Change == "removed":
			say(rule.PortRemoved, line)
		case o.Kind == "Service" && strings.HasPrefix(f.Path, "spec.ports[") && key == "port" && f.Change == "changed":
			say(rule.PortRemoved, line)
		}
		widened = widened || strings.Contains(f.Path, sourceRanges)
		secret = secret || strings.HasSuffix(o.Kind, "Secret") && o.Kind != "ExternalSecret" && o.Name == "cacerts" && holdsSecret(f.Path)
	}
	if widened {
		w.each(g, members, clusters, rule.SourcesWiden, func(before, after map[string]any) string {
			if what := wider(ranges(before), ranges(after)); what != "" {
				return "%s: " + what
			}
			return ""
		})
	}
	if secret {
		w.each(g, members, clusters, rule.CACertsReplaced, cacerts)
	}
	if o.Kind == "ExternalSecret" {
		w.each(g, members, clusters, rule.EntryChanges, elsewhere)
		if o.Name == "cacerts" {
			w.each(g, members, clusters, rule.CACertsReplaced, putAnew)
		}
	}
	w.each(g, members, clusters, rule.Restarts, func(_, after map[string]any) string {
		chart := chartOf(o, after)
		if chart == "" || remote(after) || !slices.ContainsFunc(g.Fields, func(f Field) bool { return restarts(chart, o, f) }) {
			return ""
		}
		return "the pods of %s restart"
	})
}

// cacerts says what became of a cacerts whose ciphertext is another, by the
// certificate that its annotation names. That is no proof: whoever seals writes it.
func cacerts(before, after map[string]any) string {
	switch was, is := annotated(before), annotated(after); {
	case was == "" || is == "":
		return "%s is another, or was sealed anew"
	case was == is:
		return "%s was sealed anew, by its annotation with the same certificate, which isthmus secrets verify holds against the tags"
	default:
		return "%s is another, as its certificate is"
	}
}

// annotated gives the fingerprint that a sealed cacerts is annotated with, ""
// for none.
func annotated(sealed map[string]any) string {
	meta, _ := sealed["metadata"].(map[string]any)
	annotations, _ := meta["annotations"].(map[string]any)
	print, _ := annotations[mesh.CertificateAnnotation].(string)
	return print
}

// each reports what is said of a group's documents one by one: those that change
// alike need not be alike. What is said of none is "".
func (w *watch) each(g *Group, members []delta, clusters []string, r *rule.Rule, say func(before, after map[string]any) string) {
	type documents struct{ before, after *document }
	known := map[documents]string{}
	in := map[string][]string{}
	for _, d := range members {
		if d.before == nil || d.after == nil {
			continue
		}
		key := documents{d.before, d.after}
		form, said := known[key]
		if !said {
			form = say(d.before.value, d.after.value)
			known[key] = form
		}
		if form != "" && slices.Contains(clusters, d.cluster) {
			in[form] = append(in[form], d.cluster)
		}
	}
	for _, form := range slices.Sorted(maps.Keys(in)) {
		w.tell(r, g.Object, form, in[form], g.ID)
	}
}

// injection says what injects the pods of a Namespace.
func injection(namespace map[string]any) string {
	meta, _ := namespace["metadata"].(map[string]any)
	labels, _ := meta["labels"].(map[string]any)
	for _, label := range []string{"istio-injection", "istio.io/rev"} { // the first wins
		if value, is := labels[label]; is {
			return label + "=" + inline(value)
		}
	}
	return "none"
}

// remoteAddress are the values of profiles and charts that say where a remote
// finds its control plane.
var remoteAddress = map[string]bool{
	"remotePilotAddress": true, "remotePolicyAddress": true, "remoteTelemetryAddress": true,
	"discoveryAddress": true, "injectionURL": true, "externalName": true,
}
