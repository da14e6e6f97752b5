// Package sarif writes what rules found in the Static Analysis Results
// Interchange Format 2.1.0, which code hosts show beside the lines of a change.
package sarif

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/rule"
)

// A Result is one thing that a rule found. Files are named from the repository's
// folder, with slashes.
type Result struct {
	Rule    *rule.Rule
	Message string
	Places  []Place
}

// A Place is lines of a file, or a field of it. A zero line, of a file as a whole,
// is written as its first. A zero Column or End, an empty Field is left out.
type Place struct {
	File              string
	Line, Column, End int
	Field             string // its path, as in spec.clusters[2].network
}

const home = "https://github.com/isthmus-mesh/isthmus"

type log struct {
	Schema  string `json:"$schema"`
	Version string `json:"version"`
	Runs    []run  `json:"runs"`
}

type run struct {
	Tool       tool     `json:"tool"`
	Results    []result `json:"results"`
	ColumnKind string   `json:"columnKind"`
}

type tool struct {
	Driver driver `json:"driver"`
}

type driver struct {
	Name           string       `json:"name"`
	Version        string       `json:"version,omitempty"`
	InformationURI string       `json:"informationUri"`
	Rules          []descriptor `json:"rules"`
}

type text struct {
	Text string `json:"text"`
}

type descriptor struct {
	ID      string        `json:"id"`
	Short   text          `json:"shortDescription"`
	Full    text          `json:"fullDescription"`
	Help    *text         `json:"help,omitempty"`
	HelpURI string        `json:"helpUri"`
	Default configuration `json:"defaultConfiguration"`
}

type configuration struct {
	Level string `json:"level"`
}

type result struct {
	RuleID    string     `json:"ruleId"`
	RuleIndex int        `json:"ruleIndex"`
	Level     string     `json:"level"`
	Message   text       `json:"message"`
	Locations []location `json:"locations"`
}

type location struct {
	Physical physical  `json:"physicalLocation"`
	Logical  []logical `json:"logicalLocations,omitempty"`
}

type logical struct {
	Name string `json:"fullyQualifiedName"`
}

type physical struct {
	Artifact artifact `json:"artifactLocation"`
	Region   region   `json:"region"`
}

type artifact struct {
	URI string `json:"uri"`
}

type region struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn,omitempty"`
	EndLine     int `json:"endLine,omitempty"`
}

// GitHub keeps as many results of a run, and as many places of a result, and
// refuses files with a multiple of either.
const (
	resultLimit = 5000
	placeLimit  = 100
)

// Write writes the results of one run of the program, whose version may be "".
// The rules that it lists are those of the results, in the order of their codes.
// What names no file is said of the first line of a given one, because hosts take
// no result without a place. Of more results than hosts keep, notes go first and
// errors last, and one result says how many went.
func Write(w io.Writer, version, file string, results []Result) error {
	results = limited(results)
	r := run{Tool: tool{driver{Name: "isthmus", Version: version, InformationURI: home, Rules: []descriptor{}}}, Results: []result{}, ColumnKind: "unicodeCodePoints"}
	index := map[string]int{}
	used := map[*rule.Rule]bool{}
	for _, found := range results {
		used[found.Rule] = true
	}
	for _, known := range rule.All() {
		if !used[known] {
			continue
		}
		index[known.Code] = len(r.Tool.Driver.Rules)
		d := descriptor{ID: known.Code, Short: text{known.Title}, Full: text{known.Why}, HelpURI: home + "/blob/main/docs/rules/" + known.Code + ".md", Default: configuration{level(known.Severity)}}
		if known.Fix != "" {
			d.Help = &text{known.Fix}
		}
		r.Tool.Driver.Rules = append(r.Tool.Driver.Rules, d)
	}
	for _, found := range results {
		one := result{found.Rule.Code, index[found.Rule.Code], level(found.Rule.Severity), text{found.Message}, nil}
		places := found.Places
		if len(places) == 0 {
			places = []Place{{}}
		}
		for _, p := range places[:min(len(places), placeLimit)] {
			at := location{Physical: physical{artifact{uri(cmp.Or(p.File, file))}, region{max(p.Line, 1), p.Column, p.End}}}
			if p.Field != "" {
				at.Logical = []logical{{p.Field}}
			}
			one.Locations = append(one.Locations, at)
		}
		r.Results = append(r.Results, one)
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(log{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []run{r}})
}

// limited leaves out what is more than hosts keep: the least severe, the last of
// them first.
func limited(results []Result) []Result {
	if len(results) <= resultLimit {
		return results
	}
	order := make([]int, len(results))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(results[a].Rule.Severity, results[b].Rule.Severity) })
	order = order[:resultLimit-1]
	slices.Sort(order)
	kept := []Result{{Rule: rule.Partial, Message: fmt.Sprintf("%d more findings are left out here, the least severe; a host of code keeps %d\nfix: run isthmus validate, which says all of them", len(results)-len(order), resultLimit)}}
	for _, i := range order {
		kept = append(kept, results[i])
	}
	return kept
}

// level gives SARIF's word for a severity.
func level(s diag.Severity) string {
	switch s {
	case diag.Error:
		return "error"
	case diag.Warning:
		return "warning"
	default:
		return "note"
	}
}

// uri writes a path as a relative reference: a host joins it to the root of the
// repository.
func uri(file string) string {
	var b strings.Builder
	for _, c := range []byte(path.Clean(file)) {
		if c <= ' ' || c >= 0x7f || strings.IndexByte("%?#[]\\^`{|}\"<>:", c) >= 0 {
			const hex = "0123456789ABCDEF"
			b.WriteString("%" + string(hex[c>>4]) + string(hex[c&15]))
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}
