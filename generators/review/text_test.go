package review

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// hostile changes a name, a key, a value and a text of several lines to what no
// terminal, comment or page may obey.
func hostile() *Change {
	const evil = `\e[2Jevil\u202e` + "`|</code></pre><script>x</script> @team #1"
	before := "apiVersion: v1\nkind: X\nmetadata: {name: a}\ndata: {k: one}\n"
	after := "apiVersion: v1\nkind: X\nmetadata: {name: a}\ndata: {k: \"" + evil + "\", \"" + evil + "\": \"a\\n```\\n" + evil + "\"}\n"
	more := "apiVersion: v1\nkind: \"" + evil + "\"\nmetadata: {name: \"" + evil + "\"}\n"
	return Of(side(map[string]string{"overlays/west/a.yaml": before}), side(map[string]string{"overlays/west/a.yaml": after + "---\n" + more}), nil)
}

func TestHostileText(t *testing.T) {
	c := hostile()
	if len(c.Groups) != 2 {
		t.Fatalf("%+v", c.Groups)
	}
	var text strings.Builder
	if err := (Text{}).Write(&text, c); err != nil {
		t.Fatal(err)
	}
	var page strings.Builder
	if err := HTML(&page, c); err != nil {
		t.Fatal(err)
	}
	comment := Markdown{Budget: Comment}.Page(c)
	for name, form := range map[string]string{"text": text.String(), "html": page.String(), "markdown": comment} {
		if !strings.Contains(form, "evil") {
			t.Errorf("%s does not hold it:\n%s", name, form)
		}
		for _, forbidden := range []string{"\x1b", "\u202e"} {
			if strings.Contains(form, forbidden) {
				t.Errorf("%s holds %q:\n%s", name, forbidden, form)
			}
		}
	}
	if strings.Contains(page.String(), "<script>") {
		t.Errorf("a script:\n%s", &page)
	}
	// In the comment everything stands in code: in a fence that is longer than any
	// run of its own, between single backquotes, or escaped within <code>.
	fence := ""
	for line := range strings.Lines(comment) {
		line = strings.TrimRight(line, "\n")
		switch {
		case fence == "" && strings.HasPrefix(line, "```"):
			fence = line[:len(line)-len(strings.TrimLeft(line, "`"))]
			continue
		case fence != "" && line == fence:
			fence = ""
			continue
		case fence != "":
			continue
		}
		if strings.HasPrefix(line, "<details>") && !strings.Contains(line, "<script>") {
			continue // it is HTML, and escaped
		}
		for i, part := range strings.Split(line, "`") {
			if i%2 == 0 && strings.Contains(part, "@team") && !strings.Contains(part, "<code>") {
				t.Errorf("%q stands in no code", part)
			}
		}
		if strings.Contains(line, "<script>") && !strings.Contains(line, "`") {
			t.Errorf("a script: %q", line)
		}
	}
	if fence != "" {
		t.Error("a fence is not closed")
	}
}

// At a terminal lines end where it does, in the colours of what they say; without
// one there is neither.
func TestTextForTerminals(t *testing.T) {
	before := object("Service", "spec: {selector: {app: a}}")
	after := object("Service", "spec: {selector: {app: "+strings.Repeat("word ", 30)+"}}")
	c := Of(side(map[string]string{"overlays/west/a.yaml": before}), side(map[string]string{"overlays/west/a.yaml": after}), nil)
	var plain, narrow strings.Builder
	if err := (Text{}).Write(&plain, c); err != nil {
		t.Fatal(err)
	}
	if err := (Text{Color: true, Width: 40}).Write(&narrow, c); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(plain.String(), "\x1b") {
		t.Errorf("colours:\n%q", &plain)
	}
	for _, want := range []string{"\x1b[33mmedium  Service/b/a: ", "\x1b[33m~ changed Service b/a in west"} {
		if !strings.Contains(narrow.String(), want) {
			t.Errorf("%q is missing:\n%q", want, &narrow)
		}
	}
	uncoloured := narrow.String()
	for _, code := range []string{"\x1b[33m", "\x1b[1m", "\x1b[0m"} {
		uncoloured = strings.ReplaceAll(uncoloured, code, "")
	}
	for line := range strings.Lines(uncoloured) {
		if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > 40 {
			t.Errorf("%d columns: %q", n, line)
		}
	}
	words := func(text string) string { return strings.Join(strings.Fields(text), " ") }
	if words(uncoloured) != words(plain.String()) {
		t.Errorf("wrapping changes the words:\n%s\n%s", &plain, uncoloured)
	}
}
