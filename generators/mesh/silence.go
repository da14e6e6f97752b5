package mesh

import (
	"fmt"
	"slices"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/rule"
)

// silences checks that each entry names a rule that may be silenced, once.
func (c *checker) silences() {
	seen := map[string]bool{}
	for i, s := range c.mesh.Spec.Silence {
		at := fmt.Sprintf("spec.silence[%d].rule", i)
		r := rule.Lookup(s.Rule)
		switch {
		case s.Rule == "": // a problem of decoding
		case r == nil:
			c.report(rule.SilenceUnknown, at, fmt.Sprintf("there is no rule %q", s.Rule), "", didYouMean(s.Rule, rule.Codes(), "docs/rules lists them"))
		case r.Severity == diag.Error:
			c.report(rule.SilenceUnknown, at, s.Rule+" cannot be silenced", "it is an error: "+r.Title, "remove the entry, and mend what it was for")
		case r == rule.SilenceUnused:
			c.report(rule.SilenceUnknown, at, s.Rule+" cannot be silenced", "it says that an entry here is not needed", "remove both entries")
		case r.Level() != "":
			c.report(rule.SilenceUnknown, at, s.Rule+" cannot be silenced", "it is a risk of a change, and isthmus diff says all of them", "remove the entry; --fail-on says which of them fail")
		case !r.Quiet():
			c.report(rule.SilenceUnknown, at, s.Rule+" cannot be silenced", r.By+" says it of what it is about to do", "remove the entry")
		case seen[s.Rule]:
			c.report(rule.ListedTwice, at, s.Rule+" is silenced twice", "", "remove one")
		}
		seen[s.Rule] = true
	}
}

// Loud leaves out the warnings and notes of rules that the mesh silences.
func (s *Spec) Loud(problems diag.Problems) diag.Problems {
	return slices.DeleteFunc(problems, func(p *diag.Problem) bool {
		return p.Severity != diag.Error && slices.ContainsFunc(s.Silence, func(s Silence) bool { return s.Rule == p.Rule && s.Rule != "" })
	})
}

// loud leaves out what is silenced, and warns of entries that silence nothing.
// Where there are errors, what an entry is for may not have been looked at.
func (c *checker) loud(problems diag.Problems) diag.Problems {
	found := map[string]bool{}
	for _, p := range problems {
		found[p.Rule] = true
	}
	problems = c.mesh.Spec.Loud(problems)
	if len(problems.Errors()) > 0 {
		return problems
	}
	for i, s := range c.mesh.Spec.Silence {
		if rule.Lookup(s.Rule).By == "" && !found[s.Rule] {
			at := fmt.Sprintf("spec.silence[%d]", i)
			problems = append(problems, rule.SilenceUnused.Problem(c.doc.Pos(at), at, fmt.Sprintf("nothing in the mesh is reported as %s", s.Rule), "it would hide the next one", "remove the entry"))
		}
	}
	return problems
}
