package interop

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// TestPage: the page of a change holds what the change does, needs nothing else,
// and runs nothing. Where Chromium is installed, it is its reading that counts.
func TestPage(t *testing.T) {
	chromium, _ := exec.LookPath("chromium")
	changes := history(t, "json")
	for name, page := range history(t, "html") {
		t.Run(name, func(t *testing.T) {
			if chromium != "" {
				file, err := filepath.Abs(filepath.Join(histories, name+".html"))
				if err != nil {
					t.Fatal(err)
				}
				out, err := exec.Command(chromium, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", "file://"+file).Output()
				if err != nil {
					t.Fatal(err)
				}
				page = string(out)
			}
			var c struct {
				Risks []struct{ Rule, Level string }
				change
			}
			if err := json.Unmarshal([]byte(changes[name]), &c); err != nil {
				t.Fatal(err)
			}
			root, err := html.Parse(strings.NewReader(page))
			if err != nil {
				t.Fatal(err)
			}
			objects, rows, folds := 0, 0, 0
			var risks []string
			ids, targets := map[string]bool{}, []string{}
			for n := range root.Descendants() {
				if n.Type != html.ElementNode {
					continue
				}
				for _, a := range n.Attr {
					switch {
					case a.Key == "id":
						ids[a.Val] = true
					case a.Key == "href" && strings.HasPrefix(a.Val, "#"):
						targets = append(targets, a.Val[1:])
					case a.Key == "href", a.Key == "src", strings.HasPrefix(a.Key, "on"), a.Key == "style":
						t.Errorf("<%s %s=%q>: the page does not stand alone", n.Data, a.Key, a.Val)
					}
				}
				switch n.Data {
				case "script", "link", "img", "iframe", "object":
					t.Errorf("<%s>: the page does not stand alone", n.Data)
				case "details":
					folds++
				case "li":
					risks = append(risks, attribute(n, "class"))
				case "td":
					if attribute(n, "class") == "number" {
						count, err := strconv.Atoi(content(n))
						if err != nil {
							t.Error(err)
						}
						rows, objects = rows+1, objects+count
					}
				case "title":
					total := regexp.MustCompile(`(\d+) objects?\b`).FindStringSubmatch(content(n))
					if want := c.Objects.Added + c.Objects.Changed + c.Objects.Removed; total == nil || total[1] != strconv.Itoa(want) {
						t.Errorf("the title is %q; %d objects changed", content(n), want)
					}
				}
			}
			if want := c.Objects.Added + c.Objects.Changed + c.Objects.Removed; objects != want || folds != rows || rows == 0 {
				t.Errorf("%d rows and %d folds tell of %d objects; %d changed", rows, folds, objects, want)
			}
			var levels []string
			for _, r := range c.Risks {
				levels = append(levels, r.Level)
				if !strings.Contains(page, r.Rule) {
					t.Errorf("the page does not name %s", r.Rule)
				}
			}
			if strings.Join(levels, " ") != strings.Join(risks, " ") {
				t.Errorf("risks %q, want %q", risks, levels)
			}
			for _, target := range targets {
				if !ids[target] {
					t.Errorf("nothing is at #%s", target)
				}
			}
			if len(targets) != rows {
				t.Errorf("%d of %d rows lead to what they tell of", len(targets), rows)
			}
		})
	}
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// content gives the text of an element.
func content(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}
