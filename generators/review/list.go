package review

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A merge says by which fields the items of a list are told apart: the keys by
// which the API server merges the list, then those by which a person knows an
// item whose key has changed. Lists are known by the name of their field, with
// the field above it where the name alone says too little.
type merge struct {
	list string
	keys [][]string
}

// The keys of Kubernetes' own lists are x-kubernetes-list-map-keys of its API.
// Endpoints and Istio's lists are atomic there; they are matched by what no two
// items share in practice.
var merges = []merge{
	{"ports", [][]string{{"port", "protocol"}, {"containerPort", "protocol"}, {"name"}}},
	{"subsets.addresses", [][]string{{"ip"}}},
	{"subsets.notReadyAddresses", [][]string{{"ip"}}},
	{"subsets", [][]string{{"name"}, {"ports"}}},
	{"endpoints", [][]string{{"addresses"}, {"hostname"}}},
	{"servers", [][]string{{"port.number"}, {"port.name"}}},
	{"volumeMounts", [][]string{{"mountPath"}}},
	{"volumeDevices", [][]string{{"devicePath"}}},
	{"hostAliases", [][]string{{"ip"}}},
	{"imagePullSecrets", [][]string{{"name"}}},
	{"topologySpreadConstraints", [][]string{{"topologyKey", "whenUnsatisfiable"}}},
	{"conditions", [][]string{{"type"}}},
	{"ownerReferences", [][]string{{"uid"}}},
	{"subjects", [][]string{{"kind", "namespace", "name"}}},
	{"rules", [][]string{{"apiGroups", "resources", "resourceNames"}, {"nonResourceURLs"}}},
	{"ignore", [][]string{{"target"}}},
	{"sources", [][]string{{"chart"}, {"ref"}, {"path"}}},
}

// byName are the keys of all other lists of maps.
var byName = [][]string{{"name"}}

func mergeOf(path []string) [][]string {
	var names []string
	for _, key := range path {
		if !strings.HasPrefix(key, "[") {
			names = append(names, key)
		}
	}
	field := strings.Join(names, ".")
	for _, m := range merges {
		if field == m.list || strings.HasSuffix(field, "."+m.list) {
			return m.keys
		}
	}
	return byName
}

// lists compares two lists: those of maps item by item as matched by their keys,
// others as texts.
func (c *comparison) lists(path []string, before, after []any) {
	pairs, ok := match(mergeOf(path), before, after)
	if !ok {
		c.texts(path, before, after)
		return
	}
	found := len(c.found)
	for _, p := range pairs {
		at := append(slices.Clip(path), item(p.label))
		switch {
		case p.before < 0:
			c.add(at, "added", nil, after[p.after])
		case p.after < 0:
			c.add(at, "removed", before[p.before], nil)
		default:
			c.values(at, before[p.before], after[p.after])
		}
	}
	if len(c.found) > found {
		return
	}
	var labels []any
	ordered := true
	for i, p := range pairs {
		labels = append(labels, p.label)
		ordered = ordered && p.before == i
	}
	if !ordered {
		was := make([]any, len(pairs))
		for _, p := range pairs {
			was[p.before] = p.label
		}
		c.add(path, "reordered", was, labels)
	}
}

// A pair is an item of both lists, or of one, -1 standing for none.
type pair struct {
	before, after int
	label         string
}

// match pairs the items of two lists, in the order of the second, those that are
// gone last. It fails where an item is no map, or no key tells the items apart.
func match(keys [][]string, before, after []any) ([]pair, bool) {
	for _, v := range slices.Concat(before, after) {
		if _, ok := v.(map[string]any); !ok {
			return nil, false
		}
	}
	to := make([]int, len(after)) // index in before
	for i := range to {
		to[i] = -1
	}
	taken := make([]bool, len(before))
	labels := make([]string, len(after))
	gone := make([]string, len(before))
	keyed := false
	for _, key := range keys {
		was, ok1 := index(before, key)
		is, ok2 := index(after, key)
		if !ok1 || !ok2 {
			continue
		}
		keyed = true
		for i, text := range is {
			if text == "" {
				continue
			}
			if labels[i] == "" {
				labels[i] = label(after[i], text)
			}
			if j := slices.Index(was, text); j >= 0 && to[i] < 0 && !taken[j] {
				to[i], taken[j] = j, true
			}
		}
		for j, text := range was {
			if gone[j] == "" && text != "" {
				gone[j] = label(before[j], text)
			}
		}
	}
	if !keyed && len(before)+len(after) > 0 {
		return nil, false
	}
	// One that is left on each side: its key has changed.
	if i, j := slices.Index(to, -1), slices.Index(taken, false); i >= 0 && j >= 0 && !slices.Contains(to[i+1:], -1) && !slices.Contains(taken[j+1:], false) {
		to[i], taken[j] = j, true
		labels[i] = strconv.Itoa(i)
	}
	var pairs []pair
	for i, j := range to {
		if labels[i] == "" {
			return nil, false
		}
		pairs = append(pairs, pair{j, i, labels[i]})
	}
	for j := range before {
		if taken[j] {
			continue
		}
		if gone[j] == "" {
			return nil, false
		}
		pairs = append(pairs, pair{j, -1, gone[j]})
	}
	return pairs, true
}

// label names an item: by its name, which people know it by, else by its key.
func label(value any, key string) string {
	if name, _ := value.(map[string]any)["name"].(string); name != "" {
		return name
	}
	return strings.Trim(key, "[]{}")
}

// index gives the key of each item, "" for one that lacks it. It fails where two
// items have the same, or none has any.
func index(list []any, fields []string) ([]string, bool) {
	keys := make([]string, len(list))
	seen := make(map[string]bool, len(list))
	some := len(list) == 0
	for i, v := range list {
		var words []string
		for _, f := range fields {
			var at any = v
			for part := range strings.SplitSeq(f, ".") {
				m, _ := at.(map[string]any)
				at = m[part]
			}
			switch {
			case at != nil:
				words = append(words, inline(at))
			case f == "protocol" && len(words) > 0:
				words = append(words, "TCP") // the API server's default
			}
		}
		if len(words) == 0 {
			continue
		}
		some = true
		keys[i] = strings.Join(words, "/")
		if seen[keys[i]] {
			return nil, false
		}
		seen[keys[i]] = true
	}
	return keys, some
}

// texts compares lists without keys: what is in one only, then whether the order
// has changed.
func (c *comparison) texts(path []string, before, after []any) {
	left := map[string]int{}
	for _, v := range before {
		left[inline(v)]++
	}
	var added []any
	for _, v := range after {
		if text := inline(v); left[text] > 0 {
			left[text]--
		} else {
			added = append(added, v)
		}
	}
	var removed []any
	for i := len(before) - 1; i >= 0; i-- {
		if text := inline(before[i]); left[text] > 0 {
			left[text]--
			removed = append([]any{before[i]}, removed...)
		}
	}
	switch {
	case len(added) == 1 && len(removed) == 1 && len(before) == len(after):
		i := slices.IndexFunc(after, func(v any) bool { return equal(v, added[0]) })
		j := slices.IndexFunc(before, func(v any) bool { return equal(v, removed[0]) })
		if i == j {
			c.values(append(slices.Clip(path), fmt.Sprintf("[%d]", i)), removed[0], added[0])
			return
		}
		c.add(path, "changed", before, after)
	case len(added)+len(removed) == 0:
		if !equal(before, after) {
			c.add(path, "reordered", before, after)
		}
	default:
		for _, v := range removed {
			c.add(append(slices.Clip(path), "[-]"), "removed", v, nil)
		}
		for _, v := range added {
			c.add(append(slices.Clip(path), "[+]"), "added", nil, v)
		}
	}
}
