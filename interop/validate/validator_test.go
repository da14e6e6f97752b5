package validate_test

import (
	"errors"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/isthmus-mesh/isthmus/interop/validate"
)

// good objects, one of each kind, with no more than a stub or a duplicated
// Service needs; the cases below break one thing in each.
var good = map[string]string{
	"Namespace":      "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, labels: {istio-injection: enabled}}\n",
	"Service":        "apiVersion: v1\nkind: Service\nmetadata: {name: web, namespace: shop}\nspec:\n  selector: {app: web}\n  ports: [{name: http, port: 80, targetPort: http}, {name: grpc, port: 81, targetPort: 9000}]\n",
	"Endpoints":      "apiVersion: v1\nkind: Endpoints\nmetadata: {name: web, namespace: shop}\nsubsets: [{addresses: [{ip: 10.8.0.5}], ports: [{name: http, port: 80}]}]\n",
	"EndpointSlice":  "apiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: web, namespace: shop, labels: {kubernetes.io/service-name: web}}\naddressType: IPv4\nendpoints: [{addresses: [10.8.0.5]}]\nports: [{name: http, port: 80}]\n",
	"ConfigMap":      "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: values, namespace: shop}\ndata: {values.yaml: \"a: b\"}\n",
	"Secret":         "apiVersion: v1\nkind: Secret\nmetadata: {name: token, namespace: shop, annotations: {kubernetes.io/service-account.name: reader}}\ntype: kubernetes.io/service-account-token\n",
	"ServiceAccount": "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: reader, namespace: shop}\n",
	"ClusterRole":    "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: reader}\nrules: [{apiGroups: [\"\"], resources: [pods], verbs: [get]}]\n",
	"ClusterRoleBinding": "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: reader}\n" +
		"roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}\nsubjects: [{kind: ServiceAccount, name: reader, namespace: shop}]\n",
	"Role": "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: gateway, namespace: shop}\nrules: [{apiGroups: [\"\"], resources: [secrets], verbs: [get]}]\n",
	"RoleBinding": "apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: {name: gateway, namespace: shop}\n" +
		"roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: gateway}\nsubjects: [{kind: ServiceAccount, name: gateway}]\n",
	"Deployment": "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: gateway, namespace: shop}\nspec:\n  selector: {matchLabels: {app: gateway}}\n  template:\n    metadata: {labels: {app: gateway}}\n" +
		"    spec:\n      serviceAccountName: gateway\n      securityContext: {sysctls: [{name: net.ipv4.ip_unprivileged_port_start, value: \"0\"}]}\n" +
		"      containers: [{name: istio-proxy, image: auto, ports: [{containerPort: 15090, name: http-envoy-prom}], resources: {requests: {cpu: 100m}}}]\n",
	"HorizontalPodAutoscaler": "apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: gateway, namespace: shop}\nspec:\n  scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: gateway}\n" +
		"  minReplicas: 1\n  maxReplicas: 5\n  metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 80}}}]\n",
	"IstioControlPlane": "apiVersion: install.istio.io/v1alpha2\nkind: IstioControlPlane\nmetadata: {name: istio-remote}\nspec:\n  profile: remote\n  defaultNamespace: istio-system\n" +
		"  gateways: {enabled: false}\n  autoInjection: {enabled: true}\n  values:\n    global:\n      meshID: m\n      trustDomain: cluster.local\n      multiCluster: {clusterName: remote0}\n" +
		"      network: vpn\n      mtls: {enabled: true}\n      controlPlaneSecurityEnabled: true\n      createRemoteSvcEndpoints: true\n      remotePilotCreateSvcEndpoint: true\n" +
		"      remotePilotAddress: 10.8.0.5\n      remotePolicyAddress: 10.8.0.6\n      remoteTelemetryAddress: 10.8.0.7\n      tracer: {zipkin: {address: \"10.8.0.8:9411\"}}\n" +
		"      proxy: {clusterDomain: cluster.local}\n    security: {selfSigned: false}\n",
	"IstioOperator": "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nmetadata: {name: istio-remote}\nspec:\n  profile: remote\n  hub: docker.io/istio\n  tag: 1.5.10\n" +
		"  components: {ingressGateways: [{name: istio-ingressgateway, enabled: false}]}\n  meshConfig: {defaultConfig: {discoveryAddress: \"istiod-remote.istio-system.svc:15012\"}}\n" +
		"  values: {global: {meshID: m, remotePilotAddress: 10.8.0.5}}\n",
}

// served names the kinds that not every version has, by the schemas' release.
func served(kind, version string) bool {
	modern := slices.Contains([]string{"1.28.15", "1.30.14", "1.32.9", "1.34.2", "1.36.3"}, version)
	switch kind {
	case "EndpointSlice":
		return modern || slices.Contains([]string{"1.22.17", "1.25.16"}, version)
	case "Role", "RoleBinding", "Deployment", "HorizontalPodAutoscaler":
		return modern // not cut for older ones, though they serve them
	}
	return true
}

// istioOf is the release that an object of Istio's installer is for.
func istioOf(kind string) string {
	if kind == "IstioControlPlane" {
		return "1.4.10"
	}
	return "1.5.10"
}

func open(t *testing.T) *validate.Validator {
	t.Helper()
	validator, err := validate.Open("../schemas")
	if err != nil {
		t.Fatal(err)
	}
	return validator
}

func TestValidateGood(t *testing.T) {
	validator := open(t)
	for _, minor := range []string{"1.13", "1.14", "1.15", "1.16", "1.18", "1.22", "1.25", "1.28", "1.30", "1.32", "1.34", "1.36"} {
		version, err := validate.SchemaVersion(minor)
		if err != nil {
			t.Fatal(err)
		}
		for _, kind := range slices.Sorted(maps.Keys(good)) {
			err := errors.Join(validator.Validate(validate.Versions{Kubernetes: minor, Istio: istioOf(kind)}, []byte(good[kind]))...)
			switch {
			case err != nil && served(kind, version):
				t.Errorf("%s: %v", minor, err)
			case err == nil && !served(kind, version):
				t.Errorf("%s: %s passed, which that version does not serve", minor, kind)
			}
		}
	}
}

func TestValidateBad(t *testing.T) {
	validator := open(t)
	for _, test := range []struct {
		name     string
		version  string // 1.34 where it is empty
		kind     string // of the good object
		old, new string // what is changed in it
		text     string // a whole file instead
		want     string
	}{
		// One unknown field and one wrong type for each kind.
		{name: "Namespace field", kind: "Namespace", old: "labels:", new: "label:", want: "Namespace/shop: metadata: additional properties 'label' not allowed"},
		{name: "Namespace type", kind: "Namespace", old: "enabled", new: "true", want: "Namespace/shop: metadata.labels.istio-injection: got boolean, want string"},
		{name: "Service field", kind: "Service", old: "selector:", new: "selectors:", want: "Service/shop/web: spec: additional properties 'selectors' not allowed"},
		{name: "Service type", kind: "Service", old: "port: 80,", new: "port: \"80\",", want: "Service/shop/web: spec.ports[0].port: got string, want integer"},
		{name: "Endpoints field", kind: "Endpoints", old: "addresses:", new: "address:", want: "Endpoints/shop/web: subsets[0]: additional properties 'address' not allowed"},
		{name: "Endpoints type", kind: "Endpoints", old: "[{ip: 10.8.0.5}]", new: "{ip: 10.8.0.5}", want: "Endpoints/shop/web: subsets[0].addresses: got object, want null or array"},
		{name: "EndpointSlice field", kind: "EndpointSlice", old: "ports: [{", new: "ports: [{targetPort: 80, ", want: "EndpointSlice/shop/web: ports[0]: additional properties 'targetPort' not allowed"},
		{name: "EndpointSlice type", kind: "EndpointSlice", old: "[10.8.0.5]", new: "10.8.0.5", want: "EndpointSlice/shop/web: endpoints[0].addresses: got string, want array"},
		{name: "ConfigMap field", kind: "ConfigMap", old: "\ndata:", new: "\ndatas:", want: "ConfigMap/shop/values: the object: additional properties 'datas' not allowed"},
		{name: "ConfigMap type", kind: "ConfigMap", old: "\"a: b\"", new: "{a: b}", want: "ConfigMap/shop/values: data[values.yaml]: got object, want string"},
		{name: "Secret field", kind: "Secret", old: "type:", new: "kinds:", want: "Secret/shop/token: the object: additional properties 'kinds' not allowed"},
		{name: "Secret type", kind: "Secret", old: "type: kubernetes.io/service-account-token", new: "stringData: {a: 1}", want: "Secret/shop/token: stringData.a: got number, want string"},
		{name: "ServiceAccount field", kind: "ServiceAccount", old: "metadata:", new: "token: x\nmetadata:", want: "ServiceAccount/shop/reader: the object: additional properties 'token' not allowed"},
		{name: "ServiceAccount type", kind: "ServiceAccount", old: "metadata:", new: "automountServiceAccountToken: \"no\"\nmetadata:", want: "ServiceAccount/shop/reader: automountServiceAccountToken: got string, want null or boolean"},
		{name: "ClusterRole field", kind: "ClusterRole", old: "verbs", new: "verb", want: "ClusterRole/reader: rules[0]: additional properties 'verb' not allowed\nClusterRole/reader: rules[0]: missing property 'verbs'"},
		{name: "ClusterRole type", kind: "ClusterRole", old: "[get]", new: "get", want: "ClusterRole/reader: rules[0].verbs: got string, want array"},
		{name: "ClusterRoleBinding field", kind: "ClusterRoleBinding", old: "subjects", new: "subject", want: "ClusterRoleBinding/reader: the object: additional properties 'subject' not allowed"},
		{name: "ClusterRoleBinding type", kind: "ClusterRoleBinding", old: "subjects: [{kind: ServiceAccount, name: reader, namespace: shop}]", new: "subjects: reader", want: "ClusterRoleBinding/reader: subjects: got string, want null or array"},
		{name: "Role field", kind: "Role", old: "verbs", new: "verb", want: "Role/shop/gateway: rules[0]: additional properties 'verb' not allowed\nRole/shop/gateway: rules[0]: missing property 'verbs'"},
		{name: "Role type", kind: "Role", old: "[get]", new: "get", want: "Role/shop/gateway: rules[0].verbs: got string, want array"},
		{name: "RoleBinding field", kind: "RoleBinding", old: "subjects", new: "subject", want: "RoleBinding/shop/gateway: the object: additional properties 'subject' not allowed"},
		{name: "RoleBinding type", kind: "RoleBinding", old: "kind: Role,", new: "kind: 1,", want: "RoleBinding/shop/gateway: roleRef.kind: got number, want string"},
		{name: "Deployment field", kind: "Deployment", old: "image: auto", new: "images: auto", want: "Deployment/shop/gateway: spec.template.spec.containers[0]: additional properties 'images' not allowed"},
		{name: "Deployment type", kind: "Deployment", old: "containerPort: 15090", new: "containerPort: http", want: "Deployment/shop/gateway: spec.template.spec.containers[0].ports[0].containerPort: got string, want integer"},
		{name: "Deployment field that is not cut", kind: "Deployment", old: "serviceAccountName:", new: "volumes: []\n      serviceAccountName:", want: "Deployment/shop/gateway: spec.template.spec: additional properties 'volumes' not allowed"},
		{name: "HorizontalPodAutoscaler field", kind: "HorizontalPodAutoscaler", old: "averageUtilization", new: "averageUtilisation", want: "HorizontalPodAutoscaler/shop/gateway: spec.metrics[0].resource.target: additional properties 'averageUtilisation' not allowed"},
		{name: "HorizontalPodAutoscaler type", kind: "HorizontalPodAutoscaler", old: "maxReplicas: 5", new: "maxReplicas: five", want: "HorizontalPodAutoscaler/shop/gateway: spec.maxReplicas: got string, want integer"},

		// What no schema says.
		{name: "selector of other pods", kind: "Deployment", old: "metadata: {labels: {app: gateway}}", new: "metadata: {labels: {app: gate}}", want: "Deployment/shop/gateway: spec.template.metadata.labels: Invalid value: {\"app\":\"gate\"}: `selector` does not match template `labels`"},
		{name: "fewer at most than at least", kind: "HorizontalPodAutoscaler", old: "minReplicas: 1", new: "minReplicas: 9", want: "HorizontalPodAutoscaler/shop/gateway: spec.maxReplicas: Invalid value: 5: must be greater than or equal to `minReplicas`"},
		{name: "hostname in Endpoints", kind: "Endpoints", old: "10.8.0.5", new: "pilot.example.com", want: "Endpoints/shop/web: subsets[0].addresses[0].ip: Invalid value: \"pilot.example.com\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)\n" +
			"Endpoints/shop/web: subsets[0].addresses[0].ip: Invalid value: \"pilot.example.com\": must be a valid IP address"},
		{name: "loopback in Endpoints", kind: "Endpoints", old: "10.8.0.5", new: "127.0.0.1", want: "Endpoints/shop/web: subsets[0].addresses[0].ip: Invalid value: \"127.0.0.1\": may not be in the loopback range (127.0.0.0/8, ::1/128)"},
		{name: "link-local in Endpoints", kind: "Endpoints", old: "10.8.0.5", new: "169.254.0.1", want: "Endpoints/shop/web: subsets[0].addresses[0].ip: Invalid value: \"169.254.0.1\": may not be in the link-local range (169.254.0.0/16, fe80::/10)"},
		{name: "unspecified in Endpoints", kind: "Endpoints", old: "10.8.0.5", new: "0.0.0.0", want: "Endpoints/shop/web: subsets[0].addresses[0].ip: Invalid value: \"0.0.0.0\": may not be unspecified (0.0.0.0)"},
		{name: "port name of Endpoints", kind: "Endpoints", old: "name: http", new: "name: Http", want: "Endpoints/shop/web: subsets[0].ports[0].name: Invalid value: \"Http\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"},
		{name: "port name of a Service", kind: "Service", old: "name: http,", new: "name: http_web,", want: "Service/shop/web: spec.ports[0].name: Invalid value: \"http_web\": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"},
		{name: "port name twice", kind: "Service", old: "name: grpc", new: "name: http", want: "Service/shop/web: spec.ports[1].name: Duplicate value: \"http\""},
		{name: "port without a name", kind: "Service", old: "name: grpc, ", new: "", want: "Service/shop/web: spec.ports[1].name: Required value"},
		{name: "name of a container port", kind: "Service", old: "targetPort: http}", new: "targetPort: a-name-of-sixteen}", want: "Service/shop/web: spec.ports[0].targetPort: Invalid value: \"a-name-of-sixteen\": must be no more than 15 characters"},
		{name: "port out of range", kind: "Service", old: "port: 80,", new: "port: 70000,", want: "Service/shop/web: spec.ports[0].port: Invalid value: 70000: must be between 1 and 65535, inclusive"},
		{name: "label value", kind: "Namespace", old: "enabled", new: "on and off", want: "Namespace/shop: metadata.labels: Invalid value: \"on and off\": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"},
		{name: "namespace left out", kind: "ServiceAccount", old: ", namespace: shop", new: "", want: "ServiceAccount/reader: metadata.namespace: Required value"},
		{name: "hostname in an EndpointSlice", kind: "EndpointSlice", old: "[10.8.0.5]", new: "[pilot.example.com]", want: "EndpointSlice/shop/web: endpoints[0].addresses[0]: Invalid value: \"pilot.example.com\": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"},
		{name: "token Secret of nobody", kind: "Secret", old: ", annotations: {kubernetes.io/service-account.name: reader}", new: "", want: "Secret/shop/token: metadata.annotations[kubernetes.io/service-account.name]: Required value"},
		{name: "binding to no role", kind: "ClusterRoleBinding", old: "name: reader}\nsubjects", new: "name: \"\"}\nsubjects", want: "ClusterRoleBinding/reader: roleRef.name: Required value"},
		{name: "role without verbs", kind: "ClusterRole", old: "[get]", new: "[]", want: "ClusterRole/reader: rules[0].verbs: Required value: verbs must contain at least one value"},
		{name: "key of a ConfigMap", kind: "ConfigMap", old: "values.yaml:", new: "a b:", want: "ConfigMap/shop/values: data[a b]: Invalid value: \"a b\": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"},

		// What depends on the version.
		{name: "field newer than the cluster", version: "1.16", kind: "Service", old: "selector:", new: "ipFamilies: [IPv4]\n  selector:", want: "Service/shop/web: spec: additional properties 'ipFamilies' not allowed"},
		{name: "kind newer than the cluster", version: "1.20", kind: "EndpointSlice", old: "", new: "", want: "EndpointSlice/shop/web: no schema for discovery.k8s.io/v1 EndpointSlice in Kubernetes 1.18.20"},
		{name: "kind removed since", version: "1.25", kind: "EndpointSlice", old: "discovery.k8s.io/v1", new: "discovery.k8s.io/v1beta1", want: "EndpointSlice/shop/web: no schema for discovery.k8s.io/v1beta1 EndpointSlice in Kubernetes 1.25.16"},
		{name: "version of no table", version: "2.0", kind: "Service", old: "", new: "", want: "Service/shop/web: no schemas stand for Kubernetes \"2.0\"; the table has 1.13 to 1.36"},
		{name: "version of one number", version: "1", kind: "Service", old: "", new: "", want: "Service/shop/web: no schemas stand for Kubernetes \"1\"; the table has 1.13 to 1.36"},

		// Files.
		{name: "kind of nobody", text: "apiVersion: batch/v1\nkind: Job\nmetadata: {name: a}\n", want: "Job/a: no schema for batch/v1 Job in Kubernetes 1.34.2"},
		{name: "null", kind: "Endpoints", old: "{ip: 10.8.0.5}", new: "{ip: 10.8.0.5, nodeName: }", want: "Endpoints/shop/web: subsets[0].addresses[0].nodeName: null, where a value or nothing belongs"},
		{name: "duplicate key", kind: "Namespace", old: "kind:", new: "kind: Namespace\nkind:", want: "document 1: error converting YAML to JSON: yaml: unmarshal errors:\n  line 3: key \"kind\" already set in map"},
		{name: "no name", text: "---\n# first\n---\napiVersion: v1\nkind: Namespace\nmetadata: {}\n", want: "document 2: Namespace: metadata.name: required; kustomize refuses an object without one"},
		{name: "no kind", text: "apiVersion: v1\n", want: "document 1: an object needs an apiVersion and a kind, not \"v1\" and \"\""},
		{name: "no object", text: "# nothing\n", want: "no object in the file"},
		{name: "list", text: "- a\n", want: "document 1: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array into Go value of type map[string]interface {}"},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := test.text
			if text == "" {
				text = replaceOnce(t, good[test.kind], test.old, test.new)
			}
			version := test.version
			if version == "" {
				version = "1.34"
			}
			got := ""
			if err := errors.Join(validator.Validate(validate.Versions{Kubernetes: version, Istio: istioOf(test.kind)}, []byte(text))...); err != nil {
				got = err.Error()
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
		})
	}
}

func TestOpen(t *testing.T) {
	if _, err := validate.Open(t.TempDir()); err == nil {
		t.Error("a folder without schemas was opened")
	}
}
