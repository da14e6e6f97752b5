package review

import (
	"io"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/rule"
	"github.com/isthmus-mesh/isthmus/generators/sarif"
)

// SARIF writes the risks of a change, each at the lines of the input that brought
// it about; where these are not known, or went, at the file, which place names
// from the repository's folder. What has no cause there is said of the given file.
func SARIF(w io.Writer, version, file string, place func(string) string, c *Change) error {
	results := []sarif.Result{}
	for _, r := range c.Risks {
		one := sarif.Result{Rule: rule.Lookup(r.Rule), Message: clean(r.What)}
		if len(r.Clusters) > 0 {
			one.Message += " in " + in(r.Clusters, 6)
		}
		one.Message += ". " + strings.TrimSpace(r.Why+" "+r.Fix)
		for _, i := range r.Causes {
			h := c.Inputs[i]
			p := sarif.Place{File: place(h.File)}
			if h.HeadTo >= h.HeadFrom && h.HeadTo > 0 {
				p.Line, p.End = h.HeadFrom, h.HeadTo
			}
			one.Places = append(one.Places, p)
		}
		results = append(results, one)
	}
	return sarif.Write(w, version, place(file), results)
}
