package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/isthmus-mesh/isthmus/generators/review"
)

// writeChange prints a change in the form that was asked for.
func (c *cli) writeChange(o *diffFlags, change *review.Change) error {
	switch o.output {
	case "json":
		return review.JSON(c.stdout, change)
	case "sarif":
		place, err := o.placed()
		if err != nil {
			return err
		}
		return review.SARIF(c.stdout, programVersion(), o.path(), place, change)
	case "html":
		return review.HTML(c.stdout, change)
	case "markdown":
		m := review.Markdown{Budget: o.budget}
		if o.parts != "" {
			return c.writeParts(o.parts, m.Pages(change))
		}
		_, err := io.WriteString(c.stdout, m.Page(change))
		return err
	default:
		return terminal(c.stdout).Write(c.stdout, change)
	}
}

// writeParts writes pages into a folder, and prints their names. Pages of an
// earlier run that are no longer needed are removed: whoever posts them takes all
// that are there.
func (c *cli) writeParts(name string, pages []string) error {
	folder, err := openFolder(name)
	if err != nil {
		return err
	}
	defer folder.Close()
	for i, text := range pages {
		file := fmt.Sprintf("%d.md", i+1)
		if err := folder.WriteFile(file, []byte(text), 0o644); err != nil {
			return err
		}
		fmt.Fprintln(c.stdout, filepath.Join(name, file))
	}
	for i := len(pages) + 1; ; i++ {
		if err := folder.Remove(fmt.Sprintf("%d.md", i)); err != nil {
			return nil // there are no more
		}
	}
}

// terminal gives the format for where standard output leads: in colour only to a
// terminal, and never under NO_COLOR.
func terminal(out any) review.Text {
	if checked, ok := out.(*checkedWriter); ok {
		out = checked.w
	}
	if !isTerminal(out) {
		return review.Text{}
	}
	t := review.Text{Color: os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"}
	if file, ok := out.(*os.File); ok {
		t.Width = columns(file)
	}
	if width, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && width > 0 {
		t.Width = width
	}
	return t
}
