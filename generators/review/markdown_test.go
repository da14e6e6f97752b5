package review_test

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/isthmus-mesh/isthmus/generators/review"
)

// One new Service in 50 clusters is a comment of less than 2 KB, the same each
// time.
func TestOneService(t *testing.T) {
	before := fleet(50, 60, "one")
	after := before + "    - {name: cart, namespace: n1, ports: [{name: http, port: 80}], selector: {app: cart}, clusters: [c3]}\n"
	m := review.Markdown{Budget: review.Comment}
	text := m.Page(changeOf(t, before, after))
	if len(text) >= 2048 {
		t.Errorf("the comment has %d bytes", len(text))
	}
	for _, want := range []string{"| added | 49 | `Service n1/cart` | 49 clusters | `mesh/mesh.yaml:", "+   name: cart"} {
		if strings.Count(text, want) != 1 {
			t.Errorf("%q is there %d times in\n%s", want, strings.Count(text, want), text)
		}
	}
	if again := m.Page(changeOf(t, before, after)); again != text {
		t.Error("a second comment differs")
	}
}

var (
	row     = regexp.MustCompile(`(?m)^\| (?:added|changed|removed|moved|renamed|reworded) \| (\d+) \|`)
	leftOut = regexp.MustCompile(`\*\*Left out here:\*\* the hunks of (\d+) of (\d+) objects?(?:, and (\d+) rows? of the tables)?\. All of it takes (\d+) parts`)
)

// count adds the objects that the rows of a page name.
func count(t *testing.T, page string) (rows, objects int) {
	t.Helper()
	for _, m := range row.FindAllStringSubmatch(page, -1) {
		n, err := strconv.Atoi(m[1])
		if err != nil {
			t.Fatal(err)
		}
		rows, objects = rows+1, objects+n
	}
	return rows, objects
}

// A change of 10,000 objects stays within its budget, whole in its parts, and
// what a single page leaves out is counted.
func TestBudget(t *testing.T) {
	before := fleet(11, 1000, "one")
	// Each Service another way, so that no two can be told together.
	var lines []string
	for i, line := range strings.SplitAfter(before, "\n") {
		lines = append(lines, strings.Replace(line, "v: one", fmt.Sprintf("v: w%d", i), 1))
	}
	change := changeOf(t, before, strings.Join(lines, ""))
	if change.Objects.All() != 10_000 {
		t.Fatalf("%d objects change", change.Objects.All())
	}
	for _, budget := range []int{review.LeastBudget, 10_000, review.Comment} {
		m := review.Markdown{Budget: budget}
		pages := m.Pages(change)
		rows, objects, fences, hunks := 0, 0, 0, 0
		for i, page := range pages {
			if len(page) > budget {
				t.Errorf("budget %d: part %d has %d bytes", budget, i+1, len(page))
			}
			if want := fmt.Sprintf("**Part %d of %d.**", i+1, len(pages)); !strings.HasPrefix(page, want) {
				t.Errorf("budget %d: part %d does not begin with %q", budget, i+1, want)
			}
			if open, shut := strings.Count(page, "<details>"), strings.Count(page, "</details>"); open != shut {
				t.Errorf("budget %d: part %d opens %d and closes %d", budget, i+1, open, shut)
			}
			if strings.Count(page, "```")%2 != 0 {
				t.Errorf("budget %d: part %d cuts a hunk", budget, i+1)
			}
			r, n := count(t, page)
			rows, objects = rows+r, objects+n
			fences += strings.Count(page, "```diff")
			hunks += strings.Count(page, "\n+ metadata.labels.v: w")
		}
		if objects != 10_000 || rows != 1000 {
			t.Errorf("budget %d: the tables of all parts name %d objects in %d rows", budget, objects, rows)
		}
		if hunks != 1000 {
			t.Errorf("budget %d: %d hunks", budget, hunks)
		}
		page := m.Page(change)
		if len(page) > budget {
			t.Errorf("budget %d: the page has %d bytes", budget, len(page))
		}
		found := leftOut.FindStringSubmatch(page)
		if found == nil {
			t.Fatalf("budget %d: nothing is said of what is left out:\n%s", budget, page[len(page)-300:])
		}
		var numbers []int
		for _, text := range found[1:] {
			n, _ := strconv.Atoi(text)
			numbers = append(numbers, n)
		}
		r, _ := count(t, page)
		shown := 10 * strings.Count(page, "\n+ metadata.labels.v: w")
		if want := []int{10_000 - shown, 10_000, 1000 - r, len(pages)}; !slices.Equal(numbers, want) {
			t.Errorf("budget %d: it says %v of what is left out; %v is right", budget, numbers, want)
		}
	}
}

// What no page can hold is not cut but named.
func TestTooLarge(t *testing.T) {
	before := fleet(2, 1, "one")
	long := strings.Repeat("word ", 1000)
	after := strings.Replace(before, "labels: {", "annotations: {note: \""+long+"\"}, labels: {", 1)
	change := changeOf(t, before, after)
	m := review.Markdown{Budget: review.LeastBudget}
	pages := m.Pages(change)
	if text := strings.Join(pages, ""); strings.Contains(text, "word") || !strings.Contains(text, "**Not shown:** the hunks of 1 object") {
		t.Errorf("the hunk is shown, or not spoken of:\n%s", text)
	}
	if text := m.Page(change); !strings.Contains(text, "**Left out here:** the hunks of 1 of 1 object") {
		t.Errorf("the hunk is not spoken of:\n%s", text)
	}
	if text := (review.Markdown{Budget: review.Comment}).Page(change); !strings.Contains(text, "word word") || strings.Contains(text, "Left out") {
		t.Errorf("the hunk is not shown:\n%s", text)
	}
}

// The heading counts what it cannot list.
func TestHeadingOfMany(t *testing.T) {
	before := fleet(50, 1, "one")
	after := strings.ReplaceAll(before, "- name: c", "- name: a-longer-name-of-cluster-")
	after = strings.ReplaceAll(after, "clusters: [c", "clusters: [a-longer-name-of-cluster-")
	change := changeOf(t, before, after)
	if len(change.Clusters.Renamed) != 50 {
		t.Fatalf("%d clusters are renamed", len(change.Clusters.Renamed))
	}
	heading, _, _ := strings.Cut(review.Markdown{Budget: review.LeastBudget}.Page(change), "\n")
	if want := ", cluster c0 renamed to a-longer-name-of-cluster-0, and 49 more"; !strings.HasSuffix(heading, want) {
		t.Errorf("heading %q, want it to end in %q", heading, want)
	}
	m := review.Markdown{Budget: review.LeastBudget}
	for i, page := range append(m.Pages(change), m.Page(change)) {
		if len(page) > review.LeastBudget {
			t.Errorf("part %d has %d bytes", i+1, len(page))
		}
	}
}
