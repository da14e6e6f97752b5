package diag

import (
	"fmt"
	"strings"
)

// Count gives a number of things in words: "1 cluster", "3 clusters",
// "2 entries".
func Count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	if stem, ok := strings.CutSuffix(thing, "y"); ok {
		return fmt.Sprintf("%d %sies", n, stem)
	}
	return fmt.Sprintf("%d %ss", n, thing)
}
