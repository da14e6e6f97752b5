package tree

import (
	"fmt"
	"path"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/diag"
)

const (
	overlays   = "overlays"
	clusters   = "clusters"
	ledgerName = ".isthmus.lock"
	pathLimit  = 200 // bytes: what every filesystem and archive format can hold below a root of some length
)

// LedgerPath gives where the ledger of a part lies.
func LedgerPath(part string) string {
	return overlays + "/" + part + "/" + ledgerName
}

// badPart says why no part can have the name, "" where one can.
func badPart(name string) string {
	if strings.ContainsAny(name, "/ ") {
		return "it is the name of one folder, without spaces"
	}
	return badPath(LedgerPath(name))
}

// badFile says why the part cannot own a file of that path, "" where it can.
// Ledgers and journals are held to it as well, so that a forged one reaches no
// further than a rendered tree.
func badFile(part, p string) string {
	if why := badPath(p); why != "" {
		return why
	}
	if path.Base(p) == ledgerName {
		return "it is the name of a ledger"
	}
	if strings.HasPrefix(p, overlays+"/"+part+"/") {
		return ""
	}
	// Beside it lies what is others': flux-system, above all.
	dir, name := path.Split(p)
	own := dir == clusters+"/"+part+"/" && name == "isthmus.yaml"
	elsewhere := path.Dir(path.Clean(dir)) == clusters && name == "isthmus-"+part+".yaml"
	if !own && !elsewhere {
		return fmt.Sprintf("it is neither under %s/%s/ nor that cluster's isthmus.yaml under %s/", overlays, part, clusters)
	}
	return ""
}

// badPath says why p is not a path that every system keeps as it is, "" where
// it is one.
func badPath(p string) string {
	switch {
	case p == "":
		return "it is empty"
	case len(p) > pathLimit:
		return fmt.Sprintf("it is longer than %d bytes", pathLimit)
	case strings.HasPrefix(p, "/"):
		return "it is absolute"
	}
	for _, c := range p {
		// Letters beyond ASCII have several spellings, of which macOS keeps one.
		if c < ' ' || c > '~' || strings.ContainsRune(`\:*?"<>|`, c) {
			return fmt.Sprintf("it holds the character %q", c)
		}
	}
	for name := range strings.SplitSeq(p, "/") {
		switch {
		case name == "" || name == ".":
			return "it is not in its shortest form"
		case name == "..":
			return "it leaves its folder"
		case strings.EqualFold(name, ".git") || strings.EqualFold(name, "git~1"):
			return "it lies in a repository of Git"
		case strings.Trim(name, " ") != name || strings.HasSuffix(name, "."):
			// Windows drops them.
			return "a name in it begins or ends with a space, or ends with a dot"
		}
	}
	return ""
}

// collisions finds the paths that cannot be on one disk together: the same path
// twice, two that differ in case alone, a file that is a folder of another.
func collisions(files []file) diag.Problems {
	var problems diag.Problems
	type owner struct {
		path   string
		folder bool
	}
	seen := make(map[string]owner, len(files))
	clash := func(a, b string) {
		what := fmt.Sprintf("%q and %q cannot lie in one tree", a, b)
		if a == b {
			what = fmt.Sprintf("%q is rendered twice", a)
		}
		problems = append(problems, &diag.Problem{What: what})
	}
	for _, f := range files {
		key := strings.ToLower(f.Path)
		if before, ok := seen[key]; ok {
			clash(before.path, f.Path)
			continue
		}
		seen[key] = owner{f.Path, false}
		for dir := path.Dir(f.Path); dir != "." && dir != "/"; dir = path.Dir(dir) {
			key := strings.ToLower(dir)
			before, ok := seen[key]
			if ok && before.folder && before.path == dir {
				break // and so are the folders above it
			}
			if ok {
				clash(before.path, f.Path)
				break
			}
			seen[key] = owner{dir, true}
		}
	}
	return problems
}
