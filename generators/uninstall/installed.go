package uninstall

import (
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/krm"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
)

// v1Served is the first Kubernetes that serves admissionregistration.k8s.io/v1
// and apiextensions.k8s.io/v1.
var v1Served = mesh.Version{Major: 1, Minor: 16, Patch: -1}

// served gives the apiVersion of a group in the cluster.
func (r *remover) served(group string) string {
	if r.cluster.KubernetesVersion.MinorVersion().Compare(v1Served) < 0 {
		return group + "/v1beta1"
	}
	return group + "/v1"
}

// webhooks names the webhooks that the release's installer makes, the injectors
// last, so that they are the first to go: they fail closed. The names are those
// of the charts: istio/installer release-1.4 sidecarInjectorWebhook, istio/istio
// 1.5.10 manifests/istio-control, and 1.30.3 manifests/charts
// (mutatingwebhook.yaml, revision-tags-mwc.yaml,
// validatingwebhookconfiguration.yaml, base/defaultrevision-*.yaml). On 1.4
// Galley makes its own.
func (r *remover) webhooks() []krm.Identity {
	namespace := r.spec.Istio.Namespace
	var validating, mutating []string
	switch {
	case r.cluster.Dialect() == mesh.Dialect14:
		if r.cluster.ControlPlane != nil {
			validating = []string{"istio-galley"}
		}
		mutating = []string{"istio-sidecar-injector"}
	case r.cluster.Dialect().Old():
		validating = []string{"istiod-" + namespace, "istio-galley"}
		mutating = []string{"istio-sidecar-injector"}
	default:
		validating = []string{"istiod-default-validator"}
		of := "" // ends the names outside the usual namespace
		if namespace != "istio-system" {
			of = "-" + namespace
		}
		for _, rev := range r.revisions() {
			if r.cluster.ControlPlane != nil {
				validating = append(validating, "istio-validator"+dashed(rev.name)+"-"+namespace)
			}
			for _, tag := range rev.tags {
				mutating = append(mutating, "istio-revision-tag-"+tag+of)
			}
			mutating = append(mutating, "istio-sidecar-injector"+dashed(rev.name)+of)
		}
	}
	var ids []krm.Identity
	for _, kind := range []struct {
		kind  string
		names []string
	}{{"ValidatingWebhookConfiguration", validating}, {"MutatingWebhookConfiguration", mutating}} {
		for _, name := range kind.names {
			ids = append(ids, krm.Identity{APIVersion: r.served("admissionregistration.k8s.io"), Kind: kind.kind, Name: name})
		}
	}
	return ids
}

// A revision is one control plane of the mesh, by the names that it has.
type revision struct {
	name string
	tags []string
}

func (r *remover) revisions() []revision {
	istio := &r.spec.Istio
	all := []revision{{istio.Revision, istio.RevisionTags}}
	if istio.Canary != nil {
		all = append(all, revision{istio.Canary.Revision, istio.Canary.RevisionTags})
	}
	return all
}

func dashed(name string) string {
	if name == "" {
		return ""
	}
	return "-" + name
}

// The CRDs by the release that brings them (istio/installer release-1.4
// crds/files, istio/istio 1.5.10 manifests/base/files, 1.30.3
// manifests/charts/base/files).
var (
	definitions14 = []string{
		"destinationrules.networking.istio.io", "envoyfilters.networking.istio.io", "gateways.networking.istio.io",
		"serviceentries.networking.istio.io", "sidecars.networking.istio.io", "virtualservices.networking.istio.io",
		"meshpolicies.authentication.istio.io", "policies.authentication.istio.io",
		"authorizationpolicies.security.istio.io",
		"clusterrbacconfigs.rbac.istio.io", "rbacconfigs.rbac.istio.io", "servicerolebindings.rbac.istio.io", "serviceroles.rbac.istio.io",
		"adapters.config.istio.io", "attributemanifests.config.istio.io", "handlers.config.istio.io", "httpapispecbindings.config.istio.io",
		"httpapispecs.config.istio.io", "instances.config.istio.io", "quotaspecbindings.config.istio.io", "quotaspecs.config.istio.io",
		"rules.config.istio.io", "templates.config.istio.io",
	}
	definitions15 = append(slices.Clone(definitions14), "peerauthentications.security.istio.io", "requestauthentications.security.istio.io")
	definitions   = []string{
		"destinationrules.networking.istio.io", "envoyfilters.networking.istio.io", "gateways.networking.istio.io",
		"proxyconfigs.networking.istio.io", "serviceentries.networking.istio.io", "sidecars.networking.istio.io",
		"virtualservices.networking.istio.io", "workloadentries.networking.istio.io", "workloadgroups.networking.istio.io",
		"authorizationpolicies.security.istio.io", "peerauthentications.security.istio.io", "requestauthentications.security.istio.io",
		"telemetries.telemetry.istio.io", "trafficextensions.extensions.istio.io", "wasmplugins.extensions.istio.io",
	}
)

// definitions names the CRDs that the installer made; with Sail they are the
// operator's own.
func (r *remover) definitions() []krm.Identity {
	names := definitions
	switch {
	case r.spec.Istio.Install == mesh.InstallSail:
		return nil
	case r.cluster.Dialect() == mesh.Dialect14:
		names = definitions14
	case r.cluster.Dialect().Old():
		names = definitions15
	}
	var ids []krm.Identity
	for _, name := range names {
		ids = append(ids, krm.Identity{APIVersion: r.served("apiextensions.k8s.io"), Kind: "CustomResourceDefinition", Name: name})
	}
	return ids
}

// keeping leaves Namespaces and CRDs out of what istioctl generates: the manifest
// of every release holds the CRDs, that of 1.4 and 1.5 the Namespace.
const keeping = ` | awk -v RS='\n---' -v ORS='\n---' '!/(^|\n)kind: (Namespace|CustomResourceDefinition)[ \r]*(\n|$)/'`

// installers gives the commands that take back what istioctl or Helm installed
// from files beside the manifests, the last installed first.
func (r *remover) installers() []string {
	var commands []string
	for _, stage := range r.plan.Stages {
		for _, f := range stage.Files {
			words := strings.Fields(f.Use)
			if f.Listed || len(words) == 0 {
				continue
			}
			file := "overlays/" + r.cluster.Name + "/" + stage.Name + "/" + f.Name
			if words[0] == "helm" {
				// helm upgrade --install <release> <chart> … -n <namespace> -f
				commands = append(commands, "helm --kube-context "+r.cluster.Name+" uninstall "+words[3]+" -n "+words[slices.Index(words, "-n")+1])
				continue
			}
			commands = append(commands, "istioctl manifest generate -f "+file+keeping+" | kubectl --context "+r.cluster.Name+" delete --ignore-not-found -f -")
		}
	}
	slices.Reverse(commands)
	return commands
}
