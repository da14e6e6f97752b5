package mesh_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestAPIServerHosts: one host that is written in two ways, and a Service of a
// cluster whose domain is not the usual one.
func TestAPIServerHosts(t *testing.T) {
	const server = "https://10.2.0.10:6443"
	for _, test := range []struct {
		name string
		edit []string
		want []string
	}{
		{"IPv4 in the form of IPv6", []string{server, "https://[::ffff:10.1.0.10]:6443"}, []string{"IST109"}},
		{"a Service under another domain", []string{`    version: "1.5.10"`, "    version: \"1.5.10\"\n    clusterDomain: example.internal", server, "https://west.vclusters.svc.example.internal"}, []string{"IST113"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, codes(t, edited(t, base, test.edit...))); diff != "" {
				t.Errorf("rules (-want +got):\n%s", diff)
			}
		})
	}
}
