package plan

import (
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
)

// A since says which Kubernetes serve a field of a Service.
type since struct {
	field    string
	from, to mesh.Version // to is the first that no longer does; zero where all do
}

// fieldsSince lists the fields that not every Kubernetes from 1.13 on knows, as
// its OpenAPI document has them (core/v1 ServiceSpec and ServicePort).
var fieldsSince = []since{
	{"appProtocol", mesh.Version{Major: 1, Minor: 18, Patch: -1}, mesh.Version{}},
	{"internalTrafficPolicy", mesh.Version{Major: 1, Minor: 21, Patch: -1}, mesh.Version{}},
	{"topologyKeys", mesh.Version{Major: 1, Minor: 17, Patch: -1}, mesh.Version{Major: 1, Minor: 22, Patch: -1}},
	{"trafficDistribution", mesh.Version{Major: 1, Minor: 30, Patch: -1}, mesh.Version{}},
}

func (s since) knownTo(kubernetes mesh.Version) bool {
	k := kubernetes.MinorVersion()
	return k.Compare(s.from) >= 0 && (s.to.IsZero() || k.Compare(s.to) < 0)
}

// newFields tells which of these fields a Service has.
func newFields(s *mesh.Service) map[string]bool {
	f := &s.Fields
	has := map[string]bool{}
	note := func(field string, is bool) {
		if is {
			has[field] = true
		}
	}
	note("internalTrafficPolicy", f.InternalTrafficPolicy != "")
	note("topologyKeys", len(f.TopologyKeys) > 0)
	note("trafficDistribution", f.TrafficDistribution != "")
	for _, p := range f.Ports {
		note("appProtocol", p.AppProtocol != "")
	}
	return has
}

// duplicatedFrom is the annotation that names the homes of a copy.
const duplicatedFrom = "isthmus.dev/duplicated-from"

// portable gives what a copy of the Service says in a cluster that is not its
// home: everything by which it is called, nothing that its home made for
// itself (addresses, node ports, load balancers), and no field that the
// cluster's Kubernetes does not know. The annotations of its delivery are added.
func portable(s *mesh.Service, unknown []string, delivery map[string]any) map[string]any {
	f := &s.Fields
	spec := map[string]any{}
	known := func(field string) bool { return !slices.Contains(unknown, field) }
	if len(f.Ports) > 0 {
		ports := make([]any, len(f.Ports))
		for i, p := range f.Ports {
			ports[i] = port(p, known("appProtocol"))
		}
		spec["ports"] = ports
	}
	if len(f.Selector) > 0 {
		spec["selector"] = anyMap(f.Selector)
	}
	if f.Headless() {
		spec["clusterIP"] = "None"
	}
	if f.Type == "ExternalName" {
		spec["type"], spec["externalName"] = f.Type, f.ExternalName
	}
	if f.SessionAffinity != "" {
		spec["sessionAffinity"] = f.SessionAffinity
	}
	if len(f.SessionAffinityConfig) > 0 {
		spec["sessionAffinityConfig"] = f.SessionAffinityConfig
	}
	if f.PublishNotReadyAddresses {
		spec["publishNotReadyAddresses"] = true
	}
	// Local would drop every call where no endpoint is.
	if f.InternalTrafficPolicy == "Cluster" && known("internalTrafficPolicy") {
		spec["internalTrafficPolicy"] = f.InternalTrafficPolicy
	}
	if f.TrafficDistribution != "" && known("trafficDistribution") {
		spec["trafficDistribution"] = f.TrafficDistribution
	}
	if len(f.TopologyKeys) > 0 && known("topologyKeys") {
		spec["topologyKeys"] = anyList(f.TopologyKeys)
	}
	annotations := map[string]any{duplicatedFrom: strings.Join(s.Placement.Homes, ",")}
	for key, value := range delivery {
		annotations[key] = value
	}
	for key, value := range s.Annotations {
		if !local(key) {
			annotations[key] = value
		}
	}
	labels := map[string]any{}
	for key, value := range s.Labels {
		// No release of Helm owns the copy.
		if !local(key) && (key != "app.kubernetes.io/managed-by" || value != "Helm") {
			labels[key] = value
		}
	}
	return map[string]any{"labels": labels, "annotations": annotations, "spec": spec}
}

func port(p mesh.Port, appProtocol bool) map[string]any {
	out := map[string]any{"port": p.Port}
	for key, text := range map[string]string{"name": p.Name, "protocol": p.Protocol} {
		if text != "" {
			out[key] = text
		}
	}
	switch {
	case p.TargetPort.Name != "":
		out["targetPort"] = p.TargetPort.Name
	case p.TargetPort.Number != 0:
		out["targetPort"] = p.TargetPort.Number
	}
	if p.AppProtocol != "" && appProtocol {
		out["appProtocol"] = p.AppProtocol
	}
	return out
}

func anyMap(m map[string]string) map[string]any {
	out := make(map[string]any, len(m))
	for key, value := range m {
		out[key] = value
	}
	return out
}

// localPrefixes start the annotations and labels that speak to one cluster
// alone: to its cloud, to what exposes it, or to what delivered it there.
var localPrefixes = []string{
	"kubectl.kubernetes.io/", "config.kubernetes.io/", "internal.config.kubernetes.io/",
	"meta.helm.sh/", "helm.sh/", "helm.toolkit.fluxcd.io/", "kustomize.toolkit.fluxcd.io/", "argocd.argoproj.io/",
	"isthmus.dev/",
	"service.beta.kubernetes.io/", "service.kubernetes.io/load-balancer", "service.kubernetes.io/ibm-", "service.kubernetes.io/qcloud-",
	"cloud.google.com/", "networking.gke.io/", "beta.cloud.google.com/",
	"eks.amazonaws.com/", "alb.ingress.kubernetes.io/", "elbv2.k8s.aws/",
	"azure.workload.identity/",
	"oci.oraclecloud.com/", "oci-network-load-balancer.oraclecloud.com/",
	"kubernetes.digitalocean.com/", "load-balancer.hetzner.cloud/", "loadbalancer.openstack.org/", "service.beta.alibabacloud.com/", "kubernetes.civo.com/", "service.beta.scw.cloud/",
	"metallb.universe.tf/", "metallb.io/", "lbipam.cilium.io/", "io.cilium/", "service.cilium.io/", "kube-vip.io/", "purelb.io/",
	"external-dns.alpha.kubernetes.io/", "external-dns.kubernetes.io/",
	"endpoints.kubernetes.io/", "control-plane.alpha.kubernetes.io/",
	"field.cattle.io/", "cattle.io/",
}

// local says whether an annotation or label belongs to its home cluster.
func local(key string) bool {
	return slices.ContainsFunc(localPrefixes, func(prefix string) bool { return strings.HasPrefix(key, prefix) })
}
