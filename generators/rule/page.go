package rule

import (
	"bytes"
	"cmp"
	"fmt"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
	"golang.org/x/tools/txtar"

	"github.com/isthmus-mesh/isthmus/generators/diag"
)

// said is what may be done about a finding, by its severity.
var said = map[diag.Severity]string{
	diag.Error:   "An error: nothing is written, and it cannot be silenced.",
	diag.Warning: "A warning: `isthmus validate --strict` fails, and `silence` in mesh.yaml keeps it quiet.",
	diag.Note:    "A note: it fails nothing, and `silence` in mesh.yaml keeps it quiet.",
}

// Page gives the page of the rule, as docs/rules has it, with its example.
func (r *Rule) Page(e *Example) []byte {
	var b bytes.Buffer
	can := said[r.Severity]
	if level := r.Level(); level != "" {
		can = fmt.Sprintf("A %s risk: `isthmus diff --fail-on %s` exits with 3.", level, level)
	}
	switch {
	case r.By != "" && r.Severity != diag.Error && r.Level() == "" && !r.Quiet():
		can = fmt.Sprintf("A %s: `%s` says it, and it cannot be silenced.", r.Severity, r.By)
	case r.By != "":
		can += fmt.Sprintf(" `%s` finds it.", r.By)
	}
	fmt.Fprintf(&b, "# %s: %s\n\n%s", r.Code, r.Title, can)
	fmt.Fprintf(&b, "\n\n%s\n", r.Why)
	if r.Fix != "" {
		fmt.Fprintf(&b, "\n**Fix:** %s\n", r.Fix)
	}
	if r.Source != "" {
		fmt.Fprintf(&b, "\n**Source:** %s\n", r.Source)
	}
	if e == nil {
		return b.Bytes()
	}
	from := e.Fail
	if e.Before != nil {
		from = e.Before
		b.WriteString("\n## Rendered before\n")
		show(&b, e.Before)
	}
	b.WriteString("\n## Reported\n")
	if e.Before != nil {
		change(&b, from, e.Fail)
	} else {
		show(&b, e.Fail)
	}
	command := Command(e.Fail)
	if command == "" {
		command = "isthmus validate"
		if r.By != "" {
			command = r.By
		}
	}
	fmt.Fprintf(&b, "\n```console\n$ %s\n%s```\n", command, e.Want)
	b.WriteString("\n## Not reported\n")
	change(&b, from, e.Pass)
	return b.Bytes()
}

// show writes files whole.
func show(b *bytes.Buffer, files []txtar.File) {
	for _, f := range files {
		if f.Name != "command" {
			fmt.Fprintf(b, "\n`%s`:\n\n```yaml\n%s```\n", f.Name, f.Data)
		}
	}
}

// change writes what turns some files into others.
func change(b *bytes.Buffer, from, to []txtar.File) {
	written := b.Len()
	for _, f := range to {
		before := find(from, f.Name)
		switch {
		case bytes.Equal(f.Data, before):
		case f.Name == "command":
			fmt.Fprintf(b, "\nBy `%s`.\n", bytes.TrimSpace(f.Data))
		case before == nil:
			show(b, []txtar.File{f})
		default:
			_, hunks, _ := strings.Cut(string(diff.Diff("", before, "", f.Data)), "\n@@")
			fmt.Fprintf(b, "\n`%s`:\n\n```diff\n@@%s```\n", f.Name, hunks)
		}
	}
	for _, f := range from {
		if f.Name != "command" && find(to, f.Name) == nil {
			fmt.Fprintf(b, "\nWithout `%s`.\n", f.Name)
		}
	}
	if b.Len() == written {
		b.WriteString("\nNothing is changed.\n")
	}
}

// hundreds name what the rules of each hundred are about.
var hundreds = map[byte]string{
	'0': "The file itself",
	'1': "Clusters and networks",
	'2': "Releases and their installation",
	'3': "The control plane and how it is reached",
	'4': "Services, namespaces and injection",
	'5': "Security",
	'6': "Delivery",
	'7': "Coming, leaving, bindings and patches",
	'9': "Risks of a change",
}

// Index gives the page that lists the rules.
func Index() []byte {
	var b bytes.Buffer
	b.WriteString(`# Rules

What isthmus checks without a cluster. Each finding ends in the code of its rule; ` + "`isthmus validate --explain <code>`" + ` prints the page that is listed here.

An error stops the work. A warning asks for a change, and ` + "`isthmus validate --strict`" + ` fails at it. A note says what a choice brings with it. Warnings and notes are kept quiet by ` + "`silence`" + ` in mesh.yaml, rule by
rule, each with its reason; an entry that has nothing to silence is a warning itself.
`)
	var hundred byte
	for _, r := range All() {
		if digit := r.Code[3]; digit != hundred {
			hundred = digit
			fmt.Fprintf(&b, "\n## %s\n\n| code | | |\n|---|---|---|\n", hundreds[digit])
		}
		fmt.Fprintf(&b, "| [%s](%s.md) | %s | %s |\n", r.Code, r.Code, cmp.Or(r.Level(), r.Severity.String()), r.Title)
	}
	return b.Bytes()
}
