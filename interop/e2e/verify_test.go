package e2e

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// verified is what verify prints where no istiod runs.
const verified = `RESULT  CLUSTER  CHECK
pass    east     API server is ready
pass    east     Kubernetes is the version of mesh.yaml
pass    east     Namespace/istio-system is as rendered
pass    east     Namespace/shop is as rendered
fail    east     Deployment/istio-system/istiod is available
pass    east     Service/istio-system/istiod-remotes is as rendered
fail    east     MutatingWebhookConfiguration/istio-sidecar-injector calls the injector
fail    east     ValidatingWebhookConfiguration/istiod-default-validator judges Istio's objects
fail    east     ValidatingWebhookConfiguration/istio-validator-istio-system judges Istio's objects
pass    east     Service/shop/cart is as in mesh.yaml
pass    east     SealedSecret/istio-system/cacerts is opened
pass    east     SealedSecret/istio-system/istio-remote-secret-west is opened
pass    east     Secret/istio-system/istio-remote-secret-west lets it read west
pass    east     no remote Secret of the cluster itself
pass    east     no remote Secret of a cluster that mesh.yaml has not
pass    east     Secret/istio-system/cacerts
pass    west     API server is ready
pass    west     Kubernetes is the version of mesh.yaml
pass    west     Namespace/istio-system is as rendered
pass    west     Namespace/shop is as rendered
pass    west     Service/istio-system/istiod is as rendered
pass    west     EndpointSlices of istio-system/istiod are as rendered
pass    west     MutatingWebhookConfiguration/istio-sidecar-injector calls the injector
pass    west     ValidatingWebhookConfiguration/istiod-default-validator judges Istio's objects
pass    west     Service/shop/cart is the copy of east's
pass    west     ServiceAccount/istio-system/istio-reader-service-account

22 passed, 4 failed, 0 skipped
`

// verify asks both clusters by a login that may read alone. No istiod runs here,
// and so four checks fail; all else passes.
func (j *journey) verify(t *testing.T) {
	j.login(t, "verifier.kubeconfig", "verifier", "isthmus-verify", j.east, j.west)
	for _, m := range []*member{j.east, j.west} {
		j.let(t, m, "verify.yaml")
		m.asked(t, "verifier")
	}
	j.run(t, "kubectl --context east -n shop create service clusterip cart --tcp=7070 && kubectl --context east -n shop patch service cart -p '{\"spec\": {\"ports\": [{\"port\": 7070, \"name\": \"grpc\"}]}}'")
	stdout, stderr, status := j.try(t, nil, "isthmus verify --kubeconfig "+j.at("verifier.kubeconfig"))
	if status != 3 {
		t.Errorf("exit status %d", status)
	}
	same(t, "verify", stdout, verified)
	same(t, "what fails", stderr, lines(
		`isthmus: error: cluster "east" fails "Deployment/istio-system/istiod is available": its controller has not looked at it yet`,
		`isthmus: fix: see why not: kubectl --context east -n istio-system describe deployment istiod`,
		`isthmus: error: cluster "east" fails "MutatingWebhookConfiguration/istio-sidecar-injector calls the injector": rev.namespace.sidecar-injector.istio.io has no caBundle; the API server trusts no injector, and refuses pods`,
		`isthmus: fix: see that istiod runs and, for a remote, that the control plane has its remote Secret`,
		`isthmus: error: cluster "east" fails "ValidatingWebhookConfiguration/istiod-default-validator judges Istio's objects": validation.istio.io has no caBundle; istiod has not written it, and the API server takes Istio's objects unseen`,
		`isthmus: fix: see what istiod logs`,
		`isthmus: error: cluster "east" fails "ValidatingWebhookConfiguration/istio-validator-istio-system judges Istio's objects": rev.validation.istio.io has no caBundle; istiod has not written it, and the API server takes Istio's objects unseen`,
		`isthmus: fix: see what istiod logs`,
		`isthmus: 4 errors`))
	for _, m := range []*member{j.east, j.west} {
		j.only(t, m, "verifier", "get /api", "get /apis", "get /readyz", "get /version", "get namespaces", "get services", "get endpointslices", "list endpointslices",
			"get deployments", "get mutatingwebhookconfigurations", "get validatingwebhookconfigurations", "get serviceaccounts", "get secrets", "list secrets", "get sealedsecrets")
	}

	j.run(t, "kubectl --context east -n istio-system label secret "+remoteSecret+" istio/multiCluster-")
	stdout, _, _ = j.try(t, nil, "isthmus verify --cluster east --kubeconfig "+j.at("verifier.kubeconfig"))
	if want := "fail    east     Secret/istio-system/" + remoteSecret + " lets it read west\n"; !strings.Contains(stdout, want) {
		t.Errorf("without its label: no %q in\n%s", want, stdout)
	}
	j.run(t, "kubectl --context east -n istio-system label secret "+remoteSecret+" istio/multiCluster=true")
}

// refresh --check reads the address that the load balancer has.
func (j *journey) refresh(t *testing.T) {
	j.login(t, "refresher.kubeconfig", "refresher", "isthmus-refresh", j.east)
	j.let(t, j.east, "refresh.yaml")
	j.east.asked(t, "refresher")
	command := "isthmus refresh --check --context east --kubeconfig " + j.at("refresher.kubeconfig")
	for _, test := range []struct {
		address string
		status  int
		stdout  string
	}{
		{"10.1.255.10", 0, "mesh/mesh.yaml:22:20: spec.clusters[0].controlPlane.addresses: 10.1.255.10 is not stale\n"},
		{"10.1.255.11", 3, "mesh/mesh.yaml:22:20: spec.clusters[0].controlPlane.addresses: 10.1.255.10 is stale, and now is 10.1.255.11\n"},
	} {
		service := &corev1.Service{}
		if err := j.east.client.Get(j.ctx, types.NamespacedName{Namespace: "istio-system", Name: "istiod-remotes"}, service); err != nil {
			t.Fatal(err)
		}
		was := service.DeepCopy()
		service.Status.LoadBalancer.Ingress = []corev1.LoadBalancerIngress{{IP: test.address}}
		if err := j.east.client.Status().Patch(j.ctx, service, client.MergeFrom(was)); err != nil {
			t.Fatal(err)
		}
		stdout, stderr, status := j.try(t, nil, command)
		if status != test.status {
			t.Errorf("%s: exit status %d: %s", test.address, status, stderr)
		}
		same(t, test.address, stdout, test.stdout)
	}
	j.only(t, j.east, "refresher", "get /api", "get /apis", "get services")
}

// script runs what verify prints. No pod starts here, so what it asks of pods
// fails; it makes pods and deletes them, and writes nothing else.
func (j *journey) script(t *testing.T) {
	j.login(t, "scripter.kubeconfig", "scripter", "system:masters", j.east, j.west)
	j.run(t, "isthmus verify --print > verify.sh")
	stdout, stderr, status := j.try(t, nil, "TIMEOUT=2 KUBECONFIG="+j.at("scripter.kubeconfig")+" sh verify.sh")
	if status != 1 || !strings.Contains(stdout, "PASS west: webhook istio-sidecar-injector has its CA\n") || stderr != "" {
		t.Errorf("exit status %d: %s%s", status, stdout, stderr)
	}
	for _, m := range []*member{j.east, j.west} {
		j.only(t, m, "scripter", "get /api", "get /apis", "get /openapi", "get deployments", "list deployments", "watch deployments",
			"get mutatingwebhookconfigurations", "create pods", "get pods", "list pods", "watch pods", "delete pods")
		pods := &corev1.PodList{}
		if err := m.client.List(j.ctx, pods); err != nil || len(pods.Items) > 0 {
			t.Errorf("%s: %d pods are left, %v", m.name, len(pods.Items), err)
		}
	}
}

// live renders in kustomize what is applied already: nothing differs.
func (j *journey) live(t *testing.T) {
	for _, m := range []*member{j.east, j.west} {
		stdout, stderr, status := j.try(t, nil, "kustomize build --enable-alpha-plugins --enable-exec --load-restrictor=LoadRestrictionsNone overlays/"+m.name+"/live | kubectl --context "+m.name+" diff --server-side -f -")
		if status != 0 {
			t.Errorf("%s: exit status %d: %s%s", m.name, status, stdout, stderr)
		}
	}
}

// withoutCRD takes away what the chart of sealed-secrets brought.
func (j *journey) withoutCRD(t *testing.T) {
	j.run(t, "kubectl --context east delete crd sealedsecrets.bitnami.com")
	_, stderr, status := j.try(t, nil, "isthmus verify --cluster east --kubeconfig "+j.at("verifier.kubeconfig"))
	if want := lines(
		`isthmus: error: cluster "east" fails "SealedSecret/istio-system/`+remoteSecret+` is opened": the cluster does not know the kind; the controller of sealed-secrets is not installed, and nothing opens what is sealed`,
		`isthmus: fix: install it, 0.40.0 or later, and its CRD`); status != 3 || !strings.Contains(stderr, want) {
		t.Errorf("exit status %d: %s", status, stderr)
	}
}
