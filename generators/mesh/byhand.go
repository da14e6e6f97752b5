package mesh

import (
	"fmt"

	"github.com/isthmus-mesh/isthmus/generators/rule"
)

// byHand says how workloads get sidecars where nothing adds them: once for the
// mesh, or for each cluster that differs from it.
func (c *checker) byHand() {
	s := &c.mesh.Spec
	said := false
	for i := range s.Clusters {
		cl, at := &s.Clusters[i], cluster(i)+".injection"
		if !c.doc.Has(at) {
			at = "spec.injection.automatic"
		}
		if *cl.Injection || cl.State == Leaving || cl.Dialect() == "" || at == "spec.injection.automatic" && said {
			continue
		}
		said = said || at == "spec.injection.automatic"
		what := fmt.Sprintf("nothing adds sidecars in cluster %q", cl.Name)
		if at == "spec.injection.automatic" {
			what = "nothing adds sidecars"
		}
		why, fix := cl.manualInjection(s)
		c.report(rule.NoInjector, at, what, why, fix)
	}
}

// manualInjection gives how a person adds a sidecar to a workload of the
// cluster. On 1.4 the injector's mesh configuration is a ConfigMap of its own,
// and a remote has no other; with the injector off there is neither (istio/installer
// release-1.4, istio-control/istio-autoinject). Today the injector takes pods of
// any namespace that ask for it (istio/istio 1.30.3,
// manifests/charts/istio-control/istio-discovery, mutatingwebhook.yaml).
func (cl *Cluster) manualInjection(s *Spec) (why, fix string) {
	command := func(meshConfig string) string {
		return fmt.Sprintf("istioctl kube-inject -i %s --injectConfigMapName istio-sidecar-injector --meshConfigMapName %s -f <manifest> | kubectl apply -f -", s.Istio.Namespace, meshConfig)
	}
	switch {
	case cl.Dialect() == Dialect14:
		return "on Istio 1.4 the ConfigMaps that istioctl kube-inject needs come with the injector, which is off",
			"to add them by hand, leave injection on, take the namespaces out of spec.injection.namespaces, and run " + command("injector-mesh")
	case cl.Dialect().Old():
		return "the namespaces are not labelled", "add them by hand: " + command("istio")
	case s.Istio.Revision != "":
		return "the namespaces are not labelled", fmt.Sprintf("give each pod that shall have one the labels sidecar.istio.io/inject: \"true\" and istio.io/rev: %s", s.Istio.Revision)
	default:
		return "the namespaces are not labelled", `give each pod that shall have one the label sidecar.istio.io/inject: "true"`
	}
}
