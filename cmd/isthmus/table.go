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
	stages := stagesOf(p)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "CLUSTER\tROLE\t"+strings.ToUpper(strings.Join(stages, "\t"))+"\tFILES")
	parts := map[string]tree.PartReport{}
	for _, part := range report.Parts {
		parts[part.Name] = part
	}
	for _, c := range p.Clusters {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", c.Name, c.Role, counts(c, stages), files(parts[c.Name]))
	}
	for _, part := range report.Parts {
		if part.Dropped {
			fmt.Fprintf(table, "%s\tdropped\t%s\t%s\n", part.Name, strings.Repeat("\t", len(stages)-1), files(part))
		}
	}
	table.Flush()
	at := "overlays"
	if root != "." {
		at = strings.TrimSuffix(root, "/") + "/overlays"
	}
	fmt.Fprintf(w, "\nThe numbers are objects by stage. Look at %s/<cluster>, or build it: kustomize build %s/%s\n", at, at, p.Clusters[0].Name)
	for _, hint := range hints(p, at) {
		fmt.Fprintln(w, hint)
	}
}

// stagesOf names the columns: the stages that any mesh may have, and those that
// a cluster of this one has, in order, those of Services as one.
func stagesOf(p *plan.Plan) []string {
	var some []string
	for _, name := range []string{plan.StageNamespaces, plan.StageSecrets, plan.StageControlPlane, plan.StageReleases, plan.StageIstioConfig, plan.StageServices, plan.StageRemotes} {
		always := name != plan.StageSecrets && name != plan.StageReleases && name != plan.StageIstioConfig && name != plan.StageRemotes
		if always || slices.ContainsFunc(p.Clusters, func(c plan.Cluster) bool {
			return slices.ContainsFunc(c.Stages, func(s plan.Stage) bool { return column(s) == name })
		}) {
			some = append(some, name)
		}
	}
	return some
}

func column(s plan.Stage) string {
	if strings.HasPrefix(s.Name, plan.StageServices+"-") {
		return plan.StageServices
	}
	return s.Name
}

func counts(c plan.Cluster, stages []string) string {
	objects := make([]int, len(stages))
	for _, stage := range c.Stages {
		for _, f := range stage.Files {
			objects[slices.Index(stages, column(stage))] += f.Objects()
		}
	}
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(objects), " ", "\t"), "[]")
}

// hints says what a person still does with files that nothing in a cluster
// takes: the same for every cluster, as a rule.
func hints(p *plan.Plan, at string) []string {
	var all []string
	for _, c := range p.Clusters {
		for _, stage := range c.Stages {
			for _, f := range stage.Files {
				tool, _, _ := strings.Cut(f.Use, " ")
				hint := fmt.Sprintf("%s/%s is for %s: %s %s/<cluster>/%s/%s", stage.Name, f.Name, tool, f.Use, at, stage.Name, f.Name)
				if !f.Listed && f.Use != "" && !slices.Contains(all, hint) {
					all = append(all, hint)
				}
			}
		}
	}
	return all
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
