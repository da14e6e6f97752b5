package plaintext

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"
)

// object says what a mapping is that holds a secret, "" for any other.
func object(n *yaml.Node, under string) string {
	texts := slices.ContainsFunc(fields(n, "stringData"), func(d *yaml.Node) bool { return content(d) && !isSchema(d, under) })
	switch {
	case (under == secretItems || is(n, "kind", "Secret")) && (texts || slices.ContainsFunc(fields(n, "data"), content)):
		return "a Secret with its content"
	case texts:
		return "the content of a Secret"
	case holds(n, "kty") && (holds(n, "d") || holds(n, "k")):
		return "a private key as a JWK"
	case slices.ContainsFunc(fields(n, "users"), login) && slices.ContainsFunc(fields(n, "clusters"), func(c *yaml.Node) bool { return len(c.Content) > 0 || c.Kind == yaml.AliasNode }):
		return "a kubeconfig with a login"
	case under == "secretGenerator" && slices.ContainsFunc(fields(n, "literals"), literals):
		return "the content of a Secret"
	}
	return ""
}

// content says whether a Secret's data or stringData holds anything. What is no
// mapping is no content, but a reference to it as other kinds have it.
func content(data *yaml.Node) bool {
	if data.Kind != yaml.MappingNode {
		return data.Kind == yaml.AliasNode
	}
	whole := body(data)
	for i := 0; i+1 < len(data.Content); i += 2 {
		key, value := data.Content[i].Value, data.Content[i+1]
		switch {
		case whole && slices.Contains([]string{"apiVersion", "kind", "metadata", "type", "immutable"}, key):
		case whole && (key == "data" || key == "stringData"):
			// One that says that it is a Secret is looked at by itself.
			if !is(data, "kind", "Secret") && filled(value, 1) {
				return true
			}
		case filled(value, 1):
			return true
		}
	}
	return false
}

// body says whether data is an object in its turn, as what a Kyverno rule
// generates is. No Secret's data has mappings in it.
func body(data *yaml.Node) bool {
	if is(data, "kind", "Secret") {
		return true
	}
	for i := 0; i+1 < len(data.Content); i += 2 {
		if slices.Contains([]string{"metadata", "data", "stringData"}, data.Content[i].Value) && data.Content[i+1].Kind == yaml.MappingNode {
			return true
		}
	}
	return false
}

// deepest is how far down filled looks: each level is looked at once more. What
// lies deeper counts as filled.
const deepest = 3

// filled says whether a value holds anything that may be secret.
func filled(n *yaml.Node, level int) bool {
	switch n.Kind {
	case yaml.ScalarNode:
		return opaque(n)
	case yaml.SequenceNode, yaml.MappingNode:
		for i, child := range n.Content {
			if (n.Kind == yaml.SequenceNode || i%2 == 1) && (level >= deepest || filled(child, level+1)) {
				return true
			}
		}
		return false
	}
	return true // an alias
}

// stands is the form of a value that stands for one that is put in later. A
// template may have the secret in quotes, and a default behind the name. Patterns
// of Kyverno stand for any value.
var stands = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile("^(?:[?*]+|__[A-Za-z0-9_]{1,64}__|\\$\\{[A-Za-z_][A-Za-z0-9_.]{0,63}\\}|\\{\\{[^{}\"'`*]{0,256}\\}\\})$")
})

// encrypted is the form of a value that sops encrypted: an initial vector of 32
// bytes and a tag of 16.
var encrypted = regexp.MustCompile(`^ENC\[AES256_GCM,data:[A-Za-z0-9+/]*={0,2},iv:[A-Za-z0-9+/]{43}=,tag:[A-Za-z0-9+/]{22}==,type:[a-z]+\]$`)

// opaque says whether a scalar holds a text of which nobody knows that it is no
// secret: it is not empty, stands for nothing else, and is not encrypted.
func opaque(n *yaml.Node) bool {
	if n == nil || n.Kind != yaml.ScalarNode || n.Tag == "!!null" {
		return n != nil && n.Kind == yaml.AliasNode
	}
	value := strings.TrimSpace(text(n))
	return value != "" && !stands().MatchString(value) && !encrypted.MatchString(value)
}

// holds says whether a mapping has a text under a name.
func holds(n *yaml.Node, name string) bool { return slices.ContainsFunc(fields(n, name), opaque) }

// isSchema says whether what stands under the name stringData describes the field:
// all that it has are words of a schema, and none that gives a value.
func isSchema(n *yaml.Node, under string) bool {
	if under != "properties" && under != "patternProperties" || n.Kind != yaml.MappingNode {
		return false
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if key := n.Content[i].Value; !strings.HasPrefix(key, "x-kubernetes-") && !slices.Contains(schemaWords, key) {
			return false
		}
	}
	return true
}

var schemaWords = []string{
	"$ref", "additionalProperties", "allOf", "anyOf", "deprecated", "description", "format", "items", "maxProperties", "minProperties", "not",
	"nullable", "oneOf", "pattern", "patternProperties", "properties", "propertyNames", "readOnly", "required", "title", "type", "writeOnly",
}

// logins are the fields by which a user of a kubeconfig logs in, and those of
// the config of its auth-provider.
var logins, providerLogins = []string{"token", "password", "client-key-data"}, []string{"id-token", "refresh-token", "access-token", "client-secret"}

// login says whether users of a kubeconfig hold what logs in.
func login(users *yaml.Node) bool {
	has := func(names []string) func(*yaml.Node) bool {
		return func(n *yaml.Node) bool {
			return slices.ContainsFunc(names, func(name string) bool { return holds(n, name) })
		}
	}
	for _, entry := range users.Content {
		for _, user := range fields(entry, "user") {
			if has(logins)(user) {
				return true
			}
			for _, provider := range fields(user, "auth-provider") {
				if slices.ContainsFunc(fields(provider, "config"), has(providerLogins)) {
					return true
				}
			}
		}
	}
	return false
}

// literals says whether those of a secretGenerator hold a value.
func literals(list *yaml.Node) bool {
	return slices.ContainsFunc(list.Content, func(item *yaml.Node) bool {
		_, value, _ := strings.Cut(text(item), "=")
		return item.Kind == yaml.AliasNode || opaque(&yaml.Node{Kind: yaml.ScalarNode, Value: value})
	})
}

// is says whether a mapping has a text under a name, both in whatever case.
func is(n *yaml.Node, name, want string) bool {
	return slices.ContainsFunc(fields(n, name), func(value *yaml.Node) bool { return strings.EqualFold(text(value), want) })
}

// fields gives the values of a mapping under a name, in whatever case: which of
// several counts depends on who reads it.
func fields(n *yaml.Node, name string) (values []*yaml.Node) {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if key := n.Content[i].Value; key == name || len(key) >= len(name) && strings.EqualFold(text(n.Content[i]), name) {
			values = append(values, n.Content[i+1])
		}
	}
	return values
}
