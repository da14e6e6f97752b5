package seal

import (
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// SOPSRules are the creation rules of a .sops.yaml, as far as they say by
// themselves who can open: a rule that names age recipients and nothing else.
type SOPSRules struct {
	rules []sopsRule
	under string // from the folder of .sops.yaml to that of mesh.yaml
}

type sopsRule struct {
	path       *regexp.Regexp // nil for any
	recipients []string       // sorted; nil where the rule names others, or more
}

// what a rule may say besides without changing who can open.
var besides = []string{
	"path_regex", "age", "encrypted_regex", "unencrypted_regex", "encrypted_suffix", "unencrypted_suffix",
	"encrypted_comment_regex", "unencrypted_comment_regex", "mac_only_encrypted",
}

// ParseSOPSRules reads a .sops.yaml. Under is the path from its folder to that of
// mesh.yaml, with slashes. What cannot be read says nothing here: sops itself
// says it.
func ParseSOPSRules(data []byte, under string) *SOPSRules {
	var file struct {
		Rules []map[string]any `json:"creation_rules"`
	}
	if yaml.Unmarshal(data, &file) != nil {
		return nil
	}
	all := &SOPSRules{under: under}
	for _, r := range file.Rules {
		var rule sopsRule
		if text, _ := r["path_regex"].(string); text != "" {
			compiled, err := regexp.Compile(text)
			if err != nil {
				return nil
			}
			rule.path = compiled
		}
		rule.recipients = ageRecipients(r)
		all.rules = append(all.rules, rule)
	}
	return all
}

// ageRecipient is one of age itself or of a plugin. Whatever else stands there may
// hide something when it is printed, and sops refuses it.
var ageRecipient = regexp.MustCompile(`^age1[0-9a-z+._-]+$`)

// ageRecipients names those of a rule, sorted, nil where age is not all of it.
func ageRecipients(rule map[string]any) []string {
	for key := range rule {
		if !slices.Contains(besides, key) {
			return nil
		}
	}
	var texts []string
	switch age := rule["age"].(type) {
	case string:
		texts = strings.Split(age, ",")
	case []any:
		for _, one := range age {
			text, _ := one.(string)
			texts = append(texts, text)
		}
	}
	var all []string
	for _, text := range texts {
		if text = strings.TrimSpace(text); !ageRecipient.MatchString(text) {
			return nil
		}
		all = append(all, "age "+text)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// recipients names those for whom sops seals the Secrets of a cluster, false
// where the rules do not say. All Secrets of a cluster are for the same: rules
// that tell them apart do not count as known.
func (r *SOPSRules) recipients(cluster string) ([]string, bool) {
	if r == nil {
		return nil, false
	}
	first := r.forPath(Path(cluster, "cacerts"))
	second := r.forPath(Path(cluster, RemotePrefix+"x"))
	return first, first != nil && slices.Equal(first, second)
}

// forPath gives what the first rule says that has the path of a file.
func (r *SOPSRules) forPath(name string) []string {
	if r.under != "" && r.under != "." {
		name = r.under + "/" + name
	}
	for _, rule := range r.rules {
		if rule.path == nil || rule.path.MatchString(name) {
			return rule.recipients
		}
	}
	return nil
}
