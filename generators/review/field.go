package review

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// A Field is one field of an object that changed.
type Field struct {
	Path   string `json:"path"`             // spec.ports[http].port
	Change string `json:"change"`           // added, changed, removed or reordered
	Before any    `json:"before,omitempty"` // of one that was there
	After  any    `json:"after,omitempty"`  // of one that is there
}

// fields compares two values, field by field, in the order of their keys.
func fields(o Object, before, after any) []Field {
	c := comparison{object: o}
	c.values(nil, before, after)
	return c.found
}

// A comparison gathers the fields of an object that changed.
type comparison struct {
	object Object
	found  []Field
}

func (c *comparison) add(path []string, change string, before, after any) {
	c.found = append(c.found, Field{Path: join(path), Change: change, Before: before, After: after})
}

func (c *comparison) values(path []string, before, after any) {
	switch b := before.(type) {
	case map[string]any:
		if a, ok := after.(map[string]any); ok {
			c.maps(path, b, a)
			return
		}
	case []any:
		if a, ok := after.([]any); ok {
			c.lists(path, b, a)
			return
		}
	}
	if !equal(before, after) {
		c.add(path, "changed", before, after)
	}
}

// equal compares two values of YAML.
func equal(a, b any) bool {
	switch a.(type) {
	case string, int, bool, float64, Hidden, nil:
		return a == b
	default:
		return reflect.DeepEqual(a, b)
	}
}

func (c *comparison) maps(path []string, before, after map[string]any) {
	keys := slices.Collect(maps.Keys(before))
	for key := range after {
		if _, both := before[key]; !both {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	for _, key := range keys {
		at := append(slices.Clip(path), key)
		b, was := before[key]
		a, is := after[key]
		// A map that came or went is told field by field: rules look for those.
		bMap, _ := b.(map[string]any)
		aMap, _ := a.(map[string]any)
		switch {
		case !was && len(aMap) > 0:
			c.maps(at, nil, aMap)
		case !is && len(bMap) > 0:
			c.maps(at, bMap, nil)
		case !was:
			c.add(at, "added", nil, a)
		case !is:
			c.add(at, "removed", b, nil)
		default:
			c.values(at, b, a)
		}
	}
}

// join writes a path: keys that are no plain word stand in brackets, and an item
// of a list brings its brackets.
func join(path []string) string {
	var b strings.Builder
	for _, key := range path {
		switch {
		case strings.HasPrefix(key, "["):
			b.WriteString(key)
		case plain(key):
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(key)
		default:
			b.WriteString("[" + strconv.Quote(key) + "]")
		}
	}
	return b.String()
}

func plain(key string) bool {
	return key != "" && !strings.ContainsFunc(key, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && r != '_'
	})
}

// item writes what tells an item of a list from the others.
func item(text string) string {
	if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) || strings.ContainsRune(`[]"`, r) }) {
		text = strconv.Quote(text)
	}
	return "[" + text + "]"
}

// inline writes a value on one line.
func inline(value any) string {
	switch v := value.(type) {
	case nil:
		return "null"
	case Hidden:
		return v.String()
	case string:
		if v == "" || strings.TrimSpace(v) != v || strings.ContainsFunc(v, func(r rune) bool { return !unicode.IsPrint(r) }) || len(v) < 6 && slices.Contains([]string{"true", "false", "null", "~", "yes", "no", "on", "off"}, v) || numeric(v) {
			return strconv.Quote(v)
		}
		return v
	case map[string]any:
		if len(v) == 0 {
			return "{}"
		}
		var words []string
		for _, key := range slices.Sorted(maps.Keys(v)) {
			words = append(words, key+": "+inline(v[key]))
		}
		return "{" + strings.Join(words, ", ") + "}"
	case []any:
		words := make([]string, len(v))
		for i, item := range v {
			words[i] = inline(item)
		}
		return "[" + strings.Join(words, ", ") + "]"
	default:
		return fmt.Sprint(v)
	}
}

// numeric says whether a text would be read as a number if it were not quoted.
func numeric(text string) bool {
	_, err := strconv.ParseFloat(text, 64)
	return err == nil
}

// marshal writes JSON without escaping what HTML would need escaped.
func marshal(value any) ([]byte, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		return nil, err
	}
	return []byte(strings.TrimSuffix(b.String(), "\n")), nil
}
