package graph

import (
	"fmt"
	"strings"
)

// sample is the width of a line of the legend with what stands before its text.
const sample = 44

// A legendLine is a line, drawn, and what it means.
type legendLine struct {
	class string
	head  bool
	text  string
}

func (p *picture) legendLines() []legendLine {
	lines := []legendLine{{"configuration", true, wordsConfiguration}, {"reads", true, wordsReads}}
	if p.graph.several() {
		lines = append(lines, legendLine{"", false, wordsOthers})
	}
	if p.graph.Diff {
		for _, c := range []Change{Added, Removed, Changed} {
			lines = append(lines, legendLine{"mark" + class(c), false, c.String()})
		}
	}
	return lines
}

func (s *svg) legend(p *picture) {
	y := p.legend + textLine/2
	for _, l := range p.legendLines() {
		mark := ""
		if l.head {
			mark = ` marker-end="url(#isthmus-head0)"`
		}
		if l.class != "" {
			s.line(`<path class="%s" d="M%d %dh%d"%s/>`, l.class, margin, y, sample-10, mark)
		}
		s.line(`<text class="key" x="%d" y="%d">%s</text>`, margin+sample, y+4, text(l.text))
		y += textLine
	}
}

// style gives the style sheet: colours for light, then for dark.
func style() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("svg{max-width:100%%;height:auto}")
	line("text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;font-size:%dpx;fill:#1f2328}", textSize)
	line(".mesh{font-size:18px;font-weight:600}.name{font-size:%dpx;font-weight:600}.facts,.key{fill:#57606a}", titleSize)
	line(".word,.line.added,.line.removed,.line.changed{font-weight:600}")
	line(".page{fill:#ffffff}.frame{fill:#f6f8fa;stroke:#d0d7de}.node rect{fill:#ffffff;stroke:#8c959f}")
	line("path{fill:none;stroke:#57606a;stroke-width:1.5}.reads{stroke-dasharray:2 3}.head{fill:#57606a;stroke:none}")
	for _, c := range []Change{Added, Removed, Changed} {
		m := marks[c]
		line("path.%s,.node.%s rect{stroke:%s;stroke-width:3}.node.%s rect,.mark.%s{stroke-dasharray:%s}.%s .word,.line.%s{fill:%s}.head.%s{fill:%s;stroke:none}",
			c, c, m.light, c, c, dashes(m), c, c, m.light, c, m.light)
	}
	line("path.configuration.removed{stroke-dasharray:4 2}path.configuration.changed{stroke-dasharray:6 2 1 2}")
	line("@media (prefers-color-scheme:dark){")
	line("text{fill:#e6edf3}.facts,.key{fill:#9da7b1}.page{fill:#0d1117}.frame{fill:#161b22;stroke:#30363d}.node rect{fill:#0d1117;stroke:#6e7681}")
	line("path{stroke:#9da7b1}.head{fill:#9da7b1;stroke:none}")
	for _, c := range []Change{Added, Removed, Changed} {
		m := marks[c]
		line("path.%s,.node.%s rect{stroke:%s}.%s .word,.line.%s{fill:%s}.head.%s{fill:%s;stroke:none}", c, c, m.dark, c, c, m.dark, c, m.dark)
	}
	line("}")
	return b.String()
}

func dashes(m mark) string {
	if m.dashes == "" {
		return "none"
	}
	return m.dashes
}
