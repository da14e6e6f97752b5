package sarif

import (
	"bytes"
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/rule"
)

var update = flag.Bool("update", false, "write testdata")

// interop validates the files of testdata with the schema of the standard.
func TestProblems(t *testing.T) {
	at := func(file string, line, column int) diag.Position {
		return diag.Position{File: file, Line: line, Column: column}
	}
	for name, problems := range map[string]diag.Problems{
		"none": {},
		"some": {
			rule.Exposure.Problem(at("mesh/mesh.yaml", 13, 30), "spec.clusters[0]", "a note", "", ""),
			rule.PrefixOverlap.Problem(at("mesh/mesh.yaml", 20, 5), "spec.clusters[1]", `"an" <error>`, "why", "mend it\non two lines"),
			rule.Alone.Problem(at("mesh/mesh.yaml", 9, 1), "spec.clusters", "a warning", "why", "mend it"),
			rule.PrefixOverlap.Problem(at("mesh/services/a b%.yaml", 1, 1), "spec", "the same again, in a file of an odd name", "", ""),
			rule.Unbuilt.Problem(at("mesh/overrides.jsonnet", 0, 0), "", "of a whole file", "", ""),
			rule.Request.Problem(diag.Position{}, "spec", "of a path alone", "", ""),
			{What: "of no rule and nowhere"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var got bytes.Buffer
			if err := Problems(&got, problems); err != nil {
				t.Fatal(err)
			}
			golden := "testdata/" + name + ".sarif"
			if *update {
				if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got.String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
