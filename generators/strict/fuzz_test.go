package strict

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"sigs.k8s.io/yaml"

	"github.com/isthmus-mesh/isthmus/generators/diag"
)

// FuzzDecode holds that nothing panics, that every problem has a position, and
// that what was read without a problem is, when written by the library that
// writes isthmus's output, read as the same again.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		"name: east\nversion: \"1.30\"\nenabled: true\ncount: -5\nport: 80\ninstall: helm\naddr: 10.0.0.1\ncidrs: [10.0.0.0/8, \"fd00::/64\"]\nrelease: 1.30.3\n",
		"labels: {a.b/c: d}\nplaces:\n  x: {region: eu}\nclusters:\n- name: a\n  cidrs: [x]\n  place:\n    region: eu\n",
		"values: {a: [1, -2, 0.5, true, null, ~, \"1.30\", x], b: {c: , d: {}, e: []}}\nfree: 9007199254740992\n",
		"clients: [a, b]\ntarget: 8080\n", "clients: {labels: {a: b}}\ntarget: http\n",
		"a:\n  b: 1\n c: 2\n", "a: [1, 2\nb: {", "name: \"a\\0b\\u202e\"\n", "x: &a [*a]\n", "<<: {a: b}\n", "%YAML 1.2\n--- !!str\n...\nfoo", "name: |2-\n   a\n b\n", "\tname: >+\r\n a\r b\n",
		"free: [=, <<, 1__0, 0o8, \"\\x1f\", 'a''b', ? x, y: z, -, 1e-7, 1.5e300, 0.000001, :, a:b, #, !, \"=\", \"1:2\", \"<<\", \"- a\", \"!a\", \"a \\n b\"]\n",
		"note: \"2020-01-01 01:02:03 -05:00\"\n",
		"free: \"日本\\U0001d11e\\uE000 \\_ \\t\\r\\n\"\n",
	} {
		f.Add([]byte(seed))
	}
	for _, scalar := range typed {
		f.Add(fmt.Appendf(nil, "name: %[1]s\nnote: \"%[1]s\"\nfree: [%[1]s, '%[1]s']\nlabels: {\"%[1]s\": '%[1]s'}\n", scalar.text))
	}
	equal := cmp.Options{equalPrefixes, cmpopts.EquateEmpty()}
	f.Fuzz(func(t *testing.T, data []byte) {
		documents, problems := All("f.yaml", data, Limits{})
		first, more := One("f.yaml", data, Limits{})
		if first != nil {
			documents = append(documents, first)
		}
		problems = append(problems, more...)
		var out sample
		for _, document := range documents {
			out = sample{}
			problems = append(problems, document.Decode(&out)...)
			document.Pos(string(data))
			document.Pos("values[0].a")
		}
		lines := strings.Count(strings.ReplaceAll(string(data), "\r", "\n"), "\n") + 1
		for _, p := range problems {
			if p.Pos.File == "" || p.Pos.Line < 1 || p.Pos.Line > lines || p.Pos.Column < 1 || p.What == "" {
				t.Fatalf("no position: %v", p)
			}
		}
		if len(problems) > 0 || first == nil {
			return
		}
		written, err := yaml.Marshal(out)
		if err != nil {
			t.Fatal(err)
		}
		again, problems := decoded[sample](string(written), Limits{Bytes: 8 << 20})
		// The encoder leaves a date unquoted where only YAML 1.1 sees one, as in
		// 2020-01-01 01:02:03 -05:00; people have to quote it all the same.
		if slices.ContainsFunc(problems, func(p *diag.Problem) bool { return strings.HasSuffix(p.What, "is read as a date by YAML") }) {
			return
		}
		if problems != nil {
			t.Fatalf("written as\n%s\n%v", written, problems)
		}
		if diff := cmp.Diff(out, again, equal); diff != "" {
			t.Fatalf("written as\n%s\n(-first +again):\n%s", written, diff)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	var in strings.Builder
	in.WriteString("clusters:\n")
	for i := 0; in.Len() < 1<<20-200; i++ {
		fmt.Fprintf(&in, "  - name: cluster-%d\n    cidrs: [10.%d.0.0/16, \"fd00:%d::/64\"]\n    place:\n      region: eu-central-%d # comment\n", i, i%256, i, i%5)
	}
	b.SetBytes(int64(in.Len()))
	for b.Loop() {
		if _, problems := decoded[sample](in.String(), Limits{}); problems != nil {
			b.Fatal(problems)
		}
	}
}

func BenchmarkTooManyKeys(b *testing.B) {
	in := keys(100_000)
	b.SetBytes(int64(len(in)))
	for b.Loop() {
		if _, problems := decoded[sample](in, Limits{Bytes: 2 << 20}); len(problems) != 1 {
			b.Fatal(problems)
		}
	}
}
