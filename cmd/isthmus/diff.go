package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/isthmus-mesh/isthmus/generators/diag"
	"github.com/isthmus-mesh/isthmus/generators/review"
	"github.com/isthmus-mesh/isthmus/generators/revision"
)

const diffHelp = `diff says what a change does to what is rendered: what is risky, then each object
that comes, changes or goes, once for all clusters in which it is the same, with
the lines of the mesh that brought it about. It reads Git revisions without a
checkout, and needs no cluster and no network.

Usage:
  isthmus diff [-f <mesh.yaml>] [-o {text | markdown | json | sarif | html}]
  isthmus diff [--base <revision>] [--head <revision>] [--committed] ...

Without revisions, the overlays committed in HEAD are compared with what the
working tree renders. With one, both sides are rendered.

Flags:
  -f, --file <path>      the mesh (default mesh/mesh.yaml, else mesh.yaml)
      --base <revision>  what to compare with (default, with --head: where its
                         branch left origin/HEAD, main or master)
      --head <revision>  what to compare (default: the working tree)
      --committed        of a revision, take the overlays as they were committed
  -o, --output <form>    text, markdown, json, sarif or html (default text)
      --budget <bytes>   of markdown: the most that is printed (default 65536, as a
                         comment on GitHub)
      --parts <folder>   of markdown: write all of it, as files 1.md, 2.md … of that
                         many bytes, and print their names
      --exit-code        exit 3 where anything differs, or is risky
      --fail-on <level>  exit 3 where a risk is high, medium or low, or above
      --allow-untested   take a newer release than the dialects were checked with

Example:
  isthmus diff --base "$(git merge-base origin/main HEAD)" --fail-on high

` + exitStatuses + "\n"

type diffFlags struct {
	input
	base, head string
	committed  bool
	output     string
	budget     int
	parts      string
	exitCode   bool
	failOn     string
}

func (c *cli) diff() *cobra.Command {
	var o diffFlags
	cmd := &cobra.Command{Use: "diff", Long: diffHelp, Args: noArgs}
	f := cmd.Flags()
	o.input.flags(f)
	f.StringVar(&o.base, "base", "", "")
	f.StringVar(&o.head, "head", "", "")
	f.BoolVar(&o.committed, "committed", false, "")
	f.StringVarP(&o.output, "output", "o", "text", "")
	f.IntVar(&o.budget, "budget", review.Comment, "")
	f.StringVar(&o.parts, "parts", "", "")
	f.BoolVar(&o.exitCode, "exit-code", false, "")
	f.StringVar(&o.failOn, "fail-on", "", "")
	cmd.RunE = func(*cobra.Command, []string) error {
		if err := oneOf("output", o.output, "text", "markdown", "json", "sarif", "html"); err != nil {
			return err
		}
		if o.failOn != "" {
			if err := oneOf("fail-on", o.failOn, string(review.High), string(review.Medium), string(review.Low)); err != nil {
				return err
			}
		}
		for _, flag := range []string{"budget", "parts"} {
			if f.Changed(flag) && o.output != "markdown" {
				return &usageError{fmt.Sprintf("--%s is for -o markdown", flag), "leave it out, or add -o markdown"}
			}
		}
		if o.budget < review.LeastBudget {
			return &usageError{fmt.Sprintf("--budget %d leaves no room", o.budget), fmt.Sprintf("give at least %d bytes", review.LeastBudget)}
		}
		return c.runDiff(&o)
	}
	return cmd
}

func (c *cli) runDiff(o *diffFlags) error {
	g := &git{}
	defer g.Close()
	change, err := o.change(g, c.stderr)
	if err != nil {
		return err
	}
	if err := c.writeChange(o, change); err != nil {
		return err
	}
	risky := 0
	for _, r := range change.Risks {
		if o.failOn != "" && r.Level.AtLeast(review.Level(o.failOn)) {
			risky++
		}
	}
	if risky > 0 {
		fmt.Fprintf(c.stderr, "isthmus: --fail-on %s: %s\n", o.failOn, diag.Count(risky, "risk"))
	}
	if risky > 0 || o.exitCode && (!change.Empty() || len(change.Risks) > 0) {
		return status(exitDiffers)
	}
	return nil
}

// change compares what the flags name.
func (o *diffFlags) change(g *git, stderr *messages) (*review.Change, error) {
	if o.path() == "-" {
		_, _, err := o.load() // says what is wrong with that
		return nil, err
	}
	if o.head == "" {
		// The working tree has to have a mesh: says so where it has none.
		folder, err := o.open(o.path())
		if err != nil {
			return nil, err
		}
		folder.Close()
	}
	s, err := o.sides(g)
	if err != nil {
		return nil, err
	}
	base, head, err := o.revisions(s)
	if err != nil {
		return nil, err
	}
	before, problems, err := s.at(base)
	if err != nil {
		return nil, err
	}
	committed := o.committed || o.base == "" && o.head == ""
	if len(problems.Errors()) > 0 && !committed {
		return nil, invalid(stderr, base.Name, problems)
	}
	after, problems, err := s.at(head)
	if err != nil {
		return nil, err
	}
	if len(problems.Errors()) > 0 && (head == nil || !o.committed) {
		return nil, invalid(stderr, after.name, problems)
	}
	was, is := before.side, after.side
	// A mesh.yaml that was elsewhere, or nowhere, hides nothing of what it made.
	if committed || before.side == nil {
		if was, err = s.committed(base, before); err != nil {
			return nil, err
		}
		if !committed && len(was.Parts) == 0 {
			was = nil
		}
	}
	if o.committed && head != nil {
		if is, err = s.committed(head, after); err != nil {
			return nil, err
		}
	}
	for _, x := range []struct {
		side **review.Side
		v    *version
	}{{&was, before}, {&is, after}} {
		if *x.side == nil {
			p := &diag.Problem{Severity: diag.Warning, Pos: diag.Position{File: x.v.name + ":" + s.relative}, What: "there is no mesh yet, so it is compared as an empty one"}
			stderr.say(p)
			*x.side = &review.Side{Name: x.v.name, Revision: x.v.commit.Hash, Rendered: true}
		}
	}
	return review.Of(was, is, s.inputs(before, after)), nil
}

// revisions looks up what is compared; the head is nil where it is the working
// tree.
func (o *diffFlags) revisions(s *sides) (base, head *revision.Commit, err error) {
	if o.head != "" {
		if head, err = revision.Find(s.git, s.top, o.head); err != nil {
			return nil, nil, err
		}
	}
	switch {
	case o.base != "":
		base, err = revision.Find(s.git, s.top, o.base)
	case head == nil:
		base, err = revision.Find(s.git, s.top, "HEAD")
		var p *diag.Problem
		if errors.As(err, &p) && p.Why == "" {
			p.What, p.Fix = "there is no commit to compare with", "commit first, or name a revision with --base"
		}
	default:
		var branch *revision.Commit
		if branch, err = revision.DefaultBranch(s.git, s.top); err == nil {
			base, err = revision.MergeBase(branch, head)
		}
	}
	return base, head, err
}

// invalid says that a side has no mesh that can be compared.
func invalid(stderr *messages, name string, problems diag.Problems) error {
	stderr.say(problems.Errors()...)
	return &diag.Problem{What: fmt.Sprintf("the mesh of %s is not valid, so there is nothing to compare", name), Fix: "mend what is named above, or compare the overlays as they were committed with --committed"}
}
