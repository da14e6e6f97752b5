package main

import (
	"cmp"
	"maps"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A pullRequest is a repository with one, a fake GitHub that serves both, and a
// runner that does what action.yml says.
type pullRequest struct {
	*step
	github     *fakeGitHub
	repository string // bare
	work       string // a clone of it, for commits
	inputs     map[string]string
	event      map[string]string // github.event.…
	fetched    int
}

func newPullRequest(t *testing.T) *pullRequest {
	p := &pullRequest{step: newStep(t, ""), github: newFakeGitHub(t), inputs: map[string]string{}}
	p.repository, p.work = filepath.Join(p.dir, "git/o/r"), filepath.Join(p.dir, "work")
	isthmus, err := exec.LookPath("isthmus")
	if err != nil {
		t.Fatal(err)
	}
	p.inputs["isthmus"] = isthmus

	out, err := exec.Command("git", "--exec-path").Output()
	if err != nil {
		t.Fatal(err)
	}
	backend := &cgi.Handler{
		Path: filepath.Join(strings.TrimSpace(string(out)), "git-http-backend"),
		Env:  []string{"GIT_PROJECT_ROOT=" + filepath.Join(p.dir, "git"), "GIT_HTTP_EXPORT_ALL=1"},
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p.fetched++
		if user, token, _ := r.BasicAuth(); user != "x-access-token" || token != p.github.token || len(r.Header.Values("Authorization")) != 1 {
			w.Header().Set("WWW-Authenticate", `Basic realm="GitHub"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		backend.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	p.env["GITHUB_SERVER_URL"] = server.URL
	p.env["GITHUB_API_URL"] = p.github.URL + "/api/v3"
	p.env["ISTHMUS_COMMENT_PAUSE"] = "0"

	p.git(p.dir, "init", "--quiet", "--bare", "--initial-branch=main", p.repository)
	p.git(p.dir, "-C", p.repository, "config", "uploadpack.allowAnySHA1InWant", "true")
	p.git(p.dir, "clone", "--quiet", p.repository, p.work)
	if err := os.CopyFS(p.work, os.DirFS("testdata/pair")); err != nil {
		t.Fatal(err)
	}
	p.isthmus("render")
	p.commit("Begin")
	p.git(p.work, "push", "--quiet", "origin", "HEAD:main")
	return p
}

// git runs it in a folder and gives what it prints.
func (p *pullRequest) git(dir string, args ...string) string {
	p.t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=a", "-c", "user.email=a@b", "-c", "protocol.file.allow=always"}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "HOME="+p.dir, "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null")
	out, err := cmd.CombinedOutput()
	if err != nil {
		p.t.Fatalf("git %q: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func (p *pullRequest) isthmus(args ...string) {
	p.t.Helper()
	cmd := exec.Command(p.inputs["isthmus"], args...)
	cmd.Dir = p.work
	if out, err := cmd.CombinedOutput(); err != nil {
		p.t.Fatalf("isthmus %q: %v\n%s", args, err, out)
	}
}

// edit changes a text in a file of the clone.
func (p *pullRequest) edit(name, before, after string) {
	p.t.Helper()
	path := filepath.Join(p.work, name)
	text, err := os.ReadFile(path)
	if err != nil {
		p.t.Fatal(err)
	}
	if !strings.Contains(string(text), before) {
		p.t.Fatalf("%s does not hold %q", name, before)
	}
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(string(text), before, after)), 0o644); err != nil {
		p.t.Fatal(err)
	}
}

func (p *pullRequest) commit(subject string) string {
	p.t.Helper()
	p.git(p.work, "add", "--all")
	p.git(p.work, "commit", "--quiet", "--allow-empty", "--message", subject)
	return p.git(p.work, "rev-parse", "HEAD")
}

// open commits what was edited as a pull request of that branch name, while main
// moves on, and checks GitHub's merge of the two out, as shallow as can be.
func (p *pullRequest) open(branch string) {
	p.t.Helper()
	old := p.git(p.repository, "rev-parse", "main")
	p.git(p.work, "checkout", "--quiet", "-b", branch, old)
	head := p.commit("Change")
	p.git(p.work, "checkout", "--quiet", "--detach", old)
	p.commit("Meanwhile")
	p.git(p.work, "push", "--quiet", "--force", "origin", "HEAD:main")
	p.git(p.work, "merge", "--quiet", "--no-ff", "--message", "Merge", head)
	p.git(p.work, "push", "--quiet", "--force", "origin", "HEAD:refs/pull/7/merge")
	checkout := p.env["GITHUB_WORKSPACE"]
	if err := os.RemoveAll(checkout); err != nil {
		p.t.Fatal(err)
	}
	p.git(p.dir, "init", "--quiet", checkout)
	p.git(checkout, "fetch", "--quiet", "--depth=1", "file://"+p.repository, "refs/pull/7/merge")
	p.git(checkout, "checkout", "--quiet", "FETCH_HEAD")
	p.env["GITHUB_SHA"] = p.git(checkout, "rev-parse", "HEAD")
	p.event = map[string]string{"pull_request.base.sha": old, "pull_request.number": "7"}
}

// review runs the action's steps, and wants this one to fail, or none.
func (p *pullRequest) review(fails string) (steps map[string]result, outputs map[string]string) {
	p.t.Helper()
	a := readAction(p.t)
	steps = map[string]result{}
	value := func(name string) string {
		kind, rest, _ := strings.Cut(name, ".")
		switch {
		case kind == "inputs":
			if given, ok := p.inputs[rest]; ok {
				return given
			}
			return strings.ReplaceAll(a.Inputs[rest].Default, "${{ github.token }}", p.github.token)
		case kind == "steps":
			parts := strings.Split(rest, ".")
			return steps[parts[0]].outputs[parts[2]]
		case strings.HasPrefix(rest, "event."):
			return p.event[strings.TrimPrefix(rest, "event.")]
		}
		p.t.Fatalf("unknown expression %q", name)
		return ""
	}
	holds := func(condition string) bool {
		for part := range strings.SplitSeq(condition, " && ") {
			name, want, equal := strings.Cut(part, " == ")
			if !equal {
				name, want, _ = strings.Cut(part, " != ")
			}
			if part != "" && (value(name) == strings.Trim(want, "'")) != equal {
				return false
			}
		}
		return true
	}
	fill := func(text string) string {
		return expression.ReplaceAllStringFunc(text, func(e string) string { return value(expression.FindStringSubmatch(e)[1]) })
	}
	given := maps.Clone(p.env)
	defer func() { p.env = given }()
	for _, s := range a.Runs.Steps {
		if s.Uses != "" || !holds(s.If) {
			continue
		}
		p.env, p.script = maps.Clone(given), s.ID+".sh"
		for name, text := range s.Env {
			p.env[name] = fill(text)
		}
		status := 0
		if s.ID == fails {
			status = 1
		}
		steps[s.ID] = p.run(status)
		if status != 0 {
			break
		}
	}
	outputs = map[string]string{}
	for name, o := range a.Outputs {
		outputs[name] = fill(o.Value)
	}
	return steps, outputs
}

// Overlays that were not rendered, or edited, and a mesh that is wrong: the
// comment says it, the files are annotated, and then the job fails.
func TestActionFails(t *testing.T) {
	for _, test := range []struct {
		name                    string
		edit                    func(p *pullRequest)
		check, comment, verdict string
		annotation              string
	}{
		{
			"not rendered", func(p *pullRequest) { p.edit("mesh/mesh.yaml", "port: 9080", "port: 9081") },
			"3", "### isthmus: what is committed is not what mesh.yaml says\n\nRun `isthmus render` and commit what it writes.\n\n    overlays/west/services/ns-bookinfo.yaml:20: is not what mesh.yaml says\n", "what is committed is not what mesh.yaml says",
			"::error file=overlays/west/services/ns-bookinfo.yaml,line=20,",
		},
		{
			"edited by hand", func(p *pullRequest) {
				p.edit("overlays/west/services/ns-bookinfo.yaml", "port: 9080", "port: 9081")
			},
			"4", "### isthmus: generated files were edited by hand\n\nMake", "generated files were edited by hand",
			"::error file=overlays/west/services/ns-bookinfo.yaml,line=20,",
		},
		{
			"a hostile mesh", func(p *pullRequest) {
				p.edit("mesh/mesh.yaml", "name: west", `name: "</details>@everyone ##[set-output name=status]0\n::set-output name=status::0"`)
			},
			"1", "### isthmus: the mesh could not be rendered\n\n    isthmus: error: mesh/mesh.yaml:18:13: ", "the mesh could not be rendered",
			"::error file=mesh/mesh.yaml,line=18,col=13,",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newPullRequest(t)
			test.edit(p)
			p.open("change")
			steps, outputs := p.review("verdict")
			if outputs["check"] != test.check {
				t.Errorf("outputs %v", outputs)
			}
			bodies := p.github.bodies(7, p.github.login)
			if len(bodies) != 1 || !strings.Contains(bodies[0], test.comment) {
				t.Fatalf("comments %q", bodies)
			}
			if !strings.HasPrefix(steps["check"].stdout, test.annotation) {
				t.Errorf("log %q", steps["check"].stdout)
			}
			if want := "::error title=isthmus::" + test.verdict + "\n"; steps["verdict"].stdout != want {
				t.Errorf("verdict %q, want %q", steps["verdict"].stdout, want)
			}
			if test.check != "1" {
				return
			}
			for line := range strings.Lines(steps["check"].stdout) {
				if !strings.HasPrefix(line, "::error ") {
					t.Errorf("a line of the log is no annotation: %q", line)
				}
			}
			if commands(steps["check"].stderr) != "" {
				t.Errorf("the log holds commands of a stranger: %s", commands(steps["check"].stderr))
			}
			_, quoted, _ := strings.Cut(bodies[0], test.comment)
			for line := range strings.Lines(strings.TrimSpace(quoted)) {
				if strings.Contains(line, "@everyone") && !strings.HasPrefix("    "+line, "    ") {
					t.Errorf("the comment holds text of a stranger: %q", line)
				}
			}
		})
	}
}

// commands gives the lines that a runner would take as commands, but for those
// that stop it from doing so.
func commands(log string) string {
	var stop string
	var all []string
	for line := range strings.Lines(log) {
		line = strings.TrimSpace(line)
		switch {
		case stop != "":
			if line == "::"+stop+"::" {
				stop = ""
			}
		case strings.HasPrefix(line, "::stop-commands::"):
			stop = strings.TrimPrefix(line, "::stop-commands::")
		case strings.HasPrefix(line, "::") || strings.Contains(line, "##["):
			all = append(all, line)
		}
	}
	return strings.Join(all, "\n")
}

// What a change is compared with: the revision that was asked for, what the
// pull request is merged into, or the commit before a push.
func TestActionBase(t *testing.T) {
	p := newPullRequest(t)
	p.edit("mesh/mesh.yaml", "port: 9080", "port: 9081")
	p.open("change")
	p.script = "base.sh"
	head, main, old := p.env["GITHUB_SHA"], p.git(p.repository, "rev-parse", "main"), p.event["pull_request.base.sha"]
	for _, test := range []struct {
		name, base, pullBase, before, ref, sha, want string
	}{
		{name: "a merge", pullBase: old, ref: "refs/pull/7/merge", want: main},
		{name: "another checkout", pullBase: old, ref: "refs/pull/7/head", want: old},
		{name: "a merge of its own", pullBase: old, ref: "refs/pull/7/merge", sha: main, want: old},
		{name: "asked for", base: old, pullBase: main, before: head, ref: "refs/pull/7/merge", want: old},
		{name: "a branch", base: "main", ref: "refs/pull/7/merge", want: main},
		{name: "what is there", base: "HEAD", ref: "refs/pull/7/merge", want: head},
		{name: "a push", before: old, ref: "refs/heads/main", want: old},
		{name: "a new branch", before: strings.Repeat("0", 40), ref: "refs/heads/main"},
		{name: "by hand", ref: "refs/heads/main"},
	} {
		t.Run(test.name, func(t *testing.T) {
			p.t = t
			for name, value := range map[string]string{"BASE": test.base, "PULL_BASE": test.pullBase, "BEFORE": test.before, "GITHUB_REF": test.ref, "GITHUB_SHA": cmp.Or(test.sha, head), "TOKEN": p.github.token} {
				p.env[name] = value
			}
			if got := p.run(0).outputs["revision"]; got != test.want {
				t.Errorf("compared with %q, want %q", got, test.want)
			}
		})
	}
	p.t = t
	for base, status := range map[string]int{"--upload-pack=touch owned": 1, "main:mesh": 1, "+main": 1, "none": 128} {
		p.env["BASE"] = base
		p.run(status)
	}
	// A checkout that kept its credentials sends them once all the same.
	p.env["BASE"] = "main"
	p.open("again")
	p.git(p.env["GITHUB_WORKSPACE"], "config", "http."+p.env["GITHUB_SERVER_URL"]+"/.extraheader", "Authorization: basic b2xk")
	p.env["BASE"] = "main"
	if got, want := p.run(0).outputs["revision"], p.git(p.repository, "rev-parse", "main"); got != want {
		t.Errorf("compared with %q, want %q", got, want)
	}
}

// Without a program one is built; one that is not there is named.
func TestActionInstall(t *testing.T) {
	s := newStep(t, "install.sh")
	s.env["ISTHMUS"] = filepath.Join(s.dir, "none")
	if got := s.run(1); !strings.HasPrefix(got.stdout, "::error title=isthmus::isthmus: there is no program ") {
		t.Errorf("log %q", got.stdout)
	}
	if testing.Short() {
		t.Skip("it builds isthmus")
	}
	s.env["ISTHMUS"] = ""
	for _, name := range []string{"GOPATH", "GOCACHE", "GOMODCACHE", "GOPROXY", "GOFLAGS", "GOSUMDB"} {
		out, err := exec.Command("go", "env", name).Output()
		if err != nil {
			t.Fatal(err)
		}
		s.env[name] = strings.TrimSpace(string(out))
	}
	got := s.run(0)
	if out, err := exec.Command(got.outputs["isthmus"], "version").CombinedOutput(); err != nil || !strings.HasPrefix(string(out), "isthmus ") {
		t.Errorf("%v: %s", err, out)
	}
	if info, err := os.Stat(filepath.Join(got.outputs["work"], "sections")); err != nil || !info.IsDir() {
		t.Error(err)
	}
}
