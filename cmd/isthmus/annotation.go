package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/isthmus-mesh/isthmus/generators/diag"
)

// An annotation is an error that GitHub shows beside the line of the file it
// names. A workflow asks for one by a line in its log:
//
//	::error file=overlays/west/a.yaml,line=3,title=drift in west::message
//
// The runner takes %, CR and LF in all values as %25, %0D and %0A, and in those
// before the message a colon and a comma as %3A and %2C.
type annotation struct {
	file         string // from the workspace; "" for none
	line, column int    // 0 where it is not known
	title        string
	message      string
}

// annotationLimit is how many errors of a step GitHub keeps. It drops the others
// without a word.
const annotationLimit = 10

var (
	escapeMessage  = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	escapeProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	// An older form of command, ##[error], counts anywhere in a line.
	escapeLog = strings.NewReplacer("\r", "%0D", "\n", "%0A", "##[", "##%5B")
)

// String gives the command, a line without its end.
func (a annotation) String() string {
	var properties []string
	add := func(name, value string) { properties = append(properties, name+"="+escapeProperty.Replace(value)) }
	if a.file != "" {
		add("file", a.file)
	}
	if a.line > 0 {
		add("line", fmt.Sprint(a.line))
	}
	if a.column > 0 {
		add("col", fmt.Sprint(a.column))
	}
	if a.title != "" {
		add("title", a.title)
	}
	command := "::error"
	if len(properties) > 0 {
		command += " " + strings.Join(properties, ",")
	}
	return command + "::" + escapeMessage.Replace(a.message)
}

// annotate writes the annotations that GitHub keeps. The last of them counts the
// others, whose messages follow as lines of the log.
func annotate(w io.Writer, all []annotation) {
	shown := all
	if len(all) > annotationLimit {
		shown = slices.Clone(all[:annotationLimit-1])
		shown = append(shown, annotation{title: "isthmus", message: fmt.Sprintf("%d more, which the log of this step names: GitHub shows %d", len(all)-len(shown), annotationLimit)})
	}
	for _, a := range shown {
		fmt.Fprintln(w, a)
	}
	if len(all) > annotationLimit {
		for _, a := range all[annotationLimit-1:] {
			message, _, _ := strings.Cut(a.message, "\n")
			fmt.Fprintln(w, escapeLog.Replace(message))
		}
	}
}

// annotateFindings annotates what check found. What was edited by hand comes
// first: it decides the exit status.
func annotateFindings(w io.Writer, root string, found []finding) {
	var edited, others []annotation
	for _, f := range found {
		a := annotation{line: f.Line, title: fmt.Sprintf("isthmus: %s in %s", f.State, f.Cluster), message: f.String() + "\n" + f.fix()}
		if f.File != "" {
			a.file = inWorkspace(root, f.File)
		}
		if f.byHand() {
			edited = append(edited, a)
		} else {
			others = append(others, a)
		}
	}
	annotate(w, append(edited, others...))
}

// annotated gives an error back. With -o github it annotates it before: what is
// wrong with mesh.yaml, where it is wrong. Paths in it are from a base.
func (o *checkFlags) annotated(c *cli, base string, err error) error {
	var usage *usageError
	if o.output != "github" || errors.As(err, &usage) {
		return err
	}
	var problems diag.Problems
	var problem *diag.Problem
	switch {
	case errors.As(err, &problems):
	case errors.As(err, &problem):
		problems = diag.Problems{problem}
	default:
		problems = diag.Problems{{What: err.Error()}}
	}
	var all []annotation
	for _, p := range problems.Errors() {
		a := annotation{line: p.Pos.Line, column: p.Pos.Column, title: "isthmus", message: p.Error()}
		if p.Rule != "" {
			a.title += " " + p.Rule
		}
		if p.Pos.File != "" {
			a.file = inWorkspace(base, p.Pos.File)
		}
		if p.Fix != "" {
			a.message += "\n" + p.Fix
		}
		all = append(all, a)
	}
	annotate(c.stdout, all)
	return err
}

// inWorkspace gives a path as GitHub counts paths: from the checkout, which is
// GITHUB_WORKSPACE, or this folder where that is not set. One that lies outside
// stays whole.
func inWorkspace(base, name string) string {
	path := filepath.FromSlash(name)
	if !filepath.IsAbs(path) {
		path = filepath.Join(base, path)
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return name
	}
	workspace := os.Getenv("GITHUB_WORKSPACE")
	if workspace == "" {
		workspace = "."
	}
	if workspace, err = filepath.Abs(workspace); err != nil {
		return name
	}
	rel, err := filepath.Rel(resolved(workspace), resolved(path))
	if err != nil || !filepath.IsLocal(rel) {
		return filepath.ToSlash(path)
	}
	return filepath.ToSlash(rel)
}
