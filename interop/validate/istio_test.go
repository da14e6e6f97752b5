package validate_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/isthmus-mesh/isthmus/interop/validate"
)

func TestInstallKinds(t *testing.T) {
	validator := open(t)
	const (
		old   = "IstioControlPlane/istio-remote: "
		newer = "IstioOperator/istio-remote: "
	)
	for _, test := range []struct {
		name     string
		kind     string
		old, new string
		want     string
	}{
		{name: "unknown field", kind: "IstioControlPlane", old: "meshID", new: "meshId", want: old + "spec.values.global.meshId: not a key that a profile of Istio 1.4 may use"},
		{name: "components on 1.4", kind: "IstioControlPlane", old: "gateways:", new: "components:", want: old + "spec.components: IstioControlPlane groups components by feature: spec.trafficManagement, spec.gateways"},
		{name: "tracing key of the Helm chart", kind: "IstioControlPlane", old: "tracer: {zipkin: {address: \"10.8.0.8:9411\"}}", new: "remoteZipkinAddress: 10.8.0.8", want: old + "spec.values.global.remoteZipkinAddress: the operator's GlobalConfig has no such field; spec.values.global.tracer.zipkin.address takes host:port"},
		{name: "text for true", kind: "IstioControlPlane", old: "autoInjection: {enabled: true}", new: "autoInjection: {enabled: \"true\"}", want: old + "spec.autoInjection.enabled: must be true or false, not text"},
		{name: "number for text", kind: "IstioControlPlane", old: "meshID: m", new: "meshID: 7", want: old + "spec.values.global.meshID: must be text, not a number"},
		{name: "text for an object", kind: "IstioControlPlane", old: "gateways: {enabled: false}", new: "gateways: none", want: old + "spec.gateways: must be an object, not text"},
		{name: "hostname for a stub", kind: "IstioControlPlane", old: "10.8.0.5", new: "pilot.example.com", want: old + "spec.values.global.remotePilotAddress: Invalid value: \"pilot.example.com\": must be a valid IP address; the chart writes it into Endpoints"},
		{name: "loopback for a stub", kind: "IstioControlPlane", old: "10.8.0.6", new: "127.0.0.1", want: old + "spec.values.global.remotePolicyAddress: Invalid value: \"127.0.0.1\": may not be in the loopback range (127.0.0.0/8, ::1/128); the chart writes it into Endpoints"},
		{name: "hostname without a stub", kind: "IstioControlPlane", old: "      createRemoteSvcEndpoints: true\n      remotePilotCreateSvcEndpoint: true\n      remotePilotAddress: 10.8.0.5", new: "      remotePilotAddress: pilot.example.com"},
		{name: "hostname with createRemoteSvcEndpoints alone", kind: "IstioControlPlane", old: "      createRemoteSvcEndpoints: true\n      remotePilotCreateSvcEndpoint: true\n      remotePilotAddress: 10.8.0.5", new: "      createRemoteSvcEndpoints: true\n      remotePilotAddress: pilot.example.com", want: old + "spec.values.global.remotePilotAddress: Invalid value: \"pilot.example.com\": must be a valid IP address; the chart writes it into Endpoints"},
		{name: "hostname with remotePilotCreateSvcEndpoint alone", kind: "IstioControlPlane", old: "      createRemoteSvcEndpoints: true\n      remotePilotCreateSvcEndpoint: true\n      remotePilotAddress: 10.8.0.5", new: "      remotePilotCreateSvcEndpoint: true\n      remotePilotAddress: pilot.example.com", want: old + "spec.values.global.remotePilotAddress: Invalid value: \"pilot.example.com\": must be a valid IP address; the chart writes it into Endpoints"},
		{name: "list of addresses", kind: "IstioControlPlane", old: "remoteTelemetryAddress: 10.8.0.7", new: "remoteTelemetryAddress: \"10.8.0.7,10.8.0.8\"", want: old + "spec.values.global.remoteTelemetryAddress: must be one IP or host name, with no port, not \"10.8.0.7,10.8.0.8\"\n" + old + "spec.values.global.remoteTelemetryAddress: Invalid value: \"10.8.0.7,10.8.0.8\": must be a valid IP address; the chart writes it into Endpoints"},
		{name: "tracing without a port", kind: "IstioControlPlane", old: "10.8.0.8:9411", new: "10.8.0.8", want: old + "spec.values.global.tracer.zipkin.address: must be host:port, not \"10.8.0.8\""},
		{name: "null", kind: "IstioControlPlane", old: "network: vpn", new: "network:", want: old + "spec.values.global.network: null, where a value or nothing belongs"},
		{name: "profile of no shared control plane", kind: "IstioControlPlane", old: "profile: remote", new: "profile: demo", want: old + "spec.profile: must be default or remote, not demo"},
		{name: "no profile", kind: "IstioControlPlane", old: "profile: remote", new: "tag: x", want: old + "spec.profile: required; the default would install a whole control plane"},
		{name: "overlays of pilot", kind: "IstioControlPlane", old: "  autoInjection:", new: "  trafficManagement: {components: {pilot: {k8s: {overlays: [{kind: Service, name: istio-pilot, patches: [{path: spec.type, value: LoadBalancer}]}]}}}}\n  autoInjection:"},
		{name: "overlay without patches", kind: "IstioControlPlane", old: "  autoInjection:", new: "  trafficManagement: {components: {pilot: {k8s: {overlays: [{kind: Service, name: istio-pilot, patches: []}]}}}}\n  autoInjection:", want: old + "spec.trafficManagement.components.pilot.k8s.overlays: [0].patches must be a list with entries"},
		{name: "k8s.service on 1.4", kind: "IstioControlPlane", old: "  autoInjection:", new: "  trafficManagement: {components: {pilot: {k8s: {service: {type: LoadBalancer}}}}}\n  autoInjection:", want: old + "spec.trafficManagement.components.pilot.k8s.service: not a key that a profile of Istio 1.4 may use"},
		{name: "other key at the root", kind: "IstioControlPlane", old: "spec:", new: "status: {}\nspec:", want: old + "status: not a key of IstioControlPlane in Istio 1.4"},

		{name: "gateways on 1.5", kind: "IstioOperator", old: "  hub:", new: "  gateways: {enabled: false}\n  hub:", want: newer + "spec.gateways: IstioOperator has no such field and istioctl 1.5 stops with \"bad path=value\"; spec.components.ingressGateways took its place"},
		{name: "autoInjection on 1.5", kind: "IstioOperator", old: "  hub:", new: "  autoInjection: {enabled: true}\n  hub:", want: newer + "spec.autoInjection: IstioOperator has no such field and istioctl 1.5 stops with an error; injection is part of istiod, always on"},
		{name: "defaultNamespace on 1.5", kind: "IstioOperator", old: "  hub:", new: "  defaultNamespace: istio-system\n  hub:", want: newer + "spec.defaultNamespace: IstioOperator has no such field; metadata.namespace or spec.values.global.istioNamespace took its place"},
		{name: "gateway without a name", kind: "IstioOperator", old: "name: istio-ingressgateway, ", new: "", want: newer + "spec.components.ingressGateways[0].name: required; the profile's own entry is found by it"},
		{name: "gateway of a wrong type", kind: "IstioOperator", old: "enabled: false", new: "enabled: 0", want: newer + "spec.components.ingressGateways[0].enabled: must be true or false, not a number"},
		{name: "gateways as an object", kind: "IstioOperator", old: "[{name: istio-ingressgateway, enabled: false}]", new: "{name: istio-ingressgateway}", want: newer + "spec.components.ingressGateways: must be a list, not an object"},
		{name: "hostname on 1.5", kind: "IstioOperator", old: "10.8.0.5", new: "istiod.example.com", want: newer + "spec.values.global.remotePilotAddress: Invalid value: \"istiod.example.com\": must be a valid IP address; the chart writes it into Endpoints"},
		{name: "discovery address without a port", kind: "IstioOperator", old: ".svc:15012", new: ".svc", want: newer + "spec.meshConfig.defaultConfig.discoveryAddress: must be host:port, not \"istiod-remote.istio-system.svc\""},
		{name: "service of pilot", kind: "IstioOperator", old: "components: {", new: "components: {pilot: {k8s: {service: {type: LoadBalancer}, serviceAnnotations: {a: b}}}, "},
		{name: "no metadata.name", kind: "IstioOperator", old: "name: istio-remote", new: "", want: "document 1: IstioOperator: metadata.name: required; kustomize refuses an object without one"},
		{name: "metadata.name that is none", kind: "IstioOperator", old: "name: istio-remote", new: "name: Istio", want: "IstioOperator/Istio: metadata.name: \"Istio\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"},
		{name: "annotation that is no text", kind: "IstioOperator", old: "{name: istio-remote}", new: "{name: istio-remote, annotations: {a: 1}}", want: newer + "metadata.annotations: \"a\" must be text, not a number"},
		{name: "metadata of a server", kind: "IstioOperator", old: "{name: istio-remote}", new: "{name: istio-remote, uid: x}", want: newer + "metadata.uid: nothing that a rendered object may carry"},
		{name: "annotation key", kind: "IstioOperator", old: "{name: istio-remote}", new: "{name: istio-remote, annotations: {a b: c}}", want: newer + "metadata.annotations: Invalid value: \"a b\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := replaceOnce(t, good[test.kind], test.old, test.new)
			got := ""
			if err := errors.Join(validator.Validate(validate.Versions{Kubernetes: "1.16", Istio: istioOf(test.kind)}, []byte(text))...); err != nil {
				got = err.Error()
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
		})
	}
}

// TestInstallKindsByRelease shows that the release decides which table an
// object is held to.
func TestInstallKindsByRelease(t *testing.T) {
	validator := open(t)
	const operator = "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nmetadata: {name: isthmus-west, namespace: istio-system}\nspec:\n  profile: remote\n  hub: docker.io/istio\n  tag: 1.30.3\n  revision: canary\n" +
		"  components: {cni: {enabled: true, namespace: istio-system}, ingressGateways: [{name: istio-eastwestgateway, namespace: istio-system, enabled: true, label: {istio: eastwestgateway}, k8s: {service: {ports: []}}}]}\n" +
		"  meshConfig: {trustDomain: cluster.local, defaultConfig: {proxyMetadata: {ISTIO_META_DNS_CAPTURE: \"true\"}, tracing: {zipkin: {address: \"10.8.0.8:9411\"}}}}\n" +
		"  values: {defaultRevision: \"\", revisionTags: [stable], istiodRemote: {injectionPath: /inject/cluster/west/net/vpn}, global: {meshID: m, network: vpn, multiCluster: {clusterName: west}, remotePilotAddress: istiod.example.com}}\n"
	const at = "IstioOperator/istio-system/isthmus-west: "
	for _, test := range []struct {
		name     string
		istio    string
		text     string // operator where it is empty
		old, new string
		want     string
	}{
		{name: "today", istio: "1.30.3"},
		{name: "first of today's", istio: "1.24.0"},
		{name: "minimal", istio: "1.30.3", old: "profile: remote", new: "profile: minimal"},
		{name: "profile of no shared control plane", istio: "1.30.3", old: "profile: remote", new: "profile: ambient", want: at + "spec.profile: must be default, minimal or remote, not ambient"},
		{name: "unknown key", istio: "1.30.3", old: "injectionPath", new: "injectionpath", want: at + "spec.values.istiodRemote.injectionpath: not a key that a profile of Istio 1.24 to 1.30 may use"},
		{name: "key of the past", istio: "1.30.3", old: "{meshID: m", new: "{mtls: {enabled: true}, trustDomain: t, meshID: m", want: at + "spec.values.global.mtls: gone; a PeerAuthentication took its place\n" + at + "spec.values.global.trustDomain: gone; spec.meshConfig.trustDomain took its place"},
		{name: "no tags", istio: "1.30.3", old: "[stable]", new: "[]", want: at + "spec.values.revisionTags: must not be empty"},
		{name: "metadata of a number", istio: "1.30.3", old: "\"true\"", new: "true", want: at + "spec.meshConfig.defaultConfig.proxyMetadata: \"ISTIO_META_DNS_CAPTURE\" must be text, not true or false"},
		{name: "today's keys on 1.5", istio: "1.5.10", old: "  components: {cni: {enabled: true, namespace: istio-system}, ingressGateways: [{name: istio-eastwestgateway, namespace: istio-system, enabled: true, label: {istio: eastwestgateway}, k8s: {service: {ports: []}}}]}\n", new: "", want: at + "spec.meshConfig.defaultConfig.proxyMetadata: not a key that a profile of Istio 1.5 may use\n" +
			at + "spec.meshConfig.defaultConfig.tracing: not a key that a profile of Istio 1.5 may use\n" + at + "spec.meshConfig.trustDomain: not a key that a profile of Istio 1.5 may use\n" + at + "spec.revision: not a key that a profile of Istio 1.5 may use\n" +
			at + "spec.values.defaultRevision: not a key that a profile of Istio 1.5 may use\n" + at + "spec.values.istiodRemote: not a key that a profile of Istio 1.5 may use\n" + at + "spec.values.revisionTags: not a key that a profile of Istio 1.5 may use\n" +
			at + "spec.values.global.remotePilotAddress: Invalid value: \"istiod.example.com\": must be a valid IP address; the chart writes it into Endpoints"},
		{name: "release without the kind", istio: "1.4.10", want: at + "Istio 1.4.10 has no install.istio.io/v1alpha1 IstioOperator"},
		{name: "release of no table", istio: "1.31.0", want: at + "Istio 1.31.0 has no install.istio.io/v1alpha1 IstioOperator"},
		{name: "no release", want: at + "which keys it may have depends on the release of Istio, and \"\" is none"},
		{name: "the old kind on today's", istio: "1.30.3", text: good["IstioControlPlane"], want: "IstioControlPlane/istio-remote: Istio 1.30.3 has no install.istio.io/v1alpha2 IstioControlPlane"},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := test.text
			if text == "" {
				text = replaceOnce(t, operator, test.old, test.new)
			}
			got := ""
			if err := errors.Join(validator.Validate(validate.Versions{Kubernetes: "1.34", Istio: test.istio}, []byte(text))...); err != nil {
				got = err.Error()
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
		})
	}
}

// replaceOnce fails where there is nothing to replace: such a case would test
// the good object.
func replaceOnce(t *testing.T, text, old, new string) string {
	t.Helper()
	if !strings.Contains(text, old) {
		t.Fatalf("%q is not in %q", old, text)
	}
	return strings.Replace(text, old, new, 1)
}
