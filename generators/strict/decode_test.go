package strict

import (
	"net/netip"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDecode(t *testing.T) {
	small := int32(7)
	tests := []struct {
		name, in string
		want     sample
	}{
		{name: "strings", in: "name: east\nversion: \"1.30\"\nnote: 'no'\n", want: sample{Name: "east", Version: "1.30", common: common{Note: "no"}}},
		{name: "block", in: "name: |\n  10\n", want: sample{Name: "10\n"}},
		{name: "texts that look like more", in: "name: 1.30.3\nversion: 10.1.0.0/16\nnote: nope\n", want: sample{Name: "1.30.3", Version: "10.1.0.0/16", common: common{Note: "nope"}}},
		{name: "numbers", in: "count: -5\nport: 65535\nweight: 9223372036854775807\nsmall: 7\n", want: sample{Count: -5, Port: 65535, Weight: 9223372036854775807, Small: &small}},
		{name: "boolean", in: "enabled: true\n", want: sample{On: true}},
		{name: "texts of their own", in: "install: sail\naddr: 10.0.0.1\ncidrs: [10.0.0.0/8, \"fd00::/64\"]\nrelease: 1.30.3\n",
			want: sample{Install: "sail", Addr: netip.MustParseAddr("10.0.0.1"), CIDRs: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/64")}, Release: release{"1.30.3"}}},
		{name: "empty is allowed where it is not required", in: "name: \"\"\ninstall: ''\naddr: \"\"\nrelease: \"\"\ncidrs: []\nlabels: {}\nvalues: {}\n",
			want: sample{CIDRs: []netip.Prefix{}, Labels: map[string]string{}, Values: map[string]any{}}},
		{name: "maps", in: "labels: {a.b/c: d}\nplaces:\n  x: {region: eu}\n", want: sample{Labels: map[string]string{"a.b/c": "d"}, Places: map[string]place{"x": {"eu"}}}},
		{name: "structs", in: "clusters:\n- name: a\n  cidrs: [x]\n  place:\n    region: eu\n", want: sample{Clusters: []cluster{{Name: "a", CIDRs: []string{"x"}, Place: &place{"eu"}}}}},
		{name: "free form", in: "values: {a: [1, -2, 0.5, true, null, ~, \"1.30\", x], b: {c: , d: {}, e: []}}\nfree: 9007199254740992\n",
			want: sample{Free: int64(1 << 53), Values: map[string]any{
				"a": []any{int64(1), int64(-2), 0.5, true, nil, nil, "1.30", "x"},
				"b": map[string]any{"c": nil, "d": map[string]any{}, "e": []any{}}}}},
		{name: "free null", in: "free: null\n"},
		{name: "union, list", in: "clients: [a, b]\n", want: sample{Clients: &clients{Names: []string{"a", "b"}}}},
		{name: "union, map", in: "clients: {labels: {a: b}}\n", want: sample{Clients: &clients{Labels: map[string]string{"a": "b"}}}},
		{name: "union, number", in: "target: 8080\n", want: sample{Target: &target{Number: 8080}}},
		{name: "union, text", in: "target: http\n", want: sample{Target: &target{Name: "http"}}},
		{name: "union, quoted number", in: "target: \"8080\"\n", want: sample{Target: &target{Name: "8080"}}},
		{name: "line breaks", in: "name: a\r\nversion: b\rnote: c\n", want: sample{Name: "a", Version: "b", common: common{Note: "c"}}},
		{name: "markers", in: "# c\n---\nname: a\n...\n# c\n", want: sample{Name: "a"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, problems := decoded[sample](test.in, Limits{})
			compare(t, "", problems)
			if diff := cmp.Diff(test.want, got, equalPrefixes); diff != "" {
				t.Errorf("value (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDecodeKeepsWhatIsLeftOut(t *testing.T) {
	document, problems := One("f.yaml", []byte("count: 2\nclusters: [{name: b, cidrs: [x]}]\n"), Limits{})
	compare(t, "", problems)
	got := sample{Name: "default", Count: 1, Clusters: []cluster{{Name: "a", Place: &place{}}}}
	compare(t, "", document.Decode(&got))
	want := sample{Name: "default", Count: 2, Clusters: []cluster{{Name: "b", CIDRs: []string{"x"}}}}
	if diff := cmp.Diff(want, got, equalPrefixes); diff != "" {
		t.Errorf("value (-want +got):\n%s", diff)
	}
}

func TestDecodeIntoPointersThatAreSet(t *testing.T) {
	type outer struct {
		Inner *struct {
			A string `yaml:"a"`
			B string `yaml:"b"`
		} `yaml:"inner"`
	}
	document, problems := One("f.yaml", []byte("inner: {a: x}\n"), Limits{})
	compare(t, "", problems)
	var got outer
	compare(t, "", document.Decode(&got))
	got.Inner.A, got.Inner.B = "", "default"
	compare(t, "", document.Decode(&got))
	if got.Inner.A != "x" || got.Inner.B != "default" {
		t.Errorf("got %+v", got.Inner)
	}
}

func TestUnionsOfOneShape(t *testing.T) {
	type shapes struct {
		Hosts []struct {
			Union
			Addr netip.Addr `strict:"string"`
		} `yaml:"hosts"`
		Ports []struct {
			Union
			Port int `strict:"int"`
		} `yaml:"ports"`
	}
	_, problems := decoded[shapes]("hosts: [10.0.0.1, \"\", 80, a]\nports: [1, a, null, []]\n", Limits{})
	compare(t, `1:19: hosts[1]: "" is not an IP address (IST014)
1:23: hosts[2]: 80 is read as a number by YAML (IST011) -> quote this value: "80"
1:27: hosts[3]: "a" is not an IP address (IST014)
2:12: ports[1]: "a" is not a number (IST010)
2:15: ports[2]: has no value (IST009) -> give it a value or remove the line
2:21: ports[3]: a number is needed here, not a list (IST010)`, problems)
}

func TestDecodeProblems(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"unknown field, near", "nmae: a\n", `1:1: nmae: unknown field "nmae" (IST008) -> did you mean "name"?`},
		{"unknown field, case", "Name: a\n", `1:1: Name: unknown field "Name" (IST008) -> did you mean "name"?`},
		{"unknown field, many known", "zzzzzz: a\n", `1:1: zzzzzz: unknown field "zzzzzz" (IST008)`},
		{"unknown field, few known", "clusters: [{name: a, cidrs: [b], zzzzz: c}]\n", `1:34: clusters[0].zzzzz: unknown field "zzzzz" (IST008) -> the fields here are name, cidrs, place`},
		{"unknown field that stands for a required one", "clusters: [{Name: a, cidrs: [b]}]\n", `1:13: clusters[0].Name: unknown field "Name" (IST008) -> did you mean "name"?`},
		{"no tag, tag -", "Ignored: a\nDash: b\n-: c\n", "1:1: Ignored: unknown field \"Ignored\" (IST008)\n2:1: Dash: unknown field \"Dash\" (IST008)\n3:1: -: unknown field \"-\" (IST008)"},
		{"required", "clusters:\n  - cidrs: [a]\n  - {}\n", "2:5: clusters[0].name: is required; it is part of file names (IST009)\n" +
			"3:5: clusters[1].name: is required; it is part of file names (IST009)\n3:5: clusters[1].cidrs: is required (IST009)"},
		{"required, empty", "clusters:\n  - name: \"\"\n    cidrs: []\n", "2:11: clusters[0].name: must not be empty; it is part of file names (IST009)\n3:12: clusters[0].cidrs: must not be empty (IST009)"},
		{"required, no value", "clusters:\n  - name:\n    cidrs: null\n", "2:5: clusters[0].name: has no value (IST009) -> give it a value or remove the line\n3:5: clusters[0].cidrs: has no value (IST009) -> give it a value or remove the line"},
		{"required, wrong kind and empty", "clusters:\n  - name: []\n    cidrs: {}\n", "2:11: clusters[0].name: text is needed here, not a list (IST010)\n3:12: clusters[0].cidrs: a list is needed here, not a map (IST010)"},
		{"required below what is left out", "clusters: [{name: a, cidrs: [b], place: {}}]\n", "1:41: clusters[0].place.region: is required (IST009)"},
		{"no value", "name:\nenabled: ~\ncount: null\nlabels:\n  a:\ncidrs:\n- \nvalues:\naddr: ~\nclients:\n", "1:1: name: has no value (IST009) -> give it a value or remove the line\n" +
			"2:1: enabled: has no value (IST009) -> give it a value or remove the line\n3:1: count: has no value (IST009) -> give it a value or remove the line\n" +
			"5:3: labels.a: has no value (IST009) -> give it a value or remove the line\n7:2: cidrs[0]: has no value (IST009) -> give it a value or remove the line\n" +
			"8:1: values: has no value (IST009) -> give it a value or remove the line\n9:7: addr: ~ is read as null by YAML (IST011) -> quote this value: \"~\"\n" +
			"10:1: clients: has no value (IST009) -> give it a value or remove the line"},
		{"no value in one line", "{name, enabled: , count: 1}\n", "1:2: name: has no value (IST009) -> give it a value or remove the line\n1:8: enabled: has no value (IST009) -> give it a value or remove the line"},

		{"list, not map", "clusters:\n  name: a\n", `2:3: clusters: a list is needed here, not a map (IST010) -> write "- " before its first field, and indent the others by two`},
		{"list, not text", "cidrs: 10.1.0.0/16\n", "1:8: cidrs: a list is needed here, not text (IST010) -> write [10.1.0.0/16]"},
		{"list, not text with a comma", "cidrs: 10.1.0.0/16, 10.2.0.0/16\n", `1:8: cidrs: a list is needed here, not text (IST010) -> write ["10.1.0.0/16, 10.2.0.0/16"]`},
		{"list of texts, not text", "clusters: [{name: a, cidrs: \"x, y\"}]\n", `1:29: clusters[0].cidrs: a list is needed here, not text (IST010) -> write ["x, y"]`},
		{"list of structs, not number", "clusters: 5\n", "1:11: clusters: a list is needed here, not a number (IST010)"},
		{"map, not list", "labels: [a]\n", "1:9: labels: a map is needed here, not a list (IST010)"},
		{"struct, not boolean", "clusters: [{name: a, cidrs: [b], place: true}]\n", "1:41: clusters[0].place: a map is needed here, not a boolean (IST010) -> the fields here are region"},
		{"text, not list", "name: [a]\naddr: [10.0.0.1]\n", "1:7: name: text is needed here, not a list (IST010) -> write a\n2:7: addr: text is needed here, not a list (IST010) -> write 10.0.0.1"},
		{"text, not map", "name: {a: b}\n", "1:7: name: text is needed here, not a map (IST010)"},
		{"boolean, not list", "enabled: [a, b]\n", "1:10: enabled: true or false is needed here, not a list (IST010)"},
		{"number, not map", "count: {}\n", "1:8: count: a number is needed here, not a map (IST010)"},
		{"root", "[a]\n", "1:1: a map is needed here, not a list (IST010)"},
		{"root, text", "---\nabc\n", "2:1: a map is needed here, not text (IST010)"},
		{"root, null", "null\n", "1:1: has no value (IST009) -> give it a value or remove the line"},
		{"union", "clients: a\ntarget: [b]\n", "1:10: clients: a list or a map is needed here, not text (IST010)\n2:9: target: a number or text is needed here, not a list (IST010)"},
		{"union, inside", "clients: [1, {}]\ntarget: 70000\n", "1:11: clients[0]: 1 is read as a number by YAML (IST011) -> quote this value: \"1\"\n1:14: clients[1]: text is needed here, not a map (IST010)\n2:9: target: 70000 is not between 1 and 65535 (IST013)"},
		{"union, fields", "clients: {lables: {a: b}}\ntarget: 0x50\n", "1:11: clients.lables: unknown field \"lables\" (IST008) -> did you mean \"labels\"?\n2:9: target: 0x50 is not written in decimal digits (IST010) -> write the number in decimal digits, without leading zeros"},
		{"union, map refused", "target: {a: b}\n", "1:9: target: a number or text is needed here, not a map (IST010)"},

		{"choice", "install: helmm\n", `1:10: install: "helmm" is not one of helm, sail, values (IST012) -> did you mean "helm"?`},
		{"choice, none near", "install: kubectl\n", `1:10: install: "kubectl" is not one of helm, sail, values (IST012)`},
		{"choice, number", "install: 1.5\n", `1:10: install: 1.5 is read as a number by YAML (IST011) -> quote this value: "1.5"`},
		{"address", "addr: 10.8.0.300\n", `1:7: addr: "10.8.0.300" is not an IP address (IST014)`},
		{"address with length", "addr: 10.8.0.3/32\n", `1:7: addr: "10.8.0.3/32" is not an IP address (IST014) -> write 10.8.0.3`},
		{"prefix", "cidrs: [10.1.0.0, 0.0.0.0, 10.1.2.3, \"fd00::\", 10.1.0.0/33, \"\"]\n", `1:9: cidrs[0]: "10.1.0.0" is not a CIDR prefix (IST014) -> write it as 10.1.0.0/16
1:19: cidrs[1]: "0.0.0.0" is not a CIDR prefix (IST014) -> write it as 0.0.0.0/0
1:28: cidrs[2]: "10.1.2.3" is not a CIDR prefix (IST014) -> write it as 10.1.2.3/32
1:38: cidrs[3]: "fd00::" is not a CIDR prefix (IST014) -> write it as fd00::/32
1:48: cidrs[4]: "10.1.0.0/33" is not a CIDR prefix (IST014)
1:61: cidrs[5]: "" is not a CIDR prefix (IST014)`},
		{"error of a type's own", "release: 2.0.0\n", `1:10: release: "2.0.0" is no release; all start with 1. (IST014) -> write 1.30.3`},
		{"plain error of a type's own", "release: plain\n", `1:10: release: plain error (IST014)`},
		{"type of its own, number", "release: 1.30\n", `1:10: release: 1.30 is read as a number by YAML (IST011) -> quote this value: "1.30"`},

		{"boolean, YAML 1.1", "enabled: yes\n", "1:10: enabled: yes is not true or false; only YAML 1.1 reads it as a boolean (IST010) -> write true"},
		{"boolean, off", "enabled: Off\n", "1:10: enabled: Off is not true or false; only YAML 1.1 reads it as a boolean (IST010) -> write false"},
		{"boolean, case", "enabled: TRUE\n", "1:10: enabled: TRUE is not true or false (IST010) -> write true"},
		{"boolean, quoted", "enabled: \"false\"\n", `1:10: enabled: "false" is text, not true or false (IST010) -> write false`},
		{"boolean, text", "enabled: maybe\n", `1:10: enabled: "maybe" is not true or false (IST010)`},
		{"boolean, number", "enabled: 1\n", `1:10: enabled: 1 is not true or false (IST010)`},
		{"empty key", "labels: {\"\": 1}\n", `1:14: labels[""]: 1 is read as a number by YAML (IST011) -> quote this value: "1"`},
		{"number, text", "count: eighty\n", `1:8: count: "eighty" is not a number (IST010)`},
		{"number, boolean", "count: no\n", `1:8: count: no is not a number (IST010)`},
		{"number, quoted", "count: '80'\n", `1:8: count: "80" is text, not a number (IST010) -> write 80`},
		{"number, fraction", "count: 1.5\n", `1:8: count: 1.5 is not a whole number (IST010)`},
		{"number, forms", "count: 010\nport: +5\nweight: 1_000\nsmall: 1e3\n", `1:8: count: 010 is not written in decimal digits (IST010) -> write the number in decimal digits, without leading zeros
2:7: port: +5 is not written in decimal digits (IST010) -> write the number in decimal digits, without leading zeros
3:9: weight: 1_000 is not written in decimal digits (IST010) -> write the number in decimal digits, without leading zeros
4:8: small: 1e3 is not written in decimal digits (IST010) -> write the number in decimal digits, without leading zeros`},
		{"number, range", "port: 0\nweight: -1\nsmall: 2147483648\ncount: 9223372036854775808\n", `1:7: port: 0 is not between 1 and 65535 (IST013)
2:9: weight: -1 is less than 0 (IST013)
3:8: small: 2147483648 is more than 2147483647 (IST013)
4:8: count: 9223372036854775808 is more than 9223372036854775807 (IST013)`},
		{"number, least", "small: -2147483649\ncount: -9223372036854775809\n", "1:8: small: -2147483649 is less than -2147483648 (IST013)\n2:8: count: -9223372036854775809 is less than -9223372036854775808 (IST013)"},

		{"free form", "values: {a: [1.30, 1e3, 010, 0x1F, 9007199254740993, 1.0, -0, .inf, 0.0000001], b: {yes: 1, c: yes, d: n, e: 2020-01-01, f: <<, g: True}}\n",
			`1:14: values.a[0]: 1.30 is read as a number by YAML (IST011) -> quote this value: "1.30", or write 1.3
1:20: values.a[1]: 1e3 is read as a number by YAML (IST011) -> quote this value: "1e3", or write 1000
1:25: values.a[2]: 010 is read as a number by YAML (IST011) -> quote this value: "010"
1:30: values.a[3]: 0x1F is read as a number by YAML (IST011) -> quote this value: "0x1F"
1:36: values.a[4]: 9007199254740993 is read as a number by YAML; it is too large to be kept exactly (IST011) -> quote this value: "9007199254740993"
1:54: values.a[5]: 1.0 is read as a number by YAML (IST011) -> quote this value: "1.0", or write 1
1:59: values.a[6]: -0 is read as a number by YAML (IST011) -> quote this value: "-0"
1:63: values.a[7]: .inf is read as a number by YAML (IST011) -> quote this value: ".inf"
1:69: values.a[8]: 0.0000001 is read as a number by YAML (IST011) -> quote this value: "0.0000001"
1:85: values.b.yes: the key yes is read as a boolean by YAML (IST006) -> quote this key: "yes"
1:96: values.b.c: yes is read as a boolean by YAML (IST011) -> quote this value: "yes", or write true
1:104: values.b.d: n is read as a boolean by YAML (IST011) -> quote this value: "n", or write false
1:110: values.b.e: 2020-01-01 is read as a date by YAML (IST011) -> quote this value: "2020-01-01"
1:125: values.b.f: << is read as a merge key by YAML (IST011) -> quote this value: "<<"
1:132: values.b.g: True is read as a boolean by YAML (IST011) -> quote this value: "True", or write true`},
		{"all in one run, in file order", "port: 0\nnmae: a\nclusters:\n- name: [x, y]\n  cidrs: b\nlabels: {a.b/c: 1, \"x\\ty\": no}\nport: 1\n", `1:7: port: 0 is not between 1 and 65535 (IST013)
2:1: nmae: unknown field "nmae" (IST008) -> did you mean "name"?
4:9: clusters[0].name: text is needed here, not a list (IST010)
5:10: clusters[0].cidrs: a list is needed here, not text (IST010) -> write [b]
6:17: labels["a.b/c"]: 1 is read as a number by YAML (IST011) -> quote this value: "1"
6:28: labels["x\ty"]: no is read as a boolean by YAML (IST011) -> quote this value: "no"
7:1: port: the key "port" is set on line 1 already (IST005) -> remove one of the two`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, problems := decoded[sample](test.in, Limits{})
			compare(t, test.want, problems)
		})
	}
}
