package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"
)

// A fakeGitHub answers as GitHub's API for the comments of an issue does.
type fakeGitHub struct {
	*httptest.Server
	sync.Mutex
	token, login string
	comments     []fakeComment
	last         int
	requests     []string // "POST /repos/…": what changes something

	readOnly bool
	// before is asked with each request: a status other than 0 is the answer, and
	// with done the request is carried out all the same.
	before func(n int, r *http.Request) (status int, header http.Header, done bool)
	n      int
}

type fakeComment struct {
	ID    int    `json:"id"`
	URL   string `json:"html_url"`
	Body  string `json:"body"`
	Issue int    `json:"-"`
	User  struct {
		Login string `json:"login"`
	} `json:"user"`
}

func newFakeGitHub(t *testing.T) *fakeGitHub {
	g := &fakeGitHub{token: "ghs_aSecret", login: "github-actions[bot]"}
	g.Server = httptest.NewServer(http.HandlerFunc(g.serve))
	t.Cleanup(g.Close)
	return g
}

// add puts a comment there, as of somebody.
func (g *fakeGitHub) add(issue int, login, body string) int {
	g.last++
	c := fakeComment{ID: g.last, URL: fmt.Sprintf("https://github.example/o/r/pull/%d#issuecomment-%d", issue, g.last), Body: body, Issue: issue}
	c.User.Login = login
	g.comments = append(g.comments, c)
	return c.ID
}

// bodies gives the comments of somebody on an issue.
func (g *fakeGitHub) bodies(issue int, login string) []string {
	g.Lock()
	defer g.Unlock()
	all := []string{}
	for _, c := range g.comments {
		if c.Issue == issue && c.User.Login == login {
			all = append(all, strings.ReplaceAll(c.Body, "\r\n", "\n"))
		}
	}
	return all
}

// changes gives the requests since the last call that were to change something.
func (g *fakeGitHub) changes() []string {
	g.Lock()
	defer g.Unlock()
	some := g.requests
	g.requests = nil
	return some
}

func (g *fakeGitHub) serve(w http.ResponseWriter, r *http.Request) {
	g.Lock()
	defer g.Unlock()
	if g.before != nil {
		g.n++
		if status, header, done := g.before(g.n, r); status != 0 {
			if done {
				g.answer(httptest.NewRecorder(), r)
			}
			for name, values := range header {
				w.Header()[name] = values
			}
			g.refuse(w, status, "Server Error")
			return
		}
	}
	g.answer(w, r)
}

func (g *fakeGitHub) refuse(w http.ResponseWriter, status int, message string) {
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(map[string]string{"message": message})
}

func (g *fakeGitHub) answer(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer "+g.token {
		g.refuse(w, http.StatusUnauthorized, "Bad credentials")
		return
	}
	path, found := strings.CutPrefix(r.URL.Path, "/api/v3/repos/o/r/issues/")
	if !found {
		g.refuse(w, http.StatusNotFound, "Not Found")
		return
	}
	if r.Method == http.MethodGet {
		g.list(w, r, path)
		return
	}
	g.requests = append(g.requests, r.Method+" "+path)
	if g.readOnly {
		g.refuse(w, http.StatusForbidden, "Resource not accessible by integration")
		return
	}
	var sent struct {
		Body string `json:"body"`
	}
	if r.Method != http.MethodDelete {
		text, err := io.ReadAll(r.Body)
		if err != nil || json.Unmarshal(text, &sent) != nil || sent.Body == "" {
			g.refuse(w, http.StatusBadRequest, "Problems parsing JSON")
			return
		}
		if utf8.RuneCountInString(sent.Body) > 65536 {
			g.refuse(w, http.StatusUnprocessableEntity, "Body is too long (maximum is 65536 characters)")
			return
		}
		// GitHub keeps other line ends, and no space at the end.
		sent.Body = strings.ReplaceAll(strings.TrimSpace(sent.Body), "\n", "\r\n")
	}
	if issue, found := strings.CutSuffix(path, "/comments"); found && r.Method == http.MethodPost {
		n, err := strconv.Atoi(issue)
		if err != nil {
			g.refuse(w, http.StatusNotFound, "Not Found")
			return
		}
		g.add(n, g.login, sent.Body)
		w.WriteHeader(http.StatusCreated)
		json.NewEncoder(w).Encode(g.comments[len(g.comments)-1])
		return
	}
	id, _ := strconv.Atoi(strings.TrimPrefix(path, "comments/"))
	i := slices.IndexFunc(g.comments, func(c fakeComment) bool { return c.ID == id })
	switch {
	case i < 0:
		g.refuse(w, http.StatusNotFound, "Not Found")
	case r.Method == http.MethodPatch:
		g.comments[i].Body = sent.Body
		json.NewEncoder(w).Encode(g.comments[i])
	case r.Method == http.MethodDelete:
		g.comments = slices.Delete(g.comments, i, i+1)
		w.WriteHeader(http.StatusNoContent)
	default:
		g.refuse(w, http.StatusMethodNotAllowed, "no")
	}
}

func (g *fakeGitHub) list(w http.ResponseWriter, r *http.Request, path string) {
	issue, err := strconv.Atoi(strings.TrimSuffix(path, "/comments"))
	if err != nil {
		g.refuse(w, http.StatusNotFound, "Not Found")
		return
	}
	some := []fakeComment{}
	for _, c := range g.comments {
		if c.Issue == issue {
			some = append(some, c)
		}
	}
	size, _ := strconv.Atoi(r.URL.Query().Get("per_page"))
	if size == 0 || size > 100 {
		size = 30
	}
	page, _ := strconv.Atoi(r.URL.Query().Get("page"))
	from, to := min(max(page-1, 0)*size, len(some)), min(max(page, 1)*size, len(some))
	if to < len(some) {
		w.Header().Set("Link", fmt.Sprintf(`<%s%s?page=%d>; rel="next", <%s%s?page=9>; rel="last"`, g.URL, r.URL.Path, page+1, g.URL, r.URL.Path))
	}
	json.NewEncoder(w).Encode(some[from:to])
}
