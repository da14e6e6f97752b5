package krm

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// bomb gives a mapping whose aliases expand to 9^levels scalars.
func bomb(levels int) string {
	var b strings.Builder
	b.WriteString("a0: &a0 [" + strings.Repeat("x,", 8) + "x]\n")
	for i := 1; i < levels; i++ {
		alias := fmt.Sprintf("*a%d", i-1)
		fmt.Fprintf(&b, "a%d: &a%d [%s%s]\n", i, i, strings.Repeat(alias+",", 8), alias)
	}
	return b.String()
}

func TestParse(t *testing.T) {
	for _, test := range []struct {
		name string
		data string
		want string
	}{
		{name: "a mapping", data: "a: 1\n"},
		{name: "JSON", data: `{"a": [1, {"b": null}]}`},
		{name: "aliases that stay small", data: "a: &x [1, 2]\nb: *x\nc: [*x, *x]\n"},
		{name: "a small bomb", data: bomb(4)},
		{name: "nothing", data: "", want: "the input is empty"},
		{name: "blank", data: " \n\n", want: "the input is empty"},
		{name: "a comment", data: "# nothing\n", want: "the input is empty"},
		{name: "an empty document", data: "---\n", want: "the input is empty"},
		{name: "null", data: "null\n", want: "the input is empty"},
		{name: "a text", data: "hello\n", want: "the input is not a mapping"},
		{name: "a list", data: "- a\n", want: "the input is not a mapping"},
		{name: "not YAML", data: "a: [\n", want: "the input is not YAML: yaml: line 1: did not find expected node content"},
		{name: "two documents", data: "a: 1\n---\nb: 1\n", want: "the input has a second document at line 2"},
		{name: "a broken second document", data: "a: 1\n---\n[\n", want: "the input is not YAML: yaml: line 3: did not find expected node content"},
		{name: "bytes", data: "a: \xff\n", want: "the input is not UTF-8 text"},
		{name: "UTF-16", data: "a\x00:\x00 \x001\x00", want: "the input is not UTF-8 text"},
		{name: "a key twice", data: "a:\n  b: 1\n  b: 2\n", want: `line 3 of the input: the key "b" is there twice`},
		{name: "a key twice, once quoted", data: "a: 1\n\"a\": 2\n", want: `line 2 of the input: the key "a" is there twice`},
		{name: "a list as a key", data: "? [a]\n: 1\n", want: "line 1 of the input: a key is not text"},
		{name: "an alias of itself", data: "a: &x [*x]\n", want: "line 1 of the input: the alias *x stands within its own anchor"},
		{name: "no such anchor", data: "a: *x\n", want: "the input is not YAML: yaml: unknown anchor 'x' referenced"},
		{name: "a bomb", data: bomb(9), want: "the input has more than 4000000 nodes, its aliases expanded"},
		{name: "a bomb beyond 2^64", data: bomb(30), want: "the input has more than 4000000 nodes, its aliases expanded"},
		{name: "deep", data: "a: " + strings.Repeat("[", 501) + strings.Repeat("]", 501), want: "line 1 of the input is nested deeper than 500 levels"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := parse([]byte(test.data)); text(err) != test.want {
				t.Errorf("error is\n%s\nwant\n%s", text(err), test.want)
			}
		})
	}
}

func TestParseRefusesWhatIsTooLarge(t *testing.T) {
	data, err := readAll(strings.NewReader("a: " + strings.Repeat("x", maxBytes)))
	if err != nil {
		t.Fatal(err)
	}
	want := "the input is larger than 64 MiB"
	if _, err := parse(data); text(err) != want {
		t.Errorf("error is\n%s\nwant\n%s", text(err), want)
	}
}

// An input of many keys takes linear time: yaml.v3 alone needs a minute here.
func TestParseIsLinearInKeys(t *testing.T) {
	var b bytes.Buffer
	for i := range 300_000 {
		fmt.Fprintf(&b, "k%d: x\n", i)
	}
	if _, err := parse(b.Bytes()); err != nil {
		t.Fatal(err)
	}
}
