package verify_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/isthmus-mesh/isthmus/generators/verify"
)

// A webhook that judges Istio's objects fails where it refuses all of them, and
// in the control plane's own cluster where it sees none.
func TestLiveValidators(t *testing.T) {
	const name = "istio-validator-istio-system"
	for _, test := range []struct {
		name, cluster, policy, ca string
		want                      []string // results and what they say
	}{
		{"judges", "east", "Fail", "Y2E=", []string{"pass "}},
		{"refuses", "east", "Fail", "", []string{"fail validation.istio.io has no caBundle, and failurePolicy: Fail"}},
		{"refuses, by the default", "east", "", "", []string{"fail validation.istio.io has no caBundle, and failurePolicy: Fail"}},
		{"refuses in a remote", "west", "Fail", "", []string{"fail validation.istio.io has no caBundle, and failurePolicy: Fail"}},
		{"sees none", "east", "Ignore", "", []string{"fail validation.istio.io has no caBundle"}},
		{"sees none in a remote", "west", "Ignore", "", []string{"pass "}},
		{"is not there", "east", "none", "", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			site := sitesOf(t, "helm-flux")[test.cluster]
			w := worldOf(site)
			hook := map[string]any{"name": "validation.istio.io", "failurePolicy": test.policy, "clientConfig": map[string]any{"caBundle": test.ca}}
			if test.policy == "" {
				delete(hook, "failurePolicy")
			}
			if test.policy != "none" {
				w.put("validatingwebhookconfigurations", "", name, map[string]any{"webhooks": []any{hook}})
			}
			var got []string
			for _, f := range verify.Live(site, w.ask(t)) {
				if f.Check == "ValidatingWebhookConfiguration/"+name+" judges Istio's objects" {
					got = append(got, string(f.Result)+" "+f.What)
				} else if f.Result == verify.Fail {
					t.Errorf("%+v", f)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}

	site := sitesOf(t, "helm-flux")["west"]
	w := worldOf(site)
	w["fails validatingwebhookconfigurations"] = map[string]any{"text": "may not"}
	for _, f := range verify.Live(site, w.ask(t)) {
		if (f.Check == "Istio's objects are judged") != (f.Result == verify.Fail) {
			t.Errorf("%+v", f)
		}
	}
}
