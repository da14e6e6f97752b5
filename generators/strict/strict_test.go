package strict

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/isthmus-mesh/isthmus/generators/diag"
)

// A sample has a field of every kind that Decode knows.
type sample struct {
	Name     string            `yaml:"name" json:"name,omitempty"`
	Version  string            `yaml:"version" json:"version,omitempty"`
	On       bool              `yaml:"enabled" json:"enabled,omitempty"`
	Count    int               `yaml:"count" json:"count,omitempty"`
	Port     int32             `yaml:"port" json:"port,omitempty" strict:"min=1,max=65535"`
	Weight   int64             `yaml:"weight" json:"weight,omitempty" strict:"min=0"`
	Small    *int32            `yaml:"small" json:"small,omitempty"`
	Install  install           `yaml:"install" json:"install,omitempty"`
	Addr     netip.Addr        `yaml:"addr" json:"addr,omitzero"`
	CIDRs    []netip.Prefix    `yaml:"cidrs" json:"cidrs,omitempty"`
	Release  release           `yaml:"release" json:"release,omitzero"`
	Labels   map[string]string `yaml:"labels" json:"labels,omitempty"`
	Places   map[string]place  `yaml:"places" json:"places,omitempty"`
	Clusters []cluster         `yaml:"clusters" json:"clusters,omitempty"`
	Values   map[string]any    `yaml:"values" json:"values,omitempty"`
	Free     any               `yaml:"free" json:"free,omitempty"`
	Clients  *clients          `yaml:"clients" json:"clients,omitempty"`
	Target   *target           `yaml:"target" json:"target,omitempty"`
	common   `yaml:",inline"`
	Ignored  string `json:"-"`
	Dash     string `yaml:"-" json:"-"`
}

type common struct {
	Note string `yaml:"note" json:"note,omitempty"`
}

type place struct {
	Region string `yaml:"region" json:"region,omitempty" strict:"required"`
}

type cluster struct {
	Name  string   `yaml:"name" json:"name,omitempty" strict:"required" why:"it is part of file names"`
	CIDRs []string `yaml:"cidrs" json:"cidrs,omitempty" strict:"required"`
	Place *place   `yaml:"place" json:"place,omitempty"`
}

type install string

func (install) Choices() []string { return []string{"helm", "sail", "values"} }

// A release reads its own text, and words its own errors.
type release struct{ text string }

func (r *release) UnmarshalText(text []byte) error {
	if !strings.HasPrefix(string(text), "1.") {
		if string(text) == "plain" {
			return errors.New("plain error")
		}
		return fmt.Errorf("release: %w", &diag.Problem{What: fmt.Sprintf("%q is no release", text), Why: "all start with 1.", Fix: "write 1.30.3"})
	}
	r.text = string(text)
	return nil
}

func (r release) MarshalText() ([]byte, error) { return []byte(r.text), nil }
func (r release) Equal(other release) bool     { return r == other }

type clients struct {
	Union
	Names  []string          `strict:"sequence"`
	Labels map[string]string `yaml:"labels"`
}

func (c clients) MarshalJSON() ([]byte, error) {
	if c.Names != nil {
		return json.Marshal(c.Names)
	}
	return json.Marshal(map[string]any{"labels": c.Labels})
}

type target struct {
	Union
	Number int32  `strict:"int,min=1,max=65535"`
	Name   string `strict:"string"`
}

func (t target) MarshalJSON() ([]byte, error) {
	if t.Number != 0 {
		return json.Marshal(t.Number)
	}
	return json.Marshal(t.Name)
}

// decoded gives what One and Decode make of an input, problems in file order.
func decoded[T any](in string, limits Limits) (T, diag.Problems) {
	var out T
	document, problems := One("f.yaml", []byte(in), limits)
	if document != nil {
		problems = append(problems, document.Decode(&out)...)
	}
	return out, problems.Sorted()
}

// said gives problems as the lines that tests compare: the message, the code of
// its rule, then its fix after an arrow.
func said(problems diag.Problems) string {
	var b strings.Builder
	for _, p := range problems {
		b.WriteString(strings.TrimPrefix(p.Error(), "f.yaml:"))
		if p.Rule != "" {
			b.WriteString(" (" + p.Rule + ")")
		}
		if p.Fix != "" {
			b.WriteString(" -> " + p.Fix)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func compare(t *testing.T, want string, problems diag.Problems) {
	t.Helper()
	if want != "" {
		want += "\n"
	}
	if diff := cmp.Diff(want, said(problems)); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
}

var equalPrefixes = cmp.Options{
	cmp.Comparer(func(a, b netip.Prefix) bool { return a == b }),
	cmp.Comparer(func(a, b netip.Addr) bool { return a == b }),
	cmp.AllowUnexported(sample{}, common{}),
}
