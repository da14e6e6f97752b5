package plan

import "github.com/isthmus-mesh/isthmus/generators/mesh"

// istioConfig plans what needs the CRDs of the control plane, and what needs
// the accounts that it makes.
func (b *builder) istioConfig(c *mesh.Cluster) []Stage {
	if c.Dialect().Old() {
		return b.oldConfig(c)
	}
	s := &b.mesh.Spec
	var files []File
	config := func(revision, name string, keys ...string) {
		args := map[string]any{
			"namespace":     s.Istio.Namespace,
			"annotations":   b.wave(c, StageIstioConfig),
			"revision":      revision,
			"clusterDomain": s.Istio.ClusterDomain,
			"remote":        c.ControlPlane == nil,
		}
		if b.isRead(c) {
			_, args["tokens"] = b.tokens(c)
		}
		if c.ControlPlane != nil && c.ControlPlane.Hostname != "" {
			args["hostname"] = c.ControlPlane.Hostname // API servers ask for it by URL
		}
		if c.ControlPlane != nil {
			args["gateway"] = map[string]any{"namespace": c.ControlPlane.Gateway.Namespace, "selector": anyMap(c.ControlPlane.Gateway.Selector)}
		}
		files = append(files, File{Name: name, Listed: true, Picks: []Pick{{b.unit("config.jsonnet", args), keys}}})
	}
	if dedicated(c) && b.gatewayManifests(c) {
		unit := b.unit("gateway.jsonnet", map[string]any{
			"annotations": b.wave(c, StageIstioConfig), "revision": s.Istio.Revision, "gateway": b.gateway(c),
		})
		files = append(files, File{Name: "gateway.yaml", Listed: true, Picks: []Pick{{unit, []string{"account", "role", "binding", "service", "deployment", "scaler"}}}})
	}
	if c.ControlPlane != nil {
		if e := c.ControlPlane.Expose; e == mesh.ExposeGateway || e == mesh.ExposeDedicatedGateway {
			for _, r := range b.revisions(c) {
				keys := []string{"virtual-service"}
				if !r.canary {
					keys = append(keys, "gateway") // one for all revisions
				}
				config(r.name, r.file("exposure"), keys...)
			}
		}
		if s.Security.MutualTLS {
			config(s.Istio.Revision, "policy.yaml", "peer-authentication")
		}
	}
	// A control plane reads every other cluster: its remotes and, where there
	// are several control planes, those.
	if keys := b.readerKeys(c); b.isRead(c) && len(keys) > 0 {
		config(s.Istio.Revision, "reader.yaml", keys...)
	}
	if len(files) == 0 {
		return nil
	}
	return []Stage{{Name: StageIstioConfig, Files: files}}
}

// readerKeys names the objects of the reader. Its account comes with the base
// chart, which the Sail operator does not install; istioctl gives all charts the
// values that switch the chart's role off, and with it goes the account.
func (b *builder) readerKeys(c *mesh.Cluster) []string {
	least := b.mesh.Spec.Security.Reader.Permissions == mesh.LeastPrivilege
	keys, _ := b.tokens(c)
	if least {
		keys = append(keys, "reader-role", "reader-binding")
	}
	if install := b.install(c); install == mesh.InstallSail || least && install == mesh.InstallIstioctl {
		keys = append(keys, "reader-account")
	}
	return keys
}

// isRead says whether the control plane of another cluster reads this one.
func (b *builder) isRead(c *mesh.Cluster) bool {
	for i := range b.mesh.Spec.Clusters {
		if other := &b.mesh.Spec.Clusters[i]; other.ControlPlane != nil && other.Name != c.Name {
			return true
		}
	}
	return false
}
