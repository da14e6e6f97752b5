package flux

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	west  = "clusters/west/isthmus.yaml"
	names = "overlays/west/namespaces/ns.yaml"
	plane = "overlays/west/control-plane/stub.yaml"
)

// kustomizationOf is a Kustomization with all that this repository wants.
func kustomizationOf(cluster, stage, more string) string {
	return "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: isthmus-" + cluster + "-" + stage + ", namespace: flux-system}\n" +
		"spec:\n  interval: 60m\n  retryInterval: 2m\n  timeout: 3m\n  prune: true\n  wait: true\n  path: ./overlays/" + cluster + "/" + stage + "\n" +
		"  sourceRef: {kind: GitRepository, name: flux-system}\n" + more + "---\n"
}

// fixture is a tree of one cluster with two stages.
func fixture() map[string]string {
	return map[string]string{
		west:  kustomizationOf("west", "namespaces", "") + kustomizationOf("west", "control-plane", "  dependsOn: [{name: isthmus-west-namespaces}]\n"),
		names: "apiVersion: v1\nkind: Namespace\nmetadata: {name: istio-system, annotations: {kustomize.toolkit.fluxcd.io/prune: disabled}}\n",
		plane: "apiVersion: v1\nkind: Service\nmetadata: {name: istiod, namespace: istio-system}\nspec: {ports: [{name: tcp-istiod, port: 15012}]}\n",
		"overlays/west/namespaces/kustomization.yaml":    "resources: [ns.yaml]\n",
		"overlays/west/control-plane/kustomization.yaml": "resources: [stub.yaml]\n",
		"overlays/west/control-plane/values-base.yaml":   "profile: remote\n",
		"overlays/west/live/kustomization.yaml":          "generators: [mesh.yaml]\n",
		"README.md":                                      "# A file at the root, and folders that Flux gets too.\n",
		"docs/a.md":                                      "# And one beside.\n",
		"overlays/west/kustomization.yaml":               "resources: [namespaces, control-plane]\n",
	}
}

func TestCheck(t *testing.T) {
	const (
		first  = "clusters/west/isthmus.yaml: Kustomization/flux-system/isthmus-west-namespaces: "
		second = "clusters/west/isthmus.yaml: Kustomization/flux-system/isthmus-west-control-plane: "
	)
	release := "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: istiod, namespace: istio-system}\nspec: {interval: 1h}\n"
	for _, test := range []struct {
		name     string
		file     string // of the fixture
		old, new string // what is changed in it
		files    map[string]string
		tree     Tree
		count    int // 2 where it is 0
		want     string
	}{
		{name: "good"},
		{name: "no clusters", files: map[string]string{west: ""}, count: -1},
		{name: "no interval to retry", file: west, old: "  retryInterval: 2m\n", new: "", want: first + "spec.retryInterval: required here; the default is not what this repository means"},
		{name: "no prune", file: west, old: "prune: true", new: "prune: false", want: first + "spec.prune: must be true"},
		{name: "no wait", file: west, old: "  wait: true\n", new: "", want: first + "spec.wait: must be true"},
		{name: "health checks beside wait", file: west, old: "  wait: true\n", new: "  wait: true\n  healthChecks: [{apiVersion: v1, kind: Service, name: a}]\n", want: first + "spec.healthChecks: ignored by Flux where spec.wait is true"},
		{name: "target namespace", file: west, old: "  wait: true\n", new: "  wait: true\n  targetNamespace: shop\n", want: first + "spec.targetNamespace: it would rename what the overlay holds, Namespaces included\n" +
			first + "what is built is not what the files hold (-files +built):\n…"},
		{name: "path of no stage", file: west, old: "west/namespaces\n", new: "west\n", want: first + "spec.path: must be ./overlays/<cluster>/<stage>, not \"./overlays/west\"\noverlays/west/namespaces: no Kustomization applies it"},
		{name: "path of nowhere", file: west, old: "west/namespaces\n", new: "west/namespace\n", want: first + "spec.path: no folder ./overlays/west/namespace in what Flux gets\noverlays/west/namespaces: no Kustomization applies it\n" +
			"names are not one function of cluster and stage: isthmus-<cluster>-<stage>, isthmus-<cluster>-<stage>s"},
		{name: "overlay of another cluster", file: west, old: "./overlays/west/namespaces\n", new: "./overlays/east/namespaces\n", files: map[string]string{
			"overlays/east/namespaces/kustomization.yaml": "resources: [ns.yaml]\n", "overlays/east/namespaces/ns.yaml": fixture()[names],
		}, want: first + "spec.path: the overlay of east does not belong into this file\noverlays/west/namespaces: no Kustomization applies it\n" +
			"names are not one function of cluster and stage: isthmus-<cluster>-<stage>, isthmus-west-<stage>\n" +
			first + "Namespace/istio-system: no spec.kubeConfig, so it would be applied to the hub"},
		{name: "prefix", file: west, old: "./overlays", new: "./prod/overlays", tree: Tree{Prefix: "prod"}, want: second + "spec.path: must be ./prod/overlays/<cluster>/<stage>, not \"./overlays/west/control-plane\"\noverlays/west/control-plane: no Kustomization applies it"},
		{name: "a file that Flux leaves out", file: "overlays/west/control-plane/kustomization.yaml", old: "[stub.yaml]", new: "[stub.yaml, .sops.yaml]", files: map[string]string{"overlays/west/control-plane/.sops.yaml": fixture()[plane]}, want: second + "build: accumulating resources: accumulation err='accumulating resources from '.sops.yaml': open …"},
		{name: "a generator, which Flux does not run", file: "overlays/west/control-plane/kustomization.yaml", old: "resources", new: "generators: [mesh.yaml]\nresources", files: map[string]string{"overlays/west/control-plane/mesh.yaml": "apiVersion: isthmus.dev/v1alpha1\nkind: Mesh\nmetadata: {name: a, annotations: {config.kubernetes.io/function: \"exec: {path: isthmus}\"}}\n"}, want: second + "build: loading generator plugins: failed to load generator: external plugins disabled; unable to load external plugin 'Mesh'…"},
		{name: "a file from outside", file: "overlays/west/control-plane/kustomization.yaml", old: "[stub.yaml]", new: "[../../../../../../../etc/hostname]", want: second + "build: accumulating resources: accumulation err='accumulating resources from '../../../../../../../etc/hostname': fs-security-constraint read /etc/hostname: …"},
		{name: "a transformer, so that objects differ", file: "overlays/west/control-plane/kustomization.yaml", old: "resources", new: "namePrefix: a-\nresources", want: second + "what is built is not what the files hold (-files +built):\n…"},
		{name: "file of nobody", files: map[string]string{"overlays/west/control-plane/more.yaml": fixture()[plane]}, want: second + "control-plane/more.yaml: no kustomization lists it, so it is never applied"},
		{name: "Namespace that is pruned", file: names, old: "prune: disabled", new: "ssa: Merge", want: first + "Namespace/istio-system: needs the annotation kustomize.toolkit.fluxcd.io/prune: disabled, or removing it removes all that is in it"},
		{name: "dollar and brace", file: plane, old: "namespace: istio-system}", new: "namespace: istio-system, annotations: {a: \"${HOST}\"}}", want: second + "build: Service/istio-system/istiod: a variable substitution would change it; it needs the annotation kustomize.toolkit.fluxcd.io/substitute: disabled"},
		{name: "dollar and brace, protected", file: plane, old: "namespace: istio-system}", new: "namespace: istio-system, annotations: {a: \"${HOST}\", kustomize.toolkit.fluxcd.io/substitute: disabled}}"},
		{name: "stage of nobody", files: map[string]string{"overlays/west/istio-config/kustomization.yaml": "resources: []\n"}, want: "overlays/west/istio-config: no Kustomization applies it"},
		{name: "stage of an overlay that Flux does not deliver", files: map[string]string{"overlays/east/istio-config/kustomization.yaml": "resources: []\n"}},
		{name: "dependency of nobody", file: west, old: "[{name: isthmus-west-namespaces}]", new: "[{name: istio-crds}]", want: second + "spec.dependsOn: no Kustomization flux-system/istio-crds in the same file, and the mesh names none"},
		{name: "dependency that the user named", file: west, old: "[{name: isthmus-west-namespaces}]", new: "[{name: crds, namespace: infra}]", tree: Tree{Given: []string{"infra/crds"}}},
		{name: "circle", file: west, old: "  sourceRef", new: "  dependsOn: [{name: isthmus-west-control-plane}]\n  sourceRef", want: "clusters/west/isthmus.yaml: spec.dependsOn: a circle: flux-system/isthmus-west-control-plane -> flux-system/isthmus-west-namespaces -> flux-system/isthmus-west-control-plane"},
		{name: "one name twice", files: map[string]string{
			"clusters/west/isthmus.yaml": strings.Replace(fixture()[west], "  dependsOn: [{name: isthmus-west-namespaces}]\n", "", 1) + strings.Replace(kustomizationOf("west", "namespaces", ""), "west/namespaces", "west/control-plane", 1),
		}, count: 3, want: "overlays/west/control-plane: applied twice, by isthmus-west-control-plane and isthmus-west-namespaces\n" +
			first + "the name is taken by clusters/west/isthmus.yaml\n" + first + "the name does not hold its stage, control-plane\n" + first + "Service/istio-system/istiod: applied by " + strings.TrimSuffix(second, ": ") + " too"},
		{name: "name by another rule", file: west, old: "name: isthmus-west-control-plane", new: "name: west-control-plane", want: "names are not one function of cluster and stage: <cluster>-<stage>, isthmus-<cluster>-<stage>"},
		{name: "HelmRelease", file: plane, old: "apiVersion: v1", new: release + "---\napiVersion: v1"},
		{name: "HelmRelease in the wrong cluster", file: plane, old: "apiVersion: v1", new: release + "---\napiVersion: v1", files: map[string]string{
			west: strings.ReplaceAll(fixture()[west], "  wait: true\n", "  wait: true\n  kubeConfig: {secretRef: {name: west}}\n"),
		}, want: second + "HelmRelease/istio-system/istiod: spec.kubeConfig takes it to a cluster where no Flux runs"},
		{name: "hub", files: map[string]string{west: "", "clusters/mgmt/isthmus-west.yaml": strings.ReplaceAll(fixture()[west], "  wait: true\n", "  wait: true\n  kubeConfig: {secretRef: {name: west}}\n")}},
		{name: "hub without kubeConfig", files: map[string]string{west: "", "clusters/mgmt/isthmus-west.yaml": fixture()[west]}, want: "clusters/mgmt/isthmus-west.yaml: Kustomization/flux-system/isthmus-west-namespaces: Namespace/istio-system: no spec.kubeConfig, so it would be applied to the hub\n" +
			"clusters/mgmt/isthmus-west.yaml: Kustomization/flux-system/isthmus-west-control-plane: Service/istio-system/istiod: no spec.kubeConfig, so it would be applied to the hub"},
		{name: "HelmRelease of a hub without kubeConfig", files: map[string]string{west: "", "clusters/mgmt/isthmus-west.yaml": strings.ReplaceAll(fixture()[west], "  wait: true\n", "  wait: true\n  kubeConfig: {secretRef: {name: west}}\n") + release}, want: "clusters/mgmt/isthmus-west.yaml: HelmRelease/istio-system/istiod: no spec.kubeConfig, so the chart would be installed in the hub"},
		{name: "one HelmRelease for two clusters of a hub", files: map[string]string{
			west: "", "clusters/mgmt/isthmus-west.yaml": strings.ReplaceAll(fixture()[west], "  wait: true\n", "  wait: true\n  kubeConfig: {secretRef: {name: west}}\n") + strings.Replace(release, "{interval: 1h}", "{interval: 1h, kubeConfig: {secretRef: {name: west}}}", 1),
			"clusters/mgmt/isthmus-east.yaml": strings.Replace(release, "{interval: 1h}", "{interval: 1h, kubeConfig: {secretRef: {name: east}}}", 1),
		}, want: "clusters/mgmt/isthmus-west.yaml: HelmRelease/istio-system/istiod: applied by clusters/mgmt/isthmus-east.yaml too"},
	} {
		t.Run(test.name, func(t *testing.T) {
			files := fixture()
			if test.file != "" {
				if !strings.Contains(files[test.file], test.old) {
					t.Fatalf("%q is not in %s", test.old, test.file)
				}
				files[test.file] = strings.Replace(files[test.file], test.old, test.new, 1)
			}
			for path, text := range test.files {
				files[path] = text
			}
			root := t.TempDir()
			write(t, root, files)
			test.tree.Root = root
			count, problems := test.tree.Check(t.TempDir())
			got := ""
			if err := errors.Join(problems...); err != nil {
				got = err.Error()
			}
			// Where kustomize has the word, its first words are enough.
			if begin, ok := strings.CutSuffix(test.want, "…"); ok && strings.HasPrefix(got, begin) {
				got = test.want
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			want := test.count
			if want == 0 {
				want = 2
			}
			if count != max(want, 0) {
				t.Errorf("%d Kustomizations, want %d", count, want)
			}
		})
	}
}

// write makes files; an empty text is no file.
func write(t *testing.T, root string, files map[string]string) {
	t.Helper()
	for path, text := range files {
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
}

func TestCheckSome(t *testing.T) {
	root := t.TempDir()
	count, problems := Tree{Root: root}.CheckSome(t.TempDir())
	if err := errors.Join(problems...); count != 0 || err == nil || err.Error() != root+": no Flux Kustomization in clusters/" {
		t.Errorf("got %d, %v", count, err)
	}
}
