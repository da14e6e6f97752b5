package verify

// validators asks whether the webhooks that judge Istio's own objects let any in.
// The charts make them so that they may be passed over; istiod writes its CA into
// those of its own cluster, and then none may (istio/istio 1.30.3,
// pilot/pkg/webhooks/validation/controller). A cluster need not have them.
func (l *looker) validators() {
	if l.Cluster.Dialect().Old() {
		return
	}
	names := []string{"istiod-default-validator"}
	for _, r := range l.page.Revisions {
		names = append(names, suffixed("istio-validator", r.Name)+"-"+l.page.Namespace)
	}
	found, err := l.objects("validatingwebhookconfigurations", "", names...)
	if err != nil {
		l.unanswered("Istio's objects are judged", err)
		return
	}
	for _, name := range names {
		if found[name] == nil {
			continue
		}
		check := "ValidatingWebhookConfiguration/" + name + " judges Istio's objects"
		switch bare, refuses := found[name].bare(); {
		case refuses:
			l.fail(check, bare+" has no caBundle, and failurePolicy: Fail", "the API server refuses every object of Istio's, the stage istio-config among them", "see that istiod runs, which writes the CA; in a remote nobody does: install Istio there again from the overlay")
		case bare != "" && l.Cluster.ControlPlane != nil:
			l.fail(check, bare+" has no caBundle", "istiod has not written it, and the API server takes Istio's objects unseen", "see what istiod logs")
		default:
			l.pass(check)
		}
	}
}

// bare names a webhook without a CA, and says whether it then refuses.
func (o *live) bare() (name string, refuses bool) {
	for _, w := range o.Webhooks {
		if w.ClientConfig.CABundle != "" {
			continue
		}
		if name = w.Name; w.FailurePolicy != "Ignore" {
			return name, true
		}
	}
	return name, false
}
