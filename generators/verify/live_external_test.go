package verify_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/isthmus-mesh/isthmus/generators/verify"
)

// What a store holds is taken where the operator says so of what is rendered, and
// the Secret says that it is of what was put last.
func TestLiveExternal(t *testing.T) {
	const (
		at     = "externalsecrets.external-secrets.io istio-system/istio-remote-secret-west"
		secret = "secrets istio-system/istio-remote-secret-west"
		put    = "isthmus.dev/put"
	)
	site := sitesOf(t, "external")["east"]
	status := func(ready, message, synced string) map[string]any {
		return map[string]any{"syncedResourceVersion": synced, "conditions": []any{map[string]any{"type": "Ready", "status": ready, "message": message}}}
	}
	meta := func(o map[string]any) map[string]any { return o["metadata"].(map[string]any) }
	target := func(o map[string]any) map[string]any { return o["spec"].(map[string]any)["target"].(map[string]any) }
	for _, test := range []struct {
		name   string
		broken func(world)
		want   []string // results and what they say
	}{
		{"taken", func(world) {}, []string{"pass "}},
		{"a field that the API server filled in", func(w world) { target(w[at])["immutable"] = false }, []string{"pass "}},
		{"not there", func(w world) { delete(w, at) }, []string{"fail there is none"}},
		{"another store", func(w world) {
			w[at]["spec"].(map[string]any)["secretStoreRef"] = map[string]any{"kind": "SecretStore", "name": "other"}
		}, []string{"fail it is not the one that is rendered"}},
		{"another entry", func(w world) {
			w[at]["spec"].(map[string]any)["data"].([]any)[0].(map[string]any)["remoteRef"].(map[string]any)["key"] = "other"
		}, []string{"fail it is not the one that is rendered"}},
		{"one key more", func(w world) {
			spec := w[at]["spec"].(map[string]any)
			spec["data"] = append(spec["data"].([]any), map[string]any{"secretKey": "north"})
		}, []string{"fail it is not the one that is rendered"}},
		{"of the put before", func(w world) {
			target(w[at])["template"].(map[string]any)["metadata"].(map[string]any)["annotations"].(map[string]any)[put] = "aaaa"
		}, []string{"fail it is not the one that is rendered"}},
		{"no operator", func(w world) { delete(w[at], "status") }, []string{"fail no operator has looked at it"}},
		{"another condition", func(w world) {
			w[at]["status"].(map[string]any)["conditions"].([]any)[0].(map[string]any)["type"] = "Synced"
		}, []string{"fail no operator has looked at it"}},
		{"no entry", func(w world) { w[at]["status"] = status("False", "could not get secret data from provider", "2-a") }, []string{`fail its operator says "could not get secret data from provider"`}},
		{"of before", func(w world) { meta(w[at])["generation"] = 21 }, []string{"fail its operator has not asked the store since it changed"}},
		{"no Secret", func(w world) { delete(w, secret) }, []string{"fail Secret/istio-system/istio-remote-secret-west is not there"}},
		{"no label", func(w world) { delete(meta(w[secret]), "labels") }, []string{`fail Secret/istio-system/istio-remote-secret-west lacks the label istio/multiCluster: "true"`}},
		{"a Secret of the put before", func(w world) { meta(w[secret])["annotations"] = map[string]any{put: "aaaa"} }, []string{"fail Secret/istio-system/istio-remote-secret-west is not made of what was put last"}},
		{"a Secret of no put", func(w world) { delete(meta(w[secret]), "annotations") }, []string{"fail Secret/istio-system/istio-remote-secret-west is not made of what was put last"}},
		{"no CRD", func(w world) { w["unknown externalsecrets.external-secrets.io"] = map[string]any{} }, []string{"fail the cluster does not know the kind"}},
		{"may not be asked", func(w world) { w["fails externalsecrets.external-secrets.io"] = map[string]any{"text": "may not"} }, []string{"fail may not"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := worldOf(site)
			test.broken(w)
			var got []string
			for _, f := range verify.Live(site, w.ask(t)) {
				if f.Check == "ExternalSecret/istio-system/istio-remote-secret-west is taken from its store" {
					got = append(got, string(f.Result)+" "+f.What)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}
