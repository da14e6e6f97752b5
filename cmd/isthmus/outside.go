package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/diag"
)

// outside refuses a private file or folder in a repository: in the working tree
// of the mesh, whatever name that has there, in its main checkout or a worktree,
// or in any other. Root is the root of the mesh, What names what would be found.
func outside(root, name, what string) error {
	full, err := filepath.Abs(name)
	if err != nil {
		return err
	}
	own := trunk(resolved(root))
	for at := resolved(full); ; at = filepath.Dir(at) {
		info, err := os.Stat(at)
		// One folder may have two names: as a bind mount, or where case counts not.
		same := err == nil && slices.ContainsFunc(own, func(folder fs.FileInfo) bool { return os.SameFile(folder, info) })
		if same || isCheckout(at) {
			return &diag.Problem{
				Pos: diag.Position{File: name}, What: fmt.Sprintf("lies in a repository (%s)", at),
				Why: "sooner or later it would be committed", Fix: "keep " + what + " elsewhere",
			}
		}
		if at == filepath.Dir(at) {
			return nil
		}
	}
}

// trunk gives a folder and those above it, up to the outermost checkout of Git
// that it lies in.
func trunk(folder string) []fs.FileInfo {
	var all []fs.FileInfo
	top := 1
	for at := folder; ; at = filepath.Dir(at) {
		if info, err := os.Stat(at); err == nil {
			all = append(all, info)
		}
		if isCheckout(at) {
			top = len(all)
		}
		if at == filepath.Dir(at) {
			return all[:min(top, len(all))]
		}
	}
}

// repository gives the working tree of Git that a folder is in, "" where there is
// none.
func repository(folder string) string {
	for !isCheckout(folder) {
		parent := filepath.Dir(folder)
		if parent == folder {
			return ""
		}
		folder = parent
	}
	return folder
}

// isCheckout says whether a folder is the top of a working tree: its .git is a
// folder or, in a worktree and a submodule, a file.
func isCheckout(folder string) bool {
	_, err := os.Lstat(filepath.Join(folder, ".git"))
	return err == nil
}

// within says whether a path lies below a folder, links followed.
func within(folder, name string) bool {
	rel, err := filepath.Rel(resolved(folder), resolved(name))
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}
