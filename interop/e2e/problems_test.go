package e2e

import (
	"strings"
	"testing"

	"github.com/fluxcd/pkg/ssa/utils"
	"github.com/google/go-cmp/cmp"
)

// TestProblems shows that the proof finds what it should: one that looks at
// nothing would pass too. All cases share a server, each with a Namespace of its
// own, so those without Istio's CRDs come first.
func TestProblems(t *testing.T) {
	assets := findAssets(t)
	ctx := untilDeadline(t)
	cidrs := []string{"10.96.0.0/16"}
	server := startStore(ctx, t, assets).startServer(ctx, t, t.Name(), cidrs)

	type stage struct{ name, objects string }
	for _, test := range []struct {
		name     string
		version  string // of Istio
		prunes   bool
		stages   []stage
		problems []string
	}{
		{
			name:    "none",
			version: "1.30.3",
			prunes:  true,
			stages: []stage{{"namespaces", `
apiVersion: v1
kind: Namespace
metadata: {name: good, annotations: {kustomize.toolkit.fluxcd.io/prune: disabled}}
`}, {"control-plane", `
apiVersion: v1
kind: Service
metadata: {name: istiod, namespace: good}
spec: {ports: [{name: tcp-istiod, port: 15012}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: istiod, namespace: good, labels: {kubernetes.io/service-name: istiod}}
addressType: IPv4
endpoints: [{addresses: [10.1.0.5]}]
ports: [{name: tcp-istiod, port: 15012}]
`}},
		},
		{
			name:    "Namespace that nobody made",
			version: "1.30.3",
			stages: []stage{{"services", `
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: nobodys}
spec: {ports: [{port: 80}]}
`}},
			problems: []string{`services: Service/nobodys/cart not found: namespaces "nobodys" not found`},
		},
		{
			name:    "unknown field of a kind of Kubernetes",
			version: "1.30.3",
			stages: []stage{{"services", `
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: default}
spec: {ports: [{port: 80}], replicas: 2}
`}},
			problems: []string{
				"services: Service/default/cart: as rendered: failed to create typed patch object (default/cart; /v1, Kind=Service): " +
					".spec.replicas: field not declared in schema",
				"services: Service/default/cart: .spec.replicas: rendered 2, stored <nil>",
			},
		},
		{
			name:    "warning, where Endpoints may warn of themselves alone",
			version: "1.5.10",
			stages: []stage{{"control-plane", `
apiVersion: v1
kind: Service
metadata: {name: istiod-remote, namespace: default}
spec: {clusterIP: None, externalName: east.example.com, ports: [{name: tcp-istiod, port: 15012}]}
---
apiVersion: v1
kind: Endpoints
metadata: {name: istiod-remote, namespace: default}
subsets: [{addresses: [{ip: 10.1.0.5}], ports: [{name: tcp-istiod, port: 15012}]}]
`}},
			problems: []string{`control-plane: warning: spec.externalName is ignored when spec.type is not "ExternalName"`},
		},
		{
			name:    "one object in two steps",
			version: "1.30.3",
			stages: []stage{{"namespaces", `
apiVersion: v1
kind: Namespace
metadata: {name: twice, labels: {istio-injection: disabled}}
`}, {"services", `
apiVersion: v1
kind: Namespace
metadata: {name: twice, labels: {istio-injection: enabled}}
`}},
			problems: []string{
				"namespaces: second apply: Namespace/twice configured",
				"services: second apply: Namespace/twice configured",
				"namespaces: Namespace/twice: .metadata.labels.istio-injection: rendered disabled, stored enabled",
			},
		},
		{
			name:    "value that is stored as another",
			version: "1.30.3",
			stages: []stage{{"services", `
apiVersion: v1
kind: LimitRange
metadata: {name: other, namespace: default}
spec: {limits: [{type: Pod, max: {cpu: 2000m}}]}
`}},
			problems: []string{"services: LimitRange/default/other: .spec.limits[0].max.cpu: rendered 2000m, stored 2"},
		},
		{
			name:    "stubs of another release and family",
			version: "1.30.3",
			stages: []stage{{"control-plane", `
apiVersion: v1
kind: Service
metadata: {name: headless, namespace: default}
spec: {clusterIP: None, ports: [{name: tcp-istiod, port: 15012}]}
---
apiVersion: v1
kind: Service
metadata: {name: lonely, namespace: default}
spec: {ports: [{name: tcp-istiod, port: 15012}]}
---
apiVersion: v1
kind: Service
metadata: {name: six, namespace: default}
spec: {ports: [{name: tcp-istiod, port: 15012}]}
---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {name: six, namespace: default, labels: {kubernetes.io/service-name: six}}
addressType: IPv6
endpoints: [{addresses: ["fd00::5"]}]
ports: [{name: tcp-istiod, port: 15012}]
`}},
			problems: []string{
				"control-plane: Service/default/headless: headless is true, want false",
				"control-plane: Service/default/lonely: no EndpointSlice goes with it",
				`control-plane: Service/default/six: an EndpointSlice of IPv6, and the Service has ["IPv4"]`,
			},
		},
		{
			name:    "old stub with an address",
			version: "1.4.10",
			stages: []stage{{"control-plane", `
apiVersion: v1
kind: Service
metadata: {name: istio-pilot, namespace: default}
spec: {ports: [{name: grpc-xds, port: 15010}]}
`}},
			problems: []string{"control-plane: Service/default/istio-pilot: headless is false, want true"},
		},
		{
			name:    "prune",
			version: "1.30.3",
			prunes:  true,
			stages: []stage{{"namespaces", `
apiVersion: v1
kind: Namespace
metadata: {name: lost}
`}, {"services", `
apiVersion: v1
kind: ConfigMap
metadata: {name: left, namespace: default, annotations: {kustomize.toolkit.fluxcd.io/prune: disabled}}
`}},
			problems: []string{
				"services: prune: ConfigMap/default/left: gone is false",
				"namespaces: prune: Namespace/lost: gone is true",
			},
		},
		{
			name:    "order of sync waves",
			version: "1.30.3",
			stages: []stage{{"namespaces", `
apiVersion: v1
kind: ConfigMap
metadata: {name: first, namespace: default, annotations: {argocd.argoproj.io/sync-wave: "0"}}
`}, {"services", `
apiVersion: v1
kind: ConfigMap
metadata: {name: second, namespace: default, annotations: {argocd.argoproj.io/sync-wave: "-1"}}
`}},
			problems: []string{"services: ConfigMap/second: sync wave -1, after one of 0"},
		},
		{
			name:    "kind of Istio's before the stage for it, and a token before its account",
			version: "1.30.3",
			stages: []stage{{"services", `
apiVersion: v1
kind: Secret
metadata: {name: reader, namespace: default, annotations: {kubernetes.io/service-account.name: nobody}}
type: kubernetes.io/service-account-token
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: istiod-gateway, namespace: default}
spec: {selector: {istio: eastwestgateway}, servers: [{hosts: ["*"], port: {name: tls, number: 15012, protocol: TLS}, tls: {mode: PASSTHROUGH}}]}
`}},
			problems: []string{
				`services: Secret/default/reader comes before its ServiceAccount: serviceaccounts "nobody" not found`,
				`services: Gateway/default/istiod-gateway dry-run failed: no matches for kind "Gateway" in version "networking.istio.io/v1"`,
			},
		},
		{
			name:    "istio-config",
			version: "1.30.3",
			stages: []stage{{"istio-config", `
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: default}
spec: {mtls: {mode: STRICT}}
`}},
		},
		{
			name:    "unknown field of a kind of Istio's, where its CRD is there", // by the case above
			version: "1.30.3",
			stages: []stage{{"services", `
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: unknown, namespace: default}
spec: {mtls: {mode: STRICT, modes: STRICT}}
`}},
			problems: []string{"services: PeerAuthentication/default/unknown dry-run failed: failed to create typed patch object " +
				"(default/unknown; security.istio.io/v1, Kind=PeerAuthentication): .spec.mtls.modes: field not declared in schema"},
		},
		{
			name:    "Istio's CRDs are there already",
			version: "1.30.3",
			stages: []stage{{"istio-config", `
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: early, namespace: default}
spec: {mtls: {mode: STRICT}}
`}},
			problems: []string{
				"istio-config: without Istio's CRDs: got <nil>, want no matches for kind",
				"istio-config: without Istio's CRDs: PeerAuthentication/default/early is there",
				"istio-config: first apply: PeerAuthentication/default/early unchanged",
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			proof := &proof{server: server, site: site{name: "west", serviceCIDRs: cidrs, prunes: test.prunes}}
			proof.mesh.Spec.Istio.Version, proof.mesh.Spec.Istio.Namespace = test.version, "default"
			for _, stage := range test.stages {
				objects, err := utils.ReadObjects(strings.NewReader(stage.objects))
				if err != nil {
					t.Fatal(err)
				}
				proof.site.steps = append(proof.site.steps, step{name: stage.name, owner: stage.name, ownerSpc: "flux-system"})
				proof.objects = append(proof.objects, objects)
			}
			if diff := cmp.Diff(test.problems, proof.run(ctx, t)); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}
