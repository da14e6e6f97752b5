package mesh_test

import (
	"fmt"
	"strings"
	"testing"
)

// Argo CD 3 drops Endpoints and EndpointSlices, those of charts too. Every
// combination says so where one is needed to reach the control plane, and only
// there.
func TestExcludedEndpoints(t *testing.T) {
	for _, era := range []struct {
		text            string
		stubs, installs []string
		hostname        []bool
	}{
		{text: base, stubs: []string{"overlay", "profile", "both"}, installs: []string{"istioctl", "operator"}, hostname: []bool{false}},
		{text: today, stubs: []string{"overlay", "profile"}, installs: []string{"helm", "sail", "values", "istioctl"}, hostname: []bool{false, true}},
	} {
		for _, stubs := range era.stubs {
			for _, install := range era.installs {
				for _, hostname := range era.hostname {
					for _, included := range []bool{false, true} {
						for _, engine := range []string{"argocd", "flux", "none"} {
							name := fmt.Sprintf("%s, %s, hostname %t, included %t, remote by %s", stubs, install, hostname, included, engine)
							text := edited(t, era.text, "    version:", "    stubs: "+stubs+"\n    install: "+install+"\n    version:",
								"  clusters:\n", fmt.Sprintf("  delivery: {engine: argocd, argocd: {cluster: mgmt, repoURL: \"https://git.example/m\", endpointsIncluded: %t}}\n  clusters:\n", included),
								"      serviceCIDRs: [10.120.0.0/16]\n", "      serviceCIDRs: [10.120.0.0/16]\n      delivery: {engine: "+engine+"}\n")
							if hostname {
								text = edited(t, text, "addresses: [10.1.255.10]", "hostname: istiod.example.com")
							}
							_, problems := load(text, nil)
							// Whose objects does Argo CD apply? The overlay's, and those of
							// the charts that it installs; not what an operator, istioctl
							// or a person's helm makes.
							makes := stubs != "profile" || install == "helm"
							want := engine == "argocd" && makes && !hostname && !included
							got := false
							for _, p := range problems.Errors() {
								if p.Path != "spec.delivery.argocd.endpointsIncluded" {
									t.Errorf("%s: %s", name, p.Text())
									continue
								}
								got = true
								says := "write stubs: profile; or tell"
								if era.text == today {
									says = "write install: sail with stubs: profile, or give the control plane a hostname; or tell"
								}
								if !strings.HasPrefix(p.Fix, says) || strings.Contains(p.Fix, "kinds: [Endpoints") {
									t.Errorf("%s: fix %q", name, p.Fix)
								}
							}
							if got != want {
								t.Errorf("%s: refused %t, want %t", name, got, want)
							}
						}
					}
				}
			}
		}
	}
}
