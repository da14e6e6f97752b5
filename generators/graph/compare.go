package graph

import (
	"slices"
	"strings"
)

// compared lays what is to be said of two meshes over each other. What is gone
// stands where it stood.
func compared(base, head *subject) *subject {
	old := map[string]*cluster{}
	for _, c := range base.clusters {
		old[c.name] = c
	}
	all := &subject{lines: linesBetween(base.lines, head.lines)}
	now := map[string]*cluster{}
	for _, c := range head.clusters {
		before := old[c.name]
		merged := &cluster{name: c.name, plane: c.plane, lines: c.lines, change: Added}
		if before != nil {
			merged.lines, merged.change = linesBetween(before.lines, c.lines), Same
			if before.plane != c.plane && c.plane != c.name && before.plane != before.name {
				moved := Line{Key: keyPlane, Text: "configuration from " + before.plane + " → " + c.plane, Change: Changed}
				merged.lines = slices.Insert(merged.lines, 1, moved)
			}
			if slices.ContainsFunc(merged.lines, func(l Line) bool { return l.Change != Same }) {
				merged.change = Changed
			}
		}
		now[c.name] = merged
		all.clusters = append(all.clusters, merged)
	}
	for i, c := range base.clusters {
		if now[c.name] != nil {
			continue
		}
		gone := &cluster{name: c.name, plane: c.plane, lines: c.lines, change: Removed}
		now[c.name] = gone
		at := 0
		if i > 0 {
			previous := now[base.clusters[i-1].name]
			at = slices.Index(all.clusters, previous) + 1
		}
		all.clusters = slices.Insert(all.clusters, at, gone)
	}
	// A control plane that is a remote now has no place for remotes that left.
	for _, c := range all.clusters {
		for plane := now[c.plane]; plane != nil && plane.plane != plane.name; plane = now[c.plane] {
			c.plane = plane.plane
		}
	}
	return all
}

// linesBetween compares lines by their keys: one that says something else shows
// both, and those that are gone come behind those of their sort.
func linesBetween(base, head []Line) []Line {
	var all []Line
	for _, l := range head {
		at := slices.IndexFunc(base, func(o Line) bool { return o.Key == l.Key })
		switch {
		case at < 0:
			l.Change = Added
		case base[at].Text != l.Text:
			l.Text, l.Change = replaced(base[at].Text, l.Text), Changed
		}
		all = append(all, l)
	}
	for _, l := range base {
		if slices.ContainsFunc(head, func(n Line) bool { return n.Key == l.Key }) {
			continue
		}
		l.Change = Removed
		sort, _, _ := strings.Cut(l.Key, "/")
		at := len(all)
		for i, o := range all {
			if other, _, _ := strings.Cut(o.Key, "/"); other == sort {
				at = i + 1
			}
		}
		all = slices.Insert(all, at, l)
	}
	return all
}

// replaced says a text that took the place of another: what they begin with once,
// up to a space.
func replaced(old, text string) string {
	same := 0
	for i := 0; i < len(old) && i < len(text) && old[i] == text[i]; i++ {
		if old[i] == ' ' {
			same = i + 1
		}
	}
	return text[:same] + old[same:] + " → " + text[same:]
}
