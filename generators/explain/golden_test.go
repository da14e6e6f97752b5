package explain

import (
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The golden is testdata/answers.txt: what a person reads for these questions
// about trio, without the numbers of lines of the library, which move with each
// change of it and which TestShapeByText holds.
var update = flag.Bool("update", false, "write the golden file")

var questions = []string{
	"overlays/west/control-plane/releases.yaml#spec.values.istiodRemote.injectionPath",
	"overlays/west/control-plane/stubs.yaml#endpoints[0].addresses[0]",
	"overlays/east/control-plane/releases.yaml#spec.values.service.loadBalancerSourceRanges",
	"overlays/east/control-plane/releases.yaml#spec.values.pilot",
	"overlays/south/services/ns-shop.yaml#spec.trafficDistribution",
	"Service/shop/pay#spec.ports[0].targetPort",
	"Service/shop/cart",
	`Namespace/shop#metadata.labels["istio.io/rev"]`,
	"overlays/south/live/kustomization.yaml",
	"--from mesh/mesh.yaml:6",
	"--from mesh/mesh.yaml:13",
	"--from mesh/mesh.yaml:34",
	"--from mesh/services/shop.yaml:5",
}

func TestGolden(t *testing.T) {
	e := openTrio(t)
	var b strings.Builder
	for _, q := range questions {
		b.WriteString("$ isthmus explain " + q + "\n")
		if line, from := strings.CutPrefix(q, "--from "); from {
			name, number, _ := strings.Cut(line, ":")
			n := 0
			for _, digit := range number {
				n = 10*n + int(digit-'0')
			}
			r, err := e.From(name, n)
			if err != nil {
				t.Fatal(err)
			}
			b.WriteString(r.Text() + "\n")
			continue
		}
		answers, err := e.Field(q)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range answers {
			b.WriteString(a.Text() + "\n")
		}
	}
	got := regexp.MustCompile(`(sonnet):\d+`).ReplaceAllString(b.String(), "$1:*")
	const file = "testdata/answers.txt"
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("(-want +got); if the change is meant, run make golden:\n%s", diff)
	}
}
