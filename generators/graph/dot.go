package graph

import (
	"fmt"
	"strings"
)

// DOT gives the picture in the language of Graphviz.
func (g *Graph) DOT() []byte {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("digraph mesh {")
	line("  graph [fontname=\"Helvetica\", label=%s, labelloc=t, nodesep=0.4, ranksep=0.8];", quote("", g.frame()...))
	line("  node [fontname=\"Helvetica\", fontsize=11, shape=box, style=rounded];")
	line("  edge [fontname=\"Helvetica\", fontsize=10];")
	for i, p := range g.Planes {
		line("  subgraph cluster_%d {", i)
		line("    style=rounded; color=gray; label=\"\";")
		line("    p%d [%s];", i, attributes(p.Node))
		for j, r := range p.Remotes {
			line("    p%dr%d [%s];", i, j, attributes(r))
		}
		line("  }")
		for j, r := range p.Remotes {
			configuration, read := p.edge(r)
			line("  p%dr%d -> p%d [%s];", i, j, i, stroke(configuration, "solid"))
			line("  p%d -> p%dr%d [%s];", i, i, j, stroke(read, "dotted"))
		}
	}
	switch planes := len(g.Planes); {
	case planes == 2:
		line("  p0 -> p1 [dir=both, style=dotted, constraint=false];")
	case g.several():
		line("  every [shape=plain, label=\"every other cluster\"];")
		for i := range g.Planes {
			line("  p%d -> every [style=dotted];", i)
		}
	}
	line("  key [shape=plain, label=%s];", quote(`\l`, g.legend("dots")...))
	line("}")
	return []byte(b.String())
}

func attributes(n Node) string {
	text := "label=" + quote(`\l`, n.all()...)
	if n.Change == Same {
		return text
	}
	line := map[Change]string{Added: "bold", Removed: "dashed", Changed: "dotted"}[n.Change]
	return fmt.Sprintf(`%s, color="%s", penwidth=2.5, style="rounded,%s"`, text, marks[n.Change].light, line)
}

func stroke(c Change, style string) string {
	if c == Same {
		return "style=" + style
	}
	return fmt.Sprintf(`style=%s, color="%s", penwidth=2.5, fontcolor="%s", label="%s"`, style, marks[c].light, marks[c].light, c)
}

// quote gives lines in quotes, each ended: "\l" sets it to the left.
func quote(end string, lines ...string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, l := range lines {
		// A backslash starts an escape there, so it is doubled.
		b.WriteString(strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", " ").Replace(l) + end)
	}
	b.WriteByte('"')
	return b.String()
}
