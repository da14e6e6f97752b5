package graph

import "strings"

// A mark is how a change is drawn. The colours are of the Okabe-Ito palette,
// which people with any kind of colour blindness tell apart, as dark as text
// needs to be on white and as light as it needs to be on black.
type mark struct {
	light, dark string
	dashes      string // of the line, in SVG's way: stroke-dasharray
	line        string // the same in words
}

var marks = map[Change]mark{
	Added:   {light: "#0065a3", dark: "#56b4e9", line: "thick line"},
	Removed: {light: "#b84a00", dark: "#ff9a52", dashes: "7 4", line: "dashes"},
	Changed: {light: "#00704f", dark: "#3ddba5", dashes: "12 3 2 3", line: "dashes and dots"},
}

// The two relations, in the legend's words.
const (
	wordsConfiguration = "takes its configuration from"
	wordsReads         = "reads the API server of (remote Secret)"
	wordsOthers        = "each control plane reads every other cluster"
)

// all gives the title and the lines of a node as text.
func (n Node) all() []string {
	title := n.Title()
	if n.Change == Added || n.Change == Removed {
		title += " (" + n.Change.String() + ")"
	}
	lines := []string{title}
	for _, l := range n.Text() {
		lines = append(lines, l.Marked())
	}
	return lines
}

// frame gives what stands over all.
func (g *Graph) frame() []string {
	facts := make([]string, len(g.Facts))
	for i, l := range g.Facts {
		facts[i] = l.Marked()
	}
	return []string{g.Title + ": " + strings.Join(facts, ", ")}
}

// legend gives the meaning of lines and marks, where changed says what the line of
// something changed looks like.
func (g *Graph) legend(changed string) []string {
	lines := []string{"solid arrow: " + wordsConfiguration, "dotted arrow: " + wordsReads}
	if g.several() {
		lines = append(lines, wordsOthers)
	}
	if g.Diff {
		lines = append(lines, marks[Added].line+": added", marks[Removed].line+": removed", changed+": changed")
	}
	return lines
}
