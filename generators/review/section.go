package review

import (
	"fmt"
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/diag"
)

// A section is groups that a person reads as one: the same change, to objects of
// one kind, in the same clusters, by the same lines.
type section struct {
	groups []*Group
}

// sections gathers groups, in their order.
func (c *Change) sections() []*section {
	index := map[string]*section{}
	var all []*section
	for i := range c.Groups {
		g := &c.Groups[i]
		key := []string{g.Change, g.Object.Kind, strings.Join(g.Clusters, " "), g.Cause, fmt.Sprint(g.Causes)}
		switch {
		case g.Object.derived():
			key[1], key[3], key[4] = "", "", "" // kustomizations: they follow from the rest
		case g.Change == Changed:
			for _, f := range g.Fields {
				key = append(key, f.Path, f.Change, inline(f.Before), inline(f.After))
			}
		}
		name := strings.Join(key, "\x00")
		s := index[name]
		if s == nil {
			s = &section{}
			index[name] = s
			all = append(all, s)
		}
		s.groups = append(s.groups, g)
	}
	return all
}

func (s *section) first() *Group { return s.groups[0] }

// objects counts what the section says changed, over its clusters.
func (s *section) objects() int {
	n := 0
	for _, g := range s.groups {
		n += len(g.Clusters)
	}
	return n
}

// clusters names those that the section is about.
func (s *section) clusters() []string {
	all := s.first().Clusters
	for _, g := range s.groups[1:] {
		if !slices.Equal(g.Clusters, s.first().Clusters) {
			all = slices.Concat(all, g.Clusters)
		}
	}
	return sorted(all)
}

// names says which objects: all where they are few.
func (s *section) names(most int) string {
	g := s.first()
	if g.Object.Name == "" {
		var files []string
		for _, g := range s.groups {
			files = append(files, g.Object.File)
		}
		return few(files, most)
	}
	oneNamespace := !slices.ContainsFunc(s.groups, func(o *Group) bool { return o.Object.Namespace != g.Object.Namespace })
	var names []string
	for i, o := range s.groups {
		name := o.Object.Name
		if o.Object.Namespace != "" && (i == 0 || !oneNamespace) {
			name = o.Object.Namespace + "/" + name
		}
		names = append(names, name)
	}
	return g.Object.Kind + " " + few(names, most)
}

// stays says of Namespaces that went that they stay in the cluster, as they say
// themselves; "" of all else.
func (s *section) stays() string {
	for _, g := range s.groups {
		if g.Change != Removed || g.Object.Kind != "Namespace" || !strings.Contains(g.Manifest, "kustomize.toolkit.fluxcd.io/prune: disabled") {
			return ""
		}
	}
	return "not pruned: stays in the cluster"
}

// few lists words, and counts those beyond the limit.
func few(words []string, most int) string {
	if len(words) > most && len(words) > 1 {
		return fmt.Sprintf("%s and %d more", strings.Join(words[:most], ", "), len(words)-most)
	}
	return strings.Join(words, ", ")
}

// in says in which clusters.
func (s *section) in(most int) string { return in(s.clusters(), most) }

func in(clusters []string, most int) string {
	if len(clusters) == 1 {
		return clusters[0]
	}
	return fmt.Sprintf("%d clusters: %s", len(clusters), few(clusters, most))
}

// because says where the cause is, neighbouring lines of one file as one span.
func (c *Change) because(g *Group) string {
	switch g.Cause {
	case CauseOverlays:
		return "the committed overlays, which are not what their mesh says"
	case CauseWhole:
		return "the change as a whole"
	}
	var spans []Hunk
	for _, i := range g.Causes {
		h := c.Inputs[i]
		if n := len(spans); n > 0 {
			last := &spans[n-1]
			if last.File == h.File && last.HeadTo+1 == h.HeadFrom && last.BaseTo+1 == h.BaseFrom {
				last.HeadTo, last.BaseTo = h.HeadTo, h.BaseTo
				continue
			}
		}
		spans = append(spans, h)
	}
	places := make([]string, len(spans))
	for i, h := range spans {
		places[i] = h.String()
		if i > 0 && spans[i-1].File == h.File {
			places[i] = strings.TrimPrefix(places[i], h.File+":")
		}
	}
	text := few(places, 4)
	if g.Cause == CauseAmong {
		text = "among " + text
	}
	return text
}

// line says in one line what became of a field.
func (f Field) line() string {
	before, after := inline(f.Before), inline(f.After)
	_, was := f.Before.(Hidden)
	_, is := f.After.(Hidden)
	switch f.Change {
	case "added":
		return f.Path + ": " + after + " added"
	case "removed":
		return f.Path + ": " + before + " removed"
	case "reordered":
		return f.Path + ": in another order: " + after
	default:
		if was && is && before == after {
			return f.Path + ": " + before + " is another"
		}
		return f.Path + ": " + before + " → " + after
	}
}

// headline says what is compared, and how much differs.
func (c *Change) headline() string {
	return fmt.Sprintf("%s → %s: %s", c.Base, c.Head, c.extent())
}

// String names a side with its commit.
func (r Ref) String() string {
	name := r.Name
	if r.Revision != "" && !strings.HasPrefix(r.Revision, name) {
		name += " (" + r.Revision[:min(7, len(r.Revision))] + ")"
	} else if len(name) == 40 {
		name = name[:7]
	}
	if !r.Rendered {
		name += ", overlays as committed"
	}
	return name
}

// extent says how much differs.
func (c *Change) extent() string {
	if c.Empty() {
		if len(c.Risks) > 0 {
			return "no file differs, but the mesh does"
		}
		return "nothing differs"
	}
	parts := []string{}
	add := func(n int, word string) {
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, word))
		}
	}
	add(c.Objects.Added, "added")
	add(c.Objects.Changed, "changed")
	add(c.Objects.Removed, "removed")
	objects := "no object"
	if len(parts) > 0 {
		objects = diag.Count(c.Objects.All(), "object") + " (" + strings.Join(parts, ", ") + ")"
	}
	gone := len(c.Clusters.Removed) // which the head does not count
	touched := len(c.Clusters.Changed) + len(c.Clusters.Added) + len(c.Clusters.Renamed) + gone
	text := fmt.Sprintf("%s in %d of %s, %s", objects, touched, diag.Count(c.Clusters.All+gone, "cluster"), diag.Count(c.Files.All(), "file"))
	renamed := make([]string, len(c.Clusters.Renamed))
	for i, r := range c.Clusters.Renamed {
		renamed[i] = fmt.Sprintf("%s renamed to %s", r.From, r.To)
	}
	return text + fates(c.Clusters.Added, " added") + fates(c.Clusters.Removed, " removed") + fates(renamed, "")
}

// fates says what became of clusters; of how many, where they are more than a
// heading holds.
func fates(clusters []string, fate string) string {
	const most = 4
	if len(clusters) > most {
		return fmt.Sprintf(", cluster %s%s, and %d more", clusters[0], fate, len(clusters)-1)
	}
	text := ""
	for _, name := range clusters {
		text += ", cluster " + name + fate
	}
	return text
}
