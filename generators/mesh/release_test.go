package mesh_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/isthmus-mesh/isthmus/generators/mesh"
)

// Which Kubernetes each release supports, and which it refuses: istio.io's table
// of releases, and MinK8SVersion of istioctl.
func TestKubernetes(t *testing.T) {
	for _, test := range []struct {
		istio                  string
		oldest, newest, refuse int // refused: all below, for 1.4 and 1.5 all from here on
	}{
		{istio: "1.4.10", oldest: 13, newest: 15, refuse: 22},
		{istio: "1.5.10", oldest: 14, newest: 16, refuse: 22},
		{istio: "1.24.6", oldest: 28, newest: 31, refuse: 28},
		{istio: "1.25.5", oldest: 29, newest: 32, refuse: 29},
		{istio: "1.26.8", oldest: 29, newest: 33, refuse: 29},
		{istio: "1.27.0", oldest: 29, newest: 33, refuse: 29},
		{istio: "1.28.3", oldest: 30, newest: 34, refuse: 29},
		{istio: "1.29.1", oldest: 31, newest: 35, refuse: 30},
		{istio: "1.30.3", oldest: 32, newest: 36, refuse: 32},
	} {
		t.Run(test.istio, func(t *testing.T) {
			old := test.refuse == 22
			for minor := 12; minor <= 38; minor++ {
				text := edited(t, base, "1.5.10", test.istio, "      serviceCIDRs: [10.120.0.0/16]\n", fmt.Sprintf("      serviceCIDRs: [10.120.0.0/16]\n      kubernetesVersion: \"1.%d.4\"\n", minor))
				_, problems := load(text, nil)
				const at = "mesh/mesh.yaml:21:26: spec.clusters[1].kubernetesVersion: "
				span := fmt.Sprintf("1.%d to 1.%d", test.oldest, test.newest)
				want := ""
				switch {
				case old && minor >= test.refuse:
					want = fmt.Sprintf("isthmus: error: %sKubernetes 1.%d.4 cannot run Istio %s; it no longer serves admissionregistration.k8s.io/v1beta1 and apiextensions.k8s.io/v1beta1, of which that release is made (IST208)\nisthmus: fix: name a Kubernetes from %s\n", at, minor, test.istio, span)
				case !old && minor < test.refuse:
					want = fmt.Sprintf("isthmus: error: %sIstio %s refuses Kubernetes 1.%d.4; that release supports %s (IST208)\nisthmus: fix: upgrade Kubernetes first, or name the version that runs\n", at, test.istio, minor, span)
				case minor < test.oldest || minor > test.newest:
					want = fmt.Sprintf("isthmus: note: %sKubernetes 1.%d.4 is not one that Istio %s supports; that release supports %s (IST209)\n", at, minor, test.istio, span)
				}
				got := ""
				for _, p := range problems {
					if strings.HasSuffix(p.Path, "kubernetesVersion") {
						got += p.Text()
					}
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("Kubernetes 1.%d (-want +got):\n%s", minor, diff)
				}
			}
		})
	}
}

// Releases behind those that the dialects were checked against.
func TestUntested(t *testing.T) {
	const fix = "isthmus: fix: the versions that work are 1.4.0 to 1.4.10, 1.5.0 to 1.5.10 and 1.24.0 to 1.30.3"
	for _, test := range []struct {
		version         string
		refused, warned string // without --allow-untested and with it
	}{
		{version: "1.30.0"},
		{version: "1.29.99"},
		{version: "1.30.4", refused: `Istio 1.30.4 is newer than the releases that the dialect was checked against (IST202)
isthmus: fix: use one of 1.4.0 to 1.4.10, 1.5.0 to 1.5.10 and 1.24.0 to 1.30.3, or pass --allow-untested`, warned: "Istio 1.30.4 is rendered as 1.30.3, untested (IST203)"},
		{version: "1.31.0", refused: "Istio 1.31.0 is newer than the releases that the dialects were checked against (IST202)\n" + fix + "; to try it all the same, pass --allow-untested", warned: "Istio 1.31.0 is rendered as 1.30, untested (IST203)"},
		{version: "1.31", refused: "Istio 1.31 is newer than the releases that the dialects were checked against (IST202)\n" + fix + "; to try it all the same, pass --allow-untested", warned: `1.31 does not say which patch; the charts and images of a release are named by all three numbers (IST204)
isthmus: fix: write the release that runs, as in "1.31.0"`},
		{version: "1.30", refused: `1.30 does not say which patch; the charts and images of a release are named by all three numbers (IST204)
isthmus: fix: write the release that runs, as in "1.30.3"`, warned: `1.30 does not say which patch; the charts and images of a release are named by all three numbers (IST204)
isthmus: fix: write the release that runs, as in "1.30.3"`},
		{version: "1.23.9", refused: "no dialect covers Istio 1.23.9 (IST201)\n" + fix, warned: "no dialect covers Istio 1.23.9 (IST201)\n" + fix},
		{version: "2.30.0", refused: "no dialect covers Istio 2.30.0 (IST201)\n" + fix, warned: "no dialect covers Istio 2.30.0 (IST201)\n" + fix},
	} {
		t.Run(test.version, func(t *testing.T) {
			for untested, want := range map[bool]string{false: test.refused, true: test.warned} {
				src := source(edited(t, today, "1.30.3", test.version), nil)
				src.AllowUntested = untested
				m, problems := mesh.Load(src)
				got := ""
				for _, p := range problems {
					if p.Path == "spec.istio.version" {
						_, got, _ = strings.Cut(strings.TrimSuffix(p.Text(), "\n"), "spec.istio.version: ")
					}
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("untested allowed: %t (-want +got):\n%s", untested, diff)
				}
				if loads := want == "" || untested && strings.HasSuffix(want, "untested (IST203)"); (m != nil) != loads {
					t.Errorf("untested allowed: %t, loads: %t\n%s", untested, m != nil, problems.Text())
				}
			}
		})
	}
}
