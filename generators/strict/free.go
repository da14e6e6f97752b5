package strict

import (
	"math"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/isthmus-mesh/isthmus/generators/rule"
)

// free gives a value of no fixed type: maps, lists, strings, booleans, int64,
// float64 and nil. What would not come out as it went in is reported.
func (d *decoder) free(n *yaml.Node, at *trail) any {
	if d.document.bad[n] {
		return nil
	}
	switch n.Kind {
	case yaml.MappingNode:
		m := make(map[string]any, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			if key := n.Content[i]; !d.document.bad[key] {
				m[key.Value] = d.free(n.Content[i+1], at.field(key.Value))
			}
		}
		return m
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, item := range n.Content {
			list[i] = d.free(item, at.item(i))
		}
		return list
	}
	switch c := classify(n); c {
	case text:
		return n.Value
	case null:
		return nil
	case number:
		return d.freeNumber(n, at)
	case boolean:
		return d.freeBoolean(n, at)
	default:
		d.add(rule.Ambiguous, n, at, cut(n.Value)+" is read as "+c.String()+" by YAML", "", "quote this value: "+quoted(n.Value))
	}
	return nil
}

func (d *decoder) freeBoolean(n *yaml.Node, at *trail) any {
	plain := ""
	switch n.Value {
	case "true":
		return true
	case "false":
		return false
	case "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON", "y", "Y":
		plain = "true"
	default:
		plain = "false"
	}
	d.add(rule.Ambiguous, n, at, n.Value+" is read as a boolean by YAML", "", "quote this value: "+quoted(n.Value)+", or write "+plain)
	return nil
}

// freeNumber takes a number that is written as it will be written again: JSON
// has no other form of it, and all readers agree on its value.
func (d *decoder) freeNumber(n *yaml.Node, at *trail) any {
	const exact = 1 << 53 // JSON readers, Jsonnet among them, have float64 only
	why, fix := "", "quote this value: "+quoted(n.Value)
	if decimal.MatchString(n.Value) {
		value, err := strconv.ParseInt(n.Value, 10, 64)
		if err == nil && value >= -exact && value <= exact {
			return value
		}
		why = "it is too large to be kept exactly"
	} else if value, err := strconv.ParseFloat(n.Value, 64); err == nil && !math.IsInf(value, 0) && !math.IsNaN(value) && !leadingZero(n.Value) {
		canonical := strconv.FormatFloat(value, 'f', -1, 64)
		size := math.Abs(value)
		if canonical == n.Value && size >= 1e-6 && size <= exact {
			return value
		}
		if size <= exact && (size >= 1e-6 || size == 0) && canonical != "-0" {
			fix += ", or write " + canonical
		}
	}
	d.add(rule.Ambiguous, n, at, cut(n.Value)+" is read as a number by YAML", why, fix)
	return nil
}

// leadingZero knows the numbers that are octal to some readers: 010, but not 0.5.
func leadingZero(value string) bool {
	value = strings.TrimLeft(value, "+-")
	return len(value) > 1 && value[0] == '0' && !strings.ContainsRune(".eE", rune(value[1]))
}
