package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/isthmus-mesh/isthmus/generators/plan"
	"github.com/isthmus-mesh/isthmus/generators/tree"
)

// rendered prints what a render did: a line a cluster, and where to look.
func rendered(w io.Writer, p *plan.Plan, report *tree.Report, root string) {
	stages := []string{plan.StageNamespaces, plan.StageControlPlane, plan.StageServices}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "CLUSTER\tROLE\t"+strings.ToUpper(strings.Join(stages, "\t"))+"\tFILES")
	parts := map[string]tree.PartReport{}
	for _, part := range report.Parts {
		parts[part.Name] = part
	}
	profiles := false
	for _, c := range p.Clusters {
		objects := make([]int, len(stages))
		for _, stage := range c.Stages {
			i := slices.IndexFunc(stages, func(name string) bool { return stage.Name == name || strings.HasPrefix(stage.Name, name+"-") })
			for _, f := range stage.Files {
				objects[i] += f.Objects()
				profiles = profiles || !f.Listed
			}
		}
		fmt.Fprintf(table, "%s\t%s\t%d\t%d\t%d\t%s\n", c.Name, c.Role, objects[0], objects[1], objects[2], files(parts[c.Name]))
	}
	for _, part := range report.Parts {
		if part.Dropped {
			fmt.Fprintf(table, "%s\tdropped\t\t\t\t%s\n", part.Name, files(part))
		}
	}
	table.Flush()
	at := "overlays"
	if root != "." {
		at = strings.TrimSuffix(root, "/") + "/overlays"
	}
	fmt.Fprintf(w, "\nThe numbers are objects by stage. Look at %s/<cluster>, or build it: kustomize build %s/%s\n", at, at, p.Clusters[0].Name)
	if profiles {
		fmt.Fprintf(w, "control-plane/profile.yaml is for istioctl: istioctl manifest apply -f %s/<cluster>/control-plane/profile.yaml\n", at)
	}
}

// files says in words what became of a cluster's files.
func files(part tree.PartReport) string {
	var words []string
	for _, count := range []struct {
		n    int
		word string
	}{
		{part.Created + part.Changed + part.Edited, "written"},
		{part.Stale, "removed"},
		{part.Unchanged, "unchanged"},
	} {
		if count.n > 0 {
			words = append(words, fmt.Sprintf("%d %s", count.n, count.word))
		}
	}
	if len(words) == 0 {
		return "none"
	}
	return strings.Join(words, ", ")
}

// count gives a number of things in words.
func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
