package validate

import "fmt"

// The table of IstioOperator for Istio 1.24 to 1.30, where it is a file that
// `istioctl install` reads and no cluster serves it. "istio" is istio/istio;
// fields of the object are in operator/pkg/apis/types.go, those of values in
// operator/pkg/apis/values_types.proto, and what a chart does with them in
// manifests/charts.

var todayKeys = []key{
	{"spec.profile", todayProfile, "istio:manifests/profiles"},
	{"spec.hub", text, "istio:operator/pkg/apis/types.go, IstioOperatorSpec"},
	{"spec.tag", text, "istio:operator/pkg/apis/types.go, IstioOperatorSpec"},
	{"spec.namespace", text, "istio:operator/pkg/apis/types.go, IstioOperatorSpec"},
	{"spec.revision", text, "istio:operator/pkg/apis/types.go, IstioOperatorSpec"},

	{"spec.components.base.enabled", boolean, "istio:manifests/profiles/default.yaml"},
	{"spec.components.pilot.enabled", boolean, "istio:manifests/profiles/default.yaml"},
	{"spec.components.pilot.k8s.overlays", overlays, "istio:operator/pkg/apis/types.go, KubernetesResources"},
	{"spec.components.pilot.k8s.serviceAnnotations", texts, "istio:operator/pkg/apis/types.go, KubernetesResources"},
	{"spec.components.cni.enabled", boolean, "istio:operator/pkg/apis/types.go, IstioComponentSpec"},
	{"spec.components.cni.namespace", text, "istio:operator/pkg/apis/types.go, ComponentSpec"},
	{"spec.components.ingressGateways[].name", text, "istio:manifests/profiles/default.yaml"},
	{"spec.components.ingressGateways[].namespace", text, "istio:operator/pkg/apis/types.go, ComponentSpec"},
	{"spec.components.ingressGateways[].enabled", boolean, "istio:manifests/profiles/default.yaml, on there"},
	{"spec.components.ingressGateways[].label", texts, "istio:operator/pkg/apis/types.go, GatewayComponentSpec"},
	{"spec.components.ingressGateways[].k8s.env", list, "istio:operator/pkg/apis/types.go, KubernetesResources"},
	{"spec.components.ingressGateways[].k8s.service", object, "istio:samples/multicluster/gen-eastwest-gateway.sh"},
	{"spec.components.ingressGateways[].k8s.serviceAnnotations", texts, "istio:operator/pkg/apis/types.go, KubernetesResources"},
	{"spec.components.egressGateways[].name", text, "istio:manifests/profiles/default.yaml"},
	{"spec.components.egressGateways[].enabled", boolean, "istio:manifests/profiles/default.yaml"},

	{"spec.meshConfig.trustDomain", text, "istio/api:mesh/v1alpha1/config.proto, MeshConfig"},
	{"spec.meshConfig.rootNamespace", text, "istio/api:mesh/v1alpha1/config.proto, MeshConfig"},
	{"spec.meshConfig.enableTracing", boolean, "istio/api:mesh/v1alpha1/config.proto, MeshConfig"},
	{"spec.meshConfig.extensionProviders", list, "istio/api:mesh/v1alpha1/config.proto, MeshConfig"},
	{"spec.meshConfig.defaultConfig.discoveryAddress", hostPort, "istio/api:mesh/v1alpha1/proxy.proto, ProxyConfig"},
	{"spec.meshConfig.defaultConfig.proxyMetadata", texts, "istio/api:mesh/v1alpha1/proxy.proto, ProxyConfig; ISTIO_META_DNS_CAPTURE"},
	{"spec.meshConfig.defaultConfig.tracing.zipkin.address", hostPort, "istio/api:mesh/v1alpha1/proxy.proto, Tracing"},

	{"spec.values.profile", profile, "istio:manifests/profiles/remote.yaml"},
	{"spec.values.revision", text, "istio:operator/pkg/apis/values_types.proto, Values"},
	{"spec.values.revisionTags", list, "istio:manifests/charts/istio-control/istio-discovery/templates/revision-tags-mwc.yaml"},
	{"spec.values.defaultRevision", anyText, "istio:manifests/profiles/default.yaml, empty there, so that there is no default validator"},
	{"spec.values.base.validationFailurePolicy", text, "istio:manifests/charts/base/templates/defaultrevision-validatingwebhookconfiguration.yaml"},
	{"spec.values.base.validationURL", text, "istio:manifests/charts/base/values.yaml"},
	{"spec.values.base.validationCABundle", text, "istio:manifests/charts/base/values.yaml"},
	{"spec.values.cni.enabled", boolean, "istio:manifests/charts/istio-control/istio-discovery/values.yaml"},
	{"spec.values.pilot.cni.enabled", boolean, "istio:operator/pkg/apis/values_types.proto, PilotConfig"},
	{"spec.values.pilot.cni.provider", text, "istio:operator/pkg/apis/values_types.proto, PilotConfig"},
	{"spec.values.pilot.env", texts, "istio:operator/pkg/apis/values_types.proto, PilotConfig"},
	{"spec.values.istiodRemote.enabled", boolean, "istio:manifests/charts/istio-control/istio-discovery/files/profile-remote.yaml"},
	{"spec.values.istiodRemote.enabledLocalInjectorIstiod", boolean, "istio:manifests/charts/istio-control/istio-discovery/templates/service.yaml; 1.27 on"},
	{"spec.values.istiodRemote.injectionPath", text, "istio:manifests/charts/istio-control/istio-discovery/templates/mutatingwebhook.yaml"},
	{"spec.values.istiodRemote.injectionURL", text, "istio:manifests/charts/istio-control/istio-discovery/templates/mutatingwebhook.yaml"},
	{"spec.values.istiodRemote.injectionCABundle", text, "istio:manifests/charts/istio-control/istio-discovery/templates/mutatingwebhook.yaml"},
	{"spec.values.global.hub", text, "istio:operator/pkg/apis/values_types.proto, GlobalConfig"},
	{"spec.values.global.tag", text, "istio:operator/pkg/apis/values_types.proto, GlobalConfig"},
	{"spec.values.global.meshID", text, "istio:operator/pkg/apis/values_types.proto, GlobalConfig"},
	{"spec.values.global.network", text, "istio:operator/pkg/apis/values_types.proto, GlobalConfig"},
	{"spec.values.global.multiCluster.clusterName", text, "istio:operator/pkg/apis/values_types.proto, MultiClusterConfig"},
	{"spec.values.global.istioNamespace", text, "istio:operator/pkg/apis/values_types.proto, GlobalConfig"},
	{"spec.values.global.externalIstiod", boolean, "istio:manifests/charts/istio-control/istio-discovery/templates/deployment.yaml"},
	{"spec.values.global.configCluster", boolean, "istio:operator/pkg/apis/values_types.proto, GlobalConfig"},
	{"spec.values.global.enableReaderRBAC", boolean, "istio:manifests/charts/base/templates/reader-serviceaccount.yaml; 1.30 on"},
	{"spec.values.global.remotePilotAddress", address, "istio:manifests/charts/istio-control/istio-discovery/templates/remote-istiod-service.yaml"},
	{"spec.values.global.caAddress", hostPort, "istio:operator/pkg/apis/values_types.proto, GlobalConfig"},
	{"spec.values.global.proxy.clusterDomain", text, "istio:operator/pkg/apis/values_types.proto, ProxyConfig"},
}

var todayRefused = map[string]string{
	"spec.gateways":                                   "IstioOperator has no such field; spec.components.ingressGateways took its place",
	"spec.autoInjection":                              "IstioOperator has no such field; injection is part of istiod",
	"spec.components.policy":                          "Mixer is gone since Istio 1.8",
	"spec.components.telemetry":                       "Mixer is gone since Istio 1.8",
	"spec.values.security":                            "gone; whether a Secret cacerts exists decides who signs",
	"spec.values.global.trustDomain":                  "gone; spec.meshConfig.trustDomain took its place",
	"spec.values.global.mtls":                         "gone; a PeerAuthentication took its place",
	"spec.values.global.controlPlaneSecurityEnabled":  "gone; the control plane always speaks TLS",
	"spec.values.global.createRemoteSvcEndpoints":     "gone; istiodRemote.enabled and an address make the Service",
	"spec.values.global.remotePilotCreateSvcEndpoint": "gone; istiodRemote.enabled and an address make the Service",
	"spec.values.global.remotePolicyAddress":          "Mixer is gone since Istio 1.8",
	"spec.values.global.remoteTelemetryAddress":       "Mixer is gone since Istio 1.8",
	"spec.values.global.tracer":                       "a key of the past; spec.meshConfig.defaultConfig.tracing took its place",
}

// todayProfile adds minimal, which is default without its ingress gateway.
func todayProfile(value any) string {
	if value != "default" && value != "minimal" && value != "remote" {
		return fmt.Sprintf("must be default, minimal or remote, not %v", value)
	}
	return ""
}
