package e2e

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
)

// auditPolicy has the API server log every request, and nothing of its content.
const auditPolicy = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: Metadata
`

// asked gives what a user asked the API server for since the last call, each once
// and sorted: the verb, what of, and what came of it. Paths are cut to their first
// part.
func (m *member) asked(t *testing.T, user string) []string {
	t.Helper()
	data, err := os.ReadFile(m.audit)
	if err != nil {
		t.Fatal(err)
	}
	end := bytes.LastIndexByte(data, '\n') + 1
	lines := data[min(m.heard[user], end):end]
	m.heard[user] = end
	all := map[string]bool{}
	for line := range bytes.Lines(lines) {
		var event struct {
			Verb, RequestURI string
			User             struct{ Username string }
			ObjectRef        *struct{ Resource, Subresource string }
			ResponseStatus   struct{ Code int }
		}
		if err := json.Unmarshal(line, &event); err != nil {
			t.Fatal(err)
		}
		if event.User.Username != user {
			continue
		}
		what, _, _ := strings.Cut(event.RequestURI, "?")
		if parts := strings.Split(what, "/"); event.ObjectRef == nil {
			what = "/" + parts[1]
		} else if what = event.ObjectRef.Resource; event.ObjectRef.Subresource != "" {
			what += "/" + event.ObjectRef.Subresource
		}
		if event.ResponseStatus.Code == 403 {
			what += " forbidden"
		}
		all[event.Verb+" "+what] = true
	}
	return slices.Sorted(maps.Keys(all))
}
