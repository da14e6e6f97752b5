package plan

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// delivered gives the one file of a cluster's delivery.
func delivered(t *testing.T, p *Plan, cluster string) File {
	t.Helper()
	all := p.cluster(t, cluster).Delivery
	if len(all) != 1 || len(all[0].Picks) != 1 {
		t.Fatalf("delivery of %s: %+v", cluster, all)
	}
	return all[0]
}

func TestNoDelivery(t *testing.T) {
	for _, c := range of(t, loadToday(t)).Clusters {
		if c.Delivery != nil {
			t.Errorf("%s: %+v", c.Name, c.Delivery)
		}
	}
}

// One Kustomization for each stage that has something to list, in order, each in
// the cluster's own folder.
func TestKustomizations(t *testing.T) {
	stage := func(name, folder string, slow, sail bool) m {
		return m{"name": "isthmus-" + name, "folder": folder, "hub": false, "slow": slow, "sail": sail}
	}
	const services = "  injection: {namespaces: [shop]}\n"
	for _, test := range []struct {
		name, text string
		edit       []string
		cluster    string
		file       string
		keys       []string
		args       m
	}{
		{
			name: "helm", text: today, cluster: "east", file: "clusters/east/isthmus.yaml",
			edit: []string{"  clusters:\n", "  delivery: {engine: flux}\n" + services + "  clusters:\n"},
			keys: []string{"namespaces", "control-plane", "istio-config", "services"},
			args: m{
				"namespace": "flux-system", "source": m{"kind": "GitRepository", "name": "flux-system"}, "interval": "60m", "path": "./overlays/east", "dependsOn": []any{},
				"stages": []any{stage("east-namespaces", "namespaces", false, false), stage("east-control-plane", "control-plane", true, false), stage("east-istio-config", "istio-config", false, false), stage("east-services", "services", false, false)},
			},
		},
		{
			name: "its fields", text: today, cluster: "west", file: "clusters/west/isthmus.yaml",
			edit: []string{"  clusters:\n", "  delivery: {engine: flux, path: meshes/shop, flux: {namespace: gitops, source: {kind: OCIRepository, name: mesh}, interval: 5m, dependsOn: [{name: infra, namespace: other}, {name: sealed}]}}\n  clusters:\n", "    version:", "    install: sail\n    version:"},
			keys: []string{"namespaces", "control-plane", "istio-config"},
			args: m{
				"namespace": "gitops", "source": m{"kind": "OCIRepository", "name": "mesh"}, "interval": "5m", "path": "./meshes/shop/overlays/west", "dependsOn": []any{m{"name": "infra", "namespace": "other"}, m{"name": "sealed"}},
				"stages": []any{stage("west-namespaces", "namespaces", false, false), stage("west-control-plane", "control-plane", true, true), stage("west-istio-config", "istio-config", false, false)},
			},
		},
		{
			// Nothing in the cluster takes the profile: there is no stage to list.
			name: "istioctl's primary", text: today, cluster: "east", file: "clusters/east/isthmus.yaml",
			edit: []string{"  clusters:\n", "  delivery: {engine: flux}\n  clusters:\n", "    version:", "    install: istioctl\n    version:"},
			keys: []string{"namespaces", "istio-config"},
			args: m{
				"namespace": "flux-system", "source": m{"kind": "GitRepository", "name": "flux-system"}, "interval": "60m", "path": "./overlays/east", "dependsOn": []any{},
				"stages": []any{stage("east-namespaces", "namespaces", false, false), stage("east-istio-config", "istio-config", false, false)},
			},
		},
		{
			name: "a remote of 1.5", text: base, cluster: "west", file: "clusters/west/isthmus.yaml",
			edit: []string{"  clusters:\n", "  delivery: {engine: flux}\n  clusters:\n"},
			keys: []string{"namespaces", "control-plane"},
			args: m{
				"namespace": "flux-system", "source": m{"kind": "GitRepository", "name": "flux-system"}, "interval": "60m", "path": "./overlays/west", "dependsOn": []any{},
				"stages": []any{stage("west-namespaces", "namespaces", false, false), stage("west-control-plane", "control-plane", false, false)},
			},
		},
		{
			name: "an operator of 1.5", text: base, cluster: "east", file: "clusters/east/isthmus.yaml",
			edit: []string{"  clusters:\n", "  delivery: {engine: flux}\n  clusters:\n", "    version:", "    install: operator\n    version:"},
			keys: []string{"namespaces", "control-plane"},
			args: m{
				"namespace": "flux-system", "source": m{"kind": "GitRepository", "name": "flux-system"}, "interval": "60m", "path": "./overlays/east", "dependsOn": []any{},
				"stages": []any{stage("east-namespaces", "namespaces", false, false), stage("east-control-plane", "control-plane", true, false)},
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := of(t, loadText(t, edited(t, test.text, test.edit...), ""))
			f := delivered(t, p, test.cluster)
			if f.Name != test.file || !f.InOrder {
				t.Errorf("file %s, in order %t", f.Name, f.InOrder)
			}
			if diff := cmp.Diff(test.keys, f.Picks[0].Keys); diff != "" {
				t.Errorf("Kustomizations (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.args, p.Units[f.Picks[0].Unit].Args); diff != "" {
				t.Errorf("arguments (-want +got):\n%s", diff)
			}
		})
	}
}

// With a hub all lies in its folder, and what goes to another cluster goes
// through that one's Secret; the hub's own cluster is delivered as without one.
func TestHub(t *testing.T) {
	p := of(t, loadToday(t, "  clusters:\n", "  delivery: {engine: flux, flux: {namespace: gitops, hub: {cluster: east, kubeConfigSecret: to-<cluster>}}}\n  clusters:\n"))
	if f := delivered(t, p, "east"); f.Name != "clusters/east/isthmus.yaml" || p.arg(t, f, "kubeConfigSecret") != nil {
		t.Errorf("the hub's own: %s through %v", f.Name, p.arg(t, f, "kubeConfigSecret"))
	}
	f := delivered(t, p, "west")
	if f.Name != "clusters/east/isthmus-west.yaml" || p.arg(t, f, "kubeConfigSecret") != "to-west" {
		t.Errorf("%s through %v", f.Name, p.arg(t, f, "kubeConfigSecret"))
	}
	var got []string
	for _, s := range p.arg(t, f, "stages").([]any) {
		got = append(got, fmt.Sprintf("%s hub %t slow %t", s.(m)["folder"], s.(m)["hub"], s.(m)["slow"]))
	}
	if diff := cmp.Diff([]string{"namespaces hub false slow false", "control-plane hub false slow false", "releases hub true slow true", "istio-config hub false slow false"}, got); diff != "" {
		t.Errorf("stages (-want +got):\n%s", diff)
	}
	// The releases lie on the hub under names of the cluster, and install as
	// elsewhere.
	profile := profileOf(t, p, "west", StageReleases, "releases.yaml")
	want := m{
		"namespace": "gitops", "kubeConfigSecret": "to-west", "charts": "https://istio-release.storage.googleapis.com/charts", "interval": "60m",
		"names": m{"repository": "istio-west", "base": "istio-base-west", "istiod": "istiod-west"},
	}
	if diff := cmp.Diff(want, profile["flux"]); diff != "" {
		t.Errorf("releases on the hub (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(m{"base": "istio-base", "istiod": "istiod"}, profile["releases"]); diff != "" {
		t.Errorf("releases in the cluster (-want +got):\n%s", diff)
	}
	want = m{
		"namespace": "istio-system", "charts": "https://istio-release.storage.googleapis.com/charts", "interval": "60m",
		"names": m{"repository": "istio", "base": "istio-base", "istiod": "istiod", "gateway": "istio-eastwestgateway"},
	}
	if diff := cmp.Diff(want, profileOf(t, p, "east", StageControlPlane, "releases.yaml")["flux"]); diff != "" {
		t.Errorf("releases of the hub's own cluster (-want +got):\n%s", diff)
	}
}

// The Application of a cluster has the overlay and, where Helm installs, the
// charts with the values that lie in it.
func TestApplication(t *testing.T) {
	const argocd = "  delivery: {engine: argocd, path: meshes/shop, argocd: {cluster: mgmt, namespace: cd, project: mesh, repoURL: \"https://git.example/m\", targetRevision: v1, endpointsIncluded: true}}\n"
	chart := func(name, version, release, values string) m {
		return m{"chart": name, "version": version, "release": release, "values": "meshes/shop/overlays/west/control-plane/" + values}
	}
	for _, test := range []struct {
		name, text string
		edit       []string
		charts     []any
		url        any
	}{
		{name: "helm", text: today, url: "https://istio-release.storage.googleapis.com/charts", charts: []any{
			chart("base", "1.30.3", "istio-base", "values-base.yaml"), chart("istiod", "1.30.3", "istiod", "values-istiod.yaml"),
		}},
		{name: "a canary", text: today, edit: []string{"    version:", "    charts: {url: \"oci://a/b\"}\n    cni: true\n    canary: {version: \"1.29.0\", revision: r1}\n    version:"}, url: "oci://a/b", charts: []any{
			chart("base", "1.30.3", "istio-base", "values-base.yaml"), chart("cni", "1.30.3", "istio-cni", "values-cni.yaml"), chart("istiod", "1.30.3", "istiod", "values-istiod.yaml"),
			chart("istiod", "1.29.0", "istiod-r1", "values-istiod-r1.yaml"),
		}},
		{name: "sail", text: today, edit: []string{"    version:", "    install: sail\n    version:"}, charts: []any{}},
		{name: "values", text: today, edit: []string{"    version:", "    install: values\n    version:"}, charts: []any{}},
		{name: "1.5", text: base, charts: []any{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := of(t, loadText(t, edited(t, test.text, append(test.edit, "  clusters:\n", argocd+"  clusters:\n")...), ""))
			f := delivered(t, p, "west")
			if diff := cmp.Diff([]string{"application"}, f.Picks[0].Keys); diff != "" || f.Name != "clusters/mgmt/isthmus-west.yaml" {
				t.Errorf("file %s (-want +got):\n%s", f.Name, diff)
			}
			want := m{
				"name": "isthmus-west", "cluster": "west", "namespace": "cd", "project": "mesh", "repoURL": "https://git.example/m", "targetRevision": "v1",
				"overlay": "meshes/shop/overlays/west", "istioNamespace": "istio-system", "charts": test.charts,
			}
			if test.url != nil {
				want["chartsURL"] = test.url
			}
			if diff := cmp.Diff(want, p.Units[f.Picks[0].Unit].Args); diff != "" {
				t.Errorf("arguments (-want +got):\n%s", diff)
			}
		})
	}
}

// Charts that an Application names have their values in the overlay, whatever
// the cluster's role.
func TestApplicationsValues(t *testing.T) {
	p := of(t, loadToday(t, "    version:", "    cni: true\n    canary: {version: \"1.29.0\", revision: r1}\n    version:", "  clusters:\n", "  delivery: {engine: argocd, argocd: {cluster: mgmt, repoURL: a, endpointsIncluded: true}}\n  clusters:\n"))
	for _, c := range p.Clusters {
		n := 0
		for _, one := range p.arg(t, delivered(t, p, c.Name), "charts").([]any) {
			values := one.(m)["values"].(string)
			name := values[strings.LastIndex(values, "/")+1:]
			if f := c.file(StageControlPlane, name); len(f.Picks) == 0 || f.Listed {
				t.Errorf("%s: %s is not among the files, or listed", c.Name, name)
			}
			n++
		}
		if n == 0 {
			t.Errorf("%s has no charts", c.Name)
		}
	}
}

// A name of any length fits a label's value, keeps its beginning, and no two
// names become one.
func TestBounded(t *testing.T) {
	for length := range 130 {
		name := strings.Repeat("a", length)
		got := bounded(name)
		if length <= 63 && got != name || len(got) > 63 {
			t.Errorf("%d characters became %q", length, got)
		}
	}
	label := regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`)
	seen := map[string]string{}
	for i := range 300 {
		// A dash where the name is cut would end up beside another one.
		name := fmt.Sprintf("isthmus-%s-%s-%d", strings.Repeat("b", 40), strings.Repeat("-c", 3), i) + "-services-boutique"
		got := bounded(name)
		if other, taken := seen[got]; taken || !label.MatchString(got) || strings.Contains(got, "----") || !strings.HasPrefix(name, got[:48]) {
			t.Errorf("%q became %q, as %q", name, got, other)
		}
		seen[got] = name
	}
	// A name that changes takes all that it owns with it.
	for long, want := range map[string]string{
		"isthmus-a-cluster-with-a-rather-long-name-that-goes-on-services-boutique": "isthmus-a-cluster-with-a-rather-long-name-that-goes-db5ebca7c8",
		"isthmus-" + strings.Repeat("a", 60):                                       "isthmus-" + strings.Repeat("a", 44) + "-aa48e5c21d",
	} {
		if got := bounded(long); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// Clusters that would share the name of an object on a hub are refused.
func TestDistinct(t *testing.T) {
	const hub = "  delivery: {engine: flux, flux: {hub: {cluster: mgmt}}}\n  clusters:\n"
	var many strings.Builder
	many.WriteString("  services:\n")
	for i := range 1001 {
		fmt.Fprintf(&many, "    - {name: s%d, namespace: a-namespaces, ports: [{port: 80}], clusters: [east]}\n", i)
	}
	for _, test := range []struct {
		name, text string
		edit       []string
		err        string
	}{
		{name: "distinct", text: today},
		{name: "a namespace that reads like a cluster's end", text: today + many.String(), edit: []string{"name: east", "name: west-services-a", "name: west", "name: west", "clusters: [east]", "clusters: [east]"},
			err: `the Kustomizations of clusters "west-services-a" and "west" would share the name isthmus-west-services-a-namespaces; rename one of the clusters`},
		{name: "a revision that reads like a cluster's beginning", text: today, edit: []string{"name: east", "name: r1-west", "    version:", "    canary: {version: \"1.29.0\", revision: r1}\n    version:"},
			err: `the HelmReleases of clusters "r1-west" and "west" would share the name istiod-r1-west; rename one of the clusters, or a revision`},
		{name: "a gateway that reads like istiod of another", text: today, edit: []string{"        addresses:", "        gateway: {name: istio-base-x}\n        addresses:", "name: west", "name: x-east"},
			err: `the HelmReleases of clusters "east" and "x-east" would share the name istio-base-x-east; rename one of the clusters, or a revision`},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, onHub := range []bool{true, false} {
				delivery := hub
				if !onHub {
					delivery = "  delivery: {engine: flux}\n  clusters:\n"
				}
				text := edited(t, test.text, append(test.edit, "  clusters:\n", delivery)...)
				text = strings.ReplaceAll(text, "clusters: [east]", "clusters: ["+regexp.MustCompile(`- name: (\S+)`).FindStringSubmatch(text)[1]+"]")
				_, err := Of(loadText(t, text, ""))
				got := fmt.Sprint(err)
				if want := test.err; onHub && want != "" && got != want || (!onHub || want == "") && err != nil {
					t.Errorf("on a hub %t: error %v, want %q", onHub, err, want)
				}
			}
		})
	}
}

// What each engine is told by the objects themselves: waves for Argo CD, which
// has no other order, and for both that no Namespace is pruned.
func TestAnnotations(t *testing.T) {
	kept := m{"kustomize.toolkit.fluxcd.io/prune": "disabled", "argocd.argoproj.io/sync-options": "Prune=false,Delete=false"}
	with := func(more m) m {
		all := m{}
		for _, part := range []m{kept, more} {
			for key, value := range part {
				all[key] = value
			}
		}
		return all
	}
	for _, test := range []struct {
		engine                   string
		own, app, config, object m
		copy                     m
	}{
		{engine: "none", own: kept, app: kept, config: m{}, object: m{}, copy: m{}},
		{engine: "flux", own: kept, app: with(m{"kustomize.toolkit.fluxcd.io/ssa": "Merge"}), config: m{}, object: m{}, copy: m{}},
		{
			engine: "argocd",
			own:    with(m{"argocd.argoproj.io/sync-wave": "-2"}), app: with(m{"argocd.argoproj.io/sync-wave": "2"}),
			object: m{"argocd.argoproj.io/sync-wave": "0"}, copy: m{"argocd.argoproj.io/sync-wave": "2"},
			config: m{"argocd.argoproj.io/sync-wave": "1", "argocd.argoproj.io/sync-options": "SkipDryRunOnMissingResource=true"},
		},
	} {
		t.Run(test.engine, func(t *testing.T) {
			delivery := "  delivery: {engine: " + test.engine + "}\n"
			if test.engine == "argocd" {
				delivery = "  delivery: {engine: argocd, argocd: {cluster: a, repoURL: b, endpointsIncluded: true}}\n"
			}
			p := of(t, loadToday(t, "  clusters:\n", delivery+"  services:\n    - {name: a, namespace: shop, ports: [{port: 80}], clusters: [east]}\n  clusters:\n"))
			west := p.cluster(t, "west")
			own := p.arg(t, west.file(StageNamespaces, "istio-namespace.yaml"), "namespaces").(m)["istio-system"].(m)
			if diff := cmp.Diff(with(test.own), m(without(own["annotations"].(m), "topology.istio.io/controlPlaneClusters"))); diff != "" {
				t.Errorf("Istio's Namespace (-want +got):\n%s", diff)
			}
			if got := own["annotations"].(m)["topology.istio.io/controlPlaneClusters"]; got != "east" {
				t.Errorf("led by %v", got)
			}
			if diff := cmp.Diff(m{"topology.istio.io/network": "network1"}, own["labels"]); diff != "" {
				t.Errorf("its labels (-want +got):\n%s", diff)
			}
			services := west.file(StageServices, "ns-shop.yaml")
			app := p.arg(t, services, "namespaces").(m)["shop"].(m)
			if diff := cmp.Diff(test.app, app["annotations"]); diff != "" {
				t.Errorf("an application's Namespace (-want +got):\n%s", diff)
			}
			copied := p.Units[services.Picks[1].Unit].Args["services"].(m)["a"].(m)["annotations"].(m)
			if diff := cmp.Diff(test.copy, m(without(copied, "isthmus.dev/duplicated-from"))); diff != "" {
				t.Errorf("a copy (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.object, p.arg(t, west.file(StageControlPlane, "stubs.yaml"), "annotations")); diff != "" {
				t.Errorf("the stub (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.config, p.arg(t, west.file(StageIstioConfig, "reader.yaml"), "annotations")); diff != "" {
				t.Errorf("the token (-want +got):\n%s", diff)
			}
		})
	}
}

func without(all map[string]any, key string) map[string]any {
	left := m{}
	for k, value := range all {
		if k != key {
			left[k] = value
		}
	}
	return left
}
