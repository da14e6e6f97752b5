package review_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/isthmus-mesh/isthmus/generators/review"
)

// causes gives the cause of each object that changed: the lines of the head.
func causes(c *review.Change) map[string]string {
	all := map[string]string{}
	for _, g := range c.Groups {
		if g.Object.Name == "" {
			continue
		}
		text := g.Cause
		for _, i := range g.Causes {
			text += " " + strings.TrimPrefix(c.Inputs[i].String(), "mesh/mesh.yaml:")
		}
		all[fmt.Sprintf("%s %s", g.Change, g.Object)] = text
	}
	return all
}

// Lines that make no valid mesh without each other are found together, and a
// line that has nothing to do with them is not among them.
func TestCausesTogether(t *testing.T) {
	before := fleet(3, 3, "one")
	after := strings.NewReplacer("name: c1", "name: west", "clusters: [c1]", "clusters: [west]", "name: s2, namespace: n0, labels: {app: s2, v: one}", "name: s2, namespace: n0, labels: {app: s2, v: two}").Replace(before)
	want := map[string]string{
		"changed Service/n0/s1": "lines 12 22", // the cluster's name, and that of the home
		"changed Service/n0/s2": "lines 23",
	}
	if diff := cmp.Diff(want, causes(changeOf(t, before, after))); diff != "" {
		t.Error(diff)
	}
}

// A line that changes nothing that is rendered is no cause.
func TestCausesApart(t *testing.T) {
	before := fleet(2, 1, "one")
	after := strings.Replace(before, "  clusters:\n", "  kubernetesVersion: \"1.33\"\n  clusters:\n", 1)
	after = strings.Replace(after, "v: one", "v: two", 1)
	if diff := cmp.Diff(map[string]string{"changed Service/n0/s0": "lines 18"}, causes(changeOf(t, before, after))); diff != "" {
		t.Error(diff)
	}
}

// A comment brings nothing about.
func TestCauseOfNothing(t *testing.T) {
	before := fleet(2, 1, "one")
	c := changeOf(t, before, before+"# a comment\n")
	if !c.Empty() || len(c.Risks) > 0 || len(c.Inputs) > 0 {
		t.Errorf("%+v", c)
	}
}

// Where there are more changed lines than are tried one by one, the cause of an
// object is among its neighbours, and is said to be.
func TestCausesAmong(t *testing.T) {
	before := fleet(2, 120, "one")
	lines := strings.SplitAfter(before, "\n")
	for i := 16; i < len(lines); i += 2 { // every other Service, so that no two lines are one hunk
		lines[i] = strings.Replace(lines[i], "v: one", "v: two", 1)
	}
	got := causes(changeOf(t, before, strings.Join(lines, "")))
	for object, cause := range got {
		words := strings.Fields(cause)
		if words[0] == "among" != (len(words) > 2) {
			t.Errorf("%s: %s", object, cause)
		}
	}
	if want := "among 17 19"; got["changed Service/n0/s0"] != want {
		t.Errorf("s0: %q, want %q", got["changed Service/n0/s0"], want)
	}
}

// What a cluster that joins has is there because of its own lines, though others
// shape it.
func TestCausesOfWhatComes(t *testing.T) {
	before := fleet(2, 1, "one")
	after := strings.Replace(fleet(3, 1, "one"), "1.30.3", "1.30.2", 1)
	for object, cause := range causes(changeOf(t, before, after)) {
		if strings.HasPrefix(object, "added ") && strings.Contains(cause, " 5") {
			t.Errorf("%s: %s", object, cause)
		}
	}
}
