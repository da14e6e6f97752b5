package validate

// The two kinds of Istio's installer were never served by an API server that
// has a schema for them, so what follows stands in for one: the keys that a
// profile may use, each with the place where the release says so. A key that is
// not here is refused, even if the release has it: add it with its source.
//
// References read repository@release:path. "installer" is istio/installer and
// "operator" is istio/operator, both of branch release-1.4; "istio" is
// istio/istio, whose manifests and operator folders took them in with 1.5.

// installKinds is keyed by apiVersion and kind. Istio went from v1alpha2 back
// to v1alpha1 when it renamed the kind; IstioOperator has a table for 1.5 and
// one for today.
var installKinds = map[string][]installKind{
	"install.istio.io/v1alpha2 IstioControlPlane": {{release: "1.4", first: 4, last: 4, keys: controlPlaneKeys, refused: map[string]string{
		"spec.components":                        "IstioControlPlane groups components by feature: spec.trafficManagement, spec.gateways",
		"spec.meshConfig":                        "IstioControlPlane has no mesh configuration of its own; it came with IstioOperator in 1.5",
		"spec.values.global.remoteZipkinAddress": remoteZipkin,
	}}},
	"install.istio.io/v1alpha1 IstioOperator": {{release: "1.5", first: 5, last: 5, stubbed: true, keys: operatorKeys, refused: map[string]string{
		"spec.gateways":                          "IstioOperator has no such field and istioctl 1.5 stops with \"bad path=value\"; spec.components.ingressGateways took its place",
		"spec.autoInjection":                     "IstioOperator has no such field and istioctl 1.5 stops with an error; injection is part of istiod, always on",
		"spec.defaultNamespace":                  "IstioOperator has no such field; metadata.namespace or spec.values.global.istioNamespace took its place",
		"spec.trafficManagement":                 "IstioOperator has no features; spec.components.pilot took its place",
		"spec.security":                          "IstioOperator has no features; spec.components.citadel took its place",
		"spec.values.global.remoteZipkinAddress": remoteZipkin,
	}}, {release: "1.24 to 1.30", first: 24, last: 30, keys: todayKeys, refused: todayRefused}},
}

// remoteZipkin: both operators answer `unknown field "remoteZipkinAddress" in
// v1alpha1.GlobalConfig`; only the Helm chart of 1.4 knew it.
const remoteZipkin = "the operator's GlobalConfig has no such field; spec.values.global.tracer.zipkin.address takes host:port"

// common keys mean the same in both releases: installer:global.yaml and
// istio@1.5.10:manifests/global.yaml hold the defaults, and
// istio@1.5.10:operator/pkg/apis/istio/v1alpha1/values_types.proto the types.
var common = []key{
	{"spec.profile", profile, "operator:data/profiles; istio@1.5.10:operator/data/profiles"},
	{"spec.hub", text, "operator:data/profiles/default.yaml; istio@1.5.10:operator/data/profiles/default.yaml"},
	{"spec.tag", text, "operator:data/profiles/default.yaml; istio@1.5.10:operator/data/profiles/default.yaml"},

	{"spec.values.global.meshID", text, "installer:global.yaml:402-411"},
	{"spec.values.global.trustDomain", text, "installer:global.yaml"},
	{"spec.values.global.network", text, "installer:global.yaml; injection-template.yaml:267-269"},
	{"spec.values.global.multiCluster.clusterName", text, "installer:global.yaml; injection-template.yaml:251-252"},
	{"spec.values.global.istioNamespace", text, "installer:global.yaml"},
	{"spec.values.global.configNamespace", text, "installer:global.yaml"},
	{"spec.values.global.mtls.enabled", boolean, "installer:global.yaml; istio-discovery/templates/enable-mesh-mtls.yaml"},
	{"spec.values.global.controlPlaneSecurityEnabled", boolean, "installer:global.yaml:224; istio@1.5.10:manifests/global.yaml:242"},
	{"spec.values.global.createRemoteSvcEndpoints", boolean, "installer:base/templates/services.yaml:1-61"},
	{"spec.values.global.remotePilotCreateSvcEndpoint", boolean, "installer:base/templates/services.yaml:1; no effect from 1.5.1 on"},
	{"spec.values.global.remotePilotAddress", address, "installer:global.yaml:533; istio@1.5.10:manifests/global.yaml:569"},
	{"spec.values.global.remotePolicyAddress", address, "installer:base/templates/endpoints.yaml"},
	{"spec.values.global.remoteTelemetryAddress", address, "installer:base/templates/endpoints.yaml"},
	{"spec.values.global.tracer.zipkin.address", hostPort, "installer:istio-control/istio-discovery/templates/configmap.yaml:245-249"},
	{"spec.values.global.enableTracing", boolean, "operator:data/profiles/remote.yaml:38"},
	{"spec.values.global.istioRemote", boolean, "installer:istio-control/istio-discovery/templates/configmap.yaml:33"},
	{"spec.values.global.meshExpansion.enabled", boolean, "installer:gateways/istio-ingress/templates/meshexpansion.yaml:1-88"},
	{"spec.values.global.proxy.clusterDomain", text, "installer:global.yaml; istio@1.5.10:manifests/global.yaml"},
	{"spec.values.security.selfSigned", boolean, "installer:security/citadel/templates/deployment.yaml:52-101"},
	{"spec.values.gateways.istio-ingressgateway.ports", list, "installer:gateways/istio-ingress/values.yaml; istio@1.5.10:manifests/gateways/istio-ingress/values.yaml"},
	{"spec.values.prometheus.enabled", boolean, "operator:data/profiles/remote.yaml"},
}

var controlPlaneKeys = append([]key{
	{"spec.defaultNamespace", text, "operator:data/translateConfig/translateConfig-1.4.yaml:8-9"},
	{"spec.gateways.enabled", boolean, "operator:data/profiles/remote.yaml"},
	{"spec.gateways.components.ingressGateway.enabled", boolean, "istio@1.5.10:operator/data/translateConfig/translate-ICP-IOP-1.5.yaml"},
	{"spec.gateways.components.egressGateway.enabled", boolean, "istio@1.5.10:operator/data/translateConfig/translate-ICP-IOP-1.5.yaml"},
	{"spec.autoInjection.enabled", boolean, "operator:data/profiles/remote.yaml:16-17, false there"},
	{"spec.trafficManagement.enabled", boolean, "operator:data/profiles/remote.yaml"},
	{"spec.trafficManagement.components.pilot.k8s.overlays", overlays, "operator:pkg/apis/istio/v1alpha2/istiocontrolplane_types.proto; k8s.service is read by nothing there"},
	{"spec.policy.enabled", boolean, "operator:data/profiles/remote.yaml"},
	{"spec.policy.components.policy.k8s.overlays", overlays, "operator:pkg/apis/istio/v1alpha2/istiocontrolplane_types.proto"},
	{"spec.telemetry.enabled", boolean, "operator:data/profiles/remote.yaml"},
	{"spec.telemetry.components.telemetry.k8s.overlays", overlays, "operator:pkg/apis/istio/v1alpha2/istiocontrolplane_types.proto"},
	{"spec.configManagement.enabled", boolean, "operator:data/profiles/remote.yaml"},
}, common...)

var operatorKeys = append([]key{
	{"spec.components.ingressGateways[].name", text, "istio@1.5.10:operator/data/profiles/default.yaml"},
	{"spec.components.ingressGateways[].enabled", boolean, "istio@1.5.10:operator/data/profiles/default.yaml"},
	{"spec.components.ingressGateways[].namespace", text, "istio@1.5.10:operator/pkg/apis/istio/v1alpha1, GatewaySpec"},
	{"spec.components.ingressGateways[].label", texts, "istio@1.5.10:operator/pkg/apis/istio/v1alpha1, GatewaySpec; read since 1.5.6, issue 23303"},
	{"spec.components.ingressGateways[].k8s.service", object, "istio@1.5.10:operator/data/translateConfig/translateConfig-1.5.yaml:39-42"},
	{"spec.components.ingressGateways[].k8s.serviceAnnotations", texts, "istio@1.5.10:operator/data/translateConfig/translateConfig-1.5.yaml:39-42"},
	{"spec.components.egressGateways[].name", text, "istio@1.5.10:operator/data/profiles/default.yaml"},
	{"spec.components.egressGateways[].enabled", boolean, "istio@1.5.10:operator/data/profiles/default.yaml"},
	{"spec.components.pilot.enabled", boolean, "istio@1.5.10:operator/data/translateConfig/translate-ICP-IOP-1.5.yaml"},
	{"spec.components.pilot.k8s.service", object, "istio@1.5.10:operator/data/translateConfig/translateConfig-1.5.yaml:39-42"},
	{"spec.components.pilot.k8s.serviceAnnotations", texts, "istio@1.5.10:operator/data/translateConfig/translateConfig-1.5.yaml:39-42"},
	{"spec.components.policy.k8s.service", object, "istio@1.5.10:operator/data/translateConfig/translateConfig-1.5.yaml:39-42"},
	{"spec.components.policy.k8s.serviceAnnotations", texts, "istio@1.5.10:operator/data/translateConfig/translateConfig-1.5.yaml:39-42"},
	{"spec.components.telemetry.k8s.service", object, "istio@1.5.10:operator/data/translateConfig/translateConfig-1.5.yaml:39-42"},
	{"spec.components.telemetry.k8s.serviceAnnotations", texts, "istio@1.5.10:operator/data/translateConfig/translateConfig-1.5.yaml:39-42"},
	{"spec.components.policy.enabled", boolean, "istio@1.5.10:operator/data/translateConfig/translate-ICP-IOP-1.5.yaml"},
	{"spec.components.telemetry.enabled", boolean, "istio@1.5.10:operator/data/translateConfig/translate-ICP-IOP-1.5.yaml"},
	{"spec.components.citadel.enabled", boolean, "istio@1.5.10:operator/data/translateConfig/translate-ICP-IOP-1.5.yaml"},
	{"spec.components.galley.enabled", boolean, "istio@1.5.10:operator/data/translateConfig/translate-ICP-IOP-1.5.yaml"},
	{"spec.components.sidecarInjector.enabled", boolean, "istio@1.5.10:operator/data/translateConfig/translate-ICP-IOP-1.5.yaml"},
	{"spec.addonComponents.prometheus.enabled", boolean, "istio@1.5.10:operator/data/profiles/default.yaml"},
	{"spec.meshConfig.rootNamespace", text, "istio@1.5.10:operator/data/translateConfig/translateConfig-1.5.yaml:8-9"},
	{"spec.meshConfig.defaultConfig.discoveryAddress", hostPort, "istio/api@1.5:mesh/v1alpha1/proxy.proto, ProxyConfig.discovery_address"},
	{"spec.values.global.istiod.enabled", boolean, "istio@1.5.10:manifests/base/templates/services.yaml:1-36"},
}, common...)
