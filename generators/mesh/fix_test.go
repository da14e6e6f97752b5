package mesh_test

import (
	"cmp"
	"strings"
	"testing"
)

// A fix is one that is offered for a mistake.
type fix struct {
	name string
	mesh string // base where empty
	edit []string
	says string   // the fix, or its part that is applied
	fix  []string // what doing so changes
}

func fixed(t *testing.T, tests []fix) {
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			broken := edited(t, cmp.Or(test.mesh, base), test.edit...)
			m, problems := load(broken, nil)
			if m != nil || len(problems.Errors()) != 1 || !strings.Contains(problems.Errors()[0].Fix+"\n", test.says) {
				t.Fatalf("one problem whose fix says %q is wanted:\n%s", test.says, problems.Text())
			}
			accepted(t, edited(t, broken, test.fix...), nil)
		})
	}
}

// Each fix that is offered mends what it is offered for: the mesh loads once
// it was applied.
func TestFixes(t *testing.T) {
	fixed(t, []fix{
		{
			name: "a label",
			edit: []string{"name: west", "name: West_1"},
			says: `write "west-1"`,
			fix:  []string{"West_1", "west-1"},
		},
		{
			name: "the name of a Service",
			edit: []string{"name: reviews", "name: 1st_Reviews"},
			says: `write "st-reviews"`,
			fix:  []string{"1st_Reviews", "st-reviews"},
		},
		{
			name: "a prefix with bits behind it",
			edit: []string{"10.20.0.0/16", "10.20.3.4/18"},
			says: "write 10.20.0.0/18",
			fix:  []string{"10.20.3.4/18", "10.20.0.0/18"},
		},
		{
			name: "a prefix in IPv6 form",
			edit: []string{"10.20.0.0/16", `"::ffff:10.20.0.1/112"`},
			says: "write 10.20.0.0/16",
			fix:  []string{`"::ffff:10.20.0.1/112"`, "10.20.0.0/16"},
		},
		{
			name: "a network",
			edit: []string{"apiServer: https://10.2", "network: dmz\n      apiServer: https://10.2"},
			says: "remove the line",
			fix:  []string{"      network: dmz\n", ""},
		},
		{
			name: "http",
			edit: []string{"https://10.2.0.10:6443", "http://10.2.0.10:6443/k8s"},
			says: "write https://10.2.0.10:6443/k8s",
			fix:  []string{"http://10.2", "https://10.2"},
		},
		{
			name: "an unknown control plane",
			edit: []string{"apiServer: https://10.2", "remoteOf: eest\n      apiServer: https://10.2"},
			says: `did you mean "east"?`,
			fix:  []string{"eest", "east"},
		},
		{
			name: "two addresses",
			edit: []string{"[10.110.0.10]", "[10.110.0.10, 10.110.0.11]"},
			says: "write stubs: overlay",
			fix:  []string{"  istio:\n", "  istio:\n    stubs: overlay\n"},
		},
		{
			name: "two addresses on 1.5.0",
			edit: []string{"[10.110.0.10]", "[10.110.0.10, 10.110.0.11]", "1.5.10", "1.5.0"},
			says: "keep one\n",
			fix:  []string{", 10.110.0.11", ""},
		},
		{
			name: "an address that is not routed",
			edit: []string{"      serviceCIDRsRoutable: true\n", ""},
			says: "write serviceCIDRsRoutable: true for the cluster",
			fix:  []string{"      controlPlane:", "      serviceCIDRsRoutable: true\n      controlPlane:"},
		},
		{
			name: "an address in IPv6 form",
			edit: []string{"[10.110.0.10]", `["::ffff:10.110.0.10"]`},
			says: "write 10.110.0.10",
			fix:  []string{`"::ffff:10.110.0.10"`, "10.110.0.10"},
		},
		{
			name: "no patch",
			edit: []string{"1.5.10", "1.5"},
			says: `as in "1.5.3"`,
			fix:  []string{`"1.5"`, `"1.5.3"`},
		},
		{
			name: "1.5.0 with stubs of the overlay",
			edit: []string{`"1.5.10"`, "\"1.5.0\"\n    stubs: overlay"},
			says: "write both",
			fix:  []string{"stubs: overlay", "stubs: both"},
		},
		{
			name: "Kubernetes",
			edit: []string{"  clusters:\n", "  kubernetesVersion: \"1.30\"\n  clusters:\n"},
			says: "from 1.14 to 1.16",
			fix:  []string{"1.30", "1.14"},
		},
		{
			name: "selfSigned",
			edit: []string{"  clusters:\n", "  security: {certificates: selfSigned}\n  clusters:\n"},
			says: "write plugged",
			fix:  []string{"selfSigned", "plugged"},
		},
		{
			name: "zipkin",
			edit: []string{"  clusters:\n", "  tracing: {zipkin: zipkin}\n  clusters:\n"},
			says: `write it as "10.10.0.20:9411"`,
			fix:  []string{"zipkin: zipkin", `zipkin: "10.10.0.20:9411"`},
		},
		{
			name: "decided values",
			edit: []string{"  clusters:\n", "  meshID: shop\n  clusters:\n", "    version:", "    values: {global: {meshID: a}}\n    version:"},
			says: "remove it here, and set spec.meshID",
			fix:  []string{"{meshID: a}", "{}", "meshID: shop", "meshID: a"},
		},
		{
			name: "clients that choose nothing",
			edit: []string{"      clusters: [east]\n", "      clusters: [east]\n      clients: {}\n"},
			says: "remove clients",
			fix:  []string{"      clients: {}\n", ""},
		},
		{
			name: "the type of a Service",
			edit: []string{"      clusters: [east]\n", "      clusters: [east]\n      type: clusterIP\n"},
			says: `did you mean "ClusterIP"?`,
			fix:  []string{"type: clusterIP", "type: ClusterIP"},
		},
		{
			name: "install",
			edit: []string{"    version:", "    install: sail\n    version:"},
			says: "write istioctl or operator",
			fix:  []string{"sail", "operator"},
		},
	})
}
