package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Each change of a binding that breaks something is refused by its rule, and
// nothing is said of the others.
func TestRebind(t *testing.T) {
	const flux = "engine=flux hub= install=helm namespace=istio-system revisions=blue controlPlane=east version=1.30.3 trustDomain=cluster.local network=network1 meshID=shop fluxNamespace=flux-system stubs=overlay clusterDomain=cluster.local"
	for _, test := range []struct {
		name     string
		was, now []string // edits of the binding, in pairs
		want     string   // the message without its place, and its rule
		fix      string   // how its fix begins
	}{
		{name: "nothing"},
		{name: "a minor", now: []string{"1.30.3", "1.31.0"}},
		{name: "a canary", now: []string{"revisions=blue", "revisions=blue+green"}},
		{name: "the end of a canary", was: []string{"revisions=blue", "revisions=blue+green"}, now: []string{"revisions=blue", "revisions=green+blue"}},
		{name: "to Flux", was: []string{"engine=flux", "engine=none"}},
		{name: "away from Flux", now: []string{"engine=flux", "engine=none"}, want: `cluster "west" would no longer be synced by its Flux; its Kustomizations would go, and take with them all that they have applied: the installation, the stub and the Services (IST704)`},
		{name: "away from a hub", was: []string{"hub=", "hub=mgmt"}, want: `cluster "west" would no longer be synced by the Flux of mgmt; its Kustomizations would go, and take with them all that they have applied: the installation, the stub and the Services (IST704)`},
		{name: "another namespace of Flux", now: []string{"flux-system", "flux"}, want: `the Kustomizations of cluster "west" would move from namespace "flux-system" to "flux"; the old ones would go, and take with them all that they have applied (IST704)`},
		{name: "away from Argo CD", was: []string{"engine=flux", "engine=argocd"}, want: `cluster "west" would no longer be synced by Argo CD; if its Application is itself synced with pruning and a finalizer, all that it has applied goes with it (IST704)`},
		{name: "another installation", now: []string{"install=helm", "install=sail"}, want: `Istio would be installed by sail in place of helm in cluster "west"; the old installation would be removed before the new one works (IST705)`},
		{name: "another installation that nobody syncs", was: []string{"engine=flux", "engine=none"}, now: []string{"engine=flux", "engine=none", "install=helm", "install=sail"}},
		{name: "another stub", now: []string{"stubs=overlay", "stubs=profile"}, want: `the stub of cluster "west" would leave its overlay; whoever syncs it prunes the stub, and the cluster loses its control plane until the chart has made another (IST705)`},
		{name: "another stub of the cluster that has none", was: []string{"controlPlane=east", "controlPlane=west"}, now: []string{"controlPlane=east", "controlPlane=west", "stubs=overlay", "stubs=profile"}},
		{name: "another namespace", now: []string{"istio-system", "istio"}, want: `Istio would move from namespace "istio-system" to "istio" in cluster "west"; certificates, identities and every address of the control plane change at once (IST706)`},
		{name: "another revision", now: []string{"revisions=blue", "revisions=green"}, want: `revision "blue" of cluster "west" would go; the proxies that run ask its istiod until their pods restart, and it would be gone (IST707)`},
		{name: "another control plane", now: []string{"controlPlane=east", "controlPlane=north"}, want: `cluster "west" would follow the control plane of "north" in place of "east"; until its proxies have the new one's configuration and trust, calls fail, and the old control plane may be gone first (IST706)`},
		{name: "another trust domain", now: []string{"trustDomain=cluster.local", "trustDomain=example.com"}, want: `the trust domain of cluster "west" would change from "cluster.local" to "example.com"; it is part of every workload's identity: policies that name it stop matching (IST706)`},
		{name: "another cluster domain", now: []string{"clusterDomain=cluster.local", "clusterDomain=example.com"}, want: `the cluster domain of cluster "west" would change from "cluster.local" to "example.com"; no host that a proxy knows would be one that its clients ask for (IST706)`},
		{name: "another network", now: []string{"network1", "network2"}, want: `the network of cluster "west" would change from "network1" to "network2"; until every pod has restarted, proxies take each other to be on different networks and look for gateways (IST706)`},
		{name: "another mesh", now: []string{"meshID=shop", "meshID=bank"}, want: `the mesh of cluster "west" would change from "shop" to "bank"; proxies of two meshes do not trust each other's telemetry and identities (IST706)`},
		{name: "another signer", now: []string{"clusterDomain=cluster.local", "clusterDomain=cluster.local signer=certManager"}, want: `cert-manager would sign for cluster "west" in place of istiod; workloads that have a certificate of the one trust those of the other only under the same roots, and until both are there nobody gets a new one (IST706)`},
		{name: "istiod again", was: []string{"clusterDomain=cluster.local", "clusterDomain=cluster.local signer=certManager"}, want: `istiod would sign for cluster "west" in place of cert-manager; workloads that have a certificate of the one trust those of the other only under the same roots, and until both are there nobody gets a new one (IST706)`},
		{name: "a pinned key", now: []string{"clusterDomain=cluster.local", "clusterDomain=cluster.local sealingKey=6d9ab2d7a21908bd0856"}},
		{name: "another pinned key, which is taken by its fingerprint alone", was: []string{"clusterDomain=cluster.local", "clusterDomain=cluster.local sealingKey=6d9ab2d7a21908bd0856"}, now: []string{"clusterDomain=cluster.local", "clusterDomain=cluster.local sealingKey=4ba9"}},
		{name: "a pin that is gone", was: []string{"clusterDomain=cluster.local", "clusterDomain=cluster.local sealingKey=6d9ab2d7a21908bd0856"}, want: `the pin of the sealing key of cluster "west" is gone, which was 6d9ab2d7a21908bd…; the next command that seals would take whichever key lies in mesh/sealing then, or whom .sops.yaml names (IST714)`, fix: "bring mesh/sealed/.tags.lock back from Git, or, where isthmus secrets remove has taken the pin away, see that nothing is sealed for the cluster any more; then pass --rebind"},
		{name: "a rotation begins", now: []string{"clusterDomain=cluster.local", "clusterDomain=cluster.local tokens=1+2"}},
		{name: "a rotation ends", was: []string{"clusterDomain=cluster.local", "clusterDomain=cluster.local tokens=1+2"}, now: []string{"clusterDomain=cluster.local", "clusterDomain=cluster.local tokens=2"}},
		{name: "a rotation is taken back", was: []string{"clusterDomain=cluster.local", "clusterDomain=cluster.local tokens=1+2"}},
		{name: "tokens are requested", was: []string{"clusterDomain=cluster.local", "clusterDomain=cluster.local tokens=2"}, now: []string{"clusterDomain=cluster.local", "clusterDomain=cluster.local tokens=none"}},
		{name: "the token in use goes", was: []string{"clusterDomain=cluster.local", "clusterDomain=cluster.local tokens=2"}, want: `none of the token Secrets of cluster "west" would stay; the token that control planes read it with ends when its Secret is pruned (IST715)`, fix: "bring mesh/sealed/.tags.lock back from Git"},
		{name: "two minors", was: []string{"1.30.3", "1.28.5"}, want: `Istio in cluster "west" would go from 1.28.5 to 1.30.3; Istio supports an upgrade by one minor, and no downgrade of one (IST707)`},
		{name: "back", now: []string{"1.30.3", "1.29.2"}, want: `Istio in cluster "west" would go from 1.30.3 to 1.29.2; Istio supports an upgrade by one minor, and no downgrade of one (IST707)`},
		{name: "an age", was: []string{"1.30.3", "1.5.10"}, want: `Istio in cluster "west" would go from 1.5.10 to 1.30.3; Istio supports an upgrade by one minor, and no downgrade of one (IST707)`, fix: "no release between them is rendered: "},
	} {
		t.Run(test.name, func(t *testing.T) {
			was, now := strings.NewReplacer(test.was...).Replace(flux), strings.NewReplacer(test.now...).Replace(flux)
			got := rebind("west", was, now).Text()
			want := ""
			if test.want != "" {
				want = "isthmus: error: overlays/west: " + test.want
				message, fix, _ := strings.Cut(got, "\nisthmus: fix: ")
				if got = message; !strings.HasPrefix(fix, test.fix) {
					t.Errorf("fix %q, want %q", fix, test.fix)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
