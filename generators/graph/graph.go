// Package graph draws a mesh: its clusters, their control planes, who reads whose
// API server, who takes its configuration from whom, and where Services run and
// are copied. A Graph is made of one mesh, or of two to show a change, and each
// format is one small writer of it: Mermaid, DOT and SVG.
//
// The same mesh gives the same bytes. What a person wrote is only ever text in a
// picture: each writer escapes it for its format.
package graph

import (
	"fmt"
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/mesh"
)

// A Change says what became of something between two meshes.
type Change int

// In the drawing of one mesh all is Same.
const (
	Same Change = iota
	Added
	Removed
	Changed
)

// String gives the word that stands in a picture.
func (c Change) String() string { return [...]string{"", "added", "removed", "changed"}[c] }

// A Graph is what is drawn.
type Graph struct {
	Title  string
	Facts  []Line // of the whole mesh
	Planes []Plane
	Diff   bool // of two meshes: the legend says what the marks mean
}

// A Plane is a control plane and the clusters that take their configuration from
// it. It reads the API server of each of them and, where there are several
// Planes, that of every other cluster of the mesh.
type Plane struct {
	Node
	Remotes []Node
}

// A Node is one cluster, or several that the picture would show alike.
type Node struct {
	Names  []string // of the clusters, in the order of the mesh
	Lines  []Line
	Change Change
}

// Title gives what stands on top of the node: the name, or how many there are.
func (n Node) Title() string {
	if len(n.Names) == 1 {
		return n.Names[0]
	}
	return fmt.Sprintf("%d clusters", len(n.Names))
}

// Text gives the lines under the title. Of many names the first and the last are
// shown.
func (n Node) Text() []Line {
	if len(n.Names) == 1 {
		return n.Lines
	}
	names := n.Names
	if len(names) > 4 {
		names = append(slices.Clone(names[:2]), "…", names[len(names)-1])
	}
	return append([]Line{{Text: strings.ReplaceAll(strings.Join(names, ", "), "…,", "…")}}, n.Lines...)
}

// A Line is one thing said of a cluster or of the mesh.
type Line struct {
	Key    string // what it is about: two meshes are compared by it
	Text   string
	Change Change
}

// Marked gives the text with the word for its change.
func (l Line) Marked() string {
	if l.Change == Added || l.Change == Removed {
		return l.Text + " (" + l.Change.String() + ")"
	}
	return l.Text
}

// Of draws a mesh.
func Of(m *mesh.Mesh) *Graph { return folded(m.Metadata.Name, facts(m), false) }

// Between draws what changes from one mesh to another: what both have once, the
// rest marked. Clusters are the same where their names are. One of the two may be
// nil, and then has none.
func Between(base, head *mesh.Mesh) *Graph {
	name := head
	if name == nil {
		name = base
	}
	return folded(name.Metadata.Name, compared(facts(base), facts(head)), true)
}

// assembled gives each control plane its remotes, before any are folded.
func assembled(title string, all *subject, diff bool) *Graph {
	g := &Graph{Title: "Mesh " + title, Facts: all.lines, Diff: diff}
	place := map[string]int{}
	for _, c := range all.clusters {
		if c.plane == c.name {
			place[c.name] = len(g.Planes)
			g.Planes = append(g.Planes, Plane{Node: c.node()})
		}
	}
	for _, c := range all.clusters {
		if c.plane != c.name {
			p := &g.Planes[place[c.plane]]
			p.Remotes = append(p.Remotes, c.node())
		}
	}
	return g
}

// Clusters counts the clusters that the picture stands for.
func (g *Graph) Clusters() int {
	n := 0
	for _, p := range g.Planes {
		n += len(p.Names)
		for _, r := range p.Remotes {
			n += len(r.Names)
		}
	}
	return n
}

// several says whether control planes read clusters beside their own remotes.
func (g *Graph) several() bool {
	return len(g.Planes) > 1 || len(g.Planes) == 1 && len(g.Planes[0].Names) > 1
}

// edge gives what became of the two relations between a control plane and one of
// its remotes: taking configuration, and being read. An address that moves
// changes the first of them.
func (p Plane) edge(r Node) (configuration, read Change) {
	moved := func(n Node, key string) Change {
		for _, l := range n.Lines {
			if l.Key == key {
				return l.Change
			}
		}
		return Same
	}
	switch {
	case r.Change == Added || r.Change == Removed:
		return r.Change, r.Change
	case moved(r, keyPlane) != Same || p.Change == Added:
		return Added, Added
	case moved(p.Node, keyReached) != Same:
		return Changed, Same
	}
	return Same, Same
}

// Sentence says the whole in one sentence, for those who do not see the picture.
func (g *Graph) Sentence() string {
	var parts []string
	for _, p := range g.Planes {
		remotes := 0
		for _, r := range p.Remotes {
			remotes += len(r.Names)
		}
		name := p.Names[0]
		if len(p.Names) > 1 {
			name = fmt.Sprintf("each of %d clusters", len(p.Names))
		}
		parts = append(parts, fmt.Sprintf("%s runs a control plane of %s", name, diag.Count(remotes, "remote")))
	}
	if len(parts) > 6 {
		parts = append(parts[:5], fmt.Sprintf("and %d more control planes", len(g.Planes)-5))
	}
	return fmt.Sprintf("%s: %s", diag.Count(g.Clusters(), "cluster"), strings.Join(parts, "; "))
}
