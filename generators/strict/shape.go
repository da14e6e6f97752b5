package strict

import (
	"fmt"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/isthmus-mesh/isthmus/generators/rule"
)

// longestKey is in characters: YAML's own limit for keys of one line, held here
// for the others too, because paths in messages are made of keys.
const longestKey = 1024

// wide is the number of keys from which a mapping is worth an index.
const wide = 16

// A shaper checks what holds for every document, whatever it is decoded into,
// and turns the parser's lines into lines of the file.
type shaper struct {
	*report
	*marks
	source source
	limits Limits
	nodes  int // of the whole input
}

// check walks a node and all below it, each once. It says false where a limit
// ends the reading of the input. No alias is ever followed.
func (s *shaper) check(n *yaml.Node, at *trail, depth int) bool {
	s.count(n)
	s.properties(n, at)
	if s.nodes > s.limits.Nodes {
		s.add(rule.Size, n, nil, fmt.Sprintf("the file has more than %d keys and values", s.limits.Nodes), "", "divide it into smaller files")
		return false
	}
	if (n.Kind == yaml.SequenceNode || n.Kind == yaml.MappingNode) && depth > s.limits.Depth {
		s.add(rule.Size, n, at, tooDeep(s.limits.Depth), "", "")
		return false
	}
	switch n.Kind {
	case yaml.SequenceNode:
		for i, item := range n.Content {
			if !s.check(item, at.item(i), depth+1) {
				return false
			}
		}
	case yaml.MappingNode:
		return s.mapping(n, at, depth)
	case yaml.ScalarNode:
		s.escapes(n, at)
	}
	return true
}

func tooDeep(limit int) string {
	return fmt.Sprintf("lists and maps are nested more than %d deep here", limit)
}

func (s *shaper) mapping(n *yaml.Node, at *trail, depth int) bool {
	if keys := len(n.Content) / 2; keys > s.limits.Keys {
		s.add(rule.Size, n, at, fmt.Sprintf("the map has %d keys, more than %d", keys, s.limits.Keys), "", "")
		return false
	}
	first := make(map[string]int, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		s.count(key)
		if !s.key(key, at) {
			s.bad[key] = true
			if key.Kind != yaml.ScalarNode || utf8.RuneCountInString(key.Value) > longestKey || classify(key) == merge {
				continue // what is below has no path, or goes with the key
			}
		} else if earlier, again := first[key.Value]; again {
			s.bad[key] = true
			s.add(rule.KeyTwice, key, at.field(key.Value), fmt.Sprintf("the key %s is set on line %d already", quoted(key.Value), n.Content[earlier].Line), "", "remove one of the two")
		} else {
			first[key.Value] = i
		}
		if !s.check(value, at.field(key.Value), depth+1) {
			return false
		}
	}
	if len(first) >= wide {
		s.index[n] = first
	}
	return true
}

// key reports a key that is not plain text to every reader of YAML.
func (s *shaper) key(key *yaml.Node, at *trail) bool {
	if key.Kind == yaml.SequenceNode || key.Kind == yaml.MappingNode {
		s.add(rule.KeyText, key, at, "a key must be text, not "+kindOf(key), "", "")
		return false
	}
	if key.Kind == yaml.ScalarNode {
		if length := utf8.RuneCountInString(key.Value); length > longestKey {
			s.add(rule.Size, key, at, fmt.Sprintf("the key %s has %d characters, more than %d", quoted(key.Value), length, longestKey), "", "")
			return false
		}
		switch c := classify(key); {
		case c == merge:
			s.add(rule.PlainYAML, key, at, "the merge key << is not allowed", "", "write the merged fields out here")
			return false
		case key.Value == "" && c == null:
			s.add(rule.KeyText, key, at, "a key is missing before the colon", "", "")
			return false
		case c != text:
			s.add(rule.KeyText, key, at.field(key.Value), fmt.Sprintf("the key %s is read as %s by YAML", key.Value, c), "", "quote this key: "+quoted(key.Value))
			return false
		}
	}
	own := at.field(key.Value)
	s.properties(key, own)
	s.escapes(key, own)
	return !s.bad[key]
}

// count turns the node's line into one of the file and counts it.
func (s *shaper) count(n *yaml.Node) {
	s.nodes++
	n.Line += s.source.base - padding
}

// properties reports an anchor, an alias or a tag.
func (s *shaper) properties(n *yaml.Node, at *trail) {
	if n.Kind == yaml.AliasNode {
		s.add(rule.PlainYAML, n, at, "the alias *"+cut(n.Value)+" is not allowed", "", "write the value out here")
		s.bad[n] = true
		return
	}
	if n.Anchor != "" {
		s.add(rule.PlainYAML, n, at, "the anchor &"+cut(n.Anchor)+" is not allowed", "", "remove it, and write the value out wherever it is needed")
		s.bad[n] = n.Kind == yaml.ScalarNode // what is in a list or map is looked at all the same
	}
	tag := ""
	switch {
	case n.Style&yaml.TaggedStyle != 0:
		tag = n.Tag
	case s.source.at(n.Line-s.source.base, n.Column) == '!' && !s.startsWithKey(n):
		tag = "!" // yaml.v3 drops this one
	default:
		return
	}
	fix := "remove it"
	if n.Kind == yaml.ScalarNode && (tag == "!!str" || tag == "!") {
		fix = "remove it, and quote the value: " + quoted(n.Value)
	}
	s.add(rule.PlainYAML, n, at, "the tag "+cut(tag)+" is not allowed", "", fix)
	s.bad[n] = n.Kind == yaml.ScalarNode
}

// startsWithKey says whether a node is a mapping that starts where its first key
// does, so that what stands there is the key's.
func (s *shaper) startsWithKey(n *yaml.Node) bool {
	if n.Kind != yaml.MappingNode || len(n.Content) == 0 {
		return false
	}
	key := n.Content[0]
	return key.Column == n.Column && key.Line+s.source.base-padding == n.Line
}

// escapes reports what an escape in double quotes made of a text.
func (s *shaper) escapes(n *yaml.Node, at *trail) {
	if n.Style&yaml.DoubleQuotedStyle == 0 || s.bad[n] {
		return
	}
	for _, c := range n.Value {
		if what, why := forbidden(c); what != "" {
			s.add(rule.Encoding, n, at, what, why, "remove its escape")
			s.bad[n] = true
			return
		}
	}
}

// A source gives the characters at positions that come in file order. It keeps
// its place, so that all of them together cost one pass over the text, however
// long its lines are.
type source struct {
	text         []byte
	base         int // lines of the file before the text
	line, column int // of text[0]
}

// at gives the character at a position of the text, 0 where it is passed.
func (s *source) at(line, column int) rune {
	for s.line < line && len(s.text) > 0 {
		_, next := nextLine(s.text)
		s.text = s.text[next:]
		s.line, s.column = s.line+1, 1
	}
	for s.line == line && s.column < column && len(s.text) > 0 {
		_, size := utf8.DecodeRune(s.text)
		s.text = s.text[size:]
		s.column++
	}
	if s.line != line || s.column != column || len(s.text) == 0 {
		return 0
	}
	c, _ := utf8.DecodeRune(s.text)
	return c
}
