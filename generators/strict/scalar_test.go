package strict

import (
	"fmt"
	"testing"

	"go.yaml.in/yaml/v3"
)

// Scalars that some reader of YAML does not take for text.
var typed = []struct{ text, class string }{
	{"1.30", "a number"}, {"1.10", "a number"}, {"1e3", "a number"}, {"1E3", "a number"}, {"010", "a number"}, {"0x10", "a number"},
	{"0o17", "a number"}, {"0b11", "a number"}, {"1_000", "a number"}, {"12:30:00", "a number"}, {"12:30:00.5", "a number"}, {"+1", "a number"},
	{"-1", "a number"}, {"0", "a number"}, {".5", "a number"}, {"5.", "a number"}, {".inf", "a number"}, {"-.INF", "a number"}, {".nan", "a number"},
	{"089", "a number"}, {"9007199254740993", "a number"},
	{"no", "a boolean"}, {"off", "a boolean"}, {"y", "a boolean"}, {"N", "a boolean"}, {"yes", "a boolean"}, {"On", "a boolean"}, {"true", "a boolean"}, {"FALSE", "a boolean"},
	{"2020-01-01", "a date"}, {"2020-1-1 1:02:03", "a date"}, {"2020-01-01T01:02:03.5Z", "a date"}, {"2020-01-01 01:02:03 -05:00", "a date"},
	{"null", "null"}, {"~", "null"}, {"NULL", "null"}, {"<<", "a merge key"},
}

// stringly has a string in every place where one can be.
type stringly struct {
	Field   string            `yaml:"field"`
	Pointer *string           `yaml:"pointer"`
	List    []string          `yaml:"list"`
	Map     map[string]string `yaml:"map"`
	Choice  install           `yaml:"choice"`
	Own     release           `yaml:"own"`
	Union   clients           `yaml:"union"`
	Inner   struct {
		Field string `yaml:"field"`
	} `yaml:"inner"`
}

func TestStringFieldsTakeTextOnly(t *testing.T) {
	places := []struct{ in, path string }{
		{"field: %s", "field"}, {"pointer: %s", "pointer"}, {"list: [%s]", "list[0]"}, {"list:\n- %s", "list[0]"}, {"map: {a: %s}", "map.a"}, {"choice: %s", "choice"},
		{"own: %s", "own"}, {"union: [%s]", "union[0]"}, {"inner: {field: %s}", "inner.field"},
	}
	for _, scalar := range typed {
		for _, place := range places {
			_, problems := decoded[stringly](fmt.Sprintf(place.in, scalar.text)+"\n", Limits{})
			if len(problems) != 1 {
				t.Errorf("%s in %s: %d problems: %v", scalar.text, place.path, len(problems), problems)
				continue
			}
			p := problems[0]
			if want := fmt.Sprintf("%s is read as %s by YAML", scalar.text, scalar.class); p.What != want || p.Path != place.path || p.Fix != fmt.Sprintf("quote this value: %q", scalar.text) {
				t.Errorf("%s: got %q %q %q", scalar.text, p.Path, p.What, p.Fix)
			}
		}
		for _, quote := range []string{`"%s"`, `'%s'`, "|-\n  %s"} {
			got, problems := decoded[stringly](fmt.Sprintf("field: "+quote+"\n", scalar.text), Limits{})
			if problems != nil || got.Field != scalar.text {
				t.Errorf("%s quoted: got %q, %v", scalar.text, got.Field, problems)
			}
		}
		_, problems := decoded[stringly](fmt.Sprintf("map: {%s: a}\n", scalar.text), Limits{})
		want := fmt.Sprintf("1:7: map.%s: the key %[1]s is read as %s by YAML (IST006) -> quote this key: %q\n", scalar.text, scalar.class, scalar.text)
		switch {
		case scalar.class == "a merge key":
			want = "1:7: map: the merge key << is not allowed (IST004) -> write the merged fields out here\n"
		case bracketed(scalar.text):
			want = fmt.Sprintf("1:7: map[%q]: the key %[1]s is read as %s by YAML (IST006) -> quote this key: %[1]q\n", scalar.text, scalar.class)
		}
		if got := said(problems); len(problems) == 0 || got != want && scalar.text != "2020-1-1 1:02:03" {
			t.Errorf("key %s: got %swant %s", scalar.text, got, want)
		}
	}
}

func TestTextIsText(t *testing.T) {
	for _, value := range []string{"1.30.3", "10.1.0.0", "10.1.0.0/16", "1.5.10-alpha", "v1", "60m", "east", "a:b", "10.10.0.20:9411", "::1x", "1-2", "2020-01", "20200101-a",
		"nope", "yess", "nul", "True-ish", "0xyz", "1e", "e1", ".", "..", "-", "+", "-a", "+a", ".info", "https://10.1.0.10:6443", "éa", "日本"} {
		if c := classify(&yaml.Node{Kind: yaml.ScalarNode, Value: value}); c != text {
			t.Errorf("%s is read as %s", value, c)
		}
	}
}
