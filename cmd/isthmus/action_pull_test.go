package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The action reads a shallow checkout of a pull request whose branch has a name
// that is a script, compares with what the pull request is merged into, and
// leaves the token nowhere.
func TestActionOnPullRequest(t *testing.T) {
	p := newPullRequest(t)
	arguments := p.spy("git")
	p.edit("mesh/mesh.yaml", "port: 9080", "port: 9081")
	p.isthmus("render")
	p.open("$(touch${IFS}owned)`id`;#")
	steps, outputs := p.review("")
	if want := p.git(p.repository, "rev-parse", "main"); steps["base"].outputs["revision"] != want {
		t.Errorf("compared with %s, want %s", steps["base"].outputs["revision"], want)
	}
	if p.fetched == 0 {
		t.Error("the shallow checkout held the base")
	}
	config, err := os.ReadFile(filepath.Join(p.env["GITHUB_WORKSPACE"], ".git/config"))
	if err != nil {
		t.Fatal(err)
	}
	said := string(config) + arguments()
	for _, s := range steps {
		said += s.stdout + s.stderr
	}
	if strings.Contains(said, p.github.token) || strings.Contains(said, "eC1hY2Nlc3MtdG9rZW4") {
		t.Errorf("the token is told:\n%s", said)
	}
	if outputs["check"] != "0" || outputs["changed"] != "true" || outputs["parts"] != "1" || !strings.HasSuffix(outputs["comment"], "#issuecomment-1") {
		t.Errorf("outputs %v", outputs)
	}
	bodies := p.github.bodies(7, p.github.login)
	if len(bodies) != 1 {
		t.Fatalf("comments %q", bodies)
	}
	for _, want := range []string{
		"<!-- isthmus mesh.yaml part=1 -->\n### isthmus: 1 object (1 changed) in 1 of 2 clusters",
		"\n| 🟠 medium | a port of a Service is gone: `Service/bookinfo/reviews: spec.ports[http].port: 9080 → 9081` | IST922 | west |\n",
		", overlays as committed` → `the working tree`\n",
		"\n- spec.ports[http].port: 9080\n+ spec.ports[http].port: 9081\n",
		"\n<details><summary>The mesh</summary>\n\n```mermaid\n",
	} {
		if !strings.Contains(bodies[0], want) {
			t.Errorf("the comment does not hold %q:\n%s", want, bodies[0])
		}
	}
	// A second run, and then one of a change that changes nothing.
	p.review("")
	if again := p.github.bodies(7, p.github.login); !slices.Equal(bodies, again) {
		t.Errorf("comments %q, then %q", bodies, again)
	}
	// A risk that was named fails the job; nothing was drawn where that is asked.
	p.inputs["fail-on"], p.inputs["graph"] = "medium", "false"
	steps, _ = p.review("verdict")
	if want := "::error title=isthmus::the change holds risks that fail-on names\n"; steps["verdict"].stdout != want {
		t.Errorf("verdict %q, want %q", steps["verdict"].stdout, want)
	}
	if bodies := p.github.bodies(7, p.github.login); len(bodies) != 1 || strings.Contains(bodies[0], "mermaid") {
		t.Errorf("comments %q", bodies)
	}
	p.inputs["fail-on"] = "high"
	p.review("")
	p.open("nothing")
	if _, outputs := p.review(""); outputs["changed"] != "false" {
		t.Errorf("outputs %v", outputs)
	}
	if bodies := p.github.bodies(7, p.github.login); len(bodies) != 1 || !strings.HasSuffix(bodies[0], "### isthmus: nothing changes in any cluster") {
		t.Errorf("comments %q", bodies)
	}
}
