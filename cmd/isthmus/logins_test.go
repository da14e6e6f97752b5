package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"sigs.k8s.io/yaml"
)

// A right is a rule of a Role or a ClusterRole in docs/logins.
type right struct {
	namespace       string // "" for a ClusterRole's
	APIGroups       []string
	Resources       []string
	ResourceNames   []string
	NonResourceURLs []string
	Verbs           []string
}

// A call is what a kubectl asks of an API server.
type call struct{ namespace, verb, group, resource, name string }

func (c call) String() string {
	return fmt.Sprintf("%s %s %s in %q", c.verb, strings.TrimSuffix(c.resource+"."+c.group, "."), c.name, c.namespace)
}

// groups are those of what isthmus asks for; the others are in the core one.
var groups = map[string]string{
	"deployments": "apps", "endpointslices": "discovery.k8s.io", "mutatingwebhookconfigurations": "admissionregistration.k8s.io",
	"validatingwebhookconfigurations": "admissionregistration.k8s.io", "sealedsecrets": "bitnami.com",
}

// asks gives what a command line of kubectl asks, none for one that asks no cluster.
func asks(line string) ([]call, error) {
	line, _, _ = strings.Cut(line, " --output=") // a template has spaces
	var words []string
	c, selects := call{}, false
	for word := range strings.FieldsSeq(line) {
		namespace, is := strings.CutPrefix(word, "--namespace=")
		switch {
		case is:
			c.namespace = namespace
		case strings.HasPrefix(word, "--selector="):
			selects = true
		case word == "--raw" || word == "--filename=-" || !strings.HasPrefix(word, "--"):
			words = append(words, word)
		}
	}
	switch {
	case len(words) == 2 && words[0] == "config":
		return nil, nil
	case len(words) == 3 && words[1] == "--raw":
		c.verb, c.resource = "get", words[2]
		return []call{c}, nil
	case len(words) == 3 && words[0] == "create" && words[1] == "token":
		c.verb, c.resource, c.name = "create", "serviceaccounts/token", words[2]
		return []call{c}, nil
	case len(words) == 2 && words[0] == "create" && words[1] == "--filename=-":
		c.verb, c.resource = "create", "secrets" // the one object that isthmus makes
		return []call{c}, nil
	case len(words) < 2 || words[0] != "get" || selects != (len(words) == 2):
		return nil, fmt.Errorf("what does this ask: %s", line)
	}
	c.verb, c.resource = "get", strings.TrimSuffix(words[1], ".bitnami.com")
	if !strings.HasSuffix(c.resource, "s") {
		c.resource += "s"
	}
	c.group = groups[c.resource]
	if selects {
		c.verb = "list"
		return []call{c}, nil
	}
	var all []call
	for _, c.name = range words[2:] {
		all = append(all, c) // kubectl gets one after the other
	}
	return all, nil
}

// lets says whether the API server would let a login with this right ask that
// (docs of RBAC in Kubernetes: a rule with names lets nobody list or create,
// but for what is below an object).
func (r right) lets(c call) bool {
	if strings.HasPrefix(c.resource, "/") {
		return slices.Contains(r.NonResourceURLs, c.resource) && slices.Contains(r.Verbs, c.verb)
	}
	return (r.namespace == "" || r.namespace == c.namespace) && slices.Contains(r.Verbs, c.verb) &&
		slices.Contains(r.APIGroups, c.group) && slices.Contains(r.Resources, c.resource) &&
		(len(r.ResourceNames) == 0 || slices.Contains(r.ResourceNames, c.name))
}

// allowed <calls> <login>... holds the calls of a kubectl against the rights that
// docs/logins give those who run the command.
func allowed(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: [!] allowed <calls> <login>...")
	}
	var rights []right
	for _, login := range args[1:] {
		more, err := rightsOf(filepath.Join(ts.Getenv("REPOSITORY"), "docs", "logins", login+".yaml"))
		ts.Check(err)
		rights = append(rights, more...)
	}
	count, refused := 0, ""
	for line := range strings.Lines(ts.ReadFile(args[0])) {
		calls, err := asks(strings.TrimSpace(line))
		ts.Check(err)
		for _, c := range calls {
			if count++; !slices.ContainsFunc(rights, func(r right) bool { return r.lets(c) }) {
				refused += c.String() + "\n"
			}
		}
	}
	switch {
	case count == 0:
		ts.Fatalf("%s asks nothing", args[0])
	case !neg && refused != "":
		ts.Fatalf("not allowed by %s:\n%s", strings.Join(args[1:], ", "), refused)
	case neg && refused == "":
		ts.Fatalf("all of it is allowed by %s", strings.Join(args[1:], ", "))
	}
}

// rightsOf reads the rules in a file of docs/logins.
func rightsOf(file string) ([]right, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var all []right
	for document := range strings.SplitSeq(string(text), "\n---\n") {
		var role struct {
			Metadata struct{ Namespace string }
			Rules    []right
		}
		if err := yaml.Unmarshal([]byte(document), &role); err != nil {
			return nil, err
		}
		for _, r := range role.Rules {
			r.namespace = role.Metadata.Namespace
			all = append(all, r)
		}
	}
	return all, nil
}
