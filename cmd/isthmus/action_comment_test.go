package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A commenter runs comment.sh for a fake GitHub.
type commenter struct {
	*step
	github *fakeGitHub
}

func newCommenter(t *testing.T) *commenter {
	g := newFakeGitHub(t)
	s := newStep(t, "comment.sh")
	s.env["GITHUB_API_URL"] = g.URL + "/api/v3"
	s.env["ISTHMUS_COMMENT_PAUSE"] = "0"
	for name, value := range map[string]string{"FILE": "", "CHANGED": "false", "COMMENT": "true", "PULL": "7", "AUTHOR": g.login, "TOKEN": g.token, "WORK": filepath.Join(s.dir, "work")} {
		s.env[name] = value
	}
	return &commenter{s, g}
}

// sections are what the steps before have left.
func (c *commenter) sections(texts ...string) {
	c.t.Helper()
	dir := filepath.Join(c.env["WORK"], "sections")
	if err := os.RemoveAll(dir); err != nil {
		c.t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		c.t.Fatal(err)
	}
	for i, text := range texts {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("2-diff-%04d.md", i+1)), []byte(text), 0o644); err != nil {
			c.t.Fatal(err)
		}
	}
}

func (c *commenter) want(bodies ...string) {
	c.t.Helper()
	if diff := cmp.Diff(append([]string{}, bodies...), c.github.bodies(7, c.env["AUTHOR"])); diff != "" {
		c.t.Errorf("comments (-want +got):\n%s", diff)
	}
}

// A second run changes the first one's comment, and one that has nothing new to
// say leaves it alone.
func TestCommentInPlace(t *testing.T) {
	c := newCommenter(t)
	c.sections("one $(id) `id` %s \\n \"quoted\" é\n")
	got := c.run(0)
	body := "<!-- isthmus mesh.yaml part=1 -->\none $(id) `id` %s \\n \"quoted\" é"
	c.want(body)
	if got.outputs["comment"] != "https://github.example/o/r/pull/7#issuecomment-1" || got.outputs["parts"] != "1" {
		t.Errorf("outputs %v", got.outputs)
	}
	c.github.changes()
	if got := c.run(0); got.outputs["comment"] != "https://github.example/o/r/pull/7#issuecomment-1" {
		t.Errorf("outputs %v", got.outputs)
	}
	c.want(body)
	if changes := c.github.changes(); changes != nil {
		t.Errorf("nothing was to be changed: %q", changes)
	}
	c.sections("two\n")
	c.run(0)
	c.want("<!-- isthmus mesh.yaml part=1 -->\ntwo")
	if got := c.summary(); got != "" {
		t.Errorf("summary %q", got)
	}
}

// Where nothing changes there is no comment, and an earlier one says so.
func TestCommentNothing(t *testing.T) {
	c := newCommenter(t)
	c.sections()
	if got := c.run(0); got.outputs["comment"] != "" || got.outputs["parts"] != "0" {
		t.Errorf("outputs %v", got.outputs)
	}
	c.want()
	c.sections("a", "b")
	c.run(0)
	before := c.github.bodies(7, c.env["AUTHOR"])
	c.sections()
	c.env["CHANGED"] = "" // not known
	if got := c.run(0); got.outputs["parts"] != "0" || c.summary() != "" {
		t.Errorf("outputs %v, summary %q", got.outputs, c.summary())
	}
	c.want(before...)
	c.env["CHANGED"] = "false"
	c.run(0)
	c.want("<!-- isthmus mesh.yaml part=1 -->\n### isthmus: nothing changes in any cluster")
}

// Sections that do not fit into one comment go into several, whole; parts that
// are no longer needed are deleted.
func TestCommentParts(t *testing.T) {
	c := newCommenter(t)
	c.env["ISTHMUS_COMMENT_LIMIT"] = "1000"
	a, b, long := strings.Repeat("a", 400), strings.Repeat("b", 300), strings.Repeat("c", 601)
	c.sections(a, b, long, "d\n")
	got := c.run(0)
	part := func(n int, text string) string {
		return fmt.Sprintf("<!-- isthmus mesh.yaml part=%d -->\n%s", n, text)
	}
	c.want(part(1, a), part(2, b+"\n601 bytes are too many for a comment, and are in the summary of the job.\n\nd"))
	if got.outputs["parts"] != "2" || got.outputs["comment"] != "https://github.example/o/r/pull/7#issuecomment-1" {
		t.Errorf("outputs %v", got.outputs)
	}
	if got := c.summary(); got != long+"\n" {
		t.Errorf("summary %q", got)
	}
	c.sections(a, a, a)
	c.run(0)
	c.want(part(1, a), part(2, a), part(3, a))
	c.sections(b)
	c.github.changes()
	c.run(0)
	c.want("<!-- isthmus mesh.yaml part=1 -->\n" + b)
	if diff := cmp.Diff([]string{"PATCH comments/1", "DELETE comments/2", "DELETE comments/3"}, c.github.changes()); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
}

// More than ten comments would bury what people say: the summary has the others.
func TestCommentMost(t *testing.T) {
	c := newCommenter(t)
	c.env["ISTHMUS_COMMENT_LIMIT"] = "500"
	var sections []string
	for i := range 13 {
		sections = append(sections, strings.Repeat(string(rune('a'+i)), 90))
	}
	c.sections(sections...)
	got := c.run(0)
	bodies := c.github.bodies(7, c.env["AUTHOR"])
	if len(bodies) != 10 || got.outputs["parts"] != "10" {
		t.Fatalf("comments %q, outputs %v", bodies, got.outputs)
	}
	if want := "<!-- isthmus mesh.yaml part=10 -->\n4 further comments would be too many, and are in the summary of the job."; bodies[9] != want {
		t.Errorf("the last is %q, want %q", bodies[9], want)
	}
	if want := strings.Join(sections[9:], "\n\n") + "\n\n"; c.summary() != want {
		t.Errorf("summary %q, want %q", c.summary(), want)
	}
	c.sections(sections[:10]...)
	c.run(0)
	if bodies := c.github.bodies(7, c.env["AUTHOR"]); len(bodies) != 10 || !strings.HasSuffix(bodies[9], "j") || c.summary() != "" {
		t.Errorf("comments %q, summary %q", bodies, c.summary())
	}
}

// A section of the full budget fits GitHub's limit with all that is around it.
func TestCommentBudget(t *testing.T) {
	c := newCommenter(t)
	c.env["FILE"] = strings.Repeat("long/", 40) + "mesh.yaml"
	c.sections(strings.Repeat("é\n", 64000/3), strings.Repeat("x", 64000), "y")
	c.run(0)
	bodies := c.github.bodies(7, c.env["AUTHOR"])
	if len(bodies) != 2 {
		t.Fatalf("%d comments", len(bodies))
	}
	for _, b := range bodies {
		if len(b) > 65536 {
			t.Errorf("%d bytes", len(b))
		}
	}
	if got := c.summary(); got != "" {
		t.Errorf("%d bytes of summary", len(got))
	}
}

// Comments of others, of other meshes and other pull requests are not touched,
// whatever they look like; the own ones are found behind a hundred others.
func TestCommentOthers(t *testing.T) {
	c := newCommenter(t)
	c.env["FILE"] = "infra/mesh --> $(id).yaml"
	marker := "<!-- isthmus infra/mesh_--____id_.yaml part=1 -->"
	for i := range 130 {
		c.github.add(7, "somebody", fmt.Sprint("comment ", i))
	}
	c.github.add(7, "somebody", marker+"\nforged")
	c.github.add(8, c.env["AUTHOR"], marker+"\nanother pull request")
	c.github.add(7, c.env["AUTHOR"], "<!-- isthmus mesh.yaml part=1 -->\nanother mesh")
	c.github.add(7, c.env["AUTHOR"], "I quote "+marker)
	c.github.add(7, c.env["AUTHOR"], "<!-- isthmus infra/mesh_--____id_.yaml part=x -->")
	before := slices.Clone(c.github.comments)
	mine := c.github.add(7, c.env["AUTHOR"], marker+"\nold")
	c.github.add(7, c.env["AUTHOR"], marker+"\nof a run at the same time")
	c.sections("new")
	c.run(0)
	want := append(before, c.github.comments[len(c.github.comments)-1])
	if diff := cmp.Diff(want, c.github.comments); diff != "" {
		t.Errorf("comments (-want +got):\n%s", diff)
	}
	last := c.github.comments[len(c.github.comments)-1]
	if last.ID != mine || !strings.HasSuffix(last.Body, "new") {
		t.Errorf("mine is %+v", last)
	}
}

// A token that may only read, as of a fork: the summary says it, and why.
func TestCommentReadOnly(t *testing.T) {
	c := newCommenter(t)
	c.github.readOnly = true
	c.sections("one", "two")
	got := c.run(0)
	c.want()
	const why = "This token may not comment, as on a pull request from a fork: what changes is in the summary of the job."
	if want := why + "\n\n\none\ntwo\n"; c.summary() != want {
		t.Errorf("summary %q, want %q", c.summary(), want)
	}
	if !strings.Contains(got.stdout, "::notice title=isthmus::"+why+"\n") {
		t.Errorf("log %q", got.stdout)
	}
	if n := len(c.github.changes()); n != 1 {
		t.Errorf("asked %d times", n)
	}
	if got.outputs["comment"] != "" || got.outputs["parts"] != "0" {
		t.Errorf("outputs %v", got.outputs)
	}
}

// The summary takes 1 MiB of a step, or nothing of it: what is left out is
// counted.
func TestCommentSummaryLimit(t *testing.T) {
	c := newCommenter(t)
	c.env["COMMENT"] = "false"
	var parts []string
	for range 20 {
		parts = append(parts, strings.Repeat("x", 64000))
	}
	c.sections(parts...)
	c.run(0)
	if n := len(c.summary()); n > 1<<20 || n < 900_000 {
		t.Errorf("%d bytes", n)
	}
	if want := "\n4 of 21 parts are too many for this summary: run isthmus diff in a checkout to see them.\n"; !strings.HasSuffix(c.summary(), want) {
		t.Errorf("it ends in %q", c.summary()[len(c.summary())-200:])
	}
	if c.github.n != 0 || c.github.changes() != nil {
		t.Error("it has asked GitHub")
	}
}

// Without a pull request there is nothing to comment on.
func TestCommentPush(t *testing.T) {
	c := newCommenter(t)
	c.env["PULL"] = ""
	c.sections("one")
	c.run(0)
	c.want()
	if !strings.Contains(c.summary(), "\none\n") {
		t.Errorf("summary %q", c.summary())
	}
	c.env["PULL"] = "7/../8"
	c.run(1)
	if c.github.changes() != nil {
		t.Error("it has asked GitHub")
	}
}

// What may pass is tried again, and never twice done: an error after the work
// does not make a second comment.
func TestCommentRetries(t *testing.T) {
	for _, test := range []struct {
		name   string
		before func(n int, r *http.Request) (int, http.Header, bool)
	}{
		{"a server error", func(n int, r *http.Request) (int, http.Header, bool) { return pick(n <= 3, 503), nil, false }},
		{"after the work", func(n int, r *http.Request) (int, http.Header, bool) {
			return pick(r.Method == http.MethodPost && n <= 5, 502), nil, true
		}},
		{"too many requests", func(n int, r *http.Request) (int, http.Header, bool) {
			return pick(n == 2, 429), http.Header{"Retry-After": {"0"}}, false
		}},
		{"a limit that says 403", func(n int, r *http.Request) (int, http.Header, bool) {
			return pick(n == 2, 403), http.Header{"X-Ratelimit-Remaining": {"0"}}, false
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := newCommenter(t)
			c.env["ISTHMUS_COMMENT_LIMIT"] = "500"
			c.github.before = test.before
			c.sections(strings.Repeat("a", 90), strings.Repeat("b", 90))
			got := c.run(0)
			if bodies := c.github.bodies(7, c.env["AUTHOR"]); len(bodies) != 2 || !strings.HasSuffix(bodies[0], "a") || !strings.HasSuffix(bodies[1], "b") {
				t.Errorf("comments %q", bodies)
			}
			if got.outputs["parts"] != "2" || c.summary() != "" {
				t.Errorf("outputs %v, summary %q", got.outputs, c.summary())
			}
		})
	}
}

func pick(when bool, status int) int {
	if when {
		return status
	}
	return 0
}

// Where the server says how long to wait, that is how long it is.
func TestCommentRetryAfter(t *testing.T) {
	c := newCommenter(t)
	c.env["ISTHMUS_COMMENT_PAUSE"] = "1"
	waited := c.spy("sleep")
	c.github.before = func(n int, _ *http.Request) (int, http.Header, bool) {
		return pick(n < 3, 429), http.Header{"Retry-After": {"0"}}, false
	}
	c.sections("one")
	c.run(0)
	c.want("<!-- isthmus mesh.yaml part=1 -->\none")
	if got := waited(); got != "0\n0\n" {
		t.Errorf("waited %q seconds", got)
	}
}

// Where a comment cannot be written the job fails, since an old one may stand
// there, and the summary has what it would have said.
func TestCommentFails(t *testing.T) {
	for _, test := range []struct {
		name, said string
		set        func(c *commenter)
		asked      int // 0 for any number
	}{
		{"a server that stays down", "The comment could not be written: GET: status 503", func(c *commenter) {
			c.github.before = func(int, *http.Request) (int, http.Header, bool) { return 503, nil, false }
		}, 6},
		{"no server", "The comment could not be written: GET: no answer", func(c *commenter) { c.github.Close() }, 0},
		{"a wrong token", "The comment could not be written: GET: status 401: Bad credentials", func(c *commenter) { c.env["TOKEN"] = "other" }, 0},
		{"a body that is refused", "The comment could not be written: POST: status 422: Body is too long (maximum is 65536 characters)", func(c *commenter) {
			c.env["ISTHMUS_COMMENT_LIMIT"] = "100000"
			c.sections(strings.Repeat("x", 70000))
		}, 0},
		{"a token of another", "The comment could not be written: it was written by github-actions[bot], where the next run looks for comments of my-app[bot]; give author: github-actions[bot]", func(c *commenter) {
			c.env["AUTHOR"] = "my-app[bot]"
		}, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := newCommenter(t)
			c.sections("one")
			test.set(c)
			got := c.run(1)
			if !strings.Contains(got.stdout, "::error title=isthmus::"+test.said+"\n") {
				t.Errorf("log %q", got.stdout)
			}
			if !strings.HasPrefix(c.summary(), test.said+"\n") || len(c.summary()) < len(test.said)+5 {
				t.Errorf("summary %.300q", c.summary())
			}
			if test.asked > 0 && c.github.n != test.asked {
				t.Errorf("asked %d times", c.github.n)
			}
		})
	}
}

// The token is read by curl alone: it is in no argument and in nothing that is
// said; one that would be two lines of curl's configuration is refused.
func TestCommentToken(t *testing.T) {
	c := newCommenter(t)
	arguments := c.spy("curl")
	c.sections("one")
	got := c.run(0)
	said := got.stdout + got.stderr + c.summary() + arguments()
	if strings.Contains(said, c.github.token) || !strings.Contains(said, "issues/7/comments") {
		t.Errorf("said %q", said)
	}
	c.env["TOKEN"] = "a\"\noutput = \"" + filepath.Join(c.dir, "written")
	c.run(1)
	if _, err := os.Stat(filepath.Join(c.dir, "written")); err == nil {
		t.Error("the token has configured curl")
	}
}
