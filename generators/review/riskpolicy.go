package review

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
)

// policies are the kinds that say who is let in, MeshPolicy and Policy those of
// Istio 1.4 and 1.5.
var policies = map[string]bool{"PeerAuthentication": true, "AuthorizationPolicy": true, "RequestAuthentication": true, "MeshPolicy": true, "Policy": true}

// strictness orders the modes of mutual TLS. One that is not set is taken from the
// policy above, which may be strict.
var strictness = map[string]int{"DISABLE": 0, "PERMISSIVE": 1, "": 2, "UNSET": 2, "STRICT": 3}

// weaker says whether a field of a policy, or of the values of old releases, lets
// in what was kept out. What an authorization policy comes to cannot be told from
// a field of it, so that any change counts.
func weaker(o Object, f Field) bool {
	switch {
	case o.Kind == "PeerAuthentication" && last(f.Path) == "mode":
		was, _ := f.Before.(string)
		is, _ := f.After.(string)
		return strictness[is] < strictness[was]
	case o.Kind == "PeerAuthentication":
		return strings.HasPrefix(f.Path, "spec.selector") // it holds for fewer
	case policies[o.Kind]:
		return strings.HasPrefix(f.Path, "spec")
	default:
		return strings.HasSuffix(f.Path, "global.mtls.enabled") && f.Before == true
	}
}

// sourceRanges is the field that says from where a load balancer takes calls.
const sourceRanges = "loadBalancerSourceRanges"

// ranges gives the source ranges in an object, by where they stand.
func ranges(value any) map[string][]string {
	all := map[string][]string{}
	var walk func(path []string, value any)
	walk = func(path []string, value any) {
		switch v := value.(type) {
		case map[string]any:
			for key, item := range v {
				walk(append(slices.Clip(path), key), item)
			}
		case []any:
			for i, item := range v {
				if path[len(path)-1] == sourceRanges {
					all[join(path)] = append(all[join(path)], fmt.Sprint(item))
				} else {
					walk(append(slices.Clip(path), fmt.Sprintf("[%d]", i)), item)
				}
			}
		}
	}
	walk(nil, value)
	return all
}

// wider says which ranges let in what none of those before did; no range at all
// lets in everyone.
func wider(before, after map[string][]string) string {
	var said []string
	for _, path := range slices.Sorted(maps.Keys(before)) {
		was, is := before[path], after[path]
		if len(is) == 0 {
			said = append(said, path+": "+strings.Join(was, ", ")+" removed, so that every address is let in")
			continue
		}
		var more []string
		for _, text := range is {
			if !within(text, was) {
				more = append(more, text)
			}
		}
		if len(more) > 0 {
			said = append(said, path+": "+strings.Join(more, ", ")+" let in, beside or instead of "+strings.Join(was, ", "))
		}
	}
	return strings.Join(said, "; ")
}

// within says whether one of the ranges holds all of another. What is no range is
// within what is written the same alone.
func within(text string, ranges []string) bool {
	p, err := netip.ParsePrefix(text)
	return slices.ContainsFunc(ranges, func(other string) bool {
		q, err2 := netip.ParsePrefix(other)
		if err != nil || err2 != nil {
			return text == other
		}
		return q.Bits() <= p.Bits() && q.Contains(p.Addr())
	})
}

// holdsSecret says whether a field of a Secret or SealedSecret is what it holds.
func holdsSecret(path string) bool {
	for _, prefix := range []string{"data", "stringData", "spec.encryptedData", "spec.data"} {
		if under(path, prefix) {
			return true
		}
	}
	return false
}
