package strict

import (
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestShapeProblems(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"anchor", "name: &a x\n", "1:7: name: the anchor &a is not allowed (IST004) -> remove it, and write the value out wherever it is needed"},
		{"anchor and alias", "values: &v {a: b}\nfree: *v\n", "1:9: values: the anchor &v is not allowed (IST004) -> remove it, and write the value out wherever it is needed\n2:7: free: the alias *v is not allowed (IST004) -> write the value out here"},
		{"anchor on the document", "&a\nname: x\n", "1:1: the anchor &a is not allowed (IST004) -> remove it, and write the value out wherever it is needed"},
		{"anchor on a key", "&a name: x\n", "1:1: name: the anchor &a is not allowed (IST004) -> remove it, and write the value out wherever it is needed"},
		{"what is below an anchor is read", "values: &v {a: 1.30}\n", "1:9: values: the anchor &v is not allowed (IST004) -> remove it, and write the value out wherever it is needed\n" +
			"1:16: values.a: 1.30 is read as a number by YAML (IST011) -> quote this value: \"1.30\", or write 1.3"},
		{"alias of itself", "values: &v {a: *v}\n", "1:9: values: the anchor &v is not allowed (IST004) -> remove it, and write the value out wherever it is needed\n1:16: values.a: the alias *v is not allowed (IST004) -> write the value out here"},
		{"alias as a key", "values: {x: &v a, *v : b}\n", "1:13: values.x: the anchor &v is not allowed (IST004) -> remove it, and write the value out wherever it is needed\n1:19: values.v: the alias *v is not allowed (IST004) -> write the value out here"},
		{"unknown alias", "name: x\nnote: *foo\n", "2:7: the alias *foo is not allowed (IST004) -> write the value out here"},
		{"merge key", "values:\n  <<: {a: b}\n  c: d\n", "2:3: values: the merge key << is not allowed (IST004) -> write the merged fields out here"},
		{"merge key with alias", "values: {a: &a {b: c}, d: {<<: *a}}\n", "1:13: values.a: the anchor &a is not allowed (IST004) -> remove it, and write the value out wherever it is needed\n1:28: values.d: the merge key << is not allowed (IST004) -> write the merged fields out here"},
		{"quoted merge key", "values: {\"<<\": a}\n", ""},
		{"tag", "name: !!str 1.30\n", `1:7: name: the tag !!str is not allowed (IST004) -> remove it, and quote the value: "1.30"`},
		{"own tag", "values: !foo {a: b}\n", "1:9: values: the tag !foo is not allowed (IST004) -> remove it"},
		{"long tag", "name: !<tag:yaml.org,2002:str> x\n", `1:7: name: the tag !!str is not allowed (IST004) -> remove it, and quote the value: "x"`},
		{"bare tag", "name: ! 1.30\nvalues: ! {a: [! b]}\n! note: !\n  c\n", `1:7: name: the tag ! is not allowed (IST004) -> remove it, and quote the value: "1.30"
2:9: values: the tag ! is not allowed (IST004) -> remove it
2:16: values.a[0]: the tag ! is not allowed (IST004) -> remove it, and quote the value: "b"
3:1: note: the tag ! is not allowed (IST004) -> remove it, and quote the value: "note"
3:9: note: the tag ! is not allowed (IST004) -> remove it, and quote the value: "c"`},
		{"bare tag on a block", "values: !\n  a: b\ncidrs: !\n- 10.0.0.0/8\n", "1:9: values: the tag ! is not allowed (IST004) -> remove it\n3:8: cidrs: the tag ! is not allowed (IST004) -> remove it"},
		{"bare tag on the first key", "! name: x\n", `1:1: name: the tag ! is not allowed (IST004) -> remove it, and quote the value: "name"`},
		{"no tag", "name: \"! a\"\nnote: a ! b\n", ""},
		{"duplicate", "name: a\nnote: b\n\"name\": c\n", `3:1: name: the key "name" is set on line 1 already (IST005) -> remove one of the two`},
		{"duplicates below", "values: {a: {b: 1, b: 2}, a: 1.30}\n", `1:20: values.a.b: the key "b" is set on line 1 already (IST005) -> remove one of the two
1:27: values.a: the key "a" is set on line 1 already (IST005) -> remove one of the two`},
		{"the second value is passed over", "free: {a: 1, a: 1.30}\n", `1:14: free.a: the key "a" is set on line 1 already (IST005) -> remove one of the two`},
		{"a list as a key", "values: {[a, b]: c}\n", "1:10: values: a key must be text, not a list (IST006)"},
		{"a map as a key", "values:\n  ? {a: b}\n  : c\n", "2:5: values: a key must be text, not a map (IST006)"},
		{"key with no text", "values:\n  ?\n  : a\n", "2:4: values: a key is missing before the colon (IST006)"},
		{"number as a key", "labels: {1: a}\n", `1:10: labels.1: the key 1 is read as a number by YAML (IST006) -> quote this key: "1"`},
		{"long key", "values:\n  ? " + strings.Repeat("é", 1025) + "\n  : 1.30\n", `2:5: values: the key "` + strings.Repeat("é", 80) + `…" has 1025 characters, more than 1024 (IST007)`},
		{"escapes", `{name: "a\0b", note: "\u202e", values: {"a\x85": "\uFEFF"}}`, `1:8: name: the control character U+0000 is not allowed (IST002) -> remove its escape
1:22: note: the character U+202E is not allowed; it changes the direction of text, so that what is shown is not what is read (IST002) -> remove its escape
1:41: values.a` + "\u0085" + `: the control character U+0085 is not allowed (IST002) -> remove its escape
1:50: values.a` + "\u0085" + `: the character U+FEFF is not allowed; it is a byte order mark, and invisible (IST002) -> remove its escape`},
		{"escapes that are text", `{name: "a\tb\n\"\u00e9\_"}`, ""},
		{"columns are characters", "values: {é日本𝄞: 1.30, b: *c }\n", "1:25: the alias *c is not allowed (IST004) -> write the value out here"},
		{"columns of values are characters", "values: {é日本𝄞: 1.30}\n", `1:16: values.é日本𝄞: 1.30 is read as a number by YAML (IST011) -> quote this value: "1.30", or write 1.3`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, problems := decoded[sample](test.in, Limits{})
			compare(t, test.want, problems)
		})
	}
}

func TestLimits(t *testing.T) {
	tests := []struct {
		name, in string
		limits   Limits
		want     string
	}{
		{"bytes", "name: abc\n", Limits{Bytes: 9}, "1:1: the file has 10 bytes, more than 9 (IST007) -> divide it into smaller files"},
		{"bytes, just", "name: abc\n", Limits{Bytes: 10}, ""},
		{"depth", "free: [[a]]\n", Limits{Depth: 2}, "1:8: free[0]: lists and maps are nested more than 2 deep here (IST007)"},
		{"depth, just", "free: [[a]]\n", Limits{Depth: 3}, ""},
		{"depth of blocks", "free:\n  a:\n    b: c\n", Limits{Depth: 2}, "3:5: free.a: lists and maps are nested more than 2 deep here (IST007)"},
		{"nodes", "free: [a, b]\n", Limits{Nodes: 4}, "1:11: the file has more than 4 keys and values (IST007) -> divide it into smaller files"},
		{"nodes, just", "free: [a, b]\n", Limits{Nodes: 5}, ""},
		{"keys", "name: a\nfree: b\n", Limits{Keys: 1}, "1:1: the map has 2 keys, more than 1 (IST007)"},
		{"keys below", "free: {a: b, c: d, e: f}\n", Limits{Keys: 2}, "1:7: free: the map has 3 keys, more than 2 (IST007)"},
		{"keys, just", "free: {a: b, c: d}\n", Limits{Keys: 2}, ""},
		{"default of bytes", "#" + strings.Repeat(" ", 1<<20), Limits{}, "1:1: the file has 1048577 bytes, more than 1048576 (IST007) -> divide it into smaller files"},
		{"default of depth", "free: " + strings.Repeat("[", 64) + strings.Repeat("]", 64), Limits{}, "1:70: free" + strings.Repeat("[0]", 63) + ": lists and maps are nested more than 64 deep here (IST007)"},
		{"default of keys", keys(10_001), Limits{}, "1:1: the map has 10001 keys, more than 10000 (IST007)"},
		{"default of nodes", "free: [" + strings.Repeat("a,", 200_000) + "]", Limits{}, "1:400002: the file has more than 200000 keys and values (IST007) -> divide it into smaller files"},
		{"deeper than the parser goes", "free: " + strings.Repeat("[", 20_000), Limits{}, "1:71: lists and maps are nested more than 64 deep here (IST007)"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, problems := decoded[sample](test.in, test.limits)
			compare(t, test.want, problems)
		})
	}
}

func TestLimitsOfStream(t *testing.T) {
	_, problems := All("f.yaml", []byte("a: b\n---\na: b\n"), Limits{Nodes: 5})
	compare(t, "3:4: the file has more than 5 keys and values (IST007) -> divide it into smaller files", problems)
}

// The report ends somewhere, or long paths above many problems would fill the
// memory.
func TestMostProblems(t *testing.T) {
	_, problems := decoded[sample]("cidrs: ["+strings.Repeat("x, ", 2000)+"]\n", Limits{})
	if len(problems) != mostProblems+1 {
		t.Fatalf("got %d problems", len(problems))
	}
	compare(t, "1:3009: more than 1000 problems, of which the rest is not shown", problems[mostProblems:])
}

// Inputs that are small and cost much, cut to the default limit: each ends, most in
// a problem, and takes no more than the size of the input can explain. The hungriest
// allocates 526 MiB. The bound on time is for what would not end while anybody
// waits: how long an honest run takes is the machine's.
func TestBombs(t *testing.T) {
	const most = 1 << 20
	aliases := "a0: &a0 [x,x,x,x,x,x,x,x,x]\n"
	merges := "a0: &a0 {x: y}\n"
	for i := 1; i < 40; i++ {
		aliases += fmt.Sprintf("a%d: &a%d [%s*a%d]\n", i, i, strings.Repeat(fmt.Sprintf("*a%d,", i-1), 8), i-1)
		merges += fmt.Sprintf("a%d: &a%d {<<: [*a%d, *a%d]}\n", i, i, i-1, i-1)
	}
	var steps strings.Builder
	for i := 0; steps.Len() < most; i++ {
		steps.WriteString(strings.Repeat(" ", i) + "a:\n")
	}
	repeat := func(s string) string { return strings.Repeat(s, most/len(s)) }
	bombs := map[string]string{
		"aliases": aliases, "merges": merges, "steps": steps.String()[:most], "keys": keys(70_000), "one line of keys": "{" + strings.ReplaceAll(keys(70_000), "\n", ",") + "}",
		"long key": "? " + strings.Repeat("k", most/2) + "\n: [" + strings.Repeat("1.0,", 50_000) + "]", "long value": "name: " + repeat("x")[6:], "long text": "name: \"" + repeat(`\n`)[8:] + "\"",
		"unclosed": "[" + repeat("a,")[2:], "late error": repeat("- a\n")[8:] + "  b: c\n", "late key error": repeat("- a\n")[8:] + "b: c\n",
		"long path":   "values: {" + strings.Repeat(strings.Repeat("k", 1000)+": {", 60) + "a: [" + strings.Repeat("1.0,", 60_000) + "]" + strings.Repeat("}", 61),
		"last alias":  "a: &a x\nb:\n" + repeat("- *a\n")[20:],
		"alias, none": repeat("a: b\n")[20:] + "a: *b\n",
	}
	for _, s := range []string{"[", "{", "{a: ", "[\n", "- ", "? ", "]", "[]", "- []\n", "- {}\n", "#\n", "# b\n\n", "- #\n", "- b # c\n", "- |\n", "- a\n  # c\n\n", "- - - - #\n", "&a ", "!a ", "*a ", "'", "\"", "::", ": ", " ", "\n",
		"\r", "\t", "a\n", "---\n", "...\n", "---\na: 1\n", "--- [a\n", "--- a: b: c\n", "%a\n", "a: 1\n", "a: b: c\n", "- 1.10\n", "\xff", "\x00", "\u202e", "\\", "!!str ", "- ! a\n"} {
		bombs[s] = repeat(s)
	}
	for name, in := range bombs {
		t.Run(name, func(t *testing.T) {
			start, before := time.Now(), allocated()
			documents, problems := All("f.yaml", []byte(in), Limits{})
			for _, document := range documents {
				var out sample
				problems = append(problems, document.Decode(&out)...)
			}
			if took := time.Since(start); took > time.Minute {
				t.Errorf("took %v", took)
			}
			if bytes := allocated() - before; bytes > 1<<30 {
				t.Errorf("allocated %d bytes", bytes)
			}
			for _, p := range problems {
				if p.Pos.Line < 1 || p.Pos.Column < 1 || p.Pos.File == "" {
					t.Fatalf("no position: %v", p)
				}
			}
			if size := len(problems.Text()); size > 100<<20 {
				t.Errorf("%d bytes of text", size)
			}
		})
	}
}

// allocated gives the bytes that were ever allocated.
func allocated() uint64 {
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return s.TotalAlloc
}

func keys(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "k%d: 1\n", i)
	}
	return b.String()
}
