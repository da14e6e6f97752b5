package render

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-jsonnet"
)

// A generator of values makes any that an argument may be.
type generator struct{ *rand.Rand }

func (g generator) value(depth int) any {
	kinds := 6
	if depth > 0 {
		kinds = 8
	}
	switch g.IntN(kinds) {
	case 0:
		return nil
	case 1:
		return g.IntN(2) == 0
	case 2:
		return g.IntN(1<<31) - 1<<30
	case 3:
		return g.Int64N(1<<54) - 1<<53
	case 4:
		return g.NormFloat64() * math.Pow(10, float64(g.IntN(40)-20))
	case 5:
		return g.text()
	case 6:
		list := make([]any, g.IntN(4))
		for i := range list {
			list[i] = g.value(depth - 1)
		}
		return list
	default:
		object := map[string]any{}
		for range g.IntN(4) {
			object[g.text()] = g.value(depth - 1)
		}
		return object
	}
}

func (g generator) text() string {
	alphabet := []string{"a", "Z", "0", "", " ", "\\", "\\n", "\n", "\t", "'", `"`, "%s", "%(a)s", "$", "{{", "self", "std", "\u00e9", "\u2603", "\U0001F600", "\x01", "/", "<", "&"}
	text := ""
	for range g.IntN(5) {
		text += alphabet[g.IntN(len(alphabet))]
	}
	return text
}

// What goes into Jsonnet as a syntax tree comes out as what JSON makes of it.
func TestNode(t *testing.T) {
	vm := jsonnet.MakeVM()
	values := []any{
		int64(1 << 53), int64(-1 << 53), 0, 0.1, 1e-7, 1e21, "", "\\u0041", "std.extVar('a')", map[string]any{}, []any{},
		map[string]any{"self": "a", "": 1, "a b": nil, "$": []any{nil}},
	}
	random := generator{rand.New(rand.NewPCG(1, 2))}
	for range 500 {
		values = append(values, random.value(4))
	}
	for _, value := range values {
		n, err := node(value)
		if err != nil {
			t.Fatalf("%#v: %v", value, err)
		}
		vm.TLANode("args", n)
		text, err := vm.EvaluateAnonymousSnippet("a.jsonnet", "function(args) args")
		if err != nil {
			t.Fatalf("%#v: %v", value, err)
		}
		data, err := json.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		var want, got any
		if err := json.Unmarshal(data, &want); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(text), &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%#v (-JSON +node):\n%s", value, diff)
		}
	}
}

// What is none of these is refused, with its place.
func TestNodeRefuses(t *testing.T) {
	for _, test := range []struct {
		value any
		want  string
	}{
		{value: []string{"a"}, want: "[]string cannot be an argument"},
		{value: map[string]string{}, want: "map[string]string cannot be an argument"},
		{value: map[string]any{"a": []any{1, struct{}{}}}, want: "a: [1]: struct {} cannot be an argument"},
		{value: math.NaN(), want: "json: unsupported value: NaN"},
		{value: math.Inf(1), want: "json: unsupported value: +Inf"},
	} {
		if _, err := node(test.value); fmt.Sprint(err) != test.want {
			t.Errorf("%#v: error %v, want %s", test.value, err, test.want)
		}
	}
}
