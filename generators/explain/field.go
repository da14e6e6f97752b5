package explain

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// A step is a key of a map or a place in a list.
type step struct {
	key   string
	index int // -1 for a key
}

// steps reads a path such as spec.ports[0].port or metadata.labels["a.b/c"].
func steps(text string) ([]step, error) {
	var all []step
	rest := text
	for rest != "" {
		switch {
		case strings.HasPrefix(rest, `["`):
			quoted, err := strconv.QuotedPrefix(rest[1:])
			if err != nil || !strings.HasPrefix(rest[1+len(quoted):], "]") {
				return nil, fmt.Errorf("%q is no path: %q does not end", text, rest)
			}
			key, _ := strconv.Unquote(quoted)
			all = append(all, step{key, -1})
			rest = rest[len(quoted)+2:]
		case rest[0] == '[':
			digits, after, closed := strings.Cut(rest[1:], "]")
			n, err := strconv.Atoi(digits)
			if !closed || err != nil || n < 0 {
				return nil, fmt.Errorf("%q is no path: a number and ] have to follow [", text)
			}
			all = append(all, step{"", n})
			rest = after
		default:
			end := strings.IndexAny(rest, ".[")
			if end < 0 {
				end = len(rest)
			}
			if end == 0 {
				return nil, fmt.Errorf("%q is no path: a name has to stand between two dots", text)
			}
			all = append(all, step{rest[:end], -1})
			rest = rest[end:]
		}
		rest = strings.TrimPrefix(rest, ".")
	}
	return all, nil
}

// written gives the steps as a path.
func written(all []step) string {
	at := ""
	for _, s := range all {
		if s.index >= 0 {
			at += "[" + strconv.Itoa(s.index) + "]"
		} else {
			at = join(at, s.key)
		}
	}
	return at
}

// lookup gives the value at a path.
func lookup(value any, at []step) (any, bool) {
	for _, s := range at {
		switch v := value.(type) {
		case map[string]any:
			below, found := v[s.key]
			if s.index >= 0 || !found {
				return nil, false
			}
			value = below
		case []any:
			if s.index < 0 || s.index >= len(v) {
				return nil, false
			}
			value = v[s.index]
		default:
			return nil, false
		}
	}
	return value, true
}

// fields lists the paths of all single values below a value, empty maps and lists
// included, in the order of their keys.
func fields(value any) [][]step {
	var all [][]step
	var walk func(value any, at []step)
	walk = func(value any, at []step) {
		switch v := value.(type) {
		case map[string]any:
			for _, key := range slices.Sorted(maps.Keys(v)) {
				walk(v[key], append(at[:len(at):len(at)], step{key, -1}))
			}
			if len(v) > 0 {
				return
			}
		case []any:
			for i, item := range v {
				walk(item, append(at[:len(at):len(at)], step{"", i}))
			}
			if len(v) > 0 {
				return
			}
		}
		all = append(all, at)
	}
	walk(value, nil)
	return all
}

// differs lists the fields of one value that another has not, or has otherwise.
func differs(before, after any) [][]step {
	var all [][]step
	for _, at := range fields(before) {
		was, _ := lookup(before, at)
		is, there := lookup(after, at)
		if !there || !reflect.DeepEqual(was, is) {
			all = append(all, at)
		}
	}
	return all
}

// short gives a value in one line.
func short(value any) string {
	data, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprint(value)
	}
	text := string(data)
	if s, is := value.(string); is && !strings.ContainsAny(s, "\n\"") && s != "" {
		text = s
	}
	if letters := []rune(text); len(letters) > 80 {
		text = string(letters[:79]) + "…"
	}
	return text
}
