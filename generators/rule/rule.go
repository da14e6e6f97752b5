// Package rule lists the static checks, each with a code that stays: a rule that
// goes takes its code with it, and no other ever gets it.
//
// The first digit says what a rule is about: 0 the file itself, 1 clusters and
// networks, 2 releases and their installation, 3 the control plane and how it is
// reached, 4 Services, namespaces and injection, 5 security, 6 delivery, 7 a
// cluster's coming and leaving, bindings and patches, 9 the risks of a change.
// A rule's check is where its name is used.
package rule

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/diag"
)

// A Rule is one static check. Those of this package are all there are.
type Rule struct {
	Code     string // IST and three digits
	Severity diag.Severity
	Title    string // what is wrong, in a few words
	Why      string // what it leads to
	Fix      string // what mends it, "" where nothing is to be mended
	Source   string // where the fact comes from: documents, code or issues of others; optional
	By       string // the command that finds it, where reading mesh.yaml does not show it: "isthmus render"
	Test     string // the file of the test that shows it, from the top of the repository, where no example can be read by a person
}

// Problem gives what the rule found, in words of the case at hand.
func (r *Rule) Problem(pos diag.Position, path, what, why, fix string) *diag.Problem {
	return &diag.Problem{Rule: r.Code, Severity: r.Severity, Pos: pos, Path: path, What: what, Why: why, Fix: fix}
}

// Level gives the level of a risk, high, medium or low; "" where the rule is about
// a mesh and not about a change of one.
func (r *Rule) Level() string {
	if !strings.HasPrefix(r.Code, "IST9") {
		return ""
	}
	return map[diag.Severity]string{diag.Error: "high", diag.Warning: "medium", diag.Note: "low"}[r.Severity]
}

// Quiet says whether silence in mesh.yaml keeps the rule quiet: it is no error, no
// risk of a change, and nothing that a command says of what it is to delete.
func (r *Rule) Quiet() bool {
	return r.Severity != diag.Error && r.Level() == "" && r.By != "isthmus uninstall" && r != SilenceUnused
}

var registry = map[string]*Rule{}

// define adds a rule to the registry.
func define(r Rule) *Rule {
	if registry[r.Code] != nil {
		panic(fmt.Sprintf("rule: %s is there twice", r.Code))
	}
	registry[r.Code] = &r
	return &r
}

// All gives the rules in the order of their codes.
func All() []*Rule {
	return slices.SortedFunc(maps.Values(registry), func(a, b *Rule) int { return cmp.Compare(a.Code, b.Code) })
}

// Codes gives the codes of all rules, in order.
func Codes() []string {
	return slices.Sorted(maps.Keys(registry))
}

// Lookup gives the rule of a code, nil where there is none.
func Lookup(code string) *Rule { return registry[code] }
