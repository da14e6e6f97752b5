package mesh_test

import (
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
	"github.com/isthmus-mesh/isthmus/generators/rule"
	"github.com/isthmus-mesh/isthmus/generators/seal/sealtest"
)

// A cluster whose remote Secret is missing is a warning that prints the command,
// one for all, and none where no clock asks for it.
func TestUnread(t *testing.T) {
	const top = `apiVersion: isthmus.dev/v1alpha1
kind: Mesh
metadata: {name: shop}
spec:
  istio: {version: "1.30.3"}
  clusters:
    - {name: east, apiServer: "https://10.1.0.10:6443", podCIDRs: [10.10.0.0/16], serviceCIDRs: [10.110.0.0/16], controlPlane: {expose: dedicatedGateway, addresses: [10.1.255.10]}}
    - {name: west, apiServer: "https://10.2.0.10:6443", podCIDRs: [10.20.0.0/16], serviceCIDRs: [10.120.0.0/16]}
`
	more := func(n int, state string) string {
		text := ""
		for _, name := range []string{"a", "b", "c", "d", "e", "f"}[:n] {
			text += "    - {name: " + name + ", apiServer: \"https://" + name + "\", podCIDRs: [10.3" + string(name[0]-'a'+'1') + ".0.0/16], serviceCIDRs: [10.12" + string(name[0]-'a'+'1') + ".0.0/16]" + state + "}\n"
		}
		return text
	}
	sealed := fstest.MapFS{"sealed/east/istio-remote-secret-west.yaml": {Data: sealtest.Manifest("istio-remote-secret-west", "west", "")}}
	sealed["sealed/.tags.lock"] = &fstest.MapFile{Data: sealtest.Lock(map[string][]byte{"sealed/east/istio-remote-secret-west.yaml": sealed["sealed/east/istio-remote-secret-west.yaml"].Data})}
	const its = "; the control plane does not know its workloads, nor answers its proxies (IST532)\n"
	const why = "; the control plane does not know their workloads, nor answers their proxies (IST532)\n"
	for _, test := range []struct {
		name, text string
		files      fstest.MapFS
		want       string
	}{
		{"one", top, nil, `isthmus: warning: mesh.yaml:8:14: spec.clusters[1].name: cluster "west" has no sealed remote Secret` + its +
			"isthmus: fix: isthmus secrets create west --kubeconfig <file>; until it is there, write state: joining\n"},
		{"none", top, sealed, ""},
		{"one of two", top + more(1, ""), sealed, `isthmus: warning: mesh.yaml:9:14: spec.clusters[2].name: cluster "a" has no sealed remote Secret` + its +
			"isthmus: fix: isthmus secrets create a --kubeconfig <file>; until it is there, write state: joining\n"},
		{"some", top + more(2, ""), nil, `isthmus: warning: mesh.yaml:8:14: spec.clusters[1].name: 3 clusters have no sealed remote Secret: west, a, b` + why +
			"isthmus: fix: isthmus secrets create --all, or for each of them isthmus secrets create <cluster> --kubeconfig <file>; until it is there, write state: joining\n"},
		{"many", top + more(6, ""), nil, `isthmus: warning: mesh.yaml:8:14: spec.clusters[1].name: 7 clusters have no sealed remote Secret: west, a, b, c, d and 2 more` + why +
			"isthmus: fix: isthmus secrets create --all, or for each of them isthmus secrets create <cluster> --kubeconfig <file>; until it is there, write state: joining\n"},
		{"joining", top + more(2, ", state: joining"), sealed, ""},
		{"leaving", top + more(2, ", state: leaving"), sealed, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			load := func(now time.Time) string {
				files := fstest.MapFS{"mesh.yaml": {Data: []byte(test.text)}}
				for name, f := range test.files {
					files[name] = f
				}
				_, problems := mesh.Load(mesh.Source{FS: files, Name: "mesh.yaml", Now: now})
				var some diag.Problems
				for _, p := range problems {
					if p.Rule == rule.NoRemoteSecret.Code || p.Severity == diag.Error {
						some = append(some, p)
					}
				}
				return some.Text()
			}
			if diff := cmp.Diff(test.want, load(time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if got := load(time.Time{}); got != "" {
				t.Errorf("without a clock:\n%s", got)
			}
		})
	}
}

// A sealing certificate that was copied is a warning; a renewed one of the same
// key is one too, and what cannot be read is left to who seals.
func TestSharedSealingKey(t *testing.T) {
	east, west := sealtest.Certificate("east", sealtest.Today), sealtest.Certificate("west", sealtest.Today)
	const warning = `isthmus: warning: mesh/sealing/west.pem: holds the sealing key of cluster "east"; each of the two opens what is sealed for the other (IST536)
isthmus: fix: fetch the certificate of cluster west: kubeseal --fetch-cert; or silence the rule where they share a key on purpose
`
	for _, test := range []struct {
		name string
		edit []string
		west []byte
		want string
	}{
		{"its own", nil, west, ""},
		{"a copy", nil, east, warning},
		{"renewed", nil, sealtest.Certificate("east", sealtest.Today.AddDate(0, 0, 1)), warning},
		{"no certificate", nil, []byte("x"), ""},
		{"of no use to sops", []string{"spec:\n", "spec:\n  secrets: {backend: sops}\n"}, east, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, problems := mesh.Load(source(edited(t, base, test.edit...), map[string]string{"sealing/east.pem": string(east), "sealing/west.pem": string(test.west)}))
			got := ""
			for _, p := range problems {
				if p.Rule == rule.SealingShared.Code {
					got += p.Text()
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A private key among the sealing certificates is an error, whatever its file is
// called and whether or not anything is sealed.
func TestSealingKeyInRepository(t *testing.T) {
	const top = "apiVersion: isthmus.dev/v1alpha1\nkind: Mesh\nmetadata: {name: shop}\nspec:\n  istio: {version: \"1.30.3\"}\n  clusters:\n" +
		"    - {name: east, apiServer: \"https://10.1.0.10:6443\", podCIDRs: [10.10.0.0/16], serviceCIDRs: [10.110.0.0/16], controlPlane: {expose: dedicatedGateway, addresses: [10.1.255.10]}}\n"
	certificate := sealtest.Certificate("east", sealtest.Today)
	for name, data := range map[string][]byte{
		"sealing/east.pem": append(certificate, sealtest.PrivatePEM("east")...),
		"sealing/east.key": sealtest.PrivatePEM("east"),
	} {
		files := fstest.MapFS{"mesh.yaml": {Data: []byte(top)}, name: {Data: data}}
		_, problems := mesh.Load(mesh.Source{FS: files, Name: "mesh.yaml", Dir: "mesh"})
		want := "isthmus: error: mesh/" + name + ": holds a private key; everybody who reads the repository can open what is sealed for it (IST511)\n" +
			"isthmus: fix: move it out of the repository, and renew the cluster's sealing key\n"
		if diff := cmp.Diff(want, problems.Errors().Text()); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}
