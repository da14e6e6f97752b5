package review

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// lineOf gives what became of an object, a line a field.
func linesOf(before, after string) []string {
	c := Of(side(map[string]string{"overlays/west/a.yaml": before}), side(map[string]string{"overlays/west/a.yaml": after}), nil)
	var all []string
	for _, g := range c.Groups {
		if len(g.Fields) == 0 {
			all = append(all, g.Change)
		}
		for _, f := range g.Fields {
			all = append(all, f.line())
		}
	}
	return all
}

func object(kind, rest string) string {
	return "apiVersion: v1\nkind: " + kind + "\nmetadata: {name: a, namespace: b}\n" + rest
}

func TestFields(t *testing.T) {
	for _, test := range []struct {
		name          string
		kind          string
		before, after string
		want          []string
	}{
		{"a port moves", "Service", "spec: {ports: [{name: http, port: 80}, {name: grpc, port: 90}]}", "spec: {ports: [{name: grpc, port: 91}, {name: http, port: 80}]}",
			[]string{"spec.ports[grpc].port: 90 → 91"}},
		{"a port is named anew", "Service", "spec: {ports: [{name: http, port: 80}]}", "spec: {ports: [{name: web, port: 80, protocol: TCP}]}",
			[]string{"spec.ports[web].name: http → web", "spec.ports[web].protocol: TCP added"}},
		{"one number, two protocols", "Service", "spec: {ports: [{name: dns, port: 53, protocol: UDP}, {name: dns-tcp, port: 53}]}", "spec: {ports: [{name: dns-tcp, port: 53}]}",
			[]string{"spec.ports[dns]: {name: dns, port: 53, protocol: UDP} removed"}},
		{"names change hands", "Service", "spec: {ports: [{name: a, port: 53, protocol: UDP}, {name: b, port: 53}]}", "spec: {ports: [{name: b, port: 53, protocol: UDP}, {name: a, port: 53}]}",
			[]string{"spec.ports[b].name: a → b", "spec.ports[a].name: b → a"}},
		{"the only endpoint moves", "EndpointSlice", "endpoints: [{addresses: [10.0.0.1]}]", "endpoints: [{addresses: [10.0.0.2]}]",
			[]string{"endpoints[0].addresses[0]: 10.0.0.1 → 10.0.0.2"}},
		{"order alone", "Service", "spec: {ports: [{name: a, port: 1}, {name: b, port: 2}]}", "spec: {ports: [{name: b, port: 2}, {name: a, port: 1}]}",
			[]string{"spec.ports: in another order: [b, a]"}},
		{"variables and containers", "Pod", "spec: {containers: [{name: x, env: [{name: A, value: '1'}, {name: B, value: '2'}]}]}", "spec: {containers: [{name: y}, {name: x, env: [{name: B, value: '3'}]}]}",
			[]string{"spec.containers[y]: {name: y} added", `spec.containers[x].env[B].value: "2" → "3"`, `spec.containers[x].env[A]: {name: A, value: "1"} removed`}},
		{"endpoints", "EndpointSlice", "endpoints: [{addresses: [10.0.0.1]}, {addresses: [10.0.0.2]}]", "endpoints: [{addresses: [10.0.0.2]}, {addresses: [10.0.0.3]}, {addresses: [10.0.0.4]}]",
			[]string{"endpoints[10.0.0.3]: {addresses: [10.0.0.3]} added", "endpoints[10.0.0.4]: {addresses: [10.0.0.4]} added", "endpoints[10.0.0.1]: {addresses: [10.0.0.1]} removed"}},
		{"subsets", "Endpoints", "subsets: [{addresses: [{ip: 10.0.0.1}, {ip: 10.0.0.9}], ports: [{port: 1}]}]", "subsets: [{addresses: [{ip: 10.0.0.9}, {ip: 10.0.0.2}, {ip: 10.0.0.3}], ports: [{port: 1}]}]",
			[]string{"subsets[port: 1].addresses[10.0.0.2]: {ip: 10.0.0.2} added", "subsets[port: 1].addresses[10.0.0.3]: {ip: 10.0.0.3} added", "subsets[port: 1].addresses[10.0.0.1]: {ip: 10.0.0.1} removed"}},
		{"webhooks", "MutatingWebhookConfiguration", "webhooks: [{name: a, failurePolicy: Fail}, {name: b}]", "webhooks: [{name: b}, {name: a, failurePolicy: Ignore}]",
			[]string{"webhooks[a].failurePolicy: Fail → Ignore"}},
		{"texts are a set", "X", "spec: {hosts: [a, b, c]}", "spec: {hosts: [c, a, d, e]}",
			[]string{"spec.hosts[-]: b removed", "spec.hosts[+]: d added", "spec.hosts[+]: e added"}},
		{"one text at its place", "X", "spec: {args: [a, b]}", "spec: {args: [a, c]}", []string{"spec.args[1]: b → c"}},
		{"the order of texts", "X", "spec: {args: [a, b]}", "spec: {args: [b, a]}", []string{"spec.args: in another order: [b, a]"}},
		{"the same twice", "X", "spec: {args: [a, a, b]}", "spec: {args: [a, b]}", []string{"spec.args[-]: a removed"}},
		{"keys with dots", "X", "spec: {'a.b/c': {d: 1}}", "spec: {'a.b/c': {d: 2}}", []string{`spec["a.b/c"].d: 1 → 2`}},
		{"a map that comes", "X", "spec: {}", "spec: {a: {b: 1, c: {}}}", []string{"spec.a.b: 1 added", "spec.a.c: {} added"}},
		{"types", "X", "spec: {a: 1, b: 'true', c: null}", "spec: {a: '1', b: true, c: {}}", []string{`spec.a: 1 → "1"`, `spec.b: "true" → true`, "spec.c: null → {}"}},
		{"comments alone", "X", "spec: {a: 1} # one", "spec: {'a': 1} # two", []string{"reworded"}},
		{"numbers as they are", "X", "spec: {a: 1.0, b: 1.5}", "spec: {a: 1, b: 2.5}", []string{"spec.b: 1.5 → 2.5"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, linesOf(object(test.kind, test.before), object(test.kind, test.after))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// Objects are the same whatever the version of their API and whatever file holds
// them.
func TestIdentity(t *testing.T) {
	base := side(map[string]string{
		"overlays/west/a.yaml": "apiVersion: x.io/v1\nkind: X\nmetadata: {name: a}\n---\napiVersion: y.io/v1\nkind: X\nmetadata: {name: a}\n",
		"overlays/west/b.yaml": "apiVersion: v1\nkind: Y\nmetadata: {name: b}\n",
	})
	head := side(map[string]string{
		"overlays/west/a.yaml": "# another comment\napiVersion: y.io/v1\nkind: X\nmetadata: {name: a}\n--- \napiVersion: x.io/v2\nkind: X\nmetadata: {name: a}\n",
		"overlays/west/c.yaml": "apiVersion: v1\nkind: Y\nmetadata: {name: b}\n",
	})
	var got []string
	for _, g := range Of(base, head, nil).Groups {
		text := g.Change + " " + g.Object.String() + " " + g.From
		for _, f := range g.Fields {
			text += " " + f.line()
		}
		got = append(got, text)
	}
	want := []string{"changed X/a  apiVersion: x.io/v1 → x.io/v2", "moved Y/b overlays/west/b.yaml"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A cluster's name is made general where it is a word of its own alone.
func TestGeneralText(t *testing.T) {
	for text, want := range map[string]string{
		"west":                    "<cluster>",
		"./overlays/west/stage":   "./overlays/<cluster>/stage",
		"isthmus-west":            "isthmus-<cluster>",
		"western":                 "western",
		"northwest":               "northwest",
		"westwest west":           "westwest <cluster>",
		"west.west":               "<cluster>.<cluster>",
		strings.Repeat("w", 1000): strings.Repeat("w", 1000),
	} {
		if got := generalText(text, "west"); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
