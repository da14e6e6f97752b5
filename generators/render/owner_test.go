package render

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/isthmus-mesh/isthmus/generators/krm"
)

// The way from stubs of the overlay to stubs of the profile works as the document
// prints it: the patch gives the stub what Helm asks of an object that it takes
// over, and keeps Flux from deleting it when the overlay lets go of it.
func TestFromOverlayToProfile(t *testing.T) {
	document, err := os.ReadFile("../../docs/delivery.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(document), "## From one owner of the stub to the other")
	_, section, _ = strings.Cut(section, "```yaml\n")
	block, _, found := strings.Cut(section, "   ```")
	if !found {
		t.Fatal("the document shows no patch")
	}
	block = strings.ReplaceAll("\n"+block, "\n   ", "\n      ")[1:] // as a field of a cluster
	given, err := made(t, fmt.Sprintf(patched, "", block, "flux"))
	if err != nil {
		t.Fatal(err)
	}
	stub := map[string]*krm.Object{}
	for _, o := range given["west"].Listed() {
		if o.Namespace == "istio-system" && o.Name == "istiod" && o.Kind != "HelmRelease" {
			stub[o.Kind] = o
		}
	}
	if len(stub) != 2 {
		t.Fatalf("the stub: %v", stub)
	}
	for kind, o := range stub {
		meta := o.Value["metadata"].(map[string]any)
		want := map[string]any{"meta.helm.sh/release-name": "istiod", "meta.helm.sh/release-namespace": "istio-system", "kustomize.toolkit.fluxcd.io/prune": "disabled", "helm.sh/resource-policy": "keep", "argocd.argoproj.io/sync-options": "Prune=false"}
		if diff := cmp.Diff(want, meta["annotations"]); diff != "" {
			t.Errorf("annotations of the %s (-want +got):\n%s", kind, diff)
		}
		labels := meta["labels"].(map[string]any)
		if labels["app.kubernetes.io/managed-by"] != "Helm" || kind == "EndpointSlice" && labels["kubernetes.io/service-name"] != "istiod" {
			t.Errorf("labels of the %s: %v", kind, labels)
		}
	}
	// The second commit: the overlay lets go, and the release has the address of
	// a stub of the same name.
	taken, err := made(t, fmt.Sprintf(patched, ", stubs: profile", "", "flux"))
	if err != nil {
		t.Fatal(err)
	}
	address, release := "", ""
	for _, o := range taken["west"].Listed() {
		if o.Kind == "Service" && o.Name == "istiod" || o.Kind == "EndpointSlice" {
			t.Errorf("the overlay still has %s", o)
		}
		if o.Kind == "HelmRelease" && o.Name == "istiod" {
			address, _ = lookup(o.Value, []string{"spec", "values", "global", "remotePilotAddress"}).(string)
			release, _ = lookup(o.Value, []string{"spec", "releaseName"}).(string)
		}
	}
	annotations := lookup(stub["Service"].Value, []string{"metadata", "annotations"}).(map[string]any)
	if address != "10.1.255.10" || release != annotations["meta.helm.sh/release-name"] {
		t.Errorf("address %q, release %q", address, release)
	}
	// And back: the stub of the overlay stays when the release lets go of its own.
	for _, o := range mustMake(t, "", "flux")["west"].Listed() {
		if o.Namespace == "istio-system" && (o.Kind == "Service" || o.Kind == "EndpointSlice") && !strings.Contains(string(o.YAML), "helm.sh/resource-policy: keep") {
			t.Errorf("%s would be deleted by Helm", o)
		}
	}
}
