package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The script that docs/ci.md has for GitLab writes one note and changes it in
// place, behind a hundred others, and keeps away from those of others.
func TestDocumentGitLab(t *testing.T) {
	const token, marker = "glpat-aSecret", "<!-- isthmus -->"
	type note struct {
		ID     int            `json:"id"`
		Body   string         `json:"body"`
		Author map[string]int `json:"author"`
	}
	var notes []note
	add := func(author int, body string) {
		notes = append(notes, note{len(notes) + 1, body, map[string]int{"id": author}})
	}
	for i := range 130 {
		add(1, fmt.Sprint("note ", i))
	}
	add(1, marker+"\nforged")
	add(9, "I quote "+marker)
	var changes []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		const at = "/api/v4/projects/3/merge_requests/7/notes"
		if r.Header.Get("PRIVATE-TOKEN") != token {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		var sent note
		if r.Method != http.MethodGet {
			changes = append(changes, r.Method+" "+strings.TrimPrefix(r.URL.Path, at))
			if text, err := io.ReadAll(r.Body); err != nil || json.Unmarshal(text, &sent) != nil {
				w.WriteHeader(http.StatusBadRequest)
				return
			}
		}
		switch {
		case r.URL.Path == "/api/v4/user":
			fmt.Fprint(w, `{"id": 9, "username": "project_3_bot"}`)
		case r.URL.Path == at && r.Method == http.MethodGet:
			page, _ := strconv.Atoi(r.URL.Query().Get("page"))
			from, to := min((page-1)*100, len(notes)), min(page*100, len(notes))
			next := ""
			if to < len(notes) {
				next = strconv.Itoa(page + 1)
			}
			w.Header().Set("X-Next-Page", next)
			json.NewEncoder(w).Encode(notes[from:to])
		case r.URL.Path == at:
			add(9, sent.Body)
			w.WriteHeader(http.StatusCreated)
		default:
			id, _ := strconv.Atoi(strings.TrimPrefix(r.URL.Path, at+"/"))
			notes[id-1].Body = sent.Body
		}
	}))
	defer server.Close()

	s := newStep(t, "")
	bin := t.TempDir()
	isthmus := "#!/bin/sh\ncase $1 in check) exit 3 ;; diff) echo \"$CHANGE, from $3\" ;; esac\n"
	if err := os.WriteFile(filepath.Join(bin, "isthmus"), []byte(isthmus), 0o755); err != nil {
		t.Fatal(err)
	}
	s.env["PATH"] = bin + string(os.PathListSeparator) + s.env["PATH"]
	arguments := s.spy("curl")
	for _, change := range []string{"one `id` \"x\"", "two"} {
		cmd := exec.Command("sh", "-c", documented(t, "sh", 1))
		cmd.Dir = s.env["GITHUB_WORKSPACE"]
		cmd.Env = []string{
			"PATH=" + s.env["PATH"], "GITLAB_TOKEN=" + token, "CHANGE=" + change,
			"CI_API_V4_URL=" + server.URL + "/api/v4", "CI_PROJECT_ID=3", "CI_MERGE_REQUEST_IID=7", "CI_MERGE_REQUEST_DIFF_BASE_SHA=abc",
		}
		out, err := cmd.CombinedOutput()
		if err == nil || cmd.ProcessState.ExitCode() != 3 {
			t.Fatalf("%v, want the exit status of check\n%s", err, out)
		}
		if want := marker + "\n" + change + ", from abc\n"; len(notes) != 133 || notes[132].Body != want {
			t.Errorf("%d notes, the last is %+v, want %q", len(notes), notes[len(notes)-1], want)
		}
	}
	if diff := cmp.Diff([]string{"POST ", "PUT /133"}, changes); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	if got := arguments(); strings.Contains(got, token) || !strings.Contains(got, "merge_requests/7/notes") {
		t.Errorf("arguments %q", got)
	}
}
