package render

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
)

// exposure: what stands before a control plane leads to it.
func (w *witness) exposure(c *mesh.Cluster, docs []doc) {
	istio := &w.mesh.Spec.Istio
	cp := c.ControlPlane
	hosts := map[string]bool{}
	for _, revision := range w.revisions() {
		name := "istiod"
		if revision != "" {
			name += "-" + revision
		}
		hosts[name+"."+istio.Namespace+".svc."+istio.ClusterDomain] = true
	}
	if c.Dialect() == mesh.Dialect14 {
		hosts = map[string]bool{}
		for _, name := range []string{"istio-pilot", "istio-citadel"} {
			hosts[name+"."+istio.Namespace+".svc."+istio.ClusterDomain] = true
		}
	}
	routes := 0
	for _, d := range docs {
		switch {
		case d.kind() == "VirtualService":
			routes++
			matches, _ := d.get("spec", "tls").([]any)
			if c.Dialect().Old() {
				matches = d.get("spec", "tcp").([]any)
			}
			for _, t := range matches {
				for _, r := range t.(map[string]any)["route"].([]any) {
					host := lookup(r, []string{"destination", "host"}).(string)
					w.check("virtual service", hosts[host], "%s leads to %s", d, host)
				}
			}
		case d.kind() == "Service" && cp != nil && strings.HasSuffix(d.name(), "-remotes") && cp.Expose == mesh.ExposeClusterIP:
			ips := []string{d.text1("spec", "clusterIP")}
			if list, has := d.get("spec", "clusterIPs").([]any); has {
				ips = nil
				for _, ip := range list {
					ips = append(ips, ip.(string))
				}
			}
			w.check("clusterIP", fmt.Sprint(ips) == fmt.Sprint(cp.Addresses), "%s has %v, the mesh %v", d, ips, cp.Addresses)
		case d.kind() == "Deployment":
			labels, _ := d.get("spec", "template", "metadata", "labels").(map[string]any)
			for key, value := range cp.Gateway.Selector {
				w.check("gateway labels", labels[key] == value, "the Gateway selects %s=%s, %s has %v", key, value, d, labels)
			}
		case d.kind() == "IstioRevisionTag":
			target := d.text1("spec", "targetRef", "name")
			w.check("tag", slices.ContainsFunc(docs, func(o doc) bool { return o.kind() == "Istio" && o.name() == target }), "%s stands for %q", d, target)
		case d.kind() == "Secret":
			account := d.text1("metadata", "annotations", "kubernetes.io/service-account.name")
			w.check("account", account == "istio-reader-service-account", "%s is of %q", d, account)
		}
	}
	if cp != nil && !c.Dialect().Old() {
		byGateway := cp.Expose == mesh.ExposeGateway || cp.Expose == mesh.ExposeDedicatedGateway
		w.check("virtual service", byGateway == (routes == len(w.revisions())) && (byGateway || routes == 0), "%s has %d for %v", c.Name, routes, w.revisions())
	}
}

func (w *witness) revisions() []string {
	all := []string{w.mesh.Spec.Istio.Revision}
	if canary := w.mesh.Spec.Istio.Canary; canary != nil {
		all = append(all, canary.Revision)
	}
	return all
}

// engines: what an object says to who syncs it.
func (w *witness) engines(c *mesh.Cluster, docs []doc) {
	waves := map[string]string{"namespaces": "-2", "secrets": "-1", "control-plane": "0", "istio-config": "1", "services": "2", "remotes": "3"}
	for _, d := range docs {
		if d.kind() == "" {
			continue
		}
		if strings.Contains(d.text, "${") {
			w.check("substitution", d.text1("metadata", "annotations", "kustomize.toolkit.fluxcd.io/substitute") == "disabled", "%s holds ${ and is not protected", d)
		}
		if !d.listed {
			continue
		}
		want := ""
		if c.Delivery.Engine == mesh.EngineArgoCD {
			want = waves[d.stage]
		}
		w.check("wave", d.text1("metadata", "annotations", "argocd.argoproj.io/sync-wave") == want, "%s has no wave %q", d, want)
	}
}

// delivered: what an engine names is there.
func (w *witness) delivered(c *mesh.Cluster, docs, delivery []doc, folders, files map[string]bool) {
	has := func(list []doc, kind, namespace, name string) bool {
		return slices.ContainsFunc(list, func(o doc) bool {
			return o.kind() == kind && o.text1("metadata", "namespace") == namespace && o.name() == name
		})
	}
	for _, d := range docs {
		if d.kind() != "HelmRelease" {
			continue
		}
		namespace := d.text1("metadata", "namespace")
		w.check("dependency", has(docs, "HelmRepository", namespace, d.text1("spec", "chart", "spec", "sourceRef", "name")), "%s has no repository", d)
		list, _ := d.get("spec", "dependsOn").([]any)
		for _, on := range list {
			name := on.(map[string]any)["name"].(string)
			w.check("dependency", name != d.name() && has(docs, "HelmRelease", namespace, name), "%s waits for %q", d, name)
		}
		through := lookup(d.value, []string{"spec", "kubeConfig"}) != nil
		w.check("dependency", through == d.hub && len(d.name()) <= 63 && len(d.text1("spec", "releaseName")) <= 53, "%s: through a kubeconfig %t", d, through)
	}
	count, previous := 0, ""
	for _, d := range delivery {
		switch d.kind() {
		case "Kustomization":
			count++
			folder := path.Base(d.text1("spec", "path"))
			w.check("kustomization", folders[folder] && d.text1("spec", "path") == "./"+path.Join(w.mesh.Spec.Delivery.Path, "overlays", c.Name, folder), "%s is of %q", d, d.text1("spec", "path"))
			if list, _ := d.get("spec", "dependsOn").([]any); previous != "" {
				w.check("kustomization", len(list) == 1 && list[0].(map[string]any)["name"] == previous, "%s waits for %v, not for %s", d, list, previous)
			}
			previous = d.name()
			hub := w.mesh.Spec.Delivery.Flux.Hub.Cluster
			through := hub != "" && hub != c.Name && folder != "releases"
			w.check("kustomization", through == (d.get("spec", "kubeConfig") != nil) && len(d.name()) <= 63 && d.get("spec", "targetNamespace") == nil, "%s", d)
			w.check("once on the hub", w.hub[d.file+d.name()] == "", "%s is that of %s", d, w.hub[d.file+d.name()])
			w.hub[d.file+d.name()] = c.Name
		case "Application":
			count++
			for _, s := range d.get("spec", "sources").([]any) {
				list, _ := lookup(s, []string{"helm", "valueFiles"}).([]any)
				for _, f := range list {
					w.check("values file", files[strings.TrimPrefix(f.(string), "$values/")], "%s reads %s", d, f)
				}
			}
		}
	}
	listed := 0
	for _, is := range folders {
		if is {
			listed++
		}
	}
	want := map[mesh.Engine]int{mesh.EngineFlux: listed, mesh.EngineArgoCD: 1}[c.Delivery.Engine]
	w.check("kustomization", count == want, "%s has %d objects that deliver it, want %d", c.Name, count, want)
}
