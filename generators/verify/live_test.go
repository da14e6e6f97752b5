package verify_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/isthmus-mesh/isthmus/generators/verify"
)

// In every golden mesh, a cluster that has all of it fails no check, and no value
// of a Secret is said.
func TestLivePasses(t *testing.T) {
	found, err := filepath.Glob("../testdata/*/mesh/mesh.yaml")
	if err != nil || len(found) == 0 {
		t.Fatal("testdata holds no mesh", err)
	}
	for _, file := range found {
		folder := filepath.Base(filepath.Dir(filepath.Dir(file)))
		for name, site := range sitesOf(t, folder) {
			t.Run(folder+"/"+name, func(t *testing.T) {
				passed := 0
				for _, f := range verify.Live(site, worldOf(site).ask(t)) {
					switch {
					case f.Result == verify.Fail:
						t.Errorf("%+v", f)
					case f.Result == verify.Pass:
						passed++
					}
				}
				if passed < 4 {
					t.Errorf("%d checks passed", passed)
				}
			})
		}
	}
}

// However many Services there are, no command line names more than some.
func TestLiveAsksInTurns(t *testing.T) {
	var text strings.Builder
	text.WriteString("apiVersion: isthmus.dev/v1alpha1\nkind: Mesh\nmetadata: {name: large}\nspec:\n  istio: {version: \"1.30.3\"}\n  clusters:\n")
	for i, name := range []string{"east", "west"} {
		fmt.Fprintf(&text, "    - name: %s\n      apiServer: https://10.%d.0.10:6443\n      podCIDRs: [10.%d0.0.0/16]\n      serviceCIDRs: [10.1%d0.0.0/16]\n", name, i+1, i+1, i+1)
		if i == 0 {
			text.WriteString("      controlPlane: {expose: dedicatedGateway, addresses: [10.1.255.10]}\n")
		}
	}
	text.WriteString("  services:\n")
	const services = 450
	for i := range services {
		fmt.Fprintf(&text, "    - {name: s%d, namespace: shop, ports: [{name: http, port: 80}], clusters: [east]}\n", i)
	}
	site := sitesIn(t, fstest.MapFS{"mesh.yaml": {Data: []byte(text.String())}})["west"]
	ask, asked := worldOf(site).ask(t), 0
	for _, f := range verify.Live(site, func(q verify.Question) ([]byte, error) {
		if len(q.Names) > 200 {
			t.Errorf("asks for %d at once", len(q.Names))
		}
		if q.Resource == "services" && q.Namespace == "shop" {
			asked += len(q.Names)
		}
		return ask(q)
	}) {
		if f.Result == verify.Fail {
			t.Errorf("%+v", f)
		}
	}
	if asked != services {
		t.Errorf("asks for %d Services, want %d", asked, services)
	}
}

// What is wrong in a cluster fails the check that is about it, and no other.
func TestLiveFails(t *testing.T) {
	spec := func(w world, at string) map[string]any { return w[at]["spec"].(map[string]any) }
	meta := func(w world, at, field string) map[string]any {
		return w[at]["metadata"].(map[string]any)[field].(map[string]any)
	}
	hook := func(w world, at string) map[string]any {
		return w[at]["webhooks"].([]any)[0].(map[string]any)["clientConfig"].(map[string]any)
	}
	delete1 := func(at string) func(*testing.T, world) {
		return func(t *testing.T, w world) { w.get(t, at); delete(w, at) }
	}
	const istiod = "Deployment/istio-system/istiod is available"
	status := func(w world) map[string]any {
		return w["deployments istio-system/istiod"]["status"].(map[string]any)
	}
	for _, test := range []struct {
		name, folder, cluster string
		broken                func(*testing.T, world)
		check, what           string
	}{
		{"not ready", "helm-flux", "west", func(_ *testing.T, w world) { w["path /readyz"]["text"] = "[-]etcd failed" }, "API server is ready", `/readyz says "[-]etcd failed"`},
		{"other Kubernetes", "helm-flux", "west", func(_ *testing.T, w world) { w["path /version"]["gitVersion"] = "v1.32.1" }, "Kubernetes is the version of mesh.yaml", "it is v1.32.1, and mesh.yaml says 1.33"},
		{"no namespace", "helm-flux", "west", delete1("namespaces /istio-system"), "Namespace/istio-system is as rendered", "there is none"},
		{"a namespace that goes", "helm-flux", "west", func(_ *testing.T, w world) {
			w["namespaces /istio-system"]["status"] = map[string]any{"phase": "Terminating"}
		}, "Namespace/istio-system is as rendered", "it is being deleted"},
		{"Istio's own namespace that goes, of somebody else", "overlay-1.5", "remote", func(t *testing.T, w world) {
			w.get(t, "namespaces /istio-system")["status"] = map[string]any{"phase": "Terminating"}
		}, "Namespace/istio-system is as rendered", "it is being deleted"},
		{"other network", "helm-flux", "west", func(_ *testing.T, w world) {
			meta(w, "namespaces /istio-system", "labels")["topology.istio.io/network"] = "network2"
		}, "Namespace/istio-system is as rendered", `the label topology.istio.io/network is "network2", not "network1"`},
		{"not led", "helm-flux", "west", func(_ *testing.T, w world) {
			delete(meta(w, "namespaces /istio-system", "annotations"), "topology.istio.io/controlPlaneClusters")
		}, "Namespace/istio-system is as rendered", "the annotation topology.istio.io/controlPlaneClusters: east is missing"},
		{"not injected", "helm-flux", "west", func(_ *testing.T, w world) { delete(meta(w, "namespaces /shop", "labels"), "istio-injection") }, "Namespace/shop is as rendered", "the label istio-injection: enabled is missing"},
		{"still injected", "helm-flux", "south", func(_ *testing.T, w world) {
			w["namespaces /shop"]["metadata"].(map[string]any)["labels"] = map[string]any{"istio-injection": "enabled"}
		}, "Namespace/shop is as rendered", `the label istio-injection is "enabled", not "disabled"`},
		{"switched off, over a revision", "helm-flux", "south", func(_ *testing.T, w world) {
			meta(w, "namespaces /shop", "labels")["istio.io/rev"] = "prod"
		}, "", ""},
		{"still injected, where nothing is said", "istio-1.5.10", "near", func(_ *testing.T, w world) {
			w["namespaces /shop"]["metadata"].(map[string]any)["labels"] = map[string]any{"istio-injection": "enabled"}
		}, "Namespace/shop is as rendered", "the label istio-injection: enabled is there, and is not rendered"},
		{"not injected, by a label", "istio-1.5.10", "near", func(_ *testing.T, w world) {
			w["namespaces /shop"]["metadata"].(map[string]any)["labels"] = map[string]any{"istio-injection": "disabled"}
		}, "", ""},
		{"a revision, and yet not injected", "canary", "west", func(_ *testing.T, w world) {
			meta(w, "namespaces /shop", "labels")["istio-injection"] = "disabled"
		}, "Namespace/shop is as rendered", "the label istio-injection: disabled is there, and is not rendered"},
		{"not available", "helm-flux", "east", func(_ *testing.T, w world) {
			status(w)["conditions"] = []any{map[string]any{"type": "Available", "status": "False", "message": "no replica"}}
		}, istiod, "no replica"},
		{"not looked at", "helm-flux", "east", func(_ *testing.T, w world) { delete(status(w), "conditions") }, istiod, "its controller has not looked at it yet"},
		{"a change not looked at", "helm-flux", "east", func(_ *testing.T, w world) { status(w)["observedGeneration"] = 2 }, istiod, "its controller has not looked at it yet"},
		{"no pods", "helm-flux", "east", func(_ *testing.T, w world) {
			delete(status(w), "replicas")
			delete(status(w), "updatedReplicas")
			delete(status(w), "availableReplicas")
		}, istiod, "it has no pods"},
		{"pods of before", "helm-flux", "east", func(_ *testing.T, w world) {
			status(w)["replicas"] = 3
			status(w)["updatedReplicas"] = 1
		}, istiod, "1 of its 3 pods are as its spec says"},
		{"pods that do not come up", "helm-flux", "east", func(_ *testing.T, w world) {
			progress := status(w)["conditions"].([]any)[0].(map[string]any)
			progress["status"], progress["reason"], progress["message"] = "False", "ProgressDeadlineExceeded", "ReplicaSet istiod-1 has timed out"
		}, istiod, "its pods do not come up: ReplicaSet istiod-1 has timed out"},
		{"other release", "helm-flux", "east", func(_ *testing.T, w world) {
			spec(w, "deployments istio-system/istiod")["template"].(map[string]any)["spec"].(map[string]any)["containers"].([]any)[0].(map[string]any)["image"] = "docker.io/istio/pilot:1.29.2"
		}, istiod, "it runs docker.io/istio/pilot:1.29.2, and mesh.yaml says 1.30.3"},
		{"a release that starts alike", "helm-flux", "east", func(_ *testing.T, w world) {
			spec(w, "deployments istio-system/istiod")["template"].(map[string]any)["spec"].(map[string]any)["containers"].([]any)[0].(map[string]any)["image"] = "docker.io/istio/pilot:1.30.30"
		}, istiod, "it runs docker.io/istio/pilot:1.30.30, and mesh.yaml says 1.30.3"},
		{"a build of the release", "helm-flux", "east", func(_ *testing.T, w world) {
			spec(w, "deployments istio-system/istiod")["template"].(map[string]any)["spec"].(map[string]any)["containers"].([]any)[0].(map[string]any)["image"] = "docker.io/istio/pilot:1.30.3-distroless"
		}, "", ""},
		{"no gateway", "helm-flux", "east", delete1("deployments istio-system/istio-eastwestgateway"), "Deployment/istio-system/istio-eastwestgateway is available", "there is none"},
		{"no stub", "helm-flux", "west", delete1("services istio-system/istiod"), "Service/istio-system/istiod is as rendered", "there is none"},
		{"headless stub", "helm-flux", "west", func(_ *testing.T, w world) { spec(w, "services istio-system/istiod")["clusterIP"] = "None" }, "Service/istio-system/istiod is as rendered", "it is headless"},
		{"moved", "helm-flux", "west", func(_ *testing.T, w world) {
			w["endpointslices istio-system/istiod"]["endpoints"] = []any{map[string]any{"addresses": []any{"10.1.255.9"}}}
		}, "EndpointSlices of istio-system/istiod are as rendered", "it leads to 10.1.255.9, not 10.1.255.10"},
		{"slice without a port", "helm-flux", "west", func(_ *testing.T, w world) {
			o := w["endpointslices istio-system/istiod"]
			o["ports"] = o["ports"].([]any)[:1]
		}, "EndpointSlices of istio-system/istiod are as rendered", "its ports are tcp-istiod 15012/TCP, not tcp-istiod 15012/TCP, tcp-webhook 15017/TCP"},
		{"no slice", "helm-flux", "west", delete1("endpointslices istio-system/istiod"), "EndpointSlices of istio-system/istiod are as rendered", "it leads to none, not 10.1.255.10"},
		{"not ready", "helm-flux", "west", func(_ *testing.T, w world) {
			w["endpointslices istio-system/istiod"]["endpoints"].([]any)[0].(map[string]any)["conditions"] = map[string]any{"ready": false}
		}, "EndpointSlices of istio-system/istiod are as rendered", "it leads to 10.1.255.10 (not ready), not 10.1.255.10"},
		{"slices that somebody else has cut", "values-1.24", "west", func(t *testing.T, w world) {
			endpoints := w["endpointslices istio-system/istiod"]["endpoints"].([]any)
			if len(endpoints) != 2 {
				t.Fatalf("%d endpoints", len(endpoints))
			}
			first := endpoints[0].(map[string]any)
			first["addresses"] = append(first["addresses"].([]any), endpoints[1].(map[string]any)["addresses"].([]any)...)
			w["endpointslices istio-system/istiod"]["endpoints"] = endpoints[:1]
		}, "", ""},
		{"ready, by its condition", "helm-flux", "west", func(_ *testing.T, w world) {
			w["endpointslices istio-system/istiod"]["endpoints"].([]any)[0].(map[string]any)["conditions"] = map[string]any{"ready": true}
		}, "", ""},
		{"not ready, 1.4", "guide-1.4", "remote0", func(_ *testing.T, w world) {
			subset := w["endpoints istio-system/istio-pilot"]["subsets"].([]any)[0].(map[string]any)
			subset["notReadyAddresses"] = subset["addresses"]
			delete(subset, "addresses")
		}, "Endpoints/istio-system/istio-pilot is as rendered", "it leads to none, not 10.8.0.5"},
		{"moved, 1.4", "guide-1.4", "remote0", func(_ *testing.T, w world) {
			w["endpoints istio-system/istio-policy"]["subsets"].([]any)[0].(map[string]any)["addresses"] = []any{map[string]any{"ip": "10.8.0.99"}}
		}, "Endpoints/istio-system/istio-policy is as rendered", "it leads to 10.8.0.99, not 10.8.0.6"},
		{"no Endpoints", "guide-1.4", "remote0", delete1("endpoints istio-system/istio-pilot"), "Endpoints/istio-system/istio-pilot is as rendered", "there is none"},
		{"no webhook", "helm-flux", "west", delete1("mutatingwebhookconfigurations /istio-sidecar-injector"), "MutatingWebhookConfiguration/istio-sidecar-injector calls the injector", "there is none"},
		{"webhook of another cluster", "helm-flux", "west", func(_ *testing.T, w world) {
			hook(w, "mutatingwebhookconfigurations /istio-sidecar-injector")["service"].(map[string]any)["path"] = "/inject/cluster/remote/net/network1"
		}, "MutatingWebhookConfiguration/istio-sidecar-injector calls the injector", "rev.namespace.sidecar-injector.istio.io calls istio-system/istiod/inject/cluster/remote/net/network1, not istio-system/istiod/inject/cluster/west/net/network1"},
		{"webhook without CA", "helm-flux", "west", func(_ *testing.T, w world) {
			delete(hook(w, "mutatingwebhookconfigurations /istio-sidecar-injector"), "caBundle")
		}, "MutatingWebhookConfiguration/istio-sidecar-injector calls the injector", "rev.namespace.sidecar-injector.istio.io has no caBundle"},
		{"webhook of a joining cluster without CA", "helm-flux", "south", func(_ *testing.T, w world) {
			delete(hook(w, "mutatingwebhookconfigurations /istio-sidecar-injector"), "caBundle")
		}, "", ""},
		{"no webhook of a tag", "canary", "west", delete1("mutatingwebhookconfigurations /istio-revision-tag-next"), "MutatingWebhookConfiguration/istio-revision-tag-next calls the injector", "there is none"},
		{"webhook of a tag of another revision", "canary", "west", func(t *testing.T, w world) {
			w.get(t, "mutatingwebhookconfigurations /istio-revision-tag-prod")
			hook(w, "mutatingwebhookconfigurations /istio-revision-tag-prod")["service"].(map[string]any)["name"] = "istiod-1-30-3"
		}, "MutatingWebhookConfiguration/istio-revision-tag-prod calls the injector", "rev.namespace.sidecar-injector.istio.io calls istio-system/istiod-1-30-3/inject/cluster/west/net/network1, not istio-system/istiod-1-29-2/inject/cluster/west/net/network1"},
		{"URL", "helm-argocd", "west", func(_ *testing.T, w world) {
			hook(w, "mutatingwebhookconfigurations /istio-sidecar-injector-mesh-system")["url"] = "https://other.example.com:15017/inject/cluster/west/net/network1"
		}, "MutatingWebhookConfiguration/istio-sidecar-injector-mesh-system calls the injector", "rev.namespace.sidecar-injector.istio.io calls https://other.example.com:15017/inject/cluster/west/net/network1, not https://istiod.east.example.com:15017/inject/cluster/west/net/network1"},
		{"no copy", "helm-flux", "west", delete1("services shop/cart"), "Service/shop/cart is the copy of east's", "there is none"},
		{"another Service", "helm-flux", "west", func(_ *testing.T, w world) {
			delete(meta(w, "services shop/cart", "annotations"), "isthmus.dev/duplicated-from")
		}, "Service/shop/cart is the copy of east's", "it is another Service of that name"},
		{"an old copy", "helm-flux", "west", func(_ *testing.T, w world) {
			meta(w, "services shop/cart", "annotations")["isthmus.dev/duplicated-from"] = "south"
		}, "Service/shop/cart is the copy of east's", "it is an old copy, of south's"},
		{"other ports", "helm-flux", "west", func(_ *testing.T, w world) {
			spec(w, "services shop/cart")["ports"].([]any)[0].(map[string]any)["appProtocol"] = "http"
		}, "Service/shop/cart is the copy of east's", "its ports are grpc 7070/TCP as http, not grpc 7070/TCP as grpc"},
		{"other ports at home", "helm-flux", "east", func(_ *testing.T, w world) {
			spec(w, "services shop/cart")["ports"].([]any)[0].(map[string]any)["targetPort"] = 8080
		}, "Service/shop/cart is as in mesh.yaml", "its ports are grpc 7070/TCP to 8080 as grpc, not grpc 7070/TCP as grpc"},
		{"nothing at home", "helm-flux", "east", delete1("services shop/cart"), "Service/shop/cart is as in mesh.yaml", "there is none"},
		{"a load balancer at home", "helm-flux", "east", func(_ *testing.T, w world) { spec(w, "services shop/cart")["type"] = "LoadBalancer" }, "", ""},
		{"a name at home", "helm-flux", "east", func(_ *testing.T, w world) {
			spec(w, "services shop/cart")["type"] = "ExternalName"
			spec(w, "services shop/cart")["externalName"] = "cart.example.com"
		}, "Service/shop/cart is as in mesh.yaml", `it is of type ExternalName, not ClusterIP; it stands for "cart.example.com", not ""`},
		{"no reader", "helm-flux", "west", delete1("serviceaccounts istio-system/istio-reader-service-account"), "ServiceAccount/istio-system/istio-reader-service-account", "there is none"},
		{"reader without a token, 1.4", "guide-1.4", "remote0", func(_ *testing.T, w world) {
			delete(w["serviceaccounts istio-system/istio-reader-service-account"], "secrets")
		}, "ServiceAccount/istio-system/istio-reader-service-account", "it has no token"},
		{"token not filled", "helm-flux", "west", func(_ *testing.T, w world) {
			delete(w["secrets istio-system/istio-reader-service-account-istio-remote-secret-token"]["data"].(map[string]any), "token")
		}, "Secret/istio-system/istio-reader-service-account-istio-remote-secret-token holds the reader's token", "it holds ca.crt, namespace, not ca.crt, token"},
		{"token empty", "helm-flux", "west", func(_ *testing.T, w world) {
			w["secrets istio-system/istio-reader-service-account-istio-remote-secret-token"]["data"].(map[string]any)["token"] = ""
		}, "Secret/istio-system/istio-reader-service-account-istio-remote-secret-token holds the reader's token", "it holds ca.crt, namespace, not ca.crt, token"},
		{"token gone", "helm-flux", "west", delete1("secrets istio-system/istio-reader-service-account-istio-remote-secret-token"), "Secret/istio-system/istio-reader-service-account-istio-remote-secret-token holds the reader's token", "there is none"},
		{"no remote Secret", "helm-flux", "east", delete1("secrets istio-system/istio-remote-secret-west"), "Secret/istio-system/istio-remote-secret-west lets it read west", "there is none"},
		{"no remote Secret of a joining cluster", "helm-flux", "east", delete1("secrets istio-system/istio-remote-secret-south"), "", ""},
		{"remote Secret without a label", "helm-flux", "east", func(_ *testing.T, w world) {
			delete(meta(w, "secrets istio-system/istio-remote-secret-west", "labels"), "istio/multiCluster")
		}, "Secret/istio-system/istio-remote-secret-west lets it read west", `it lacks the label istio/multiCluster: "true"`},
		{"remote Secret with another key", "helm-flux", "east", func(_ *testing.T, w world) {
			w["secrets istio-system/istio-remote-secret-west"]["data"] = map[string]any{"remote": "c2VjcmV0"}
		}, "Secret/istio-system/istio-remote-secret-west lets it read west", `its key is remote, not "west"`},
		{"copied by kubectl", "helm-flux", "east", func(_ *testing.T, w world) {
			w["secrets istio-system/istio-remote-secret-west"]["metadata"].(map[string]any)["annotations"] = map[string]any{"kubectl.kubernetes.io/last-applied-configuration": "secret"}
		}, "Secret/istio-system/istio-remote-secret-west lets it read west", "kubectl left a copy of Secret/istio-system/istio-remote-secret-west in an annotation of it"},
		{"a second Secret of it", "helm-flux", "east", func(_ *testing.T, w world) {
			w.put("secrets", "istio-system", "by-hand", map[string]any{"metadata": map[string]any{"labels": map[string]any{"istio/multiCluster": "true"}}, "data": map[string]any{"west": "eA=="}})
		}, "Secret/istio-system/istio-remote-secret-west lets it read west", `by-hand and istio-remote-secret-west hold the key "west"`},
		{"Secret of itself", "helm-flux", "east", func(_ *testing.T, w world) {
			w.put("secrets", "istio-system", "own", map[string]any{"metadata": map[string]any{"labels": map[string]any{"istio/multiCluster": "true"}}, "data": map[string]any{"east": "eA=="}})
		}, "no remote Secret of the cluster itself", "Secret/istio-system/own is one"},
		{"Secret of a stranger", "helm-flux", "east", func(_ *testing.T, w world) {
			w.put("secrets", "istio-system", "old", map[string]any{"metadata": map[string]any{"labels": map[string]any{"istio/multiCluster": "true"}}, "data": map[string]any{"gone": "eA=="}})
		}, "no remote Secret of a cluster that mesh.yaml has not", `"gone" of Secret/istio-system/old`},
		{"no cacerts", "helm-flux", "east", delete1("secrets istio-system/cacerts"), "Secret/istio-system/cacerts", "there is none"},
		{"no cacerts on a remote of 1.4", "guide-1.4", "remote0", delete1("secrets istio-system/cacerts"), "Secret/istio-system/cacerts", "there is none"},
		{"cacerts without a key", "helm-flux", "east", func(_ *testing.T, w world) {
			delete(w["secrets istio-system/cacerts"]["data"].(map[string]any), "root-cert.pem")
		}, "Secret/istio-system/cacerts", "it holds ca-cert.pem, ca-key.pem, cert-chain.pem, not ca-cert.pem, ca-key.pem, cert-chain.pem, root-cert.pem"},
		{"cacerts copied by kubectl", "helm-flux", "east", func(_ *testing.T, w world) {
			w["secrets istio-system/cacerts"]["metadata"].(map[string]any)["annotations"] = map[string]any{"kubectl.kubernetes.io/last-applied-configuration": "secret"}
		}, "Secret/istio-system/cacerts", "kubectl left a copy of it in an annotation"},
		{"cacerts of type TLS", "helm-flux", "east", func(_ *testing.T, w world) {
			w["secrets istio-system/cacerts"]["data"] = map[string]any{"tls.crt": "eA==", "tls.key": "eA==", "ca.crt": "eA=="}
		}, "", ""},
		{"Secrets that may not be read", "helm-flux", "west", func(_ *testing.T, w world) {
			w["fails secrets"] = map[string]any{"text": "may not"}
		}, "Secret/istio-system/istio-reader-service-account-istio-remote-secret-token holds the reader's token", "may not"},
	} {
		t.Run(test.name, func(t *testing.T) {
			site := sitesOf(t, test.folder)[test.cluster]
			w := worldOf(site)
			test.broken(t, w)
			var got []string
			for _, f := range verify.Live(site, w.ask(t)) {
				if f.Result == verify.Fail {
					got = append(got, f.Check+": "+f.What)
				}
				if text := fmt.Sprint(f); strings.Contains(text, "c2VjcmV0") || strings.Contains(text, "secret}") {
					t.Errorf("a Secret's value is said: %s", text)
				}
			}
			want := []string{test.check + ": " + test.what}
			if test.check == "" {
				want = nil
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("failures (-want +got):\n%s", diff)
			}
		})
	}
}
