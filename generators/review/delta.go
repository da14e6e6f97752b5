package review

import (
	"cmp"
	"maps"
	"slices"

	"github.com/isthmus-mesh/isthmus/generators/tree"
)

// A delta is what became of one object in one cluster.
type delta struct {
	cluster       string // as the head calls it; as the base did where it is gone
	was           string // as the base called it, where that is another name
	key           Object // of the object in its cluster, the cluster's name made general
	before, after *document
	from, to      string // files
}

// A File is a file that changed.
type File struct {
	Path    string `json:"path"`
	Cluster string `json:"cluster"`
	Change  string `json:"change"` // added, changed or removed
}

// clusterPair is a cluster of both sides, or of one.
type clusterPair struct {
	base, head *tree.Part
}

func (p clusterPair) name() string {
	if p.head != nil {
		return p.head.Name
	}
	return p.base.Name
}

// pairs matches the clusters of two sides, by name, then by API server: no two
// clusters have the same, so a cluster that kept it and changed its name was
// renamed.
func pairs(base, head *Side) []clusterPair {
	was := map[string]*tree.Part{}
	byServer := map[string]*tree.Part{}
	for i := range base.Parts {
		was[base.Parts[i].Name] = &base.Parts[i]
	}
	is := map[string]bool{}
	for _, p := range head.Parts {
		is[p.Name] = true
	}
	for name, p := range was {
		if server := base.Servers[name]; server != "" && !is[name] {
			byServer[server] = p
		}
	}
	var all []clusterPair
	for i := range head.Parts {
		p := &head.Parts[i]
		before := was[p.Name]
		if before == nil {
			server := head.Servers[p.Name]
			before = byServer[server]
			delete(byServer, server)
		}
		if before != nil {
			delete(was, before.Name)
		}
		all = append(all, clusterPair{before, p})
	}
	for _, name := range slices.Sorted(maps.Keys(was)) {
		all = append(all, clusterPair{base: was[name]})
	}
	slices.SortStableFunc(all, func(a, b clusterPair) int { return cmp.Compare(a.name(), b.name()) })
	return all
}

// files gives the files that changed, by path. A file that two clusters hand to
// each other is of the one that has it now.
func files(base, head *Side) []File {
	type held struct {
		file    tree.File
		cluster string
	}
	was := map[string]held{}
	for _, p := range base.Parts {
		for _, f := range p.Files {
			was[f.Path] = held{f, p.Name}
		}
	}
	var all []File
	for _, p := range head.Parts {
		for _, f := range p.Files {
			before, both := was[f.Path]
			delete(was, f.Path)
			switch {
			case !both:
				all = append(all, File{f.Path, p.Name, "added"})
			case !same(before.file, f):
				all = append(all, File{f.Path, p.Name, "changed"})
			}
		}
	}
	for name, h := range was {
		all = append(all, File{name, h.cluster, "removed"})
	}
	slices.SortFunc(all, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	return all
}

// A held is a document, and the file that holds it.
type held struct {
	doc  *document
	file string
}

// A contrast is what two sides hold of one cluster in files that differ, but for
// the documents that stand in both.
type contrast struct {
	name, was  string // of the cluster, as head and base call it
	renamed    bool
	base, head []held
}

// contrast gathers the documents of a pair.
func (l *library) contrast(p clusterPair, base, head *Side) contrast {
	c := contrast{name: p.name(), was: p.name()}
	old, now := map[string]tree.File{}, map[string]tree.File{}
	if p.base != nil {
		c.was = p.base.Name
		for _, f := range p.base.Files {
			if f.Path != tree.LedgerPath(c.was) {
				old[general(f.Path, c.was)] = f
			}
		}
	}
	if p.head != nil {
		for _, f := range p.head.Files {
			if f.Path != tree.LedgerPath(c.name) {
				now[general(f.Path, c.name)] = f
			}
		}
	}
	c.renamed = c.was != c.name
	for _, path := range union(old, now) {
		was, is := old[path], now[path]
		if !c.renamed && was.Path == is.Path && same(was, is) {
			continue
		}
		before, after := l.documents(was, base.Values), l.documents(is, head.Values)
		if !c.renamed {
			before, after = distinct(before, after)
		}
		for _, d := range before {
			c.base = append(c.base, held{d, was.Path})
		}
		for _, d := range after {
			c.head = append(c.head, held{d, is.Path})
		}
	}
	return c
}

// distinct takes out what two lists have in common.
func distinct(before, after []*document) (gone, come []*document) {
	times := map[*document]int{}
	for _, d := range before {
		times[d]++
	}
	for _, d := range after {
		if times[d] > 0 {
			times[d]--
		} else {
			come = append(come, d)
		}
	}
	for _, d := range slices.Backward(before) {
		if times[d] > 0 {
			times[d]--
			gone = append(gone, d)
		}
	}
	slices.Reverse(gone)
	return gone, come
}

func union(a, b map[string]tree.File) []string {
	keys := slices.Collect(maps.Keys(a))
	for key := range b {
		if _, both := a[key]; !both {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// deltas gives what became of the objects of the cluster, what is gone last.
func (c *contrast) deltas() []delta {
	was := map[Object][]held{}
	for _, h := range c.base {
		key := c.key(h, c.was)
		was[key] = append(was[key], h)
	}
	var all []delta
	for _, h := range c.head {
		d := delta{cluster: c.name, was: c.was, key: c.key(h, c.name), after: h.doc, to: h.file}
		if left := was[d.key]; len(left) > 0 {
			was[d.key] = left[1:]
			d.before, d.from = left[0].doc, left[0].file
			if d.before == d.after && general(d.from, c.was) == general(d.to, c.name) {
				continue
			}
		}
		all = append(all, d)
	}
	for _, h := range c.base {
		key := c.key(h, c.was)
		if left := was[key]; len(left) > 0 && left[0] == h {
			was[key] = left[1:]
			all = append(all, delta{cluster: c.name, was: c.was, key: key, before: h.doc, from: h.file})
		}
	}
	return all
}

// key names a document within its cluster: with the cluster's name made general
// where the cluster was renamed, for its objects may carry it.
func (c *contrast) key(h held, cluster string) Object {
	o := h.doc.objectOf(h.file).key()
	if o.File != "" {
		o.APIVersion, o.Kind, o.File = "", "", general(o.File, cluster)
	}
	if c.renamed {
		o.Name, o.Namespace = generalText(o.Name, cluster), generalText(o.Namespace, cluster)
	}
	return o
}

func compareObjects(a, b Object) int {
	return cmp.Or(
		cmp.Compare(a.Namespace, b.Namespace), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name),
		cmp.Compare(a.APIVersion, b.APIVersion), cmp.Compare(a.File, b.File),
	)
}
