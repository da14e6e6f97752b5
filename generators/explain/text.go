package explain

import (
	"fmt"
	"slices"
	"strings"
)

// Text gives an answer as a person reads it.
func (a *Answer) Text() string {
	var b strings.Builder
	line := func(head, format string, args ...any) {
		fmt.Fprintf(&b, "  %-10s  %s\n", head, fmt.Sprintf(format, args...))
	}
	b.WriteString(a.File + "\n")
	what := strings.TrimSpace(a.Object + " " + a.Path)
	if a.Path != "" {
		what += ": " + short(a.Value)
	}
	if what != "" {
		b.WriteString(what + "\n")
	}
	if a.Copied != "" {
		line("copied", "from %s, which isthmus secrets and isthmus ca write", a.Copied)
	}
	for _, p := range a.Shape {
		place := p.File
		if p.Line > 0 {
			place = fmt.Sprintf("%s:%d", p.File, p.Line)
		}
		line("shaped by", "%s: %s", place, p.Text)
	}
	for _, d := range a.Decisions {
		line("decided", "%s of %s is %s", d.Path, d.Entry, said(short(d.Value)))
	}
	for _, c := range a.Causes {
		head, place := "comes from", fmt.Sprintf("%s:%d:%d: ", c.File, c.Line, c.Column)
		if c.Default {
			head, place = "default", ""
		}
		line(head, "%s%s is %s; %s", place, c.Path, said(short(c.Value)), c.outcome(a.asked()))
	}
	if len(a.Causes) == 0 && a.Copied == "" {
		line("constant", "no input that could be changed changes it")
	}
	for _, c := range a.Untried {
		line("not tried", "%s:%d:%d: %s: no other value is valid", c.File, c.Line, c.Column, c.Path)
	}
	for i, file := range a.Also {
		if i == 3 && len(a.Also) > 4 {
			line("also in", "%d more files", len(a.Also)-i)
			break
		}
		line("also in", "%s", file)
	}
	return b.String()
}

// said gives a value in a sentence.
func said(value string) string {
	if value == "" || value == `""` {
		return "empty"
	}
	return value
}

// asked names what the answer is about.
func (a *Answer) asked() string {
	switch {
	case a.Path != "":
		return "field"
	case a.Object != "":
		return "object"
	}
	return "file"
}

// outcome says what the trial showed.
func (c Cause) outcome(asked string) string {
	with := "with " + c.Tried
	if c.Tried == removed {
		with = "without it"
	}
	if !c.Existence {
		return with + " the " + asked + " differs"
	}
	if asked == "field" {
		asked = "object"
	}
	return with + " the " + asked + " is not there"
}

// Text gives what a line reaches as a person reads it. Objects that are reached in
// the same field and clusters stand in one line.
func (r *Reach) Text() string {
	var b strings.Builder
	valid := false
	for _, c := range r.Inputs {
		tried := "no other value is valid, so nothing was tried"
		if c.Tried != "" {
			valid = true
			tried = "tried " + c.Tried
		}
		fmt.Fprintf(&b, "%s:%d:%d: %s is %s; %s\n", c.File, c.Line, c.Column, c.Path, said(short(c.Value)), tried)
	}
	if len(r.Reached) == 0 && valid {
		b.WriteString("reaches nothing that is rendered\n")
	}
	file := ""
	done := make([]bool, len(r.Reached))
	for i, x := range r.Reached {
		if done[i] {
			continue
		}
		if x.File != file {
			file = x.File
			b.WriteString(file + "\n")
		}
		var objects []string
		for j := i; j < len(r.Reached); j++ {
			if y := r.Reached[j]; y.File == x.File && y.Path == x.Path && y.Existence == x.Existence && y.New == x.New && slices.Equal(y.Clusters, x.Clusters) {
				objects = append(objects, y.Object)
				done[j] = true
			}
		}
		name := strings.Join(objects, ", ")
		if len(objects) > 3 {
			name = fmt.Sprintf("%s and %d more", objects[0], len(objects)-1)
		}
		field := x.Path
		switch {
		case x.Existence && name == "":
			field = "that the file is there"
		case x.Existence:
			field = "that it is there"
		case x.New && name+field == "":
			field = "the file (would be new)"
		case x.New:
			field = strings.TrimSpace(field + " (would be new)")
		}
		fmt.Fprintf(&b, "  %s: %s\n", strings.TrimSpace(name+" "+field), r.where(x.Clusters))
	}
	return b.String()
}

// where names a few clusters, and counts many.
func (r *Reach) where(clusters []string) string {
	switch {
	case len(clusters) == r.Count && r.Count > 1:
		return fmt.Sprintf("all %d clusters", r.Count)
	case len(clusters) > 4:
		return fmt.Sprintf("%d of %d clusters", len(clusters), r.Count)
	}
	return strings.Join(clusters, ", ")
}
