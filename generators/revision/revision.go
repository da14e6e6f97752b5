// Package revision reads folders of a Git revision, without a checkout, through
// the user's own git. It knows which questions to ask and what the answers mean;
// who calls it runs the program.
//
// Nothing that it asks makes git run a hook, a filter or a program that the
// repository's configuration names, nor fetch anything: trees are listed and
// blobs are read by their hash.
package revision

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/diag"
)

// A Git answers questions about the repository of a folder.
type Git interface {
	// Run gives what git prints. The error is a *Refusal where git fails.
	Run(folder string, args ...string) ([]byte, error)
	// Blob gives the content of a blob of the folder's repository, fs.ErrNotExist
	// where this clone does not have it.
	Blob(folder, hash string) ([]byte, error)
}

// A Refusal is what git says when it fails.
type Refusal struct {
	Said string // the last line of its standard error
}

// Error gives git's own words.
func (r *Refusal) Error() string { return fmt.Sprintf("git says %q", r.Said) }

// A Commit is one revision of a repository.
type Commit struct {
	Name string // as the user calls it
	Hash string

	git    Git
	folder string // any of the repository's, on disk
	prefix string // of that folder in the repository, with a slash at its end; "" for its root
}

// Find looks a revision up in the repository of a folder.
func Find(git Git, folder, name string) (*Commit, error) {
	prefix, err := git.Run(folder, "rev-parse", "--show-prefix")
	var refused *Refusal
	if errors.As(err, &refused) {
		return nil, &diag.Problem{What: "the mesh does not lie in a repository that git reads", Why: refused.Error(), Fix: "run isthmus diff in a clone of it"}
	}
	if err != nil {
		return nil, err
	}
	hash, err := git.Run(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", name+"^{commit}")
	if errors.As(err, &refused) {
		return nil, &diag.Problem{What: fmt.Sprintf("there is no revision %q in this clone", name), Fix: "name another, or fetch it: a shallow clone has its last commits alone"}
	}
	if err != nil {
		return nil, err
	}
	return &Commit{Name: name, Hash: text(hash), git: git, folder: folder, prefix: text(prefix)}, nil
}

// MergeBase gives the commit in which two revisions were last the same.
func MergeBase(a, b *Commit) (*Commit, error) {
	hash, err := a.git.Run(a.folder, "merge-base", a.Hash, b.Hash)
	var refused *Refusal
	if errors.As(err, &refused) {
		return nil, &diag.Problem{What: fmt.Sprintf("%q and %q have no commit in common in this clone", a.Name, b.Name), Fix: "fetch their history: git fetch --unshallow"}
	}
	if err != nil {
		return nil, err
	}
	return &Commit{Name: a.Name, Hash: text(hash), git: a.git, folder: a.folder, prefix: a.prefix}, nil
}

// DefaultBranch gives the branch that changes are merged into: that of the
// remote origin, else main or master.
func DefaultBranch(git Git, folder string) (*Commit, error) {
	var names []string
	if name, err := git.Run(folder, "symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD"); err == nil {
		names = append(names, text(name))
	}
	for _, name := range append(names, "origin/main", "origin/master", "main", "master") {
		if c, err := Find(git, folder, name); err == nil {
			return c, nil
		}
	}
	return nil, &diag.Problem{What: "there is no origin/HEAD, no main and no master in this clone", Fix: "say with --base what to compare with"}
}

func text(out []byte) string { return strings.TrimRight(string(out), "\r\n") }

// FS gives a folder as the commit has it, named from the folder that the commit
// was found by. Where the commit has no such folder, it is empty.
func (c *Commit) FS(folder string) (fs.FS, error) {
	at := path.Join(c.prefix, folder)
	if strings.HasPrefix(at, "..") {
		return nil, fmt.Errorf("%s lies outside the repository", folder)
	}
	files := &files{git: c.git, entries: map[string]*entry{".": {mode: fs.ModeDir}}}
	if err := files.list(c.folder, c.Hash, strings.Trim(at, "/."), ".", path.Join(c.folder, folder)); err != nil {
		return nil, err
	}
	return files, nil
}

// list adds what lies below a folder of a tree; to is where it goes, disk where
// the same folder lies on disk.
func (f *files) list(repository, tree, at, to, disk string) error {
	if at != "" && at != "." {
		tree += ":" + at
		if _, err := f.git.Run(repository, "rev-parse", "--verify", "--quiet", "--end-of-options", tree); err != nil {
			var refused *Refusal
			if errors.As(err, &refused) {
				return nil
			}
			return err
		}
	}
	out, err := f.git.Run(repository, "ls-tree", "-r", "-z", "--full-tree", tree)
	if err != nil {
		return err
	}
	for line := range bytes.SplitSeq(out, []byte{0}) {
		// <mode> <type> <hash>\t<path>
		head, name, found := strings.Cut(string(line), "\t")
		words := strings.Fields(head)
		if !found || len(words) != 3 || !fs.ValidPath(name) {
			continue // no name that any file of a mesh can have
		}
		at := path.Join(to, name)
		e := &entry{folder: repository, hash: words[2]}
		switch words[0] {
		case "120000":
			e.mode = fs.ModeSymlink
		case "160000":
			if err := f.submodule(e.hash, at, path.Join(disk, name)); err != nil {
				return err
			}
			continue
		}
		f.add(at, e)
	}
	return nil
}

// submodule lists the commit of a submodule from its own repository, which is
// there where it was checked out.
func (f *files) submodule(hash, at, disk string) error {
	top, err := f.git.Run(disk, "rev-parse", "--show-prefix")
	if err == nil && text(top) == "" {
		if _, err = f.git.Run(disk, "rev-parse", "--verify", "--quiet", "--end-of-options", hash+"^{commit}"); err == nil {
			return f.list(disk, hash, "", at, disk)
		}
	}
	f.add(at, &entry{missing: "is a submodule whose commit is not here: run git submodule update --init"})
	return nil
}
