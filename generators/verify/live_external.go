package verify

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/krm"
	"github.com/isthmus-mesh/isthmus/generators/plan"
)

// externalSecrets names the kind by its group: others have external Secrets too.
const externalSecrets = "externalsecrets.external-secrets.io"

// external asks whether what an external store holds for the cluster is asked for
// as rendered, and whether the operator has made the Secret of what was put last.
func (l *looker) external() {
	objects, found, failed := l.asked("ExternalSecret", externalSecrets)
	made := map[string]*secret{}
	var names []string
	for _, o := range objects {
		if o.Namespace == l.spec.Istio.Namespace {
			names = append(names, o.Name)
		}
	}
	for some := range slices.Chunk(names, namesAtOnce) {
		secrets, err := l.secrets(Question{Names: some})
		if err != nil {
			failed[l.spec.Istio.Namespace] = err
		}
		for name, s := range secrets {
			made[name] = s
		}
	}
	for _, o := range objects {
		check := fmt.Sprintf("%s is taken from its store", o)
		describe := fmt.Sprintf("see what the operator says: %s-n %s describe %s %s", l.kubectl(), o.Namespace, externalSecrets, o.Name)
		is := found[o.Namespace][o.Name]
		switch {
		case errors.Is(failed[o.Namespace], ErrNoKind):
			l.fail(check, "the cluster does not know the kind", "the operator of external-secrets is not installed, and nothing is taken from the store", "install it, 0.16 or later, and its CRDs")
		case failed[o.Namespace] != nil:
			l.unanswered(check, failed[o.Namespace])
		case is == nil:
			l.fail(check, "there is none", "", l.apply())
		case !holds(is.Spec, o.Value["spec"]):
			l.fail(check, "it is not the one that is rendered", "it may ask for another entry, or for what was put before", l.apply())
		case is.untaken() != "":
			l.fail(check, is.untaken(), "the Secret stays as it was, or is not made", describe)
		default:
			if what, why := wanting(o, made[o.Name]); what != "" {
				l.fail(check, what, why, describe)
				continue
			}
			l.pass(check)
		}
	}
}

// untaken says why the operator has not taken what an ExternalSecret asks for, ""
// where it has. It says so in the condition Ready, and of which generation in
// syncedResourceVersion, before the hyphen (external-secrets 1.3.2,
// pkg/controllers/util/util.go).
func (o *live) untaken() string {
	for _, c := range o.Status.Conditions {
		switch generation, _, _ := strings.Cut(o.Status.Synced, "-"); {
		case c.Type != "Ready":
		case c.Status != "True":
			return fmt.Sprintf("its operator says %q", c.Message)
		case generation != fmt.Sprint(o.Metadata.Generation):
			return "its operator has not asked the store since it changed"
		default:
			return ""
		}
	}
	return "no operator has looked at it"
}

// wanting says what the Secret of a rendered ExternalSecret lacks, and why that
// matters.
func wanting(o *krm.Object, s *secret) (what, why string) {
	at := fmt.Sprintf("Secret/%s/%s", o.Namespace, o.Name)
	labels, annotations := templated(o, "labels"), templated(o, "annotations")
	put, _ := annotations[plan.PutAnnotation].(string)
	switch {
	case s == nil:
		return at + " is not there", "the operator makes it"
	case labels[multi] != nil && s.label != labels[multi]:
		return fmt.Sprintf("%s lacks the label %s: %q", at, multi, labels[multi]), "istiod watches those that have it"
	case put != "" && s.put != put:
		return at + " is not made of what was put last", "whoever has only the old token loses the cluster when that is retired"
	}
	return "", ""
}

// templated gives the labels or annotations that an ExternalSecret gives its Secret.
func templated(o *krm.Object, field string) map[string]any {
	value := any(o.Value)
	for _, key := range []string{"spec", "target", "template", "metadata", field} {
		fields, _ := value.(map[string]any)
		value = fields[key]
	}
	all, _ := value.(map[string]any)
	return all
}

// holds says whether a value as the cluster has it is what is rendered, but for
// fields that the API server filled in.
func holds(is, rendered any) bool {
	switch want := rendered.(type) {
	case map[string]any:
		fields, _ := is.(map[string]any)
		for key, value := range want {
			if !holds(fields[key], value) {
				return false
			}
		}
		return true
	case []any:
		items, _ := is.([]any)
		return slices.EqualFunc(items, want, holds)
	}
	return reflect.DeepEqual(is, rendered)
}
