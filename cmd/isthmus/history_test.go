package main

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/isthmus-mesh/isthmus/generators/review"
)

// historical makes what the scripts of diff need: a Git without the user's own
// configuration, whose commits have the same time everywhere, and the texts that
// are too long for a line.
func historical(e *testscript.Env) {
	e.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	e.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	for _, who := range []string{"AUTHOR", "COMMITTER"} {
		e.Setenv("GIT_"+who+"_NAME", "A person")
		e.Setenv("GIT_"+who+"_EMAIL", "person@example.com")
		e.Setenv("GIT_"+who+"_DATE", "2026-01-02T03:04:05Z")
	}
	e.Setenv("CART", "---\napiVersion: v1\nkind: Service\nmetadata: {name: cart}\nspec: {selector: {app: cart}, ports: [{name: grpc, port: 7070}]}\n# more")
	e.Setenv("NORTH", "    - name: north\n      apiServer: https://10.4.0.10:6443\n      podCIDRs: [10.40.0.0/16]\n      serviceCIDRs: [10.140.0.0/16]\n    # joined")
	e.Setenv("NOTE", "      annotations: {note: \""+strings.Repeat("word ", 220)+"\"}\n      ports:")
	e.Setenv("ENTRY", "  services:\n    - {file: services/cart.yaml, namespace: shop, clusters: [east]}")
	e.Setenv("SOUTH", "    - name: south\n      apiServer: https://10.3.0.10:6443\n      podCIDRs: [10.30.0.0/16]\n      serviceCIDRs: [10.130.0.0/16]\n      state: leaving\n")
}

// commit [--by-hand | <flag of render>...] <subject> renders and commits all.
func commit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: commit [--by-hand | <flag of render>...] <subject>")
	}
	flags, subject := args[:len(args)-1], args[len(args)-1]
	if !slices.Contains(flags, "--by-hand") {
		ts.Check(ts.Exec("isthmus", append([]string{"render"}, flags...)...))
	}
	ts.Check(ts.Exec("git", "add", "-A"))
	ts.Check(ts.Exec("git", "commit", "-q", "-m", subject))
}

// forms are the formats of diff, and the ends of their golden files.
var forms = map[string]string{"text": "txt", "markdown": "md", "json": "json", "sarif": "sarif", "html": "html"}

var hash = regexp.MustCompile(`\b[0-9a-f]{40}\b|\([0-9a-f]{7}\)`)

// review [--committed] <name> compares the last commit with the one before, in
// every format with testdata/history/<name>.*, and the files that are named with
// those that Git names.
func reviewLast(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: review [--committed] <name>")
	}
	flags, name := args[:len(args)-1], args[len(args)-1]
	for _, form := range slices.Sorted(maps.Keys(forms)) {
		ts.Check(ts.Exec("isthmus", append([]string{"diff", "--base", "HEAD~1", "--head", "HEAD", "-o", form}, flags...)...))
		got := hash.ReplaceAllStringFunc(ts.ReadFile("stdout"), func(found string) string {
			if len(found) == 40 {
				return strings.Repeat("0", 40)
			}
			return "(0000000)"
		})
		golden(ts, filepath.Join("cmd/isthmus/testdata/history", name+"."+forms[form]), got)
		if form == "json" {
			sameFiles(ts, []byte(ts.ReadFile("stdout")))
		}
	}
}

// golden compares with a file of the repository.
func golden(ts *testscript.TestScript, name, got string) {
	file := filepath.Join(ts.Getenv("REPOSITORY"), name)
	if *update {
		ts.Check(os.MkdirAll(filepath.Dir(file), 0o755))
		ts.Check(os.WriteFile(file, []byte(got), 0o644))
		return
	}
	want, err := os.ReadFile(file)
	ts.Check(err)
	if diff := cmp.Diff(string(want), got); diff != "" {
		ts.Fatalf("%s (-want +got); if the change is meant, run make golden:\n%s", name, diff)
	}
}

// sameFiles compares the files that diff names with those that Git names.
func sameFiles(ts *testscript.TestScript, data []byte) {
	var change review.Change
	ts.Check(json.Unmarshal(data, &change))
	var got []string
	for _, f := range change.Changed {
		got = append(got, f.Path)
	}
	ts.Check(ts.Exec("git", "diff", "--no-renames", "--name-only", "HEAD~1", "HEAD", "--", "overlays", "clusters"))
	want := strings.Fields(ts.ReadFile("stdout"))
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		ts.Fatalf("files that changed (-git +isthmus):\n%s", diff)
	}
	if n := change.Files.All(); n != len(want) {
		ts.Fatalf("%d files counted, %d named", n, len(want))
	}
	objects := 0
	for _, g := range change.Groups {
		objects += len(g.Clusters)
	}
	if objects != change.Objects.All() {
		ts.Fatalf("%d objects counted, %d in groups", change.Objects.All(), objects)
	}
}
