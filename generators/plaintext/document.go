package plaintext

import (
	"bytes"
	"encoding/base64"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Document finds what lies in a document: Secrets with their content, however
// deep, as text or as a template; kubeconfigs, private JWKs; and in each scalar
// what Text finds.
func Document(root *yaml.Node) []Finding {
	var found []Finding
	walk(root, depth, "", &found)
	return found
}

// Find finds what lies in a text that may be a stream of documents.
func Find(text []byte) []Finding {
	found := Text(text)
	if telling(text) {
		found = append(found, documents(text, depth)...)
	}
	return found
}

// telling says whether a text may be a document that holds a secret: parsing
// takes longer than looking. A word may be written with escapes or in base64.
func telling(text []byte) bool {
	small := bytes.ToLower(text)
	for _, mark := range []string{"secret", "stringdata", "kty", "users", `\`, "!"} {
		if bytes.Contains(small, []byte(mark)) {
			return true
		}
	}
	return false
}

// documents looks at a text as a stream of documents, as far as it is one.
func documents(text []byte, left int) (found []Finding) {
	defer func() { _ = recover() }() // yaml.v3 recovers from its own errors only
	if left <= 0 || !bytes.Contains(text, []byte(":")) || !telling(text) {
		return nil
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	for {
		// Asked for nodes alone, the decoder expands no alias and compares no keys.
		var document yaml.Node
		if err := decoder.Decode(&document); err != nil {
			if err != io.EOF && len(found) == 0 {
				return nil
			}
			return found
		}
		if len(document.Content) == 1 {
			walk(document.Content[0], left, "", &found)
		}
	}
}

// walk looks at a node; under is the key that it stands under.
func walk(n *yaml.Node, left int, under string, found *[]Finding) {
	switch n.Kind {
	case yaml.ScalarNode:
		scalar(n, left, found)
	case yaml.SequenceNode:
		for _, item := range n.Content {
			walk(item, left, under, found)
		}
	case yaml.MappingNode:
		if what := object(n, under); what != "" {
			*found = append(*found, Finding{n.Line, n.Column, what})
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			scalar(n.Content[i], left, found)
			key := text(n.Content[i])
			if key == "items" && strings.EqualFold(text(field(n, "kind")), "SecretList") {
				key = "secret " + key // they have no kind of their own
			}
			walk(n.Content[i+1], left, key, found)
		}
	}
}

// scalar looks at a text of a document. What needs no document to be seen was
// seen in the file's text, but for escapes, indentation and lines.
func scalar(n *yaml.Node, left int, found *[]Finding) {
	value := text(n)
	for _, f := range scan([]byte(value), left) {
		*found = append(*found, Finding{n.Line, n.Column, f.What})
	}
	for _, f := range documents([]byte(value), left-1) {
		*found = append(*found, Finding{n.Line, n.Column, f.What})
	}
}

// object says what a mapping is that holds a secret, "" for any other.
func object(n *yaml.Node, under string) string {
	sealed := field(field(n, "sops"), "mac") != nil
	content := filled(field(n, "data")) || filled(field(n, "stringData"))
	switch {
	case content && !sealed && (strings.EqualFold(text(field(n, "kind")), "Secret") || under == "secret items"):
		return "a Secret with its content"
	case !sealed && under != "properties" && filled(field(n, "stringData")):
		return "the content of a Secret"
	case filled(field(n, "kty")) && (filled(field(n, "d")) || filled(field(n, "k"))):
		return "a private key as a JWK"
	case filled(field(n, "clusters")) && login(field(n, "users")):
		return "a kubeconfig with a login"
	case under == "secretGenerator" && filled(field(n, "literals")):
		return "the content of a Secret"
	}
	return ""
}

// login says whether users of a kubeconfig hold what logs in.
func login(users *yaml.Node) bool {
	if users == nil {
		return false
	}
	for _, user := range users.Content {
		of := field(user, "user")
		for _, key := range []string{"token", "password", "client-key-data"} {
			if filled(field(of, key)) {
				return true
			}
		}
	}
	return false
}

// field gives a value of a mapping, whatever the case of its key; nil where there
// is none. The last one counts, as it does to most readers.
func field(n *yaml.Node, name string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := len(n.Content) - 2; i >= 0; i -= 2 {
		if key := n.Content[i].Value; key == name || len(key) >= len(name) && strings.EqualFold(text(n.Content[i]), name) {
			return n.Content[i+1]
		}
	}
	return nil
}

// filled says whether a value holds anything.
func filled(n *yaml.Node) bool {
	if n == nil {
		return false
	}
	if n.Kind == yaml.ScalarNode {
		return n.Value != "" && n.Tag != "!!null"
	}
	for i, child := range n.Content {
		if (n.Kind != yaml.MappingNode || i%2 == 1) && filled(child) {
			return true
		}
	}
	return n.Kind == yaml.AliasNode
}

// text gives a scalar's text, that of !!binary decoded.
func text(n *yaml.Node) string {
	if n == nil || n.Kind != yaml.ScalarNode {
		return ""
	}
	if n.Tag == "!!binary" {
		if decoded, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(n.Value), "")); err == nil {
			return string(decoded)
		}
	}
	return n.Value
}
