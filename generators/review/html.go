package review

import (
	_ "embed" // the page
	"fmt"
	"html/template"
	"io"
	"strings"
)

//go:embed page.html
var pageText string

var pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{
	"clean": clean,
	"where": func(clusters []string) string { return cell(clusters) },
	"sign":  func(m mark) string { return map[string]string{"+": "plus", "-": "minus"}[m.sign] },
	"line":  func(m mark) string { return strings.TrimRight(m.sign+" "+clean(m.text), " ") },
}).Parse(pageText))

// A sectionView is a section as the page has it.
type sectionView struct {
	ID, Change, Names, Stays, Cause, All string
	Objects                              int
	Clusters                             []string
	Open                                 bool
	Lines                                []mark
	Hunks                                [][]mark
}

// openMost is up to how many sections the page shows unfolded.
const openMost = 5

// HTML writes a change as one page that needs nothing else: no script, no font,
// no picture.
func HTML(w io.Writer, c *Change) error {
	sections := c.sections()
	views := make([]sectionView, len(sections))
	for i, s := range sections {
		g := s.first()
		v := sectionView{
			ID: fmt.Sprintf("change-%d", i+1), Change: g.Change, Names: clean(s.names(3)), Stays: s.stays(),
			Objects: s.objects(), Clusters: s.clusters(), Open: len(sections) <= openMost,
		}
		if len(v.Clusters) > 3 {
			v.All = strings.Join(v.Clusters, ", ")
		}
		if !g.Object.derived() || g.Cause == CauseOverlays {
			v.Cause = clean(c.because(g))
		}
		if !g.Object.derived() && len(g.Causes) > 0 {
			v.Lines = c.causeLines(g)
		}
		for _, h := range s.hunks() {
			v.Hunks = append(v.Hunks, h.marks)
		}
		views[i] = v
	}
	return pageTemplate.Execute(w, map[string]any{
		"Extent": c.extent(), "Base": clean(c.Base.String()), "Head": clean(c.Head.String()), "Risks": c.Risks, "Sections": views,
	})
}
