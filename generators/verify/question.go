package verify

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/plan"
)

// A Question is one that kubectl can put to an API server without changing
// anything: a path, or objects by name or by label.
type Question struct {
	Path      string // of the API server, where no objects are asked for
	Resource  string
	Namespace string // "" for objects that lie in none
	Names     []string
	Labels    string // where no names are given
}

// names that one command line holds; more are asked for in turns.
const namesAtOnce = 200

// outline prints of a Secret its name, type, label and the names of its keys,
// whether kubectl left a copy of it in an annotation, and what was put into a store
// when it was made: no value of it ever reaches this program.
const outline = `{{define "secret"}}{{.metadata.name}}{{"\t"}}{{.type}}{{"\t"}}` +
	`{{with .metadata.labels}}{{with index . "istio/multiCluster"}}{{.}}{{end}}{{end}}{{"\t"}}` +
	`{{with .metadata.annotations}}{{if index . "kubectl.kubernetes.io/last-applied-configuration"}}copied{{end}}{{end}}{{"\t"}}` +
	`{{with .metadata.annotations}}{{with index . "` + plan.PutAnnotation + `"}}{{.}}{{end}}{{end}}{{"\t"}}` +
	`{{range $key, $value := .data}}{{if $value}}{{$key}} {{end}}{{end}}{{"\n"}}{{end}}` +
	`{{if .items}}{{range .items}}{{template "secret" .}}{{end}}{{else if .metadata.name}}{{template "secret" .}}{{end}}`

// Args gives the arguments of kubectl, those that choose the cluster apart. What
// is not there is no error.
func (q Question) Args() []string {
	if q.Path != "" {
		return []string{"get", "--raw", q.Path}
	}
	args := []string{"get", q.Resource}
	if q.Namespace != "" {
		args = append([]string{"--namespace=" + q.Namespace}, args...)
	}
	if len(q.Names) > 0 {
		args = append(args, q.Names...)
	} else {
		args = append(args, "--selector="+q.Labels)
	}
	if q.Resource == "secrets" {
		return append(args, "--ignore-not-found", "--output=go-template="+outline)
	}
	return append(args, "--ignore-not-found", "--output=json")
}

// String says what is asked for.
func (q Question) String() string {
	switch {
	case q.Path != "":
		return q.Path
	case q.Namespace != "":
		return q.Resource + " in namespace " + q.Namespace
	}
	return q.Resource
}

// A live is an object as its cluster has it.
type live struct {
	Kind     string `json:"kind"`
	Metadata struct {
		Name        string            `json:"name"`
		Generation  int64             `json:"generation"`
		Labels      map[string]string `json:"labels"`
		Annotations map[string]string `json:"annotations"`
	} `json:"metadata"`
	Spec        map[string]any   `json:"spec"`
	AddressType string           `json:"addressType"` // of an EndpointSlice
	Endpoints   []map[string]any `json:"endpoints"`
	Ports       []any            `json:"ports"`
	Subsets     []map[string]any `json:"subsets"` // of Endpoints
	Webhooks    []webhook        `json:"webhooks"`
	Secrets     []map[string]any `json:"secrets"` // of a ServiceAccount
	Status      struct {
		Phase              string `json:"phase"` // of a Namespace
		ObservedGeneration int64  `json:"observedGeneration"`
		Replicas           int    `json:"replicas"`
		UpdatedReplicas    int    `json:"updatedReplicas"`
		Synced             string `json:"syncedResourceVersion"` // of an ExternalSecret
		Conditions         []struct {
			Type, Status, Reason, Message string
		} `json:"conditions"`
	} `json:"status"`
	Items []live `json:"items"`
}

// A webhook is one of a MutatingWebhookConfiguration or a validating one.
type webhook struct {
	Name          string `json:"name"`
	FailurePolicy string `json:"failurePolicy"` // of a validating one
	ClientConfig  struct {
		URL     string `json:"url"`
		Service *struct {
			Name, Namespace, Path string
		} `json:"service"`
		CABundle string `json:"caBundle"`
	} `json:"clientConfig"`
}

// objects reads an answer: an object, a list, or nothing; by name.
func (q Question) objects(answer []byte) (map[string]*live, error) {
	all := map[string]*live{}
	if len(strings.TrimSpace(string(answer))) == 0 {
		return all, nil
	}
	var one live
	if err := json.Unmarshal(answer, &one); err != nil {
		return nil, fmt.Errorf("%s: %w", q, err)
	}
	if one.Metadata.Name != "" {
		all[one.Metadata.Name] = &one
	}
	for i := range one.Items {
		all[one.Items[i].Metadata.Name] = &one.Items[i]
	}
	return all, nil
}

// A secret is what may be known of one.
type secret struct {
	name   string
	kind   string
	label  string // istio/multiCluster
	copied bool   // kubectl left a copy in an annotation
	put    string // what was put into a store when it was made, "" where that is not known
	keys   []string
}

// secrets reads an answer that the outline has shaped, by name.
func (q Question) secrets(answer []byte) (map[string]*secret, error) {
	all := map[string]*secret{}
	for line := range strings.Lines(string(answer)) {
		if line = strings.TrimRight(line, "\r\n"); line == "" {
			continue
		}
		fields := strings.Split(line, "\t")
		if len(fields) != 6 {
			return nil, fmt.Errorf("%s: kubectl did not answer by the template", q) // and what it did answer is not to be shown
		}
		all[fields[0]] = &secret{fields[0], fields[1], fields[2], fields[3] != "", fields[4], strings.Fields(fields[5])}
	}
	return all, nil
}
