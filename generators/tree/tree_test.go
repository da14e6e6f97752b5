package tree

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOfRefuses(t *testing.T) {
	long := "overlays/west/" + strings.Repeat("a", pathLimit)
	for _, test := range []struct {
		name  string
		parts []Part
		want  string
	}{
		{"empty", []Part{of("west", contents{"": "1"})}, `cluster "west" cannot own a file ""; it is empty`},
		{"absolute", []Part{of("west", contents{"/overlays/west/a": "1"})}, `cluster "west" cannot own a file "/overlays/west/a"; it is absolute`},
		{"up", []Part{of("west", contents{"overlays/west/../a": "1"})}, `cluster "west" cannot own a file "overlays/west/../a"; it leaves its folder`},
		{"not clean", []Part{of("west", contents{"overlays/west//a": "1"})}, `cluster "west" cannot own a file "overlays/west//a"; it is not in its shortest form`},
		{"dot", []Part{of("west", contents{"overlays/west/./a": "1"})}, `cluster "west" cannot own a file "overlays/west/./a"; it is not in its shortest form`},
		{"folder", []Part{of("west", contents{"overlays/west/a/": "1"})}, `cluster "west" cannot own a file "overlays/west/a/"; it is not in its shortest form`},
		{"Git", []Part{of("west", contents{"overlays/west/.Git/hooks/x": "1"})}, `cluster "west" cannot own a file "overlays/west/.Git/hooks/x"; it lies in a repository of Git`},
		{"long", []Part{of("west", contents{long: "1"})}, `cluster "west" cannot own a file "` + long + `"; it is longer than 200 bytes`},
		{"line end", []Part{of("west", contents{"overlays/west/a\nb": "1"})}, `cluster "west" cannot own a file "overlays/west/a\nb"; it holds the character '\n'`},
		{"NUL", []Part{of("west", contents{"overlays/west/a\x00": "1"})}, `cluster "west" cannot own a file "overlays/west/a\x00"; it holds the character '\x00'`},
		{"backslash", []Part{of("west", contents{`overlays/west/..\a`: "1"})}, `cluster "west" cannot own a file "overlays/west/..\\a"; it holds the character '\\'`},
		{"Unicode", []Part{of("west", contents{"overlays/west/é": "1"})}, `cluster "west" cannot own a file "overlays/west/é"; it holds the character 'é'`},
		{"trailing dot", []Part{of("west", contents{"overlays/west/a.": "1"})}, `cluster "west" cannot own a file "overlays/west/a."; a name in it begins or ends with a space, or ends with a dot`},
		{"inputs", []Part{of("west", contents{"mesh/mesh.yaml": "1"})}, `cluster "west" cannot own a file "mesh/mesh.yaml"; it is neither under overlays/west/ nor that cluster's isthmus.yaml under clusters/`},
		{"other part", []Part{of("west", contents{"overlays/west2/a": "1"})}, `cluster "west" cannot own a file "overlays/west2/a"; it is neither under overlays/west/ nor that cluster's isthmus.yaml under clusters/`},
		{"ledger", []Part{of("west", contents{"overlays/west/.isthmus.lock": "1"})}, `cluster "west" cannot own a file "overlays/west/.isthmus.lock"; it is the name of a ledger`},
		{"twice", []Part{{Name: "west", Files: []File{{Path: "overlays/west/a"}, {Path: "overlays/west/a"}}}}, `"overlays/west/a" is rendered twice`},
		{"Flux's own", []Part{of("west", contents{"clusters/west/flux-system/gotk-sync.yaml": "1"})}, `cluster "west" cannot own a file "clusters/west/flux-system/gotk-sync.yaml"; it is neither under overlays/west/ nor that cluster's isthmus.yaml under clusters/`},
		{"a file beside", []Part{of("west", contents{"clusters/west/apps.yaml": "1"})}, `cluster "west" cannot own a file "clusters/west/apps.yaml"; it is neither under overlays/west/ nor that cluster's isthmus.yaml under clusters/`},
		{"another's delivery", []Part{of("west", contents{"clusters/east/isthmus.yaml": "1"})}, `cluster "west" cannot own a file "clusters/east/isthmus.yaml"; it is neither under overlays/west/ nor that cluster's isthmus.yaml under clusters/`},
		{"a binding of two lines", []Part{{Name: "west", Binding: "a\nb"}}, `cluster "west" cannot be bound to "a\nb"`},
		{"case", []Part{of("west", contents{"overlays/west/a": "1", "overlays/west/A": "1"})}, `"overlays/west/A" and "overlays/west/a" cannot lie in one tree`},
		{"case of a folder", []Part{of("west", contents{"overlays/west/B/x": "1", "overlays/west/b/y": "1"})}, `"overlays/west/B" and "overlays/west/b/y" cannot lie in one tree`},
		{"file and folder", []Part{of("west", contents{"overlays/west/a": "1", "overlays/west/a/b": "1"})}, `"overlays/west/a" and "overlays/west/a/b" cannot lie in one tree`},
		{"part up", []Part{of("..", nil)}, `a cluster's files cannot be kept under the name ".."; it leaves its folder`},
		{"part empty", []Part{of("", nil)}, `a cluster's files cannot be kept under the name ""; it is not in its shortest form`},
		{"part of two", []Part{of("a/b", nil)}, `a cluster's files cannot be kept under the name "a/b"; it is the name of one folder, without spaces`},
		{"part twice", []Part{of("west", nil), of("west", nil)}, `the name "west" stands for two clusters`},
		{
			"all in one run",
			[]Part{of("west", contents{"/x": "1", "mesh/x": "1"}), of("..", nil)},
			"a cluster's files cannot be kept under the name \"..\"; it leaves its folder\n" +
				"cluster \"west\" cannot own a file \"/x\"; it is absolute\n" +
				"cluster \"west\" cannot own a file \"mesh/x\"; it is neither under overlays/west/ nor that cluster's isthmus.yaml under clusters/",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			tree, err := Of(3, test.parts)
			if tree != nil {
				t.Error("gave a tree")
			}
			got := strings.Split(errorText(err), "\n")
			if test.name == "all in one run" && strings.Contains(got[1], "mesh/x") {
				got[1], got[2] = got[2], got[1] // the files came out of a map
			}
			if diff := cmp.Diff(test.want, strings.Join(got, "\n")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A good name may look like a bad one.
func TestOfAccepts(t *testing.T) {
	mustOf(t, of("west", contents{
		"overlays/west/a..b/x":           "1",
		"overlays/west/...x":             "1",
		"overlays/west/.gitignore":       "1",
		"clusters/hub/isthmus-west.yaml": "1",
		"overlays/west/services/a b.md":  "1",
	}))
}

// The same parts in another order, their files too, are the same bytes on disk.
func TestOrderDoesNotCount(t *testing.T) {
	parts := []Part{
		of("west", contents{"overlays/west/a": "1", "overlays/west/b": "2", "clusters/west/isthmus.yaml": "3"}),
		retiring(of("east", contents{"overlays/east/a": "1", "overlays/east/b": "2"})),
	}
	dir := t.TempDir()
	mustWrite(t, dir, Options{}, parts...)
	for range 20 {
		rand.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
		for _, p := range parts {
			rand.Shuffle(len(p.Files), func(i, j int) { p.Files[i], p.Files[j] = p.Files[j], p.Files[i] })
		}
		report, err := mustOf(t, parts...).Compare(openRoot(t, dir), Options{})
		if err != nil || !report.Clean() {
			t.Fatalf("shuffled parts are not as written: %+v, %v", report, err)
		}
	}
}
