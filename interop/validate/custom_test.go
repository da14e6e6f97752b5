package validate_test

import (
	"errors"
	"maps"
	"os"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/isthmus-mesh/isthmus/interop/validate"
)

// goodCustom are objects of other projects' kinds, one of each, with the fields
// that delivery and today's Istio need.
var goodCustom = map[string]string{
	"Kustomization": "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: isthmus-west-releases, namespace: flux-system}\nspec:\n" +
		"  interval: 60m\n  retryInterval: 2m\n  timeout: 3m\n  path: ./overlays/west/releases\n  prune: true\n  wait: true\n  sourceRef: {kind: GitRepository, name: flux-system}\n" +
		"  dependsOn: [{name: isthmus-west-namespaces}]\n  healthChecks: [{apiVersion: helm.toolkit.fluxcd.io/v2, kind: HelmRelease, name: istiod, namespace: istio-system}]\n" +
		"  healthCheckExprs: [{apiVersion: bitnami.com/v1alpha1, kind: SealedSecret, current: \"true\"}]\n  kubeConfig: {secretRef: {name: west}}\n",
	"HelmRepository": "apiVersion: source.toolkit.fluxcd.io/v1\nkind: HelmRepository\nmetadata: {name: istio, namespace: istio-system}\nspec: {interval: 60m, url: \"https://charts.example.com\"}\n",
	"HelmRelease": "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: istiod, namespace: istio-system}\nspec:\n  interval: 60m\n  timeout: 5m\n  releaseName: istiod\n" +
		"  dependsOn: [{name: istio-base}]\n  chart: {spec: {chart: istiod, version: 1.30.3, sourceRef: {kind: HelmRepository, name: istio}}}\n" +
		"  driftDetection: {mode: enabled, ignore: [{paths: [/webhooks/0/clientConfig/caBundle], target: {kind: MutatingWebhookConfiguration}}]}\n" +
		"  install: {crds: CreateReplace, remediation: {retries: -1}}\n  kubeConfig: {secretRef: {name: west}}\n  values: {global: {meshID: shop}}\n",
	"Application": "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: isthmus-west, namespace: argocd}\nspec:\n  project: default\n  destination: {name: west}\n" +
		"  sources: [{repoURL: \"https://git.example.com/mesh.git\", targetRevision: main, path: overlays/west, ref: mesh}, " +
		"{repoURL: \"https://charts.example.com\", chart: istiod, targetRevision: 1.30.3, helm: {releaseName: istiod, valueFiles: [$mesh/overlays/west/values-istiod.yaml]}}]\n" +
		"  syncPolicy: {automated: {prune: true}, syncOptions: [ServerSideApply=true]}\n  ignoreDifferences: [{group: admissionregistration.k8s.io, kind: MutatingWebhookConfiguration, jqPathExpressions: [\".webhooks[]?.clientConfig.caBundle\"]}]\n",
	"ApplicationSet": "apiVersion: argoproj.io/v1alpha1\nkind: ApplicationSet\nmetadata: {name: isthmus, namespace: argocd}\nspec:\n  goTemplate: true\n  goTemplateOptions: [missingkey=error]\n" +
		"  generators: [{git: {repoURL: \"https://git.example.com/mesh.git\", revision: main, directories: [{path: overlays/*}]}}]\n  syncPolicy: {preserveResourcesOnDeletion: true, applicationsSync: create-update}\n" +
		"  template: {metadata: {name: x}, spec: {project: default, destination: {name: x}, source: {repoURL: \"https://git.example.com/mesh.git\", path: x}}}\n",
	"SealedSecret": "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: {name: cacerts, namespace: istio-system}\nspec: {encryptedData: {ca-key.pem: AgB=}, template: {metadata: {name: cacerts, namespace: istio-system}}}\n",
	"ExternalSecret": "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: cacerts, namespace: istio-system}\nspec:\n  refreshInterval: 1h0m0s\n  secretStoreRef: {kind: SecretStore, name: vault}\n" +
		"  target: {name: cacerts, creationPolicy: Owner, deletionPolicy: Retain, template: {engineVersion: v2, mergePolicy: Replace, type: Opaque, metadata: {labels: {a: b}}}}\n" +
		"  data: [{secretKey: ca-key.pem, remoteRef: {key: mesh/cacerts-east, property: ca-key.pem, conversionStrategy: Default, decodingStrategy: None, metadataPolicy: None}}]\n",
	"Gateway": "apiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: istiod-gateway, namespace: istio-system}\nspec:\n  selector: {istio: eastwestgateway}\n" +
		"  servers: [{port: {name: tls-istiod, number: 15012, protocol: TLS}, tls: {mode: PASSTHROUGH}, hosts: [\"*\"]}]\n",
	"VirtualService": "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: istiod-vs, namespace: istio-system}\nspec:\n  hosts: [\"*\"]\n  gateways: [istiod-gateway]\n" +
		"  tls: [{match: [{port: 15012, sniHosts: [\"*\"]}], route: [{destination: {host: istiod.istio-system.svc.cluster.local, port: {number: 15012}}}]}]\n",
	"DestinationRule":    "apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: istiod-dr, namespace: istio-system}\nspec: {host: istiod.istio-system.svc.cluster.local, trafficPolicy: {tls: {mode: DISABLE}}}\n",
	"PeerAuthentication": "apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {name: default, namespace: istio-system}\nspec: {mtls: {mode: STRICT}}\n",
	"Istio": "apiVersion: sailoperator.io/v1\nkind: Istio\nmetadata: {name: default}\nspec:\n  version: v1.30.3\n  namespace: istio-system\n  profile: remote\n  updateStrategy: {type: InPlace}\n  values:\n" +
		"    istiodRemote: {enabled: true, enabledLocalInjectorIstiod: false, injectionPath: /inject/cluster/west/net/vpn, injectionURL: \"https://istiod.example.com:15017/inject\", injectionCABundle: QQ==}\n" +
		"    base: {validationURL: \"https://istiod.example.com:15017/validate\", validationCABundle: QQ==}\n    pilot: {cni: {enabled: true, provider: default}, env: {A: b}}\n" +
		"    meshConfig: {trustDomain: cluster.local, rootNamespace: istio-system, enableTracing: true, defaultConfig: {discoveryAddress: \"istiod.istio-system.svc:15012\", proxyMetadata: {ISTIO_META_DNS_CAPTURE: \"true\"}, tracing: {zipkin: {address: \"10.8.0.8:9411\"}}}}\n" +
		"    global: {remotePilotAddress: 10.8.0.5, meshID: shop, network: vpn, multiCluster: {clusterName: west}, istioNamespace: istio-system, externalIstiod: false, configCluster: false, enableReaderRBAC: true, caAddress: \"\", hub: docker.io/istio, tag: 1.30.3, proxy: {clusterDomain: cluster.local}}\n",
	"IstioCNI":         "apiVersion: sailoperator.io/v1\nkind: IstioCNI\nmetadata: {name: default}\nspec: {version: v1.30.3, namespace: istio-cni, values: {cni: {excludeNamespaces: [kube-system]}}}\n",
	"IstioRevisionTag": "apiVersion: sailoperator.io/v1\nkind: IstioRevisionTag\nmetadata: {name: stable}\nspec: {targetRef: {kind: Istio, name: default}}\n",
}

var today = validate.Versions{Kubernetes: "1.34", Istio: "1.30.3"}

func TestCustomGood(t *testing.T) {
	validator := open(t)
	for _, kind := range slices.Sorted(maps.Keys(goodCustom)) {
		if err := errors.Join(validator.Validate(today, []byte(goodCustom[kind]))...); err != nil {
			t.Error(err)
		}
	}
}

func TestCustomBad(t *testing.T) {
	validator := open(t)
	for _, test := range []struct {
		name     string
		kind     string // of the good object
		old, new string
		text     string // a whole file instead
		want     string
	}{
		{name: "Kustomization field", kind: "Kustomization", old: "retryInterval", new: "retryIntervall", want: "Kustomization/flux-system/isthmus-west-releases: spec.retryIntervall: unknown field"},
		{name: "ExternalSecret field", kind: "ExternalSecret", old: "property:", new: "propertie:", want: "ExternalSecret/istio-system/cacerts: spec.data[0].remoteRef.propertie: unknown field"},
		{name: "ExternalSecret policy", kind: "ExternalSecret", old: "Owner", new: "Own", want: "ExternalSecret/istio-system/cacerts: spec.target.creationPolicy: Unsupported value: \"Own\": supported values: \"Owner\", \"Orphan\", \"Merge\", \"None\""},
		{name: "Kustomization type", kind: "Kustomization", old: "prune: true", new: "prune: \"true\"", want: "Kustomization/flux-system/isthmus-west-releases: spec.prune: Invalid value: \"string\": spec.prune in body must be of type boolean: \"string\""},
		{name: "Kustomization duration", kind: "Kustomization", old: "interval: 60m", new: "interval: 1 hour", want: "Kustomization/flux-system/isthmus-west-releases: spec.interval: Invalid value: \"1 hour\": spec.interval in body should match '^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$'"},
		{name: "Kustomization without prune", kind: "Kustomization", old: "  prune: true\n", new: "", want: "Kustomization/flux-system/isthmus-west-releases: spec.prune: Required value"},
		{name: "Kustomization health check without a name", kind: "Kustomization", old: "kind: HelmRelease, name: istiod,", new: "kind: HelmRelease,", want: "Kustomization/flux-system/isthmus-west-releases: spec.healthChecks[0].name: Required value"},
		{name: "Kustomization without a namespace", kind: "Kustomization", old: ", namespace: flux-system}\nspec", new: "}\nspec", want: "Kustomization/isthmus-west-releases: metadata.namespace: Required value"},
		{name: "Kustomization metadata", kind: "Kustomization", old: ", namespace: flux-system}\nspec", new: ", namespace: flux-system, label: {a: b}}\nspec", want: "Kustomization/flux-system/isthmus-west-releases: metadata.label: unknown field"},
		{name: "Kustomization by a rule", kind: "Kustomization", old: "secretRef: {name: west}", new: "secretRef: {name: west}, configMapRef: {name: west}", want: "Kustomization/flux-system/isthmus-west-releases: spec.kubeConfig: Invalid value: exactly one of spec.kubeConfig.configMapRef or spec.kubeConfig.secretRef must be specified"},
		{name: "HelmRepository field", kind: "HelmRepository", old: "url:", new: "address:", want: "HelmRepository/istio-system/istio: spec.address: unknown field\nHelmRepository/istio-system/istio: spec.url: Required value"},
		{name: "HelmRepository scheme", kind: "HelmRepository", old: "https://", new: "ftp://", want: "HelmRepository/istio-system/istio: spec.url: Invalid value: \"ftp://charts.example.com\": spec.url in body should match '^(http|https|oci)://.*$'"},
		{name: "HelmRelease field", kind: "HelmRelease", old: "releaseName", new: "release", want: "HelmRelease/istio-system/istiod: spec.release: unknown field"},
		{name: "HelmRelease by a rule", kind: "HelmRelease", old: "  chart: {spec: {chart: istiod, version: 1.30.3, sourceRef: {kind: HelmRepository, name: istio}}}\n", new: "", want: "HelmRelease/istio-system/istiod: spec: Invalid value: either chart or chartRef must be set"},
		{name: "Application field", kind: "Application", old: "releaseName", new: "name", want: "Application/argocd/isthmus-west: spec.sources[1].helm.name: unknown field"},
		{name: "Application type", kind: "Application", old: "path: overlays/west", new: "path: [overlays/west]", want: "Application/argocd/isthmus-west: spec.sources[0].path: Invalid value: \"array\": spec.sources[0].path in body must be of type string: \"array\""},
		{name: "ApplicationSet field", kind: "ApplicationSet", old: "preserveResourcesOnDeletion", new: "preserveResources", want: "ApplicationSet/argocd/isthmus: spec.syncPolicy.preserveResources: unknown field"},
		{name: "SealedSecret field", kind: "SealedSecret", old: "encryptedData", new: "encrypted", want: "SealedSecret/istio-system/cacerts: spec.encrypted: unknown field\nSealedSecret/istio-system/cacerts: spec.encryptedData: Required value"},
		{name: "Gateway field", kind: "Gateway", old: "hosts:", new: "host:", want: "Gateway/istio-system/istiod-gateway: spec.servers[0].host: unknown field\nGateway/istio-system/istiod-gateway: spec.servers[0].hosts: Required value"},
		{name: "Gateway enumeration", kind: "Gateway", old: "PASSTHROUGH", new: "PASS", want: "Gateway/istio-system/istiod-gateway: spec.servers[0].tls.mode: Unsupported value: \"PASS\": supported values: \"PASSTHROUGH\", \"SIMPLE\", \"MUTUAL\", \"AUTO_PASSTHROUGH\", \"ISTIO_MUTUAL\", \"OPTIONAL_MUTUAL\""},
		{name: "VirtualService field", kind: "VirtualService", old: "sniHosts", new: "sni", want: "VirtualService/istio-system/istiod-vs: spec.tls[0].match[0].sni: unknown field\nVirtualService/istio-system/istiod-vs: spec.tls[0].match[0].sniHosts: Required value"},
		{name: "DestinationRule field", kind: "DestinationRule", old: "trafficPolicy", new: "policy", want: "DestinationRule/istio-system/istiod-dr: spec.policy: unknown field"},
		{name: "PeerAuthentication by a rule", kind: "PeerAuthentication", old: "spec: {", new: "spec: {portLevelMtls: {80: {mode: STRICT}}, ", want: "PeerAuthentication/istio-system/default: spec: Invalid value: portLevelMtls requires selector"},
		{name: "Istio field", kind: "Istio", old: "injectionPath", new: "injectionpath", want: "Istio/default: spec.values.istiodRemote.injectionpath: unknown field"},
		{name: "Istio tags, which are objects of their own", kind: "Istio", old: "  values:\n", new: "  values:\n    revisionTags: [stable]\n", want: "Istio/default: spec.values.revisionTags: unknown field"},
		{name: "Istio version without a v", kind: "Istio", old: "v1.30.3", new: "1.30.3", want: "Istio/default: spec.version: Invalid value: \"1.30.3\": spec.version in body should match '^v1\\.(2[4-9]|30)\\.(0|[1-9][0-9]?)$'"},
		{name: "Istio version that the operator never had", kind: "Istio", old: "v1.30.3", new: "v1.25.0", want: "Istio/default: spec.version: Invalid value: \"v1.25.0\": the operator has no 1.25.0"},
		{name: "Istio in two namespaces", kind: "Istio", old: "istioNamespace: istio-system", new: "istioNamespace: mesh", want: "Istio/default: spec: Invalid value: spec.values.global.istioNamespace must match spec.namespace"},
		{name: "Istio in a namespace", kind: "Istio", old: "{name: default}", new: "{name: default, namespace: istio-system}", want: "Istio/istio-system/default: metadata.namespace: Forbidden: not allowed on this type"},
		{name: "IstioCNI of another name", kind: "IstioCNI", old: "{name: default}", new: "{name: cni}", want: "IstioCNI/cni: <nil>: Invalid value: metadata.name must be 'default'"},
		{name: "IstioRevisionTag of a kind", kind: "IstioRevisionTag", old: "kind: Istio,", new: "kind: Revision,", want: "IstioRevisionTag/stable: spec.targetRef.kind: Unsupported value: \"Revision\": supported values: \"Istio\", \"IstioRevision\""},

		{name: "kind of nobody", text: "apiVersion: sailoperator.io/v1\nkind: RemoteIstio\nmetadata: {name: a}\n", want: "RemoteIstio/a: no CRD of sailoperator.io has the kind RemoteIstio"},
		{name: "version of nobody", kind: "HelmRelease", old: "fluxcd.io/v2\nkind: HelmRelease", new: "fluxcd.io/v3\nkind: HelmRelease", want: "HelmRelease/istio-system/istiod: helmreleases.helm.toolkit.fluxcd.io does not serve v3"},
		{name: "group of nobody", text: "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: a, namespace: b}\n", want: "Gateway/b/a: no schema for gateway.networking.k8s.io/v1 Gateway in Kubernetes 1.34.2"},
		{name: "null", kind: "HelmRelease", old: "meshID: shop", new: "meshID: ", want: "HelmRelease/istio-system/istiod: spec.values.global.meshID: null, where a value or nothing belongs"},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := test.text
			if text == "" {
				text = replaceOnce(t, goodCustom[test.kind], test.old, test.new)
			}
			got := ""
			if err := errors.Join(validator.Validate(today, []byte(text))...); err != nil {
				got = err.Error()
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("errors (-want +got):\n%s", diff)
			}
		})
	}
}

// TestSailPublished holds schemas/sail to the operator's own CRD, for people
// who have the file: what the one takes, so does the other. goodCustom has
// every field of the small schema.
func TestSailPublished(t *testing.T) {
	path := os.Getenv("SAIL_CRD")
	if path == "" {
		t.Skip("SAIL_CRD names no file with the CRD of sailoperator.io Istio")
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	validator := open(t)
	if count, err := validator.Define(data); err != nil || count == 0 {
		t.Fatalf("%d CRDs, %v", count, err)
	}
	if err := errors.Join(validator.Validate(today, []byte(goodCustom["Istio"]))...); err != nil {
		t.Error(err)
	}
	for _, version := range []string{"v1.24.0", "v1.25.1", "v1.26.8", "v1.27.9", "v1.28.0", "v1.29.6"} {
		if err := errors.Join(validator.Validate(today, []byte(replaceOnce(t, goodCustom["Istio"], "v1.30.3", version)))...); err != nil {
			t.Error(err)
		}
	}
	if len(validator.Validate(today, []byte(replaceOnce(t, goodCustom["Istio"], "v1.30.3", "v1.25.0")))) == 0 {
		t.Error("the published CRD takes 1.25.0, the small one does not")
	}
}
