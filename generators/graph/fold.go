package graph

import (
	"fmt"
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/diag"
)

// How much a picture holds before clusters that look alike become one node, and
// before it says less of each.
const (
	mostClusters = 12 // that are all drawn, alike or not
	mostNodes    = 24
	mostLines    = 7 // of Services in one node
	mostPlanes   = 40
)

// folded makes the picture small enough to be read, saying no less than that
// takes: first equal clusters become one node, then clusters that differ in
// their Services, then in release and region.
func folded(title string, all *subject, diff bool) *Graph {
	whole := assembled(title, all, diff)
	if whole.Clusters() <= mostClusters {
		return whole.shortened()
	}
	var g *Graph
	for _, level := range []struct {
		keys   []string // what has to be alike; all where there are none
		differ string
	}{
		{},
		{[]string{keyRole, "release", "canary", "region", keyPlane}, "run and copy different Services"},
		{[]string{keyRole, keyPlane}, "differ in releases, regions or Services"},
		{[]string{keyRole}, "differ in releases, regions or Services"},
	} {
		g = whole.foldedBy(level.keys, level.differ).shortened()
		if g.nodes() <= mostNodes {
			return g
		}
	}
	return g.cut()
}

// of gives the lines of some keys, or all.
func of(lines []Line, keys []string) []Line {
	if len(keys) == 0 {
		return lines
	}
	return slices.DeleteFunc(slices.Clone(lines), func(l Line) bool { return !slices.Contains(keys, l.Key) })
}

func (g *Graph) nodes() int {
	n := len(g.Planes)
	for _, p := range g.Planes {
		n += len(p.Remotes)
	}
	return n
}

// foldedBy joins remotes of one control plane, and control planes without remotes,
// that are alike.
func (g *Graph) foldedBy(keys []string, differ string) *Graph {
	all := *g
	all.Planes = nil
	var alone []Node
	places := map[int]int{} // of alone in Planes
	for _, p := range g.Planes {
		if len(p.Remotes) == 0 {
			before := len(alone)
			alone = joined(alone, p.Node, keys, differ)
			if len(alone) > before {
				places[before] = len(all.Planes)
				all.Planes = append(all.Planes, Plane{})
			}
			continue
		}
		var remotes []Node
		for _, r := range p.Remotes {
			remotes = joined(remotes, r, keys, differ)
		}
		all.Planes = append(all.Planes, Plane{Node: p.Node, Remotes: remotes})
	}
	for i, n := range alone {
		all.Planes[places[i]].Node = n
	}
	return &all
}

// joined adds a node to a list, or to the one in it that is alike. Those that are
// new stay apart from those that were there.
func joined(list []Node, n Node, keys []string, differ string) []Node {
	lines := of(n.Lines, keys)
	for i := range list {
		o := &list[i]
		if o.Change != n.Change || !slices.Equal(of(o.Lines, keys), lines) {
			continue
		}
		o.Names = append(o.Names, n.Names...)
		if !slices.Equal(o.Lines, n.Lines) {
			more := Line{Key: "differ", Text: differ}
			if slices.ContainsFunc(append(o.Lines, n.Lines...), func(l Line) bool { return l.Change != Same && !slices.Contains(lines, l) }) {
				more.Change = Changed
			}
			o.Lines = append(slices.Clone(lines), more)
		}
		return list
	}
	n.Names, n.Lines = slices.Clone(n.Names), slices.Clone(n.Lines)
	return append(list, n)
}

// shortened keeps the lines of each node to those that a person reads: of many
// namespaces it says how many there are. Those that changed come first.
func (g *Graph) shortened() *Graph {
	for i := range g.Planes {
		p := &g.Planes[i]
		p.Lines = shorter(p.Lines)
		for j := range p.Remotes {
			p.Remotes[j].Lines = shorter(p.Remotes[j].Lines)
		}
	}
	return g
}

func shorter(lines []Line) []Line {
	placed := func(l Line) bool { return strings.HasPrefix(l.Key, keyRuns) || strings.HasPrefix(l.Key, keyCopies) }
	where := func(keep func(Line) bool) []Line {
		return slices.DeleteFunc(slices.Clone(lines), func(l Line) bool { return !keep(l) })
	}
	if len(where(placed)) <= mostLines {
		return lines
	}
	kept := where(func(l Line) bool { return !placed(l) })
	changed := where(func(l Line) bool { return placed(l) && l.Change != Same })
	if len(changed) > mostLines-2 {
		more := len(changed) - (mostLines - 3)
		changed = append(changed[:mostLines-3], Line{Key: "more", Text: fmt.Sprintf("and %d more changes", more), Change: Changed})
	}
	kept = append(kept, changed...)
	for _, sort := range []struct{ prefix, verb string }{{keyRuns, "runs"}, {keyCopies, "copies"}} {
		namespaces := map[string]bool{}
		for _, l := range where(func(l Line) bool { return strings.HasPrefix(l.Key, sort.prefix) && l.Change == Same }) {
			namespace, _, _ := strings.Cut(strings.TrimPrefix(l.Key, sort.prefix), "/")
			namespaces[namespace] = true
		}
		if n := len(namespaces); n > 0 {
			kept = append(kept, Line{Key: sort.prefix, Text: sort.verb + " Services of " + diag.Count(n, "namespace")})
		}
	}
	return kept
}

// cut leaves control planes out that no picture has room for, and says how many.
func (g *Graph) cut() *Graph {
	if len(g.Planes) <= mostPlanes {
		return g
	}
	rest := Node{Lines: []Line{{Key: keyRole, Text: "control planes and their remotes, not drawn one by one"}}}
	for _, p := range g.Planes[mostPlanes-1:] {
		rest.Names = append(rest.Names, p.Names...)
		for _, r := range p.Remotes {
			rest.Names = append(rest.Names, r.Names...)
		}
		if p.Change != Same {
			rest.Change = Changed
		}
	}
	g.Planes = append(g.Planes[:mostPlanes-1:mostPlanes-1], Plane{Node: rest})
	return g
}
