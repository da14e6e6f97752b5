package mesh_test

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"
)

// What lies in texts is read within bounds, and refused where it exceeds them.
func TestInClearIsBounded(t *testing.T) {
	const want = "holds more YAML in its texts than is looked through; a secret could lie in it (IST506)\nisthmus: fix: move the document to another file, or divide it\n"
	list := "secret: [" + strings.Repeat("a,", 1<<20) + "a]"
	inText := func(text string) string { return "kind: ConfigMap\ndata:\n  x: |\n    " + indent(text, 4) + "\n" }
	for name, tt := range map[string]struct{ text, at string }{
		"a list":             {inText(list), "9:6"},
		"a list, in base64":  {"kind: ConfigMap\ndata: {x: " + base64.StdEncoding.EncodeToString([]byte(list)) + "}\n", "8:11"},
		"many small ones":    {"kind: ConfigMap\ndata:\n  x: [" + strings.Repeat("'secret: [a,a,a,a,a,a,a,a]',", 100_000) + "]\n", "9:"},
		"empty documents":    {inText("secret: x\n" + strings.Repeat("---\n", 200_000)), "9:6"},
		"a list in the next": {inText("secret: ["+strings.Repeat("a,", 300_000)+"a]") + "---\n" + inText("secret: ["+strings.Repeat("a,", 300_000)+"a]"), "14:6"},
	} {
		t.Run(name, func(t *testing.T) {
			begun := time.Now()
			got := loadClear(clearService+tt.text, "")
			if !strings.Contains(got, "mesh/services/shop.yaml:"+tt.at) || !strings.Contains(got, want) || strings.Count(got, want) != 1 {
				t.Errorf("got %.1000s", got)
			}
			if took := time.Since(begun); took > 20*time.Second {
				t.Errorf("it takes %s", took)
			}
		})
	}
	if got := loadClear(clearService+inText("secret: ["+strings.Repeat("a,", 400_000)+"a]"), ""); strings.Contains(got, "IST506") {
		t.Errorf("what can be read is refused: %.1000s", got)
	}
}

// Of many secrets in one file the first hundred are named, and the others counted.
func TestInClearCounts(t *testing.T) {
	for _, n := range []int{100, 101, 9000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			var text strings.Builder
			text.WriteString(clearService + "kind: Bundle\nspec:\n")
			for i := range n {
				fmt.Fprintf(&text, "  s%d: {stringData: {a: b}}\n", i)
			}
			got := loadClear(text.String(), "")
			want := ""
			for i := range min(n, 101) {
				more := ""
				if i == 100 {
					more = fmt.Sprintf(", and %d more secrets behind it", n-101)
				}
				if n == 101 {
					more = ""
				}
				want += fmt.Sprintf("isthmus: error: mesh/services/shop.yaml:%d:%d: holds the content of a Secret%s; everybody who reads this repository can read it (IST506)\nisthmus: fix: take it out of the repository, and count it as known to others; or, where it is none, move the document to another file\n", 9+i, 5+len(fmt.Sprint("s", i)), more)
			}
			if !strings.Contains(got, want) || strings.Count(got, "IST506") != min(n, 101) {
				t.Errorf("got %.2000s", got)
			}
		})
	}
}
