package krm

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	yamlv3 "go.yaml.in/yaml/v3"
	"sigs.k8s.io/yaml"
)

// nasty are texts that one YAML reader or another takes for something else, or
// that a writer has to fold, quote or indent with care.
var nasty = []string{
	"1", "-1", "+1", "1.5", "1e3", "1E3", ".5", "5.", "0x1f", "0o17", "017", "08", "0b11", "-0o17", "0O17", "1_000", "0_", "_1",
	"yes", "no", "Yes", "NO", "on", "off", "y", "n", "Y", "N", "true", "True", "null", "Null", "~", "", "=", "<<",
	"2001-01-01", "2001-01-01T00:00:00Z", "2001-01-01 00:00:00", "12:30:00", "1:20", "-1:20", "190:20:30.15",
	".inf", "-.inf", ".nan", "1e400", "123456789012345678901234567890", "1.2.3", "1,000",
	"a: b", "a:", "a #b", "#a", "%a", "&a", "*a", "!a", "!!str a", "|", ">", "-", "- a", "-a", "?", "? a", ":", ":a", "@a", "`a",
	"'a'", `"a"`, "a'b", `a"b`, "[a]", "{a}", "{{ a }}", "${a}", "a,b", `\`, `\n`, "<a>&", "---", "--- a", "...", "... a",
	"a\nb", "a\nb\n", "a\n\n", "\na", "\n", "\n\n", " a", "a ", "\ta", "a\t", "a \nb", "  a\nb", "a\n b\n", "a\r\nb", "a\rb",
	"---\na", "a\n---\nb\n", "a\n...\nb", "a\t\nb", "\t\n", "a\n\tb", "key: value\n# comment\n", "\n  a\nb", " \n a",
	"\x00a", "a\x01b", "\x1b", "\u00a0", "\u2028", "a\u2029b", "\ufeff", "a\ufeffb", "\ufffd",
	"é", "日本", "😀", "🏳️‍🌈", "a\u200bb", "\u200e", "\U0010ffff",
	strings.Repeat("word ", 40), strings.Repeat("word ", 40) + "end\nnext " + strings.Repeat("word ", 40),
	`"` + strings.Repeat("word ", 40) + ": x", "é: " + strings.Repeat("word ", 40), strings.Repeat("x", 300),
}

// numbers are what a JSON document can hold beside text.
var numbers = map[string]any{
	"int": 1, "negative": -1, "beyond2^53": int64(9007199254740993), "max": int64(1<<63 - 1), "unsigned": uint64(1<<64 - 1),
	"float": 1.5, "whole": 1.0, "million": 1e6, "e20": 1e20, "e21": 1e21, "small": 1e-7, "true": true, "null": nil,
	"map": map[string]any{}, "list": []any{}, "nested": []any{map[string]any{}, []any{}, map[string]any{"a": []any{map[string]any{"b": 1}}}},
}

// nastyObject holds every nasty text as a value, in a list and as a key.
func nastyObject(t testing.TB) *Object {
	values := map[string]any{}
	var list, keys []any
	for i, s := range nasty {
		values[fmt.Sprint("k", i)] = s
		list = append(list, s)
		if s != "<<" {
			// One by one: kustomize has no order for all of them, see order.
			keys = append(keys, map[string]any{s: i})
		}
	}
	return object(t, "example.com/v1", "Nasty", "a", "nasty",
		map[string]any{"values": values, "keys": keys, "list": list, "numbers": numbers})
}

// Both YAML libraries that this program, kustomize and the Kubernetes clients
// use read every text back as it was.
func TestEncodingComesBack(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	// A few characters that mean something to YAML, so that they meet often.
	alphabet := []rune(" \t\n\r:#-?,[]{}&*!|>'\"%@`~=<.+_/\\019eExonyNY\u00a0\u2028\ufeffé日😀")
	texts := append([]string{}, nasty...)
	for len(texts) < 10_000 {
		s := make([]rune, random.IntN(12))
		for i := range s {
			s[i] = alphabet[random.IntN(len(alphabet))]
		}
		if random.IntN(20) == 0 {
			s = append(s, []rune(strings.Repeat(" word", 30))...)
		}
		texts = append(texts, string(s))
	}
	for chunk := 0; chunk < len(texts); chunk += 500 {
		var list []any
		keys := map[string]any{}
		for _, s := range texts[chunk:min(chunk+500, len(texts))] {
			list = append(list, s)
			if s != "<<" {
				keys[s] = "x"
			}
		}
		o := object(t, "v1", "List", "", "a", map[string]any{"list": list, "keys": keys})
		var sigs, v3 map[string]any
		if err := yaml.UnmarshalStrict(o.YAML, &sigs); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(o.Value, sigs); diff != "" {
			t.Fatalf("sigs.k8s.io/yaml (-written +read):\n%s", diff)
		}
		if err := yamlv3.Unmarshal(o.YAML, &v3); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(o.Value, v3); diff != "" {
			t.Fatalf("go.yaml.in/yaml/v3 (-written +read):\n%s", diff)
		}
	}
}

// The order of the YAML library goes in circles for these, so that a plain
// Marshal gives one of several results.
func TestEncodingHasOneOrder(t *testing.T) {
	keys := map[string]any{}
	for _, key := range []string{"12", "1a", "2", "08", "0o17", "1", "v12", "v1a", "v2"} {
		keys[key] = "x"
	}
	want := object(t, "v1", "ConfigMap", "a", "a", keys).YAML
	for range 200 {
		if diff := cmp.Diff(string(want), string(object(t, "v1", "ConfigMap", "a", "a", keys).YAML)); diff != "" {
			t.Fatalf("the same object twice (-first +second):\n%s", diff)
		}
	}
}

// Where there is an order, it is the library's, and so is all else.
func TestEncodingIsThatOfMarshal(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	// Letters, or digits and signs: only both together go in circles.
	alphabets := []string{"abcXYZé", "0123456789-._/ "}
	for range 2000 {
		keys := map[string]any{}
		for range random.IntN(10) {
			alphabet := []rune(alphabets[random.IntN(2)])
			key := make([]rune, 1+random.IntN(6))
			for i := range key {
				key[i] = alphabet[random.IntN(len(alphabet))]
			}
			keys[string(key)] = []any{nasty[random.IntN(len(nasty))], map[string]any{}}
		}
		o := object(t, "v1", "ConfigMap", "a", "a", keys)
		want, err := yaml.Marshal(o.Value)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(o.YAML)); diff != "" {
			t.Fatalf("encoding (-Marshal +ours):\n%s", diff)
		}
	}
}
