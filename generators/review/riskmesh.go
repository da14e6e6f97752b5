package review

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/plan"
	"github.com/isthmus-mesh/isthmus/generators/rule"
)

// clusters reports those that go or get another name.
func (w *watch) clusters(c *Change, base *Side) {
	for _, p := range base.Parts {
		if !slices.Contains(c.Clusters.Removed, p.Name) {
			continue
		}
		if p.Retiring {
			w.report(rule.ClusterLeft, fmt.Sprintf("cluster %s is gone", p.Name), []string{p.Name}, c.of(p.Name, Removed)...)
		} else {
			w.report(rule.ClusterRemoved, fmt.Sprintf("cluster %s is gone, and was not leaving", p.Name), []string{p.Name}, c.of(p.Name, Removed)...)
		}
	}
	for _, r := range c.Clusters.Renamed {
		w.report(rule.ClusterRenamed, fmt.Sprintf("cluster %s is renamed to %s", r.From, r.To), []string{r.To}, c.of(r.To, Renamed)...)
	}
}

// of gives the groups of one change that a cluster has a part in.
func (c *Change) of(cluster, change string) []int {
	var ids []int
	for i := range c.Groups {
		if g := &c.Groups[i]; g.Change == change && slices.Contains(g.Clusters, cluster) {
			ids = append(ids, g.ID)
		}
	}
	return ids
}

// bindings reports what clusters are bound to and no longer shall be.
func (w *watch) bindings(base, head *Side) {
	renamed := map[string]string{}
	for _, p := range pairs(base, head) {
		if p.base != nil && p.head != nil && p.base.Name != p.head.Name {
			renamed[p.base.Name] = p.head.Name
		}
	}
	now := func(name string) string {
		if other := renamed[name]; other != "" {
			return other
		}
		return name
	}
	for _, p := range pairs(base, head) {
		if p.base == nil || p.head == nil || p.base.Binding == "" || p.head.Binding == "" {
			continue
		}
		was, is := plan.ParseBinding(p.base.Binding), plan.ParseBinding(p.head.Binding)
		moved := func(r *rule.Rule, of, was, is, field string) {
			if was != is {
				risk := w.report(r, fmt.Sprintf("%s changes from %s to %s", of, word(was), word(is)), []string{p.head.Name})
				risk.Causes = sorted(append(risk.Causes, w.change.bound[spot{p.head.Name, bond(field)}]...))
			}
		}
		moved(rule.ControlPlaneChanges, "the control plane that the cluster follows", now(was.ControlPlane), is.ControlPlane, "controlPlane")
		moved(rule.NetworkMoves, "the network", was.Network, is.Network, "network")
		moved(rule.TrustDomainMoves, "the trust domain", was.TrustDomain, is.TrustDomain, "trustDomain")
		moved(rule.MeshIDMoves, "the mesh ID", was.MeshID, is.MeshID, "meshID")
		moved(rule.StubsSwitch, "stubs", was.Stubs, is.Stubs, "stubs")
		moved(rule.InstallationMoves, "the engine", was.Engine, is.Engine, "engine")
		moved(rule.InstallationMoves, "the hub", now(was.Hub), is.Hub, "hub")
		if was.Engine == is.Engine {
			moved(rule.InstallationMoves, "Flux's namespace", was.FluxNamespace, is.FluxNamespace, "fluxNamespace")
		}
		moved(rule.InstallationMoves, "the installation", was.Install, is.Install, "install")
		moved(rule.PlaceMoves, "Istio's namespace", was.Namespace, is.Namespace, "namespace")
		moved(rule.PlaceMoves, "the cluster domain", was.ClusterDomain, is.ClusterDomain, "clusterDomain")
		if was.SealingKey != "" { // the first is pinned where it is first used
			moved(rule.SealingKeyChanges, "the pinned sealing key", was.SealingKey, is.SealingKey, "sealingKey")
		}
		version := rule.VersionChanges
		if is.Version.Compare(was.Version) < 0 {
			version = rule.VersionLowered
		}
		moved(version, "Istio", was.Version.String(), is.Version.String(), "version")
		moved(rule.RevisionChanges, "the list of revisions", strings.Join(was.Revisions, "+"), strings.Join(is.Revisions, "+"), "revisions")
	}
}

// servers reports clusters whose API server is another. No object holds it: it is
// who gets the overlay, and what a remote Secret leads to.
func (w *watch) servers(base, head *Side) {
	whose := map[string]string{}
	for name, server := range base.Servers {
		whose[server] = name
	}
	for _, p := range pairs(base, head) {
		if p.base == nil || p.head == nil {
			continue
		}
		was, is := base.Servers[p.base.Name], head.Servers[p.head.Name]
		if was == "" || is == "" || was == is {
			continue
		}
		what := fmt.Sprintf("the API server of %s changes from %s to %s", p.head.Name, was, is)
		if other := whose[is]; other != "" {
			what += ", which was that of " + other
		}
		risk := w.report(rule.ServerMoves, what, []string{p.head.Name})
		risk.Causes = sorted(append(risk.Causes, w.change.bound[spot{p.head.Name, bond("apiServer")}]...))
	}
}

// joins reports clusters that take part from now on, and whose endpoints no control
// plane reads.
func (w *watch) joins(base, head *Side) {
	held := map[string]bool{}
	for _, part := range head.Parts {
		for _, f := range part.Files {
			if name, is := strings.CutPrefix(path.Base(f.Path), "istio-remote-secret-"); is {
				held[strings.TrimSuffix(name, ".yaml")] = true
			}
		}
	}
	for _, p := range pairs(base, head) {
		if p.head == nil || held[p.head.Name] || head.Joining[p.head.Name] || len(base.Parts) == 0 || len(head.Parts) < 2 {
			continue
		}
		switch {
		case p.base == nil:
			w.report(rule.RemoteSecretMissing, fmt.Sprintf("cluster %s joins, and no overlay holds its remote Secret", p.head.Name), []string{p.head.Name}, w.change.of(p.head.Name, Added)...)
		case base.Joining[p.base.Name]:
			w.report(rule.RemoteSecretMissing, fmt.Sprintf("cluster %s is no longer joining, and no overlay holds its remote Secret", p.head.Name), []string{p.head.Name})
		}
	}
}

// bond names a field of a binding as if it were an object, so that its causes are
// found as those of objects are.
func bond(field string) Object { return Object{Kind: "binding", Name: field} }

// bonds gives the fields of a cluster's binding that differ, its API server among
// them.
func (p clusterPair) bonds(base, head *Side) []delta {
	if p.base == nil || p.head == nil {
		return nil
	}
	var all []delta
	if base.Servers[p.base.Name] != head.Servers[p.head.Name] {
		all = append(all, delta{cluster: p.head.Name, was: p.base.Name, key: bond("apiServer")})
	}
	was := map[string]string{}
	for field := range strings.FieldsSeq(p.base.Binding) {
		key, value, _ := strings.Cut(field, "=")
		was[key] = value
	}
	for field := range strings.FieldsSeq(p.head.Binding) {
		if key, value, _ := strings.Cut(field, "="); was[key] != value {
			all = append(all, delta{cluster: p.head.Name, was: p.base.Name, key: bond(key)})
		}
	}
	return all
}

func word(text string) string {
	if text == "" {
		return "none"
	}
	return text
}

// roots reports a root certificate among the inputs that is another.
func (w *watch) roots(c *Change) {
	for i, h := range c.Inputs {
		// A root beside the others takes no trust away.
		if strings.HasSuffix("/"+h.File, "/"+mesh.RootsPath) && h.BaseTo >= h.BaseFrom {
			w.report(rule.RootMoves, fmt.Sprintf("%s is another", h.File), []string{}).Causes = []int{i}
		}
	}
}
