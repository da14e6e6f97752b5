package review

import (
	"cmp"
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/rule"
)

// A Level says how much a change risks.
type Level string

// The levels, the worst first.
const (
	High   Level = "high"
	Medium Level = "medium"
	Low    Level = "low"
)

// AtLeast says whether a level is as bad as another, or worse.
func (l Level) AtLeast(other Level) bool { return l.rank() <= other.rank() }

func (l Level) rank() int { return slices.Index([]Level{High, Medium, Low}, l) }

// A Risk is what a change may break, by a rule of package rule.
type Risk struct {
	Rule     string   `json:"rule"`
	Level    Level    `json:"level"`
	Title    string   `json:"title"`
	What     string   `json:"what"` // in words of the case at hand
	Why      string   `json:"why"`
	Fix      string   `json:"fix,omitempty"`
	Clusters []string `json:"clusters"`
	Groups   []int    `json:"groups"` // IDs of the groups that show it
	Causes   []int    `json:"causes"` // indexes of Change.Inputs, empty where they are not known

	subject Object // that the words begin with, none where there is no one
	form    string // of the words, %s standing for the subject
}

// A watch gathers risks, those of one rule and wording as one.
type watch struct {
	change *Change

	base, head *Side

	found []Risk
	said  map[[2]string]int // index of found, by rule and words
	stubs map[spot]*leads   // of each stub by the name of its Service, where documents of it changed
}

// report adds a risk that groups show, and gives it for more to be added.
func (w *watch) report(r *rule.Rule, what string, clusters []string, groups ...int) *Risk {
	what = short(what)
	causes := []int{}
	for _, id := range groups {
		causes = append(causes, w.change.Groups[id-1].Causes...)
	}
	if i, said := w.said[[2]string{r.Code, what}]; said {
		known := &w.found[i]
		known.Clusters = sorted(append(known.Clusters, clusters...))
		known.Groups = sorted(append(known.Groups, groups...))
		known.Causes = sorted(append(known.Causes, causes...))
		return known
	}
	w.said[[2]string{r.Code, what}] = len(w.found)
	w.found = append(w.found, Risk{
		Rule: r.Code, Level: Level(r.Level()), Title: r.Title, What: what, Why: r.Why, Fix: r.Fix,
		Clusters: sorted(clusters), Groups: sorted(groups), Causes: sorted(causes),
	})
	return &w.found[len(w.found)-1]
}

// tell reports a risk of an object, in words in which %s stands for it.
func (w *watch) tell(r *rule.Rule, o Object, form string, clusters []string, group int) {
	risk := w.report(r, strings.Replace(form, "%s", o.String(), 1), clusters, group)
	risk.subject, risk.form = o, form
}

// subjectsMost is how many objects a risk names.
const subjectsMost = 6

// fold makes one risk of those that say the same of several objects of a kind, in
// the same clusters.
func fold(all []Risk) []Risk {
	index := map[string]int{}
	var folded []Risk
	var subjects [][]string
	for _, r := range all {
		name := r.subject.Name
		if r.subject.Namespace != "" {
			name = r.subject.Namespace + "/" + name
		}
		key := strings.Join([]string{r.Rule, r.form, r.subject.Kind, strings.Join(r.Clusters, " ")}, "\x00")
		i, known := index[key]
		if r.subject.Name == "" || !known {
			index[key] = len(folded)
			folded, subjects = append(folded, r), append(subjects, []string{name})
			continue
		}
		into := &folded[i]
		into.Groups, into.Causes = append(into.Groups, r.Groups...), append(into.Causes, r.Causes...)
		subjects[i] = append(subjects[i], name)
	}
	for i, names := range subjects {
		if r := &folded[i]; len(names) > 1 {
			slices.Sort(names)
			form := strings.Replace(r.form, "%s is ", "%s are ", 1)
			r.What = short(strings.Replace(form, "%s", r.subject.Kind+" "+few(names, subjectsMost), 1))
			r.Groups, r.Causes = sorted(r.Groups), sorted(r.Causes)
		}
	}
	return folded
}

// whatMost is how many characters a risk is told in: more would be a hunk.
const whatMost = 240

func short(text string) string {
	if runes := []rune(text); len(runes) > whatMost {
		return string(runes[:whatMost]) + "…"
	}
	return text
}

func sorted[T cmp.Ordered](list []T) []T {
	list = slices.Clone(list)
	slices.Sort(list)
	return append([]T{}, slices.Compact(list)...)
}

// risks gives what is risky about a change, the worst first. What follows from a
// cluster that is gone, or was not there, is said once, of the cluster.
func risks(c *Change, members [][]delta, base, head *Side) []Risk {
	w := &watch{change: c, base: base, head: head, said: map[[2]string]int{}, stubs: stubs(members)}
	w.clusters(c, base)
	w.joins(base, head)
	w.servers(base, head)
	w.bindings(base, head)
	w.roots(c)
	stays := map[string]bool{}
	for _, p := range pairs(base, head) {
		if p.base != nil && p.head != nil {
			stays[p.head.Name] = true
		}
	}
	for i := range c.Groups {
		g := &c.Groups[i]
		var clusters []string
		for _, name := range g.Clusters {
			if stays[name] {
				clusters = append(clusters, name)
			}
		}
		if len(clusters) > 0 {
			w.group(g, members[i], clusters)
		}
	}
	w.found = fold(w.found)
	slices.SortStableFunc(w.found, func(a, b Risk) int {
		return cmp.Or(cmp.Compare(a.Level.rank(), b.Level.rank()), strings.Compare(a.Rule, b.Rule), strings.Compare(a.What, b.What))
	})
	if w.found == nil {
		return []Risk{}
	}
	return w.found
}
