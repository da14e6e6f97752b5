package strict

import (
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"
)

// A class is what a plain scalar may be read as.
type class int

const (
	text class = iota
	number
	boolean
	date
	null
	merge
)

// String gives the class with its article, for a message.
func (c class) String() string {
	return [...]string{"text", "a number", "a boolean", "a date", "null", "a merge key"}[c]
}

// The scalars that are not text under YAML 1.1 (yaml.org/type/: bool, int,
// float, timestamp) or under the core schema of YAML 1.2.2 (section 10.3.2).
// The float of 1.1 is written as PyYAML has it: the type's own page would take
// 1.30.3 for a number, which no reader does.
var (
	nulls    = words("null Null NULL ~")
	booleans = words("y Y yes Yes YES n N no No NO true True TRUE false False FALSE on On ON off Off OFF")
	numbers  = regexp.MustCompile(`^(?:` + strings.Join([]string{
		`[-+]?0[bB][01_]+`,
		`[-+]?0[oO]?[0-7_]+`,
		`[-+]?0[xX][0-9a-fA-F_]+`,
		`[-+]?[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?`,
		`[-+]?\.[0-9][0-9_]*(?:[eE][-+]?[0-9]+)?`,
		`[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?`, // base 60
		`[-+]?\.(?:inf|Inf|INF)`,
		`\.(?:nan|NaN|NAN)`,
	}, "|") + `)$`)
	dates = regexp.MustCompile(`^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:(?:[Tt]|[ \t]+)[0-9]{1,2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]*)?` +
		`(?:[ \t]*(?:Z|[-+][0-9]{1,2}(?::?[0-9]{2})?))?)?$`)
	decimal = regexp.MustCompile(`^(?:0|-?[1-9][0-9]*)$`)
)

func words(list string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(list) {
		set[word] = true
	}
	return set
}

// classify says what any reader of YAML may take a scalar for. It is text only
// if it is text to all of them; quoted and block scalars always are.
func classify(n *yaml.Node) class {
	const plain = ^(yaml.SingleQuotedStyle | yaml.DoubleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle)
	value := n.Value
	switch {
	case n.Style&plain != n.Style:
		return text
	case value == "" || nulls[value]:
		return null
	case booleans[value]:
		return boolean
	case value == "<<":
		return merge
	}
	// The letters with which no number or date starts spare most texts the rest.
	if c := value[0]; (c < '0' || c > '9') && c != '-' && c != '+' && c != '.' {
		return text
	}
	if dates.MatchString(value) {
		return date
	}
	if numbers.MatchString(value) {
		return number
	}
	switch n.ShortTag() { // and whatever else yaml.v3 itself would change
	case "!!int", "!!float":
		return number
	case "!!timestamp":
		return date
	}
	return text
}

// shown gives a scalar for a message: as it stands in the file where a reader
// could take it for something else than text, quoted otherwise.
func shown(n *yaml.Node) string {
	if classify(n) == text {
		return quoted(n.Value)
	}
	return cut(n.Value)
}

// kindOf gives what a node is, with its article.
func kindOf(n *yaml.Node) string {
	switch n.Kind {
	case yaml.SequenceNode:
		return "a list"
	case yaml.MappingNode:
		return "a map"
	}
	return classify(n).String()
}
