package graph_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/isthmus-mesh/isthmus/generators/graph"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
)

// A golden is testdata/<drawing>.<format>. Files of no drawing fail.
var update = flag.Bool("update", false, "write the golden files, and delete those that are no longer wanted")

func formats(g *graph.Graph) map[string][]byte {
	return map[string][]byte{"mmd": g.Mermaid(), "dot": g.DOT(), "svg": g.SVG()}
}

func TestGolden(t *testing.T) {
	wanted := map[string]bool{}
	for name, g := range drawings(t) {
		for format, got := range formats(g) {
			file := filepath.Join("testdata", name+"."+format)
			wanted[file] = true
			if *update {
				if err := os.MkdirAll("testdata", 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
				continue
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Error(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("%s (-want +got); if the change is meant, run make golden and look at the picture:\n%s", file, diff)
			}
		}
	}
	files, err := filepath.Glob("testdata/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if wanted[file] {
			continue
		}
		if !*update {
			t.Errorf("%s is stale: nothing draws it", file)
		} else if err := os.Remove(file); err != nil {
			t.Error(err)
		}
	}
}

// The picture in the documentation is that of this repository's mesh.
func TestReferencePicture(t *testing.T) {
	m, problems := mesh.Load(mesh.Source{FS: os.DirFS("../../mesh"), Name: "mesh.yaml"})
	if m == nil {
		t.Fatal(problems.Text())
	}
	const file = "../../docs/graph.svg"
	got := graph.Of(m).SVG()
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got); run make golden:\n%s", file, diff)
	}
}

// The same mesh gives the same bytes.
func TestSameBytes(t *testing.T) {
	first, second := drawings(t), drawings(t)
	for name, g := range first {
		for format, got := range formats(g) {
			if !bytes.Equal(got, formats(second[name])[format]) || !bytes.Equal(got, formats(g)[format]) {
				t.Errorf("%s.%s comes out differently the second time", name, format)
			}
		}
	}
}
