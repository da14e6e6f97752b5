package strict

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/isthmus-mesh/isthmus/generators/rule"
)

// wrongKind reports a node of another kind than the type needs.
func (d *decoder) wrongKind(n *yaml.Node, t reflect.Type, at *trail) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	d.add(rule.Kind, n, at, fmt.Sprintf("%s is needed here, not %s", d.needed(t), kindOf(n)), "", d.kindFix(n, t))
}

// needed gives what a type takes, with its article.
func (d *decoder) needed(t reflect.Type) string {
	switch {
	case isText(t):
		return "text"
	case isUnion(t):
		return strings.Join(d.plan(t).alternatives(), " or ")
	}
	switch t.Kind() {
	case reflect.Slice:
		return "a list"
	case reflect.Struct, reflect.Map:
		return "a map"
	case reflect.String:
		return "text"
	case reflect.Bool:
		return "true or false"
	}
	return "a number"
}

// kindFix gives the change that makes the node the kind the type needs, where
// it can be known.
func (d *decoder) kindFix(n *yaml.Node, t reflect.Type) string {
	isScalar := n.Kind == yaml.ScalarNode
	switch {
	case isUnion(t):
		return ""
	case isText(t) || t.Kind() != reflect.Slice && t.Kind() != reflect.Map && t.Kind() != reflect.Struct:
		if n.Kind == yaml.SequenceNode && len(n.Content) == 1 && n.Content[0].Kind == yaml.ScalarNode {
			return "write " + written(n.Content[0])
		}
	case t.Kind() == reflect.Slice:
		element := t.Elem()
		if isScalar && (isText(element) || element.Kind() != reflect.Struct && element.Kind() != reflect.Map && element.Kind() != reflect.Pointer) {
			return "write [" + written(n) + "]"
		}
		if n.Kind == yaml.MappingNode && n.Style&yaml.FlowStyle == 0 && element.Kind() == reflect.Struct {
			return `write "- " before its first field, and indent the others by two`
		}
	case t.Kind() == reflect.Struct:
		return knownFields(d.plan(t))
	}
	return ""
}

// written gives a scalar as it can stand in a list of one line.
func written(n *yaml.Node) string {
	if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) == 0 &&
		!strings.ContainsAny(n.Value, ",[]{}\n") && len(n.Value) <= 80 {
		return n.Value
	}
	return strconv.Quote(cut(n.Value))
}
