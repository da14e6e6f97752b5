package review

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/tree"
)

// A Change is all that differs between two sides.
type Change struct {
	Base     Ref      `json:"base"`
	Head     Ref      `json:"head"`
	Clusters Clusters `json:"clusters"`
	Objects  Counts   `json:"objects"` // in all clusters: one that changes in three counts three
	Files    Counts   `json:"files"`
	Risks    []Risk   `json:"risks"`
	Inputs   []Hunk   `json:"inputs"` // lines of the input that changed
	Groups   []Group  `json:"groups"`
	Changed  []File   `json:"changedFiles"`

	bound map[spot][]int // causes of what clusters are bound to
}

// A Ref names one of the sides.
type Ref struct {
	Name     string `json:"name"`
	Revision string `json:"revision,omitempty"`
	Rendered bool   `json:"rendered"` // from the inputs; false for overlays as they were committed
}

// Clusters says which clusters a change touches.
type Clusters struct {
	All     int      `json:"all"` // of the head
	Changed []string `json:"changed"`
	Added   []string `json:"added"`
	Removed []string `json:"removed"`
	Renamed []Rename `json:"renamed"`
}

// A Rename is a cluster that has another name and the same API server.
type Rename struct {
	From string `json:"from"`
	To   string `json:"to"`
}

// Counts counts what came, changed and went.
type Counts struct {
	Added   int `json:"added"`
	Changed int `json:"changed"`
	Removed int `json:"removed"`
}

// All is their sum.
func (c Counts) All() int { return c.Added + c.Changed + c.Removed }

// What became of a group's object.
const (
	Added    = "added"
	Changed  = "changed"
	Removed  = "removed"
	Moved    = "moved"    // to another file, and otherwise as it was
	Renamed  = "renamed"  // the cluster was, and nothing else changed
	Reworded = "reworded" // comments, quotes or the order of keys: the same to Kubernetes
)

// A Group is one change, in all clusters in which it is the same. Where they
// differ by their own name alone, <cluster> stands for it.
type Group struct {
	ID       int      `json:"id"`
	Change   string   `json:"change"`
	Object   Object   `json:"object"`
	File     string   `json:"file"`           // that holds it, or held it
	From     string   `json:"from,omitempty"` // that held it before, where that is another
	Clusters []string `json:"clusters"`
	Fields   []Field  `json:"fields,omitempty"`
	Manifest string   `json:"manifest,omitempty"` // of what came or went, as YAML, secrets hidden
	Causes   []int    `json:"causes"`             // indexes of Change.Inputs
	Cause    string   `json:"cause"`              // see the constants
}

// What a group's Causes are.
const (
	CauseLines    = "lines"    // without these lines the group would not be there, or be another
	CauseAmong    = "among"    // some of these lines are, and they were tried together
	CauseOverlays = "overlays" // the committed overlays were not what their own mesh.yaml said
	CauseWhole    = "whole"    // no part of the change brings it about alone
)

// Empty says that nothing differs.
func (c *Change) Empty() bool { return len(c.Changed) == 0 }

// compare gives the change, and what it was grouped from.
func compare(known *library, base, head *Side) (*Change, [][]delta) {
	change := &Change{
		Base: Ref{base.Name, base.Revision, base.Rendered}, Head: Ref{head.Name, head.Revision, head.Rendered},
		Clusters: Clusters{All: len(head.Parts), Changed: []string{}, Added: []string{}, Removed: []string{}, Renamed: []Rename{}},
		Changed:  files(base, head), Groups: []Group{}, Inputs: []Hunk{}, Risks: []Risk{},
	}
	if change.Changed == nil {
		change.Changed = []File{}
	}
	var contrasts []contrast
	for _, p := range pairs(base, head) {
		switch {
		case p.base == nil:
			change.Clusters.Added = append(change.Clusters.Added, p.head.Name)
		case p.head == nil:
			change.Clusters.Removed = append(change.Clusters.Removed, p.base.Name)
		case p.base.Name != p.head.Name:
			change.Clusters.Renamed = append(change.Clusters.Renamed, Rename{p.base.Name, p.head.Name})
		}
		contrasts = append(contrasts, known.contrast(p, base, head))
	}
	known.readAll()
	var all []delta
	for i := range contrasts {
		all = append(all, contrasts[i].deltas()...)
	}
	touched := map[string]bool{}
	for _, f := range change.Changed {
		touched[f.Cluster] = true
		change.Files.count(f.Change, 1)
	}
	for _, list := range [][]string{change.Clusters.Added, change.Clusters.Removed} {
		for _, name := range list {
			delete(touched, name)
		}
	}
	for _, r := range change.Clusters.Renamed {
		delete(touched, r.From)
		delete(touched, r.To)
	}
	change.Clusters.Changed = append(change.Clusters.Changed, slices.Sorted(maps.Keys(touched))...)
	groups, members := group(all)
	for _, g := range reworded(change.Changed, all) {
		g.ID = len(groups) + 1
		groups, members = append(groups, g), append(members, nil)
	}
	change.Groups = append(change.Groups, groups...)
	for _, g := range change.Groups {
		change.Objects.count(g.Change, len(g.Clusters))
	}
	return change, members
}

func (c *Counts) count(change string, n int) {
	switch change {
	case Added:
		c.Added += n
	case Removed:
		c.Removed += n
	default:
		c.Changed += n
	}
}

// reworded gives the files that differ, and of which no document does: their
// comments or the order of their documents changed.
func reworded(changed []File, all []delta) []Group {
	told := map[string]bool{}
	for _, d := range all {
		told[d.from], told[d.to] = true, true
	}
	clusters := map[string][]string{}
	for _, f := range changed {
		if f.Change == Changed && !told[f.Path] && f.Path != tree.LedgerPath(f.Cluster) {
			path := general(f.Path, f.Cluster)
			clusters[path] = append(clusters[path], f.Cluster)
		}
	}
	var groups []Group
	for _, path := range slices.Sorted(maps.Keys(clusters)) {
		groups = append(groups, Group{Change: Reworded, Object: Object{File: path}, File: path, Clusters: slices.Sorted(slices.Values(clusters[path])), Cause: CauseWhole, Causes: []int{}})
	}
	return groups
}

// group gathers deltas that are the same, removed ones first, kustomizations
// last.
func group(all []delta) ([]Group, [][]delta) {
	type same struct {
		before, after *document
		from, to      string
	}
	// What clusters share is the same document, so it is compared once.
	index := map[same]int{}
	var shared [][]delta
	for _, d := range all {
		key := same{d.before, d.after, general(d.from, d.was), general(d.to, d.cluster)}
		i, known := index[key]
		if !known {
			i = len(shared)
			index[key] = i
			shared = append(shared, nil)
		}
		shared[i] = append(shared[i], d)
	}
	views := make([]view, len(shared))
	inParallel(len(shared), func(i int) { views[i] = look(shared[i][0], true) })
	// What differs by the cluster's name, or by a ciphertext, looks the same.
	looks := map[string]int{}
	var merged []int
	var members [][]delta
	for i, v := range views {
		key := v.key()
		j, known := looks[key]
		if !known {
			j = len(merged)
			looks[key] = j
			merged = append(merged, i)
			members = append(members, nil)
		}
		members[j] = append(members[j], shared[i]...)
	}
	groups := make([]Group, len(merged))
	inParallel(len(merged), func(j int) {
		v := views[merged[j]]
		if len(members[j]) == 1 {
			v = look(members[j][0], false)
		}
		g := v.Group
		for _, d := range members[j] {
			g.Clusters = append(g.Clusters, d.cluster)
		}
		slices.Sort(g.Clusters)
		g.Cause, g.Causes = CauseWhole, []int{}
		groups[j] = g
	})
	order := make([]int, len(groups))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return compareGroups(&groups[a], &groups[b]) })
	sorted, by := make([]Group, len(groups)), make([][]delta, len(groups))
	for i, j := range order {
		sorted[i], by[i] = groups[j], members[j]
		sorted[i].ID = i + 1
	}
	return sorted, by
}

// ranks is the order in which changes are told.
var ranks = map[string]int{Removed: 0, Changed: 1, Added: 2, Moved: 3, Renamed: 4, Reworded: 5}

func compareGroups(a, b *Group) int {
	file := func(g *Group) int {
		if g.Object.Name == "" {
			return 1
		}
		return 0
	}
	return cmp.Or(
		cmp.Compare(file(a), file(b)), cmp.Compare(ranks[a.Change], ranks[b.Change]),
		cmp.Compare(a.File, b.File), compareObjects(a.Object, b.Object), cmp.Compare(a.From, b.From),
		strings.Compare(strings.Join(a.Clusters, " "), strings.Join(b.Clusters, " ")),
	)
}
