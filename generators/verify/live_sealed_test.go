package verify_test

import (
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/isthmus-mesh/isthmus/generators/seal/sealtest"
	"github.com/isthmus-mesh/isthmus/generators/verify"
)

// What is sealed is opened where the controller says so of what is rendered.
func TestLiveSealed(t *testing.T) {
	const at = "sealedsecrets.bitnami.com istio-system/istio-remote-secret-west"
	site := sitesIn(t, fstest.MapFS{
		"mesh.yaml": {Data: []byte(`apiVersion: isthmus.dev/v1alpha1
kind: Mesh
metadata: {name: pair}
spec:
  istio: {version: "1.30.3"}
  clusters:
    - name: east
      apiServer: https://10.1.0.10:6443
      podCIDRs: [10.10.0.0/16]
      serviceCIDRs: [10.110.0.0/16]
      controlPlane: {expose: pod, addresses: [10.10.0.5]}
    - name: west
      apiServer: https://10.2.0.10:6443
      podCIDRs: [10.20.0.0/16]
      serviceCIDRs: [10.120.0.0/16]
`)},
		"sealed/east/istio-remote-secret-west.yaml": {Data: sealtest.Manifest("istio-remote-secret-west", "west", "")},
		"sealed/.tags.lock":                         {Data: sealtest.Lock(map[string][]byte{"sealed/east/istio-remote-secret-west.yaml": sealtest.Manifest("istio-remote-secret-west", "west", "")})},
		"sealed/east/kustomization.yaml":            {Data: []byte("apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n- istio-remote-secret-west.yaml\n")},
	})["east"]
	synced := func(value, message string) map[string]any {
		return map[string]any{"observedGeneration": 2, "conditions": []any{map[string]any{"type": "Synced", "status": value, "message": message}}}
	}
	for _, test := range []struct {
		name   string
		broken func(world)
		want   []string // results and what they say
	}{
		{"opened", func(world) {}, []string{"pass "}},
		{"not there", func(w world) { delete(w, at) }, []string{"fail there is none"}},
		{"another", func(w world) {
			w[at]["spec"].(map[string]any)["encryptedData"].(map[string]any)["west"] = "AgB="
		}, []string{"fail it is not the one that is rendered"}},
		{"no controller", func(w world) { delete(w[at], "status") }, []string{"fail no controller has looked at it"}},
		{"another condition", func(w world) {
			w[at]["status"].(map[string]any)["conditions"].([]any)[0].(map[string]any)["type"] = "Ready"
		}, []string{"fail no controller has looked at it"}},
		{"of before", func(w world) { w[at]["metadata"].(map[string]any)["generation"] = 3 }, []string{"fail its controller has not looked at it since it changed"}},
		{"another key", func(w world) { w[at]["status"] = synced("False", "no key could decrypt secret (west)") }, []string{`fail its controller says "no key could decrypt secret (west)"`}},
		{"may not be asked", func(w world) { w["fails sealedsecrets.bitnami.com"] = map[string]any{"text": "may not"} }, []string{"fail may not"}},
		{"no CRD", func(w world) { w["unknown sealedsecrets.bitnami.com"] = map[string]any{} }, []string{"fail the cluster does not know the kind"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := worldOf(site)
			o := w.get(t, at)
			o["metadata"].(map[string]any)["generation"], o["status"] = 2, synced("True", "")
			test.broken(w)
			var got []string
			for _, f := range verify.Live(site, w.ask(t)) {
				if f.Check == "SealedSecret/istio-system/istio-remote-secret-west is opened" {
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
}
