package strict

import (
	"cmp"
	"encoding"
	"errors"
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/rule"
)

// plainText gives the text of a scalar, and reports what is not text to every
// reader of YAML.
func (d *decoder) plainText(n *yaml.Node, t reflect.Type, at *trail) (string, bool) {
	if n.Kind != yaml.ScalarNode {
		d.wrongKind(n, t, at)
		return "", false
	}
	if c := classify(n); c != text {
		d.add(rule.Ambiguous, n, at, fmt.Sprintf("%s is read as %s by YAML", cut(n.Value), c), "", "quote this value: "+quoted(n.Value))
		return "", false
	}
	return n.Value, true
}

func (d *decoder) string(n *yaml.Node, v reflect.Value, at *trail, r rules) {
	value, ok := d.plainText(n, v.Type(), at)
	if ok && d.chosen(n, v, at, r) {
		v.SetString(value)
	}
}

// chosen says whether a text is among the choices of its type, if it has any.
func (d *decoder) chosen(n *yaml.Node, v reflect.Value, at *trail, r rules) bool {
	if !v.Addr().Type().Implements(chooserType) || n.Value == "" && r.optional {
		return true
	}
	choices := v.Addr().Interface().(chooser).Choices()
	if slices.Contains(choices, n.Value) {
		return true
	}
	fix := ""
	if meant := diag.Nearest(n.Value, choices); meant != "" {
		fix = fmt.Sprintf("did you mean %q?", meant)
	}
	what := fmt.Sprintf("%s is not one of %s", quoted(n.Value), strings.Join(choices, ", "))
	if len(choices) == 1 {
		what, fix = fmt.Sprintf("%s is not %q", quoted(n.Value), choices[0]), "write "+choices[0]
	}
	d.add(rule.Choice, n, at, what, "", fix)
	return false
}

// text fills a type that reads its own text.
func (d *decoder) text(n *yaml.Node, v reflect.Value, at *trail, r rules) {
	value, ok := d.plainText(n, v.Type(), at)
	if !ok || value == "" && r.optional || !d.chosen(n, v, at, r) {
		return
	}
	err := v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(value))
	var own *diag.Problem
	switch {
	case v.Type() == reflect.TypeFor[netip.Addr]() && (err != nil || value == ""):
		d.add(rule.Malformed, n, at, quoted(value)+" is not an IP address", "", addressFix(value))
	case v.Type() == reflect.TypeFor[netip.Prefix]() && (err != nil || value == ""):
		d.add(rule.Malformed, n, at, quoted(value)+" is not a CIDR prefix", "", prefixFix(value))
	case errors.As(err, &own):
		d.add(cmp.Or(rule.Lookup(own.Rule), rule.Malformed), n, at, own.What, own.Why, own.Fix)
	case err != nil:
		d.add(rule.Malformed, n, at, err.Error(), "", "")
	}
}

func addressFix(value string) string {
	if prefix, err := netip.ParsePrefix(value); err == nil {
		return "write " + prefix.Addr().String()
	}
	return ""
}

// prefixFix takes the zeros at the end of an address for what its prefix leaves
// open, as people do who leave out the length.
func prefixFix(value string) string {
	addr, err := netip.ParseAddr(value)
	if err != nil || addr.Zone() != "" {
		return ""
	}
	bytes := addr.AsSlice()
	group := len(bytes) / 4 // an octet, or 32 bits of IPv6
	length := len(bytes)
	for length > 0 && !slices.ContainsFunc(bytes[length-group:length], func(b byte) bool { return b != 0 }) {
		length -= group
	}
	return fmt.Sprintf("write it as %s/%d", addr, length*8)
}

func (d *decoder) boolean(n *yaml.Node, v reflect.Value, at *trail) {
	switch {
	case n.Kind != yaml.ScalarNode:
		d.wrongKind(n, v.Type(), at)
		return
	case classify(n) == boolean && (n.Value == "true" || n.Value == "false"):
		v.SetBool(n.Value == "true")
		return
	}
	isQuoted := classify(n) == text && n.Style != 0
	var what, why, fix string
	switch strings.ToLower(n.Value) {
	case "true", "yes", "on", "y":
		what, fix = shown(n)+" is not true or false", "write true"
	case "false", "no", "off", "n":
		what, fix = shown(n)+" is not true or false", "write false"
	default:
		what, fix = shown(n)+" is not true or false", ""
	}
	switch {
	case isQuoted:
		what = shown(n) + " is text, not true or false"
	case fix != "" && !strings.EqualFold(n.Value, "true") && !strings.EqualFold(n.Value, "false"):
		why = "only YAML 1.1 reads it as a boolean"
	}
	d.add(rule.Kind, n, at, what, why, fix)
}

func (d *decoder) integer(n *yaml.Node, v reflect.Value, at *trail, r rules) {
	switch {
	case n.Kind != yaml.ScalarNode:
		d.wrongKind(n, v.Type(), at)
		return
	case classify(n) == text && decimal.MatchString(n.Value):
		d.add(rule.Kind, n, at, shown(n)+" is text, not a number", "", "write "+n.Value)
		return
	case classify(n) != number:
		d.add(rule.Kind, n, at, shown(n)+" is not a number", "", "")
		return
	case !decimal.MatchString(n.Value):
		what, fix := " is not written in decimal digits", "write the number in decimal digits, without leading zeros"
		if strings.Contains(n.Value, ".") {
			what, fix = " is not a whole number", ""
		}
		d.add(rule.Kind, n, at, shown(n)+what, "", fix)
		return
	}
	low, high := bounds(v.Type())
	if r.min != nil {
		low = max(low, *r.min)
	}
	if r.max != nil {
		high = min(high, *r.max)
	}
	value, err := strconv.ParseInt(n.Value, 10, 64)
	negative := strings.HasPrefix(n.Value, "-")
	switch {
	case err == nil && value >= low && value <= high:
		v.SetInt(value)
	case r.min != nil && r.max != nil:
		d.add(rule.Range, n, at, fmt.Sprintf("%s is not between %d and %d", shown(n), low, high), "", "")
	case negative && err != nil || err == nil && value < low:
		d.add(rule.Range, n, at, fmt.Sprintf("%s is less than %d", shown(n), low), "", "")
	default:
		d.add(rule.Range, n, at, fmt.Sprintf("%s is more than %d", shown(n), high), "", "")
	}
}

// bounds gives the range of an integer type.
func bounds(t reflect.Type) (low, high int64) {
	low = -1 << (t.Bits() - 1)
	return low, -(low + 1)
}
