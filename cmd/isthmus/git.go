package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/revision"
)

// blobLimit bounds a file of a revision, in bytes: what is larger is no input of
// a mesh, nor rendered.
const blobLimit = 64 << 20

// A git answers for package revision by the user's own git. It keeps one
// cat-file running for each repository until it is closed.
type git struct {
	readers map[string]*blobReader
}

// Close ends the programs that are running.
func (g *git) Close() {
	for _, r := range g.readers {
		r.in.Close()
		r.cmd.Wait()
	}
	g.readers = nil
}

// command gives a git that runs nothing that the repository names, and fetches
// nothing: not even what a partial clone lacks.
func (g *git) command(ctx context.Context, folder string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "git", append([]string{
		"--no-pager", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=" + os.DevNull, "-c", "protocol.allow=never", "-c", "safe.bareRepository=explicit",
	}, args...)...)
	cmd.Dir = folder
	// A hook is run with variables that name its own repository and index, which
	// the folder's need not be.
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return slices.Contains([]string{"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_NAMESPACE", "GIT_GRAFT_FILE", "GIT_SHALLOW_FILE"}, name)
	})
	cmd.Env = append(cmd.Env, "GIT_NO_LAZY_FETCH=1", "GIT_OPTIONAL_LOCKS=0", "GIT_TERMINAL_PROMPT=0", "GIT_NO_REPLACE_OBJECTS=1", "GIT_LITERAL_PATHSPECS=1", "LC_ALL=C")
	return cmd
}

// Run implements revision.Git.
func (g *git) Run(folder string, args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var stdout, stderr bytes.Buffer
	cmd := g.command(ctx, folder, args...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var failed *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return nil, &diag.Problem{What: fmt.Sprintf("git gave no answer in %s", patience), Fix: "see what it says: git " + strings.Join(args, " ")}
	case errors.Is(err, exec.ErrNotFound):
		return nil, &diag.Problem{What: "there is no git on the PATH", Why: "isthmus reads revisions through it", Fix: "install it"}
	case errors.As(err, &failed):
		said := strings.TrimRight(stderr.String(), "\n")
		return nil, &revision.Refusal{Said: strings.TrimPrefix(said[strings.LastIndex(said, "\n")+1:], "fatal: ")}
	case err != nil:
		return nil, fmt.Errorf("git: %w", err)
	}
	return stdout.Bytes(), nil
}

// A blobReader is a running git cat-file --batch.
type blobReader struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

// Blob implements revision.Git.
func (g *git) Blob(folder, hash string) ([]byte, error) {
	r := g.readers[folder]
	if r == nil {
		r = &blobReader{cmd: g.command(context.Background(), folder, "cat-file", "--batch")}
		out, err := r.cmd.StdoutPipe()
		if err == nil {
			r.in, err = r.cmd.StdinPipe()
		}
		if err == nil {
			err = r.cmd.Start()
		}
		if err != nil {
			return nil, fmt.Errorf("git: %w", err)
		}
		r.out = bufio.NewReaderSize(out, 1<<16)
		if g.readers == nil {
			g.readers = map[string]*blobReader{}
		}
		g.readers[folder] = r
	}
	if _, err := io.WriteString(r.in, hash+"\n"); err != nil {
		return nil, fmt.Errorf("git cat-file: %w", err)
	}
	// <hash> blob <size>\n<content>\n, or <hash> missing\n
	head, err := r.out.ReadString('\n')
	words := strings.Fields(head)
	switch {
	case err != nil || len(words) == 0:
		return nil, fs.ErrNotExist // it ends where it would have to fetch
	case len(words) != 3 || words[1] != "blob":
		return nil, fs.ErrNotExist
	}
	size, err := strconv.ParseInt(words[2], 10, 64)
	if err != nil {
		return nil, fmt.Errorf("git cat-file: %w", err)
	}
	if size > blobLimit {
		if _, err := r.out.Discard(int(size) + 1); err != nil {
			return nil, fmt.Errorf("git cat-file: %w", err)
		}
		return nil, fmt.Errorf("has %d bytes; %d is the most that is read", size, blobLimit)
	}
	data := make([]byte, size+1)
	if _, err := io.ReadFull(r.out, data); err != nil {
		return nil, fmt.Errorf("git cat-file: %w", err)
	}
	return data[:size], nil
}
