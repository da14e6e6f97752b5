package secrets

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/isthmus-mesh/isthmus/generators/seal"
	"github.com/isthmus-mesh/isthmus/generators/seal/sealtest"
)

// A token is gone when the cluster has its Secret no more; one that was
// requested never is, and one that Kubernetes named is the first.
func TestGone(t *testing.T) {
	for _, test := range []struct {
		all    []int
		origin string
		want   bool
	}{
		{[]int{1}, "", false},
		{[]int{1}, first, false},
		{[]int{1}, first + "-2", true},
		{[]int{1}, "istio-reader-service-account-token-x7k2p", false},
		{[]int{1, 2}, first, false},
		{[]int{2}, first, true},
		{[]int{2}, first + "-2", false},
		{[]int{2}, first + "-02", true}, // no name of isthmus
		{[]int{2}, first + "-1", true},
		{[]int{2}, "istio-reader-service-account-token-x7k2p", true},
		{[]int{2}, "", false},
	} {
		if got := Gone(test.all, test.origin); got != test.want {
			t.Errorf("%v, %q: %t", test.all, test.origin, got)
		}
	}
	if got, want := Used([]string{first + "-3", "", "other", first, first + "-0", first + "-x"}), []int{1, 3}; !slices.Equal(got, want) {
		t.Errorf("used %v, want %v", got, want)
	}
}

// Client-go of 1.4 and 1.5 has no tls-server-name, and would pass over it.
func TestServerNameIsForNewReleases(t *testing.T) {
	for version, refused := range map[string]bool{"1.4.10": true, "1.5.10": true, "1.24.0": false, "1.30.3": false} {
		m := load(t, version, 1, "")
		c := good()
		c.TLSServerName = "kubernetes"
		_, err := Remote(&m.Spec, &m.Spec.Clusters[0], "west", c, &Token{Secret: first})
		if (err != nil) != refused || refused && !strings.Contains(text(err), "has a tls-server-name") {
			t.Errorf("%s: %v", version, err)
		}
	}
}

// What ends exactly at the end of the window is due, and a second later is not.
func TestWindow(t *testing.T) {
	m := load(t, "1.30.3", 1, "")
	const window = 30 * 24 * time.Hour
	for late, want := range map[time.Duration]int{-time.Second: 1, 0: 1, time.Second: 0} {
		files := fstest.MapFS{seal.CertificatePath("east"): {Data: sealtest.Certificate("east", sealtest.Today.AddDate(0, 0, -30))}}
		certificates := seal.Certificates{Files: files, Now: sealtest.Today}
		store, err := seal.OpenStore(files, seal.Options{Backend: seal.SealedSecrets{Certificate: certificates.Current}, Key: seal.NewKey(), Kustomization: lines})
		if err != nil {
			t.Fatal(err)
		}
		secret, err := Remote(&m.Spec, &m.Spec.Clusters[0], "west", good(), &Token{Expires: sealtest.Today.Add(window + late)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := store.Put(secret); err != nil {
			t.Fatal(err)
		}
		all := Look(&m.Spec, store, certificates.Read, sealtest.Today, window)
		if len(all) != 1 || len(all[0].Due) != want {
			t.Errorf("%s late: %+v", late, all)
		}
	}
}
