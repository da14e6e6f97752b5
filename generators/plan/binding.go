package plan

import (
	"slices"
	"strconv"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
)

// A Binding is what a cluster's overlay is bound to: who syncs it, what installs
// Istio, under which names, and who it is in the mesh. To change any of it takes
// away what is in the cluster before, or instead of, putting the new in its
// place, because whoever syncs prunes what is no longer there, or parts the
// cluster's proxies from those of the others.
type Binding struct {
	Engine    string
	Hub       string // the cluster whose Flux delivers, "" for its own
	Install   string
	Namespace string   // Istio's own
	Revisions []string // the mesh's own first, then the canary's

	ControlPlane string // the cluster that runs it
	Version      mesh.Version
	TrustDomain  string
	Network      string
	MeshID       string
	Signer       string // "certManager", or "" where control planes sign
	SealingKey   string // the pinned one, by its fingerprint; "" for none
	Tokens       string // the token Secrets that its reader has, by number; "" for the first alone

	FluxNamespace string
	Stubs         string
	ClusterDomain string
}

func (b *builder) binding(c *mesh.Cluster) Binding {
	s := &b.mesh.Spec
	bound := Binding{
		Engine: string(c.Delivery.Engine), Install: string(s.Istio.Install), Namespace: s.Istio.Namespace,
		ControlPlane: s.Primary(c).Name, Version: c.Version, TrustDomain: s.TrustDomain, Network: s.Network, MeshID: s.MeshID,
		Stubs: string(s.Istio.Stubs), ClusterDomain: s.Istio.ClusterDomain,
	}
	if c.Delivery.Engine == mesh.EngineFlux {
		bound.FluxNamespace = s.Delivery.Flux.Namespace
	}
	bound.SealingKey = b.mesh.Pins[c.Name]
	bound.Tokens = b.boundTokens(c)
	if b.certManager() {
		bound.Signer = string(mesh.CertManager)
	}
	if b.hub(c) {
		bound.Hub = s.Delivery.Flux.Hub.Cluster
	}
	if c.Dialect().Old() {
		bound.Revisions = []string{""}
		return bound
	}
	for _, r := range b.revisions(c) {
		bound.Revisions = append(bound.Revisions, r.name)
	}
	return bound
}

// NoTokens is a Binding's Tokens where none is rendered any more, because tokens
// are requested.
const NoTokens = "none"

// boundTokens gives the token Secrets of a cluster's reader as a Binding has them.
func (b *builder) boundTokens(c *mesh.Cluster) string {
	all := b.generations(c)
	switch {
	case len(b.mesh.Tokens[c.Name]) == 0 || slices.Equal(all, []int{1}):
		return ""
	case len(all) == 0:
		return NoTokens
	}
	texts := make([]string, len(all))
	for i, n := range all {
		texts[i] = strconv.Itoa(n)
	}
	return strings.Join(texts, "+")
}

// String gives the binding in one line, as a ledger records it.
func (b Binding) String() string {
	fields := []string{
		"engine=" + b.Engine, "hub=" + b.Hub, "install=" + b.Install, "namespace=" + b.Namespace, "revisions=" + strings.Join(b.Revisions, "+"),
		"controlPlane=" + b.ControlPlane, "version=" + b.Version.String(), "trustDomain=" + b.TrustDomain, "network=" + b.Network, "meshID=" + b.MeshID,
		"fluxNamespace=" + b.FluxNamespace, "stubs=" + b.Stubs, "clusterDomain=" + b.ClusterDomain,
	}
	if b.Signer != "" {
		fields = append(fields, "signer="+b.Signer)
	}
	if b.SealingKey != "" {
		fields = append(fields, "sealingKey="+b.SealingKey)
	}
	if b.Tokens != "" {
		fields = append(fields, "tokens="+b.Tokens)
	}
	return strings.Join(fields, " ")
}

// ParseBinding reads a binding back; what it does not know stays empty.
func ParseBinding(text string) Binding {
	var b Binding
	for field := range strings.FieldsSeq(text) {
		key, value, _ := strings.Cut(field, "=")
		switch key {
		case "engine":
			b.Engine = value
		case "hub":
			b.Hub = value
		case "install":
			b.Install = value
		case "namespace":
			b.Namespace = value
		case "revisions":
			b.Revisions = strings.Split(value, "+")
		case "controlPlane":
			b.ControlPlane = value
		case "version":
			if b.Version.UnmarshalText([]byte(value)) != nil {
				b.Version = mesh.Version{}
			}
		case "trustDomain":
			b.TrustDomain = value
		case "network":
			b.Network = value
		case "meshID":
			b.MeshID = value
		case "signer":
			b.Signer = value
		case "sealingKey":
			b.SealingKey = value
		case "tokens":
			b.Tokens = value
		case "fluxNamespace":
			b.FluxNamespace = value
		case "stubs":
			b.Stubs = value
		case "clusterDomain":
			b.ClusterDomain = value
		}
	}
	return b
}
