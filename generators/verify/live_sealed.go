package verify

import (
	"errors"
	"fmt"
	"reflect"

	"github.com/isthmus-mesh/isthmus/generators/krm"
)

// sealedSecrets names the kind by its group: others have Secrets that are sealed.
const sealedSecrets = "sealedsecrets.bitnami.com"

// sealed asks whether what is sealed for the cluster is there as rendered, and
// whether the controller has opened it: it says so in the condition Synced, of
// the generation that it looked at (bitnami-labs/sealed-secrets v0.40.0,
// pkg/controller/controller.go).
func (l *looker) sealed() {
	objects, found, failed := l.asked("SealedSecret", sealedSecrets)
	for _, o := range objects {
		check := fmt.Sprintf("%s is opened", o)
		rendered, _ := o.Value["spec"].(map[string]any)
		is := found[o.Namespace][o.Name]
		switch {
		case errors.Is(failed[o.Namespace], ErrNoKind):
			l.fail(check, "the cluster does not know the kind", "the controller of sealed-secrets is not installed, and nothing opens what is sealed", "install it, 0.40.0 or later, and its CRD")
		case failed[o.Namespace] != nil:
			l.unanswered(check, failed[o.Namespace])
		case is == nil:
			l.fail(check, "there is none", "", l.apply())
		case !reflect.DeepEqual(is.Spec["encryptedData"], rendered["encryptedData"]):
			l.fail(check, "it is not the one that is rendered", "what was sealed since is not in use", l.apply())
		default:
			if state := is.opened(); state != "" {
				l.fail(check, state, "the Secret stays as it was, or is not made", fmt.Sprintf("see what the controller says: %s-n %s describe %s %s", l.kubectl(), o.Namespace, sealedSecrets, o.Name))
				continue
			}
			l.pass(check)
		}
	}
}

// asked gives the objects of a kind that are rendered for the cluster, and by
// their namespaces what the cluster has under their names, or why it does not say.
func (l *looker) asked(kind, resource string) (objects []*krm.Object, found map[string]map[string]*live, failed map[string]error) {
	byNamespace := map[string][]string{}
	objects = l.made(kind, "")
	for _, o := range objects {
		byNamespace[o.Namespace] = append(byNamespace[o.Namespace], o.Name)
	}
	found, failed = map[string]map[string]*live{}, map[string]error{}
	for namespace, names := range byNamespace {
		found[namespace], failed[namespace] = l.objects(resource, namespace, names...)
	}
	return objects, found, failed
}

// opened says why a SealedSecret is not, "" where it is.
func (o *live) opened() string {
	for _, c := range o.Status.Conditions {
		switch {
		case c.Type != "Synced":
		case o.Status.ObservedGeneration != o.Metadata.Generation:
			return "its controller has not looked at it since it changed"
		case c.Status != "True":
			return fmt.Sprintf("its controller says %q", c.Message)
		default:
			return ""
		}
	}
	return "no controller has looked at it"
}
