package refresh

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// in puts the lines of a control plane into a mesh, in which only they matter.
func in(plane string) string {
	return "kind: Mesh # of two\nspec:\n  clusters:\n    - {name: west, podCIDRs: [10.0.0.1/32]}\n    - name: east\n      controlPlane:\n" + plane
}

func list(texts ...string) []netip.Addr {
	var all []netip.Addr
	for _, text := range texts {
		all = append(all, netip.MustParseAddr(text))
	}
	return all
}

func TestEdit(t *testing.T) {
	for _, test := range []struct {
		name   string
		plane  string
		change Change
		want   string
	}{
		{
			name:   "one in brackets",
			plane:  "        addresses: [10.0.0.1]   # the gateway, 10.0.0.1\n        expose: pod\n",
			change: Change{Addresses: list("10.0.0.2")},
			want:   "        addresses: [10.0.0.2]   # the gateway, 10.0.0.1\n        expose: pod\n",
		},
		{
			name:   "nothing new",
			plane:  "        addresses: [ 10.0.0.2,10.0.0.1 ]\n",
			change: Change{Addresses: list("10.0.0.1", "10.0.0.2")},
			want:   "        addresses: [ 10.0.0.2,10.0.0.1 ]\n",
		},
		{
			name:   "one becomes several in brackets",
			plane:  "        addresses: ['10.0.0.1'] # x\n",
			change: Change{Addresses: list("10.0.0.1", "10.0.0.2", "10.0.0.3")},
			want:   "        addresses: ['10.0.0.1', '10.0.0.2', '10.0.0.3'] # x\n",
		},
		{
			name:   "several in brackets become one",
			plane:  "        addresses: [10.0.0.1, 10.0.0.2, 10.0.0.3]\n",
			change: Change{Addresses: list("10.0.0.2")},
			want:   "        addresses: [10.0.0.2]\n",
		},
		{
			name:   "the first and the last go",
			plane:  "        addresses: [10.0.0.1, 10.0.0.2, 10.0.0.3,]\n",
			change: Change{Addresses: list("10.0.0.2")},
			want:   "        addresses: [10.0.0.2,]\n",
		},
		{
			name:   "brackets over lines lose one",
			plane:  "        addresses: [\n          10.0.0.1, # one\n          10.0.0.2, # two\n          # the last\n          10.0.0.3\n        ]\n",
			change: Change{Addresses: list("10.0.0.1", "10.0.0.3")},
			want:   "        addresses: [\n          10.0.0.1, # one\n          # two\n          # the last\n          10.0.0.3\n        ]\n",
		},
		{
			name:   "brackets over lines lose the last",
			plane:  "        addresses: [\n          10.0.0.1, # one\n          10.0.0.2\n        ]\n",
			change: Change{Addresses: list("10.0.0.1")},
			want:   "        addresses: [\n          10.0.0.1 # one\n        ]\n",
		},
		{
			name:   "brackets over lines gain two",
			plane:  "        addresses: [\n          10.0.0.1 # one\n        ]\n",
			change: Change{Addresses: list("10.0.0.1", "10.0.0.2", "10.0.0.3")},
			want:   "        addresses: [\n          10.0.0.1, # one\n          10.0.0.2,\n          10.0.0.3\n        ]\n",
		},
		{
			name:   "brackets over lines with a comma at the end gain one",
			plane:  "        addresses: [\n          \"10.0.0.1\", # one\n        ]\n",
			change: Change{Addresses: list("10.0.0.1", "10.0.0.2")},
			want:   "        addresses: [\n          \"10.0.0.1\", # one\n          \"10.0.0.2\",\n        ]\n",
		},
		{
			name:   "a block list keeps what stays in its place",
			plane:  "        addresses:\n          # pods\n          - 10.0.0.1 # istiod-a\n\n          -   \"10.0.0.2\" # istiod-b\n          - 10.0.0.3\n        expose: pod\n",
			change: Change{Addresses: list("10.0.0.9", "10.0.0.3", "10.0.0.1")},
			want:   "        addresses:\n          # pods\n          - 10.0.0.1 # istiod-a\n\n          -   \"10.0.0.9\" # istiod-b\n          - 10.0.0.3\n        expose: pod\n",
		},
		{
			name:   "a block list loses two and no comment",
			plane:  "        addresses:\n        # pods\n        - 10.0.0.1 # istiod-a\n        - 10.0.0.2\n        - 10.0.0.3 # istiod-c\n        expose: pod\n",
			change: Change{Addresses: list("10.0.0.3")},
			want:   "        addresses:\n        # pods\n        # istiod-a\n        - 10.0.0.3 # istiod-c\n        expose: pod\n",
		},
		{
			name:   "a block list gains one at the end of the file",
			plane:  "        addresses:\n          -  10.0.0.1 # one",
			change: Change{Addresses: list("10.0.0.1", "10.0.0.2")},
			want:   "        addresses:\n          -  10.0.0.1 # one\n          -  10.0.0.2",
		},
		{
			name:   "carriage returns stay",
			plane:  "        addresses:\r\n          - 10.0.0.1\r\n        expose: pod\r\n",
			change: Change{Addresses: list("10.0.0.1", "10.0.0.2")},
			want:   "        addresses:\r\n          - 10.0.0.1\r\n          - 10.0.0.2\r\n        expose: pod\r\n",
		},
		{
			name:   "a block list of block scalars",
			plane:  "        addresses:\n          - >- # one\n            10.0.0.1\n          -\n            10.0.0.2\n          - |-\n            10.0.0.3\n",
			change: Change{Addresses: list("10.0.0.4")},
			want:   "        addresses:\n          - >- # one\n            10.0.0.4\n",
		},
		{
			name:   "a quoted address over two lines",
			plane:  "        addresses: [\"10.0.\\\n          0.1\"]\n",
			change: Change{Addresses: list("10.0.0.2")},
			want:   "        addresses: [\"10.0.0.2\"]\n",
		},
		{
			name:   "IPv6 in the place of IPv4 is quoted",
			plane:  "        addresses: [10.0.0.1]\n",
			change: Change{Addresses: list("fd00::5", "2001:10::")},
			want:   "        addresses: [\"fd00::5\", \"2001:10::\"]\n",
		},
		{
			name:   "IPv6 without quotes stays so where it can",
			plane:  "        addresses:\n          - fd00::5\n          - fd00::6\n",
			change: Change{Addresses: list("fd00::7", "fd00::")},
			want:   "        addresses:\n          - fd00::7\n          - \"fd00::\"\n",
		},
		{
			name:   "IPv6 that could be a number is quoted",
			plane:  "        addresses:\n          - fd00::5\n",
			change: Change{Addresses: list("2001:10:20:30:40:50:1:2")},
			want:   "        addresses:\n          - \"2001:10:20:30:40:50:1:2\"\n",
		},
		{
			name:   "another spelling is the same address",
			plane:  "        addresses: [\"FD00:0::5\"]\n",
			change: Change{Addresses: list("fd00::5")},
			want:   "        addresses: [\"FD00:0::5\"]\n",
		},
		{
			name:   "all in brackets",
			plane:  "        {expose: gateway, \"addresses\":[\"10.0.0.1\"], gateway: {name: x}}\n",
			change: Change{Addresses: list("10.0.0.1", "10.0.0.2"), PolicyAddresses: list("10.0.0.3")},
			want:   "        {expose: gateway, \"addresses\":[\"10.0.0.1\", \"10.0.0.2\"], \"policyAddresses\": [\"10.0.0.3\"], gateway: {name: x}}\n",
		},
		{
			name:   "a question mark before the key",
			plane:  "        ? addresses\n        : - 10.0.0.1 # one\n          - 10.0.0.2\n",
			change: Change{Addresses: list("10.0.0.2", "10.0.0.3", "10.0.0.4")},
			want:   "        ? addresses\n        : - 10.0.0.3 # one\n          - 10.0.0.2\n          - 10.0.0.4\n",
		},
		{
			name:   "Mixer",
			plane:  "        addresses: [10.0.0.1]\n        telemetryAddresses: [10.0.0.1] # Mixer\n        policyAddresses: []\n",
			change: Change{PolicyAddresses: list("10.0.0.2"), TelemetryAddresses: list("10.0.0.3")},
			want:   "        addresses: [10.0.0.1]\n        telemetryAddresses: [10.0.0.3] # Mixer\n        policyAddresses: [10.0.0.2]\n",
		},
		{
			name:   "Mixer, which was not there",
			plane:  "        expose: pod\n        addresses:\n          - 10.0.0.1 # one\n        # more\n",
			change: Change{Addresses: list("10.0.0.1"), PolicyAddresses: list("10.0.0.2"), TelemetryAddresses: list("10.0.0.3")},
			want:   "        expose: pod\n        addresses:\n          - 10.0.0.1 # one\n        telemetryAddresses: [10.0.0.3]\n        policyAddresses: [10.0.0.2]\n        # more\n",
		},
		{
			name:   "the address that is asked for the load balancer",
			plane:  "        expose: loadBalancer\n        service:\n          annotations: {a: b}\n          loadBalancerIP: 10.0.0.1 # asked for\n        addresses: [10.0.0.1]\n",
			change: Change{Addresses: list("10.0.0.2"), LoadBalancerIP: netip.MustParseAddr("10.0.0.2")},
			want:   "        expose: loadBalancer\n        service:\n          annotations: {a: b}\n          loadBalancerIP: 10.0.0.2 # asked for\n        addresses: [10.0.0.2]\n",
		},
		{
			name:   "the address that is asked for, IPv6 in brackets",
			plane:  "        {service: {loadBalancerIP: 'fd00::1'}, addresses: ['fd00::1']}\n",
			change: Change{Addresses: list("fd00::2"), LoadBalancerIP: netip.MustParseAddr("fd00::2")},
			want:   "        {service: {loadBalancerIP: 'fd00::2'}, addresses: ['fd00::2']}\n",
		},
		{
			name:   "a hostname",
			plane:  "        hostname: a.example.com # the balancer\n",
			change: Change{Hostname: "b.example.com"},
			want:   "        hostname: b.example.com # the balancer\n",
		},
		{
			name:   "a hostname that would be a number",
			plane:  "        hostname: a.example.com\n",
			change: Change{Hostname: "1e5"},
			want:   "        hostname: \"1e5\"\n",
		},
		{
			name:   "a hostname for addresses",
			plane:  "        expose: gateway\n        addresses: [10.0.0.1, 10.0.0.2] # old\n",
			change: Change{Hostname: "b.example.com"},
			want:   "        expose: gateway\n        hostname: b.example.com # old\n",
		},
		{
			name:   "a hostname for a block list",
			plane:  "        \"addresses\": # all\n          - 10.0.0.1 # old\n          - 10.0.0.2\n",
			change: Change{Hostname: "b.example.com"},
			want:   "        \"hostname\": b.example.com # all\n          # old\n",
		},
		{
			name:   "a hostname where both fields are",
			plane:  "        addresses:\n        - 10.0.0.1\n        hostname: ''\n",
			change: Change{Hostname: "b.example.com"},
			want:   "        addresses: []\n        hostname: 'b.example.com'\n",
		},
		{
			name:   "addresses for a hostname",
			plane:  "        hostname: 'a.example.com' # the balancer\n",
			change: Change{Addresses: list("10.0.0.1", "10.0.0.2")},
			want:   "        addresses: ['10.0.0.1', '10.0.0.2'] # the balancer\n",
		},
		{
			name:   "addresses where both fields are",
			plane:  "        addresses: []\n        hostname: a.example.com\n",
			change: Change{Addresses: list("10.0.0.1")},
			want:   "        addresses: [10.0.0.1]\n        hostname: \"\"\n",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.change.Cluster = "east"
			got, err := Edit("mesh.yaml", []byte(in(test.plane)), test.change)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Split(in(test.want), "\n"), strings.Split(string(got), "\n")); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestEditRefuses(t *testing.T) {
	for _, test := range []struct {
		name   string
		text   string
		change Change
		want   string
	}{
		{
			name:   "no such control plane",
			text:   in("        addresses: [10.0.0.1]\n"),
			change: Change{Cluster: "west", Addresses: list("10.0.0.2")},
			want:   `mesh.yaml: cluster "west" has no control plane`,
		},
		{
			name:   "both",
			text:   in("        addresses: [10.0.0.1]\n"),
			change: Change{Cluster: "east", Addresses: list("10.0.0.2"), Hostname: "a.example.com"},
			want:   "mesh.yaml: a control plane has addresses or a hostname",
		},
		{
			name:   "no field at all",
			text:   in("        expose: pod\n"),
			change: Change{Cluster: "east", Hostname: "a.example.com"},
			want:   "mesh.yaml:7:9: spec.clusters[1].controlPlane: the control plane has neither addresses nor a hostname",
		},
		{
			name:   "an alias",
			text:   "x: &a 10.0.0.1\n" + in("        addresses: [*a]\n"),
			change: Change{Cluster: "east", Addresses: list("10.0.0.2")},
			want:   "mesh.yaml:8:21: spec.clusters[1].controlPlane: is written in a way that isthmus does not change",
		},
		{
			name:   "no YAML",
			text:   "a: [",
			change: Change{Cluster: "east", Addresses: list("10.0.0.2")},
			want:   "mesh.yaml: yaml: line 1: did not find expected node content",
		},
		{
			name:   "nothing",
			text:   "# nothing\n",
			change: Change{Cluster: "east", Addresses: list("10.0.0.2")},
			want:   "mesh.yaml: holds no document",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := Edit("mesh.yaml", []byte(test.text), test.change)
			if err == nil || err.Error() != test.want {
				t.Errorf("got %q, %v\nwant %s", got, err, test.want)
			}
		})
	}
}

// What an edit must never do is found before it is given.
func TestVerify(t *testing.T) {
	const before = "        addresses: [10.0.0.1]\n        expose: pod\n"
	for _, test := range []struct {
		name   string
		after  string
		change Change
		want   string
	}{
		{"as wanted", "        addresses: [10.0.0.2]\n        expose: pod\n", Change{Addresses: list("10.0.0.2")}, ""},
		{"another field", "        addresses: [10.0.0.2]\n        expose: gateway\n", Change{Addresses: list("10.0.0.2")}, "the change would reach other fields too"},
		{"not there", before, Change{Addresses: list("10.0.0.2")}, "the change would not make addresses hold what it shall"},
		{"another list", "        addresses: [10.0.0.2]\n        expose: pod\n", Change{PolicyAddresses: list("10.0.0.2")}, "the change would reach addresses too"},
		{"a hostname besides", "        addresses: [10.0.0.2]\n        hostname: a\n        expose: pod\n", Change{Addresses: list("10.0.0.2")}, "the change would not make hostname hold what it shall"},
		{"no hostname", "        addresses: []\n        expose: pod\n", Change{Hostname: "a"}, "the change would not make hostname hold what it shall"},
		{"no YAML", "        addresses: [10.0.0.2\n        expose: pod\n", Change{Addresses: list("10.0.0.2")}, "the change would break the file: mesh.yaml: yaml: line 6: did not find expected ',' or ']'"},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.change.Cluster = "east"
			want := ""
			if test.want != "" {
				want = "mesh.yaml:7:9: spec.clusters[1].controlPlane: " + test.want
			}
			got := ""
			if err := verify("mesh.yaml", []byte(in(before)), []byte(in(test.after)), test.change); err != nil {
				got = err.Error()
			}
			if got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}
