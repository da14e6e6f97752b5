package main

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/isthmus-mesh/isthmus/generators/seal"
	"github.com/isthmus-mesh/isthmus/generators/seal/sealtest"
)

// TestFullMesh seals for a mesh in which every cluster has a control plane that
// reads all others. A second run changes no byte; one token that changed changes
// the files that hold it, one in each other cluster, and the lock.
// ISTHMUS_CLUSTERS is how many clusters it has: with 50 they hold 2,450 remote
// Secrets.
func TestFullMesh(t *testing.T) {
	k := 12
	if text := os.Getenv("ISTHMUS_CLUSTERS"); text != "" {
		var err error
		if k, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	name := func(i int) string { return fmt.Sprintf("c%02d", i) }
	var text bytes.Buffer
	text.WriteString("apiVersion: isthmus.dev/v1alpha1\nkind: Mesh\nmetadata: {name: full}\nspec:\n  istio: {version: \"1.30.3\"}\n  clusters:\n")
	for i := range k {
		fmt.Fprintf(&text, "    - {name: %s, apiServer: \"https://10.250.0.%d:6443\", podCIDRs: [10.%d.0.0/17], serviceCIDRs: [10.%d.128.0/17], controlPlane: {expose: dedicatedGateway, addresses: [10.251.0.%d]}}\n", name(i), i+1, i, i, i+1)
	}
	f := newFleet(t, text.Bytes())
	credential := func(i int, secret string) []byte {
		return sealtest.Kubeconfig("admin", fmt.Sprintf("https://10.250.0.%d:6443", i+1), sealtest.Token(sealtest.Claims(secret)))
	}
	const first = "istio-reader-service-account-istio-remote-secret-token"
	var credentials [][]byte
	for i := range k {
		credentials = append(credentials, credential(i, first))
		f.write("mesh/"+seal.CertificatePath(name(i)), sealtest.Certificate(sealtest.Series[i%len(sealtest.Series)], sealtest.Today.AddDate(0, 0, -1)))
	}
	sealAll := func() {
		for i := range k {
			f.run(0, credentials[i], "secrets", "create", name(i), "--kubeconfig", "-")
		}
	}
	sealAll()
	before := f.files()
	sealed := 0
	for file := range before {
		if strings.Contains(file, seal.RemotePrefix) {
			sealed++
		}
	}
	if sealed != k*(k-1) {
		t.Fatalf("%d remote Secrets, want %d", sealed, k*(k-1))
	}
	sealAll()
	if changed := f.changed(before); len(changed) > 0 {
		t.Errorf("a second run changed %q", changed)
	}
	// Another token of the same token Secret: only its bytes tell.
	claims := sealtest.Claims(first)
	claims["jti"] = "another"
	credentials[3] = sealtest.Kubeconfig("admin", "https://10.250.0.4:6443", sealtest.Token(claims))
	f.run(0, credentials[3], "secrets", "create", name(3), "--kubeconfig", "-")
	want := []string{lockFile}
	for i := range k {
		if i != 3 {
			want = append(want, "mesh/"+seal.Path(name(i), seal.RemotePrefix+name(3)))
		}
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, f.changed(before)); diff != "" {
		t.Errorf("one token changed (-want +got):\n%s", diff)
	}
	f.run(0, nil, "secrets", "verify")
	t.Logf("%d clusters, %d remote Secrets", k, sealed)
}
