package charts

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"

	"github.com/isthmus-mesh/isthmus/interop/validate"
)

func parse(t *testing.T, text string) map[string]any {
	t.Helper()
	values := map[string]any{}
	if err := yaml.Unmarshal([]byte(text), &values); err != nil {
		t.Fatal(err)
	}
	return values
}

func TestUnknownKeys(t *testing.T) {
	for _, test := range []struct {
		name   string
		chart  string
		values string
		want   []string
	}{
		{name: "what a primary needs", chart: "istiod", values: "{revision: a, revisionTags: [b], global: {meshID: m, network: n, multiCluster: {clusterName: c}, externalIstiod: true, istioNamespace: i, proxy: {clusterDomain: d}}, meshConfig: {trustDomain: t, defaultConfig: {proxyMetadata: {A: b}}}}"},
		{name: "what a remote needs", chart: "istiod", values: "{profile: remote, istiodRemote: {injectionPath: /inject, injectionURL: u, injectionCABundle: b, enabledLocalInjectorIstiod: true}, global: {remotePilotAddress: a, enableReaderRBAC: false}}"},
		{name: "key of nobody", chart: "istiod", values: "{global: {remotePilotAddres: a}, istiodremote: {}}", want: []string{"global.remotePilotAddres", "istiodremote"}},
		{name: "key of the past", chart: "istiod", values: "{global: {mtls: {enabled: true}, trustDomain: t}}", want: []string{"global.mtls", "global.trustDomain"}},
		{name: "by the old prefix", chart: "istiod", values: "{pilot: {cni: {enabled: true}, env: {A: b}, cnis: {}}}", want: []string{"pilot.cnis"}},
		{name: "without the prefix", chart: "istiod", values: "{cni: {enabled: true, enable: true}}", want: []string{"cni.enable"}},
		{name: "text for a map", chart: "istiod", values: "{istiodRemote: yes}", want: []string{"istiodRemote"}},
		{name: "the internal map", chart: "istiod", values: "{_internal_defaults_do_not_set: {revision: a}}", want: []string{"_internal_defaults_do_not_set"}},
		{name: "labels are free", chart: "istiod", values: "{serviceAnnotations: {a: b}, podLabels: {a: b}, affinity: {nodeAffinity: {}}}"},
		{name: "base", chart: "base", values: "{profile: remote, defaultRevision: a, base: {validationFailurePolicy: Fail, validationURL: u}, global: {istioNamespace: i, meshID: m}}", want: []string{"global.meshID"}},
		{name: "gateway", chart: "gateway", values: "{name: n, revision: a, labels: {istio: x}, networkGateway: n, service: {ports: [], annotations: {a: b}, loadBalancerIP: i, loadBalancerClass: c, loadBalancerSourceRanges: [r], loadBalancerSource: s}}", want: []string{"service.loadBalancerSource"}},
		{name: "cni", chart: "cni", values: "{cni: {excludeNamespaces: [a]}, excludeNamespaces: [b], chain: true}", want: []string{"chain"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := Release{Chart: test.chart, Values: parse(t, test.values)}.UnknownKeys()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("keys (-want +got):\n%s", diff)
			}
		})
	}
	if _, err := (Release{Chart: "ztunnel"}).UnknownKeys(); err == nil || err.Error() != `no chart "ztunnel"; there are base, cni, gateway, istiod` {
		t.Errorf("no such chart: got %v", err)
	}
}

// TestUnlisted holds the list to the charts: each key is read by a template.
func TestUnlisted(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(unlisted)) {
		template, err := open(name)
		if err != nil {
			t.Fatal(err)
		}
		var text strings.Builder
		for _, file := range template.Templates {
			text.Write(file.Data)
		}
		for _, key := range unlisted[name] {
			parts := strings.Split(key, ".")
			reads := []string{
				".Values." + key,
				"($.Values)." + key,
				`dig "` + strings.Join(parts, `" "`) + `"`,
				`hasKey .Values.` + strings.Join(parts[:len(parts)-1], ".") + ` "` + parts[len(parts)-1] + `"`,
			}
			if !slices.ContainsFunc(reads, func(s string) bool { return strings.Contains(text.String(), s) }) {
				t.Errorf("chart %s: no template reads %s", name, key)
			}
		}
	}
}

// TestRender pins what the charts make: the names that overlays must not have
// too, and the webhooks that istiod writes to.
func TestRender(t *testing.T) {
	const path = "/inject/cluster/west/net/vpn"
	for _, test := range []struct {
		name    string
		release Release
		values  string
		want    []string
	}{
		{name: "base", release: Release{Chart: "base", Name: "istio-base", Namespace: "istio-system"}, values: "{profile: remote}", want: []string{
			"ServiceAccount/istio-system/istio-reader-service-account",
			"ValidatingWebhookConfiguration/istiod-default-validator: validation.istio.io Ignore istiod/validate",
		}},
		{name: "base of a revision", release: Release{Chart: "base", Name: "istio-base", Namespace: "mesh"}, values: "{defaultRevision: canary, global: {istioNamespace: mesh}, base: {validationFailurePolicy: Fail}}", want: []string{
			"ServiceAccount/mesh/istio-reader-service-account",
			"ValidatingWebhookConfiguration/istiod-default-validator: validation.istio.io Fail istiod-canary/validate",
		}},
		{name: "base of no revision", release: Release{Chart: "base", Name: "istio-base", Namespace: "istio-system"}, values: "{defaultRevision: \"\"}", want: []string{
			"ServiceAccount/istio-system/istio-reader-service-account",
		}},
		{name: "remote", release: Release{Chart: "istiod", Name: "istiod", Namespace: "istio-system"}, values: "{profile: remote, meshConfig: {trustDomain: t}, istiodRemote: {injectionPath: " + path + "}}", want: []string{
			"ClusterRole/istio-reader-clusterrole-istio-system",
			"ClusterRoleBinding/istio-reader-clusterrole-istio-system",
			"ConfigMap/istio-system/values",
			"MutatingWebhookConfiguration/istio-sidecar-injector: namespace.sidecar-injector.istio.io Fail istiod" + path,
			"MutatingWebhookConfiguration/istio-sidecar-injector: object.sidecar-injector.istio.io Fail istiod" + path,
			"MutatingWebhookConfiguration/istio-sidecar-injector: rev.namespace.sidecar-injector.istio.io Fail istiod" + path,
			"MutatingWebhookConfiguration/istio-sidecar-injector: rev.object.sidecar-injector.istio.io Fail istiod" + path,
		}},
		{name: "remote with a revision, a tag and a stub", release: Release{Chart: "istiod", Name: "istiod-canary", Namespace: "mesh"}, values: "{profile: remote, revision: canary, revisionTags: [stable], global: {istioNamespace: mesh, remotePilotAddress: \"2001:db8::5\"}, istiodRemote: {injectionPath: " + path + "}}", want: []string{
			"ClusterRole/istio-reader-clusterrole-canary-mesh",
			"ClusterRoleBinding/istio-reader-clusterrole-canary-mesh",
			"ConfigMap/mesh/values-canary",
			"EndpointSlice/mesh/istiod-canary",
			"MutatingWebhookConfiguration/istio-revision-tag-stable-mesh: rev.namespace.sidecar-injector.istio.io Fail istiod-canary" + path,
			"MutatingWebhookConfiguration/istio-revision-tag-stable-mesh: rev.object.sidecar-injector.istio.io Fail istiod-canary" + path,
			"MutatingWebhookConfiguration/istio-sidecar-injector-canary-mesh: rev.namespace.sidecar-injector.istio.io Fail istiod-canary" + path,
			"MutatingWebhookConfiguration/istio-sidecar-injector-canary-mesh: rev.object.sidecar-injector.istio.io Fail istiod-canary" + path,
			"Service/mesh/istiod-canary",
			"Service/mesh/istiod-revision-tag-stable", // selects nothing here
		}},
		{name: "remote by URL", release: Release{Chart: "istiod", Name: "istiod", Namespace: "istio-system"}, values: "{profile: remote, revision: a, istiodRemote: {injectionURL: \"https://istiod.example.com:15017" + path + "\"}}", want: []string{
			"ClusterRole/istio-reader-clusterrole-a-istio-system",
			"ClusterRoleBinding/istio-reader-clusterrole-a-istio-system",
			"ConfigMap/istio-system/values-a",
			"MutatingWebhookConfiguration/istio-sidecar-injector-a: rev.namespace.sidecar-injector.istio.io Fail https://istiod.example.com:15017" + path,
			"MutatingWebhookConfiguration/istio-sidecar-injector-a: rev.object.sidecar-injector.istio.io Fail https://istiod.example.com:15017" + path,
		}},
		{name: "gateway", release: Release{Chart: "gateway", Name: "istio-eastwestgateway", Namespace: "istio-system"}, values: "{service: {loadBalancerClass: example.com/lb}}", want: []string{
			"Deployment/istio-system/istio-eastwestgateway",
			"HorizontalPodAutoscaler/istio-system/istio-eastwestgateway",
			"Role/istio-system/istio-eastwestgateway",
			"RoleBinding/istio-system/istio-eastwestgateway",
			"Service/istio-system/istio-eastwestgateway",
			"ServiceAccount/istio-system/istio-eastwestgateway",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.release.Values = parse(t, test.values)
			documents, err := test.release.Render()
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, lines(documents)); diff != "" {
				t.Errorf("objects (-want +got):\n%s", diff)
			}
		})
	}
	broken := Release{Chart: "istiod", Name: "istiod", Namespace: "istio-system", Values: parse(t, "{profile: shared}")}
	if _, err := broken.Render(); err == nil || !strings.Contains(err.Error(), "unknown profile") {
		t.Errorf("a profile of nobody: got %v", err)
	}
	refused := Release{Chart: "gateway", Name: "g", Namespace: "istio-system", Values: parse(t, "{service: {ipFamilyPolicy: Dual}}")}
	if _, err := refused.Render(); err == nil || !strings.Contains(err.Error(), "ipFamilyPolicy") {
		t.Errorf("a value that the chart's schema refuses: got %v", err)
	}
}

// lines gives each object, and each webhook of one, a line.
func lines(documents []validate.Document) []string {
	var all []string
	for _, document := range documents {
		webhooks, _ := document.Value["webhooks"].([]any)
		if len(webhooks) == 0 {
			all = append(all, document.String())
		}
		for _, item := range webhooks {
			webhook := item.(map[string]any)
			service := object(webhook, "clientConfig", "service")
			at := text(service, "name") + text(service, "path") + text(webhook, "clientConfig", "url")
			all = append(all, fmt.Sprintf("%s: %s %s %s", document, webhook["name"], webhook["failurePolicy"], at))
		}
	}
	slices.Sort(all)
	return all
}

const (
	stub = "apiVersion: v1\nkind: Service\nmetadata: {name: istiod, namespace: istio-system}\nspec: {type: ClusterIP, ipFamilyPolicy: PreferDualStack, ports: [{name: tcp-istiod, port: 15012, protocol: TCP}, {name: tcp-webhook, port: 443, targetPort: 15017, protocol: TCP}]}\n" +
		"---\napiVersion: discovery.k8s.io/v1\nkind: EndpointSlice\nmetadata: {name: istiod, namespace: istio-system, labels: {kubernetes.io/service-name: istiod, endpointslice.kubernetes.io/managed-by: isthmus.dev}}\naddressType: IPv4\n" +
		"endpoints: [{addresses: [10.8.0.5]}, {addresses: [10.8.0.6]}]\nports: [{name: tcp-istiod, port: 15012, protocol: TCP}, {name: tcp-webhook, port: 15017, protocol: TCP}]\n"
	// release takes the chart and its values.
	release = "---\napiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: %s, namespace: istio-system}\nspec:\n  releaseName: %[1]s\n  chart: {spec: {chart: %s}}\n  values: %s\n"

	westValues = "{profile: remote, istiodRemote: {injectionPath: /inject/cluster/west/net/vpn}, global: {meshID: shop}}"
	eastValues = "{global: {externalIstiod: true, multiCluster: {clusterName: west}}}"
)

func TestCheck(t *testing.T) {
	helm := fmt.Sprintf(release, "istio-base", "base", "{profile: remote}") + fmt.Sprintf(release, "istiod", "istiod", westValues)
	const from = "HelmRelease/istio-system/istiod: chart istiod as istio-system/istiod"
	application := "apiVersion: argoproj.io/v1alpha1\nkind: Application\nmetadata: {name: isthmus-west, namespace: argocd}\nspec:\n  destination: {name: west, namespace: istio-system}\n" +
		"  ignoreDifferences: [{group: admissionregistration.k8s.io, kind: MutatingWebhookConfiguration, jqPathExpressions: [\".webhooks[]?.clientConfig.caBundle\"]}, " +
		"{group: admissionregistration.k8s.io, kind: ValidatingWebhookConfiguration, jqPathExpressions: [\".webhooks[]?.clientConfig.caBundle\", \".webhooks[]?.failurePolicy\"]}]\n  sources:\n" +
		"  - {repoURL: r, path: prod/overlays/west, ref: mesh}\n  - {repoURL: c, chart: base, helm: {releaseName: istio-base, valueFiles: [$mesh/prod/overlays/west/control-plane/values-base.yaml]}}\n" +
		"  - {repoURL: c, chart: istiod, helm: {releaseName: istiod, valueFiles: [$mesh/prod/overlays/west/control-plane/values-istiod.yaml]}}\n"
	valueFiles := map[string]string{
		"overlays/west/control-plane/values-base.yaml":   "profile: remote\n",
		"overlays/west/control-plane/values-istiod.yaml": westValues + "\n",
	}
	const gateway = "---\napiVersion: networking.istio.io/v1\nkind: Gateway\nmetadata: {name: istiod-gateway, namespace: istio-system}\nspec: {selector: {istio: eastwestgateway}}\n" +
		"---\napiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: istiod-vs, namespace: istio-system}\nspec: {tls: [{route: [{destination: {host: istiod.istio-system.svc.cluster.local, port: {number: 15012}}}]}]}\n"
	const balancer = "apiVersion: v1\nkind: Service\nmetadata: {name: istiod-remotes, namespace: istio-system}\nspec: {type: LoadBalancer, selector: {app: istiod, istio: pilot}, ports: [{name: tcp-istiod, port: 15012}]}\n"
	drift := strings.Replace(fmt.Sprintf(release, "istiod", "istiod", eastValues), "  values:", "  driftDetection: {mode: enabled, ignore: [{paths: [/webhooks/0/clientConfig/caBundle, /webhooks/1/clientConfig/caBundle, /webhooks/2/clientConfig/caBundle], "+
		"target: {kind: MutatingWebhookConfiguration}}, {paths: [/webhooks/0/clientConfig/caBundle], target: {kind: ValidatingWebhookConfiguration}}]}\n  values:", 1)
	with := func(files map[string]string, more ...string) map[string]string {
		all := maps.Clone(files)
		for i := 0; i < len(more); i += 2 {
			all[more[i]] = more[i+1]
		}
		return all
	}
	for _, test := range []struct {
		name    string
		files   map[string]string // beside the stub
		cluster Cluster           // Name, Namespace and Network are given
		count   int
		want    string
	}{
		{name: "nothing", cluster: Cluster{Remote: true}},
		{name: "Flux", files: map[string]string{"overlays/west/releases/helm.yaml": helm}, cluster: Cluster{Remote: true}, count: 2},
		{name: "Flux from a hub", files: map[string]string{"clusters/mgmt/isthmus-west.yaml": helm}, cluster: Cluster{Remote: true}, count: 2},
		{name: "values files", files: valueFiles, cluster: Cluster{Remote: true}, count: 2},
		{name: "Argo CD", files: with(valueFiles, "clusters/mgmt/isthmus-west.yaml", application), cluster: Cluster{Remote: true, Prefix: "prod"}, count: 2},
		{name: "drift that Argo CD undoes", files: with(valueFiles, "clusters/mgmt/isthmus-west.yaml", strings.Replace(application, ", \".webhooks[]?.failurePolicy\"", "", 1)), cluster: Cluster{Remote: true, Prefix: "prod"}, count: 2,
			want: "Application/argocd/isthmus-west: chart base as istio-system/istio-base: ValidatingWebhookConfiguration/istiod-default-validator: webhooks/0/failurePolicy: istiod writes it, and nothing makes the engine overlook that"},
		{name: "Argo CD with a file that is not there", files: with(valueFiles, "clusters/mgmt/isthmus-west.yaml", application), cluster: Cluster{Remote: true}, count: 0,
			want: "/clusters/mgmt/isthmus-west.yaml: Application/argocd/isthmus-west: helm.valueFiles: $mesh/prod/overlays/west/control-plane/values-base.yaml is no values file of this overlay"},
		{name: "Sail", files: map[string]string{"overlays/west/control-plane/istio.yaml": "apiVersion: sailoperator.io/v1\nkind: Istio\nmetadata: {name: default}\nspec: {version: v1.30.3, namespace: istio-system, profile: remote, values: {istiodRemote: {injectionPath: /inject/cluster/west/net/vpn}}}\n"}, cluster: Cluster{Remote: true}, count: 1},
		{name: "istioctl", files: map[string]string{"overlays/west/control-plane/profile.yaml": "apiVersion: install.istio.io/v1alpha1\nkind: IstioOperator\nmetadata: {name: istio-remote}\nspec: {profile: remote, values: {istiodRemote: {injectionPath: /inject/cluster/west/net/vpn}}}\n"}, cluster: Cluster{Remote: true}, count: 2},
		{name: "a stub by the chart", files: map[string]string{"overlays/west/control-plane/stub.yaml": "", "overlays/west/releases/helm.yaml": strings.Replace(helm, "meshID: shop", "meshID: shop, remotePilotAddress: 10.8.0.5", 1)}, cluster: Cluster{Remote: true, Stubs: "profile"}, count: 2},
		{name: "a stub by both", files: map[string]string{"overlays/west/releases/helm.yaml": strings.Replace(helm, "meshID: shop", "meshID: shop, remotePilotAddress: 10.8.0.5", 1)}, cluster: Cluster{Remote: true}, count: 2,
			want: "EndpointSlice/istio-system/istiod: in the overlay and in " + from + "\nService/istio-system/istiod: in the overlay and in " + from + "\nService/istio-system/istiod: 1 in the chart, want none: it is the overlay's"},
		{name: "a stub by nobody", files: map[string]string{"overlays/west/control-plane/stub.yaml": "", "overlays/west/releases/helm.yaml": helm}, cluster: Cluster{Remote: true}, count: 2,
			want: "Service/istio-system/istiod: 0 in the overlay, want 1: it stands for the control plane"},
		{name: "a stub by host name", files: map[string]string{"overlays/west/control-plane/stub.yaml": strings.Replace(strings.Split(stub, "---\n")[0], "type: ClusterIP", "type: ExternalName, externalName: istiod.example.com", 1), "overlays/west/releases/helm.yaml": helm}, cluster: Cluster{Remote: true}, count: 2},
		{name: "a stub without addresses", files: map[string]string{"overlays/west/control-plane/stub.yaml": strings.Split(stub, "---\n")[0], "overlays/west/releases/helm.yaml": helm}, cluster: Cluster{Remote: true}, count: 2,
			want: "Service/istio-system/istiod: no EndpointSlice with an address, and no externalName"},
		{name: "a slice of nobody", files: map[string]string{"overlays/west/control-plane/stub.yaml": strings.Replace(stub, ", endpointslice.kubernetes.io/managed-by: isthmus.dev", "", 1), "overlays/west/releases/helm.yaml": helm}, cluster: Cluster{Remote: true}, count: 2,
			want: "EndpointSlice/istio-system/istiod: needs the label endpointslice.kubernetes.io/managed-by, or the controllers of Kubernetes may take it for theirs"},
		{name: "a stub with another port", files: map[string]string{"overlays/west/control-plane/stub.yaml": strings.Replace(stub, "targetPort: 15017", "targetPort: 443", 1), "overlays/west/releases/helm.yaml": helm}, cluster: Cluster{Remote: true}, count: 2, want: "Service/istio-system/istiod: not as the chart makes it (-chart +overlay):\n…"},
		{name: "a slice with another port", files: map[string]string{"overlays/west/control-plane/stub.yaml": strings.Replace(stub, "port: 15017", "port: 443", 1), "overlays/west/releases/helm.yaml": helm}, cluster: Cluster{Remote: true}, count: 2, want: "EndpointSlice/istio-system/istiod: not as the chart makes it (-chart +overlay):\n…"},
		{name: "one object by two charts", files: map[string]string{"overlays/west/releases/helm.yaml": helm + fmt.Sprintf(release, "istio-base-2", "base", "{profile: remote, defaultRevision: \"\"}")}, cluster: Cluster{Remote: true}, count: 3,
			want: "ServiceAccount/istio-system/istio-reader-service-account: in HelmRelease/istio-system/istio-base: chart base as istio-system/istio-base and in HelmRelease/istio-system/istio-base-2: chart base as istio-system/istio-base-2"},
		{name: "path of another cluster", files: map[string]string{"overlays/west/releases/helm.yaml": strings.Replace(helm, "cluster/west/net", "cluster/East/net", 1)}, cluster: Cluster{Remote: true}, count: 2,
			want: strings.Join([]string{path(0), path(1), path(2), path(3)}, "\n")},
		{name: "unknown key", files: map[string]string{"overlays/west/releases/helm.yaml": strings.Replace(helm, "meshID: shop", "meshId: shop", 1)}, cluster: Cluster{Remote: true}, count: 2, want: from + ": values.global.meshId: no key of the chart"},
		{name: "chart of nobody", files: map[string]string{"overlays/west/releases/helm.yaml": helm + fmt.Sprintf(release, "ztunnel", "ztunnel", "{}")}, cluster: Cluster{Remote: true}, count: 3,
			want: "HelmRelease/istio-system/ztunnel: chart ztunnel as istio-system/ztunnel: no chart \"ztunnel\"; there are base, cni, gateway, istiod\n" +
				"HelmRelease/istio-system/ztunnel: chart ztunnel as istio-system/ztunnel: no chart \"ztunnel\"; there are base, cni, gateway, istiod"},
		{name: "a control plane in a remote", files: map[string]string{"overlays/west/control-plane/stub.yaml": "", "overlays/west/releases/helm.yaml": fmt.Sprintf(release, "istiod", "istiod", eastValues)}, cluster: Cluster{Remote: true, Stubs: "profile"}, count: 1,
			want: "Deployment/istio-system/istiod: 1, and localInjector is false\n" + strings.ReplaceAll(strings.Join([]string{path(0), path(1), path(2), path(3)}, "\n"), "/inject/cluster/East/net/vpn\"", "/inject\"")},
		{name: "values from elsewhere", files: map[string]string{"overlays/west/releases/helm.yaml": strings.Replace(helm, "  values:", "  valuesFrom: [{kind: ConfigMap, name: a}]\n  values:", 1)}, cluster: Cluster{Remote: true},
			want: "/overlays/west/releases/helm.yaml: HelmRelease/istio-system/istio-base: spec.valuesFrom: values that are not in the tree cannot be looked at"},
		{name: "primary", files: map[string]string{"overlays/west/control-plane/stub.yaml": "", "overlays/west/releases/helm.yaml": fmt.Sprintf(release, "istiod", "istiod", eastValues)}, count: 1},
		{name: "primary with its own load balancer and gateway", files: map[string]string{"overlays/west/control-plane/stub.yaml": balancer, "overlays/west/istio-config/exposure.yaml": gateway, "overlays/west/releases/helm.yaml": fmt.Sprintf(release, "istiod", "istiod", eastValues) + fmt.Sprintf(release, "istio-eastwestgateway", "gateway", "{}")}, cluster: Cluster{Dedicated: true}, count: 2},
		{name: "selectors of nobody", files: map[string]string{"overlays/west/control-plane/stub.yaml": strings.Replace(balancer, "istio: pilot", "istio.io/rev: canary", 1), "overlays/west/istio-config/exposure.yaml": gateway, "overlays/west/releases/helm.yaml": fmt.Sprintf(release, "istiod", "istiod", eastValues)}, cluster: Cluster{Dedicated: true}, count: 1,
			want: "Service/istio-system/istiod-remotes: spec.selector: no Pod of a chart or of the overlay has these labels\nGateway/istio-system/istiod-gateway: spec.selector: no Pod of a chart or of the overlay has these labels"},
		{name: "a gateway that is there already", files: map[string]string{"overlays/west/control-plane/stub.yaml": "", "overlays/west/istio-config/exposure.yaml": gateway, "overlays/west/releases/helm.yaml": fmt.Sprintf(release, "istiod", "istiod", eastValues)}, count: 1},
		{name: "route to nobody", files: map[string]string{"overlays/west/control-plane/stub.yaml": "", "overlays/west/istio-config/exposure.yaml": strings.Replace(gateway, "host: istiod.", "host: istiod-canary.", 1), "overlays/west/releases/helm.yaml": fmt.Sprintf(release, "istiod", "istiod", eastValues)}, count: 1,
			want: "VirtualService/istio-system/istiod-vs: spec.tls[0]: no Service istiod-canary.istio-system.svc.cluster.local to send to"},
		{name: "route to no port", files: map[string]string{"overlays/west/control-plane/stub.yaml": "", "overlays/west/istio-config/exposure.yaml": strings.Replace(gateway, "number: 15012", "number: 15017", 1), "overlays/west/releases/helm.yaml": fmt.Sprintf(release, "istiod", "istiod", eastValues)}, count: 1,
			want: "VirtualService/istio-system/istiod-vs: spec.tls[0]: Service/istio-system/istiod has no port 15017"},
		{name: "drift that Flux undoes", files: map[string]string{"overlays/west/control-plane/stub.yaml": "", "overlays/west/releases/helm.yaml": drift}, count: 1,
			want: from + ": MutatingWebhookConfiguration/istio-sidecar-injector: webhooks/3/clientConfig/caBundle: istiod writes it, and nothing makes the engine overlook that\n" +
				from + ": ValidatingWebhookConfiguration/istio-validator-istio-system: webhooks/0/failurePolicy: istiod writes it, and nothing makes the engine overlook that"},
		{name: "primary that leads nobody", files: map[string]string{"overlays/west/control-plane/stub.yaml": "", "overlays/west/releases/helm.yaml": fmt.Sprintf(release, "istiod", "istiod", "{global: {multiCluster: {clusterName: cluster-1}}}")}, count: 1,
			want: "Deployment/istio-system/istiod: CLUSTER_ID is \"cluster-1\", want \"west\"\nDeployment/istio-system/istiod: EXTERNAL_ISTIOD is \"\", want \"true\""},
		{name: "primary with the values of a remote", files: map[string]string{"overlays/west/control-plane/stub.yaml": "", "overlays/west/releases/helm.yaml": helm}, count: 2,
			want: "Deployment/istio-system/istiod: none, and this cluster runs the control plane"},
	} {
		t.Run(test.name, func(t *testing.T) {
			root := t.TempDir()
			for path, text := range with(map[string]string{"overlays/west/control-plane/stub.yaml": stub, "overlays/west/kustomization.yaml": "resources: []\n"}, flat(test.files)...) {
				if text == "" {
					continue
				}
				path := filepath.Join(root, path)
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			test.cluster.Root, test.cluster.Name, test.cluster.Namespace, test.cluster.Network = root, "west", "istio-system", "vpn"
			test.cluster.Revisions = []string{""}
			count, problems := test.cluster.Check()
			got := ""
			if err := errors.Join(problems...); err != nil {
				got = strings.ReplaceAll(err.Error(), root, "")
			}
			if begin, ok := strings.CutSuffix(test.want, "…"); ok && strings.HasPrefix(got, begin) {
				got = test.want // the rest is cmp's own words
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			if count != test.count {
				t.Errorf("%d releases, want %d", count, test.count)
			}
		})
	}
}

// path is the message about one webhook with the path of another cluster.
func path(i int) string {
	return fmt.Sprintf("MutatingWebhookConfiguration/istio-sidecar-injector: webhooks[%d]: path or URL must end in /inject/cluster/west/net/vpn, not \"/inject/cluster/East/net/vpn\"", i)
}

func flat(files map[string]string) []string {
	var all []string
	for path, text := range files {
		all = append(all, path, text)
	}
	return all
}
