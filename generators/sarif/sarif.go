// Package sarif writes what rules found in the Static Analysis Results
// Interchange Format 2.1.0, which code hosts show beside the lines of a change.
package sarif

import (
	"encoding/json"
	"io"
	"path"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/rule"
)

// A Result is one thing that a rule found. Files are named from the repository's
// folder, with slashes; a result without one is of the whole run.
type Result struct {
	Rule    *rule.Rule // nil where no rule speaks, as of a file that cannot be read
	Message string
	Places  []Place
}

// A Place is lines of a file, or a field of it; a zero line stands for the whole
// file. A zero Column or End, an empty File or Field is left out.
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
	RuleID    string     `json:"ruleId,omitempty"`
	RuleIndex *int       `json:"ruleIndex,omitempty"`
	Level     string     `json:"level"`
	Message   text       `json:"message"`
	Locations []location `json:"locations"`
}

type location struct {
	Physical *physical `json:"physicalLocation,omitempty"`
	Logical  []logical `json:"logicalLocations,omitempty"`
}

type logical struct {
	Name string `json:"fullyQualifiedName"`
}

type physical struct {
	Artifact artifact `json:"artifactLocation"`
	Region   *region  `json:"region,omitempty"`
}

type artifact struct {
	URI string `json:"uri"`
}

type region struct {
	StartLine   int `json:"startLine"`
	StartColumn int `json:"startColumn,omitempty"`
	EndLine     int `json:"endLine,omitempty"`
}

// Write writes the results of one run of the program, whose version may be "".
// The rules that it lists are those of the results, in the order of their codes.
func Write(w io.Writer, version string, results []Result) error {
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
		one := result{Level: "error", Message: text{found.Message}, Locations: []location{}}
		if found.Rule != nil {
			at := index[found.Rule.Code]
			one.RuleID, one.RuleIndex, one.Level = found.Rule.Code, &at, level(found.Rule.Severity)
		}
		for _, p := range found.Places {
			var at location
			if p.File != "" {
				at.Physical = &physical{Artifact: artifact{uri(p.File)}}
			}
			if p.File != "" && p.Line > 0 {
				at.Physical.Region = &region{p.Line, p.Column, p.End}
			}
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
