package uninstall_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/isthmus-mesh/isthmus/generators/uninstall"
)

// TestSteps: what is done for each way to install and to deliver, in order.
func TestSteps(t *testing.T) {
	const (
		secret   = "delete the remote Secret, so that the control plane no longer reads the cluster"
		unlabel  = "take the injection labels off, and restart what has sidecars"
		rendered = "delete what was rendered, webhooks first"
		left     = "look at what Istio itself wrote and nobody deletes"
		sync     = "stop the sync, which would put back what is deleted"
		files    = "take back what was installed from files"
	)
	ca := []string{left, "kubectl --context west get configmap --all-namespaces --field-selector metadata.name=istio-ca-root-cert"}
	labels := []string{
		unlabel,
		"kubectl --context west label namespace shop istio-injection- istio.io/rev-",
		"kubectl --context west -n shop rollout restart deployment,statefulset,daemonset",
	}
	for _, test := range []struct {
		folder, cluster string
		options         uninstall.Options
		want            [][]string
	}{
		{
			folder: "values-1.24", cluster: "west",
			want: [][]string{{secret, "control-plane in east"}, labels, {rendered, "cluster in west"}, {
				files,
				"helm --kube-context west uninstall istiod -n istio-system",
				"helm --kube-context west uninstall istio-base -n istio-system",
			}, ca},
		},
		{
			folder: "helm-flux", cluster: "west",
			want: [][]string{{
				sync, "flux --context west suspend kustomization -n flux-system isthmus-west-namespaces isthmus-west-control-plane isthmus-west-istio-config isthmus-west-services",
			}, {secret, "control-plane in east"}, labels, {rendered, "cluster in west"}, ca},
		},
		{
			folder: "helm-hub", cluster: "west", options: uninstall.Options{Namespaces: true},
			want: [][]string{
				{
					sync, "flux --context mgmt suspend kustomization -n flux-system isthmus-west-namespaces isthmus-west-control-plane isthmus-west-releases isthmus-west-istio-config isthmus-west-services",
				},
				{secret, "control-plane in east"},
				{rendered, "cluster in west"},
				{"delete the releases on the hub, whose Flux then uninstalls the charts", "hub in mgmt"},
				{"once all that is done, delete the Namespaces and CRDs that are asked for", "cluster in west, with them"},
				ca,
			},
		},
		{
			folder: "helm-argocd", cluster: "west",
			want: [][]string{
				{sync, `kubectl --context mgmt -n argocd patch application isthmus-west --type merge -p '{"spec":{"syncPolicy":{"automated":null}}}'`},
				{secret, "control-plane in east"}, labels, {rendered, "cluster in west"},
				{
					"delete what the engine installed from charts",
					`kubectl --context mgmt -n argocd patch application isthmus-west --type merge -p '{"metadata":{"finalizers":["resources-finalizer.argocd.argoproj.io"]}}'`,
					"kubectl --context mgmt -n argocd delete application isthmus-west",
				},
				ca,
			},
		},
		{
			folder: "guide-1.4", cluster: "main0",
			want: [][]string{
				{
					unlabel,
					"kubectl --context main0 label namespace default istio-injection-",
					"kubectl --context main0 -n default rollout restart deployment,statefulset,daemonset",
				},
				{rendered, "cluster in main0"},
				{files, "istioctl manifest generate -f overlays/main0/control-plane/profile.yaml | awk -v RS='\\n---' -v ORS='\\n---' '!/(^|\\n)kind: (Namespace|CustomResourceDefinition)[ \\r]*(\\n|$)/' | kubectl --context main0 delete --ignore-not-found -f -"},
				{
					left,
					"kubectl --context main0 -n istio-system delete secret cacerts --ignore-not-found",
					"kubectl --context main0 get secret --all-namespaces --field-selector type=istio.io/key-and-cert",
				},
			},
		},
		{
			folder: "guide-1.4", cluster: "main0", options: uninstall.Options{Namespaces: true}, // cacerts goes with its Namespace
			want: [][]string{
				{
					unlabel,
					"kubectl --context main0 label namespace default istio-injection-",
					"kubectl --context main0 -n default rollout restart deployment,statefulset,daemonset",
				},
				{rendered, "cluster in main0"},
				{files, "istioctl manifest generate -f overlays/main0/control-plane/profile.yaml | awk -v RS='\\n---' -v ORS='\\n---' '!/(^|\\n)kind: (Namespace|CustomResourceDefinition)[ \\r]*(\\n|$)/' | kubectl --context main0 delete --ignore-not-found -f -"},
				{"once all that is done, delete the Namespaces and CRDs that are asked for", "cluster in main0, with them"},
				{left, "kubectl --context main0 get secret --all-namespaces --field-selector type=istio.io/key-and-cert"},
			},
		},
		{
			folder: "overlay-1.5", cluster: "remote", options: uninstall.Options{Namespaces: true}, // somebody else's Namespace stays
			want: [][]string{
				{secret, "control-plane in primary"},
				{
					unlabel,
					"kubectl --context remote label namespace web istio-injection-",
					"kubectl --context remote -n web rollout restart deployment,statefulset,daemonset",
				},
				{rendered, "cluster in remote"},
				{files, "istioctl manifest generate -f overlays/remote/control-plane/profile.yaml | awk -v RS='\\n---' -v ORS='\\n---' '!/(^|\\n)kind: (Namespace|CustomResourceDefinition)[ \\r]*(\\n|$)/' | kubectl --context remote delete --ignore-not-found -f -"},
				{"once all that is done, delete the Namespaces and CRDs that are asked for", "cluster in remote, with them"},
				{left, "kubectl --context remote get configmap --all-namespaces --field-selector metadata.name=istio-ca-root-cert"},
			},
		},
	} {
		t.Run(test.folder+"/"+test.cluster, func(t *testing.T) {
			var got [][]string
			for _, step := range clusters(t, test.folder)[test.cluster].removal(t, test.options).Steps {
				words := append([]string{step.Do}, step.Commands...)
				if step.Part != "" {
					in := step.Part + " in " + strings.Join(step.Clusters, ", ")
					if step.Last {
						in += ", with them"
					}
					words = append(words, in)
				}
				got = append(got, words)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("steps (-want +got):\n%s", diff)
			}
		})
	}
}

// The command that takes back what istioctl made leaves the Namespace and the
// CRDs alone, wherever their kind stands, and nothing else.
func TestIstioctlKeeps(t *testing.T) {
	var command string
	for _, step := range clusters(t, "guide-1.4")["remote0"].removal(t, uninstall.Options{}).Steps {
		for _, c := range step.Commands {
			if strings.HasPrefix(c, "istioctl ") {
				command = c
			}
		}
	}
	const generated = `# a comment
apiVersion: v1
kind: Namespace
metadata: {name: istio-system}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: holds-yaml}
data:
  text: |
    ---
    kind: Namespace
---
kind: CustomResourceDefinition
apiVersion: apiextensions.k8s.io/v1beta1
---

---
apiVersion: v1
kind: NamespaceLike
---
metadata: {name: last}
kind: Namespace
`
	script := "istioctl() { printf '%s' \"$GENERATED\"; }\nkubectl() { printf '%s\\n' \"$*\"; cat; }\n" + command
	for _, awk := range []string{"awk", "mawk", "gawk", "busybox awk"} {
		if _, err := exec.LookPath(strings.Fields(awk)[0]); err != nil {
			continue
		}
		cmd := exec.Command("sh", "-c", strings.Replace(script, "| awk ", "| "+awk+" ", 1))
		cmd.Env = append(cmd.Environ(), "GENERATED="+generated)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", awk, err, out)
		}
		var got []string
		first, documents, _ := strings.Cut(string(out), "\n")
		for document := range strings.SplitSeq(documents, "\n---") {
			if document = strings.TrimSpace(document); document != "" {
				got = append(got, document)
			}
		}
		want := []string{
			"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: holds-yaml}\ndata:\n  text: |\n    ---\n    kind: Namespace",
			"apiVersion: v1\nkind: NamespaceLike",
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: documents (-want +got):\n%s", awk, diff)
		}
		if first != "--context remote0 delete --ignore-not-found -f -" {
			t.Errorf("%s: kubectl gets %q", awk, first)
		}
	}
}
