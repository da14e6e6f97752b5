package graph

import (
	"fmt"
	"strings"
)

// Mermaid gives the picture as a Mermaid flowchart, which GitHub and GitLab draw
// from a block of Markdown.
//
// It keeps to what every Mermaid since 9.1 reads: names of nodes are made here,
// text stands in quotes, and each character that could mean something to
// Mermaid, Markdown or HTML is written as its number. Nodes get no colour to fill
// them, because GitHub draws on light and on dark.
//
// Mermaid refuses more than 50,000 characters and 500 edges (its defaults for
// maxTextSize and maxEdges); a picture is folded to stay far below both.
func (g *Graph) Mermaid() []byte {
	m := &mermaid{graph: g, styles: map[Change][]string{}}
	m.line("flowchart TB")
	m.line("  accTitle: %s", plain(g.Title))
	m.line("  accDescr: %s", plain(g.Sentence()))
	m.line("  subgraph mesh[%s]", label(g.frame()))
	for i, p := range g.Planes {
		m.node(fmt.Sprintf("p%d", i), p.Node)
		for j, r := range p.Remotes {
			m.node(fmt.Sprintf("p%dr%d", i, j), r)
		}
	}
	m.line("  end")
	for i, p := range g.Planes {
		for j, r := range p.Remotes {
			configuration, read := p.edge(r)
			m.edge(fmt.Sprintf("p%dr%d", i, j), "-->", fmt.Sprintf("p%d", i), "configuration", configuration)
			m.edge(fmt.Sprintf("p%d", i), "-.->", fmt.Sprintf("p%dr%d", i, j), "reads", read)
		}
	}
	m.others()
	m.line("  key[%s]", label(g.legend(marks[Changed].line)))
	m.style()
	return []byte(m.String())
}

type mermaid struct {
	strings.Builder
	graph  *Graph
	edges  int
	styles map[Change][]string // numbers of edges
	nodes  [4][]string
}

func (m *mermaid) line(format string, args ...any) { fmt.Fprintf(&m.Builder, format+"\n", args...) }

func (m *mermaid) node(id string, n Node) {
	m.line("    %s[%s]", id, label(n.all()))
	m.nodes[n.Change] = append(m.nodes[n.Change], id)
}

// edge draws one relation. In a small picture it says in words what it is.
func (m *mermaid) edge(from, arrow, to, text string, change Change) {
	if m.graph.nodes() <= 6 {
		arrow += "|" + label([]string{text}) + "|"
	}
	m.line("  %s %s %s", from, arrow, to)
	m.styles[change] = append(m.styles[change], fmt.Sprint(m.edges))
	m.edges++
}

// others draws that control planes read each other's clusters: of two between
// them, of more through a node that stands for all clusters.
func (m *mermaid) others() {
	switch planes := len(m.graph.Planes); {
	case planes == 2:
		m.line("  p0 <-.->|%s| p1", label([]string{"each reads the other's clusters"}))
		m.edges++
	case m.graph.several():
		m.line("  every([%s])", label([]string{"every other cluster"}))
		for i := range m.graph.Planes {
			m.edge(fmt.Sprintf("p%d", i), "-.->", "every", "reads", Same)
		}
	}
}

// style gives marks to what changed: the colour and the line differ, for those
// who cannot tell the colours.
func (m *mermaid) style() {
	if !m.graph.Diff {
		return
	}
	for _, c := range []Change{Added, Removed, Changed} {
		mark := fmt.Sprintf("stroke:%s,stroke-width:3px", marks[c].light)
		if dashes := marks[c].dashes; dashes != "" {
			mark += ",stroke-dasharray:" + dashes
		}
		if len(m.nodes[c]) > 0 {
			m.line("  classDef %s %s", c, mark)
			m.line("  class %s %s", strings.Join(m.nodes[c], ","), c)
		}
		if len(m.styles[c]) > 0 {
			m.line("  linkStyle %s %s", strings.Join(m.styles[c], ","), mark)
		}
	}
}

// label gives lines of text in quotes.
func label(lines []string) string {
	escaped := make([]string, len(lines))
	for i, l := range lines {
		escaped[i] = escape(l)
	}
	return `"` + strings.Join(escaped, "<br/>") + `"`
}

// harmless are the characters that mean nothing to Mermaid in quotes.
const harmless = " ,.:()/→…'"

// escape writes each character that may mean something as its number.
func escape(text string) string {
	var b strings.Builder
	for i, r := range text {
		switch {
		case 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune(harmless, r), r == '-' && i > 0:
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "#%d;", r)
		}
	}
	return b.String()
}

// plain gives text that stands in no quotes: what is not harmless is left out.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune(" ,.-:", r) {
			return r
		}
		return ' '
	}, text)
}
