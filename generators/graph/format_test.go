package graph_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/isthmus-mesh/isthmus/generators/graph"
)

// large are meshes that no picture has room for.
func large(t testing.TB) map[string]*graph.Graph {
	long := strings.Repeat("n", 50)
	return map[string]*graph.Graph{
		"many": graph.Of(load(t, sketch{clusters: 200, planes: 1, own: true}.yaml())),
		"many control planes": graph.Of(load(t, sketch{clusters: 900, planes: 300, edit: func(text string) string {
			return regexp.MustCompile(`(eu|us|ap)-(\d+)`).ReplaceAllString(text, long+"-$1-$2")
		}}.yaml())),
		"all change": graph.Between(load(t, sketch{clusters: 300, planes: 300}.yaml()), load(t, sketch{clusters: 300, planes: 1, own: true}.yaml())),
	}
}

// Whatever the size of the mesh, a picture stays within what Mermaid takes, and
// counts every cluster.
func TestLimits(t *testing.T) {
	all := drawings(t)
	for name, g := range large(t) {
		all[name] = g
	}
	for name, g := range all {
		text := string(g.Mermaid())
		if len(text) > 50_000 {
			t.Errorf("%s: %d characters are more than Mermaid takes", name, len(text))
		}
		if edges := len(edge.FindAllString(text, -1)); edges > 500 {
			t.Errorf("%s: %d edges are more than Mermaid takes", name, edges)
		}
		graph.Hold(t, g.SVG())
	}
	for name, want := range map[string]int{"fifty": 50, "fifty-own": 50, "many": 200, "many control planes": 900, "all change": 300, "change-three": 4} {
		if got := all[name].Clusters(); got != want {
			t.Errorf("%s shows %d clusters, want %d", name, got, want)
		}
	}
}

// The grammar of what is written, which is a part of that of Mermaid
// (mermaid-js/mermaid, packages/mermaid/src/diagrams/flowchart/parser/flow.jison).
const (
	quoted = `"(?:[A-Za-z0-9 ,.:()/→…'-]|#[0-9]+;|<br/>)+"`
	id     = `(?:p\d+(?:r\d+)?|every)`
	color  = `stroke:#[0-9a-f]{6},stroke-width:3px(?:,stroke-dasharray:[0-9 ]+)?`
)

var (
	edge     = regexp.MustCompile(`(?m)^  ` + id + ` (?:-->|-\.->|<-\.->)(?:\|` + quoted + `\|)? ` + id + `$`)
	sentence = []*regexp.Regexp{
		edge,
		regexp.MustCompile(`^  acc(?:Title|Descr): [A-Za-z0-9 ,.:-]+$`),
		regexp.MustCompile(`^  subgraph mesh\[` + quoted + `\]$`),
		regexp.MustCompile(`^    ` + id + `\[` + quoted + `\]$`),
		regexp.MustCompile(`^  every\(\[` + quoted + `\]\)$`),
		regexp.MustCompile(`^  key\[` + quoted + `\]$`),
		regexp.MustCompile(`^  end$`),
		regexp.MustCompile(`^  classDef (?:added|removed|changed) ` + color + `$`),
		regexp.MustCompile(`^  class ` + id + `(?:,` + id + `)* (?:added|removed|changed)$`),
		regexp.MustCompile(`^  linkStyle \d+(?:,\d+)* ` + color + `$`),
	}
)

func TestMermaid(t *testing.T) {
	all := drawings(t)
	for name, g := range large(t) {
		all[name] = g
	}
	for name, g := range all {
		lines := strings.Split(strings.TrimSuffix(string(g.Mermaid()), "\n"), "\n")
		if lines[0] != "flowchart TB" {
			t.Errorf("%s starts with %q", name, lines[0])
		}
		declared, edges := map[string]bool{"every": true}, 0
		for _, l := range lines[1:] {
			known := false
			for _, s := range sentence {
				known = known || s.MatchString(l)
			}
			if !known {
				t.Errorf("%s: Mermaid may not read %q", name, l)
			}
			if node, _, is := strings.Cut(strings.TrimPrefix(l, "    "), `["`); is {
				declared[node] = true
			}
			if edge.MatchString(l) {
				edges++
				words := strings.Fields(l)
				if !declared[words[0]] || !declared[words[len(words)-1]] {
					t.Errorf("%s: %q joins what is not there", name, l)
				}
			}
			if numbers, is := strings.CutPrefix(l, "  linkStyle "); is {
				list, _, _ := strings.Cut(numbers, " ")
				for number := range strings.SplitSeq(list, ",") {
					var n int
					if _, err := fmt.Sscan(number, &n); err != nil || n >= countEdges(lines) {
						t.Errorf("%s: %q marks an edge that is not there", name, l)
					}
				}
			}
		}
	}
}

func countEdges(lines []string) int {
	n := 0
	for _, l := range lines {
		if edge.MatchString(l) {
			n++
		}
	}
	return n
}

// Text of people never becomes syntax.
func TestEscape(t *testing.T) {
	for text, want := range map[string]string{
		`a"b`:               `a#34;b`,
		"end":               "end",
		"`**md**`":          "#96;#42;#42;md#42;#42;#96;",
		"<img src=x>":       "#60;img src#61;x#62;",
		"a;b#c&d":           "a#59;b#35;c#38;d",
		"- list":            "#45; list",
		"+ list":            "#43; list",
		"x-y_z":             "x-y#95;z",
		"line\nbreak":       "line#10;break",
		"ünï → …":           "#252;n#239; → …",
		"%%{init: {}}%%":    "#37;#37;#123;init: #123;#125;#125;#37;#37;",
		"https://1.2.3.4:1": "https://1.2.3.4:1",
	} {
		if got := graph.Escape(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

// Hostile text is text in each format. A mesh cannot have it today, because names
// and labels are checked.
func TestHostile(t *testing.T) {
	hostile := "\"]; x --> y</title><script>alert(1)</script>\\\" \x01 \n end \\l"
	g := &graph.Graph{Title: hostile, Facts: []graph.Line{{Text: hostile}}, Planes: []graph.Plane{{
		Node:    graph.Node{Names: []string{hostile}, Lines: []graph.Line{{Text: hostile}}},
		Remotes: []graph.Node{{Names: []string{hostile, hostile}, Lines: []graph.Line{{Text: hostile}}}},
	}}}
	for format, data := range formats(g) {
		if bytes.Contains(data, []byte("<script")) && format != "dot" {
			t.Errorf("%s holds a script:\n%s", format, data)
		}
	}
	if got := len(edge.FindAll(g.Mermaid(), -1)); got != 2 {
		t.Errorf("%d edges, want 2:\n%s", got, g.Mermaid())
	}
	graph.Hold(t, g.SVG())
	readByGraphviz(t, "hostile", g.DOT(), 3)
}

// Graphviz reads what is written, and finds as many nodes as there are.
func TestDOT(t *testing.T) {
	for name, g := range drawings(t) {
		nodes := 1 // the legend
		for _, p := range g.Planes {
			nodes += 1 + len(p.Remotes)
		}
		if len(g.Planes) > 2 {
			nodes++ // every other cluster
		}
		readByGraphviz(t, name, g.DOT(), nodes)
	}
}

func readByGraphviz(t *testing.T, name string, data []byte, nodes int) {
	t.Helper()
	dot, err := exec.LookPath("dot")
	if err != nil {
		if os.Getenv("REQUIRE_GRAPHVIZ") == "1" {
			t.Fatal("REQUIRE_GRAPHVIZ=1, and dot is not on PATH: install graphviz")
		}
		t.Skip("Graphviz is not installed")
	}
	cmd := exec.Command(dot, "-Tplain")
	cmd.Stdin = bytes.NewReader(data)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil || stderr.Len() > 0 {
		t.Fatalf("%s: dot: %v\n%s\n%s", name, err, stderr.String(), data)
	}
	got := bytes.Count(out, []byte("\nnode "))
	if got != nodes {
		t.Errorf("%s: Graphviz finds %d nodes, want %d:\n%s", name, got, nodes, data)
	}
}
