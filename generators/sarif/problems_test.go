package sarif

import (
	"bytes"
	"encoding/json"
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
			if err := Problems(&got, "mesh.yaml", problems); err != nil {
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

// What no rule speaks of, and what no file is named of, has both: GitHub takes no
// result without a place.
func TestPlaces(t *testing.T) {
	run := written(t, diag.Problems{{What: "no mesh.yaml here"}})
	if len(run.Results) != 1 || run.Results[0].RuleID != rule.Partial.Code || run.Results[0].Locations[0].Physical != (physical{artifact{"mesh.yaml"}, region{StartLine: 1}}) {
		t.Errorf("got %+v", run.Results)
	}
}

// Of more results than hosts keep, the least severe go, and the first says so.
func TestLimit(t *testing.T) {
	var problems diag.Problems
	for line := range 3 * resultLimit / 2 {
		for _, r := range []*rule.Rule{rule.Exposure, rule.Alone, rule.PrefixOverlap} {
			if r != rule.PrefixOverlap || line%1500 == 0 {
				problems = append(problems, r.Problem(diag.Position{File: "mesh.yaml", Line: line + 1}, "", "a", "", ""))
			}
		}
	}
	run := written(t, problems)
	levels := map[string]int{}
	for _, r := range run.Results {
		levels[r.Level]++
	}
	if diff := cmp.Diff(map[string]int{"error": 6, "warning": resultLimit - 6}, levels); diff != "" {
		t.Errorf("levels (-want +got):\n%s", diff)
	}
	const want = "10006 more findings are left out here, the least severe; a host of code keeps 5000\nfix: run isthmus validate, which says all of them"
	if got := run.Results[0]; got.RuleID != rule.Partial.Code || got.Message.Text != want {
		t.Errorf("the first is %+v", got)
	}
	if last := run.Results[len(run.Results)-1].Locations[0].Physical.Region.StartLine; last < 4900 {
		t.Errorf("the last of them is of line %d: their order is lost", last)
	}
	if n := len(written(t, problems[:resultLimit]).Results); n != resultLimit {
		t.Errorf("%d of %d are written", n, resultLimit)
	}
}

func written(t *testing.T, problems diag.Problems) run {
	t.Helper()
	var got bytes.Buffer
	if err := Problems(&got, "mesh.yaml", problems); err != nil {
		t.Fatal(err)
	}
	var log log
	if err := json.Unmarshal(got.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	return log.Runs[0]
}
