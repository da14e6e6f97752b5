package review

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Text is the format for a terminal.
type Text struct {
	Color bool
	Width int // columns, 0 for no limit
}

const (
	red    = "31"
	green  = "32"
	yellow = "33"
	bold   = "1"
	dim    = "2"
)

// Write writes a change for a person at a terminal: what is risky, then a line
// for each section, with the fields that changed below it. What came or went is
// named and not printed; the other formats have it whole.
func (t Text) Write(w io.Writer, c *Change) error {
	var b strings.Builder
	t.wrap(&b, bold, c.headline(), "  ")
	if len(c.Risks) > 0 {
		b.WriteString("\n")
		for _, r := range c.Risks {
			t.risk(&b, r)
		}
	}
	signs := map[string]struct{ sign, color string }{
		Added: {"+", green}, Removed: {"-", red}, Changed: {"~", yellow}, Moved: {">", yellow}, Renamed: {">", yellow}, Reworded: {"=", dim},
	}
	if len(c.Groups) > 0 {
		b.WriteString("\n")
	}
	for _, s := range c.sections() {
		g := s.first()
		sign := signs[g.Change]
		most := 6
		if g.Object.derived() {
			most = 2
		}
		line := fmt.Sprintf("%s %s %s in %s", sign.sign, g.Change, s.names(most), s.in(6))
		if !g.Object.derived() || g.Cause == CauseOverlays {
			line += "  [" + c.because(g) + "]"
		}
		t.wrap(&b, sign.color, line, "    ")
		if stays := s.stays(); stays != "" {
			t.wrap(&b, "", "    "+stays, "      ")
		}
		if g.Object.derived() {
			continue
		}
		if g.Change == Moved {
			t.wrap(&b, "", "    from "+g.From+" to "+g.File, "      ")
		}
		if g.Change == Changed && g.Fields == nil {
			t.wrap(&b, "", "    it cannot be read as YAML, so it is not shown", "      ")
		}
		for _, f := range g.Fields {
			t.wrap(&b, "", "    "+f.line(), "      ")
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (t Text) risk(b *strings.Builder, r Risk) {
	color := map[Level]string{High: red, Medium: yellow, Low: dim}[r.Level]
	line := fmt.Sprintf("%-6s  %s", r.Level, r.What)
	if len(r.Clusters) > 1 || len(r.Clusters) == 1 && generalText(r.What, r.Clusters[0]) == r.What {
		line += " in " + in(r.Clusters, 6)
	}
	line += " (" + r.Rule + ")"
	t.wrap(b, color, line, "        ")
	t.wrap(b, "", "        "+r.Why, "        ")
}

func (t Text) paint(color, text string) string {
	if !t.Color || color == "" {
		return text
	}
	return "\x1b[" + color + "m" + text + "\x1b[0m"
}

// wrap writes a line, broken at spaces where it is wider than the terminal.
func (t Text) wrap(b *strings.Builder, color, line, indent string) {
	line = clean(line)
	for first := true; ; first = false {
		head, rest := line, ""
		if t.Width > 20 && utf8.RuneCountInString(line) > t.Width {
			cut, columns := -1, 0
			for i, r := range line {
				if columns++; columns > t.Width && cut > 0 {
					break
				}
				if r == ' ' && strings.TrimSpace(line[:i]) != "" {
					cut = i
				}
			}
			if cut > 0 {
				head, rest = line[:cut], strings.TrimLeft(line[cut:], " ")
			}
		}
		if first {
			head = t.paint(color, head)
		}
		b.WriteString(head + "\n")
		if rest == "" {
			return
		}
		line = indent + rest
	}
}
