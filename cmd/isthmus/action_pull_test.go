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
	if len(bodies) != 1 || !strings.Contains(bodies[0], "boutique/cart") && !strings.Contains(bodies[0], "bookinfo") {
		t.Errorf("comments %q", bodies)
	}
	// A second run, and then one of a change that changes nothing.
	p.review("")
	if again := p.github.bodies(7, p.github.login); !slices.Equal(bodies, again) {
		t.Errorf("comments %q, then %q", bodies, again)
	}
	p.open("nothing")
	if _, outputs := p.review(""); outputs["changed"] != "false" {
		t.Errorf("outputs %v", outputs)
	}
	if bodies := p.github.bodies(7, p.github.login); len(bodies) != 1 || !strings.HasSuffix(bodies[0], "### isthmus: nothing changes in any cluster") {
		t.Errorf("comments %q", bodies)
	}
}
