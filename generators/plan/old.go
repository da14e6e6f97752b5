package plan

import (
	"fmt"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
)

// A stub stands for a Service of the control plane on a remote: a Service
// without a selector, and Endpoints with the addresses of the real one.
type stub struct {
	service   string // the key of its ports in the dialect
	addresses []mesh.Address
}

// stubs lists the stubs that a remote needs. Policy and telemetry have one
// where they have an address.
func (b *builder) stubs(c *mesh.Cluster) []stub {
	cp := b.mesh.Spec.Primary(c).ControlPlane
	pilot := "istio-pilot"
	if c.Dialect() == mesh.Dialect15 {
		pilot = "istiod-remote" // since 1.5.1
	}
	all := []stub{{pilot, cp.Addresses}}
	if len(cp.PolicyAddresses) > 0 {
		all = append(all, stub{"istio-policy", cp.PolicyAddresses})
	}
	if len(cp.TelemetryAddresses) > 0 {
		all = append(all, stub{"istio-telemetry", cp.TelemetryAddresses})
	}
	return all
}

// oldControlPlane plans the profile of a cluster of 1.4 or 1.5 and, on a remote,
// the stubs.
func (b *builder) oldControlPlane(c *mesh.Cluster) []Stage {
	profile := b.unit("profile.jsonnet", map[string]any{"dialect": string(c.Dialect()), "profile": b.oldProfile(c)})
	files := []File{{
		Name: "profile.yaml",
		// Nothing in the cluster takes the profile unless an operator does.
		Listed: b.mesh.Spec.Istio.Install == mesh.InstallOperator,
		Use:    "istioctl manifest apply -f",
		Picks:  []Pick{{profile, []string{"profile"}}},
	}}
	if c.ControlPlane == nil && b.mesh.Spec.Istio.Stubs != mesh.StubsProfile {
		stubs := map[string]any{}
		var keys []string
		for _, s := range b.stubs(c) {
			stubs[s.service] = texts(s.addresses)
			keys = append(keys, s.service+".service", s.service+".endpoints")
		}
		unit := b.unit("oldstubs.jsonnet", map[string]any{
			"dialect": string(c.Dialect()), "namespace": b.mesh.Spec.Istio.Namespace,
			"annotations": b.wave(c, StageControlPlane), "stubs": stubs,
		})
		files = append(files, File{Name: "stubs.yaml", Listed: true, Picks: []Pick{{unit, keys}}})
	}
	return []Stage{{Name: StageControlPlane, Files: files}}
}

func texts(addresses []mesh.Address) []any {
	all := make([]any, len(addresses))
	for i, a := range addresses {
		all[i] = a.String()
	}
	return all
}

// oldProfile decides what the profile object of a cluster says. A key that is left
// out is left to the release's own profile.
func (b *builder) oldProfile(c *mesh.Cluster) map[string]any {
	s := &b.mesh.Spec
	dialect := c.Dialect()
	p := map[string]any{
		"name":        "isthmus-" + c.Name,
		"namespace":   s.Istio.Namespace,
		"annotations": map[string]any{},
		"profile":     "default",
		"meshID":      s.MeshID,
		"trustDomain": s.TrustDomain,
		"network":     s.Network,
		"mutualTLS":   s.Security.MutualTLS,
		"selfSigned":  s.Security.Certificates == mesh.SelfSigned,
		"values":      merge(s.Istio.Values, c.Values),
	}
	if c.ControlPlane == nil {
		p["profile"] = "remote"
	}
	if s.Istio.Install == mesh.InstallOperator {
		p["annotations"] = b.wave(c, StageControlPlane)
	}
	// On 1.4 the control plane's own registry is called Kubernetes, whatever is
	// set here (istio/istio 1.4.10, pilot/pkg/bootstrap/server.go:920), and its
	// sidecars must say the same; istiod takes the name.
	if c.ControlPlane == nil || dialect != mesh.Dialect14 {
		p["clusterName"] = c.Name
	}
	if dialect == mesh.Dialect14 {
		p["controlPlaneSecurity"] = s.Security.ControlPlaneSecurity
		// The remote profile of 1.4 has injection switched off, against its
		// documentation; the default profile has it on.
		if c.ControlPlane == nil || !*c.Injection {
			p["injection"] = *c.Injection
		}
	}
	if c.ControlPlane == nil {
		p["ingressGateway"] = c.IngressGateway
		p["remote"] = b.oldRemote(c)
	} else {
		b.oldExposed(c, p)
	}
	if s.Istio.ClusterDomain != "cluster.local" {
		p["clusterDomain"] = s.Istio.ClusterDomain
	}
	for key, text := range map[string]string{"hub": s.Istio.Hub, "tag": s.Istio.Tag, "zipkin": s.Tracing.Zipkin} {
		if text != "" {
			p[key] = text
		}
	}
	return p
}

// oldRemote decides how the profile of a remote says where the control plane is.
// With stubs of the overlay alone it names the stubs, and the addresses are
// theirs; otherwise it has the flags of the guide.
func (b *builder) oldRemote(c *mesh.Cluster) map[string]any {
	dialect, namespace := c.Dialect(), b.mesh.Spec.Istio.Namespace
	remote := map[string]any{}
	for _, s := range b.stubs(c) {
		key := map[string]string{"istio-policy": "policyAddress", "istio-telemetry": "telemetryAddress"}[s.service]
		mixer := key != ""
		switch {
		case b.mesh.Spec.Istio.Stubs != mesh.StubsOverlay:
			if !mixer {
				key = "pilotAddress"
			}
			remote[key] = s.addresses[0].String()
			// 1.5.1 dropped both flags for pilot; for Mixer the second one stayed.
			if dialect != mesh.Dialect15 {
				remote["createPilotEndpoint"] = true
			}
			if dialect != mesh.Dialect15 || mixer {
				remote["createEndpoints"] = true
			}
		case dialect == mesh.Dialect14:
			// Without flags its sidecars dial istio-pilot.<namespace>:15011, the
			// stub, and its remotes have no mesh config that would name Mixer.
		case mixer:
			// The address goes into the mesh config as it is, with :15004 behind
			// it; without createRemoteSvcEndpoints no Service is rendered for it.
			remote[key] = s.service + "." + namespace
		default:
			remote["discoveryAddress"] = fmt.Sprintf("%s.%s.svc:15012", s.service, namespace)
		}
	}
	return remote
}

// merge lays the values of a cluster over those of the mesh: maps key by key,
// all else whole.
func merge(under, over map[string]any) map[string]any {
	merged := map[string]any{}
	for key, value := range under {
		merged[key] = value
	}
	for key, value := range over {
		if above, ok := value.(map[string]any); ok {
			if below, ok := merged[key].(map[string]any); ok {
				merged[key] = merge(below, above)
				continue
			}
		}
		merged[key] = value
	}
	return merged
}
