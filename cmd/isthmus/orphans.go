package main

import (
	"cmp"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/delivery"
	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/tree"
)

// orphans finds what isthmus has rendered and can no longer take away, because
// the ledger that listed it is gone and mesh.yaml does not ask for it: overlays,
// by their kustomization, and what makes an engine sync them. A report of some
// clusters only says nothing of the others.
func orphans(root *os.Root, report *tree.Report, partial bool) ([]finding, error) {
	if partial {
		return nil, nil
	}
	known := map[string]bool{}
	for _, f := range report.Files {
		known[f.Path] = true
	}
	var all []finding
	for _, at := range []string{"overlays/*/kustomization.yaml", "clusters/*/isthmus.yaml", "clusters/*/isthmus-*.yaml"} {
		files, err := fs.Glob(root.FS(), at)
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			if known[file] {
				continue
			}
			is, err := generated(root, file)
			if err != nil {
				return nil, err
			}
			if is {
				all = append(all, finding{Cluster: clusterOf(file), File: file, State: "orphan", What: "was rendered by isthmus, and neither mesh.yaml nor a ledger has it now"})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b finding) int { return cmp.Compare(a.Cluster, b.Cluster) })
	return all, nil
}

// clusterOf gives the cluster whose file it is: a hub has those of others.
func clusterOf(file string) string {
	if name, is := strings.CutPrefix(path.Base(file), "isthmus-"); is {
		return strings.TrimSuffix(name, ".yaml")
	}
	return path.Base(path.Dir(file))
}

// generated reads as much of a file as says whether isthmus has rendered it.
func generated(root *os.Root, file string) (bool, error) {
	f, err := root.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil // a link that leads nowhere
	}
	if err != nil {
		return false, err
	}
	defer f.Close()
	start, err := io.ReadAll(io.LimitReader(f, 1<<10))
	return delivery.Generated(start), err
}

// orphaned words orphans as warnings.
func orphaned(found []finding) diag.Problems {
	var all diag.Problems
	for _, f := range found {
		all = append(all, &diag.Problem{
			Severity: diag.Warning, Pos: diag.Position{File: f.File},
			What: f.What, Why: "isthmus deletes only what a ledger lists, and whoever syncs the file goes on", Fix: f.fix(),
		})
	}
	return all
}
