package strict

import (
	"fmt"
	"strings"
	"testing"
)

func TestPositions(t *testing.T) {
	in := `apiVersion: isthmus.dev/v1alpha1
spec:
  clusters:
    - name: east
      podCIDRs: [10.0.0.0/8, 10.1.0.0/16]
    - name: "日本"
      labels: {é: x, "a.b/c": "y", "q\"]": z, "": w}
      empty:
  version: 1.30
  a.b: c
`
	document, problems := One("f.yaml", []byte(in), Limits{})
	compare(t, "", problems)
	tests := []struct {
		path, pos, key string
		has            bool
		text           string
	}{
		{"", "1:1", "1:1", true, ""},
		{"apiVersion", "1:13", "1:1", true, "isthmus.dev/v1alpha1"},
		{"spec", "3:3", "2:1", true, ""},
		{"spec.clusters", "4:5", "3:3", true, ""},
		{"spec.clusters[0]", "4:7", "4:7", true, ""},
		{"spec.clusters[0].name", "4:13", "4:7", true, "east"},
		{"spec.clusters[0].podCIDRs[1]", "5:30", "5:30", true, "10.1.0.0/16"},
		{"spec.clusters[0].podCIDRs[2]", "5:17", "5:7", false, ""},
		{"spec.clusters[1].name", "6:13", "6:7", true, "日本"},
		{"spec.clusters[1].labels.é", "7:19", "7:16", true, "x"},
		{`spec.clusters[1].labels["a.b/c"]`, "7:31", "7:22", true, "y"},
		{`spec.clusters[1].labels["q\"]"]`, "7:44", "7:36", true, "z"},
		{`spec.clusters[1].labels[""]`, "7:51", "7:47", true, "w"},
		{"spec.clusters[1].labels.other.more", "7:15", "7:7", false, ""},
		{"spec.clusters[1].empty", "8:13", "8:7", true, ""},
		{"spec.clusters[2].name", "4:5", "3:3", false, ""},
		{"spec.clusters.name", "4:5", "3:3", false, ""},
		{"spec.clusters[x]", "4:5", "3:3", false, ""},
		{"spec.clusters[-1]", "4:5", "3:3", false, ""},
		{"spec.clusters[0", "4:5", "3:3", false, ""},
		{"spec.version", "9:12", "9:3", true, ""},
		{"spec.version.major", "9:12", "9:3", false, ""},
		{`spec["a.b"]`, "10:8", "10:3", true, "c"},
		{"spec.a.b", "3:3", "2:1", false, ""},
		{"metadata.name", "1:1", "1:1", false, ""},
	}
	for _, test := range tests {
		if got := document.Pos(test.path).String(); got != "f.yaml:"+test.pos {
			t.Errorf("Pos(%s) = %s, want %s", test.path, got, test.pos)
		}
		if got := document.KeyPos(test.path).String(); got != "f.yaml:"+test.key {
			t.Errorf("KeyPos(%s) = %s, want %s", test.path, got, test.key)
		}
		if got := document.Has(test.path); got != test.has {
			t.Errorf("Has(%s) = %v", test.path, got)
		}
		if got := document.String(test.path); got != test.text {
			t.Errorf("String(%s) = %q, want %q", test.path, got, test.text)
		}
	}
}

func TestPositionsInWideMaps(t *testing.T) {
	var b strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&b, "k%d: v%d\n", i, i)
	}
	document, problems := One("f.yaml", []byte(b.String()+"k7: again\n"), Limits{})
	compare(t, `5001:1: k7: the key "k7" is set on line 8 already (IST005) -> remove one of the two`, problems)
	for i := range 5000 {
		path := fmt.Sprintf("k%d", i)
		if got := document.String(path); got != fmt.Sprintf("v%d", i) || document.Pos(path).Line != i+1 {
			t.Fatalf("%s: %q at %v", path, got, document.Pos(path))
		}
	}
	if document.Has("k5000") {
		t.Error("k5000 is there")
	}
}

// A path that a problem has leads to where the problem is.
func TestPathsReadBack(t *testing.T) {
	for _, key := range []string{"a", "a.b", "[", "]", "a[0]", `"`, `\`, "a b", "", "é", "\t", "-", "0"} {
		want := (*trail)(nil).field("x").item(12).field(key).field("y").String()
		name, index, rest, ok := nextStep(want)
		if name != "x" || index != -1 || !ok {
			t.Fatalf("%s: %q %d", want, name, index)
		}
		if _, index, rest, ok = nextStep(rest); index != 12 || !ok {
			t.Fatalf("%s: %d", want, index)
		}
		name, _, rest, ok = nextStep(rest)
		if name != key || rest != "y" || !ok {
			t.Errorf("%s: %q, then %q", want, name, rest)
		}
	}
}
